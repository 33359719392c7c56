"""The books that the court's figures are counted from: rows and journal entries, read once for a span."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from odr.rules import clocks
from odr.rules.books import Application, Books, Filing, Matter, Promise, Ref, Worker
from odr.rules.moves import AgreementStage, PerformanceStage
from odr.rules.periods import Period
from odr.rules.words import Mode, Side
from odr.tables.agreements import Agreement, ConfirmationCase, Obligation, Rating
from odr.tables.confirmation import Enforcement
from odr.tables.disputes import Dispute
from odr.tables.mediations import MediationCase, Sitting
from odr.tables.records import Deadline, JournalEntry
from odr.tables.roster import Mediator

BY_VIDEO = (Mode.SYNC, Mode.SPLIT, Mode.ASSISTED)
FILED = ("dispute.registered", "case.handed_over")
# Columns and not rows: a court's year is tens of thousands of them
CASE = (
    MediationCase.id, MediationCase.number, MediationCase.dispute_id, MediationCase.mediator_id,
    MediationCase.created_at, MediationCase.consented_at, MediationCase.accepted_at, MediationCase.ended_at,
    MediationCase.end_reason, MediationCase.on_spot,
)  # fmt: skip
PAUSED = sa.type_coerce(col(Deadline.explanation), sa.JSON)["paused"]
IN_FORCE = (
    AgreementStage.EFFECTIVE,
    AgreementStage.APPLIED,
    AgreementStage.LAPSED,
    AgreementStage.PERFORMED,
)


def _some(*columns: Any) -> sa.Select[Any]:
    """Columns of our tables; to the type checker they look like their values."""
    return sa.select(*columns)


def books(s: Session, court_id: str, first: Period, last: Period, *, now: datetime) -> Books:
    """Everything that can count in a period from `first` to `last`."""
    span = (first.start, last.end)
    return Books(
        now=now,
        matters=tuple(_matters(s, court_id, *span)),
        filings=tuple(_filings(s, court_id, *span)),
        applications=tuple(_applications(s, court_id, *span)),
        promises=tuple(_promises(s, court_id, first.first, last.after)),
        workers=tuple(_workers(s, court_id)),
    )


def _matters(s: Session, court_id: str, start: datetime, end: datetime) -> Iterable[Matter]:
    alive = _alive(court_id, start, end)
    seen = set(
        s.exec(
            select(Sitting.case_id)
            .join(MediationCase, col(MediationCase.id) == col(Sitting.case_id))
            .where(alive, col(Sitting.opened_at).is_not(None), col(Sitting.mode).in_(BY_VIDEO))
        ).all()
    )
    running, ratings = _clocks(s, alive), _ratings(s, alive)
    for row in s.connection().execute(_some(*CASE).where(alive).order_by(col(MediationCase.number))):
        due = running.get(row.id, NO_CLOCK)
        yield Matter(
            ref=Ref("case", row.id, row.number),
            dispute_id=row.dispute_id,
            mediator_id=row.mediator_id,
            created_at=row.created_at,
            consented_at=row.consented_at,
            accepted_at=row.accepted_at,
            ended_at=row.ended_at,
            end_reason=row.end_reason,
            on_spot=row.on_spot,
            by_video=row.id in seen,
            due_at=due.due_at,
            waiting=due.waiting,
            paused=due.paused,
            ratings=tuple(ratings[row.id]) if row.id in ratings else (),
        )


def _alive(court_id: str, start: datetime, end: datetime) -> Any:
    """Cases that were open at some moment of the span, or were rated in it."""
    rated = select(Rating.case_id).where(col(Rating.at) >= start, col(Rating.at) < end)
    return sa.and_(
        col(MediationCase.court_id) == court_id,
        col(MediationCase.created_at) < end,
        sa.or_(
            col(MediationCase.ended_at).is_(None),
            col(MediationCase.ended_at) >= start,
            col(MediationCase.id).in_(rated),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Clock:
    due_at: datetime | None = None
    waiting: bool = False
    paused: timedelta = timedelta()


NO_CLOCK = _Clock()


def _clocks(s: Session, alive: Any) -> dict[str, _Clock]:
    """The mediation clock of each case; a second one, after a new start, counts instead of the first."""
    subject = sa.literal("case:").concat(col(MediationCase.id))
    query = (
        _some(MediationCase.id, Deadline.rule, Deadline.due_at, Deadline.paused_at, PAUSED.label("pauses"))
        .join(Deadline, col(Deadline.subject) == subject)
        .where(alive, col(Deadline.rule).like("T-MED-%"))
        .order_by(col(Deadline.since))
    )
    return {
        row.id: _Clock(row.due_at, row.paused_at is not None, _length(row.pauses))
        for row in s.connection().execute(query)
        if clocks.is_mediation(row.rule)
    }


def _length(pauses: Any) -> timedelta:
    spans = [map(datetime.fromisoformat, pair) for pair in pauses or ()]
    return sum((until - since for since, until in spans), timedelta())


def _ratings(s: Session, alive: Any) -> dict[str, list[tuple[Side, int, datetime]]]:
    found: dict[str, list[tuple[Side, int, datetime]]] = defaultdict(list)
    query = (
        select(Rating.case_id, Rating.side, Rating.score, Rating.at)
        .join(MediationCase, col(MediationCase.id) == col(Rating.case_id))
        .where(alive, Rating.about == "case")
    )
    for case_id, side, score, at in s.exec(query):
        found[case_id].append((Side(side), score, at))
    return found


def _filings(s: Session, court_id: str, start: datetime, end: datetime) -> Iterable[Filing]:
    """A dispute is registered once: by the filing desk, or when a failed mediation was handed over."""
    query = (
        select(JournalEntry.subject, JournalEntry.at)
        .where(
            JournalEntry.court_id == court_id,
            col(JournalEntry.kind).in_(FILED),
            col(JournalEntry.at) < end,
        )
        .order_by(col(JournalEntry.seq))
    )
    first: dict[str, datetime] = {}
    for subject, at in s.exec(query):
        first.setdefault(subject.removeprefix("dispute:"), at)
    numbers = select(Dispute.id, Dispute.filing_number).where(Dispute.court_id == court_id)
    for dispute_id, number in s.exec(numbers.order_by(col(Dispute.filing_number))):
        filed = first.get(dispute_id)
        if filed is not None and filed >= start:
            yield Filing(Ref("dispute", dispute_id, number), dispute_id, filed)


def _applications(s: Session, court_id: str, start: datetime, end: datetime) -> Iterable[Application]:
    of = ConfirmationCase
    query = (
        _some(of.id, of.number, of.applied, of.submitted_at, of.accepted_at, of.decided_at)
        .where(col(of.court_id) == court_id, col(of.submitted_at) < end)
        .where(sa.or_(col(of.submitted_at) >= start, col(of.decided_at) >= start))
        .order_by(col(of.submitted_at))
    )
    for row in s.connection().execute(query):
        yield Application(
            ref=Ref("confirmation", row.id, row.number or row.id),
            online=all(one.get("account") for one in row.applied.values()),
            submitted_at=row.submitted_at,
            accepted_at=row.accepted_at,
            decided_at=row.decided_at,
        )


def _promises(s: Session, court_id: str, first: date, after: date) -> Iterable[Promise]:
    """What was performed only after enforcement was applied for does not count as performed (C9)."""
    query = (
        _some(
            Agreement.id, col(MediationCase.id).label("case_id"), MediationCase.number, MediationCase.on_spot,
            col(Obligation.id).label("owed"), Obligation.due_on, Obligation.stage,
        )
        .join(MediationCase, col(MediationCase.id) == col(Agreement.case_id))
        .join(Obligation, col(Obligation.agreement_id) == col(Agreement.id))
        .where(
            col(MediationCase.court_id) == court_id,
            col(Agreement.stage).in_(IN_FORCE),
            col(Obligation.due_on) >= first,
            col(Obligation.due_on) < after,
        )
        .order_by(col(MediationCase.number))
    )  # fmt: skip
    forced = {key for keys in s.exec(select(Enforcement.obligations)) for key in keys}
    dues: dict[str, list[tuple[date, bool]]] = defaultdict(list)
    heads: dict[str, tuple[Ref, bool]] = {}
    for row in s.connection().execute(query):
        heads.setdefault(row.id, (Ref("case", row.case_id, row.number), row.on_spot))
        dues[row.id].append((row.due_on, row.stage is PerformanceStage.PERFORMED and row.owed not in forced))
    for key, (ref, on_spot) in heads.items():
        yield Promise(ref, on_spot, tuple(dues[key]))


def _workers(s: Session, court_id: str) -> Iterable[Worker]:
    query = select(Mediator.id, Mediator.name).where(
        Mediator.court_id == court_id, Mediator.status == "listed"
    )
    for key, name in s.exec(query.order_by(col(Mediator.name))):
        yield Worker(Ref("mediator", key, name))
