"""Running clocks as pages show them: named, and able to explain how the end was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from odr import deadlines
from odr.rules import pack
from odr.rules.law import Words
from odr.tables.records import Deadline


@dataclass(frozen=True, slots=True)
class ClockView:
    """A running clock that can explain itself."""

    rule: str
    name: Words
    due: datetime
    paused: bool
    told: Mapping[str, Any]


def view(row: Deadline) -> ClockView:
    """The clock of this row."""
    name = pack.load().clocks[row.rule].name
    return ClockView(row.rule, name, row.due_at, row.paused_at is not None, row.explanation)


def running(s: Session, *subjects: str) -> tuple[ClockView, ...]:
    """The clocks of these subjects, the next to end first."""
    return tuple(view(row) for row in deadlines.running(s, *subjects))


def urgency(clock: ClockView | None) -> float:
    """The order of lists: the nearest end first, nothing running last."""
    return clock.due.timestamp() if clock else float("inf")
