"""Every act is walked in any order against a model and broken off at any point, or it says here why not."""

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
        "ends.py",
    )
]
# Reason, and where the acts are tried instead
NOT_WALKED: dict[tuple[str, str], set[str]] = {
    ("done by the recorder and its jobs, with files", "tests/odr/test_sittings.py"): {
        "recordings.add_film",
        "recordings.fail",
        "recordings.keep",
        "recordings.restart",
        "recordings.shelve",
    },
}


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


def test_every_act_is_walked_or_says_why_not() -> None:
    excused = [name for names in NOT_WALKED.values() for name in names]
    missing = {name.removeprefix("odr.actions.") for name in all_acts()} - {
        name.removeprefix("odr.actions.") for name in walked()
    }

    assert len(excused) == len(set(excused))
    assert all((ROOT / where).is_file() for _why, where in NOT_WALKED)
    assert missing == set(excused)


def test_the_models_walk_most_acts() -> None:
    assert len(walked() & all_acts()) > 170
