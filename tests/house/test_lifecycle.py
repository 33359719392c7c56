"""docs/lifecycle.md says what the code does: moves, stages, acts, clocks, tracks, glossary."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import SQLModel

import odr.tables  # noqa: F401  # fills the metadata
from odr.rules import pack
from odr.rules.law import Clock
from odr.rules.moves import ALL
from odr.rules.stages import Move, Moves

PAGE = (Path(__file__).parents[2] / "docs" / "lifecycle.md").read_text(encoding="utf-8")
GLOSSARY = re.findall(r"^\| ([^|`]+) \| `(\w+)` \| `(\w+)` \|", PAGE, re.MULTILINE)
WORDS = dict(re.findall(r"^\| `([\w-]+)` \| ([^|]+) \|$", PAGE, re.MULTILINE))


def table_of(moves: Moves[Any]) -> str:
    """The table of moves as the page has to show it; a failing test prints it."""
    head = "| from | act | to | starts | stops |\n|---|---|---|---|---|\n"
    return head + "\n".join(_arrow(moves, arrow) for arrow in moves.arrows) + "\n"


def line_of(clock: Clock) -> str:
    """The line of a clock as the page has to show it."""
    extra = (
        " + as all agree"
        if clock.extra_free
        else f" + {clock.extra_days} {clock.unit}"
        if clock.extra_days
        else ""
    )
    length = f"{clock.length} {clock.unit}{extra}"
    return f"| `{clock.id}` | {clock.name.zh} | {clock.start} | {length} | {clock.bound} | {', '.join(clock.articles)} |"


def _arrow(moves: Moves[Any], arrow: Move[Any]) -> str:
    sources = " ".join(f"`{stage.value}`" for stage in moves.stages if stage in arrow.source)
    starts, stops = (" ".join(clocks) or "–" for clocks in (arrow.starts, arrow.stops))
    return f"| {sources} | `{arrow.do.value}` | `{arrow.target.value}` | {starts} | {stops} |"


@pytest.mark.parametrize("moves", ALL, ids=lambda moves: moves.stages.__name__)
def test_the_page_shows_every_move(moves: Moves[Any]):
    assert table_of(moves) in PAGE


@pytest.mark.parametrize("moves", ALL, ids=lambda moves: moves.stages.__name__)
def test_every_stage_and_act_has_its_chinese_word(moves: Moves[Any]):
    needed = [stage.value for stage in moves.stages] + [arrow.do.value for arrow in moves.arrows]

    assert [word for word in needed if word not in WORDS] == []


@pytest.mark.parametrize("clock", pack.load().clocks.values(), ids=lambda clock: clock.id)
def test_the_page_shows_every_clock(clock: Clock):
    assert line_of(clock) in PAGE


def test_the_page_shows_every_track():
    missing = [
        track
        for track, rule in pack.load().tracks.items()
        if f"| `{track.value}` | {rule.name.zh} | {rule.clock}" not in PAGE
    ]

    assert missing == []


def test_the_page_explains_every_citation():
    missing = [key for key, row in pack.load().instruments.items() if f"| {key} | {row.title}" not in PAGE]

    assert missing == []


def test_the_glossary_names_tables_that_exist():
    assert len(GLOSSARY) >= 20
    assert [table for _, _, table in GLOSSARY if table not in SQLModel.metadata.tables] == []
