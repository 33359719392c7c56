"""X.509 certificates and revocation lists as the court's seals need them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = ec.EllipticCurvePrivateKey
AnyKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
ROOT_NAME = "在线多元解纷平台根证书"


def new_key() -> Key:
    """A fresh P-256 key."""
    return ec.generate_private_key(ec.SECP256R1())


def pem(key: AnyKey) -> bytes:
    """The key as it lies in its file."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def root(key: Key, *, at: datetime, years: int) -> x509.Certificate:
    """A self-signed root."""
    name = _name(ROOT_NAME, "ROOT")
    return _signed(_builder(name, name, key, at, years), ca=True, issuer=key)


def leaf(
    name: str,
    code: str,
    key: AnyKey,
    issuer: tuple[x509.Certificate, Key],
    *,
    at: datetime,
    years: int,
    stamps_time: bool,
) -> x509.Certificate:
    """A seal's or the time-stamp authority's certificate, vouched for by the issuer."""
    certificate, issuer_key = issuer
    builder = _builder(_name(name, code), certificate.subject, key, at, years)
    builder = builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
    )
    if stamps_time:  # RFC 3161 2.3: this purpose alone, and critical
        builder = builder.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True
        )
    return _signed(builder, ca=False, issuer=issuer_key)


def crl(
    issuer: x509.Certificate, key: Key, revoked: Mapping[int, datetime], at: datetime
) -> x509.CertificateRevocationList:
    """The revocation list of an instant."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(at - timedelta(minutes=5))
        .next_update(at + timedelta(days=30))
        .add_extension(x509.CRLNumber(int(at.timestamp())), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
    )
    for number, when in sorted(revoked.items()):
        row = x509.RevokedCertificateBuilder().serial_number(number).revocation_date(when).build()
        builder = builder.add_revoked_certificate(row)
    return builder.sign(key, hashes.SHA256())


def _name(name: str, code: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, name[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, name[:64]),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, code[:64]),
        ]
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: AnyKey, at: datetime, years: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=365 * years))
    )


def _signed(builder: x509.CertificateBuilder, *, ca: bool, issuer: Key) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=not ca, content_commitment=not ca, key_cert_sign=ca, crl_sign=ca,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    builder = builder.add_extension(
        x509.BasicConstraints(ca=ca, path_length=0 if ca else None), critical=True
    )
    builder = builder.add_extension(usage, critical=True)
    key = builder._public_key
    assert key is not None
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False).sign(
        issuer, hashes.SHA256()
    )
