"""What the job worker can do: one handler for each kind of outbox item, one duty for each thing due by time.

A handler may be called twice with the same item and must then find its work done. It reads in one short
session, works without any, and writes in one transaction: the database has a single writer.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from odr import clock
from odr.db import Database
from odr.outbox import Item
from odr.settings import Settings
from odr.tables.records import Wakeup
from odr.vault import Vault

if TYPE_CHECKING:
    from documents.authority import Authority

log = logging.getLogger("odr.jobs")


@dataclass(frozen=True, slots=True)
class Office:
    """What jobs need of the running product."""

    settings: Settings
    db: Database
    vault: Vault

    @property
    def authority(self) -> Authority:
        """The key folder, read anew each time: a key that was changed or ends soon is noticed."""
        from documents.authority import Authority

        return Authority.open(self.settings.keys, self.now())

    def now(self) -> datetime:
        return clock.now()


@dataclass(frozen=True, slots=True)
class Work(Office):
    """One item to be done."""

    key: str
    fields: dict[str, Any]


Handler = Callable[[Work], None]
Duty = Callable[[Office], None]

_handlers: dict[str, Handler] = {}
_duties: dict[str, tuple[timedelta, Duty]] = {}


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Registers the handler of a kind of outbox item."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def every(seconds: int) -> Callable[[Duty], Duty]:
    """Registers a duty that some worker does every so many seconds."""

    def register(duty: Duty) -> Duty:
        _duties[f"duty:{duty.__name__}"] = (timedelta(seconds=seconds), duty)
        return duty

    return register


def kinds() -> frozenset[str]:
    """Every kind of item that has a handler."""
    return frozenset(_handlers)


def run(office: Office, item: Item) -> None:
    """Do one item; whatever goes wrong is raised, and the outbox tries again."""
    handler = _handlers[item.kind]
    handler(Work(office.settings, office.db, office.vault, item.key, item.fields))


def do_duties(office: Office) -> list[str]:
    """Do every duty whose time has come and that no other worker has claimed; returns their names."""
    done = []
    for name, (pause, duty) in _duties.items():
        if _claim(office, name, pause):
            try:
                duty(office)
                _finish(office, name)
                done.append(name)
            except Exception:  # the other duties must not wait for this one's repair
                log.exception("duty failed", extra={"duty": name})
    return done


def _claim(office: Office, name: str, pause: timedelta) -> bool:
    now = office.now()
    with office.db.reading() as s:
        known = s.get(Wakeup, name)
        if known is not None and known.at + pause > now:
            return False
    with office.db.transaction() as s:
        row = s.get(Wakeup, name, with_for_update=True) or Wakeup(name=name, at=now - pause)
        if row.at + pause > now:
            return False
        row.at, row.done_at = now, None
        s.add(row)
    return True


def _finish(office: Office, name: str) -> None:
    with office.db.transaction() as s:
        row = s.get_one(Wakeup, name)
        row.done_at = office.now()
        s.add(row)
