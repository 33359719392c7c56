"""Items asked for in a transaction are carried out afterwards, each once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from odr import clock, outbox, schema
from odr.db import Database
from odr.errors import Conflict
from odr.outbox import Item
from odr.outbox_dbos import Dbos, Worker
from tests.postgres import Cluster

SOON = timedelta(milliseconds=1)


class Desk:
    """A worker that writes down what it is given, and fails as often as it is told to."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.seen: list[Item] = []
        self.failures: dict[str, int] = {}
        self._changed = threading.Condition()
        self.worker = Worker(db, "desk/work-0", self._run, pause=lambda tries: SOON, poll=0.05)

    def _run(self, item: Item) -> None:
        with self._changed:
            self.seen.append(item)
            self._changed.notify_all()
        if self.failures.get(item.key, 0) > 0:
            self.failures[item.key] -= 1
            raise ConnectionError("the printer is out of paper")

    def wait_for(self, number: int, seconds: float = 20) -> list[str]:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.seen) >= number, seconds), self.seen
        return [item.key for item in self.seen]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One worker for all tests: starting it takes longer than what it does."""
    folder = tmp_path_factory.mktemp("outbox")
    cluster: Cluster | None = None if request.param == "sqlite" else request.getfixturevalue("cluster")
    db = Database(cluster.database() if cluster else f"sqlite:///{folder / 'odr.db'}")
    schema.upgrade(db)
    desk = Desk(db)
    yield desk
    desk.worker.stop(seconds=1)
    db.close()


@pytest.fixture(autouse=True)
def engine(desk: Desk) -> Iterator[Dbos]:
    desk.seen.clear()
    engine = Dbos(desk.db)
    outbox.use(engine)
    yield engine
    outbox.use(outbox.Held())


def test_an_item_comes_with_its_fields_and_its_key_only_once(desk: Desk) -> None:
    with desk.db.transaction() as s:
        outbox.add(s, "letter.write", key="7", to="张三", pages=2)
    with desk.db.transaction() as s:
        outbox.add(s, "letter.write", key="7", to="somebody else")
        outbox.add(s, "letter.write", key="8", to="李四")

    assert sorted(desk.wait_for(2)) == ["letter.write:7", "letter.write:8"]
    assert {"to": "张三", "pages": 2} in [item.fields for item in desk.seen]


def test_what_was_rolled_back_was_never_asked_for(desk: Desk) -> None:
    with pytest.raises(Conflict):
        add_and_fail(desk.db)
    with desk.db.transaction() as s:
        outbox.add(s, "letter.write", key="after")

    assert desk.wait_for(1) == ["letter.write:after"]


def add_and_fail(db: Database) -> None:
    with db.transaction() as s:
        outbox.add(s, "letter.write", key="rolled-back")
        raise Conflict


def test_what_a_dead_worker_had_in_hand_is_taken_over(desk: Desk, engine: Dbos) -> None:
    with desk.db.transaction() as s:
        outbox.add(s, "letter.write", key="in-hand", run_at=clock.now() + timedelta(hours=1))
        status = "workflow_status" if desk.db.embedded else "dbos.workflow_status"
        taken = f"UPDATE {status} SET status = 'PENDING', executor_id = 'far/work-0' WHERE status = 'DELAYED'"
        s.connection().exec_driver_sql(taken)

    assert desk.worker.take_over("far/work-0") == 1
    assert desk.wait_for(1) == ["letter.write:in-hand"]
    assert desk.worker.take_over("far/work-0") == 0


def test_an_item_waits_for_its_time(desk: Desk) -> None:
    due = clock.now() + timedelta(seconds=1)
    with desk.db.transaction() as s:
        outbox.add(s, "clock.ring", key="late", run_at=due)
        outbox.add(s, "clock.ring", key="now")

    assert desk.wait_for(2) == ["clock.ring:now", "clock.ring:late"]
    assert clock.now() >= due


def test_an_item_taken_back_does_not_run_and_may_be_asked_for_anew(desk: Desk) -> None:
    later = clock.now() + timedelta(hours=1)
    with desk.db.transaction() as s:
        outbox.add(s, "clock.ring", key="moved", run_at=later, round=1)
        outbox.add(s, "clock.ring", key="stopped", run_at=later)
    with desk.db.transaction() as s:
        outbox.cancel(s, "clock.ring", key="stopped")
        outbox.cancel(s, "clock.ring", key="moved")
        outbox.add(s, "clock.ring", key="moved", round=2)

    desk.wait_for(1)
    assert [item.fields for item in desk.seen] == [{"round": 2}]
    assert desk_counts(desk.db)["delayed"] == 0


def desk_counts(db: Database) -> dict[str, int]:
    with db.reading() as s:
        return Dbos(db).counts(s)


def test_a_failing_item_is_tried_again_and_others_do_not_wait_for_it(desk: Desk) -> None:
    desk.failures["letter.write:bad"] = 1
    with desk.db.transaction() as s:
        outbox.add(s, "letter.write", key="bad")
        outbox.add(s, "letter.write", key="good")

    assert sorted(desk.wait_for(3)) == ["letter.write:bad", "letter.write:bad", "letter.write:good"]


def test_a_poisoned_item_is_dead_after_its_last_try(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("odr.outbox_dbos.TRIES", 2)
    desk.failures["letter.write:poison"] = 99
    with desk.db.transaction() as s:
        outbox.add(s, "letter.write", key="poison")

    assert desk.wait_for(2) == ["letter.write:poison"] * 2
    assert settled(desk.db) == {"delayed": 0, "waiting": 0, "running": 0, "dead": 1}


def settled(db: Database) -> dict[str, int]:
    """The counts once nothing moves any more."""
    for _ in range(100):
        counts = desk_counts(db)
        if not counts["waiting"] + counts["running"]:
            break
        time.sleep(0.05)
    return counts
