"""The triage officer's queue, and one dispute with everything needed to decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from odr import clock, deadlines, triage_facts
from odr.queries import clocks, disputes
from odr.queries.clocks import ClockView
from odr.rules import pack
from odr.rules.access import Actor
from odr.rules.law import Ground, Route, TrackRule, Words
from odr.rules.moves import DISPUTE, ENDS, DisputeStage
from odr.rules.triage import Option, propose
from odr.rules.words import Do, Side, Track
from odr.tables.disputes import Dispute, Party, Triage
from odr.tables.mediations import MediationCase
from odr.tables.people import Account
from odr.tables.roster import Mediator, Organisation

PAGE = 30
QUEUES: Mapping[str, tuple[DisputeStage, ...]] = {
    "open": (DisputeStage.SUBMITTED, DisputeStage.REGISTERED),
    "submitted": (DisputeStage.SUBMITTED,),
    "registered": (DisputeStage.REGISTERED,),
    "inviting": (DisputeStage.INVITING,),
    "mediation": (DisputeStage.IN_MEDIATION,),
    "over": (
        DisputeStage.RETURNED,
        DisputeStage.DIVERTED,
        DisputeStage.REFUSED,
        DisputeStage.SETTLED,
        DisputeStage.FAILED,
        DisputeStage.HANDED_OVER,
    ),
}


@dataclass(frozen=True, slots=True)
class QueueLine:
    id: str
    number: str
    cause: Words | None
    amount_fen: int
    names: str
    stage: str
    submitted_at: datetime | None
    due: ClockView | None
    route: Words | None
    objection: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of the queue; `counts` belong to the filters."""

    lines: tuple[QueueLine, ...]
    counts: Mapping[str, int]
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An organisation that could mediate, with the reasons for and against it in words."""

    id: str
    name: str
    reasons: tuple[str, ...]
    open_cases: int
    mediators: int
    fits: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What the machine proposed and what a person decided."""

    route: Route | None
    track: Track | None
    reasons: tuple[tuple[Words, str], ...]
    flags: tuple[str, ...]
    proposed_at: datetime
    decided: Route | None
    decided_by: str
    decided_at: datetime | None
    overrides: bool
    reason: str
    objection: str


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything the officer's page shows beside the dispute itself."""

    decision: Decision | None
    options: tuple[Option, ...]
    organisations: tuple[Suggestion, ...]
    tracks: tuple[TrackRule, ...]
    returns: tuple[Ground, ...]
    diverts: tuple[Route, ...]
    may: frozenset[Do]


def queue(s: Session, by: Actor, *, which: str, cause: str, page: int) -> Queue:
    """The court's disputes in one stage of intake, the most urgent first."""
    stages = QUEUES.get(which, QUEUES["open"])
    found = (
        select(Dispute)
        .where(Dispute.court_id == by.court_id, col(Dispute.stage).in_(stages))
        .order_by(col(Dispute.submitted_at))
    )
    if cause:
        found = found.where(Dispute.cause == cause)
    total = s.exec(select(func.count()).select_from(found.subquery())).one()
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    rows = s.exec(found.offset((page - 1) * PAGE).limit(PAGE)).all()
    return Queue(tuple(_line(s, row) for row in rows), _counts(s, by), page, pages)


def desk(s: Session, dispute: Dispute, at: datetime) -> Desk:
    """What may be decided about a dispute, with reasons."""
    law = pack.load()
    on = clock.court_date(at)
    open_now = dispute.stage in QUEUES["open"]
    return Desk(
        decision=decision(s, dispute.id),
        options=propose(triage_facts.of(s, dispute, at)).options if open_now else (),
        organisations=organisations(s, dispute) if open_now else (),
        tracks=tuple(
            rule
            for rule in law.tracks.values()
            if rule.open_on(on) and rule.registers_first == bool(dispute.filing_number)
        ),
        returns=tuple(law.grounds["return"].values()),
        diverts=tuple(route for route in law.routes.values() if route.act == Do.DIVERT),
        may=frozenset(DISPUTE.may_do(dispute.stage)),
    )


