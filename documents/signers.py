"""Signatures over any bytes: what stands under checkpoints, manifests and Merkle roots.

One port, three ways: `es256` (P-256), `rs256` (RSA) and `sm2` (GB/T 32918 with SM3, the signer known as
1234567812345678 by GM/T 0009). A court with a signature server or a smart card puts one more behind the
port. SM2 here is pure Python and not hardened against somebody who measures its time on this machine:
it is for courts without a device and for verifying what a device has signed.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import gmalg
from asn1crypto import algos, core, keys, pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

SM2_CURVE = "1.2.156.10197.1.301"
SM2_NAME = b"1234567812345678"
POINT = 65  # bytes of an uncompressed point, its form in front

keys.NamedCurve.register("sm2p256v1", SM2_CURVE, 32)


class Signer(Protocol):
    """Whoever can sign in the name of a court or an organisation."""

    @property
    def pem(self) -> bytes:
        """The certificate that vouches for it."""

    def sign(self, content: bytes) -> str:
        """`<way>:<base64url>` over the bytes."""


@dataclass(frozen=True, slots=True)
class Ecdsa:
    """P-256 with SHA-256; the same bytes give the same signature (RFC 6979)."""

    key: ec.EllipticCurvePrivateKey
    pem: bytes

    def sign(self, content: bytes) -> str:
        return _written(
            "es256", self.key.sign(content, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        )


@dataclass(frozen=True, slots=True)
class Rsa:
    """RSA with SHA-256 (PKCS #1 v1.5, which every reader knows)."""

    key: rsa.RSAPrivateKey
    pem: bytes

    def sign(self, content: bytes) -> str:
        return _written("rs256", self.key.sign(content, padding.PKCS1v15(), hashes.SHA256()))


@dataclass(frozen=True, slots=True)
class Sm2:
    """SM2 with SM3, by a secret number of 32 bytes."""

    secret: bytes
    pem: bytes

    def sign(self, content: bytes) -> str:
        r, s = gmalg.SM2(self.secret, SM2_NAME, _point(self.pem)).sign(content)
        pair = {"r": int.from_bytes(r, "big"), "s": int.from_bytes(s, "big")}
        return _written("sm2", algos.DSASignature(pair).dump())


def verify(content: bytes, signature: str, certificate: bytes, root: bytes) -> bool:
    """Whether the holder of this certificate signed these bytes, and the root vouches for the holder."""
    sort, _, text = signature.partition(":")
    try:
        x509.load_pem_x509_certificate(certificate).verify_directly_issued_by(
            x509.load_pem_x509_certificate(root)
        )
        return _WAYS[sort](content, base64.b64decode(text, altchars=b"-_", validate=True), certificate)
    except (ValueError, ArithmeticError, TypeError, KeyError, InvalidSignature, UnsupportedAlgorithm):
        return False


def _by_ecdsa(content: bytes, raw: bytes, certificate: bytes) -> bool:
    key = x509.load_pem_x509_certificate(certificate).public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return False
    key.verify(raw, content, ec.ECDSA(hashes.SHA256()))
    return True


def _by_rsa(content: bytes, raw: bytes, certificate: bytes) -> bool:
    key = x509.load_pem_x509_certificate(certificate).public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    key.verify(raw, content, padding.PKCS1v15(), hashes.SHA256())
    return True


def _by_sm2(content: bytes, raw: bytes, certificate: bytes) -> bool:
    pair = algos.DSASignature.load(raw, strict=True)
    if pair.dump(force=True) != raw:  # one signature has one spelling
        return False
    r, s = (pair[name].native.to_bytes(32, "big") for name in ("r", "s"))
    return bool(gmalg.SM2(uid=SM2_NAME, pk=_point(certificate)).verify(content, r, s))


_WAYS: dict[str, Callable[[bytes, bytes, bytes], bool]] = {
    "es256": _by_ecdsa,
    "rs256": _by_rsa,
    "sm2": _by_sm2,
}


def new_sm2() -> tuple[bytes, bytes]:
    """A fresh secret number and its public point."""
    secret, point = gmalg.SM2().generate_keypair()
    return bytes(secret), bytes(point)


def with_sm2_key(certificate: x509.Certificate, point: bytes, issuer: ec.EllipticCurvePrivateKey) -> bytes:
    """The certificate (PEM) with an SM2 key in the place of its own, issued anew by the root."""
    from cryptography.hazmat.primitives.serialization import Encoding

    made = asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
    body = made["tbs_certificate"]
    named = keys.ECDomainParameters(name="named", value="sm2p256v1")
    body["subject_public_key_info"] = keys.PublicKeyInfo(
        {"algorithm": {"algorithm": "ec", "parameters": named}, "public_key": keys.ECPointBitString(point)}
    )
    for extension in body["extensions"]:
        if extension["extn_id"].native == "key_identifier":
            extension["extn_value"] = core.ParsableOctetString(core.OctetString(_identifier(point)).dump())
    made["signature_value"] = issuer.sign(body.dump(force=True), ec.ECDSA(hashes.SHA256()))
    return bytes(pem.armor("CERTIFICATE", made.dump(force=True)))


def _identifier(point: bytes) -> bytes:
    digest = hashes.Hash(hashes.SHA1())  # noqa: S303  # RFC 5280 4.2.1.2 names keys so; it protects nothing
    digest.update(point)
    return digest.finalize()


def _point(certificate: bytes) -> bytes:
    """The public point of an SM2 certificate; ValueError when it has another key."""
    _, _, der = pem.unarmor(certificate)
    info = asn1_x509.Certificate.load(der)["tbs_certificate"]["subject_public_key_info"]
    parameters = info["algorithm"]["parameters"]
    point: bytes = info["public_key"].native
    if info.algorithm != "ec" or parameters.chosen.dotted != SM2_CURVE or len(point) != POINT:
        raise ValueError("not an SM2 key")
    return point


def _written(way: str, raw: bytes) -> str:
    return f"{way}:{base64.urlsafe_b64encode(raw).decode()}"
