"""What would follow if a step were taken at a given time: which clocks would start, and when they would end.

It says nothing of what people will do, only what the law would then count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from odr.rules import clocks, pack
from odr.rules.calendar import Calendar
from odr.rules.clocks import Due
from odr.rules.moves import ALL
from odr.rules.stages import Moves
from odr.rules.words import Do, Track

# Ways out that nobody plans for
DETOURS = frozenset({Do.REPLACE_MEDIATOR, Do.DECLINE, Do.ASK_CORRECTION, Do.REPLACE_JUDGE, Do.DECIDE_RECUSAL})


@dataclass(frozen=True, slots=True)
class Ahead:
    """If this act came at that time, this clock would end then."""

    do: Do
    due: Due


def after(
    rule: str,
    at: datetime,
    *,
    track: Track | None = None,
    summary: bool = False,
    days: Calendar | None = None,
    court_settings: Mapping[str, Any] | None = None,
) -> tuple[Ahead, ...]:
    """For a running clock: each act that would stop it, with the clocks that the act would start."""
    return tuple(
        Ahead(
            do,
            clocks.due(next_rule, at, track=track, summary=summary, days=days, court_settings=court_settings),
        )
        for do in _answers(rule)
        for next_rule in _started(do)
        if next_rule != pack.MEDIATION_CLOCK or track is not None
    )


def extended(rule: str, since: datetime, told: Mapping[str, Any], days: Calendar | None = None) -> Due | None:
    """The latest end that an extension could still give; none if there is none left."""
    law = pack.load().clocks[rule]
    if not law.extra_days or told.get("extensions"):
        return None
    paused = [(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in told["paused"]]
    return clocks.due(rule, since, extra_days=law.extra_days, paused=paused, days=days)


def _answers(rule: str) -> Iterator[Do]:
    """Acts that answer this clock from where it began to run: they stop it and start another."""
    found = {
        arrow.do: None
        for table in ALL
        for arrow in table.arrows
        if rule in arrow.stops and rule not in arrow.starts and arrow.source & _begun(table, rule)
    }
    return (do for do in found if do not in DETOURS and _started(do))


def _begun(table: Moves[Any], rule: str) -> frozenset[StrEnum]:
    """The stages in which this clock begins to run."""
    return frozenset(arrow.target for arrow in table.arrows if rule in arrow.starts)


def _started(do: Do) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            rule for table in ALL for arrow in table.arrows if arrow.do is do for rule in arrow.starts
        )
    )
