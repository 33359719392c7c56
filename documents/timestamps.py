"""RFC 3161 time-stamps: the authority that writes the hour on a digest, and how to read it again."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from documents.certificates import Key

POLICY = "2.25.250783694871503125862413921170043512877"  # ours, from the free UUID arc


@dataclass(frozen=True, slots=True)
class TimeAuthority:
    """The time-stamp authority: a certificate for this one purpose and its key."""

    certificate: x509.Certificate
    key: Key

    def token(self, digest: bytes, algorithm: str, at: datetime, nonce: int | None = None) -> bytes:
        """A signed statement that this digest existed at this instant (DER)."""
        info = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": POLICY,
                "message_imprint": _imprint(digest, algorithm),
                "serial_number": secrets.randbits(63),
                "gen_time": at.astimezone(UTC).replace(microsecond=0),
                **({"nonce": nonce} if nonce is not None else {}),
            }
        )
        der: bytes = _content(self._signed(info.dump())).dump()
        return der

    def _signed(self, info: bytes) -> cms.SignedData:
        sha256 = algos.DigestAlgorithm({"algorithm": "sha256"})
        own = asn1_x509.Certificate.load(self.certificate.public_bytes(Encoding.DER))
        attributes = cms.CMSAttributes(
            [
                _attribute("content_type", "tst_info"),
                _attribute("message_digest", _sha256(info)),
                _attribute("signing_certificate_v2", _essence(self.certificate)),
            ]
        )
        signer = cms.SignerInfo(
            {
                "version": "v1",
                "sid": {
                    "issuer_and_serial_number": {
                        "issuer": own.issuer,
                        "serial_number": own.serial_number,
                    }
                },
                "digest_algorithm": sha256,
                "signed_attrs": attributes,
                "signature_algorithm": {"algorithm": "sha256_ecdsa"},
                "signature": self.key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256())),
            }
        )
        return cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [sha256],
                "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(info)},
                "certificates": [own],
                "signer_infos": [signer],
            }
        )


def read(token: bytes, digest: bytes, root: x509.Certificate) -> datetime:
    """The instant a token of ours vouches for; ValueError when it does not vouch for this digest."""
    try:
        signed = cms.ContentInfo.load(token, strict=True)["content"]
        info = signed["encap_content_info"]["content"].parsed
        (signer,) = signed["signer_infos"]
        holder = x509.load_der_x509_certificate(signed["certificates"][0].dump())
        _require_purpose(holder, root)
        attributes = {a["type"].native: a["values"][0] for a in signer["signed_attrs"]}
        if attributes["message_digest"].native != _sha256(info.dump()):
            raise ValueError("the token's content was changed")
        if info["message_imprint"]["hashed_message"].native != digest:
            raise ValueError("the token is for another digest")
        key = holder.public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        plain = signer["signed_attrs"].untag().dump()
        key.verify(signer["signature"].native, plain, ec.ECDSA(hashes.SHA256()))
        at: datetime = info["gen_time"].native
    except ValueError:
        raise
    except Exception as wrong:  # three parsers on a stranger's bytes; whatever they raise, it is no token
        raise ValueError(f"not a time-stamp of ours: {type(wrong).__name__}") from None
    return at


def _require_purpose(holder: x509.Certificate, root: x509.Certificate) -> None:
    holder.verify_directly_issued_by(root)
    purposes = holder.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    if ExtendedKeyUsageOID.TIME_STAMPING not in purposes:
        raise ValueError("the token's certificate is not for time-stamps")


def _imprint(digest: bytes, algorithm: str) -> tsp.MessageImprint:
    return tsp.MessageImprint({"hash_algorithm": {"algorithm": algorithm}, "hashed_message": digest})


def _essence(certificate: x509.Certificate) -> tsp.SigningCertificateV2:
    return tsp.SigningCertificateV2(
        {"certs": [tsp.ESSCertIDv2({"cert_hash": certificate.fingerprint(hashes.SHA256())})]}
    )


def _attribute(sort: str, value: object) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": sort, "values": [value]})


def _content(signed: cms.SignedData) -> cms.ContentInfo:
    return cms.ContentInfo({"content_type": "signed_data", "content": signed})


def _sha256(content: bytes) -> bytes:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(content)
    return digest.finalize()
