"""Is this paper one of ours, and still in force? What anybody who holds it may ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from odr import checkpoints, journal
from odr.tables.people import Court
from odr.tables.records import Document, JournalEntry

LEAST = 8  # digits of the facts' digest that a holder of the paper must name: numbers alone tell nothing


@dataclass(frozen=True, slots=True)
class Known:
    """A paper of ours, with no more than stands on it."""

    title: str
    number: str
    court: str
    published_at: datetime
    void: bool
    superseded: bool
    digest: str
    entry: int | None  # of the court's journal, that tells of its publication
    hash: str
    signed_at: datetime | None  # of the first checkpoint over that entry

    @property
    def in_force(self) -> bool:
        return not self.void and not self.superseded


def by_number(s: Session, number: str, beginning: str) -> Known | None:
    """The paper with this number whose facts' digest begins so, as its square code says."""
    if len(beginning) < LEAST or not beginning.isalnum():
        return None
    rows = s.exec(select(Document).where(Document.number == number)).all()
    return next((_known(s, row) for row in rows if _begins(row, beginning.lower())), None)


def by_digest(s: Session, digest: str) -> Known | None:
    """The paper whose sealed file has this digest."""
    row = s.exec(select(Document).where(Document.digest == digest)).first()
    return _known(s, row) if row and row.published_at else None


def _begins(row: Document, beginning: str) -> bool:
    return row.published_at is not None and row.facts_hash.partition(":")[2].startswith(beginning)


def _known(s: Session, row: Document) -> Known:
    later = select(Document.id).where(Document.supersedes == row.id, col(Document.published_at).is_not(None))
    entry = _entry(s, row)
    mark = checkpoints.covering(s, row.court_id, entry.seq) if entry else None
    return Known(
        title=row.title,
        number=row.number,
        court=s.get_one(Court, row.court_id).name,
        published_at=row.published_at or row.frozen_at,
        void=row.void_at is not None,
        superseded=s.exec(later).first() is not None,
        digest=row.digest,
        entry=entry.seq if entry else None,
        hash=entry.hash if entry else "",
        signed_at=mark.at if mark else None,
    )


def _entry(s: Session, row: Document) -> JournalEntry | None:
    """Where the journal tells that this paper was published."""
    matter = f"dispute:{row.dispute_id}" if row.dispute_id else row.subject
    query = select(JournalEntry).where(
        JournalEntry.court_id == row.court_id,
        JournalEntry.subject == matter,
        JournalEntry.kind == "document.published",
    )
    return next((one for one in s.exec(query) if journal.fields_of(one).get("document") == row.id), None)
