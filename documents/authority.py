"""The court's own certificate authority, in a folder of keys: root, seals, time-stamps.

A court that has seals from a licensed authority replaces this folder; everything else stays. Keys
are P-256 and readable by nobody else. A key within thirty days of its end is refused at the start,
so that no paper is ever sealed with a seal that dies before the appeal period does.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from documents import certificates
from documents.certificates import Key
from documents.timestamps import TimeAuthority
from odr.errors import KeyUnusable

Kind = Literal["court", "organisation"]
MARGIN = timedelta(days=30)
ROOT_YEARS, TIME_YEARS, SEAL_YEARS = 20, 10, 5


@dataclass(frozen=True, slots=True)
class Seal:
    """A court's or an organisation's seal: its name, its certificate, its key."""

    name: str
    code: str
    kind: Kind
    certificate: x509.Certificate
    key: Key

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def sign(self, content: bytes) -> str:
        """`es256:…` over any bytes, the same bytes each time (RFC 6979); for checkpoints and Merkle roots."""
        raw = self.key.sign(content, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        return "es256:" + base64.urlsafe_b64encode(raw).decode()


@dataclass(frozen=True, slots=True)
class Roots:
    """What a verifier trusts: root certificates, and what their owners have revoked since."""

    certificates: tuple[x509.Certificate, ...]
    crls: tuple[x509.CertificateRevocationList, ...] = ()

    @classmethod
    def of(cls, pem: bytes) -> Roots:
        """Roots from PEM text, as the court publishes it."""
        return cls(tuple(x509.load_pem_x509_certificates(pem)))


@dataclass(frozen=True, slots=True)
class Authority:
    """An opened key folder."""

    directory: Path
    at: datetime
    root: x509.Certificate
    root_key: Key
    time: TimeAuthority

    @classmethod
    def open(cls, directory: Path, at: datetime) -> Authority:
        """Read the keys, making what is missing; KeyUnusable names the key that may not be used."""
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(directory):
            root, root_key = _read(directory, "root", at) or _make_root(directory, at)
            time = _read(directory, "tsa", at) or _make_time(directory, at, root, root_key)
            for path in sorted(directory.glob("seal-*.pem")):
                _read(directory, path.stem, at)
        return cls(directory, at, root, root_key, TimeAuthority(*time))

    @property
    def root_pem(self) -> bytes:
        return self.root.public_bytes(Encoding.PEM)

    def roots(self, at: datetime | None = None) -> Roots:
        """What to verify against, with the revocations known now."""
        return Roots((self.root,), (self.crl(at or self.at),))

    def seal_for(self, code: str, name: str, kind: Kind = "court") -> Seal:
        """The seal of a court or organisation, made on first use; a renamed court gets a new one."""
        stem = f"seal-{kind}-{hashlib.sha256(f'{code}/{name}'.encode()).hexdigest()[:12]}"
        with _alone(self.directory):
            found = _read(self.directory, stem, self.at)
            certificate, key = found or self._make_seal(stem, code, name)
        return Seal(name, code, kind, certificate, key)

    def court_certificates(self) -> list[bytes]:
        """The certificate of every seal a court of ours ever had here, as PEM."""
        return [path.read_bytes() for path in sorted(self.directory.glob("seal-court-*.pem"))]

    def timestamp(self, digest: bytes, at: datetime) -> bytes:
        """An RFC 3161 token over a SHA-256 digest."""
        return self.time.token(digest, "sha256", at)

    def crl(self, at: datetime) -> x509.CertificateRevocationList:
        """What has been revoked until now, signed; good for thirty days."""
        return certificates.crl(self.root, self.root_key, self._revoked(), at)

    def revoke(self, seal: Seal, at: datetime) -> None:
        """From this instant the seal seals nothing; what it sealed before stays valid."""
        path = self.directory / "revoked.json"
        with _alone(self.directory):
            rows = self._revoked() | {seal.certificate.serial_number: at}
            text = json.dumps({str(number): when.isoformat() for number, when in sorted(rows.items())})
            draft = path.with_suffix(".new")
            draft.write_text(text)
            draft.replace(path)

    def is_revoked(self, seal: Seal) -> bool:
        """Whether the seal was revoked."""
        return seal.certificate.serial_number in self._revoked()

    def _revoked(self) -> dict[int, datetime]:
        path = self.directory / "revoked.json"
        rows = json.loads(path.read_text()) if path.exists() else {}
        return {int(number): datetime.fromisoformat(when) for number, when in rows.items()}

    def _make_seal(self, stem: str, code: str, name: str) -> tuple[x509.Certificate, Key]:
        key = certificates.new_key()
        made = certificates.leaf(
            name, code, key, (self.root, self.root_key), at=self.at, years=SEAL_YEARS, stamps_time=False
        )
        return _keep(self.directory, stem, made, key)


def require_usable(certificate: x509.Certificate, at: datetime, name: str) -> None:
    """KeyUnusable unless the certificate holds now and for another thirty days."""
    if at < certificate.not_valid_before_utc:
        raise KeyUnusable(f"{name}: not valid before {certificate.not_valid_before_utc:%Y-%m-%d}")
    if at + MARGIN > certificate.not_valid_after_utc:
        ends = f"{certificate.not_valid_after_utc:%Y-%m-%d}"
        raise KeyUnusable(
            f"{name}: ends on {ends}, less than 30 days away; move it aside and a new one is made"
        )


def verify_signature(content: bytes, signature: str, certificate: bytes, root: bytes) -> bool:
    """Whether `Seal.sign` of that certificate made this signature, and the root vouches for it."""
    try:
        signer = x509.load_pem_x509_certificate(certificate)
        signer.verify_directly_issued_by(x509.load_pem_x509_certificate(root))
        sort, _, text = signature.partition(":")
        key = signer.public_key()
        if sort != "es256" or not isinstance(key, ec.EllipticCurvePublicKey):
            return False
        key.verify(base64.urlsafe_b64decode(text), content, ec.ECDSA(hashes.SHA256()))
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _make_root(directory: Path, at: datetime) -> tuple[x509.Certificate, Key]:
    key = certificates.new_key()
    return _keep(directory, "root", certificates.root(key, at=at, years=ROOT_YEARS), key)


def _make_time(
    directory: Path, at: datetime, root: x509.Certificate, root_key: Key
) -> tuple[x509.Certificate, Key]:
    key = certificates.new_key()
    made = certificates.leaf(
        "在线多元解纷平台时间戳", "TSA", key, (root, root_key), at=at, years=TIME_YEARS, stamps_time=True
    )
    return _keep(directory, "tsa", made, key)


def _keep(
    directory: Path, stem: str, certificate: x509.Certificate, key: Key
) -> tuple[x509.Certificate, Key]:
    # The key first: a crash in between leaves a half that _read names, never a seal without its key.
    for suffix, content in (
        ("key", certificates.pem(key)),
        ("pem", certificate.public_bytes(Encoding.PEM)),
    ):
        with open(
            os.open(directory / f"{stem}.{suffix}", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
        ) as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
    return certificate, key


def _read(directory: Path, stem: str, at: datetime) -> tuple[x509.Certificate, Key] | None:
    key_path, certificate_path = directory / f"{stem}.key", directory / f"{stem}.pem"
    if not key_path.exists() and not certificate_path.exists():
        return None
    if not (key_path.exists() and certificate_path.exists()):
        raise KeyUnusable(f"{stem}: key or certificate is missing in {directory}")
    if stat.S_IMODE(key_path.stat().st_mode) & 0o077:
        raise KeyUnusable(f"{key_path}: others can read this key; make it 0600")
    certificate = x509.load_pem_x509_certificate(certificate_path.read_bytes())
    key = load_pem_private_key(key_path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise KeyUnusable(f"{stem}: the key does not belong to the certificate")
    require_usable(certificate, at, stem)
    return certificate, key


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """One process at a time makes keys in a folder."""
    with open(os.open(directory / ".lock", os.O_RDWR | os.O_CREAT, 0o600), "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
