"""What triage looks at, gathered from a dispute and its court's register."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from odr import clock, matters, overrides
from odr.rules.triage import TriageFacts, propose
from odr.rules.words import Side, Step
from odr.tables.disputes import Consent, Dispute, Party

CARE = {"elderly", "disabled", "minor", "safety"}


def proposal(s: Session, dispute: Dispute, at: datetime) -> dict[str, Any]:
    """The rules' proposal for a dispute, as it is kept beside the officer's decision."""
    return propose(of(s, dispute, at)).to_json()


def of(s: Session, dispute: Dispute, at: datetime) -> TriageFacts:
    """The facts of one dispute; nothing in them values evidence or law."""
    others = matters.parties(s, dispute.id, Side.RESPONDENT)
    applicants = matters.parties(s, dispute.id, Side.APPLICANT)
    complaint = dispute.wishes.get("asks") == "suit"
    return TriageFacts(
        cause=dispute.cause,
        on=clock.court_date(at),
        amount_fen=dispute.amount_fen,
        answers=dispute.elements,
        story=dispute.story,
        complaint=complaint,
        refuses=complaint and not _agrees(s, applicants[0]),
        reachable=all(p.phone or p.email or p.address for p in others),
        alike=_alike(s, dispute, applicants[0]),
        related=_related(s, dispute, applicants[0], others[0]) if others else 0,
        needs_care=bool(CARE & set(dispute.wishes.get("support", ()))),
        figures=overrides.figures(s, dispute.court_id, clock.court_date(at)),
    )


def _agrees(s: Session, party: Party) -> bool:
    yes = select(Consent.id).where(
        Consent.party_id == party.id,
        Consent.step == Step.MEDIATION,
        col(Consent.given),
        col(Consent.withdrawn_at).is_(None),
    )
    return s.exec(yes).first() is not None


def _alike(s: Session, dispute: Dispute, applicant: Party) -> int:
    """Disputes of the same applicant and cause before this court, this one included."""
    return s.exec(
        select(func.count(func.distinct(Dispute.id)))
        .join(Party, col(Party.dispute_id) == col(Dispute.id))
        .where(Dispute.court_id == dispute.court_id, Dispute.cause == dispute.cause)
        .where(col(Dispute.submitted_at).is_not(None))
        .where(Party.side == Side.APPLICANT, _same(applicant))
    ).one()


def _related(s: Session, dispute: Dispute, one: Party, other: Party) -> int:
    """Other matters in which both people stand, on whichever side."""

    def of_person(person: Party) -> Any:
        return select(Party.dispute_id).where(_same(person), Party.dispute_id != dispute.id)

    both = select(func.count()).select_from(of_person(one).intersect(of_person(other)).subquery())
    return s.exec(both).one()


def _same(person: Party) -> Any:
    if person.identity_number:
        return Party.identity_number == person.identity_number
    return (Party.name == person.name) & (Party.phone == person.phone)
