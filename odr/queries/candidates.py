"""Mediators who could take a case: who is on the roster, who is excluded and why, how many cases each has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from odr import matters
from odr.rules.moves import ENDS
from odr.tables.mediations import Assignment, MediationCase
from odr.tables.roster import Mediator, Organisation


@dataclass(frozen=True, slots=True)
class Pool:
    """Ids of everybody on the court's roster, and of those the reason who may not be asked."""

    ids: tuple[str, ...]
    exclusions: Mapping[str, str]


def pool(s: Session, case: MediationCase) -> Pool:
    """The court's listed mediators (of the commissioned organisation, if there is one) and exclusions."""
    rows = listed(s, case)
    return Pool(
        tuple(sorted(row.id for row in rows)),
        {row.id: reason for row in rows if (reason := _excluded(s, case, row))},
    )


def listed(s: Session, case: MediationCase) -> list[Mediator]:
    query = select(Mediator).where(Mediator.court_id == case.court_id, Mediator.status == "listed")
    if case.org_id:
        query = query.where(Mediator.org_id == case.org_id)
    return list(s.exec(query.order_by(col(Mediator.name))).all())


def load(s: Session, mediator_id: str) -> int:
    """How many cases a mediator has open."""
    return s.exec(
        select(func.count())
        .select_from(MediationCase)
        .where(MediationCase.mediator_id == mediator_id, col(MediationCase.stage).not_in(ENDS))
    ).one()


def _excluded(s: Session, case: MediationCase, mediator: Mediator) -> str:
    """Why this mediator may not be asked (ODM-13, SIM-15, domain.md 5.5); empty if nothing stands against it."""
    people = matters.parties(s, case.dispute_id)
    involved = {account for p in people for account in (p.account_id, p.agent_account_id) if account}
    if mediator.account_id is None:
        return "no-account"
    if mediator.account_id in involved:
        return "is-party"
    if set(mediator.conflicts) & {p.name for p in people}:
        return "declared-conflict"
    if mediator.term_until and mediator.term_until < case.created_at.date():
        return "term-over"
    if load(s, mediator.id) >= mediator.max_open_cases:
        return "full"
    declined = select(Assignment).where(
        Assignment.case_id == case.id,
        Assignment.mediator_id == mediator.id,
        col(Assignment.accepted).is_(False),
    )
    return "declined" if s.exec(declined).first() else ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mediator as the parties and the officer see one when choosing."""

    id: str
    name: str
    organisation: str
    scope: tuple[str, ...]
    languages: tuple[str, ...]
    occupation: str
    about: str
    open_cases: int
    excluded: str


def shown(s: Session, case: MediationCase) -> list[Candidate]:
    """Everybody who may be asked, those with the fitting field and fewer open cases first."""
    dispute = matters.dispute_of(s, case)
    rows = [_candidate(s, case, row) for row in listed(s, case)]
    return sorted(
        (row for row in rows if not row.excluded),
        key=lambda row: (dispute.cause not in row.scope, row.open_cases, row.name),
    )


def _candidate(s: Session, case: MediationCase, row: Mediator) -> Candidate:
    organisation = s.get(Organisation, row.org_id) if row.org_id else None
    return Candidate(
        id=row.id,
        name=row.name,
        organisation=organisation.name if organisation else "",
        scope=tuple(row.scope),
        languages=tuple(row.languages),
        occupation=row.occupation,
        about=row.about,
        open_cases=load(s, row.id),
        excluded=_excluded(s, case, row),
    )
