"""How long the parts of a matter are kept, and what the platform itself destroys when that is over (PIPL-19, 47).

Court files go to the court's archive, which decides by its own classes; a longer duty of it always wins.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from odr.rules import pack

# Classes of the pack that the platform holds alone, the one with the shorter time first
DESTROYED = ("caucus", "recording")
LONGEST_HOLD = timedelta(days=365 * 10)


def over(kind: str, since: date) -> date:
    """The day on which the time of keeping is over: the same day so many months later, or the month's last."""
    row = pack.load().retention[kind]
    months = row.length * (12 if row.unit == "years" else 1)
    year, month = divmod(since.year * 12 + since.month - 1 + months, 12)
    return date(year, month + 1, min(since.day, monthrange(year, month + 1)[1]))
