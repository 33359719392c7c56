"""Interest and instalments: no fen is lost, no day is paid for twice, the law's cap holds."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odr.errors import BadInput
from odr.rules import fees, instalments, interest
from tests.make import day

FEN = st.integers(1, 10**12)
RATES = st.integers(0, 500_000)
SPAN = st.integers(0, 4000)
START = st.dates(day("2000-01-01"), day("2040-01-01"))
KINDS = st.sampled_from(["property", "divorce", "personality", "preservation", "enforcement"])


def test_a_year_at_three_point_six_percent():
    told = interest.simple(10_000_000, 36_000, day("2025-03-01"), day("2026-03-01"))

    assert told.fen == 360_000
    assert [(span.days, span.principal_fen) for span in told.spans] == [(365, 10_000_000)]


def test_a_loan_is_capped_at_four_times_the_rate():
    told = interest.simple(10_000_000, 240_000, day("2025-01-01"), day("2026-01-01"), lpr=31_000)

    assert (told.rate, told.cap, told.capped, told.fen) == (124_000, 124_000, True, 1_240_000)


def test_a_modest_rate_is_not_capped():
    told = interest.simple(10_000_000, 60_000, day("2025-01-01"), day("2026-01-01"), lpr=31_000)

    assert (told.rate, told.capped) == (60_000, False)


def test_late_performance_adds_its_daily_part():
    told = interest.late(10_000_000, day("2026-03-01"), day("2026-03-31"))

    assert told.fen == 52_500  # 100,000 yuan, 0.0175 % a day, 30 days
    assert told.articles == ("CPL-264", "LATE-1")


def test_what_was_paid_bears_no_more_interest():
    told = interest.late(
        10_000_000, day("2026-03-01"), day("2026-03-31"), payments=[(day("2026-03-11"), 4_000_000)]
    )

    assert [(span.days, span.principal_fen, span.fen) for span in told.spans] == [
        (10, 10_000_000, 17_500),
        (20, 6_000_000, 21_000),
    ]


@pytest.mark.parametrize(
    ("principal", "rate", "until", "field"),
    [
        (-1, 1, "2026-03-02", "amount"),
        (1, -1, "2026-03-02", "rate"),
        (1, 10**9, "2026-03-02", "rate"),
        (1, 1, "2026-02-28", "until"),
    ],
)
def test_a_sum_that_cannot_be_is_refused(principal: int, rate: int, until: str, field: str):
    with pytest.raises(BadInput) as refused:
        interest.simple(principal, rate, day("2026-03-01"), day(until))

    assert list(refused.value.details) == [field]


@given(FEN, RATES, START, SPAN, SPAN)
def test_cutting_a_span_changes_no_fen(principal: int, rate: int, first, one: int, two: int):
    middle, until = first + timedelta(days=one), first + timedelta(days=one + two)
    whole = interest.simple(principal, rate, first, until)
    cut = interest.simple(principal, rate, first, until, payments=[(middle, 0)])

    assert cut.fen == whole.fen == sum(span.fen for span in cut.spans)
    assert sum(span.days for span in cut.spans) == (until - first).days


@given(FEN, FEN, RATES, RATES, START, SPAN, SPAN)
def test_more_principal_rate_or_time_never_costs_less(a: int, b: int, r: int, q: int, first, n: int, m: int):
    small = interest.simple(min(a, b), min(r, q), first, first + timedelta(days=min(n, m)))
    large = interest.simple(max(a, b), max(r, q), first, first + timedelta(days=max(n, m)))

    assert 0 <= small.fen <= large.fen


@given(FEN, RATES, RATES, START, SPAN)
def test_the_cap_is_never_passed(principal: int, rate: int, lpr: int, first, n: int):
    told = interest.simple(principal, rate, first, first + timedelta(days=n), lpr=lpr)

    assert told.rate == min(rate, 4 * lpr)


@given(FEN, st.integers(1, 60), START, st.sampled_from(["week", "fortnight", "month"]), st.data())
def test_instalments_add_up_and_come_one_after_the_other(total: int, times: int, first, every: str, data):
    down = data.draw(st.integers(0, max(0, total - times)))
    if total - down < times:
        return
    parts = instalments.plan(total, times, first, every=every, down_fen=down)

    assert sum(part.fen for part in parts) == total
    assert all(part.fen > 0 for part in parts)
    assert [part.left_fen for part in parts] == [
        total - sum(p.fen for p in parts[: n + 1]) for n in range(len(parts))
    ]
    assert all(a.due_on < b.due_on for a, b in pairwise(parts))
    assert len(parts) == times + bool(down)


def test_a_plan_reads_like_one_a_person_would_write():
    parts = instalments.plan(1_000_000, 3, day("2026-01-31"))

    assert [(str(part.due_on), part.fen) for part in parts] == [
        ("2026-01-31", 333_300),
        ("2026-02-28", 333_300),
        ("2026-03-31", 333_400),
    ]


@pytest.mark.parametrize(
    ("times", "down", "field"), [(0, 0, "times"), (361, 0, "times"), (2, 100, "down"), (101, 0, "times")]
)
def test_a_plan_that_cannot_be_is_refused(times: int, down: int, field: str):
    with pytest.raises(BadInput) as refused:
        instalments.plan(100, times, day("2026-01-31"), down_fen=down)

    assert list(refused.value.details) == [field]


@given(KINDS, FEN, FEN)
def test_a_larger_amount_never_costs_a_smaller_fee(kind: str, a: int, b: int):
    assert fees.of(kind, min(a, b)).low_fen <= fees.of(kind, max(a, b)).low_fen


@given(KINDS, FEN)
def test_the_bands_take_every_fen_of_the_amount(kind: str, amount: int):
    fee = fees.of(kind, amount)

    assert sum(step.part_fen for step in fee.steps) == amount


@given(FEN)
def test_two_halves_are_the_whole_to_the_fen(amount: int):
    full = fees.of("property", amount)

    assert 0 <= 2 * fees.halved(full).low_fen - full.low_fen <= 1
