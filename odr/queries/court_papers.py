"""Wishes for a 民事调解书: those that wait for a judge of the court, with the agreement each is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from odr import matters
from odr.confirmation_papers import agreement_facts
from odr.rules import filing
from odr.rules.access import Actor
from odr.rules.law import Words
from odr.tables.agreements import Agreement, CourtPaper
from odr.tables.mediations import MediationCase

MOST = 50


@dataclass(frozen=True, slots=True)
class CourtPaperView:
    """What the judge needs to decide on one page."""

    id: str
    number: str  # of the registered case
    cause: Words
    names: str
    organisation: str
    brief: str
    terms: tuple[str, ...]
    costs: str
    asked_at: datetime


def queue(s: Session, by: Actor) -> list[CourtPaperView]:
    """The undecided wishes of the judge's court, the oldest first."""
    query = (
        select(CourtPaper, Agreement, MediationCase)
        .join(Agreement, col(Agreement.id) == col(CourtPaper.agreement_id))
        .join(MediationCase, col(MediationCase.id) == col(Agreement.case_id))
        .where(MediationCase.court_id == (by.court_id or ""), col(CourtPaper.decided_at).is_(None))
        .order_by(col(CourtPaper.asked_at))
        .limit(MOST)
    )
    return [_view(s, *found) for found in s.exec(query)]


def _view(s: Session, row: CourtPaper, agreement: Agreement, case: MediationCase) -> CourtPaperView:
    dispute, said = matters.dispute_of(s, case), agreement_facts(agreement)
    return CourtPaperView(
        id=row.id,
        number=dispute.filing_number,
        cause=filing.cause_words(dispute.cause),
        names=" / ".join(party.name for party in matters.parties(s, dispute.id)),
        organisation=said.organisation,
        brief=said.brief,
        terms=tuple(clause.text for clause in said.clauses),
        costs=said.costs.rstrip("。"),
        asked_at=row.asked_at,
    )
