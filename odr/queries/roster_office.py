"""The roster for those who keep it: the organisation's own page, and the court's queue of proposals."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from odr import clock, db, journal
from odr.errors import NotFound
from odr.rules import entries
from odr.rules.access import Actor
from odr.rules.entries import Entry
from odr.rules.moves import ENDS
from odr.tables.mediations import MediationCase
from odr.tables.people import Account
from odr.tables.records import JournalEntry
from odr.tables.roster import Mediator, Organisation, RosterChange

SOON = timedelta(days=60)  # a term or licence that ends this soon is warned of
PAGE = 50


@dataclass(frozen=True, slots=True)
class Change:
    """A proposal or decision: each column before and after."""

    id: str
    batch: str
    kind: str
    change: str
    status: str
    entry_id: str | None
    name: str
    columns: tuple[tuple[str, object, object], ...]
    proposed_at: datetime
    decided_at: datetime | None
    reason: str
    open_cases: int = 0


@dataclass(frozen=True, slots=True)
class Member:
    """A mediator as the organisation's table shows one."""

    id: str
    name: str
    kind: str
    status: str
    scope: tuple[str, ...]
    certificate_number: str
    term_until: date | None
    ends_soon: bool
    open_cases: int
    max_open_cases: int
    has_account: bool
    waiting: bool


@dataclass(frozen=True, slots=True)
class OwnOrganisation:
    """Everything the organisation's page shows."""

    id: str
    name: str
    values: Entry
    ends_soon: tuple[str, ...]  # columns whose day is near
    members: tuple[Member, ...]
    waiting: tuple[Change, ...]
    decided: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class OwnEntry:
    """One entry for its organisation: what holds, what waits, what was."""

    id: str
    kind: str
    name: str
    status: str
    values: Entry
    wished: Entry  # the values with what waits
    waiting: tuple[Change, ...]
    open_cases: int


@dataclass(frozen=True, slots=True)
class Batch:
    """One import or edit in the court's queue."""

    batch: str
    organisation: str
    by: str
    counts: dict[str, int]
    first: str
    proposed_at: datetime
    decided_at: datetime | None
    undo_until: datetime | None


@dataclass(frozen=True, slots=True)
class BatchPage:
    """A batch with one page of its changes."""

    head: Batch
    changes: tuple[Change, ...]
    waiting: int
    page: int
    pages: int


def organisation(s: Session, by: Actor, at: datetime) -> OwnOrganisation:
    """The administrator's own organisation."""
    row = db.get(s, Organisation, by.org_id)
    today = clock.court_date(at)
    changes = _changes(s, col(RosterChange.org_id) == row.id)
    waiting = tuple(change for change in changes if change.status == "proposed")
    about = {change.entry_id for change in waiting}
    query = select(Mediator).where(Mediator.org_id == row.id, col(Mediator.status) != "removed")
    loads = _loads(s, row.id)
    values = entries.of(row, "organisation")
    return OwnOrganisation(
        id=row.id,
        name=row.name,
        values=values,
        ends_soon=tuple(
            key for key in ("licence_until", "term_until") if _soon(entries.to_row(key, values[key]), today)
        ),
        members=tuple(
            _member(one, loads.get(one.id, 0), today, one.id in about)
            for one in s.exec(query.order_by(col(Mediator.name)))
        ),
        waiting=waiting,
        decided=tuple(change for change in changes if change.status != "proposed")[:20],
    )


def entry(s: Session, row: Organisation | Mediator) -> OwnEntry:
    """One entry of the organisation."""
    kind = "mediator" if isinstance(row, Mediator) else "organisation"
    waiting = [c for c in _changes(s, col(RosterChange.entry_id) == row.id) if c.status == "proposed"]
    values = entries.of(row, kind)
    wished = values | {key: after for change in waiting for key, _, after in change.columns}
    return OwnEntry(
        id=row.id,
        kind=kind,
        name=row.name,
        status=row.status,
        values=values,
        wished=wished,
        waiting=tuple(waiting),
        open_cases=_loads(s, row.org_id).get(row.id, 0) if isinstance(row, Mediator) else 0,
    )


def sheet_sent(s: Session, org_id: str, digest: str) -> bool:
    """Whether the sheet was for the whole list; NotFound if this organisation never sent it."""
    sent = s.exec(
        select(JournalEntry)
        .where(
            JournalEntry.subject == f"organisation:{org_id}",
            JournalEntry.kind == "roster.sheet_sent",
        )
        .order_by(col(JournalEntry.seq).desc())
    )
    for one in sent:
        fields = journal.fields_of(one)
        if fields["file"] == digest:
            return bool(fields["whole"])
    raise NotFound(kind="sheet")


