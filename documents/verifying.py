"""Is this a paper of ours, whole and unchanged? Bytes from strangers; every answer is a report.

Each seal is judged at the instant its own time-stamp vouches for, with the revocation lists the paper
carries and those its owner knows by now; so a paper stays good when the seal's certificate has ended.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any

from asn1crypto import cms
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from documents import alone, containers
from documents.authority import Authority, Roots
from documents.encoding import prepare
from documents.trust import context, issued, outside

prepare()

LARGEST = 60 * 2**20
ADDED = "最后一次签章之后追加了内容。"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong, and where."""

    code: str  # unreadable, unsealed, changed, appended, container, untrusted, unstamped, dishonest
    place: str
    words: str


@dataclass(frozen=True, slots=True)
class Signer:
    """One seal on the paper."""

    name: str
    code: str
    at: datetime | None  # as the time-stamp says
    reason: str
    valid: bool


@dataclass(frozen=True, slots=True)
class Report:
    """The answer, in full."""

    valid: bool
    signers: tuple[Signer, ...] = ()
    findings: tuple[Finding, ...] = ()
    covers_whole_file: bool = False
    appended: int = 0  # bytes after the last seal or time-stamp
    issued: int = 0  # bytes of the paper as the court issued it, before an outside time-stamp
    facts_json: str | None = None


@dataclass(slots=True)
class _Case:
    pdf: bytes
    roots: Roots
    reader: PdfFileReader
    findings: list[Finding] = field(default_factory=list)
    signers: list[Signer] = field(default_factory=list)
    issued: int = 0  # where our last archive time-stamp ends

    def find(self, code: str, place: str, words: str) -> None:
        self.findings.append(Finding(code, place, words))


def verify(pdf: bytes, trust: Authority | Roots) -> Report:
    """Whether this is a paper of ours; never raises for what a stranger sends."""
    roots = trust.roots() if isinstance(trust, Authority) else trust
    if len(pdf) > LARGEST or not pdf.startswith(b"%PDF-"):
        return _refusal("unreadable", "整个文件", "这不是可以核验的PDF文件。")
    try:
        case = _Case(pdf, roots, PdfFileReader(BytesIO(pdf), strict=True))
        signatures = list(case.reader.embedded_signatures)
        for one in signatures:  # pyHanko takes any for granted
            _, _, begins, lasts = map(int, one.byte_range)
            if not 0 <= begins <= begins + lasts <= len(pdf):
                return _unreadable(pdf)
    except Exception:  # pyHanko raises anything on hostile bytes; a stranger gets a report all the same
        return _unreadable(pdf)
    if not signatures:
        return _refusal("unsealed", "整个文件", "文件上没有电子印章。")
    alone.run(_examine(case, signatures))
    return _conclude(case, signatures)


def _refusal(code: str, place: str, words: str) -> Report:
    return Report(valid=False, findings=(Finding(code, place, words),))


def _unreadable(pdf: bytes) -> Report:
    broken = next(containers.broken_ranges(pdf), None)
    if broken is None and (end := containers.end_of_seals(pdf)) < len(pdf):
        found = Finding("appended", f"第{end}至{len(pdf)}字节", ADDED)
        return Report(valid=False, findings=(found,), appended=len(pdf) - end)
    place = broken or "文件末尾的目录"
    return _refusal("unreadable", place, "内容被改动，文件结构已损坏。")


async def _examine(case: _Case, signatures: list[EmbeddedPdfSignature]) -> None:
    start, own = 0, [one for one in signatures if _archives(one) and _is_ours(case, one)]
    case.issued = _end(own[-1]) if own else 0
    for embedded in signatures:
        place = f"第{start}至{_end(embedded)}字节，{embedded.field_name}"
        start = _end(embedded)
        try:
            for words in containers.problems(case.pdf, embedded, case.roots):
                case.find("container", place, words)
            await _judge(case, embedded, place)
        except Exception:  # as above: a broken signature is a finding
            case.find("changed", place, "签名已经损坏，无法核验。")


def _end(embedded: EmbeddedPdfSignature) -> int:
    return int(embedded.byte_range[2]) + int(embedded.byte_range[3])


