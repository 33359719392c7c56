"""The job worker: carries the outbox's items to their handlers and does the periodic duties.

Each worker holds a numbered place, a locked file of the run folder, and comes back under the same name,
so that what it left in flight is taken up again. A worker on another machine that never comes back is
noticed by its heartbeat, and its work taken over.
"""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import socket
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO

from odr import clock, digests, letterhead, outbox, rulebook, schema, seals
from odr.db import Database
from odr.errors import Conflict
from odr.outbox_dbos import Dbos, Worker
from odr.settings import Settings
from odr.vault import Vault
from web import heartbeats, jobs
from web.jobs import Office

# Importing these registers their handlers and duties
from web import disposing, duties, examining, filming, issuing, ringing, sending  # noqa: F401  # isort: skip

BEAT = 5  # seconds
YIELD = 5  # steps of priority below the pages: people wait for those
TURN = 0.0005  # seconds a thread computes on while one that holds the database's only pen waits for its turn

log = logging.getLogger("odr.work")


class Place:
    """A number that only one living process of this machine has."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        number, self._file = _first_free(folder)
        self.name = f"{socket.gethostname()}/work-{number}"

    def leave(self) -> None:
        self._file.close()


def _first_free(folder: Path) -> tuple[int, IO[bytes]]:
    for number in range(64):
        file = (folder / f"work-{number}.lock").open("wb")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the kernel frees it when the process dies
        except BlockingIOError:
            file.close()
            continue
        return number, file
    raise RuntimeError("64 job workers run already")


def work(settings: Settings, stop: threading.Event) -> None:
    """Work until told to stop; what is in hand then is finished."""
    settings.data.mkdir(parents=True, exist_ok=True)
    office = Office(settings, Database(settings.database_url), Vault(settings.vault))
    schema.upgrade(office.db)
    outbox.use(Dbos(office.db))
    letterhead.use(settings.origin)
    seals.use(seals.key_in(settings.keys))
    digests.use(settings.digest)
    with suppress(Conflict), office.db.transaction() as s:  # another worker may be first
        rulebook.take_over(s, at=clock.now())
    place = Place(settings.run)
    worker = Worker(office.db, place.name, lambda item: jobs.run(office, item))
    log.info("job worker ready", extra={"place": place.name})
    try:
        while not stop.is_set():
            _look_around(office, worker, place.name)
            stop.wait(BEAT)
    finally:
        worker.stop()
        with office.db.transaction() as s:
            heartbeats.leave(s, place.name)
        place.leave()
        office.db.close()


def _look_around(office: Office, worker: Worker, name: str) -> None:
    try:
        with office.db.transaction() as s:
            heartbeats.beat(s, name, office.now())
            lost = heartbeats.dead(s, office.now())
        for other in lost:
            log.warning("taking over from a dead worker", extra={"place": other})
            worker.take_over(other)
            with office.db.transaction() as s:
                heartbeats.leave(s, other)
        jobs.do_duties(office)
    except Exception:  # a full disk or a lost database passes; the worker stays
        log.exception("job worker stumbled")


def main(settings: Settings) -> int:
    """`odr work`; what it starts, such as the press, steps back as well."""
    os.nice(YIELD)
    sys.setswitchinterval(TURN)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    work(settings, stop)
    return os.EX_OK
