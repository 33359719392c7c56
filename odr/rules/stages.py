"""Tables of moves: what may happen to an object in each stage, and which clocks that starts or stops.

A move never decides who may make it (that is `rules.access`); it says what is possible at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from odr.errors import WrongStage
from odr.rules.words import Do

S = TypeVar("S", bound=StrEnum)


class Staged(Protocol):
    """Anything that stands in a stage."""

    @property
    def stage(self) -> StrEnum: ...


@dataclass(frozen=True, slots=True)
class Move(Generic[S]):
    """One arrow in a diagram: from `source`, by `do`, to `target`."""

    do: Do
    source: frozenset[S]
    target: S
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Moves(Generic[S]):
    """All arrows of one kind of object. A pair (stage, do) names at most one arrow."""

    stages: type[S]
    arrows: tuple[Move[S], ...]

    def find(self, stage: S, do: Do) -> Move[S] | None:
        return next((m for m in self.arrows if m.do is do and stage in m.source), None)

    def take(self, row: Staged, do: Do) -> Move[S]:
        """The arrow for this row; WrongStage if there is none."""
        move = self.find(self.stages(row.stage), do)
        if move is None:
            raise WrongStage(was=str(row.stage), wanted=str(do))
        return move

    def may_do(self, stage: S) -> tuple[Do, ...]:
        return tuple(m.do for m in self.arrows if stage in m.source)

    def pairs(self) -> Iterator[tuple[S, Do, Move[S] | None]]:
        """Every stage with every act of this table, for the exhaustive test."""
        acts = dict.fromkeys(m.do for m in self.arrows)
        return ((stage, do, self.find(stage, do)) for stage in self.stages for do in acts)


def at(*stages: S) -> frozenset[S]:
    return frozenset(stages)


def anywhere_but(kind: type[S], *ends: S) -> frozenset[S]:
    return frozenset(kind) - frozenset(ends)


def clocks(moves: Iterable[Moves[Any]]) -> frozenset[str]:
    """Every clock id that some arrow starts or stops."""
    return frozenset(c for table in moves for m in table.arrows for c in m.starts + m.stops)
