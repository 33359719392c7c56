"""Seals on a finished paper: PAdES B-LTA, each seal an appended update that changes nothing before it.

Every seal is an approval signature: a certifying one would be broken by the next (pyHanko, DocMDP).
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

from asn1crypto import cms, keys, tsp
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers, timestamps
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
from pyhanko.stamp import StaticContentStamp, StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from documents import alone, stamp, verifying
from documents.authority import Authority, Seal
from documents.encoding import prepare
from documents.key_folder import require_usable
from documents.timestamps import TimeAuthority
from documents.trust import asn1, context, issued, outside
from odr.errors import KeyUnusable, RenderingFailed

prepare()

BESIDE = 44.0  # mm between two seals that belong on the same date
# All proof goes in with the seal, so that the archive time-stamp after it is the end of the file.
TOGETHER = DSSContentSettings(include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE)
OPACITY = 0.86  # the date stays readable under the seal


def seal(pdf: bytes, seal: Seal, authority: Authority, *, reason: str, at: datetime) -> bytes:
    """The document under one more seal, with time-stamps and everything a later check needs."""
    require_usable(seal.certificate, at, seal.name)
    require_usable(authority.time.certificate, at, "time-stamps")
    if authority.is_revoked(seal):
        raise KeyUnusable(f"{seal.name}: this seal was revoked")
    if b"/ByteRange" in pdf and not (report := verifying.verify(pdf, authority.roots(at))).valid:
        raise RenderingFailed(f"the paper under this seal is not ours: {report.findings[0].words}")
    return alone.run(_seal(pdf, seal, authority, reason, at))


async def _seal(pdf: bytes, seal: Seal, authority: Authority, reason: str, at: datetime) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    count = len(writer.prev.embedded_regular_signatures)
    name = f"Seal{count + 1}"
    page, box = place(writer.prev, seal, count)
    signer = _Signer(
        _metadata(name, seal, authority, reason, at),
        _simple(seal, authority),
        timestamper=_Stamper(authority.time, at),
        stamp_style=_style(seal),
        new_field_spec=SigFieldSpec(name, on_page=page, box=box),
    )
    signer.at = at
    sealed: bytes = (await signer.async_sign_pdf(writer)).getvalue()
    return sealed


def place(reader: PdfFileReader, seal: Seal, count: int) -> tuple[int, tuple[int, int, int, int] | None]:
    """The page and the square over the date the template marked; no mark, no visible seal."""
    marks = {str(name): target for name, target in _marks(reader)}
    target = marks.get(f"seal-{seal.kind}") or next(iter(marks.values()), None)
    if target is None:
        return -1, None
    page = _page_number(reader, target.raw_get(0))
    half = stamp.DIAMETER[seal.kind] * stamp.POINTS_PER_MM / 2
    aside = 0.0 if f"seal-{seal.kind}" in marks else BESIDE * stamp.POINTS_PER_MM * count
    x, y = float(target[2]) - aside, float(target[3])
    return page, (round(x - half), round(y - half), round(x + half), round(y + half))


def _marks(reader: PdfFileReader) -> list[tuple[Any, Any]]:
    names = reader.root.get("/Names", {}).get("/Dests", {}).get("/Names", [])
    pairs = [(names[n], names[n + 1]) for n in range(0, len(names), 2)]
    return [(name, target) for name, target in pairs if str(name).startswith("seal-")]


def _page_number(reader: PdfFileReader, reference: Any) -> int:
    pages = int(reader.root["/Pages"]["/Count"])
    return next(n for n in range(pages) if _page(reader, n).reference == reference.reference)


def _page(reader: PdfFileReader, number: int) -> Any:
    return reader.find_page_for_modification(number)[0]  # type: ignore[no-untyped-call]  # pyHanko's own gap


def _metadata(
    field: str, seal: Seal, authority: Authority, reason: str, at: datetime
) -> signers.PdfSignatureMetadata:
    return signers.PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        reason=reason,
        name=seal.name,
        embed_validation_info=True,
        use_pades_lta=True,
        validation_context=_trust(seal, authority, at),
        dss_settings=TOGETHER,
    )


def _trust(seal: Seal, authority: Authority, at: datetime) -> Any:
    """Whom a seal from outside is trusted by is not whom ours is."""
    roots, others = authority.roots(at), [authority.time.certificate, *seal.above]
    if issued(seal.certificate, roots.certificates):
        return context(roots, at, others=others)
    return outside(roots, at, others=others)


def _simple(seal: Seal, authority: Authority) -> _SimpleSigner:
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # pyHanko's own gap
    store.register_multiple(asn1(one) for one in seal.above or [authority.root])
    raw = seal.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    key = keys.PrivateKeyInfo.load(raw)
    return _SimpleSigner(signing_cert=asn1(seal.certificate), signing_key=key, cert_registry=store)


def _style(seal: Seal) -> _Style:
    size = stamp.DIAMETER[seal.kind] * stamp.POINTS_PER_MM
    drawn = RawContent(stamp.drawing(seal.name, seal.kind), box=BoxConstraints(width=size, height=size))
    return _Style(background=drawn, background_opacity=OPACITY, border_width=0)


class _Style(StaticStampStyle):
    """The seal as it is drawn."""

    def create_stamp(self, writer: Any, box: Any, text_params: Any) -> _Stamp:
        """On this paper."""
        return _Stamp(writer, self, box)


class _Stamp(StaticContentStamp):
    """pyHanko writes the drawing as it is; deflated it takes 5 kB instead of 13."""

    def as_form_xobject(self) -> Any:
        """The drawing."""
        drawn = super().as_form_xobject()
        drawn.compress()  # type: ignore[no-untyped-call]  # pyHanko's own gap
        return drawn


class _SimpleSigner(signers.SimpleSigner):
    """pyHanko's signer, which rehearses once for each seal how long its signature will be."""

    async def async_sign(
        self, data_digest: bytes, digest_algorithm: str, dry_run: bool = False, *more: Any, **options: Any
    ) -> cms.ContentInfo:
        """The signature; as a rehearsal one of the same length."""
        if not dry_run:
            return await super().async_sign(data_digest, digest_algorithm, False, *more, **options)
        seal = self.signing_cert.sha256 if self.signing_cert else b""
        if seal not in _rehearsed:
            made = await super().async_sign(data_digest, digest_algorithm, True, *more, **options)
            _rehearsed[seal] = cms.ContentInfo.load(made.dump())
        return _rehearsed[seal]


_rehearsed: dict[bytes, cms.ContentInfo] = {}


class _Signer(signers.PdfSigner):
    """pyHanko's signer at an instant that is given, not asked of the machine."""

    at: datetime

    def init_signing_session(self, *args: Any, **options: Any) -> Any:
        """The session, its time set."""
        session = super().init_signing_session(*args, **options)
        session.system_time = self.at
        return session


class _Stamper(timestamps.TimeStamper):
    """Our own time-stamp authority, spoken to as if over the wire."""

    def __init__(self, time: TimeAuthority, at: datetime) -> None:
        super().__init__(include_nonce=True)  # type: ignore[no-untyped-call]  # pyHanko's own gap
        self.time, self.at = time, at

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """The answer."""
        imprint = req["message_imprint"]
        token = self.time.token(
            imprint["hashed_message"].native,
            imprint["hash_algorithm"]["algorithm"].native,
            self.at,
            nonce=req["nonce"].native,
        )
        return tsp.TimeStampResp(
            {"status": {"status": "granted"}, "time_stamp_token": cms.ContentInfo.load(token)}
        )
