"""Whether a court's whole record still holds: journal, checkpoints, rows, papers, files, numbers.

Nothing here trusts the database it reads. Each finding names the exact place.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from odr import checkpoints, journal, merkle, seals
from odr.digests import matches
from odr.errors import NotFound
from odr.facts import canon
from odr.tables.agreements import ConfirmationCase
from odr.tables.disputes import Dispute, Evidence
from odr.tables.mediations import MediationCase, Recording
from odr.tables.people import Court
from odr.tables.records import Blob, Checkpoint, Document, JournalEntry
from odr.vault import Vault


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold, and where."""

    place: str
    what: str


@dataclass(frozen=True, slots=True)
class Witness:
    """Checks what was signed: (court, content, signature) and (content, token)."""

    signed: Callable[[Court, bytes, str], bool]
    stamped: Callable[[bytes, bytes], bool]


def verify(s: Session, vault: Vault, witness: Witness) -> list[Finding]:
    """Everything about every court in this database."""
    found = list(_readable("database", _integrity(s)))
    found += _readable("rows", (Finding(f"{table} {row}", what) for table, row, what in seals.broken(s)))
    for court_id in s.exec(select(Court.id).order_by(Court.id)).all():
        found += verify_court(s, court_id, witness)
    return found + list(_readable("files", _files(s, vault)))


def verify_court(s: Session, court_id: str, witness: Witness) -> list[Finding]:
    """The court's journal, and the rows that the journal speaks of."""
    told = Told()
    found = list(_readable(f"journal {court_id}", _chain(s, court_id, told)))
    found += _readable(f"checkpoints {court_id}", _checkpoints(s, court_id, told, witness))
    found += _readable(f"rows {court_id}", _rows(s, court_id, told))
    return found + list(_readable(f"numbers {court_id}", _numbers(s, court_id)))


def _readable(place: str, findings: Iterator[Finding]) -> Iterator[Finding]:
    """The findings, and that reading stopped when it had to: a changed byte may be no text any more."""
    try:
        yield from findings
    except (sa.exc.SQLAlchemyError, ValueError, TypeError, KeyError) as unreadable:
        yield Finding(place, f"cannot be read to its end: {unreadable}".splitlines()[0])


class Told:
    """What the journal says, remembered while it is read."""

    def __init__(self) -> None:
        self.hashes: list[str] = []
        self.latest: dict[str, str] = {}  # subject -> hash of its last entry
        self.papers: dict[str, dict[str, Any]] = {}
        self.stages: dict[str, str] = {}
        self.heads: dict[str, str] = {}

    def hear(self, entry: JournalEntry, fields: dict[str, Any]) -> None:
        self.hashes.append(entry.hash)
        self.latest[entry.subject] = entry.hash
        if entry.kind in ("document.frozen", "document.published", "document.voided"):
            self.papers.setdefault(fields["document"], {})[entry.kind] = fields
        if "case" in fields and "to" in fields:
            self.stages[fields["case"]] = fields["to"]
        if entry.kind == "recording.kept":
            self.heads[fields["recording"]] = fields["head"]


def _chain(s: Session, court_id: str, told: Told) -> Iterator[Finding]:
    query = select(JournalEntry).where(JournalEntry.court_id == court_id).order_by(col(JournalEntry.seq))
    prev, seq = journal.GENESIS, 0
    for entry in s.exec(query):
        place = f"journal {court_id} entry {entry.seq}"
        if entry.seq != seq + 1:
            yield Finding(f"journal {court_id} entry {seq + 1}", "is missing")
        if journal.hash_of(entry.body) != entry.hash:
            yield Finding(place, "body and hash do not fit")
        if entry.prev != prev:
            yield Finding(place, "does not follow the entry before it")
        if entry.subject_prev != told.latest.get(entry.subject, journal.GENESIS):
            yield Finding(place, f"does not follow the entry before it about {entry.subject}")
        fields = _fields(entry)
        if fields is None:
            yield Finding(place, "columns and body do not fit")
        told.hear(entry, fields or {})
        prev, seq = entry.hash, entry.seq


def _fields(entry: JournalEntry) -> dict[str, Any] | None:
    """The recorded fields, if the columns say the same as the body."""
    try:
        fields: dict[str, Any] = json.loads(entry.body)["fields"]
    except (ValueError, KeyError, TypeError):
        return None
    return fields if journal.body_of(entry, fields).decode() == entry.body else None


