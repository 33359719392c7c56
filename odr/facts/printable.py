"""Characters that every typeface of our papers has, so that no act can promise a paper that cannot be printed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from odr.errors import Unprintable

RANGES = Path(__file__).with_suffix(".txt")  # code points in hexadecimal, single or from-to


@cache
def characters() -> frozenset[str]:
    """Every character that can be printed, and the end of a line."""
    spans = (part.partition("-") for part in RANGES.read_text("ascii").split())
    codes = (range(int(first, 16), int(last or first, 16) + 1) for first, _, last in spans)
    return frozenset(chr(code) for span in codes for code in span) | {"\n"}


def require(*texts: str) -> None:
    """Unprintable, naming what cannot be printed, if a paper could not hold one of these texts."""
    if lost := sorted({c for text in texts for c in text} - characters()):
        raise Unprintable(characters="、".join(f"{c}（U+{ord(c):04X}）" for c in lost[:20]))
