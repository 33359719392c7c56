"""After everything that happened in the court: its record holds, and every changed byte is found by its place."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.walks.serving import Served, verify

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("walks"), pytest.mark.timeout(180)]


@pytest.fixture
def copy(court: Served, tmp_path: Path) -> Path:
    """The court's data as it stands, to be spoiled."""
    data = tmp_path / "data"
    shutil.copytree(court.data, data, ignore=shutil.ignore_patterns("run", "odr.db*", "serve.log"))
    with (
        closing(sqlite3.connect(court.data / "odr.db")) as live,
        closing(sqlite3.connect(data / "odr.db")) as still,
    ):
        live.backup(still)
    return data


def in_the_journal(data: Path) -> str:
    """One letter of an entry's body, in the file itself: the database would not let anybody write it."""
    with closing(sqlite3.connect(data / "odr.db")) as db:
        query = "SELECT seq, body FROM journal_entry WHERE kind = 'case.accepted' ORDER BY seq"
        seq, body = db.execute(query).fetchone()
    file = data / "odr.db"
    before = body.encode()
    assert file.read_bytes().count(before) == 1
    file.write_bytes(file.read_bytes().replace(before, before.replace(b"accepted", b"acceptee", 1)))
    return f"entry {seq}"


def in_a_document(data: Path) -> str:
    """One bit of a sealed paper."""
    paper = max(
        (one for one in (data / "vault").rglob("*") if one.is_file()), key=lambda one: one.stat().st_size
    )
    spoil(paper)
    return paper.name


def in_a_recording(data: Path) -> str:
    """One bit of what was recorded."""
    journal = next((data / "recordings").rglob("journal.odr"))
    spoil(journal)
    return f"recording {journal.parent.relative_to(data / 'recordings')}"


def spoil(file: Path) -> None:
    file.chmod(0o600)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def test_the_record_of_all_walks_holds(copy: Path) -> None:
    assert verify(copy) == (0, "valid\n")


@pytest.mark.parametrize("change", [in_the_journal, in_a_document, in_a_recording])
def test_a_changed_byte_is_found_and_its_place_named(copy: Path, change: Callable[[Path], str]) -> None:
    place = change(copy)
    status, words = verify(copy)
    assert status == 1
    assert place in words
