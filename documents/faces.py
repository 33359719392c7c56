"""The typefaces of the papers.

Every face is a chain of font files, each trusted with some characters: one that the first lacks is
taken from the next, so a rare name never falls to a stranger's font. No other font is ever used.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from fontTools.pens.filterPen import DecomposingFilterPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

from odr.errors import Broken, Unprintable
from odr.facts import printable

OWN = Path(__file__).parent / "fonts"  # a court may put its licensed fang.ttf, song.ttf … here
_NOTO = Path("/usr/share/fonts/opentype/noto")
_SERIF, _BOLD = _NOTO / "NotoSerifCJK-Regular.ttc", _NOTO / "NotoSerifCJK-Bold.ttc"
_SANS = _NOTO / "NotoSansCJK-Regular.ttc"
_WENKAI = Path("/usr/share/fonts/truetype/lxgw-wenkai")
_KAI, _KAI_LIGHT = _WENKAI / "LXGWWenKai-Regular.ttf", _WENKAI / "LXGWWenKai-Light.ttf"
_ROMAN = Path("/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf")
_HANA = Path("/usr/share/fonts/truetype/hanazono")
_BABEL = Path("/usr/share/fonts/truetype/babelstone/BabelStoneHan.ttf")
SC = 2  # the Simplified Chinese member of Noto's collections

# Outside GB 2312 FandolFang draws 幹 as 干 and 捨 as 舍, and its ￥ is a dollar sign; 〇 is in every ruling's date.
_GB2312 = frozenset(
    ord(c) for row in range(0xA1, 0xF8) for at in range(0xA1, 0xFF) for c in bytes((row, at)).decode("gb2312", "ignore")
) - {0xFFE5} | {0x3007}  # fmt: skip
_EVERY, _LATIN, _ASCII = range(0x110000), range(0x250), range(0x21, 0x7F)
_BASIC, _NEWEST, _RAREST = range(0x3400, 0x9FEB), range(0x9FEB, 0xA000), range(0x20000, 0x2EBE1)

Kept = Collection[int]  # which characters a file is trusted with
# Every ideograph of GB 18030-2022, level 3: a name in the household register is printed as it is written.
_RARE: tuple[tuple[Path, Kept], ...] = (
    (_HANA / "HanaMinA.ttf", _BASIC),
    (_BABEL, _NEWEST),
    (_HANA / "HanaMinB.ttf", _RAREST),
)
CHAINS: dict[str, tuple[tuple[Path, Kept], ...]] = {
    "fang": (
        (OWN / "fang.ttf", _EVERY),
        (OWN / "FandolFang-Regular.otf", _GB2312),
        (_ROMAN, _ASCII),  # figures as light as 仿宋
        (_SERIF, _LATIN),
        (_KAI_LIGHT, _EVERY),  # a brush hand as thin as 仿宋, for the names 仿宋 lacks
        (_SERIF, _EVERY),
        *_RARE,
    ),
    "song": ((OWN / "song.ttf", _EVERY), (_SERIF, _EVERY), *_RARE),
    "title": ((OWN / "title.ttf", _EVERY), (_BOLD, _EVERY), *_RARE),
    "hei": ((OWN / "hei.ttf", _EVERY), (_SANS, _EVERY), *_RARE),
    "kai": ((OWN / "kai.ttf", _EVERY), (_KAI, _EVERY), (_SERIF, _EVERY), *_RARE),
}
EM = 1000
_reading = threading.Lock()  # a font file is read where its one handle stands, as a glyph is wanted


@dataclass(slots=True)
class Source:
    """One font file, opened once."""

    font: TTFont
    cmap: dict[int, str] = field(init=False)
    outlines: Any = field(init=False)
    scale: float = field(init=False)

    def __post_init__(self) -> None:
        self.cmap, self.outlines = self.font.getBestCmap(), self.font.getGlyphSet()
        self.scale = EM / self.font["head"].unitsPerEm

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


def files() -> list[Path]:
    """Every installed file of any face."""
    return sorted({path for face in CHAINS for path, _ in chain(face)})


def families(names: Mapping[Path, str]) -> dict[str, list[dict[str, str | None]]]:
    """Each face for the typesetter: the family each file is called by, with the characters it is for."""
    return {
        face: [{"name": names[path], "covers": _class_of(kept)} for path, kept in chain(face)]
        for face in CHAINS
    }


def _class_of(kept: Kept) -> str | None:
    """The characters as a class of a regular expression; none for all of them."""
    if kept == _EVERY:
        return None
    runs = [(kept[0], kept[-1])] if isinstance(kept, range) else _runs(sorted(kept))
    return "[" + "".join(f"\\u{{{first:x}}}-\\u{{{last:x}}}" for first, last in runs) + "]"


def _runs(codes: list[int]) -> Iterator[tuple[int, int]]:
    first = codes[0]
    for one, after in zip(codes, [*codes[1:], -1], strict=True):
        if after != one + 1:
            yield first, one
            first = after


@cache
def opened(path: Path) -> Source:
    """A font file; most documents never need the last of a chain."""
    return Source(TTFont(path, fontNumber=SC if path.suffix == ".ttc" else -1, lazy=True))


def unprintable(characters: Iterable[str]) -> list[str]:
    """The characters that some face cannot print, as U+ numbers; only a rare one is worth opening the files."""
    rare = set(characters) - printable.characters()
    with _reading:
        return [
            f"U+{ord(c):04X}" for c in sorted(rare) if any(_source(face, ord(c)) is None for face in CHAINS)
        ]


def _source(face: str, code: int) -> Source | None:
    trusted = (opened(path) for path, kept in chain(face) if code in kept)
    return next((source for source in trusted if code in source.cmap), None)


def outline(face: str, character: str, pen: Any) -> None:
    """Draw one character's own curves."""
    with _reading:
        source = _source(face, ord(character))
        if source is None:
            raise Unprintable(characters=f"U+{ord(character):04X}")
        source.draw(ord(character), pen)
