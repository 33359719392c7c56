"""A whole case taken away: who took what, when, under which manifest, is in the journal for good."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from odr import db, journal, standing
from odr.rules.access import Actor
from odr.rules.words import Do
from odr.tables.disputes import Dispute
from odr.tables.records import JournalEntry


def export(
    s: Session, dispute_id: str, *, by: Actor, at: datetime, manifest: str, papers: int, recordings: int
) -> JournalEntry:
    """Note that a file of the case was made for this reader; the digest names exactly what was in it."""
    dispute = db.get(s, Dispute, dispute_id)
    standing.require(s, by, Do.EXPORT_CASE, dispute)
    matter = f"dispute:{dispute.id}"
    counts = {"papers": papers, "recordings": recordings}
    return journal.append(
        s, dispute.court_id, matter, "case.exported", by=by, at=at, manifest=manifest, **counts
    )
