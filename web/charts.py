"""Small charts as points for an SVG that the server draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, EDGE = 160, 44, 5


@dataclass(frozen=True, slots=True)
class Line:
    """The pieces of a line (it breaks where nothing was counted) and its last dot."""

    pieces: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]


def line(values: Sequence[float | None], *, top: float | None = None) -> Line:
    """A line from zero up to `top` (a share's 1), or to the highest value."""
    highest = top or max((value for value in values if value is not None), default=0) or 1
    step = (WIDTH - 2 * EDGE) / max(len(values) - 1, 1)
    places = [
        None
        if value is None
        else (round(EDGE + n * step, 1), round(HEIGHT - EDGE - value / highest * (HEIGHT - 2 * EDGE), 1))
        for n, value in enumerate(values)
    ]
    pieces: list[list[str]] = [[]]
    for place in places:
        if place is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{place[0]},{place[1]}")
    return Line(
        tuple(" ".join(piece) for piece in pieces if len(piece) > 1),
        tuple(place for place in places if place is not None),
    )
