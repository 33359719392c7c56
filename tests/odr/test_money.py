"""Money as people type it, kept as fen."""

from __future__ import annotations

import pytest

from odr.rules import money


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("12000", 1_200_000),
        ("12,000.50", 1_200_050),
        ("１２０００元", 1_200_000),
        ("¥ 3", 300),
        ("人民币 3 元", 300),
        ("1.2万", 1_200_000),
        ("1.5亿元", 15_000_000_000),
        ("0.01", 1),
        ("0", 0),
    ],
)
def test_an_amount_is_understood(typed: str, fen: int):
    assert money.parse(typed) == fen


@pytest.mark.parametrize(
    "typed", ["", "abc", "-3", "1,2", "1,2000", "0.005", "1e6", "1.2.3", "十元", "9" * 30]
)
def test_what_is_no_amount_is_none(typed: str):
    assert money.parse(typed) is None


@pytest.mark.parametrize(
    ("fen", "text"), [(1_200_000, "12,000元"), (1_200_050, "12,000.50元"), (5, "0.05元")]
)
def test_yuan_are_written_with_fen_only_if_there_are_any(fen: int, text: str):
    assert money.yuan(fen) == text


def test_a_binding_amount_stands_twice():
    assert money.in_full(1_200_000) == "人民币12,000元（大写：人民币壹万贰仟元整）"
