"""Money as people type and read it; inside it is always an integer of fen."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from odr.facts.words import capital_amount

MOST_FEN = 10**14  # a million million yuan: whatever is larger is a slip
_AMOUNT = re.compile(r"((?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d{1,6})?)(万|亿)?")
_TIMES = {None: 1, "万": 10_000, "亿": 100_000_000}


def parse(text: str) -> int | None:
    """Fen from 12,000.50, １２０００元, 1.2万 …; None if it is no amount or finer than a fen."""
    plain = re.sub(r"[\s¥￥]|人民币|元$|圆$", "", unicodedata.normalize("NFKC", text).strip())
    match = _AMOUNT.fullmatch(plain)
    if match is None:
        return None
    fen = Decimal(match[1].replace(",", "")) * 100 * _TIMES[match[2]]
    return int(fen) if fen == int(fen) and fen <= MOST_FEN else None


def yuan(fen: int) -> str:
    """12,000元, or 12,000.50元 when there are jiao and fen."""
    whole, rest = divmod(fen, 100)
    return f"{whole:,}元" if not rest else f"{whole:,}.{rest:02d}元"


def in_full(fen: int) -> str:
    """As a binding text says it: 人民币12,000元（大写：人民币壹万贰仟元整）."""
    return f"人民币{yuan(fen)}（大写：{capital_amount(fen)}）"
