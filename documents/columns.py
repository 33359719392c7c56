"""How wide the columns of a table are, and where a word too long for its place may be broken.

A browser finds both by trying; here they are reckoned from the number of characters, once.
"""

from __future__ import annotations

import re
import unicodedata
from math import ceil

from documents.galley import BREAK, Element

WHOLE, FORM, FACE = (
    36.8,
    38.7,
    29.5,
)  # the type area in em of a table's letters: a paper's, a form's, a cover's
PADDING = 0.9  # em, both sides of a cell and its line
LEAST = 5.0  # em, however little a column says
LONGEST = 12.0  # em that a figure or an address may take in running text before a line may end in it
STEP = 4  # characters between two such places
FLUSH = 16.0  # em from which a cell is set flush on both edges; a narrower one would be torn apart
TALLEST = 16  # lines in a row before a page may end in it
SMALL = 0.75  # the letters of a digest
# What no rule of the script lets a line end within: figures and words, and marks heaped up.
_UNBROKEN = re.compile("[!-\u1fff]{5,}|[\u2010-\u206f\u3001-\u301f\uff01-\uff0f\uff1a-\uff20]{13,}")


def measure(page: Element) -> None:
    """Give every table its columns, every word that is too long the places where it may be broken."""
    (body,) = page.elements("body")
    for table in body.elements("table"):
        _measure(table, body.classes)
    _loosen(body, LONGEST)


def _measure(table: Element, shape: tuple[str, ...]) -> None:
    room = FACE if "face" in table.classes else FORM if "form" in shape else WHOLE
    rows = [(row, [cell for cell in row.kids if isinstance(cell, Element)]) for row in table.elements("tr")]
    wide = _columns(table, [cells for _, cells in rows], shape, room)
    table.marks["columns"] = [round(one, 2) for one in wide]
    for row, cells in rows:
        most, at = 0, 0
        for cell in cells:
            own = sum(wide[at : at + cell.span]) - PADDING
            at += cell.span
            most = max(most, _lines(cell, own))
            cell.marks["wide"] = own > FLUSH
            _loosen(cell, own)
        row.marks["tall"] = most > TALLEST


def _columns(table: Element, rows: list[list[Element]], shape: tuple[str, ...], room: float) -> list[float]:
    """The share of each column: what it must have, and of the rest as much as it could use."""
    count = max(sum(cell.span for cell in cells) for cells in rows)
    least, most = [LEAST] * count, [LEAST] * count
    fixed: dict[int, float] = {}
    for cells in rows:
        at = 0
        for cell in cells:
            if cell.span == 1:
                need = max(map(_width, _paragraphs(cell)), default=0.0) + PADDING
                most[at] = max(most[at], need)
                if _unbroken(cell):
                    least[at] = max(least[at], need)
                if own := _given(cell, table, shape):
                    fixed[at] = own + PADDING
            at += cell.span
    for at, own in fixed.items():
        least[at] = most[at] = own
    return _shared(least, most, set(fixed), room)


def _shared(least: list[float], most: list[float], fixed: set[int], room: float) -> list[float]:
    left, want = room - sum(least), sum(most) - sum(least)
    if left <= 0:  # more columns than the sheet has room for: each gives up its part
        return [low * room / sum(least) for low in least]
    if left <= want:
        return [low + left * (high - low) / want for low, high in zip(least, most, strict=True)]
    free = [high for at, high in enumerate(most) if at not in fixed] or most
    over = (room - sum(most)) / sum(free)
    return [
        high if at in fixed and len(fixed) < len(most) else high * (1 + over) for at, high in enumerate(most)
    ]


def _given(cell: Element, table: Element, shape: tuple[str, ...]) -> float:
    """The width a cell asks for by what it is, in em."""
    if cell.tag == "th":
        named = "rows" in table.classes or ("form" in shape and "list" not in table.classes)
        return 6.5 if "face" in table.classes else 5.0 if named else 0.0
    return {"n": 3.0, "head": 7.0}.get(next(iter(cell.classes), ""), 0.0)


def _unbroken(cell: Element) -> bool:
    return "when" in cell.classes or cell.marks.get("scope") == "col"


def _paragraphs(cell: Element) -> list[Element]:
    """The lines of a cell: its own words, then each paragraph in it."""
    own = Element("p", kids=[kid for kid in cell.kids if isinstance(kid, str) or kid.tag != "p"])
    return [own, *cell.elements("p")]


def _lines(cell: Element, room: float) -> int:
    return sum(ceil(_width(one) / room) for one in _paragraphs(cell))


def _width(words: Element) -> float:
    scale = SMALL if "hash" in words.classes else 1.0
    return scale * width(words.text())


def width(text: str) -> float:
    """About how many em a text takes in one line."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.55 for c in text if c != BREAK)


def _loosen(element: Element, room: float) -> None:
    own = room / SMALL if "hash" in element.classes else room
    for n, kid in enumerate(element.kids):
        if isinstance(kid, str):
            element.kids[n] = _UNBROKEN.sub(lambda found: _loosened(found[0], own), kid)
        elif kid.tag != "table":
            _loosen(kid, room)


def _loosened(run: str, room: float) -> str:
    if width(run) <= room:
        return run
    return BREAK.join(run[n : n + STEP] for n in range(0, len(run), STEP))
