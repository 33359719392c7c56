"""The only clock: instants in UTC, the court's dates in its own time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

COURT_ZONE = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present instant, UTC."""
    return datetime.now(UTC)


def court_date(at: datetime) -> date:
    """The date on the court's wall at an instant."""
    return at.astimezone(COURT_ZONE).date()


def court_time(at: datetime) -> datetime:
    """The same instant as the court's wall clock shows it."""
    return at.astimezone(COURT_ZONE)


def from_court(local: datetime) -> datetime:
    """A wall-clock time as a person types it, to UTC."""
    return local.replace(tzinfo=COURT_ZONE).astimezone(UTC)


def noon(day: date) -> datetime:
    """The instant that stands for a day whose hour does not count."""
    return from_court(datetime.combine(day, time(12)))
