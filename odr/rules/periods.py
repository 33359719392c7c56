"""Months, quarters and years of the court's calendar, as figures are counted in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache

from odr import clock

LENGTHS = {"month": 1, "quarter": 3, "year": 12}
_KEY = re.compile(r"(20\d\d)(?:-(?:(0[1-9]|1[0-2])|Q([1-4])))?")


@dataclass(frozen=True, slots=True)
class Period:
    """`2026-03`, `2026-Q1` or `2026`: from its first day up to the first day after it."""

    kind: str
    first: date

    @property
    def key(self) -> str:
        forms = {
            "month": f"{self.first:%Y-%m}",
            "quarter": f"{self.first.year}-Q{(self.first.month + 2) // 3}",
            "year": str(self.first.year),
        }
        return forms[self.kind]

    @property
    def after(self) -> date:
        """The first day that no longer belongs to it."""
        return _shift(self.first, LENGTHS[self.kind])

    @property
    def start(self) -> datetime:
        return _midnight(self.first)

    @property
    def end(self) -> datetime:
        return _midnight(self.after)

    def back(self, steps: int) -> Period:
        """The period of the same length so many before it."""
        return Period(self.kind, _shift(self.first, -steps * LENGTHS[self.kind]))

    def holds(self, at: datetime | None) -> bool:
        return at is not None and self.start <= at < self.end

    def holds_day(self, day: date | None) -> bool:
        return day is not None and self.first <= day < self.after


def of(text: str) -> Period | None:
    """The period a key names."""
    found = _KEY.fullmatch(text)
    if found is None:
        return None
    year, month, quarter = found.groups()
    if month:
        return Period("month", date(int(year), int(month), 1))
    if quarter:
        return Period("quarter", date(int(year), int(quarter) * 3 - 2, 1))
    return Period("year", date(int(year), 1, 1))


def around(day: date, kind: str) -> Period:
    """The period of this length that a day lies in."""
    length = LENGTHS[kind]
    return Period(kind, date(day.year, (day.month - 1) // length * length + 1, 1))


@lru_cache(maxsize=256)
def _midnight(day: date) -> datetime:
    return clock.from_court(datetime.combine(day, time()))


@lru_cache(maxsize=256)
def _shift(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)
