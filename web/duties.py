"""What the court does by itself, now and then."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from datetime import timedelta

from sqlmodel import Session, col, delete, select

from odr import checkpoints, clock
from odr.actions import performance
from odr.errors import WrongStage
from odr.outbox_dbos import Dbos
from odr.rules.access import MACHINE
from odr.tables.people import Court
from odr.tables.records import JournalEntry, Repeat
from web.jobs import Office, every

log = logging.getLogger("odr.duties")

MANY = 1000  # entries that do not wait for their minute
ABANDONED = 3600  # seconds after which a file still arriving will not arrive any more
KEPT_REPEATS = timedelta(days=30)
KEPT_ITEMS = timedelta(days=30)


@every(60)
def checkpoint_each_minute(office: Office) -> None:
    """A signed root over each court's journal that grew."""
    with office.db.reading() as s:
        courts = s.exec(select(Court.id)).all()
    for court_id in courts:
        _checkpoint(office, court_id)


@every(5)
def checkpoint_when_many(office: Office) -> None:
    """A court whose journal grows fast gets its root sooner."""
    with office.db.reading() as s:
        courts = [court_id for court_id in s.exec(select(Court.id)) if _unsigned(s, court_id) >= MANY]
    for court_id in courts:
        _checkpoint(office, court_id)


def _unsigned(s: Session, court_id: str) -> int:
    last = checkpoints.latest(s, court_id)
    query = select(JournalEntry.seq).where(JournalEntry.court_id == court_id)
    newest = s.exec(query.order_by(col(JournalEntry.seq).desc()).limit(1)).one_or_none()
    return (newest or 0) - (last.seq if last else 0)


def _checkpoint(office: Office, court_id: str) -> None:
    at, authority, way = office.now(), office.authority, office.settings.signing
    with office.db.transaction() as s:
        checkpoints.make(
            s,
            court_id,
            sign=lambda court, content: authority.signer_for(court.code, court.name, way).sign(content),
            stamp=lambda digest: authority.timestamp(digest, at),
            at=at,
        )


@every(3600)
def watch_performance(office: Office) -> None:
    """Who owes is reminded before the day; when it has passed both are told (PML-31)."""
    now = office.now()
    today = clock.court_date(now)
    with office.db.reading() as s:
        soon, late = performance.due_soon(s, today), performance.due_and_open(s, today)
    for keys, act in ((soon, performance.remind), (late, performance.urge)):
        for key in keys:
            with suppress(WrongStage), office.db.transaction() as s:  # it was performed meanwhile
                act(s, key, by=MACHINE, at=now)


@every(3600)
def sweep(office: Office) -> None:
    """Forget what was only needed for a while: half files, old form keys, finished items."""
    for path in office.vault.incoming.iterdir():
        if path.stat().st_mtime < time.time() - ABANDONED:
            path.unlink(missing_ok=True)
    now = office.now()
    with office.db.transaction() as s:
        s.exec(delete(Repeat).where(col(Repeat.at) < now - KEPT_REPEATS))
        Dbos(office.db).forget(s, now - KEPT_ITEMS)
