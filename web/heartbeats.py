"""Which job workers live: each says so every few seconds."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from odr.tables.records import Wakeup

DEAD = timedelta(seconds=30)  # without a heartbeat
_PREFIX = "worker:"


def beat(s: Session, name: str, at: datetime) -> None:
    """Say that this worker lives."""
    s.merge(Wakeup(name=_PREFIX + name, at=at))


def leave(s: Session, name: str) -> None:
    """A worker that ended, or whose work was taken over, is no longer missed."""
    row = s.get(Wakeup, _PREFIX + name)
    if row is not None:
        s.delete(row)


def living(s: Session, at: datetime) -> list[str]:
    return [name for name, beaten in _all(s) if beaten >= at - DEAD]


def dead(s: Session, at: datetime) -> list[str]:
    """Workers that have not been heard of for too long."""
    return [name for name, beaten in _all(s) if beaten < at - DEAD]


def _all(s: Session) -> list[tuple[str, datetime]]:
    rows = s.exec(select(Wakeup).where(col(Wakeup.name).startswith(_PREFIX)))
    return [(row.name.removeprefix(_PREFIX), row.at) for row in rows]
