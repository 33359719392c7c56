"""Mediators who could take a case: the roster's facts brought to the rules of `rules.roster`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, func, select

from odr import matters
from odr.rules import roster
from odr.rules.moves import ENDS
from odr.rules.words import Track
from odr.tables.mediations import Assignment, MediationCase
from odr.tables.roster import Mediator, Organisation

SUGGESTED = 3


@dataclass(frozen=True, slots=True)
class Pool:
    """Ids of everybody on the court's roster, and of those the reason who may not be asked."""

    ids: tuple[str, ...]
    exclusions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mediator as the parties see one when choosing; `reasons` are keys of the rule pack's words."""

    id: str
    name: str
    organisation: str
    languages: tuple[str, ...]
    occupation: str
    about: str
    open_cases: int
    suggested: bool
    reasons: tuple[str, ...]


def pool(s: Session, case: MediationCase, *, on: date) -> Pool:
    """The listed mediators (of the commissioned organisation, if there is one) and who is left out why."""
    facts = _mediators(s, case)
    return Pool(tuple(sorted(m.id for m in facts)), roster.exclusions(_case(s, case, on), facts))


def shown(s: Session, case: MediationCase, *, on: date) -> list[Candidate]:
    """Everybody who may be asked, the system's three suggestions first."""
    about, facts = _case(s, case, on), _mediators(s, case)
    ranked = roster.suggest(about, facts, most=len(facts))
    by_id = {m.id: m for m in facts}
    rows = {row.id: row for row in _listed(s, case)}
    return [
        Candidate(
            id=found.mediator_id,
            name=found.name,
            organisation=by_id[found.mediator_id].org_name,
            languages=by_id[found.mediator_id].languages,
            occupation=rows[found.mediator_id].occupation,
            about=rows[found.mediator_id].about,
            open_cases=by_id[found.mediator_id].open_cases,
            suggested=place < SUGGESTED,
            reasons=found.reasons,
        )
        for place, found in enumerate(ranked)
    ]


def load(s: Session, mediator_id: str) -> int:
    """How many cases a mediator has open."""
    return _loads(s).get(mediator_id, 0)


def _case(s: Session, case: MediationCase, on: date) -> roster.CaseFacts:
    dispute = matters.dispute_of(s, case)
    people = matters.parties(s, case.dispute_id)
    gone = col(Assignment.accepted).is_(False) | col(Assignment.ended_at).is_not(None)
    declined = select(Assignment.mediator_id).where(Assignment.case_id == case.id, gone)
    return roster.CaseFacts(
        id=case.id,
        court_id=case.court_id,
        cause=dispute.cause,
        on=on,
        org_id=case.org_id,
        wants_video=dispute.wishes.get("mode", "video") == "video",
        people=frozenset(party.name for party in people),
        accounts=frozenset(matters.involved(s, case.dispute_id)),
        tried=frozenset(s.exec(declined)),
    )


def _listed(s: Session, case: MediationCase) -> list[Mediator]:
    query = select(Mediator).where(Mediator.court_id == case.court_id, Mediator.status == "listed")
    if case.org_id:
        query = query.where(Mediator.org_id == case.org_id)
    elif case.track is Track.JUDGE_LED:  # the court's own
        query = query.where(col(Mediator.org_id).is_(None))
    return list(s.exec(query.order_by(col(Mediator.name))).all())


def _mediators(s: Session, case: MediationCase) -> list[roster.MediatorFacts]:
    rows = _listed(s, case)
    organisations = {
        o.id: o for o in s.exec(select(Organisation).where(Organisation.court_id == case.court_id))
    }
    loads = _loads(s)
    return [_mediator(row, organisations.get(row.org_id or ""), loads.get(row.id, 0)) for row in rows]


def _mediator(row: Mediator, org: Organisation | None, load: int) -> roster.MediatorFacts:
    return roster.MediatorFacts(
        id=row.id,
        name=row.name,
        court_id=row.court_id,
        status=row.status,
        account_id=row.account_id,
        org_id=row.org_id,
        org_status=org.status if org else "",
        org_name=org.name if org else "",
        scope=tuple(row.scope),
        languages=tuple(row.languages),
        region=row.region,
        has_video=row.has_video,
        term_until=row.term_until,
        conflicts=tuple(row.conflicts),
        employer=row.employer,
        open_cases=load,
        max_open_cases=row.max_open_cases,
    )


def _loads(s: Session) -> dict[str, int]:
    """How many cases each mediator has open."""
    rows = s.exec(
        select(MediationCase.mediator_id, func.count())
        .where(col(MediationCase.stage).not_in(ENDS), col(MediationCase.mediator_id).is_not(None))
        .group_by(col(MediationCase.mediator_id))
    )
    return {mediator_id: count for mediator_id, count in rows if mediator_id}
