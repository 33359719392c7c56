"""Clocks of the law as rows: started, stopped, paused and extended beside the move that causes it.

The row is the truth. A wake-up in the outbox only asks it; one that comes too early, too late or twice
finds nothing to do. A clock that runs already is not started anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from odr import calendars, clock, db, outbox, overrides
from odr.errors import BadInput, Conflict, DeadlinePassed, NotFound
from odr.rules import clocks, pack
from odr.rules.law import Clock
from odr.rules.stages import Move
from odr.rules.words import Track
from odr.tables.records import Deadline

WARNINGS = (70, 90, 100)  # percent of the period that has gone by


def apply(
    s: Session,
    move: Move[Any],
    *,
    court_id: str,
    subject: str,
    since: datetime,
    track: Track | None = None,
    summary: bool = False,
    lengths: Mapping[str, int] | None = None,
) -> None:
    """Stop and start the clocks that a move names. `lengths` are what a judge set, by rule."""
    for rule in move.stops:
        stop(s, subject, rule, at=since)
    for rule in move.starts:
        start(
            s,
            rule,
            court_id=court_id,
            subject=subject,
            since=since,
            track=track,
            summary=summary,
            length=(lengths or {}).get(rule),
        )


def start(
    s: Session,
    rule: str,
    *,
    court_id: str,
    subject: str,
    since: datetime,
    track: Track | None = None,
    summary: bool = False,
    length: int | None = None,
) -> Deadline:
    """Start a clock; one that already runs for this subject is returned as it is."""
    found = clocks.resolve(rule, track=track, summary=summary)
    already = find(s, subject, rule)
    if already is not None:
        return already
    due = clocks.due(
        found.id,
        since,
        length=length,
        court_settings=overrides.settings(s, court_id, clock.court_date(since)),
        days=calendars.known(s),
    )
    row = Deadline(
        court_id=court_id,
        subject=subject,
        rule=found.id,
        since=since,
        due_at=due.due_at,
        explanation={
            **due.explanation,
            "court": court_id,
            "track": track.value if track else "",
            "summary": summary,
        },
    )
    s.add(row)
    s.flush()
    _ask_to_be_woken(s, row)
    return row


def stop(s: Session, subject: str, rule: str, *, at: datetime) -> None:
    """Stop a clock if it runs."""
    row = _held(s, subject, rule)
    if row is None:
        return
    for percent in WARNINGS:
        outbox.cancel(s, "deadline.ring", key=_key(row, percent))
    row.stopped_at = at
    s.add(row)


def pause(s: Session, subject: str, rule: str, *, at: datetime) -> Deadline | None:
    """Let a clock wait, if it runs and the law lets it (ODM-26)."""
    row = _held(s, subject, rule)
    if row is None or row.paused_at is not None:
        return row
    if not _law(row).pausable:
        raise BadInput(**{row.rule: "not-pausable"})
    row.paused_at = at
    s.add(row)
    return row


def resume(s: Session, subject: str, rule: str, *, at: datetime) -> Deadline | None:
    """Let a waiting clock go on: the days it waited do not count."""
    row = _held(s, subject, rule)
    if row is None or row.paused_at is None:
        return row
    pauses = [*row.explanation["paused"], [row.paused_at.isoformat(), at.isoformat()]]
    row.paused_at = None
    return _count_anew(s, row, paused=pauses)


def extend(s: Session, subject: str, rule: str, days: int, *, at: datetime) -> Deadline:
    """Extend a clock before it is over, as far as the law allows: so many times, so long."""
    row = _held(s, subject, rule)
    if row is None:
        raise NotFound(deadline=rule)
    if row.passed_at is not None or at > row.due_at:
        raise DeadlinePassed(rule=row.rule)
    law, granted = _law(row), row.explanation.get("extensions", [])
    own = overrides.most_extra_days(s, row.court_id, row.rule, clock.court_date(row.since))
    most = own if own is not None else None if law.extra_free else law.extra_days
    if not law.extra_free and len(granted) >= law.extra_times:
        raise Conflict(extension="used-up")
    if days < 1 or (most is not None and sum(granted) + days > most):
        raise BadInput(days="too-small" if days < 1 else "too-large")
    return _count_anew(s, row, extensions=[*granted, days])


def find(s: Session, subject: str, rule: str) -> Deadline | None:
    """The running clock of this rule for this subject; T-MED finds the mediation clock, whichever it is."""
    return next((row for row in running(s, subject) if _is(row, rule)), None)


def _held(s: Session, subject: str, rule: str) -> Deadline | None:
    """The same, locked to be changed: an import of the calendar may be counting it anew."""
    found = find(s, subject, rule)
    row = db.lock(s, Deadline, found.id) if found else None
    return row if row and row.stopped_at is None else None


def running(s: Session, *subjects: str) -> list[Deadline]:
    """Clocks of these subjects not stopped, waiting and overdue ones included, the next to end first."""
    query = select(Deadline).where(col(Deadline.subject).in_(subjects), col(Deadline.stopped_at).is_(None))
    return list(s.exec(query.order_by(col(Deadline.due_at), col(Deadline.rule))))


def ensure_in_time(s: Session, subject: str, rule: str, *, at: datetime) -> None:
    """DeadlinePassed if this clock runs and is over."""
    row = find(s, subject, rule)
    if row is not None and row.paused_at is None and at > row.due_at:
        raise DeadlinePassed(rule=row.rule, due=row.due_at)


def ring(s: Session, deadline_id: str, percent: int, *, at: datetime) -> Deadline | None:
    """What a wake-up finds: the clock if there is now something to tell, else nothing."""
    row = db.lock(s, Deadline, deadline_id)
    idle = row.stopped_at or row.paused_at or row.warned >= percent
    if idle or at < _moment(row, percent):
        return None
    row.warned = percent
    if percent == 100:
        row.passed_at = at
    s.add(row)
    return row


def recount(s: Session, court_id: str) -> list[Deadline]:
    """Compute anew what stood on a provisional calendar; the clocks whose end moved."""
    query = (
        select(Deadline)
        .where(Deadline.court_id == court_id)
        .where(col(Deadline.stopped_at).is_(None), col(Deadline.passed_at).is_(None))
        .order_by(col(Deadline.id))
        .with_for_update(key_share=True)  # somebody may just be extending one
        .execution_options(populate_existing=True)
    )
    moved = []
    for row in s.exec(query).all():
        before = row.due_at
        if row.explanation.get("provisional") and _count_anew(s, row).due_at != before:
            moved.append(row)
    return moved


def _is(row: Deadline, rule: str) -> bool:
    return clocks.is_mediation(row.rule) if rule == pack.MEDIATION_CLOCK else row.rule == rule


def _law(row: Deadline) -> Clock:
    return pack.load().clocks[row.rule]


def _count_anew(s: Session, row: Deadline, **changed: list[Any]) -> Deadline:
    """The end under the length that held when the clock began, with its pauses and extensions."""
    told = row.explanation | changed
    law = _law(row)
    due = clocks.due(
        row.rule,
        row.since,
        length=told["length"] if law.set_by else None,
        court_settings={} if law.set_by else {"clocks": {row.rule: told["length"]}},
        extra_days=sum(told.get("extensions", [])),
        paused=[(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in told["paused"]],
        days=calendars.known(s),
    )
    row.explanation = told | due.explanation
    if due.due_at != row.due_at:
        row.due_at, row.warned = due.due_at, 0
    s.add(row)
    s.flush()
    _ask_to_be_woken(s, row)
    return row


def _ask_to_be_woken(s: Session, row: Deadline) -> None:
    for percent in WARNINGS:
        outbox.add(
            s,
            "deadline.ring",
            key=_key(row, percent),
            run_at=_moment(row, percent),
            deadline=row.id,
            percent=percent,
        )


def _key(row: Deadline, percent: int) -> str:
    """With the end in it: a clock that was moved asks again, a repeated request does not."""
    return f"{row.id}:{percent}:{clock.court_time(row.due_at):%Y%m%d%H%M%S}"


def _moment(row: Deadline, percent: int) -> datetime:
    whole: timedelta = row.due_at - row.since
    return row.since + whole * percent / 100
