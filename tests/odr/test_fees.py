"""Court fees against the short formulas of the same bands (诉讼费用交纳办法, art. 13, 14)."""

from __future__ import annotations

import pytest

from odr.rules import fees


@pytest.mark.parametrize(
    ("yuan", "fee"),
    [
        (0, 50),
        (1, 50),
        (10_000, 50),
        (10_001, 50.03),  # 0.025 yuan, half a fen goes up
        (20_000, 300),
        (100_000, 2_300),
        (200_000, 4_300),
        (500_000, 8_800),
        (1_000_000, 13_800),
        (2_000_000, 22_800),
        (5_000_000, 46_800),
        (10_000_000, 81_800),
        (20_000_000, 141_800),
        (50_000_000, 291_800),
    ],
)
def test_a_property_case(yuan: int, fee: float):
    assert fees.of("property", yuan * 100).low_fen == round(fee * 100)


@pytest.mark.parametrize(
    ("kind", "yuan", "low", "high"),
    [
        ("labour", 500_000, 10, 10),
        ("divorce", 200_000, 50, 300),
        ("divorce", 300_000, 550, 800),
        ("personality", 50_000, 100, 500),
        ("personality", 100_000, 600, 1_000),
        ("personality", 200_000, 1_100, 1_500),
        ("other", 0, 50, 100),
        ("confirmation", 900_000, 0, 0),
        ("preservation", 1_000, 30, 30),
        ("preservation", 100_000, 1_020, 1_020),
        ("preservation", 10_000_000, 5_000, 5_000),
        ("enforcement", 10_000, 50, 50),
        ("enforcement", 500_000, 7_400, 7_400),
    ],
)
def test_other_fees(kind: str, yuan: int, low: int, high: int):
    fee = fees.of(kind, yuan * 100)

    assert (fee.low_fen, fee.high_fen) == (low * 100, high * 100)


def test_the_steps_add_up_to_the_fee():
    fee = fees.of("property", 35_000_000)

    assert sum(step.fee_fen for step in fee.steps) == fee.low_fen
    assert sum(step.part_fen for step in fee.steps) == 35_000_000


def test_a_fee_is_halved_once_only():
    once = fees.halved(fees.of("property", 2_000_000))

    assert once.low_fen == 15_000
    assert fees.halved(once) == once


def test_a_payment_order_costs_a_third():
    assert fees.payment_order(2_000_000).low_fen == 10_000
