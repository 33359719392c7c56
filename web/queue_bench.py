"""`odr bench documents`, its last part: papers queued all at once while people ask for pages.

Pages and jobs run as two processes of their own on an invented court, as `odr serve` runs them; four
people each look at a page for a second and ask for the next, over HTTP, until the last of these papers is
published. A ruling that is out is served on both sides, so that two certificates follow each.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPConnection
from itertools import cycle, islice
from pathlib import Path
from typing import TextIO

from sqlmodel import Session, col, select

from documents import bench
from odr import clock, demo, letterhead, outbox, papers, schema, seals
from odr import settings as reading
from odr.actions import accounts
from odr.db import Database
from odr.outbox_dbos import Dbos
from odr.rules.words import Role, Zone
from odr.settings import Settings
from odr.tables.disputes import Dispute
from odr.tables.people import Account, RoleGrant
from odr.tables.records import Document
from web.logins import COOKIE
from web.supervise import die_with_parent

PEOPLE, PAUSE = 4, 1.0  # seconds
MATTERS = 5
LONGEST = 1800.0  # seconds until a court is told that its machine is too slow


def main(words: Sequence[str], out: TextIO) -> int:
    """All of `odr bench documents`."""
    return bench.main(words, out, queued)


def queued(count: int) -> dict[str, float | int]:
    """What people wait for their pages while so many papers are made."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        free.close()
        env = {"ODR_DEMO": "1", "ODR_MEDIA_WORKERS": "1", "ODR_ORIGIN": f"http://127.0.0.1:{port}"}
        chosen = reading.read(env, data=Path(folder))
        db = Database(chosen.database_url)
        try:
            _invent(chosen, db)
            with _running(chosen, env, port):
                _until(lambda: _answers(port) and _unpublished(db) == 0)
                return _measured(db, port, count)
        finally:
            db.close()


def _invent(chosen: Settings, db: Database) -> None:
    """A court with a handful of matters that are not far yet, so that few papers of theirs come first."""
    schema.upgrade(db)
    outbox.use(Dbos(db))
    letterhead.use(chosen.origin)
    seals.use(seals.key_in(chosen.keys))
    with db.transaction() as s:
        cast = demo.people(s, clock.now() - timedelta(days=90))
    for story in demo.STORIES[-MATTERS:]:
        with db.transaction() as s:
            story(s, cast, clock.now())


@contextmanager
def _running(chosen: Settings, env: dict[str, str], port: int) -> Iterator[None]:
    """The process of the pages and the process of the jobs."""
    own, known = [sys.executable, "-m", "web"], os.environ | env | {"ODR_DATA": str(chosen.data)}
    quiet = {"env": known, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    started = [
        subprocess.Popen([*own, *words], preexec_fn=die_with_parent, **quiet)  # type: ignore[call-overload]
        for words in (["web", "--port", str(port)], ["work"])
    ]
    try:
        yield
    finally:
        for one in started:
            one.terminate()
        for one in started:
            one.wait(20)


def _measured(db: Database, port: int, count: int) -> dict[str, float | int]:
    with db.transaction() as s:
        pages, cookie = _pages(s), _cookie(s)
    done, waits = threading.Event(), list[float]()
    people = [
        threading.Thread(target=_ask, args=(port, cookie, islice(cycle(pages), n, None), done, waits))
        for n in range(PEOPLE)
    ]
    with db.transaction() as s:
        queued = _queue(s, count)
    begun = time.perf_counter()
    for one in people:
        one.start()
    try:
        _until(lambda: _unpublished(db, queued) == 0)
    finally:
        seconds = time.perf_counter() - begun
        done.set()
        for one in people:
            one.join()
    waits.sort()
    return {
        "queued_count": count,
        "queued_s": round(seconds, 1),
        "still_waiting_count": _unpublished(db),
        "pages_asked": len(waits),
        "page_median_ms": round(waits[len(waits) // 2] * 1000, 1),
        "page_p99_ms": round(waits[len(waits) * 99 // 100] * 1000, 1),
        "page_slowest_ms": round(waits[-1] * 1000, 1),
        "load_average": round(os.getloadavg()[0], 1),
    }


def _queue(s: Session, count: int) -> set[str]:
    """Rulings of many matters, frozen in one transaction."""
    disputes = s.exec(select(Dispute).where(Dispute.number != "")).all()
    return {
        papers.freeze(
            s,
            court_id=dispute.court_id,
            dispute_id=dispute.id,
            subject=f"dispute:{dispute.id}",
            facts=ruling,
            title="民事裁定书",
            zone=Zone.RECORD,
            at=clock.now(),
            number=ruling.number,
        ).id
        for ruling, dispute in zip(islice(bench.rulings(), count), cycle(disputes))  # cycle has no end
    }


def _pages(s: Session) -> list[str]:
    """What a clerk looks at in a day."""
    disputes = s.exec(select(Dispute.id).where(Dispute.number != "").limit(3)).all()
    paper = s.exec(select(Document.id).where(col(Document.published_at).is_not(None)).limit(1)).one()
    return ["/", "/verify", "/home", f"/documents/{paper}", *(f"/disputes/{key}" for key in disputes)]


def _cookie(s: Session) -> str:
    clerk = s.exec(
        select(Account)
        .join(RoleGrant, col(RoleGrant.account_id) == col(Account.id))
        .where(RoleGrant.role == Role.CLERK)
    ).first()
    assert clerk is not None
    _, token = accounts.log_in(s, clerk, at=clock.now(), strong=True, address="127.0.0.1", agent="bench")
    return f"{COOKIE}={token}"


def _ask(port: int, cookie: str, pages: Iterator[str], done: threading.Event, waits: list[float]) -> None:
    """One person: a page, a look at it, the next page."""
    line = HTTPConnection("127.0.0.1", port, timeout=60)
    while not done.is_set():
        begun = time.perf_counter()
        line.request("GET", next(pages), headers={"Cookie": cookie})
        answer = line.getresponse()
        answer.read()
        waits.append(time.perf_counter() - begun)
        if answer.status != 200:
            raise RuntimeError(f"a page answered {answer.status}")
        done.wait(PAUSE)
    line.close()


def _unpublished(db: Database, queued: Set[str] | None = None) -> int:
    """How many of the papers queued, or of all, are still to come."""
    with db.reading() as s:
        waiting = set(papers.unissued(s, before=clock.now()))
    return len(waiting if queued is None else waiting & queued)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + LONGEST
    while not holds():
        if time.monotonic() > end:
            raise RuntimeError(f"not done within {LONGEST:.0f} s")
        time.sleep(0.5)
