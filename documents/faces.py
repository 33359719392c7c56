"""Typefaces cut to what one document prints.

Every face is a chain of font files: a character missing in the first is taken from the next, into
the same cut font, so a rare name never changes the line or falls to a stranger's font. The cut is
TrueType, because a CJK font cut by glyph number keeps an index of 60 000 empty glyphs.
"""

from __future__ import annotations

import struct
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from itertools import accumulate
from pathlib import Path
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.filterPen import DecomposingFilterPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables.DefaultTable import DefaultTable

from odr.errors import Broken, Unprintable

OWN = Path(__file__).parent / "fonts"  # a court may put its licensed fang.ttf, song.ttf … here
_NOTO = Path("/usr/share/fonts/opentype/noto")
_SERIF, _BOLD = _NOTO / "NotoSerifCJK-Regular.ttc", _NOTO / "NotoSerifCJK-Bold.ttc"
_SANS = _NOTO / "NotoSansCJK-Regular.ttc"
_WENKAI = Path("/usr/share/fonts/truetype/lxgw-wenkai")
_KAI, _KAI_LIGHT = _WENKAI / "LXGWWenKai-Regular.ttf", _WENKAI / "LXGWWenKai-Light.ttf"
_ROMAN = Path("/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf")
_HANA = Path("/usr/share/fonts/truetype/hanazono")
_BABEL = Path("/usr/share/fonts/truetype/babelstone/BabelStoneHan.ttf")
_SC = 2  # the Simplified Chinese member of Noto's collections


def _every(_code: int) -> bool:
    return True


def _latin(code: int) -> bool:
    return code < 0x250


def _gb2312(code: int) -> bool:
    # Outside GB 2312 FandolFang draws 幹 as 干 and 捨 as 舍, and its ￥ is a dollar sign.
    try:
        return len(chr(code).encode("gb2312")) == 2 and code != 0xFFE5
    except UnicodeEncodeError:
        return code == 0x3007  # 〇, in every ruling's date


def _ascii(code: int) -> bool:
    return 0x20 < code < 0x7F


def _basic(code: int) -> bool:
    return 0x3400 <= code < 0x9FEB


def _newest(code: int) -> bool:
    return 0x9FEB <= code < 0xA000


def _rare(code: int) -> bool:
    return 0x20000 <= code < 0x2EBE1


Kept = Callable[[int], bool]  # which characters a file is trusted with
# Every ideograph of GB 18030-2022, level 3: a name in the household register is printed as it is written.
_RARE: tuple[tuple[Path, Kept], ...] = (
    (_HANA / "HanaMinA.ttf", _basic),
    (_BABEL, _newest),
    (_HANA / "HanaMinB.ttf", _rare),
)
CHAINS: dict[str, tuple[tuple[Path, Kept], ...]] = {
    "fang": (
        (OWN / "fang.ttf", _every),
        (OWN / "FandolFang-Regular.otf", _gb2312),
        (_ROMAN, _ascii),  # figures as light as 仿宋
        (_SERIF, _latin),
        (_KAI_LIGHT, _every),  # a brush hand as thin as 仿宋, for the names 仿宋 lacks
        (_SERIF, _every),
        *_RARE,
    ),
    "song": ((OWN / "song.ttf", _every), (_SERIF, _every), *_RARE),
    "title": ((OWN / "title.ttf", _every), (_BOLD, _every), *_RARE),
    "hei": ((OWN / "hei.ttf", _every), (_SANS, _every), *_RARE),
    "kai": ((OWN / "kai.ttf", _every), (_KAI, _every), (_SERIF, _every), *_RARE),
}
ALWAYS = " \u00a0-—0123456789"  # what the layout itself may add
EM = 1000
_reading = threading.Lock()  # a font file is read where its one handle stands, as a glyph is wanted


@dataclass(frozen=True, slots=True)
class Drawn:
    """One outline as it stands in a font file: compiled once, set into every cut that needs it."""

    data: bytes
    advance: int
    left: int
    points: int
    contours: int

    @classmethod
    def of(cls, glyph: Any, advance: int) -> Drawn:
        glyph.recalcBounds(None)
        data: bytes = glyph.compile(None, recalcBBoxes=False)
        drawn = glyph.numberOfContours > 0
        points = len(glyph.coordinates) if drawn else 0
        left = glyph.xMin if drawn else 0
        return cls(data + b"\0" * (-len(data) % 4), advance, left, points, max(glyph.numberOfContours, 0))


EMPTY = Drawn(b"", EM, 0, 0, 0)


