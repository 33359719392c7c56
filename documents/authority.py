"""The court's own certificate authority, in a folder of keys: root, seals, time-stamps.

A court that has a seal from a licensed authority puts it into this folder (`documents.outside`), and
papers bear that one; checkpoints, case files and the court's own time-stamps stay with these keys. They
are P-256 and readable by nobody else. A key within thirty days of its end is refused at the start,
so that no paper is ever sealed with a seal that dies before the appeal period does.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from documents import certificates, key_folder, outside, signers
from documents.certificates import AnyKey, Key
from documents.signers import Signer
from documents.timestamps import TimeAuthority
from odr.errors import KeyUnusable

Kind = Literal["court", "organisation"]
ROOT_YEARS, TIME_YEARS, SEAL_YEARS = 20, 10, 5


@dataclass(frozen=True, slots=True)
class Seal:
    """A court's or an organisation's seal: its name, its certificate, its key."""

    name: str
    code: str
    kind: Kind
    certificate: x509.Certificate
    key: AnyKey
    above: tuple[x509.Certificate, ...] = ()  # of a seal from outside: the authorities over it

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)


@dataclass(frozen=True, slots=True)
class Roots:
    """What a verifier trusts: root certificates, and what their owners have revoked since."""

    certificates: tuple[x509.Certificate, ...]
    crls: tuple[x509.CertificateRevocationList, ...] = ()
    outside: tuple[
        x509.Certificate, ...
    ] = ()  # of authorities the court relies on; they revoke by themselves

    @classmethod
    def of(cls, pem: bytes) -> Roots:
        """Roots from PEM text: the court's own, and after it those of outside authorities."""
        own, *outside = x509.load_pem_x509_certificates(pem)
        return cls((own,), outside=tuple(outside))


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
        with key_folder.alone(directory):
            root, root_key = _read(directory, "root", at) or _make_root(directory, at)
            time = _read(directory, "tsa", at) or _make_time(directory, at, root, root_key)
            for path in sorted(directory.glob("seal-*.pem")):
                _read(directory, path.stem, at)
        return cls(directory, at, root, root_key, TimeAuthority(*time))

    @property
    def root_pem(self) -> bytes:
        return self.root.public_bytes(Encoding.PEM)

    @property
    def root_fingerprint(self) -> str:
        """What the court publishes: whoever checks a paper or a case file elsewhere compares it."""
        return self.root.fingerprint(hashes.SHA256()).hex()

    def roots(self, at: datetime | None = None) -> Roots:
        """What to verify against, with the revocations known now."""
        return Roots((self.root,), (self.crl(at or self.at),), outside.roots(self.directory))

    def seal_for(self, code: str, name: str, kind: Kind = "court") -> Seal:
        """The seal of a court or organisation: the one it was given, or ours, made on first use."""
        given = outside.seal(self.directory, code, self.at) if kind == "court" else None
        return Seal(name, code, kind, *given) if given else self._own_seal(code, name, kind)

    def _own_seal(self, code: str, name: str, kind: Kind) -> Seal:
        """A renamed court gets a new one."""
        stem = f"seal-{kind}-{hashlib.sha256(f'{code}/{name}'.encode()).hexdigest()[:12]}"
        with key_folder.alone(self.directory):
            found = _read(self.directory, stem, self.at)
            certificate, key = found or self._make_seal(stem, code, name)
        return Seal(name, code, kind, certificate, key)

    def signer_for(self, code: str, name: str, way: str = "es256") -> Signer:
        """Who signs checkpoints and manifests for a court: its seal, or a key of another sort made on first use."""
        seal = self._own_seal(code, name, "court")
        if way == "es256":
            assert isinstance(seal.key, ec.EllipticCurvePrivateKey)
            return signers.Ecdsa(seal.key, seal.pem)
        stem = f"signer-{way}-{hashlib.sha256(f'{code}/{name}'.encode()).hexdigest()[:12]}"
        with key_folder.alone(self.directory):
            known = key_folder.read(self.directory, stem, self.at)
            if known is None:
                key_folder.keep(self.directory, stem, *self._new_signer(way, code, name))
                known = key_folder.read(self.directory, stem, self.at)
        assert known is not None
        certificate, kept = known
        if way == "sm2":
            return signers.Sm2(bytes.fromhex(kept.decode()), key_folder.pem(certificate))
        key = load_pem_private_key(kept, password=None)
        assert isinstance(key, rsa.RSAPrivateKey)
        return signers.Rsa(key, key_folder.pem(certificate))

    def _new_signer(self, way: str, code: str, name: str) -> tuple[bytes, bytes]:
        issuer = (self.root, self.root_key)
        key = rsa.generate_private_key(65537, 3072) if way == "rs256" else certificates.new_key()
        leaf = certificates.leaf(name, code, key, issuer, at=self.at, years=SEAL_YEARS, stamps_time=False)
        if way != "sm2":
            return key_folder.pem(leaf), certificates.pem(key)
        secret, point = signers.new_sm2()
        return signers.with_sm2_key(leaf, point, self.root_key), secret.hex().encode()

    def court_certificates(self) -> list[bytes]:
        """The certificate of everything that ever signed for a court of ours here, as PEM."""
        return key_folder.court_certificates(self.directory)

    def timestamp(self, digest: bytes, at: datetime) -> bytes:
        """An RFC 3161 token over a SHA-256 digest."""
        return self.time.token(digest, "sha256", at)

    def crl(self, at: datetime) -> x509.CertificateRevocationList:
        """What has been revoked until now, signed; good for thirty days."""
        return certificates.crl(self.root, self.root_key, self.revoked(), at)

    def revoke(self, seal: Seal, at: datetime) -> None:
        """From this instant the seal seals nothing; what it sealed before stays valid."""
        path = self.directory / "revoked.json"
        with key_folder.alone(self.directory):
            rows = self.revoked() | {seal.certificate.serial_number: at}
            text = json.dumps({str(number): when.isoformat() for number, when in sorted(rows.items())})
            draft = path.with_suffix(".new")
            draft.write_text(text)
            draft.replace(path)

    def is_revoked(self, seal: Seal) -> bool:
        """Whether the seal was revoked."""
        return seal.certificate.serial_number in self.revoked()

    def revoked(self) -> dict[int, datetime]:
        """Certificates by serial number, and since when they seal nothing."""
        path = self.directory / "revoked.json"
        rows = json.loads(path.read_text()) if path.exists() else {}
        return {int(number): datetime.fromisoformat(when) for number, when in rows.items()}

    def _make_seal(self, stem: str, code: str, name: str) -> tuple[x509.Certificate, Key]:
        key = certificates.new_key()
        made = certificates.leaf(
            name, code, key, (self.root, self.root_key), at=self.at, years=SEAL_YEARS, stamps_time=False
        )
        return _keep(self.directory, stem, made, key)


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
    key_folder.keep(directory, stem, key_folder.pem(certificate), certificates.pem(key))
    return certificate, key


def _read(directory: Path, stem: str, at: datetime) -> tuple[x509.Certificate, Key] | None:
    known = key_folder.read(directory, stem, at)
    if known is None:
        return None
    certificate, kept = known
    key = load_pem_private_key(kept, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise KeyUnusable(f"{stem}: the key does not belong to the certificate")
    return certificate, key
