"""The journal read as a stranger would: every entry, every checkpoint, one pass, little memory.

Nothing is believed because the database says so. An entry's body is the text that was hashed, so what
the columns say is compared with it and never the other way round.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from sqlmodel import Session, col, select

from odr import checkpoints, journal, lots, merkle
from odr.tables.people import Court
from odr.tables.records import Checkpoint, JournalEntry

AT_ONCE = 5000  # rows in hand; a court's journal may have millions
COLUMNS = (
    JournalEntry.seq, JournalEntry.subject, JournalEntry.kind, JournalEntry.actor, JournalEntry.at,
    JournalEntry.prev, JournalEntry.subject_prev, JournalEntry.body, JournalEntry.hash,
)  # fmt: skip


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


class Told:
    """What the journal says, remembered while it is read."""

    def __init__(self, marks: list[int]) -> None:
        self.marks = iter(marks)  # where a checkpoint stands
        self.mark = next(self.marks, 0)
        self.tops: dict[int, tuple[list[str], str]] = {}  # per mark: the tree's peaks and the head
        self.peaks: list[str] = []
        self.count = 0
        self.fresh: list[str] = []
        self.latest: dict[str, str] = {}  # subject -> hash of its last entry
        self.papers: dict[str, dict[str, Any]] = {}
        self.stages: dict[str, str] = {}
        self.heads: dict[str, str] = {}
        self.lots = lots.Heard()

    @property
    def entries(self) -> int:
        return self.count + len(self.fresh)

    def hear(self, subject: str, kind: str, head: str, fields: dict[str, Any]) -> None:
        """One more entry, in its order."""
        self.latest[subject] = head
        self.fresh.append(head)
        if self.entries == self.mark:
            self._grow(head)
        if kind in ("document.frozen", "document.published", "document.voided"):
            self.papers.setdefault(fields["document"], {})[kind] = fields
        if "to" in fields and "case" in fields:
            self.stages[fields["case"]] = fields["to"]
        if kind == "recording.kept":
            self.heads[fields["recording"]] = fields["head"]

    def _grow(self, head: str) -> None:
        self.peaks, self.count = merkle.grow(self.peaks, self.count, self.fresh)
        self.fresh = []
        self.tops[self.mark] = (self.peaks, head)
        self.mark = next(self.marks, 0)


def read(s: Session, court_id: str) -> tuple[Told, Iterator[Finding]]:
    """What the court's journal tells, and, while it is gone through, what does not hold in it."""
    query = select(Checkpoint.seq).where(Checkpoint.court_id == court_id).order_by(col(Checkpoint.seq))
    told = Told(sorted(set(s.exec(query))))
    return told, _entries(s, court_id, told)


def _entries(s: Session, court_id: str, told: Told) -> Iterator[Finding]:
    query = select(*COLUMNS).where(JournalEntry.court_id == court_id).order_by(col(JournalEntry.seq))  # type: ignore[call-overload]  # SQLModel types up to four columns
    rows = s.connection().execution_options(yield_per=AT_ONCE).execute(query)
    prev, seq = journal.GENESIS, 0
    for row in rows:
        fields, wrong = look(court_id, row)
        if row.seq != seq + 1:
            yield Finding(f"journal {court_id} entry {seq + 1}", "is missing")
        if row.prev != prev:
            wrong.append("does not follow the entry before it")
        if row.subject_prev != told.latest.get(row.subject, journal.GENESIS):
            wrong.append(f"does not follow the entry before it about {row.subject}")
        wrong += told.lots.hear(row.kind, fields, row.prev)
        yield from (Finding(f"journal {court_id} entry {row.seq}", what) for what in wrong)
        told.hear(row.subject, row.kind, row.hash, fields)
        prev, seq = row.hash, row.seq


def look(court_id: str, row: Any) -> tuple[dict[str, Any], list[str]]:
    """The fields of one entry, and what does not hold in it alone."""
    wrong = [] if journal.hash_of(row.body, row.hash) == row.hash else ["body and hash do not fit"]
    try:
        said = json.loads(row.body)
        fields: dict[str, Any] = said.pop("fields")
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}, [*wrong, "columns and body do not fit"]
    at = row.at.astimezone(UTC).isoformat(timespec="microseconds")
    shown = {
        "court": court_id, "seq": row.seq, "subject": row.subject, "kind": row.kind, "actor": row.actor,
        "at": at, "prev": row.prev, "subject_prev": row.subject_prev,
    }  # fmt: skip
    if said != shown or not isinstance(fields, dict):
        return {}, [*wrong, "columns and body do not fit"]
    return fields, wrong


def signed(s: Session, court_id: str, told: Told, witness: Witness) -> Iterator[Finding]:
    """What does not hold in the court's checkpoints, after its journal was read."""
    court = s.get_one(Court, court_id)
    query = select(Checkpoint).where(Checkpoint.court_id == court_id).order_by(col(Checkpoint.seq))
    for row in s.connection().execution_options(yield_per=AT_ONCE).execute(_columns(query)):
        place = f"checkpoint {court_id} at entry {row.seq}"
        top = told.tops.get(row.seq)
        if top is None:
            yield Finding(place, f"covers {row.seq} entries, the journal has {told.entries}")
            continue
        peaks, head = top
        if row.root != merkle.root(peaks) or row.head != head or row.peaks != peaks:
            yield Finding(place, "the journal before it was changed")
        yield from (Finding(place, what) for what in unwitnessed(court, row, witness))


def unwitnessed(court: Court, row: Any, witness: Witness) -> Iterator[str]:
    """Which of signature and time-stamp does not fit a checkpoint."""
    content = checkpoints.content(row)
    if not witness.signed(court, content, row.signature):
        yield "the court's signature does not fit"
    if not witness.stamped(content, _raw(row.token)):
        yield "the time-stamp does not fit"


def matter(s: Session, court_id: str, subject: str, witness: Witness) -> list[Finding]:
    """One matter alone: its own chain from its first entry, its last one proved under a signed checkpoint.

    The chain reaches back from the last entry, so that one proof holds all of them.
    """
    query = select(*COLUMNS).where(JournalEntry.court_id == court_id, JournalEntry.subject == subject)  # type: ignore[call-overload]  # as above
    found: list[Finding] = []
    prev, last = journal.GENESIS, None
    for row in s.connection().execute(query.order_by(col(JournalEntry.seq))):
        _fields, wrong = look(court_id, row)
        if row.subject_prev != prev:
            wrong.append(f"does not follow the entry before it about {subject}")
        found += [Finding(f"journal {court_id} entry {row.seq}", what) for what in wrong]
        prev, last = row.hash, row
    checkpoint = checkpoints.covering(s, court_id, last.seq) if last else None
    if last is None or checkpoint is None:
        return found  # nothing yet that anybody signed
    place = f"checkpoint {court_id} at entry {checkpoint.seq}"
    court = s.get_one(Court, court_id)
    found += [Finding(place, what) for what in unwitnessed(court, checkpoint, witness)]
    if not checkpoints.proof_under(s, checkpoint, last.seq, last.hash).holds:
        found.append(Finding(place, f"does not cover entry {last.seq}"))
    return found


def _columns(query: Any) -> Any:
    return query.with_only_columns(*Checkpoint.__table__.columns)  # type: ignore[attr-defined]  # SQLModel hides it


def _raw(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""
