"""The law as people look it up: every rule with its mark, what a court narrowed, the years of the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from odr import calendars, overrides
from odr.rules import pack, register
from odr.rules.law import CalendarYear, Clock, Parameter
from odr.rules.register import Entry
from odr.tables.law import CalendarNotice, RuleOverride, RulePack
from odr.tables.people import Account


@dataclass(frozen=True, slots=True)
class Listing:
    """Rules of one kind, or all; how many of the whole pack still are to be confirmed."""

    rules: tuple[Entry, ...]
    version: str
    on: date
    total: int
    unconfirmed: int


@dataclass(frozen=True, slots=True)
class Promise:
    """A court's own, narrower rule."""

    id: str
    clock: Clock
    length: int | None
    extra_days: int | None
    reason: str
    from_on: date
    until_on: date | None
    by: str
    at: datetime
    ended_at: datetime | None
    in_force: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """A published figure: as entered by the court, else as the pack has it; none: nobody entered it yet."""

    parameter: Parameter
    value: int | None
    from_on: date | None
    source: str


@dataclass(frozen=True, slots=True)
class Year:
    """A year of the working calendar as it counts today."""

    row: CalendarYear
    imported_at: datetime | None
    days_off: int


def rules(kind: str = "", *, unconfirmed: bool = False) -> Listing:
    """The rules of a kind (none: all); `unconfirmed` only those the court still has to confirm."""
    whole = register.entries()
    return Listing(
        rules=tuple(e for e in whole if kind in ("", e.kind) and not (unconfirmed and e.verified)),
        version=register.version(),
        on=pack.load().version.on,
        total=len(whole),
        unconfirmed=sum(not e.verified for e in whole),
    )


def since(s: Session) -> datetime | None:
    """Since when this court system runs on the pack of this release."""
    kept = s.get(RulePack, register.version())
    return kept.imported_at if kept else None


def promises(s: Session, court_id: str, today: date) -> list[Promise]:
    """What the court narrowed, the newest first."""
    query = select(RuleOverride).where(RuleOverride.court_id == court_id)
    rows = s.exec(query.order_by(col(RuleOverride.made_at).desc())).all()
    now = {row.id for row in overrides.of(s, court_id, today)}
    names = _names(s, rows)
    return [_promise(row, names, row.id in now) for row in rows if row.rule in pack.load().clocks]


def figures(s: Session, court_id: str, today: date) -> list[Figure]:
    """Every published figure as it counts for this court today."""
    entered = {row.rule: row for row in overrides.of(s, court_id, today) if "value" in row.value}
    return [
        Figure(
            parameter=row,
            value=entered[row.key].value["value"] if row.key in entered else row.value,
            from_on=entered[row.key].from_on if row.key in entered else row.from_on,
            source=entered[row.key].reason if row.key in entered else row.published,
        )
        for row in pack.load().parameters.values()
    ]


def years(s: Session) -> list[Year]:
    """Every year of the calendar, the release's own and those of later notices."""
    imported = {(row.year, row.version): row.imported_at for row in s.exec(select(CalendarNotice)).all()}
    return [
        Year(row, imported.get((row.year, row.version)), sum(len(h.days) for h in row.holidays))
        for _, row in sorted(calendars.known(s).years.items())
    ]


def _promise(row: RuleOverride, names: dict[str, str], in_force: bool) -> Promise:
    return Promise(
        id=row.id,
        clock=pack.load().clocks[row.rule],
        length=row.value.get("length"),
        extra_days=row.value.get("extra_days"),
        reason=row.reason,
        from_on=row.from_on,
        until_on=row.until_on,
        by=names.get(row.made_by or "", ""),
        at=row.made_at,
        ended_at=row.ended_at,
        in_force=in_force,
    )


def _names(s: Session, rows: Sequence[RuleOverride]) -> dict[str, str]:
    ids = {row.made_by for row in rows if row.made_by}
    return dict(s.exec(select(Account.id, Account.name).where(col(Account.id).in_(ids))).all())
