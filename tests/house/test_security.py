"""docs/security.md says what the code does: who may do what, which acts ask for a fresh proof, who reads a zone."""

from __future__ import annotations

import re
from pathlib import Path

from odr.actions import accounts, codes
from odr.rules.access import GRANTS, READERS, STEP_UP
from odr.rules.words import Do, Hat, Zone
from web import logins
from web.table import FILES, SMALL

PAGE = (Path(__file__).parents[2] / "docs" / "security.md").read_text(encoding="utf-8")


def hats(cell: str) -> frozenset[Hat]:
    if cell == "anybody":
        return frozenset(Hat)
    return frozenset(Hat(name) for name in re.findall(r"`([\w-]+)`", cell))


def acts() -> dict[Do, tuple[frozenset[Hat], bool]]:
    """The table of acts as the page has it: who may, and whether a fresh proof is asked for."""
    rows = re.findall(r"^\| `([\w-]+)` \| ([^|]+) \|( yes)? \|$", PAGE, re.MULTILINE)
    return {Do(name): (hats(who.strip()), bool(proof)) for name, who, proof in rows}


def zones() -> dict[Zone, frozenset[Hat]]:
    rows = re.findall(r"^\| `(z\d)` \| [^|]+ \| ([^|]+) \|$", PAGE, re.MULTILINE)
    return {Zone(name): hats(who.strip()) for name, who in rows}


def test_the_page_says_who_may_do_what() -> None:
    assert {do: who for do, (who, _) in acts().items()} == GRANTS


def test_the_page_says_which_acts_ask_for_a_fresh_proof() -> None:
    assert {do for do, (_, proof) in acts().items() if proof} == STEP_UP


def test_the_page_says_who_reads_which_zone() -> None:
    assert zones() == READERS


def test_the_judge_reads_the_record_and_the_outcome_only() -> None:
    assert {zone for zone, who in zones().items() if Hat.JUDGE in who} == {
        Zone.PUBLIC,
        Zone.RECORD,
        Zone.OUTCOME,
    }


def test_the_numbers_on_the_page_are_the_numbers_in_the_code() -> None:
    assert (codes.TRIES, codes.LIFE.seconds) == (5, 600)
    assert [(span.total_seconds(), most) for span, most in codes.CEILINGS] == [(3600, 5), (86400, 10)]
    assert (logins.IDLE.seconds, logins.ABSOLUTE.seconds, logins.FRESH.seconds) == (1800, 43200, 300)
    assert logins.IDLE_STAFF.seconds == 900
    assert accounts.PASSWORD == (10, 128)
    assert (SMALL, FILES) == (256 * 1024, 32 * 1024 * 1024)
