"""The working calendar, and how a period is counted (CPL-85)."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest

from odr import clock
from odr.rules import calendar
from tests.make import day, moment

CALENDAR = calendar.printed()


@pytest.mark.parametrize("year", [2024, 2025, 2026, 2027])
def test_our_table_agrees_with_the_library(year: int):
    library = holidays.country_holidays("CN", years=year)
    days = [date(year, 1, 1) + timedelta(n) for n in range(365)]

    assert [d for d in days if CALENDAR.is_working(d) != library.is_working_day(d)] == []


def test_a_make_up_saturday_is_a_working_day():
    assert CALENDAR.is_working(day("2026-02-14"))
    assert not CALENDAR.is_working(day("2026-02-15"))


@pytest.mark.parametrize(
    ("on", "why"),
    [
        ("2026-02-17", "春节"),
        ("2026-02-20", "调休"),
        ("2026-03-07", "星期六"),
        ("2026-03-08", "星期日"),
        ("2026-03-09", ""),
    ],
)
def test_a_day_off_says_why(on: str, why: str):
    assert CALENDAR.why_off(day(on)) == why


def test_a_year_without_a_notice_is_provisional():
    assert not CALENDAR.is_provisional(2026)
    assert CALENDAR.is_provisional(2027)
    assert CALENDAR.is_provisional(2099)
    assert CALENDAR.version(2099) == "none"


@pytest.mark.parametrize(
    ("since", "n", "unit", "end"),
    [
        ("2026-03-02 09:00", 7, "d", "2026-03-09"),  # Monday to Monday
        ("2026-03-02 00:00", 7, "d", "2026-03-09"),  # the first day never counts
        ("2026-03-02 23:59", 7, "d", "2026-03-09"),
        ("2026-03-07 10:00", 7, "d", "2026-03-16"),  # Saturday rolls to Monday
        ("2026-01-20 09:30", 30, "d", "2026-02-24"),  # into the Spring Festival, out on the first working day
        ("2026-02-04 12:00", 10, "d", "2026-02-14"),  # a make-up Saturday is worked: no roll
        ("2026-09-24 12:00", 1, "wd", "2026-09-28"),  # Mid-Autumn Friday, weekend
        ("2026-02-13 09:30", 2, "wd", "2026-02-24"),
        ("2026-03-06 17:00", 3, "wd", "2026-03-11"),
        ("2025-08-31 10:00", 6, "months", "2026-02-28"),  # no 31st: the month's last day, a make-up Saturday
        ("2026-03-10 10:00", 6, "months", "2026-09-10"),
        ("2024-02-29 10:00", 1, "years", "2025-02-28"),
        ("2024-02-29 10:00", 2, "years", "2026-02-28"),
        ("2024-06-03 10:00", 2, "years", "2026-06-03"),
    ],
)
def test_periods_end_on_the_day_the_law_says(since: str, n: int, unit: str, end: str):
    due = CALENDAR.add_days(moment(since), n, unit)

    assert clock.court_date(due) == day(end)
    assert clock.court_time(due).isoformat()[10:] == "T23:59:59.999999+08:00"


def test_hours_run_from_the_minute_and_never_roll():
    assert CALENDAR.add_days(moment("2026-02-14 09:30"), 48, "h") == moment("2026-02-16 09:30")


def test_the_event_s_day_is_the_court_s_not_london_s():
    late_evening_in_london = moment("2026-03-03 00:30")

    assert clock.court_date(CALENDAR.add_days(late_evening_in_london, 1, "d")) == day("2026-03-04")
