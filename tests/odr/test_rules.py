"""Every rule of the law that the product answers for has a row, something that does it, and a test that shows it."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from odr.rules import moves, pack
from odr.rules.law import Duty
from odr.rules.words import Do, Track

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parent
DUTIES = list(pack.load().duties.values())
NUMBERED = {"JC": 28, "RG": 9, "SC": 5, "SM": 1, "PO": 5}
ONLINE_MEDIATION = range(2, 30)  # the articles of ODM that ask something of a platform
DONE_BY_PEOPLE = {"ODM-11"}


def expected() -> set[str]:
    """The rules by their numbers, as the law engineer's list has them."""
    numbered = {f"{group}-{n:02d}" for group, last in NUMBERED.items() for n in range(1, last + 1)}
    return numbered | {f"ODM-{n:02d}" for n in ONLINE_MEDIATION}


@cache
def names_in(file: str) -> frozenset[str]:
    tree = ast.parse((TESTS / f"{file}.py").read_text("utf8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def exists(name: str) -> bool:
    """Whether what a rule names is there: a row of the pack, an arrow of a table of moves, a symbol of ours."""
    kind, _, rest = name.partition(":")
    found = pack.load()
    match kind:
        case "clock":
            return rest in found.clocks
        case "ground":
            group, _, key = rest.partition(".")
            return group in found.grounds and (not key or key in found.grounds[group])
        case "triage":
            return rest in {row.id for row in found.triage}
        case "route":
            return rest in found.routes
        case "fee":
            return rest in found.fees
        case "track":
            return Track(rest) in found.tracks
        case "param":
            return rest in found.parameters
        case "move":
            table, _, do = rest.partition("/")
            return Do(do) in {arrow.do for arrow in getattr(moves, table).arrows}
    module = kind if kind.startswith("web.") else f"odr.{kind}"
    return hasattr(importlib.import_module(module), rest)


@cache
def asked_for() -> frozenset[str]:
    """Every name that the product itself uses, as a rule would name it."""
    files = (file for area in ("odr", "web") for file in (ROOT / area).rglob("*.py"))
    return frozenset(name for file in files for name in uses(file))


def uses(file: Path) -> Iterator[str]:
    own = ".".join(file.relative_to(ROOT).with_suffix("").parts)
    tree, modules = ast.parse(file.read_text("utf8")), {}
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(source), names=names):
                modules |= {one.asname or one.name: f"{source}.{one.name}" for one in names}
                yield from (told(source, one.name) for one in names)
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=module), attr=name) if module in modules:
                yield told(modules[module], name)
            case ast.Name(id=name, ctx=ast.Load()):
                yield told(own, name)
            case ast.FunctionDef(name=name, decorator_list=[_, *_]):  # registered where it stands
                yield told(own, name)


def told(module: str, name: str) -> str:
    return f"{module.removeprefix('odr.')}:{name}"


def shown(proof: str) -> bool:
    file, _, name = proof.partition("::")
    return f"test_{name}" in names_in(file)


def named(which: str) -> Iterator[tuple[str, str]]:
    return ((duty.id, item) for duty in DUTIES for item in getattr(duty, which))


def test_every_numbered_rule_has_its_row():
    assert expected() - set(pack.load().duties) == set()


def test_what_a_rule_names_is_there():
    assert [(rule, name) for rule, name in named("by") if not exists(name)] == []


def test_whatever_does_a_rule_is_asked_for_by_the_product_itself():
    rows = ("clock", "ground", "triage", "route", "fee", "track", "param", "move")
    functions = [(rule, name) for rule, name in named("by") if name.partition(":")[0] not in rows]

    assert len(functions) > 100
    assert [(rule, name) for rule, name in functions if name not in asked_for()] == []


def test_the_tests_that_show_a_rule_exist():
    assert [(rule, proof) for rule, proof in named("proof") if not shown(proof)] == []


@pytest.mark.parametrize("duty", DUTIES, ids=lambda duty: duty.id)
def test_a_rule_is_done_and_shown_or_says_what_is_missing(duty: Duty):
    assert duty.articles
    assert (duty.by and duty.proof) or duty.missing


def test_what_the_product_leaves_to_people_is_counted():
    assert {duty.id for duty in DUTIES if not duty.by} == DONE_BY_PEOPLE


def test_every_clock_is_asked_for_by_a_rule_or_stands_in_the_catalogue():
    asked = {name.partition(":")[2] for _, name in named("by") if name.startswith("clock:")}

    assert asked <= set(pack.load().clocks)
    assert len(asked) >= 20
