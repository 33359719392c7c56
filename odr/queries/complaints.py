"""Complaints about mediators: those that wait for the court, and one's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from odr import letterhead, standing
from odr.queries import clocks
from odr.queries.clocks import ClockView
from odr.rules import pack
from odr.rules.access import Actor
from odr.rules.law import Words
from odr.tables.agreements import Complaint
from odr.tables.disputes import Party
from odr.tables.mediations import MediationCase
from odr.tables.records import Document

MOST = 100


@dataclass(frozen=True, slots=True)
class ComplaintView:
    """One complaint; `about` is the mediator."""

    id: str
    case_id: str
    number: str
    by: str
    about: str
    ground: Words
    text: str
    at: datetime
    answered_at: datetime | None
    due: ClockView | None  # by when the court answers
    document_id: str | None


def queue(s: Session, by: Actor) -> list[ComplaintView]:
    """The complaints of the officer's court: unanswered ones first, the oldest first."""
    query = (
        select(Complaint, MediationCase)
        .join(MediationCase, col(MediationCase.id) == col(Complaint.case_id))
        .where(MediationCase.court_id == (by.court_id or ""))
        .order_by(col(Complaint.answered_at).is_not(None), col(Complaint.at))
        .limit(MOST)
    )
    return [_view(s, row, case) for row, case in s.exec(query)]


def mine(s: Session, case: MediationCase, by: Actor) -> list[ComplaintView]:
    """What the reader's own party has complained of in this case."""
    party = standing.party_of(s, by, case.dispute_id)
    query = select(Complaint).where(
        Complaint.case_id == case.id, Complaint.party_id == (party.id if party else "")
    )
    return [_view(s, row, case) for row in s.exec(query.order_by(col(Complaint.at)))]


def _view(s: Session, row: Complaint, case: MediationCase) -> ComplaintView:
    papers = select(Document.id).where(Document.subject == f"complaint:{row.id}")
    return ComplaintView(
        id=row.id,
        case_id=case.id,
        number=case.number,
        by=s.get_one(Party, row.party_id).name,
        about="、".join(letterhead.mediator_names(s, case)),
        ground=pack.load().grounds["complaint"][row.ground].words,
        text=row.text,
        at=row.at,
        answered_at=row.answered_at,
        due=next(iter(clocks.running(s, f"complaint:{row.id}")), None),
        document_id=s.exec(papers).first(),
    )
