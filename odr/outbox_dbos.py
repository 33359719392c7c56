"""The outbox carried by DBOS, in tables of its own beside ours, in the same database.

An item is one short workflow whose id is the item's key, so the same key runs once. A try that fails
asks for the next one in a transaction of its own, so a waiting item holds no thread and a poisoned one
stops nobody; after the last try the workflow ends in ERROR: the item is dead.

Three places need DBOS from the inside, all here: taking an item back inside the caller's transaction,
taking over the work of a dead worker, and forgetting what is long done.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions
from sqlmodel import Session

from odr import clock
from odr.db import Database
from odr.outbox import Item

WORKFLOW = "effect.v1"
QUEUE = "effects"
# Pinned: the default is a hash of the source, and one edited line would strand every waiting item.
VERSION = "odr-1"
TRIES = 12

_OPEN = ("DELAYED", "ENQUEUED", "PENDING")

Run = Callable[[Item], None]
Pause = Callable[[int], timedelta]

_log = logging.getLogger("odr.outbox")


def back_off(tries: int) -> timedelta:
    """How long to wait after a number of failed tries: 1 s, 2 s, 4 s … one hour."""
    return timedelta(seconds=min(2 ** (tries - 1), 3600))


def prepare(db: Database) -> None:
    """Create or update the tables of DBOS."""
    _quiet()
    DBOS.migrate(db.url)


class Dbos:
    """Puts items into the queue inside the caller's transaction."""

    def __init__(self, db: Database) -> None:
        _quiet()
        self._client = DBOSClient(
            system_database_engine=db.writer, serializer=DBOSPortableJSONSerializer(), lazy=True
        )
        schema = None if db.embedded else "dbos"
        self._status = sa.table(
            "workflow_status",
            *map(sa.column, ("workflow_uuid", "status", "executor_id", "completed_at")),
            schema=schema,
        )
        self._inputs = sa.table("workflow_input", sa.column("workflow_uuid"), schema=schema)

    def add(self, s: Session, item: Item) -> None:
        self.ask(s, item, tries=0)

    def ask(self, s: Session, item: Item, *, tries: int) -> None:
        """Ask for one try of an item; `tries` have failed before."""
        options: EnqueueOptions = {
            "workflow_name": WORKFLOW,
            "queue_name": QUEUE,
            "workflow_id": item.key if not tries else f"{item.key}~{tries}",
            "app_version": VERSION,
        }
        if item.run_at and item.run_at > (now := clock.now()):
            options["delay_seconds"] = (item.run_at - now).total_seconds()
        self._client.enqueue_in_transaction(s.connection(), options, item.kind, item.key, item.fields, tries)

    def cancel(self, s: Session, key: str) -> None:
        waiting = self._status.c.status.in_(("DELAYED", "ENQUEUED"))
        tries = [key, *(f"{key}~{n}" for n in range(1, TRIES))]
        gone = sa.delete(self._status).where(self._status.c.workflow_uuid.in_(tries), waiting)
        if s.connection().execute(gone).rowcount:
            left = sa.delete(self._inputs).where(self._inputs.c.workflow_uuid.in_(tries))
            s.connection().execute(left)  # else the same key asked for again would run with the old fields

    def counts(self, s: Session) -> dict[str, int]:
        """How many items are waiting, running and dead."""
        names = {
            "DELAYED": "delayed",
            "ENQUEUED": "waiting",
            "PENDING": "running",
            "ERROR": "dead",
            "MAX_RECOVERY_ATTEMPTS_EXCEEDED": "dead",
        }
        query = sa.select(self._status.c.status, sa.func.count()).group_by(self._status.c.status)
        found = dict.fromkeys(names.values(), 0)
        for status, number in s.connection().execute(query):
            if status in names:
                found[names[status]] += number
        return found

    def is_open(self, s: Session, kind: str, key: str) -> bool:
        """Whether an item still waits or runs, so that nobody needs to ask for it again."""
        tries = [f"{kind}:{key}", *(f"{kind}:{key}~{n}" for n in range(1, TRIES))]
        query = sa.select(self._status.c.status).where(
            self._status.c.workflow_uuid.in_(tries), self._status.c.status.in_(_OPEN)
        )
        return s.connection().execute(query.limit(1)).first() is not None

    def forget(self, s: Session, before: datetime) -> int:
        """Drop what was done before an instant; the dead stay until somebody looks at them."""
        done = self._status.c.status.in_(("SUCCESS", "CANCELLED"))
        old = self._status.c.completed_at < int(before.timestamp() * 1000)
        return s.connection().execute(sa.delete(self._status).where(done, old)).rowcount


class Worker:
    """Runs items, in threads of this process. `executor` must be its own while it lives, and come back."""

    def __init__(
        self, db: Database, executor: str, run: Run, *, pause: Pause = back_off, poll: float = 0.2
    ) -> None:
        self._db = db
        self._run = run
        self._pause = pause
        self._outbox = Dbos(db)
        DBOS(
            config={
                "name": "odr",
                "system_database_url": db.url,
                "application_version": VERSION,
                "executor_id": executor,
                "serializer": DBOSPortableJSONSerializer(),
                "log_level": "WARNING",
            }
        )

        # An item in flight when its process died is taken up again, but not by the thirteenth process.
        @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=TRIES)
        def effect(kind: str, key: str, fields: dict[str, object], tries: int) -> None:
            self._effect(Item(kind, key, fields), tries)

        DBOS.launch()
        DBOS.register_queue(QUEUE, worker_concurrency=8, polling_interval_sec=poll)

    def take_over(self, executor: str) -> int:
        """Take up what a dead worker left in flight; returns how much that was."""
        return len(DBOS._recover_pending_workflows([executor]))

    def stop(self, seconds: int = 8) -> None:
        """Finish what is running, take nothing new."""
        DBOS.destroy(workflow_completion_timeout_sec=seconds, destroy_registry=True)

    def _effect(self, item: Item, tries: int) -> None:
        try:
            self._run(item)
        except Exception:
            if tries + 1 >= TRIES:
                _log.critical("outbox item is dead", extra={"item": item.key, "tries": TRIES}, exc_info=True)
                raise
            _log.warning("outbox item failed", extra={"item": item.key, "tries": tries + 1}, exc_info=True)
            self._again(item, tries + 1)

    def _again(self, item: Item, tries: int) -> None:
        later = Item(item.kind, item.key, item.fields, clock.now() + self._pause(tries))
        try:
            with self._db.transaction() as s:
                self._outbox.ask(s, later, tries=tries)
        except Exception:
            # Neither done nor asked for again: only a new life of this process takes the item up.
            _log.critical("outbox cannot be written", exc_info=True)
            os._exit(1)


def _quiet() -> None:
    logging.getLogger("dbos").setLevel(logging.WARNING)  # it advertises at INFO
