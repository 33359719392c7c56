"""Nothing is done without a line in the journal: every act of `odr/actions` leads to `journal.append` (J-5)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): ast.parse(path.read_text("utf8"))
    for path in sorted((ROOT / "odr").rglob("*.py"))
    if "migrations" not in path.parts
}
WRITES = {"add", "add_all", "delete", "merge"}
# Before anybody is known, or parts of acts that have their line
OWN = {
    "codes.send_code": "a message is kept as sent, with its time",
    "codes.use_code": "part of the act that the code is for",
    "accounts.ask_to_register": "nobody is known yet",
    "accounts.ask_to_log_in": "nobody is known yet",
    "accounts.register": "a party belongs to no court yet; the first login of staff is an entry",
    "accounts.prove": "part of the act that the proof is for",
    "accounts.end_logins": "part of a new password and of closing an account",
    "drafting.fix": "part of freezing an agreement and of serving a scheme",
    "confirmation.fall_away": "part of lapsing and of performing on the spot",
    "confirmation.give_number": "part of accepting and of not accepting",
    "fee_relief.demand": "part of handing over and of the decision on relief",
    "performance.close_all": "part of performing on the spot",
    "enforcement.stop_if_nothing_owed": "part of what settled the last sum",
    "invitations.close_earlier": "part of asking anew",
}


def imported(tree: ast.Module) -> dict[str, str]:
    """What each name of a module means elsewhere."""
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for module, tree in MODULES.items():
        yield from (
            (f"{module}.{node.name}", node) for node in tree.body if isinstance(node, ast.FunctionDef)
        )


FUNCTIONS = dict(functions())


@cache
def calls(name: str) -> set[str]:
    """The functions of ours that a function calls by name."""
    module = name.rpartition(".")[0]
    known = imported(MODULES[module])
    found = set()
    for node in ast.walk(FUNCTIONS[name]):
        if isinstance(node, ast.Name):
            found |= {f"{module}.{node.id}", known.get(node.id, "")}
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.add(f"{known.get(node.value.id, '')}.{node.attr}")
    return found & FUNCTIONS.keys()


def reaches(name: str, seen: set[str]) -> bool:
    if name == "odr.journal.append":
        return True
    seen.add(name)
    return any(reaches(other, seen) for other in calls(name) - seen)


def writes(name: str, seen: set[str]) -> bool:
    seen.add(name)
    here = any(
        isinstance(node, ast.Attribute) and node.attr in WRITES and getattr(node.value, "id", "") == "s"
        for node in ast.walk(FUNCTIONS[name])
    )
    return here or any(writes(other, seen) for other in calls(name) - seen)


def acts() -> list[str]:
    return [
        name
        for name, node in FUNCTIONS.items()
        if name.startswith("odr.actions.")
        and not node.name.startswith("_")
        and {"s", "at"} <= {arg.arg for arg in (*node.args.args, *node.args.kwonlyargs)}
        and writes(name, set())
    ]


def test_the_walk_finds_the_acts() -> None:
    assert len(acts()) > 90
    assert {"odr.actions.signing.sign", "odr.actions.staff.disable"} <= set(acts())


def test_every_act_leads_to_the_journal() -> None:
    silent = {name.removeprefix("odr.actions.") for name in acts() if not reaches(name, set())}

    assert silent == set(OWN)
