"""Every act is walked in any order against a model and broken off at any point."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from tests.house.test_acts import ROOT, acts, calls, imported

MODELS = [
    ROOT / "tests/odr" / name
    for name in (
        "beside.py",
        "bureau.py",
        "door.py",
        "early.py",
        "life.py",
        "inside.py",
        "judging.py",
        "recorder.py",
        "ends.py",
    )
]


@cache
def all_acts() -> set[str]:
    return set(acts())


def named(path: Path) -> set[str]:
    """The acts that a model calls."""
    tree = ast.parse(path.read_text("utf8"))
    known = imported(tree)
    return {
        f"{known.get(node.value.id, '')}.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }


@cache
def walked() -> set[str]:
    """What the models call, and what these call in turn: it is part of them."""
    waiting = {name for path in MODELS for name in named(path)} & all_acts()
    found: set[str] = set()
    while waiting:
        found |= waiting
        waiting = {other for name in waiting for other in calls(name)} - found
    return found


def test_every_act_is_walked() -> None:
    assert len(all_acts()) > 130
    assert all_acts() - walked() == set()
