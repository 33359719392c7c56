"""Text as it may be kept: what people type or paste, without what nobody can see."""

from __future__ import annotations

import unicodedata

_LINE_ENDS = str.maketrans({"\r": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n", "\t": " "})
UNSEEN = frozenset({"Cc", "Cs", "Cf"})  # control, half a character, and what turns or joins others


def tidy(text: str) -> str:
    """The text as `legible`, with no blanks around it."""
    return legible(text).strip()


def legible(text: str) -> str:
    """One kind of line end and of blank, and nothing that cannot be seen: no control, no turning round."""
    lines = text.replace("\r\n", "\n").translate(_LINE_ENDS)
    return "".join(c for c in lines if c == "\n" or _seen(c))


def _seen(c: str) -> bool:
    return (c.isascii() and c.isprintable()) or (
        unicodedata.category(c) not in UNSEEN and ord(c) & 0xFFFE != 0xFFFE
    )
