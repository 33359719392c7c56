"""Every clock of the catalogue against a calendar written apart from ours: no difference, whatever the instant."""

from __future__ import annotations

import os
import random
from datetime import UTC, date, datetime, timedelta

from odr import clock
from odr.rules import calendar, clocks, pack
from tests.odr import oracle

FIRST, LAST = date(2024, 1, 1), date(2027, 12, 31)
DAYS = [FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1)]
MOMENT = timedelta(microseconds=1)
RANDOM = int(os.environ.get("ODR_ORACLE_INSTANTS", "1500"))
PAUSABLE = [rule for rule, law in pack.load().clocks.items() if law.pausable]


def midnight(day: date) -> datetime:
    return clock.from_court(datetime(day.year, day.month, day.day))  # noqa: DTZ001


def edges() -> list[datetime]:
    """The first and the last instant of days where something turns: months, years, days off."""
    turning = [
        day
        for day in DAYS
        if day.day == 1
        or (day + timedelta(1)).day == 1
        or oracle.works(day) != oracle.works(day + timedelta(1))
        or (day.month, day.day) == (2, 29)
    ]
    return [at for day in turning for at in (midnight(day), midnight(day + timedelta(1)) - MOMENT)]


def instants(seed: int, n: int) -> list[datetime]:
    chance = random.Random(seed)
    span = (LAST - FIRST).days * 86_400
    start = datetime(2024, 1, 1, tzinfo=UTC)
    return [
        start + timedelta(seconds=chance.randrange(span), microseconds=chance.randrange(10**6))
        for _ in range(n)
    ]


def test_the_oracle_has_every_clock_of_the_pack():
    assert set(oracle.PERIODS) == set(pack.load().clocks)


def test_both_calendars_agree_on_every_day():
    assert [day for day in DAYS if calendar.printed().is_working(day) != oracle.works(day)] == []


def test_every_clock_ends_where_the_oracle_says():
    wrong = [
        (rule, at.isoformat())
        for at in edges() + instants(1, RANDOM)
        for rule in oracle.PERIODS
        if clocks.due(rule, at).due_at != oracle.end(rule, at)
    ]

    assert wrong == []


def test_pauses_and_extensions_end_where_the_oracle_says():
    chance = random.Random(2)
    wrong = []
    for at in instants(3, RANDOM):
        rule, extra = chance.choice(PAUSABLE), chance.choice((0, 7, 30))
        began = at + timedelta(hours=chance.randrange(24 * 40))
        pause = (began, began + timedelta(hours=chance.randrange(24 * 20)))
        ours = clocks.due(rule, at, extra_days=extra, paused=[pause]).due_at
        theirs = oracle.end(rule, at, extra=extra, pause=pause)
        wrong += [(rule, at, extra, pause)] if ours != theirs else []

    assert wrong == []