async def _judge(case: _Case, embedded: EmbeddedPdfSignature, place: str) -> None:
    if _archives(embedded):
        at = _token_time(embedded.signed_data)
        last_of_ours = _end(embedded) == case.issued < len(case.pdf)  # others stamp whatever they are given
        trusted = _context(case, embedded, at)
        stamp = await async_validate_pdf_timestamp(embedded, trusted, skip_diff=not last_of_ours)
        _record(case, stamp, place)
        if (
            last_of_ours
            and (stamp.modification_level or ModificationLevel.NONE) > ModificationLevel.LTA_UPDATES
        ):
            case.find("appended", f"第{case.issued}至{len(case.pdf)}字节", ADDED)
        return
    tokens = containers.tokens(embedded.signed_data)
    if len(tokens) != 1:
        case.find("unstamped", place, "印章没有可信时间戳。")
        return
    at = _token_time(tokens[0])
    # No difference analysis, which takes seconds: our authority stamped each revision up to `issued` to its
    # last byte, and `seal` puts nothing on a paper that does not verify.
    sealer, stamper = _context(case, embedded, at), _own_context(case, at)
    status = await async_validate_pdf_signature(embedded, sealer, stamper, skip_diff=True)
    stamped = status.timestamp_validity is not None and status.timestamp_validity.trusted
    if not stamped:
        case.find("untrusted", place, "时间戳不可信。")
    _record(case, status, place)
    case.signers.append(_signer(embedded, at, valid=status.intact and status.valid and status.trusted))


def _record(case: _Case, status: Any, place: str) -> None:
    if not status.intact:
        case.find("changed", place, "内容在签章后被改动。")
    elif not status.valid:
        case.find("changed", place, "签名与证书不符。")
    elif not status.trusted:
        case.find("untrusted", place, "签章证书不是本院颁发，或者已被撤销。")
    elif status.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        case.find("changed", place, "签章没有保护到它应当保护的全部内容。")


def _signer(embedded: EmbeddedPdfSignature, at: datetime | None, *, valid: bool) -> Signer:
    subject = embedded.signer_cert.subject.native
    reason = str(embedded.sig_object.get("/Reason", ""))
    return Signer(subject["common_name"], subject.get("organizational_unit_name", ""), at, reason, valid)


def _token_time(signed: cms.SignedData) -> datetime:
    at: datetime = signed["encap_content_info"]["content"].parsed["gen_time"].native
    return at


def _context(case: _Case, embedded: EmbeddedPdfSignature, at: datetime) -> Any:
    """Against our root and what it revoked; a certificate that is not ours against the outside roots."""
    if not case.roots.outside or _is_ours(case, embedded):
        return _own_context(case, at)
    return outside(case.roots, at)


def _is_ours(case: _Case, embedded: EmbeddedPdfSignature) -> bool:
    try:
        holder = x509.load_der_x509_certificate(embedded.signer_cert.dump())
    except Exception:  # as above: whose certificate cannot be read is not ours
        return False
    return issued(holder, case.roots.certificates)


def _own_context(case: _Case, at: datetime) -> Any:
    root = case.reader.root
    lists = root["/DSS"]["/CRLs"] if "/DSS" in root and "/CRLs" in root["/DSS"] else ()
    return context(case.roots, at, crls=tuple(lists[n].data for n in range(len(lists))))


def _conclude(case: _Case, signatures: list[EmbeddedPdfSignature]) -> Report:
    end = max(_end(embedded) for embedded in signatures)
    if end != len(case.pdf):
        case.find("appended", f"第{end}至{len(case.pdf)}字节", ADDED)
    if not any(not _archives(one) for one in signatures):
        case.find("unsealed", "整个文件", "文件上没有电子印章。")
    elif any(_end(one) > case.issued for one in signatures if not _archives(one)):
        case.find("unstamped", "文件末尾", "缺少归档时间戳。")
    return Report(
        valid=not case.findings,
        signers=tuple(case.signers),
        findings=tuple(case.findings),
        covers_whole_file=end == len(case.pdf),
        appended=max(len(case.pdf) - end, 0),
        issued=0 if case.findings else case.issued,
        facts_json=None if case.findings else _facts(case),
    )


def _archives(embedded: EmbeddedPdfSignature) -> bool:
    return embedded.sig_object_type == "/DocTimeStamp"


def _facts(case: _Case) -> str | None:
    try:
        names = case.reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
        pairs = {str(names[n]): names[n + 1] for n in range(0, len(names), 2)}
        data: bytes = pairs["facts.json"]["/EF"]["/F"].data
        return data.decode()
    except Exception:  # a paper without readable facts is still judged by its seals
        return None
