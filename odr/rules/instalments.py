"""A plan of instalments that adds up to the fen: equal parts, the rest in the last one."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from odr.errors import BadInput

MOST = 360  # thirty years of months
STEPS = {"week": 7, "fortnight": 14}


@dataclass(frozen=True, slots=True)
class Part:
    """One instalment, and what is still owed after it."""

    number: int
    due_on: date
    fen: int
    left_fen: int


def plan(
    total_fen: int, times: int, first_on: date, *, every: str = "month", down_fen: int = 0
) -> tuple[Part, ...]:
    """So many equal parts; with `down_fen` that much on the first day and the rest in the parts after it."""
    if not 1 <= times <= MOST:
        raise BadInput(times="too-small" if times < 1 else "too-large")
    if not 0 <= down_fen < total_fen:
        raise BadInput(down="too-large" if down_fen else "too-small")
    rest = total_fen - down_fen
    if rest < times:
        raise BadInput(times="too-large")
    amounts = [down_fen] * bool(down_fen) + _equal(rest, times)
    parts, left = [], total_fen
    for number, fen in enumerate(amounts):
        left -= fen
        parts.append(Part(number + 1, _day(first_on, number, every), fen, left))
    return tuple(parts)


def _equal(fen: int, times: int) -> list[int]:
    """Whole yuan where the sum is large enough; the last part takes what does not divide."""
    unit = 100 if fen // times >= 100 else 1
    part = fen // times // unit * unit
    return [part] * (times - 1) + [fen - part * (times - 1)]


def _day(first: date, steps: int, every: str) -> date:
    """The same day of each month, or its last; or so many days on."""
    if every in STEPS:
        return first + timedelta(days=STEPS[every] * steps)
    year, month = divmod(first.year * 12 + first.month - 1 + steps, 12)
    return date(year, month + 1, min(first.day, calendar.monthrange(year, month + 1)[1]))
