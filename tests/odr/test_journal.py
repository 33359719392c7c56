"""The journal can be added to and checked; nothing else."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from odr import journal, merkle
from odr.db import Database
from odr.digests import canonical, digest
from odr.rules.access import MACHINE, Actor
from odr.tables.records import JournalEntry
from tests.make import Make, moment

AT = moment("2026-03-02 09:00")
JUDGE = Actor(account_id="judge", name="陈法官")


def write(s: Session, court_id: str, subject: str = "dispute:1", kind: str = "case.accepted") -> JournalEntry:
    return journal.append(s, court_id, subject, kind, by=JUDGE, at=AT, note="a")


def test_entries_are_numbered_and_chained_in_their_court(s: Session, make: Make) -> None:
    ours, theirs = make.court().id, make.court("粤0104", "广州市越秀区人民法院").id

    first, other, second = write(s, ours), write(s, theirs), write(s, ours)

    assert (first.seq, second.seq, other.seq) == (1, 2, 1)
    assert (first.prev, second.prev) == (journal.GENESIS, first.hash)


def test_each_matter_has_its_own_chain(s: Session, make: Make) -> None:
    court = make.court().id

    first, between, second = write(s, court), write(s, court, "dispute:2"), write(s, court)

    assert second.subject_prev == first.hash
    assert between.subject_prev == journal.GENESIS


def test_the_hash_covers_everything_that_is_said(s: Session, make: Make) -> None:
    entry = write(s, make.court().id)

    said = json.loads(entry.body)

    assert said["actor"] == "judge"
    assert said["at"] == "2026-03-02T01:00:00.000000+00:00"
    assert entry.hash == digest(b"\x00" + entry.body.encode())
    assert journal.fields_of(entry) == {"note": "a"}


@pytest.mark.parametrize("statement", ["UPDATE journal_entry SET actor = 'x'", "DELETE FROM journal_entry"])
def test_the_database_itself_refuses_to_change_an_entry(db: Database, statement: str) -> None:
    with db.transaction() as s:
        write(s, Make(s).court().id)

    with pytest.raises(DBAPIError, match="can only be added to"), db.writer.begin() as connection:
        connection.exec_driver_sql(statement)


def test_a_refused_action_leaves_no_entry(db: Database) -> None:
    with db.transaction() as s:
        court_id = Make(s).court().id
    with pytest.raises(RuntimeError):
        stumble_after_writing(db, court_id)

    with db.transaction() as s:
        assert write(s, court_id).seq == 1


def stumble_after_writing(db: Database, court_id: str) -> None:
    with db.transaction() as s:
        write(s, court_id)
        raise RuntimeError


@pytest.mark.parametrize("nasty", ["行一\r\n行二", "a\x01b", "\u202eabc", "{{7*7}}", "x" * 1_000_000])
def test_hostile_text_stays_one_entry_on_one_line(s: Session, make: Make, nasty: str) -> None:
    entry = journal.append(s, make.court().id, "dispute:1", "note.made", by=MACHINE, at=AT, text=nasty)

    assert journal.fields_of(entry)["text"] == nasty
    assert "\n" not in entry.body
    assert s.exec(select(col(JournalEntry.seq))).all() == [1]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_canonical_json_is_a_fixed_point(value: object) -> None:
    once = canonical(value)

    assert canonical(json.loads(once)) == once


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_has_one_spelling_in_every_zone(at: datetime) -> None:
    assert canonical(at) == canonical(at.astimezone(moment("2026-01-01 00:00").tzinfo))


leaves = st.integers(1, 70).map(lambda count: [digest(bytes([n])) for n in range(count)])


@given(leaves, st.data())
def test_every_leaf_can_prove_that_it_is_in_the_tree(leaves: list[str], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    root = merkle.root(merkle.grow((), 0, leaves)[0])
    path = merkle.path(leaves, index)

    assert merkle.climb(leaves[index], index, len(leaves), path) == root
    assert merkle.climb(digest(b"forged"), index, len(leaves), path) != root


@given(leaves, st.data())
def test_a_tree_grown_in_two_steps_is_the_same_tree(leaves: list[str], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(leaves)))
    peaks, count = merkle.grow((), 0, leaves[:cut])

    assert merkle.grow(peaks, count, leaves[cut:]) == merkle.grow((), 0, leaves)


@given(leaves, st.data())
def test_a_proof_needs_only_the_peaks_of_an_earlier_tree_and_what_came_after(
    leaves: list[str], data: st.DataObject
) -> None:
    before = data.draw(st.integers(0, len(leaves) - 1))
    index = data.draw(st.integers(before, len(leaves) - 1))
    peaks, _count = merkle.grow((), 0, leaves[:before])

    assert merkle.path(leaves[before:], index, peaks, before) == merkle.path(leaves, index)


def test_a_matter_is_found_without_walking_through_the_court(s: Session, make: Make) -> None:
    court_id = make.court().id
    if s.connection().dialect.name != "sqlite":
        pytest.skip("PostgreSQL plans by what is in the table")
    asked = str(journal._BEFORE.compile(dialect=s.connection().dialect))

    plan = s.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", (court_id, "dispute:1", 1, 0)).all()

    assert "ix_journal_entry_matter" in str(plan)
