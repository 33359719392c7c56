"""The round vermilion seal, drawn as lines and letter outlines: no picture, no font to embed.

Name on the ring, a star in the middle; an organisation's seal says 调解专用章 below the star.
A people's court's own seal bears the national emblem, whose drawing the law leaves to few makers: the star
keeps its place until a court brings the picture of the seal that was made for it.
"""

from __future__ import annotations

from functools import lru_cache
from math import cos, pi, radians, sin
from typing import TYPE_CHECKING, Any

from fontTools.misc.transform import Transform
from fontTools.pens.basePen import BasePen
from fontTools.pens.transformPen import TransformPen

from documents import faces

if TYPE_CHECKING:
    from documents.authority import Kind

POINTS_PER_MM = 72 / 25.4
DIAMETER = {"court": 42.0, "organisation": 40.0}  # mm
VERMILION = "0.80 0.11 0.12"
PURPOSE = "调解专用章"
_CIRCLE = 0.5522847498  # how far the handles of a Bézier quarter stand off


class Strokes(BasePen):  # type: ignore[misc]  # fontTools carries no types
    """Writes outlines as PDF path operators, to the hundredth of a millimetre."""

    def __init__(self) -> None:
        super().__init__(None)
        self.steps: list[str] = []

    def _add(self, operator: str, *points: tuple[float, float]) -> None:
        self.steps.append(" ".join(f"{x:.2f} {y:.2f}" for x, y in points) + f" {operator}")

    def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802  # fontTools' names
        self._add("m", pt)

    def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self._add("l", pt)

    def _curveToOne(self, pt1: Any, pt2: Any, pt3: Any) -> None:  # noqa: N802
        self._add("c", pt1, pt2, pt3)

    def _closePath(self) -> None:  # noqa: N802
        self.steps.append("h")


@lru_cache(maxsize=64)
def drawing(name: str, kind: Kind) -> bytes:
    """The seal as PDF drawing operators in a square of its diameter, in points."""
    size = DIAMETER[kind] * POINTS_PER_MM
    radius = DIAMETER[kind] / 2
    pen = Strokes()
    _ring_text(pen, name, radius - 2.1, 275 if kind == "court" else 232)  # room for its purpose below
    _star(pen, 0, 1.2 if kind == "organisation" else 0, 6.4)
    if kind == "organisation":
        _line_text(pen, PURPOSE, -10.2, 3.7)
    steps = [
        f"q {VERMILION} rg {VERMILION} RG",
        f"{POINTS_PER_MM:.5f} 0 0 {POINTS_PER_MM:.5f} {size / 2:.3f} {size / 2:.3f} cm",
        "1.2 w",
        *_circle(radius - 0.7),
        "S",
        *pen.steps,
        "f Q",
    ]
    return "\n".join(steps).encode()


def _circle(r: float) -> list[str]:
    k = r * _CIRCLE
    return [
        f"{r:.3f} 0 m",
        f"{r:.3f} {k:.3f} {k:.3f} {r:.3f} 0 {r:.3f} c",
        f"{-k:.3f} {r:.3f} {-r:.3f} {k:.3f} {-r:.3f} 0 c",
        f"{-r:.3f} {-k:.3f} {-k:.3f} {-r:.3f} 0 {-r:.3f} c",
        f"{k:.3f} {-r:.3f} {r:.3f} {-k:.3f} {r:.3f} 0 c h",
    ]


def _star(pen: Strokes, x: float, y: float, radius: float) -> None:
    inner = radius * 0.382
    corners = [
        (x + r * sin(n * pi / 5), y + r * cos(n * pi / 5))
        for n in range(10)
        for r in ([radius, inner][n % 2],)
    ]
    pen.moveTo(corners[0])
    for corner in corners[1:]:
        pen.lineTo(corner)
    pen.closePath()


def _ring_text(pen: Strokes, name: str, outer: float, most: float) -> None:
    """Characters stand on the ring, feet to the centre, over at most so many degrees of it."""
    height = 5.6
    step = min(26.0, most / max(len(name) - 1, 1))
    width = min(height * 0.9, radians(step) * (outer - height) * 1.08)
    first = step * (len(name) - 1) / 2
    for index, character in enumerate(name):
        turn = radians(first - index * step)
        place = Transform().rotate(turn).translate(0, outer - height / 2)
        _character(pen, character, place, width, height)


def _line_text(pen: Strokes, text: str, y: float, size: float) -> None:
    for index, character in enumerate(text):
        x = (index - (len(text) - 1) / 2) * size * 1.08
        _character(pen, character, Transform().translate(x, y), size, size)


def _character(pen: Strokes, character: str, place: Transform, width: float, height: float) -> None:
    """One character centred on the place, its em stretched to width and height."""
    fitted = place.scale(width / faces.EM, height / faces.EM).translate(-faces.EM / 2, -380)
    faces.outline("title", character, TransformPen(pen, fitted))
