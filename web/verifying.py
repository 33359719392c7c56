"""`odr verify PATH`: whether a sealed paper, a recording or a whole data directory still holds.

0: it does. 1: it does not, and here is where. 2: there is nothing here that could be read.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

import sqlalchemy as sa
from sqlmodel import select

import documents
from documents import key_folder, signers, standalone, timestamps
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

VALID, BROKEN, UNREADABLE = 0, 1, 2


class Unreadable(Exception):
    """Nothing here that we know how to verify."""


def main(path: Path, *, root: Path | None, as_json: bool, out: TextIO) -> int:
    """Verify what lies at a path and say so."""
    try:
        sort, findings = look(path, root)
    except (Unreadable, OSError, sa.exc.SQLAlchemyError) as why:
        _say({"path": str(path), "readable": False, "why": str(why).splitlines()[0]}, as_json, out)
        return UNREADABLE
    answer: dict[str, object] = {
        "path": str(path),
        "kind": sort,
        "valid": not findings,
        "findings": [{"place": one.place, "what": one.what} for one in findings],
    }
    if sort == "paper":
        answer |= seals_on(path.read_bytes(), _roots(root))
    _say(answer, as_json, out)
    return BROKEN if findings else VALID


def look(path: Path, root: Path | None = None) -> tuple[str, list[Finding]]:
    """What it is and what does not hold."""
    if zipfile.is_zipfile(path) or (
        (path / "manifest.json").is_file() and (path / "journal.jsonl").is_file()
    ):
        return "case", case(path)
    if path.is_file():
        return "paper", paper(path.read_bytes(), _roots(root))
    if bundle.is_bundle(path):
        return "recording", _as_findings(bundle.verify(path))
    if (path / "vault").is_dir():
        return "data", data(settings.read(os.environ, data=path))
    raise Unreadable("neither a paper, nor a recording, nor a data directory")


def case(path: Path) -> list[Finding]:
    """A whole case, as the script inside it looks at it; ours is used, not the one that came with it."""
    try:
        return [Finding(place, what) for place, what in standalone.Check(path).run().findings]
    except standalone.BROKEN as why:
        raise Unreadable(f"not a case file: {why}") from None


def paper(pdf: bytes, roots: Roots) -> list[Finding]:
    """A sealed PDF, against the roots we trust."""
    if not pdf.startswith(b"%PDF-"):
        raise Unreadable("not a PDF")
    report = documents.verify(pdf, roots)
    return [Finding(one.place, one.words) for one in report.findings]


def seals_on(pdf: bytes, roots: Roots) -> dict[str, object]:
    """Who sealed a paper, when, and how far the seals reach."""
    report = documents.verify(pdf, roots)
    signers = [
        {"name": one.name, "code": one.code, "at": one.at and one.at.isoformat(), "reason": one.reason, "valid": one.valid}
        for one in report.signers
    ]  # fmt: skip
    return {"signers": signers, "covers_whole_file": report.covers_whole_file, "appended": report.appended}


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
            kept = s.exec(select(Recording.folder, Recording.head).where(Recording.head != "")).all()
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
    path = root or settings.read().keys / "root.pem"
    if not path.is_file():
        raise Unreadable(f"no root certificate at {path}; give one with --root")
    return Roots.of(path.read_bytes())


def _say(answer: dict[str, object], as_json: bool, out: TextIO) -> None:
    if as_json:
        print(json.dumps(answer, ensure_ascii=False, indent=1), file=out)
        return
    if "why" in answer:
        print(f"unreadable: {answer['why']}", file=out)
        return
    findings = answer["findings"]
    assert isinstance(findings, list)
    print("valid" if answer["valid"] else f"NOT valid: {len(findings)} findings", file=out)
    for one in findings:
        print(f"  {one['place']}: {one['what']}", file=out)
    signers = answer.get("signers", ())
    assert isinstance(signers, list | tuple)
    for one in signers:
        print(f"  {one['at']} {one['name']} {one['code']}: {one['reason']}", file=out)
