"""What holds for every draw, fee, amount and walk through the moves."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odr.rules import clauses, draw, fees, money
from odr.rules.lint import Term, lint
from odr.rules.moves import ALL, CASE, CONFIRMATION, ENDS, ConfirmationStage
from odr.rules.stages import Moves
from odr.rules.words import ClauseKind
from tests.make import day

NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
POOLS = st.lists(NAMES, min_size=1, max_size=20, unique=True)
SEEDS = st.binary(min_size=32, max_size=32)
AMOUNTS = st.integers(0, 10**12)
FEES = st.sampled_from(["property", "divorce", "personality", "preservation", "enforcement"])
SIDES = st.sampled_from(["applicant", "respondent", ""])
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=20)
DATES = st.dates(day("2026-03-02"), day("2030-01-01")).map(str)


@given(POOLS, SEEDS, NAMES, st.data())
def test_a_draw_is_one_of_the_eligible_and_can_be_repeated(
    pool: list[str], seed: bytes, context: str, data: Any
):
    out = (
        data.draw(st.lists(st.sampled_from(pool), max_size=len(pool) - 1, unique=True))
        if len(pool) > 1
        else []
    )
    shuffled = data.draw(st.permutations(pool))

    drawn = draw.draw(pool, dict.fromkeys(out, "conflict"), seed=seed, context=context)

    assert drawn.chosen in set(pool) - set(out)
    assert draw.check(drawn.to_json())
    assert draw.draw(shuffled, dict.fromkeys(out, "conflict"), seed=seed, context=context) == drawn


@given(FEES, AMOUNTS, AMOUNTS)
def test_who_asks_for_more_never_pays_less(kind: str, one: int, other: int):
    small, large = sorted((one, other))

    assert fees.of(kind, small).low_fen <= fees.of(kind, large).low_fen


@given(AMOUNTS)
def test_the_property_fee_follows_the_short_formula(fen: int):
    bands = [
        (1_000_000, 0, 5_000),
        (10_000_000, 250, -20_000),
        (20_000_000, 200, 30_000),
        (50_000_000, 150, 130_000),
        (100_000_000, 100, 380_000),
        (200_000_000, 90, 480_000),
        (500_000_000, 80, 680_000),
        (1_000_000_000, 70, 1_180_000),
        (2_000_000_000, 60, 2_180_000),
        (10**15, 50, 4_180_000),
    ]
    rate, constant = next((rate, constant) for top, rate, constant in bands if fen <= top)

    assert abs(fees.of("property", fen).low_fen - (fen * rate / 10_000 + constant)) <= 0.51


@given(AMOUNTS)
def test_an_amount_survives_being_written_and_read(fen: int):
    assert money.parse(money.yuan(fen)) == fen


@given(SIDES, SIDES, AMOUNTS, DATES, WORDS)
def test_our_own_words_never_differ_from_the_fields(
    debtor: str, creditor: str, fen: int, due: str, about: str
):
    given = {"debtor": debtor, "creditor": creditor, "amount_fen": fen, "due_on": due, "about": about}
    term = Term(1, ClauseKind.PAYMENT, given, clauses.text_of(ClauseKind.PAYMENT, given))

    assert "text-differs" not in {finding.code for finding in lint([term], on=day("2026-03-02"))}


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.stages.__name__)
@given(chance=st.randoms(use_true_random=False))
def test_a_walk_never_leaves_the_table_nor_runs_a_clock_after_the_end(
    table: Moves[Any], chance: random.Random
):
    stage, running = next(iter(table.stages)), set[str]()
    for _ in range(60):
        arrows = [table.find(stage, do) for do in table.may_do(stage)]
        if not arrows:
            break
        arrow = chance.choice(arrows)
        running = (running - set(arrow.stops)) | set(arrow.starts)
        stage = arrow.target

    assert stage in table.stages
    assert table.may_do(stage) or not running
    assert not (table is CASE and stage in ENDS and running)
    assert not (table is CONFIRMATION and stage is ConfirmationStage.CONFIRMED and running)
