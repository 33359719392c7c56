"""The court's calendar: working days by the State Council's notices, and how a period is counted.

CPL-85: the day (hour) in which a period begins is not counted; a period whose last day is a day off
ends on the next working day. A period in months or years ends on the same day of its last month.
"""

from __future__ import annotations

import calendar as gregorian
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from odr import clock
from odr.rules import pack
from odr.rules.law import CalendarYear

_DAY = timedelta(days=1)
FIRST, LAST = date(2000, 1, 1), date(2100, 1, 1)  # no matter of this court reaches beyond
_WEEKEND = {5: "星期六", 6: "星期日"}
_LAST_MOMENT = time(23, 59, 59, 999999)


def in_reach(day: date) -> bool:
    """Whether a day can be counted with: one beyond is a slip of the pen, and its periods would have no end."""
    return FIRST <= day <= LAST


@dataclass(frozen=True, slots=True)
class Counted:
    """How a period was counted: its last day, what was not counted, and where it rolled to."""

    last: date  # the last day by counting alone
    end: date  # the day on which it really ends
    skipped: tuple[date, ...]  # days inside that did not count


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working days of the years whose notices are known; other years have only their weekends."""

    years: Mapping[int, CalendarYear]

    def why_off(self, day: date) -> str:
        """Why nobody works on this day; empty on a working day."""
        year = self.years.get(day.year)
        if year and day in year.workdays:
            return ""
        named = next((h.name for h in year.holidays if day in h.days), "") if year else ""
        return named or _WEEKEND.get(day.weekday(), "")

    def is_working(self, day: date) -> bool:
        return not self.why_off(day)

    def next_working(self, day: date) -> date:
        """This day, or the first working day after it."""
        while not self.is_working(day):
            day += _DAY
        return day

    def version(self, year: int) -> str:
        """The version of the calendar of a year; `none` for a year beyond the table."""
        known = self.years.get(year)
        return known.version if known else "none"

    def is_provisional(self, year: int) -> bool:
        """Whether the notice for this year is still to come."""
        known = self.years.get(year)
        return known is None or known.provisional

    def count(self, start: date, length: int, unit: str, skip: Set[date] = frozenset()) -> Counted:
        """Count a period (d, wd, months, years) from the day of its event; days in `skip` do not count."""
        if unit in ("months", "years"):
            last, skipped = _by_months(start, length * (12 if unit == "years" else 1), skip)
        else:
            last, skipped = _by_days(
                start, length, lambda day: day not in skip and (unit != "wd" or self.is_working(day))
            )
        return Counted(last, self.next_working(last), skipped)

    def add_days(self, since: datetime, n: int, unit: str) -> datetime:
        """The instant at which a period that began with an event at `since` is over."""
        if unit == "h":
            return since + timedelta(hours=n)
        return end_of(self.count(clock.court_date(since), n, unit).end)


@cache
def printed() -> Calendar:
    """The calendar that came with this release; a court imports later notices (`odr.calendars`)."""
    return Calendar(pack.load().years)


def end_of(day: date) -> datetime:
    """The last instant of a day on the court's wall, in UTC."""
    return datetime.combine(day, _LAST_MOMENT, clock.COURT_ZONE).astimezone(UTC)


def _by_days(start: date, length: int, counts: Callable[[date], bool]) -> tuple[date, tuple[date, ...]]:
    day, skipped = start, []
    while length:
        day += _DAY
        if counts(day):
            length -= 1
        else:
            skipped.append(day)
    return day, tuple(skipped)


def _by_months(start: date, months: int, skip: Set[date]) -> tuple[date, tuple[date, ...]]:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    month += 1
    day = date(year, month, min(start.day, gregorian.monthrange(year, month)[1]))
    paused = tuple(sorted(d for d in skip if start < d <= day))
    return day + len(paused) * _DAY, paused