@dataclass(slots=True)
class Source:
    """One font file, opened once, its outlines converted once."""

    font: TTFont
    glyphs: dict[int, Drawn] = field(default_factory=dict)
    cmap: dict[int, str] = field(init=False)
    outlines: Any = field(init=False)
    scale: float = field(init=False)

    def __post_init__(self) -> None:
        self.cmap, self.outlines = self.font.getBestCmap(), self.font.getGlyphSet()
        self.scale = EM / self.font["head"].unitsPerEm

    def glyph(self, code: int) -> Drawn:
        """The TrueType outline and the advance of a character, on our em."""
        if code not in self.glyphs:
            pen = TTGlyphPen(None)
            with _reading:
                self.draw(code, Cu2QuPen(pen, 1.0, reverse_direction="glyf" not in self.font))
                advance = round(self.outlines[self.cmap[code]].width * self.scale)
                self.glyphs[code] = Drawn.of(pen.glyph(), advance)
        return self.glyphs[code]

    def draw(self, code: int, pen: Any) -> None:
        """A character's own curves on our em, whatever em its file is drawn on and whatever it is put together of."""
        scaled = pen if self.scale == 1 else TransformPen(pen, (self.scale, 0, 0, self.scale, 0, 0))
        self.outlines[self.cmap[code]].draw(DecomposingFilterPen(scaled, self.outlines))


@cache
def chain(face: str) -> tuple[tuple[Path, Kept], ...]:
    """The installed font files of a face, best first, each with what it is trusted with."""
    files = [(path, kept) for path, kept in CHAINS[face] if path.exists()]
    if not files:
        raise Broken(f"no font file for {face}; install the font packages of the Makefile")
    return tuple(files)


@cache
def opened(path: Path) -> Source:
    """A font file; most documents never need the last of a chain."""
    return Source(TTFont(path, fontNumber=_SC if path.suffix == ".ttc" else -1, lazy=True))


def unprintable(characters: Iterable[str]) -> list[str]:
    """The characters no face can print, as U+ numbers."""
    return [f"U+{ord(c):04X}" for c in sorted(set(characters)) if _source("fang", ord(c)) is None]


def _source(face: str, code: int) -> Source | None:
    trusted = (opened(path) for path, kept in chain(face) if kept(code))
    return next((source for source in trusted if code in source.cmap), None)


def outline(face: str, character: str, pen: Any) -> None:
    """Draw one character's own curves."""
    source = _require(face, ord(character))
    with _reading:
        source.draw(ord(character), pen)


def cut(face: str, text: str) -> bytes:
    """A TrueType font of exactly these characters; the same characters give the same bytes."""
    codes = sorted({ord(c) for c in text + ALWAYS})
    names = [".notdef", *(f"u{code:05X}" for code in codes)]
    drawn = [EMPTY, *(_require(face, code).glyph(code) for code in codes)]
    builder = FontBuilder(EM, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap(dict(zip(codes, names[1:], strict=True)))
    builder.setupHorizontalMetrics(
        {name: (one.advance, one.left) for name, one in zip(names, drawn, strict=True)}
    )
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": f"Odr {face}", "styleName": "Regular", "psName": f"Odr-{face}"})
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120, usWinAscent=880, usWinDescent=120)
    builder.setupPost(keepGlyphNames=False)
    _set(builder.font, drawn)
    written = BytesIO()
    builder.font.save(written)
    return written.getvalue()


def _set(font: TTFont, drawn: list[Drawn]) -> None:
    """Put the compiled outlines in, as they are: compiling them anew is most of the work of a cut."""
    font.recalcBBoxes = font.recalcTimestamp = False
    head, most = font["head"], font["maxp"]
    head.created = head.modified = 0
    head.xMin, head.yMin, head.xMax, head.yMax = 0, -EM, EM, EM
    head.indexToLocFormat = 1
    most.maxPoints = max(one.points for one in drawn)
    most.maxContours = max(one.contours for one in drawn)
    font["hhea"].advanceWidthMax = max(one.advance for one in drawn)
    offsets = [0, *accumulate(len(one.data) for one in drawn)]
    for tag, data in (
        ("glyf", b"".join(one.data for one in drawn)),
        ("loca", struct.pack(f">{len(offsets)}I", *offsets)),
    ):
        font[tag] = DefaultTable(tag)
        font[tag].data = data


def _require(face: str, code: int) -> Source:
    source = _source(face, code)
    if source is None:
        raise Unprintable(characters=f"U+{code:04X}")
    return source
