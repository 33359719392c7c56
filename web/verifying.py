"""`odr verify PATH`: whether a sealed paper, a recording or a whole data directory still holds.

0: it does. 1: it does not, and here is where. 2: there is nothing here that could be read. 3: a case file
holds, but its signatures were not looked at, for lack of openssl.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TextIO

import sqlalchemy as sa
from cryptography.hazmat.primitives import hashes
from sqlmodel import col, select

import documents
from documents import key_folder, outside, signers, standalone, timestamps
from documents.authority import Roots
from odr import seals, settings
from odr import verify as record
from odr.db import Database
from odr.settings import Settings
from odr.tables.mediations import Recording
from odr.tables.people import Court
from odr.vault import Vault
from odr.verify import Finding, Witness
from signaling import bundle

VALID, BROKEN, UNREADABLE, UNSIGNED = 0, 1, 2, 3


class Unreadable(Exception):
    """Nothing here that we know how to verify."""


@dataclass(slots=True)
class Answer:
    """What lies there, what does not hold, and what else is worth a line."""

    kind: str
    findings: list[Finding]
    signed: bool = True  # signatures were looked at
    notes: list[str] = field(default_factory=list)
    more: dict[str, object] = field(default_factory=dict)

    @property
    def code(self) -> int:
        return BROKEN if self.findings else VALID if self.signed else UNSIGNED

    def lines(self) -> Iterator[str]:
        """The verdict, exactly `valid` when it is, and what it rests on."""
        unsigned = "signatures NOT checked: there is no openssl"
        yield ("valid", f"NOT valid: {len(self.findings)} findings", "", unsigned)[self.code]
        yield from (f"  {one.place}: {one.what}" for one in self.findings)
        yield from (f"  {note}" for note in self.notes)


def main(path: Path, *, root: Path | None, as_json: bool, out: TextIO) -> int:
    """Verify what lies at a path and say so."""
    try:
        answer = look(path, root)
    except (Unreadable, OSError, sa.exc.SQLAlchemyError) as why:
        reason = (str(why) or type(why).__name__).splitlines()[0]
        told = {"path": str(path), "readable": False, "why": reason}
        print(
            json.dumps(told, ensure_ascii=False, indent=1) if as_json else f"unreadable: {reason}", file=out
        )
        return UNREADABLE
    told = {
        "path": str(path),
        "kind": answer.kind,
        "valid": answer.code == VALID,
        "findings": [{"place": one.place, "what": one.what} for one in answer.findings],
        "notes": answer.notes,
        **answer.more,
    }
    print(json.dumps(told, ensure_ascii=False, indent=1) if as_json else "\n".join(answer.lines()), file=out)
    return answer.code


def look(path: Path, root: Path | None = None) -> Answer:
    """What it is and what does not hold."""
    if path.is_file() and path.open("rb").read(5) == b"%PDF-":
        return paper(path.read_bytes(), _roots(root))
    if zipfile.is_zipfile(path) or (
        (path / "manifest.json").is_file() and (path / "journal.jsonl").is_file()
    ):
        return case(path, root)
    if bundle.is_bundle(path):
        return Answer("recording", _as_findings(bundle.verify(path)))
    if (path / "vault").is_dir():
        return Answer("data", data(settings.read(os.environ, data=path)))
    raise Unreadable("neither a paper, nor a recording, nor a case file, nor a data directory")


def case(path: Path, root: Path | None) -> Answer:
    """A whole case, as the script inside it looks at it; ours is used, not the one that came with it."""
    try:
        check = standalone.Check(path).run()
    except Exception as why:  # a stranger's bytes make parsers raise anything
        raise Unreadable(f"not a case file: {type(why).__name__} {why}") from None
    answer = Answer(
        "case",
        [Finding(place, what) for place, what in check.findings],
        signed=check.openssl is not None,
        notes=[f"{what}: {more}" for what, more in check.notes],
        more={"root": check.fingerprint},
    )
    try:
        trusted = {one.fingerprint(hashes.SHA256()).hex() for one in _roots(root).certificates}
    except Unreadable:
        answer.notes.append("root certificate not compared with the court's: give that one with --root")
        return answer
    if check.fingerprint not in trusted:
        answer.findings.append(
            Finding("keys/root.pem", "is not the root certificate it was compared with; --root names another")
        )
    return answer


def paper(pdf: bytes, roots: Roots) -> Answer:
    """A sealed PDF, against the roots we trust: who sealed it, when, and how far the seals reach."""
    report = documents.verify(pdf, roots)
    signers = [
        {"name": one.name, "code": one.code, "at": one.at and one.at.isoformat(), "reason": one.reason, "valid": one.valid}
        for one in report.signers
    ]  # fmt: skip
    return Answer(
        "paper",
        [Finding(one.place, one.words) for one in report.findings],
        notes=[f"{one['at']} {one['name']} {one['code']}: {one['reason']}" for one in signers],
        more={"signers": signers, "covers_whole_file": report.covers_whole_file, "appended": report.appended},
    )


def data(chosen: Settings) -> list[Finding]:
    """A data directory: database, vault, recordings, under the keys that lie in it."""
    if chosen.database_url.startswith("sqlite") and not (chosen.data / "odr.db").is_file():
        raise Unreadable("no database in this directory")
    if not (chosen.keys / "rows.key").is_file():
        raise Unreadable("no keys in this directory")
    seals.use(seals.key_in(chosen.keys))
    db = Database(chosen.database_url)
    vault = Vault(chosen.vault)
    try:
        with db.reading() as s:
            found = record.verify(s, vault, witness(chosen.keys))
            query = select(Recording.folder, Recording.head).where(Recording.head != "")
            kept = s.exec(query.where(col(Recording.destroyed_at).is_(None))).all()
    finally:
        db.close()
    for folder, head in kept:
        found += _recording(chosen.recordings, folder, head)
    return found


def witness(keys: Path) -> Witness:
    """Trusts the certificates of a key folder, and nobody's word."""
    root = (keys / "root.pem").read_bytes() if (keys / "root.pem").is_file() else b""
    certificates = key_folder.court_certificates(keys)

    def signed(_court: Court, content: bytes, signature: str) -> bool:
        return any(signers.verify(content, signature, one, root) for one in certificates)

    def stamped(content: bytes, token: bytes) -> bool:
        try:
            timestamps.read(token, hashlib.sha256(content).digest(), Roots.of(root).certificates[0])
        except ValueError:
            return False
        return True

    return Witness(signed, stamped)


def _recording(recordings: Path, folder: str, head: str) -> list[Finding]:
    if not (recordings / folder).is_dir():
        return [Finding(f"recording {folder}", "is missing")]
    found = bundle.verify(recordings / folder, [head])
    return [Finding(f"recording {folder}, {one.place}", one.what) for one in found]


def _as_findings(found: Iterable[bundle.Finding]) -> list[Finding]:
    return [Finding(one.place, one.what) for one in found]


def _roots(root: Path | None) -> Roots:
    """The court's published root certificate: given, or from the data directory of this machine."""
    keys = settings.read().keys
    path = root or keys / "root.pem"
    if not path.is_file():
        raise Unreadable(f"no root certificate at {path}; give one with --root")
    try:
        found = Roots.of(path.read_bytes())
        return found if root else replace(found, outside=outside.roots(keys))
    except ValueError as why:
        raise Unreadable(f"{path} is no certificate: {why}") from None
