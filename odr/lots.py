"""Drawing by lot so that anybody can check it: seed committed first, pool fixed, seed revealed.

The journal's head at the moment of drawing goes into the draw too, so whoever made the seed could
not have known what it would choose.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from odr import journal
from odr.errors import Conflict
from odr.rules import draw as rules
from odr.rules.access import Actor
from odr.tables.records import JournalEntry, Lot


def commit(s: Session, *, court_id: str, matter: str, subject: str, by: Actor, at: datetime) -> Lot:
    """Seal a fresh seed for this subject; its commitment goes into the journal now."""
    seed = secrets.token_bytes(32)
    lot = Lot(
        court_id=court_id,
        subject=subject,
        commitment=rules.commit(seed),
        seed=seed.hex(),
        committed_at=at,
    )
    s.add(lot)
    journal.append(
        s, court_id, matter, "lot.committed", by=by, at=at, about=subject, commitment=lot.commitment
    )
    return lot


def take(
    s: Session,
    *,
    court_id: str,
    matter: str,
    subject: str,
    pool: Iterable[str],
    exclusions: Mapping[str, str],
    by: Actor,
    at: datetime,
) -> dict[str, Any]:
    """Draw one of the pool with the sealed seed and reveal it; the log that lets anybody do it again."""
    lot = s.exec(
        select(Lot)
        .where(Lot.subject == subject, col(Lot.revealed_at).is_(None))
        .order_by(col(Lot.committed_at).desc())
        .limit(1)
        .with_for_update()
    ).first() or commit(s, court_id=court_id, matter=matter, subject=subject, by=by, at=at)
    eligible = sorted(set(pool) - set(exclusions))
    if not eligible:
        raise Conflict(pool="empty")
    drawn = rules.draw(
        sorted(set(pool)),
        dict(exclusions),
        seed=bytes.fromhex(lot.seed),
        context=f"{subject}:{_head(s, court_id)}",
    )
    lot.revealed_at = at
    s.add(lot)
    log: dict[str, Any] = drawn.to_json()
    journal.append(s, court_id, matter, "lot.drawn", by=by, at=at, about=subject, draw=log)
    return log


class Heard:
    """Every draw of a journal done again while it is read; nothing but the journal is asked."""

    def __init__(self) -> None:
        self.sealed: dict[str, list[str]] = {}  # subject -> commitments not yet revealed
        self.drawn: dict[str, str] = {}  # subject -> who was drawn last

    def hear(self, kind: str, fields: Mapping[str, Any], prev: str) -> Iterator[str]:
        """What does not hold in one entry; `prev` is the hash of the entry before it."""
        if kind == "lot.committed":
            self.sealed.setdefault(fields["about"], []).append(fields["commitment"])
        if kind == "lot.drawn":
            yield from self._again(fields["about"], fields["draw"], prev)

    def _again(self, about: str, log: Mapping[str, Any], prev: str) -> Iterator[str]:
        if not rules.check(log):
            yield "the lot does not draw whom it names"
        if log["commitment"] in self.sealed.get(about, ()):
            self.sealed[about].remove(log["commitment"])
        else:
            yield "the seed of the lot was not sealed before"
        if log["context"] != f"{about}:{prev}":
            yield "the lot does not hang on the entry before it"
        self.drawn[about] = log["chosen"]


def _head(s: Session, court_id: str) -> str:
    newest = select(JournalEntry.hash).where(JournalEntry.court_id == court_id)
    return s.exec(newest.order_by(col(JournalEntry.seq).desc()).limit(1)).first() or journal.GENESIS
