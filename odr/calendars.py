"""The calendar that this court system counts with: the release's own years under the notices imported since."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, col, select

from odr.rules import pack
from odr.rules.calendar import Calendar
from odr.rules.law import CalendarYear, Holiday
from odr.tables.law import CalendarNotice


def known(s: Session) -> Calendar:
    """Every year that is known; of a year imported twice the later notice counts."""
    query = select(CalendarNotice).order_by(col(CalendarNotice.imported_at), col(CalendarNotice.version))
    imported = {row.year: _year(row) for row in s.exec(query)}
    return Calendar({**pack.load().years, **imported})


def _year(row: CalendarNotice) -> CalendarYear:
    return CalendarYear(
        year=row.year,
        version=row.version,
        notice=row.notice,
        provisional=False,
        workdays=_dates(row.workdays),
        holidays=tuple(Holiday(h["name"], _dates(h["days"])) for h in row.holidays),
    )


def _dates(texts: list[str]) -> tuple[date, ...]:
    return tuple(date.fromisoformat(text) for text in texts)
