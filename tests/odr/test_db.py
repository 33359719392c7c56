"""What every connection promises: durability, foreign keys, and no writing where only reading is meant."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import select

from odr.db import Database, lock
from odr.errors import NotFound
from odr.tables.people import Court
from odr.tables.records import Deadline, NumberSeries
from tests.make import Make, moment

SQLITE = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "busy_timeout": 15000,
    "trusted_schema": 0,
}


def test_every_embedded_connection_is_set_up_for_durability(embedded: Callable[[], Database]) -> None:
    db = embedded()
    for engine in (db.writer, db.reader):
        with engine.connect() as connection:
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in SQLITE}
        assert found == SQLITE


def test_a_reading_session_cannot_write(db: Database) -> None:
    with pytest.raises(DBAPIError), db.reading() as s:
        Make(s).court()


def test_a_row_cannot_point_to_nothing(db: Database) -> None:
    dangling = Deadline(
        court_id="nowhere",
        subject="case:1",
        rule="T-REG",
        since=moment("2026-03-02 09:00"),
        due_at=moment("2026-03-09 09:00"),
    )
    with pytest.raises(IntegrityError), db.transaction() as s:
        s.add(dangling)


def test_two_at_once_do_not_lose_an_update(db: Database) -> None:
    with db.transaction() as s:
        court = Make(s).court()
        s.add(NumberSeries(id="n", court_id=court.id, code="调", year=2026))

    def count_up() -> None:
        for _ in range(10):
            with db.transaction() as s:
                lock(s, NumberSeries, "n").last += 1

    threads = [threading.Thread(target=count_up) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with db.reading() as s:
        assert s.get_one(NumberSeries, "n").last == 60


def test_locking_what_is_not_there_finds_nothing(db: Database) -> None:
    with pytest.raises(NotFound), db.transaction() as s:
        lock(s, Court, "nobody")


def test_an_aborted_transaction_leaves_nothing(db: Database) -> None:
    with pytest.raises(NotFound):
        add_and_fail(db)

    with db.reading() as s:
        assert s.exec(select(Court)).all() == []


def add_and_fail(db: Database) -> None:
    with db.transaction() as s:
        Make(s).court()
        raise NotFound
