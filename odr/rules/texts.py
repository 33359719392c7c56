"""Text as it may be kept: what people type or paste, without what nobody can see."""

from __future__ import annotations

import unicodedata


def tidy(text: str) -> str:
    """No control characters, one kind of line end, no blanks around it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(c for c in lines if c == "\n" or _printable(c)).strip()


def _printable(c: str) -> bool:
    return unicodedata.category(c) not in ("Cc", "Cs") and ord(c) & 0xFFFE != 0xFFFE
