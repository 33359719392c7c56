"""When a paper counts as served: the earliest effective of the ways it was sent (OLR-31, CPLI-135)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Way:
    """One way to the recipient: when it arrived there, and when they showed that they know of it."""

    confirmed: bool  # an address they gave or confirmed themselves
    arrived_at: datetime | None = None
    known_at: datetime | None = None  # signed for, answered, acted upon


def served_at(ways: Iterable[Way]) -> datetime | None:
    """At a confirmed address arrival is service, elsewhere only knowledge; of several ways the earliest counts."""
    return min((at for way in ways for at in _effective(way)), default=None)


def _effective(way: Way) -> tuple[datetime, ...]:
    instants = (way.arrived_at if way.confirmed else None, way.known_at)
    return tuple(at for at in instants if at is not None)
