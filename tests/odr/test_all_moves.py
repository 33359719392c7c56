"""Every stage of every object with every act of the product: what the diagrams in docs/lifecycle.md say, nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from odr.errors import WrongStage
from odr.rules.moves import ALL
from odr.rules.stages import Moves
from odr.rules.words import Do

PAGE = (Path(__file__).parents[2] / "docs" / "lifecycle.md").read_text("utf8")
SECTIONS = re.split(r"(?m)^### 2\.\d ", PAGE.partition("## 2. Moves")[2].partition("\n## 3.")[0])[1:]
ROW = re.compile(r"^\| ((?:`[\w-]+` ?)+)\| `([\w-]+)` \| `([\w-]+)` \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
TOLD = dict(zip(ALL, SECTIONS, strict=True))
# Where nothing more happens to an object
ENDS = {
    "DisputeStage": {"diverted", "handed-over"},
    "CaseStage": {"handed-over"},
    "SittingStage": {"closed", "no-show", "rescheduled"},
    "AgreementStage": {"refused", "performed", "court-paper", "superseded"},
    "ConfirmationStage": {"not-accepted", "revoked", "dismissed", "terminated"},
    "PerformanceStage": {"performed", "enforced"},
    "ObjectionStage": {"upheld", "changed", "dismissed", "withdrawn"},
}


@dataclass
class Standing:
    stage: StrEnum


def told(section: str) -> dict[tuple[str, str], tuple[str, frozenset[str], frozenset[str]]]:
    """(stage, act): where it leads, which clocks it starts and which it stops, as the page says."""
    found = {}
    for sources, act, target, starts, stops in ROW.findall(section):
        for stage in re.findall(r"`([\w-]+)`", sources):
            found[stage, act] = (target, _clocks(starts), _clocks(stops))
    return found


def _clocks(cell: str) -> frozenset[str]:
    return frozenset(re.findall(r"T-[A-Z-]+[A-Z]", cell))


def done(table: Moves[Any], stage: StrEnum, do: Do) -> tuple[str, frozenset[str], frozenset[str]] | None:
    try:
        move = table.take(Standing(stage), do)
    except WrongStage:
        return None
    return move.target.value, frozenset(move.starts), frozenset(move.stops)


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.stages.__name__)
def test_every_stage_with_every_act_does_what_the_page_says(table: Moves[Any]):
    page = told(TOLD[table])

    wrong = [
        (stage.value, do.value)
        for stage in table.stages
        for do in Do
        if done(table, stage, do) != page.get((stage.value, do.value))
    ]

    assert page
    assert wrong == []


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.stages.__name__)
def test_an_object_comes_to_rest_only_where_its_work_is_done(table: Moves[Any]):
    resting = {stage.value for stage in table.stages if not table.may_do(stage)}

    assert resting == ENDS[table.stages.__name__]


def test_there_are_seven_objects():
    assert [table.stages.__name__ for table in ALL] == list(ENDS)
