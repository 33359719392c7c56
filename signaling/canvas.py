"""The picture of a film: a grid of people on a dark ground, drawn straight into the planes of YUV 4:2:0."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple, Protocol

import av
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, BAR, LABEL, EDGE = 1280, 720, 40, 32, 4  # all even: colour has half the lines
GROUND, QUIET, SPEAKING, GREY = 24, 44, 210, 128
FACE = "NotoSansCJK-Regular.ttc"


class Rect(NamedTuple):
    """Where, in pixels; all even."""

    x: int
    y: int
    width: int
    height: int


class Place(NamedTuple):
    """Somebody's tile."""

    label: str
    rect: Rect


class HasScreen(Protocol):
    is_screen: bool


class Canvas:
    """One picture, drawn over from tick to tick; only what changes is drawn."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._planes = [bytearray([GROUND]) * (WIDTH * HEIGHT), *_colours()]
        self._places: list[Place] = []
        self._shown: list[tuple[av.VideoFrame | None, bool] | None] = []
        self._clock = ""

    def arrange(self, wanted: list[Place]) -> None:
        """A tile for each, on a clean ground if they are others than before."""
        if wanted == self._places:
            return
        self._places, self._shown, self._clock = wanted, [None] * len(wanted), ""
        self._planes = [bytearray([GROUND]) * (WIDTH * HEIGHT), *_colours()]
        for label, rect in wanted:
            self._write(label, rect.x + EDGE + 8, rect.y + rect.height - LABEL, rect.width - 2 * EDGE - 16)

    def show(self, number: int, picture: av.VideoFrame | None, *, speaking: bool) -> None:
        """Somebody's picture in their tile, fitted into it, and a light frame while they speak."""
        before = self._shown[number]
        if before is not None and before[0] is picture and before[1] == speaking:
            return
        self._shown[number] = (picture, speaking)
        rect = self._places[number].rect
        if before is None or before[1] != speaking:
            self._frame(rect, SPEAKING if speaking else QUIET)
        if picture is not None and (before is None or before[0] is not picture):
            room = Rect(rect.x + EDGE, rect.y + EDGE, rect.width - 2 * EDGE, rect.height - LABEL - EDGE)
            self._paste(picture, room)

    def clock(self, text: str) -> None:
        """The court's time in the bar above."""
        if text == self._clock:
            return
        self._clock = text
        self._write(f"{self._title}   {text}", 16, 2, WIDTH - 32)

    def frame(self, tick: int, fps: int) -> av.VideoFrame:
        """What is drawn, as a frame of a film."""
        made = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        for plane, drawn, width in zip(
            made.planes, self._planes, (WIDTH, WIDTH // 2, WIDTH // 2), strict=True
        ):
            plane.update(bytes(drawn) if plane.line_size == width else _padded(drawn, width, plane.line_size))
        made.pts, made.time_base = tick, Fraction(1, fps)
        return made

    def _paste(self, picture: av.VideoFrame, room: Rect) -> None:
        scale = min(room.width / picture.width, room.height / picture.height)
        width, height = (max(2, int(side * scale) & ~1) for side in (picture.width, picture.height))
        small = picture.reformat(width=width, height=height, format="yuv420p")
        x, y = room.x + (room.width - width) // 2 & ~1, room.y + (room.height - height) // 2 & ~1
        for plane, drawn, half in zip(small.planes, self._planes, (1, 2, 2), strict=True):
            lines, across = memoryview(plane), WIDTH // half
            for line in range(height // half):
                at = (y // half + line) * across + x // half
                drawn[at : at + width // half] = lines[line * plane.line_size :][: width // half]

    def _frame(self, rect: Rect, light: int) -> None:
        brightness, bar = self._planes[0], bytes([light])
        for line in range(rect.y, rect.y + rect.height):
            at = line * WIDTH + rect.x
            if line < rect.y + EDGE or line >= rect.y + rect.height - EDGE:
                brightness[at : at + rect.width] = bar * rect.width
            else:
                brightness[at : at + EDGE] = brightness[at + rect.width - EDGE : at + rect.width] = bar * EDGE

    def _write(self, text: str, x: int, y: int, width: int) -> None:
        drawn = Image.new("L", (width, LABEL - EDGE), GROUND)
        ImageDraw.Draw(drawn).text((0, 0), text, fill=230, font=_face())
        pixels = drawn.tobytes()
        for line in range(drawn.height):
            at = (y + line) * WIDTH + x
            self._planes[0][at : at + width] = pixels[line * width : (line + 1) * width]


def places(people: Sequence[HasScreen]) -> list[Rect]:
    """Equal tiles for all; a shared screen takes three quarters, and the people the column beside it."""
    screens = [one for one in people if one.is_screen]
    if not screens:
        return _grid(Rect(0, BAR, WIDTH, HEIGHT - BAR), len(people))
    wide = WIDTH * 3 // 4
    left = iter(_grid(Rect(0, BAR, wide, HEIGHT - BAR), len(screens)))
    right = iter(
        _grid(Rect(wide, BAR, WIDTH - wide, HEIGHT - BAR), len(people) - len(screens), most_across=1)
    )
    return [next(left if one.is_screen else right) for one in people]


def _grid(room: Rect, count: int, most_across: int = 8) -> list[Rect]:
    if not count:
        return []
    across = min(math.ceil(math.sqrt(count)), most_across)
    width, height = room.width // across & ~1, room.height // math.ceil(count / across) & ~1
    return [
        Rect(room.x + number % across * width, room.y + number // across * height, width, height)
        for number in range(count)
    ]


def _colours() -> list[bytearray]:
    return [bytearray([GREY]) * (WIDTH * HEIGHT // 4) for _ in range(2)]


def _padded(drawn: bytearray, width: int, line_size: int) -> bytes:
    pad = bytes(line_size - width)
    return b"".join(drawn[at : at + width] + pad for at in range(0, len(drawn), width))


@lru_cache(maxsize=1)
def _face() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    try:
        return ImageFont.truetype(FACE, 20)
    except OSError:  # a media server without fonts still films
        return ImageFont.load_default(20)
