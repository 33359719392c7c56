"""What holds for every period, whatever the day it begins."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odr import clock
from odr.rules import calendar, clocks, pack

CALENDAR = calendar.printed()
INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 6, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
DAYS = st.dates(date(2024, 1, 1), date(2027, 6, 1))
LENGTHS = st.integers(1, 60)
UNITS = st.sampled_from(["d", "wd", "months", "years"])
BY_DAYS = st.sampled_from([rule for rule, law in pack.load().clocks.items() if law.unit != "h"])
PAUSABLE = st.sampled_from([rule for rule, law in pack.load().clocks.items() if law.pausable])
HOLIDAY = timedelta(days=12)  # no stretch of days off is as long


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(n) for n in range(1, (last - first).days + 1)]


@given(DAYS, LENGTHS, UNITS)
def test_a_period_ends_on_a_working_day(start: date, n: int, unit: str):
    assert CALENDAR.is_working(CALENDAR.count(start, min(n, 5) if unit == "years" else n, unit).end)


@given(DAYS, LENGTHS)
def test_calendar_days_are_counted_without_the_first(start: date, n: int):
    counted = CALENDAR.count(start, n, "d")

    assert counted.last == start + timedelta(n)
    assert counted.last <= counted.end < counted.last + HOLIDAY
    assert not any(
        CALENDAR.is_working(counted.last + timedelta(k)) for k in range((counted.end - counted.last).days)
    )


@given(DAYS, st.integers(1, 20))
def test_exactly_so_many_working_days_pass(start: date, n: int):
    counted = CALENDAR.count(start, n, "wd")
    days = _days(start, counted.end)

    assert sum(CALENDAR.is_working(day) for day in days) == n
    assert counted.skipped == tuple(day for day in days if not CALENDAR.is_working(day))


@given(DAYS, st.integers(1, 36))
def test_months_end_on_the_same_day_of_the_month_or_its_last(start: date, n: int):
    last = CALENDAR.count(start, n, "months").last

    assert (last.year * 12 + last.month) - (start.year * 12 + start.month) == n
    assert last.day == start.day or (last.day < start.day and (last + timedelta(1)).day == 1)


@given(BY_DAYS, INSTANTS, INSTANTS)
def test_what_begins_later_never_ends_earlier(rule: str, one: datetime, other: datetime):
    first, second = sorted((one, other))

    assert clocks.due(rule, first).due_at <= clocks.due(rule, second).due_at


@given(BY_DAYS, INSTANTS)
def test_the_hour_of_the_event_does_not_matter(rule: str, at: datetime):
    noon = clock.court_time(at).replace(hour=12, minute=0, second=0, microsecond=0)

    assert clocks.due(rule, at).due_at == clocks.due(rule, noon).due_at


@given(BY_DAYS, INSTANTS, st.integers(0, 60))
def test_an_extension_never_ends_earlier(rule: str, at: datetime, days: int):
    plain = clocks.due(rule, at).due_at

    assert clocks.due(rule, at, extra_days=days).due_at >= plain + timedelta(days=days)


@given(PAUSABLE, INSTANTS, st.integers(1, 7), st.integers(0, 40))
def test_a_pause_gives_back_exactly_its_days(rule: str, at: datetime, after: int, days: int):
    began = at + timedelta(days=after)
    plain = clocks.due(rule, at).explanation

    paused = clocks.due(rule, at, paused=[(began, began + timedelta(days=days))]).explanation

    assert date.fromisoformat(paused["counted_to"]) - date.fromisoformat(plain["counted_to"]) == timedelta(
        days
    )


@given(PAUSABLE, INSTANTS, st.integers(0, 40))
def test_a_pause_after_the_end_gives_nothing(rule: str, at: datetime, days: int):
    end = clocks.due(rule, at).due_at
    began = end + timedelta(days=1)

    assert clocks.due(rule, at, paused=[(began, began + timedelta(days=days))]).due_at == end


@given(BY_DAYS, INSTANTS, st.integers(1, 100))
def test_a_court_s_promise_never_ends_later(rule: str, at: datetime, length: int):
    law = pack.load().clocks[rule]
    promised = min(length, law.length) if law.narrowable else law.length

    own = clocks.due(rule, at, court_settings={"clocks": {rule: promised}})

    assert own.due_at <= clocks.due(rule, at).due_at
