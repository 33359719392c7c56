"""Seals that an authority outside this machine issued, and the roots of such authorities.

What the court was given lies in `outside/` of the key folder: `roots.pem`, the roots of those authorities;
for each court `<code>.p12` with `<code>.password` beside it, or `<code>.key` and `<code>.pem`, the seal's
certificate first and those above it after. Checkpoints and case files are still signed by our own keys.
"""

from __future__ import annotations

import stat
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12

from documents.certificates import AnyKey
from documents.key_folder import require_usable
from odr.errors import KeyUnusable

Given = tuple[x509.Certificate, AnyKey, tuple[x509.Certificate, ...]]


def roots(directory: Path) -> tuple[x509.Certificate, ...]:
    """The roots of the authorities that the court relies on; none if it has none."""
    path = directory / "outside" / "roots.pem"
    return tuple(x509.load_pem_x509_certificates(path.read_bytes())) if path.is_file() else ()


def seal(directory: Path, code: str, at: datetime) -> Given | None:
    """The seal that a court was given, with the certificates above it; none if it has none."""
    stem = directory / "outside" / code
    packed, key_file = stem.with_name(f"{code}.p12"), stem.with_name(f"{code}.key")
    if packed.is_file():
        found = _packed(packed, stem.with_name(f"{code}.password"))
    elif key_file.is_file():
        found = _loose(key_file, stem.with_name(f"{code}.pem"))
    else:
        return None
    certificate, key, _ = found
    if key.public_key() != certificate.public_key():
        raise KeyUnusable(f"outside/{code}: the key does not belong to the certificate")
    require_usable(certificate, at, f"outside/{code}")
    return found


def _packed(path: Path, password: Path) -> Given:
    word = _secret(password).strip() if password.is_file() else None
    try:
        key, certificate, above = pkcs12.load_key_and_certificates(_secret(path), word)
    except ValueError as wrong:
        raise KeyUnusable(f"{path}: {wrong}") from None
    if certificate is None:
        raise KeyUnusable(f"{path}: holds no certificate")
    return certificate, _usual(key, path), tuple(above)


def _loose(path: Path, chain: Path) -> Given:
    if not chain.is_file():
        raise KeyUnusable(f"{chain}: the certificate is missing")
    certificate, *above = x509.load_pem_x509_certificates(chain.read_bytes())
    try:
        key = load_pem_private_key(_secret(path), password=None)
    except (ValueError, TypeError) as wrong:
        raise KeyUnusable(f"{path}: {wrong}") from None
    return certificate, _usual(key, path), tuple(above)


def _usual(key: object, path: Path) -> AnyKey:
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise KeyUnusable(f"{path}: neither an RSA nor an elliptic-curve key")
    return key


def _secret(path: Path) -> bytes:
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise KeyUnusable(f"{path}: others can read this key; make it 0600")
    return path.read_bytes()
