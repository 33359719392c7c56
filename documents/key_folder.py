"""A folder of keys: each beside its certificate, readable by nobody else, refused before its end is near."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from odr.errors import KeyUnusable

MARGIN = timedelta(days=30)
COURTS = ("seal-court-*.pem", "signer-*.pem")  # everything that may sign in a court's name


def require_usable(certificate: x509.Certificate, at: datetime, name: str) -> None:
    """KeyUnusable unless the certificate holds now and for another thirty days."""
    if at < certificate.not_valid_before_utc:
        raise KeyUnusable(f"{name}: not valid before {certificate.not_valid_before_utc:%Y-%m-%d}")
    if at + MARGIN > certificate.not_valid_after_utc:
        ends = f"{certificate.not_valid_after_utc:%Y-%m-%d}"
        raise KeyUnusable(
            f"{name}: ends on {ends}, less than 30 days away; move it aside and a new one is made"
        )


def keep(directory: Path, stem: str, certificate: bytes, key: bytes) -> None:
    """A new key and its certificate (PEM), durable."""
    # The key first: a crash in between leaves a half that `read` names, never a seal without its key.
    for suffix, content in (("key", key), ("pem", certificate)):
        path = directory / f"{stem}.{suffix}"
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())


def read(directory: Path, stem: str, at: datetime) -> tuple[x509.Certificate, bytes] | None:
    """The certificate and what lies in the key's file; none when there is neither."""
    key_path, certificate_path = directory / f"{stem}.key", directory / f"{stem}.pem"
    if not key_path.exists() and not certificate_path.exists():
        return None
    if not (key_path.exists() and certificate_path.exists()):
        raise KeyUnusable(f"{stem}: key or certificate is missing in {directory}")
    if stat.S_IMODE(key_path.stat().st_mode) & 0o077:
        raise KeyUnusable(f"{key_path}: others can read this key; make it 0600")
    certificate = x509.load_pem_x509_certificate(certificate_path.read_bytes())
    require_usable(certificate, at, stem)
    return certificate, key_path.read_bytes()


def court_certificates(directory: Path) -> list[bytes]:
    """The certificate of everything that ever signed for a court of ours here, as PEM."""
    return [path.read_bytes() for pattern in COURTS for path in sorted(directory.glob(pattern))]


def pem(certificate: x509.Certificate) -> bytes:
    """The certificate as it is published."""
    return certificate.public_bytes(Encoding.PEM)


@contextmanager
def alone(directory: Path) -> Iterator[None]:
    """One process at a time makes keys in a folder."""
    with open(os.open(directory / ".lock", os.O_RDWR | os.O_CREAT, 0o600), "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
