"""The journal for the auditor, accounts for the system administrator: procedure and people, no case content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from odr import db, journal
from odr.rules import identity
from odr.rules.access import Actor
from odr.rules.words import Role
from odr.tables.disputes import Dispute
from odr.tables.people import Account, Court, Credential, Login, RoleGrant
from odr.tables.records import Checkpoint, JournalEntry

PAGE = 50
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the journal as the auditor reads it."""

    seq: int
    at: datetime
    kind: str
    actor: str
    matter: str
    fields: dict[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class Journal:
    """One page of entries, newest first."""

    entries: tuple[Entry, ...]
    page: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class Check:
    """Whether the chain holds, and the first place where it does not."""

    entries: int
    broken_at: int | None
    head: str


@dataclass(frozen=True, slots=True)
class Colleague:
    """An account of the court's staff."""

    id: str
    name: str
    phone: str
    roles: tuple[Role, ...]
    second_factor: bool
    seen_at: datetime | None
    disabled: bool


def browse(s: Session, by: Actor, *, matter: str = "", kind: str = "", page: int = 1) -> Journal:
    """The court's journal, filtered by a matter's number and a kind."""
    query = select(JournalEntry).where(JournalEntry.court_id == by.court_id)
    if matter:
        query = query.where(col(JournalEntry.subject).in_(_subjects(s, by, matter)))
    if kind:
        query = query.where(col(JournalEntry.kind).startswith(kind, autoescape=True))
    total = s.exec(select(func.count()).select_from(query.subquery())).one()
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    rows = s.exec(query.order_by(col(JournalEntry.seq).desc()).offset((page - 1) * PAGE).limit(PAGE)).all()
    names = _names(s, {row.actor for row in rows})
    numbers = _numbers(s, {row.subject for row in rows})
    return Journal(tuple(_entry(row, names, numbers) for row in rows), page, pages, total)


def check_chain(s: Session, by: Actor) -> Check:
    """Walk the whole chain of the court: each entry's digest, and that it names the one before it."""
    before, seq, court_id = journal.GENESIS, 0, by.court_id
    while True:
        rows = s.exec(
            select(JournalEntry)
            .where(JournalEntry.court_id == court_id, JournalEntry.seq > seq)
            .order_by(col(JournalEntry.seq))
            .limit(BATCH)
        ).all()
        for row in rows:
            whole = journal.body_of(row, journal.fields_of(row)).decode() == row.body
            if row.seq != seq + 1 or row.prev != before or not whole or journal.hash_of(row.body) != row.hash:
                return Check(seq, seq + 1, before)
            before, seq = row.hash, row.seq
        s.expunge_all()
        if len(rows) < BATCH:
            return Check(seq, None, before)


def checkpoints(s: Session, by: Actor, limit: int = 20) -> list[Checkpoint]:
    """The latest signed roots of the court's journal."""
    query = select(Checkpoint).where(Checkpoint.court_id == by.court_id)
    return list(s.exec(query.order_by(col(Checkpoint.seq).desc()).limit(limit)))


def colleagues(s: Session, by: Actor) -> list[Colleague]:
    """Everybody with a role in the court."""
    roles: dict[str, list[Role]] = {}
    for grant in s.exec(select(RoleGrant).where(RoleGrant.court_id == by.court_id)):
        roles.setdefault(grant.account_id, []).append(grant.role)
    enrolled = set(s.exec(select(Credential.account_id).where(col(Credential.confirmed_at).is_not(None))))
    latest = select(Login.account_id, func.max(Login.seen_at)).group_by(col(Login.account_id))
    seen = dict(s.exec(latest.where(col(Login.account_id).in_(roles))).all())
    rows = s.exec(select(Account).where(col(Account.id).in_(roles)).order_by(Account.name)).all()
    return [
        Colleague(
            id=row.id,
            name=row.name,
            phone=identity.masked(row.phone),
            roles=tuple(sorted(roles[row.id])),
            second_factor=row.id in enrolled,
            seen_at=seen.get(row.id),
            disabled=row.disabled_at is not None,
        )
        for row in rows
    ]


def own_court(s: Session, by: Actor) -> Court:
    return db.get(s, Court, by.court_id)


def _subjects(s: Session, by: Actor, matter: str) -> list[str]:
    """The matters meant by a number or an id, in the auditor's own court."""
    query = select(Dispute.id).where(
        Dispute.court_id == by.court_id,
        (Dispute.number == matter) | (Dispute.id == matter) | (Dispute.filing_number == matter),
    )
    return [f"dispute:{key}" for key in s.exec(query)] or [matter]


def _names(s: Session, accounts: set[str]) -> dict[str, str]:
    query = select(Account.id, Account.name).where(col(Account.id).in_(accounts))
    return dict(s.exec(query).all())


def _numbers(s: Session, subjects: set[str]) -> dict[str, str]:
    keys = [subject.partition(":")[2] for subject in subjects]
    query = select(Dispute.id, Dispute.number).where(col(Dispute.id).in_(keys))
    return {f"dispute:{key}": number for key, number in s.exec(query) if number}


def _entry(row: JournalEntry, names: dict[str, str], numbers: dict[str, str]) -> Entry:
    return Entry(
        seq=row.seq,
        at=row.at,
        kind=row.kind,
        actor=names.get(row.actor, row.actor),
        matter=numbers.get(row.subject, row.subject),
        fields=journal.fields_of(row),
        hash=row.hash,
    )
