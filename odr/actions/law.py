"""What people of the court do to its law: import a year of the calendar, narrow a rule, let it go again."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session, select

from odr import alarms, db, journal, standing
from odr.errors import BadInput, Conflict, NotFound
from odr.facts import canon, printable
from odr.rules import clocks, pack
from odr.rules.access import Actor
from odr.rules.law import CalendarYear
from odr.rules.words import Do
from odr.tables.law import CalendarNotice, RuleOverride
from odr.tables.people import Court
from odr.tables.records import Deadline

MOST = 10**13


def import_years(s: Session, text: str, *, by: Actor, at: datetime) -> list[Deadline]:
    """Take over the years of a notice; every court's provisional deadlines are computed anew."""
    standing.require(s, by, Do.IMPORT_CALENDAR, None if by.machine else db.get(s, Court, by.court_id))
    years = pack.read_years(text)
    for year in years:
        _keep(s, year, by=by, at=at)
    moved: list[Deadline] = []
    for court in s.exec(select(Court).order_by(Court.code)).all():
        for year in years:
            journal.append(
                s,
                court.id,
                f"calendar:{year.year}",
                "calendar.imported",
                by=by,
                at=at,
                year=year.year,
                version=year.version,
                notice=year.notice,
                digest=canon.digest_of(text),
            )
        moved += alarms.recount(s, court.id, by=by, at=at)
    return moved


def narrow(
    s: Session,
    rule: str,
    *,
    by: Actor,
    at: datetime,
    reason: str,
    from_on: date,
    until_on: date | None = None,
    length: int | None = None,
    extra_days: int | None = None,
) -> RuleOverride:
    """The court promises less time than the law gives it; it can neither widen a rule nor cut a party's right."""
    court = _court(s, by)
    printable.require(reason)
    value = {k: v for k, v in (("length", length), ("extra_days", extra_days)) if v is not None}
    _within_law(rule, value)
    return _add(s, court, rule, value, reason, from_on, until_on, by=by, at=at)


def enter(
    s: Session,
    key: str,
    value: int,
    *,
    by: Actor,
    at: datetime,
    reason: str,
    from_on: date,
    until_on: date | None = None,
) -> RuleOverride:
    """The court enters a figure that others publish: from when it counts, and where it was published."""
    court = _court(s, by)
    printable.require(reason)
    if key not in pack.load().parameters:
        raise BadInput(key="choose-one")
    if not 0 < value <= MOST:
        raise BadInput(value="too-small" if value <= 0 else "too-large")
    return _add(s, court, key, {"value": value}, reason, from_on, until_on, by=by, at=at)


def lift(s: Session, override_id: str, *, by: Actor, at: datetime) -> RuleOverride:
    """The law's own length holds again; clocks that run keep the one they began with."""
    court = _court(s, by)
    row = db.lock(s, RuleOverride, override_id)
    if row.court_id != court.id:
        raise NotFound(kind="RuleOverride")
    if row.ended_at is not None:
        raise Conflict(override="already")
    row.ended_by, row.ended_at = by.account_id, at
    s.add(row)
    _note(s, row, "rule.lifted", by=by, at=at)
    return row


def _add(
    s: Session,
    court: Court,
    rule: str,
    value: dict[str, int],
    reason: str,
    from_on: date,
    until_on: date | None,
    *,
    by: Actor,
    at: datetime,
) -> RuleOverride:
    if until_on is not None and until_on < from_on:
        raise BadInput(until_on="too-small")
    row = RuleOverride(
        court_id=court.id,
        rule=rule,
        value=value,
        reason=reason,
        from_on=from_on,
        until_on=until_on,
        made_by=by.account_id,
        made_at=at,
    )
    s.add(row)
    s.flush()
    _note(s, row, "parameter.entered" if "value" in value else "rule.narrowed", by=by, at=at)
    return row


def _within_law(rule: str, value: dict[str, int]) -> None:
    law = clocks.resolve(rule)
    if not value:
        raise BadInput(length="needed")
    if "length" in value and (wrong := clocks.fault(law, value["length"])):
        raise BadInput(length=wrong)
    if "extra_days" in value and not 0 <= value["extra_days"] <= (
        law.extra_days or (law.length if law.extra_free else 0)
    ):
        raise BadInput(extra_days="wider-than-law")


def _keep(s: Session, year: CalendarYear, *, by: Actor, at: datetime) -> None:
    same = select(CalendarNotice.id).where(
        CalendarNotice.year == year.year, CalendarNotice.version == year.version
    )
    if s.exec(same).first() is not None:
        raise BadInput(text="calendar-known")
    s.add(
        CalendarNotice(
            year=year.year,
            version=year.version,
            notice=year.notice,
            workdays=[day.isoformat() for day in year.workdays],
            holidays=[{"name": h.name, "days": [d.isoformat() for d in h.days]} for h in year.holidays],
            imported_by=by.account_id,
            imported_at=at,
        )
    )
    s.flush()


def _court(s: Session, by: Actor) -> Court:
    court = db.get(s, Court, by.court_id)
    standing.require(s, by, Do.NARROW_RULE, court)
    return court


def _note(s: Session, row: RuleOverride, kind: str, *, by: Actor, at: datetime) -> None:
    until = row.until_on.isoformat() if row.until_on else ""
    journal.append(
        s,
        row.court_id,
        f"rule:{row.rule}",
        kind,
        by=by,
        at=at,
        override=row.id,
        rule=row.rule,
        **row.value,
        from_on=row.from_on.isoformat(),
        until_on=until,
        reason=canon.digest_of(row.reason),
    )
