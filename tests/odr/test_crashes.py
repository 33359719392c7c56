"""The court stops between any two steps of an act: nothing is half done, and done again it is done once (P-1, P-2, P-6).

The scripted lives of `legs.py` reach every act. Before each act is done for good it is broken off at each
statement, each flush, each asking of the outbox and at the commit, on a database that then has to be, byte for
byte, what it was. `ODR_CRASH_EVERY=1` takes every single point, otherwise a spread of them.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlmodel import Session, SQLModel, col, select

from odr import outbox, outbox_dbos
from odr.db import Database
from odr.tables.records import JournalEntry
from tests.odr.legs import LEGS, ONLY_TRIED, steps
from tests.odr.life import Begin, Begun, Life, later
from tests.odr.machines import MACHINES, MINUTE, Matter

FEW = 3  # points of each act in the fast pass
EVERY = os.environ.get("ODR_CRASH_EVERY") == "1"


class Crash(BaseException):
    """The process is gone: nobody catches this."""


class Broken:
    """Counts the points at which a transaction can be broken off, and breaks it at one of them."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.at: int | None = None
        self.seen = 0
        self.kinds: Counter[str] = Counter()

    def point(self, kind: str) -> None:
        self.seen += 1
        self.kinds[kind] += 1
        if self.at is not None and self.seen == self.at:
            raise Crash(kind)

    @contextmanager
    def watching(self, at: int | None) -> Iterator[Broken]:
        self.at, self.seen = at, 0
        heard: list[tuple[object, str, Callable[..., None]]] = [
            (self.db.writer, "before_cursor_execute", self._statement),
            (self.db.writer, "commit", self._commit),
            (Session, "before_flush", self._flush),
        ]
        for target, name, listener in heard:
            event.listen(target, name, listener)
        try:
            yield self
        finally:
            for target, name, listener in heard:
                event.remove(target, name, listener)

    def _statement(self, _c: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "PRAGMA")):
            self.point("outbox" if "workflow" in statement else "statement")

    def _flush(self, *_rest: object) -> None:
        self.point("flush")

    def _commit(self, _connection: Connection) -> None:
        self.point("commit")


@pytest.mark.parametrize(
    ("machine", "leg"), [(machine, leg) for machine, legs in LEGS.items() for leg in legs]
)
def test_an_act_broken_off_anywhere_is_not_begun_and_done_again_is_done_once(
    begun: Callable[[Begin], Begun], tmp_path: Path, machine: type[Matter], leg: str
) -> None:
    start, model = begun(machine.begin), machine.fresh()
    path = tmp_path / "odr.db"
    shutil.copy(start.path, path)
    db = Database(f"sqlite:///{path}")
    outbox.use(outbox_dbos.Dbos(db))
    life, broken = replace(start.life, db=db), Broken(db)
    by_name = {act.name: act for act in machine.acts}
    for name, who in steps(LEGS[machine][leg]):
        act, model = by_name[name], later(model)
        assert act.may(model, who), f"{name} by {who}"
        life.now += MINUTE
        points = _points(broken, life, act, who)
        before = fingerprint(db)
        for at in chosen(points):
            with pytest.raises(Crash), broken.watching(at):
                _do(life, act, who)
            assert fingerprint(db) == before, f"{name}: half done at point {at} of {points}"
        _do(life, act, who)
        assert act.is_told(written(db)[len(before[1]) :]), name
        model = replace(model, **act.then(model, who))
        with db.reading() as s:
            assert life.stages(s) == {one: getattr(model, one) for one in life.stages(s)}, name
    db.close()
    assert {"statement", "flush", "commit"} <= set(broken.kinds)


def test_every_act_is_broken_off_somewhere() -> None:
    walked = {
        (machine, name) for machine, legs in LEGS.items() for leg in legs.values() for name, _ in steps(leg)
    }

    assert {
        (machine, act.name) for machine in MACHINES for act in machine.acts if act.name not in ONLY_TRIED
    } == walked


def chosen(points: int) -> list[int]:
    """Every point, or a spread with the first and the last in it."""
    if EVERY or points <= FEW:
        return list(range(1, points + 1))
    return sorted({1, points // 2, points})


def fingerprint(db: Database) -> tuple[str, list[str]]:
    """All that is stored, the outbox included, and the kinds of the journal."""
    found = hashlib.sha256()
    with db.reading() as s:
        tables = [*SQLModel.metadata.tables, "workflow_status", "workflow_input"]
        for table in sorted(tables):
            rows = s.connection().exec_driver_sql(f'SELECT * FROM "{table}"').all()  # our own names
            found.update(repr((table, sorted(map(repr, rows)))).encode())
    return found.hexdigest(), written(db)


def written(db: Database) -> list[str]:
    with db.reading() as s:
        return list(s.exec(select(JournalEntry.kind).order_by(col(JournalEntry.seq))))


def _do(life: Life, act, who: str) -> None:
    with life.db.transaction() as s:
        act.call(life, s, life.actor(s, who))


def _points(broken: Broken, life: Life, act, who: str) -> int:
    """How many points the act has: it runs to just before its end and is taken back."""
    with broken.watching(None):
        try:
            with life.db.transaction() as s:
                act.call(life, s, life.actor(s, who))
                s.flush()
                raise Crash("counted")
        except Crash:
            return broken.seen + 1  # and the commit
