"""The tables of moves, exhaustively: every stage with every act is an arrow or refused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pytest

from odr.errors import WrongStage
from odr.rules import access
from odr.rules.moves import (
    AGREEMENT,
    ALL,
    CASE,
    CONFIRMATION,
    DISPUTE,
    ENDS,
    OBJECTION,
    PERFORMANCE,
    SITTING,
    AgreementStage,
    CaseStage,
    ConfirmationStage,
)
from odr.rules.stages import Moves
from odr.rules.words import Do, Hat

PAIRS = [(table, stage, do) for table in ALL for stage, do, _ in table.pairs()]
ARROWS = {
    (table.stages, stage, arrow.do): arrow
    for table in ALL
    for arrow in table.arrows
    for stage in arrow.source
}
BEGINNINGS = {
    DISPUTE: "draft",
    CASE: "created",
    SITTING: "planned",
    AGREEMENT: "drafting",
    CONFIRMATION: "prepared",
    PERFORMANCE: "pending",
    OBJECTION: "filed",
}


@dataclass
class Standing:
    stage: StrEnum


def _name(value: object) -> str:
    return value.stages.__name__ if isinstance(value, Moves) else str(value)


@pytest.mark.parametrize(
    ("table", "stage", "do"), [p for p in PAIRS if (p[0].stages, *p[1:]) in ARROWS], ids=_name
)
def test_an_arrow_leads_where_the_table_says(table: Moves[Any], stage: StrEnum, do: Do):
    assert table.take(Standing(stage), do) is ARROWS[table.stages, stage, do]


@pytest.mark.parametrize(
    ("table", "stage", "do"), [p for p in PAIRS if (p[0].stages, *p[1:]) not in ARROWS], ids=_name
)
def test_no_other_move_exists(table: Moves[Any], stage: StrEnum, do: Do):
    with pytest.raises(WrongStage):
        table.take(Standing(stage), do)


@pytest.mark.parametrize("table", ALL, ids=_name)
def test_a_stage_and_an_act_name_one_arrow_at_most(table: Moves[Any]):
    pairs = [(stage, arrow.do) for arrow in table.arrows for stage in arrow.source]

    assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize("table", ALL, ids=_name)
def test_every_stage_can_be_reached(table: Moves[Any]):
    reached = {table.stages(BEGINNINGS[table])}
    for _ in table.stages:
        reached |= {arrow.target for arrow in table.arrows if arrow.source & reached}

    assert reached == set(table.stages)


@pytest.mark.parametrize("table", ALL, ids=_name)
def test_every_act_of_a_table_is_granted_to_somebody(table: Moves[Any]):
    assert [arrow.do for arrow in table.arrows if not access.GRANTS[arrow.do]] == []


def test_every_act_is_granted_to_somebody():
    assert set(access.GRANTS) == set(Do)


def test_the_ends_of_a_case_are_left_only_for_the_court_and_for_an_objection_that_came_in_time():
    assert {(stage, do) for table, stage, do in PAIRS if stage in ENDS and CASE.find(stage, do)} == {
        (CaseStage.ENDED, Do.HAND_OVER),
        (CaseStage.SETTLED, Do.RECORD_SCHEME_OBJECTION),
    }


@pytest.mark.parametrize("table", ALL, ids=_name)
def test_a_clock_that_an_object_starts_it_also_stops(table: Moves[Any]):
    started = {clock for arrow in table.arrows for clock in arrow.starts}
    stopped = {clock for arrow in table.arrows for clock in arrow.stops}

    assert started <= stopped


def test_no_clock_of_a_case_runs_on_after_its_end():
    started = {clock for arrow in CASE.arrows for clock in arrow.starts}

    assert [
        a.do
        for a in CASE.arrows
        if a.target in (CaseStage.SETTLED, CaseStage.ENDED) and set(a.stops) < started
    ] == []


def test_only_both_together_keep_the_thirty_days():
    alone = AGREEMENT.take(Standing(AgreementStage.EFFECTIVE), Do.APPLY_CONFIRMATION)
    joined = AGREEMENT.take(Standing(AgreementStage.EFFECTIVE), Do.JOIN_APPLICATION)

    assert (alone.target, alone.stops) == (AgreementStage.EFFECTIVE, ())
    assert (joined.target, joined.stops) == (AgreementStage.APPLIED, ("T-JC-APPLY",))


def test_a_new_mediator_is_no_new_mediation_period():
    replaced = CASE.take(Standing(CaseStage.IN_MEDIATION), Do.REPLACE_MEDIATOR)

    assert "T-MED" not in replaced.stops


@pytest.mark.parametrize("do", [Do.CONFIRM, Do.DISMISS, Do.TERMINATE, Do.RULE_WITHDRAWN])
def test_only_the_judge_drawn_decides(do: Do):
    assert access.GRANTS[do] == {Hat.JUDGE}


def test_a_ruling_stops_the_judge_s_clocks():
    decided = {
        ConfirmationStage.CONFIRMED,
        ConfirmationStage.DISMISSED,
        ConfirmationStage.TERMINATED,
    }

    assert [
        a.do
        for a in CONFIRMATION.arrows
        if a.target in decided - a.source and not {"T-JC-DEC", "T-JC-MAX"} <= set(a.stops)
    ] == []