def decision(s: Session, dispute_id: str) -> Decision | None:
    """The proposal that counts and what became of it; parties may see it (PIPL-24)."""
    row = s.exec(
        select(Triage)
        .where(Triage.dispute_id == dispute_id)
        .order_by(col(Triage.proposed_at).desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    law = pack.load()
    by_id = {rule.id: rule for rule in law.triage}
    officer = s.get(Account, row.decided_by) if row.decided_by else None
    return Decision(
        route=law.routes.get(row.proposal.get("route", "")),
        track=Track(row.proposal["track"]) if row.proposal.get("track") else None,
        reasons=tuple(
            (by_id[reason["id"]].words, reason["article"])
            for reason in row.proposal.get("reasons", ())
            if reason["id"] in by_id
        ),
        flags=tuple(row.proposal.get("flags", ())),
        proposed_at=row.proposed_at,
        decided=law.routes.get(row.decision),
        decided_by=officer.name if officer else "",
        decided_at=row.decided_at,
        overrides=row.overrides,
        reason=row.reason,
        objection=row.objection,
    )


def organisations(s: Session, dispute: Dispute) -> tuple[Suggestion, ...]:
    """The court's listed organisations, those that fit first, then those with few open cases (domain 5.5)."""
    rows = s.exec(
        select(Organisation).where(Organisation.court_id == dispute.court_id, Organisation.status == "listed")
    ).all()
    found = [_suggestion(s, row, dispute) for row in rows]
    return tuple(sorted(found, key=lambda one: (not one.fits, one.open_cases, one.name)))


def _suggestion(s: Session, row: Organisation, dispute: Dispute) -> Suggestion:
    cause = pack.load().causes.get(dispute.cause)
    names = {dispute.cause, cause.name.zh if cause else ""}
    opened = s.exec(
        select(func.count())
        .select_from(MediationCase)
        .where(MediationCase.org_id == row.id, col(MediationCase.stage).not_in(ENDS))
    ).one()
    people = s.exec(
        select(func.count())
        .select_from(Mediator)
        .where(Mediator.org_id == row.id, Mediator.status == "listed")
    ).one()
    knows = not row.scope or bool(names & set(row.scope))
    tests = (
        (bool(row.scope) and knows, "业务范围包括此类纠纷"),
        (not row.scope, "业务范围没有限制"),
        (not knows, "业务范围没有列明此类纠纷"),
        (row.has_video, "可以视频调解"),
        (not row.has_video, "不能视频调解"),
        (not row.charges, "不收费"),
        (row.charges, "收费，须事先告知当事人"),
        (people == 0, "没有在册调解员"),
    )
    reasons = tuple(words for holds, words in tests if holds)
    return Suggestion(row.id, row.name, reasons, opened, people, knows and people > 0)


def _counts(s: Session, by: Actor) -> Mapping[str, int]:
    rows = s.exec(
        select(Dispute.stage, func.count()).where(Dispute.court_id == by.court_id).group_by(Dispute.stage)
    ).all()
    by_stage: dict[Any, int] = dict(rows)
    return {name: sum(by_stage.get(stage, 0) for stage in stages) for name, stages in QUEUES.items()}


def _line(s: Session, row: Dispute) -> QueueLine:
    people = s.exec(
        select(Party).where(Party.dispute_id == row.id).order_by(col(Party.side), col(Party.position))
    ).all()
    sides = ("、".join(p.name for p in people if p.side is side) for side in Side)
    running = deadlines.running(s, f"dispute:{row.id}")
    decided = decision(s, row.id)
    return QueueLine(
        id=row.id,
        number=row.number,
        cause=disputes.cause(row),
        amount_fen=row.amount_fen,
        names=" — ".join(sides),
        stage=disputes.STAGES[row.stage],
        submitted_at=row.submitted_at,
        due=clocks.view(running[0]) if running else None,
        route=decided.route.name if decided and decided.route else None,
        objection=bool(decided and decided.objection),
    )