def queue(s: Session, by: Actor) -> list[Batch]:
    """Batches that wait for the court, the oldest first."""
    return _batches(s, by, "proposed")


def lately(s: Session, by: Actor, at: datetime) -> list[Batch]:
    """Batches approved within the time in which they can be taken back."""
    return _batches(s, by, "approved", since=at - entries.UNDO)[::-1]


def batch(s: Session, key: str, by: Actor, *, page: int = 1) -> BatchPage:
    """One batch of the officer's court."""
    rows = s.exec(
        select(RosterChange)
        .where(RosterChange.batch == key, RosterChange.court_id == (by.court_id or ""))
        .order_by(col(RosterChange.change), col(RosterChange.id))
    ).all()
    if not key or not rows:
        raise NotFound(kind="RosterChange")
    pages = -(-len(rows) // PAGE)
    page = min(max(page, 1), pages)
    return BatchPage(
        head=_head(s, list(rows)),
        changes=tuple(_change(s, row, loads=True) for row in rows[(page - 1) * PAGE : page * PAGE]),
        waiting=sum(row.status == "proposed" for row in rows),
        page=page,
        pages=pages,
    )


def _batches(s: Session, by: Actor, status: str, since: datetime | None = None) -> list[Batch]:
    query = select(RosterChange).where(
        RosterChange.court_id == (by.court_id or ""), RosterChange.status == status
    )
    if since is not None:
        query = query.where(col(RosterChange.decided_at) >= since)
    grouped: dict[str, list[RosterChange]] = {}
    for row in s.exec(query.order_by(col(RosterChange.proposed_at), col(RosterChange.id))):
        grouped.setdefault(row.batch, []).append(row)
    return [_head(s, rows) for rows in grouped.values()]


def _head(s: Session, rows: list[RosterChange]) -> Batch:
    row = rows[0]
    body = s.get(Organisation, row.org_id) if row.org_id else None
    who = s.get(Account, row.proposed_by) if row.proposed_by else None
    decided = max((r.decided_at for r in rows if r.status == "approved" and r.decided_at), default=None)
    return Batch(
        batch=row.batch,
        organisation=body.name if body else "",
        by=who.name if who else "",
        counts=dict(Counter(r.change for r in rows)),
        first=_name(s, row),
        proposed_at=row.proposed_at,
        decided_at=decided,
        undo_until=decided + entries.UNDO if decided else None,
    )


def _changes(s: Session, where: sa.ColumnElement[bool]) -> list[Change]:
    query = select(RosterChange).where(where)
    rows = s.exec(query.order_by(col(RosterChange.proposed_at).desc(), col(RosterChange.id)).limit(200))
    return [_change(s, row) for row in rows]


def _change(s: Session, row: RosterChange, *, loads: bool = False) -> Change:
    return Change(
        id=row.id,
        batch=row.batch,
        kind=row.entry_kind,
        change=row.change,
        status=row.status,
        entry_id=row.entry_id,
        name=_name(s, row),
        columns=tuple((key, row.before.get(key), value) for key, value in row.after.items()),
        proposed_at=row.proposed_at,
        decided_at=row.decided_at,
        reason=row.reason,
        open_cases=_loads(s, row.org_id).get(row.entry_id or "", 0)
        if loads and row.change == "remove"
        else 0,
    )


def _name(s: Session, row: RosterChange) -> str:
    if row.entry_id is None:
        return str(row.after.get("name", ""))
    if row.entry_kind == "mediator":
        return db.get(s, Mediator, row.entry_id).name
    return db.get(s, Organisation, row.entry_id).name


def _loads(s: Session, org_id: str | None) -> dict[str, int]:
    """Open cases of each mediator of an organisation."""
    query = (
        select(MediationCase.mediator_id, func.count())
        .join(Mediator, col(Mediator.id) == col(MediationCase.mediator_id))
        .where(Mediator.org_id == org_id, col(MediationCase.stage).not_in(ENDS))
        .group_by(col(MediationCase.mediator_id))
    )
    return {key: count for key, count in s.exec(query).all() if key}


def _soon(day: date | None, today: date) -> bool:
    return day is not None and day - today <= SOON


def _member(row: Mediator, load: int, today: date, waiting: bool) -> Member:
    return Member(
        id=row.id,
        name=row.name,
        kind=row.kind,
        status=row.status,
        scope=tuple(row.scope),
        certificate_number=row.certificate_number,
        term_until=row.term_until,
        ends_soon=_soon(row.term_until, today),
        open_cases=load,
        max_open_cases=row.max_open_cases,
        has_account=row.account_id is not None,
        waiting=waiting,
    )