def _checkpoints(s: Session, court_id: str, told: Told, witness: Witness) -> Iterator[Finding]:
    court = s.get_one(Court, court_id)
    peaks: list[str] = []
    count = 0
    query = select(Checkpoint).where(Checkpoint.court_id == court_id).order_by(col(Checkpoint.seq))
    for row in s.exec(query):
        place = f"checkpoint {court_id} at entry {row.seq}"
        if row.seq > len(told.hashes):
            yield Finding(place, f"covers {row.seq} entries, the journal has {len(told.hashes)}")
            continue
        peaks, count = merkle.grow(peaks, count, told.hashes[count : row.seq])
        if row.root != merkle.root(peaks) or row.head != told.hashes[row.seq - 1] or row.peaks != peaks:
            yield Finding(place, "the journal before it was changed")
        content = checkpoints.content(row)
        if not witness.signed(court, content, row.signature):
            yield Finding(place, "the court's signature does not fit")
        if not witness.stamped(content, _raw(row.token)):
            yield Finding(place, "the time-stamp does not fit")


def _raw(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""


def _rows(s: Session, court_id: str, told: Told) -> Iterator[Finding]:
    for document in s.exec(select(Document).where(Document.court_id == court_id)):
        yield from _paper(document, told.papers.pop(document.id, {}))
    for lost in told.papers:
        yield Finding(f"document {lost}", "has disappeared")
    for case in s.exec(select(MediationCase).where(MediationCase.court_id == court_id)):
        if told.stages.get(case.id, case.stage) != case.stage:
            yield Finding(
                f"mediation_case {case.id}", f"is {case.stage}, the journal says {told.stages[case.id]}"
            )
    for recording_id, head in told.heads.items():
        recording = s.get(Recording, recording_id)
        if recording is None or recording.head != head:
            yield Finding(f"recording {recording_id}", "its head is not the one in the journal")


def _paper(document: Document, told: dict[str, dict[str, Any]]) -> Iterator[Finding]:
    place = f"document {document.id} {document.number}".rstrip()
    if canon.digest_of(canon.dumps(document.facts)) != document.facts_hash:
        yield Finding(place, "its facts were changed")
    if told.get("document.frozen", {}).get("facts_hash") != document.facts_hash:
        yield Finding(place, "its facts are not the ones frozen in the journal")
    if told.get("document.published", {}).get("digest", "") != document.digest:
        yield Finding(place, "its digest is not the one published in the journal")
    if bool(document.void_at) != ("document.voided" in told):
        yield Finding(place, "void in the row or in the journal, not in both")


def _numbers(s: Session, court_id: str) -> Iterator[Finding]:
    """Each number once. A paper may carry the number of its case, or one of its own."""
    of_cases: set[str] = set()
    for table in (Dispute, MediationCase, ConfirmationCase):
        query = select(col(table.number)).where(col(table.court_id) == court_id, col(table.number) != "")
        numbers = s.exec(query).all()
        of_cases |= set(numbers)
        yield from _twice(str(table.__tablename__), numbers)
    query = select(col(Document.number)).where(col(Document.court_id) == court_id, col(Document.number) != "")
    yield from _twice("document", [number for number in s.exec(query) if number not in of_cases])


def _twice(kind: str, numbers: Sequence[str]) -> Iterator[Finding]:
    for number, times in Counter(numbers).items():
        if times > 1:
            yield Finding(f"{kind} {number}", f"number used {times} times")


def _files(s: Session, vault: Vault) -> Iterator[Finding]:
    wanted = {digest: f"blob {digest}" for digest in s.exec(select(Blob.digest)).all()}
    papers = s.exec(select(Document.digest, Document.number, Document.id).where(Document.digest != ""))
    wanted |= {digest: f"document {number or key}" for digest, number, key in papers}
    shown = s.exec(select(Evidence.digest, Evidence.id))
    wanted |= {digest: f"evidence {key}" for digest, key in shown}
    for digest, place in sorted(wanted.items()):
        try:
            path = vault.path(digest)
        except NotFound:
            yield Finding(place, f"{digest} is no digest")
            continue
        if not path.is_file():
            yield Finding(place, f"file {digest} is missing")
    for digest in vault.all():
        if not matches(vault.path(digest).read_bytes(), digest):
            yield Finding(wanted.get(digest, f"blob {digest}"), f"file {digest} was changed")


def _integrity(s: Session) -> Iterator[Finding]:
    """What the database engine itself finds wrong with its file."""
    if s.get_bind().dialect.name == "sqlite":
        rows = s.connection().execute(sa.text("PRAGMA integrity_check")).scalars().all()
        yield from (Finding("database", str(row)) for row in rows if row != "ok")
