"""RFC 3161 time-stamps: the authority that writes the hour on a digest, and how to read it again."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from documents.certificates import Key
from documents.encoding import prepare

prepare()

POLICY = "2.25.250783694871503125862413921170043512877"  # ours, from the free UUID arc


def _der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


_octets, _sequence, _set, _tagged = (partial(_der, tag) for tag in (0x04, 0x30, 0x31, 0xA0))
_ONE, _THREE = (core.Integer(number).dump() for number in (1, 3))
_SHA256 = algos.DigestAlgorithm({"algorithm": "sha256"}).dump()
_ECDSA = algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}).dump()
_SIGNED, _INFO = (cms.ContentType(sort).dump() for sort in ("signed_data", "tst_info"))


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
        return self._signed(info.dump())

    def _signed(self, info: bytes) -> bytes:
        """RFC 5652 written out: asn1crypto takes 13 ms to put the same bytes together, and a seal needs three."""
        own, issuer, essence = _known(self.certificate)
        attributes = _attributes(
            ("content_type", _INFO),
            ("message_digest", _octets(_sha256(info))),
            ("signing_certificate_v2", essence),
        )
        signature = self.key.sign(_set(attributes), ec.ECDSA(hashes.SHA256()))
        signer = _sequence(_ONE, issuer, _SHA256, _tagged(attributes), _ECDSA, _octets(signature))
        content = _sequence(_INFO, _tagged(_octets(info)))
        return _sequence(
            _SIGNED, _tagged(_sequence(_THREE, _set(_SHA256), content, _tagged(own), _set(signer)))
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


@lru_cache(maxsize=8)
def _known(certificate: x509.Certificate) -> tuple[bytes, bytes, bytes]:
    """What a certificate puts into each of its tokens: itself, its number, its digest."""
    own = asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
    number = cms.IssuerAndSerialNumber({"issuer": own.issuer, "serial_number": own.serial_number})
    digest = tsp.ESSCertIDv2({"cert_hash": certificate.fingerprint(hashes.SHA256())})
    return own.dump(), number.dump(), tsp.SigningCertificateV2({"certs": [digest]}).dump()


def _attributes(*pairs: tuple[str, bytes]) -> bytes:
    """Signed attributes in the order DER wants of a set."""
    return b"".join(
        sorted(_sequence(cms.CMSAttributeType(sort).dump(), _set(value)) for sort, value in pairs)
    )


def _sha256(content: bytes) -> bytes:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(content)
    return digest.finalize()
