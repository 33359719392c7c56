"""Our certificates in the words of pyHanko: who is trusted at an instant, from what is in hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko_certvalidator import ValidationContext

from documents.authority import Roots


def context(
    roots: Roots, at: datetime, *, others: list[x509.Certificate] | None = None, crls: tuple[bytes, ...] = ()
) -> ValidationContext:
    """Who is trusted at an instant, from what is in hand: nothing is ever fetched."""
    known = [der(crl) for crl in roots.crls] + list(crls)
    return ValidationContext(
        trust_roots=[asn1(c) for c in roots.certificates],
        other_certs=[asn1(c) for c in others or []],
        crls=[asn1_crl.CertificateList.load(one) for one in known],
        allow_fetching=False,
        moment=at,
        revocation_mode="require",
        retroactive_revinfo=True,  # a list newer than the seal still tells what was revoked before it
    )


def outside(roots: Roots, at: datetime, *, others: Sequence[x509.Certificate] = ()) -> ValidationContext:
    """The same, and authorities outside; what those revoked is known to them and is not fetched."""
    return ValidationContext(
        trust_roots=[asn1(c) for c in (*roots.certificates, *roots.outside)],
        other_certs=[asn1(c) for c in others],
        crls=[asn1_crl.CertificateList.load(der(crl)) for crl in roots.crls],
        allow_fetching=False,
        moment=at,
        revocation_mode="soft-fail",
        retroactive_revinfo=True,
    )


def issued(certificate: x509.Certificate, by: Sequence[x509.Certificate]) -> bool:
    """Whether one of these issued it, or it is one of them."""
    return any(certificate == one or _issued(certificate, one) for one in by)


def _issued(certificate: x509.Certificate, by: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(by)
    except Exception:  # cryptography raises several kinds; none of them is an issued certificate
        return False
    return True


def asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """The same certificate as pyHanko wants it."""
    return asn1_x509.Certificate.load(der(certificate))


def der(thing: x509.Certificate | x509.CertificateRevocationList) -> bytes:
    """The bytes that were signed."""
    return thing.public_bytes(Encoding.DER)
