"""执行依据: a confirming ruling in force, or the court's own paper once every party has signed for it (CPL-100, 206)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from odr import db, matters
from odr.actions import court_papers, objections
from odr.errors import Broken, NotAllowed, WrongStage
from odr.rules.moves import ConfirmationStage
from odr.tables.agreements import Agreement, ConfirmationCase, CourtPaper, Service
from odr.tables.confirmation import Enforcement
from odr.tables.records import Document

RULING, COURT_PAPER = "民事裁定书", "民事调解书"


@dataclass(frozen=True, slots=True)
class Title:
    """What is enforced, with the paper that shows it."""

    paper: str  # RULING or COURT_PAPER
    number: str
    document_id: str
    made_at: datetime
    confirmation_id: str | None = None
    court_paper_id: str | None = None


def of(s: Session, agreement: Agreement) -> Title:
    """What this agreement is enforced by; NotAllowed while it is a contract alone, which is sued upon."""
    wish = court_papers.of(s, agreement.id)
    if wish is not None and wish.granted:
        if in_force_since(s, wish.document_id or "") is None:
            raise NotAllowed(court_paper="not-signed-for")
        return _paper(s, wish)
    confirmed = s.exec(select(ConfirmationCase).where(ConfirmationCase.agreement_id == agreement.id)).first()
    if confirmed is None:
        raise NotAllowed(confirmation="none")
    if confirmed.stage is not ConfirmationStage.CONFIRMED:
        raise WrongStage(was=confirmed.stage, wanted=ConfirmationStage.CONFIRMED)
    return _ruling(s, confirmed)


def of_application(s: Session, row: Enforcement) -> Title:
    """What an application rests on; a ruling may have been changed since."""
    if row.court_paper_id is not None:
        return _paper(s, db.get(s, CourtPaper, row.court_paper_id))
    return _ruling(s, db.get(s, ConfirmationCase, row.confirmation_id))


def in_force_since(s: Session, document_id: str) -> datetime | None:
    """When the last party signed for the court's own paper; none while one has not (CPL-100)."""
    document = s.get(Document, document_id)
    if document is None:
        return None
    served = s.exec(select(Service).where(Service.document_id == document.id)).all()
    arrived = {row.party_id: row.arrived_at for row in served if row.arrived_at is not None}
    parties = matters.parties(s, document.dispute_id or "")
    if any(party.id not in arrived for party in parties):
        return None
    return max(arrived.values(), default=None)


def agreement_of(s: Session, document: Document) -> Agreement:
    """The agreement that the court's own paper was made of."""
    return db.get(s, Agreement, document.subject.removeprefix("agreement:"))


def _paper(s: Session, wish: CourtPaper) -> Title:
    document = db.get(s, Document, wish.document_id)
    return Title(
        COURT_PAPER,
        document.number,
        document.id,
        wish.decided_at or document.frozen_at,
        court_paper_id=wish.id,
    )


def _ruling(s: Session, confirmed: ConfirmationCase) -> Title:
    ruling = objections.in_force(s, confirmed.id)
    if ruling is None:
        raise Broken(f"confirmation {confirmed.id} is confirmed without a ruling")
    document_id = ruling.document_id or ""
    return Title(RULING, confirmed.number, document_id, ruling.issued_at, confirmation_id=confirmed.id)
