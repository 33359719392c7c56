"""A second calendar and a second catalogue of periods, written from the notices and the statutes alone.

Nothing here reads the product. Days are counted along a list of the working days, months by dateutil.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date, datetime, timedelta, timezone

from dateutil.relativedelta import relativedelta

BEIJING = timezone(timedelta(hours=8))
FIRST, LAST = date(2024, 1, 1), date(2030, 12, 31)

# The State Council's notices: each holiday from its first to its last day off, then the days made up for them
NOTICES = {
    2024: """
        01-01 01-01, 02-10 02-17, 04-04 04-06, 05-01 05-05, 06-10 06-10, 09-15 09-17, 10-01 10-07
        work 02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12
    """,
    2025: """
        01-01 01-01, 01-28 02-04, 04-04 04-06, 05-01 05-05, 05-31 06-02, 10-01 10-08
        work 01-26 02-08 04-27 09-28 10-11
    """,
    2026: """
        01-01 01-03, 02-15 02-23, 04-04 04-06, 05-01 05-05, 06-19 06-21, 09-25 09-27, 10-01 10-07
        work 01-04 02-14 02-28 05-09 09-20 10-10
    """,
}
# 2027 has no notice yet: the statutory days of 全国年节及纪念日放假办法; those on a weekend are made good after it
STATUTORY_2027 = """
    01-01 01-01, 02-05 02-08, 04-05 04-05, 05-01 05-02, 06-09 06-09, 09-15 09-15, 10-01 10-03
"""

# domain list of periods, by hand: id, length, unit
PERIODS = {
    "T-REG": (7, "days"),
    "T-PICK": (2, "working"),
    "T-APPT": (3, "working"),
    "T-ACC": (3, "working"),
    "T-CONT": (3, "working"),
    "T-LINK": (3, "days"),
    "T-MED-A": (30, "days"),
    "T-MED-O": (15, "days"),
    "T-MED-S": (7, "days"),
    "T-EXT-B": (30, "days"),
    "T-OBJ-SCHEME": (7, "days"),
    "T-JC-APPLY": (30, "days"),
    "T-JC-ACC": (3, "days"),
    "T-JC-DEC": (15, "days"),
    "T-JC-MAX": (30, "days"),
    "T-JC-SUP": (7, "days"),
    "T-JC-OBJ-P": (15, "days"),
    "T-JC-OBJ-T": (6, "months"),
    "T-ENF": (24, "months"),
    "T-FEE": (7, "days"),
    "T-REFUND": (15, "days"),
    "T-PRES": (48, "hours"),
    "T-PRES-SUE": (30, "days"),
    "T-ANN": (30, "days"),
    "T-ENTR": (10, "days"),
    "T-PO-ACC": (5, "days"),
    "T-PO-ISS": (15, "days"),
    "T-PO-OBJ": (15, "days"),
    "T-PO-NOSERVE": (30, "days"),
    "T-RECUSE": (3, "days"),
    "T-COMPL": (15, "days"),
    "T-COMPL-MED": (15, "days"),
    "T-PET-TELL": (15, "days"),
    "T-PET": (60, "days"),
    "T-12368": (2, "working"),
}


def _spans(text: str, year: int) -> set[date]:
    days = set()
    for span in text.replace("\n", " ").split(","):
        first, last = (date.fromisoformat(f"{year}-{part}") for part in span.split())
        days |= {first + timedelta(n) for n in range((last - first).days + 1)}
    return days


def _off() -> set[date]:
    off = {FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1)}
    off = {day for day in off if day.isoweekday() > 5}
    for year, notice in NOTICES.items():
        rest, _, work = notice.partition("work")
        off |= _spans(rest, year)
        off -= {date.fromisoformat(f"{year}-{day}") for day in work.split()}
    for span in STATUTORY_2027.split(","):
        days = sorted(_spans(span, 2027))
        owed = sum(day.isoweekday() > 5 for day in days)
        off |= set(days)
        day = days[-1]
        while owed:
            day += timedelta(1)
            if day not in off:
                off.add(day)
                owed -= 1
    return off


OFF = _off()
WORKING = [d for n in range((LAST - FIRST).days + 1) if (d := FIRST + timedelta(n)) not in OFF]


def works(day: date) -> bool:
    return day not in OFF


def _count(day: date, length: int, unit: str) -> date:
    if unit == "working":
        return WORKING[bisect_right(WORKING, day) + length - 1]
    end = day + (timedelta(days=length) if unit == "days" else relativedelta(months=length))
    return WORKING[bisect_left(WORKING, end)]


def _skipping(day: date, length: int, paused: set[date]) -> date:
    """Calendar days, without those of a pause."""
    left = [d for n in range(1, 400) if (d := day + timedelta(n)) not in paused]
    return WORKING[bisect_left(WORKING, left[length - 1])]


def end(
    rule: str, since: datetime, *, extra: int = 0, pause: tuple[datetime, datetime] | None = None
) -> datetime:
    """When the period is over: the last microsecond of its last day in Beijing, in UTC."""
    length, unit = PERIODS[rule]
    if unit == "hours":
        return since + timedelta(hours=length)
    start = since.astimezone(BEIJING).date()
    paused: set[date] = set()
    if pause is not None:
        began, ended = (instant.astimezone(BEIJING).date() for instant in pause)
        paused = {began + timedelta(n) for n in range((ended - began).days)}
    last = _skipping(start, length, paused) if paused else _count(start, length, unit)
    if extra:
        last = _skipping(last, extra, paused)
    midnight = datetime(last.year, last.month, last.day, tzinfo=BEIJING) + timedelta(days=1)
    return midnight - timedelta(microseconds=1)
