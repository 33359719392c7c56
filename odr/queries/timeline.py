"""A matter's timeline, from its journal, in words; and who looked at it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from odr.queries import journal_words as words
from odr.rules import access
from odr.rules.words import Hat, Side
from odr.tables.disputes import Party
from odr.tables.people import Account, RoleGrant
from odr.tables.records import JournalEntry, Look

SIDES = {Side.APPLICANT: "申请人", Side.RESPONDENT: "被申请人"}
ROLES = {
    "mediator": "调解员",
    "org-admin": "调解组织",
    "triage": "程序分流员",
    "judge": "法官",
    "clerk": "书记员",
    "leader": "院领导",
    "auditor": "审计员",
    "sysadmin": "系统管理员",
}


@dataclass(frozen=True, slots=True)
class Event:
    """One line: `words` (a Chinese source with `%(who)s`) by a named person in a role (both may be empty)."""

    at: datetime
    kind: str
    words: str
    name: str
    role: str
    hash: str


@dataclass(frozen=True, slots=True)
class Glance:
    """One look at the matter by somebody who is not its party."""

    at: datetime
    name: str
    role: str
    what: str


def of(s: Session, dispute_id: str, hats: frozenset[Hat]) -> tuple[Event, ...]:
    """What happened, the latest first, as far as these hats may know."""
    entries = s.exec(
        select(JournalEntry)
        .where(JournalEntry.subject == f"dispute:{dispute_id}")
        .order_by(col(JournalEntry.seq).desc())
    ).all()
    shown = [
        entry
        for entry in entries
        if words.is_shown(entry.kind) and access.may_read(words.zone(entry.kind), hats)
    ]
    people = _people(s, dispute_id, {entry.actor for entry in shown})
    return tuple(
        Event(
            entry.at, entry.kind, words.sentence(entry.kind), *people.get(entry.actor, ("", "")), entry.hash
        )
        for entry in shown
    )


def looks(s: Session, dispute_id: str) -> tuple[Glance, ...]:
    """Who looked, the latest first; the same person at the same thing within an hour is one line."""
    rows = s.exec(
        select(Look).where(Look.subject == f"dispute:{dispute_id}").order_by(col(Look.at).desc()).limit(500)
    ).all()
    names = _names(s, {row.account_id for row in rows if row.account_id})
    once: dict[tuple[str | None, str, str], Glance] = {}
    for row in rows:
        key = (row.account_id, row.what, f"{row.at:%Y%m%d%H}")
        glance = Glance(row.at, names.get(row.account_id or "", ""), ROLES.get(row.hat, row.hat), row.what)
        once.setdefault(key, glance)
    return tuple(once.values())


def _people(s: Session, dispute_id: str, refs: Iterable[str]) -> dict[str, tuple[str, str]]:
    """How each actor is called here: name and role; the machine is the court's system."""
    known = set(refs) - {"machine", "stranger"}
    names = _names(s, known)
    roles = dict.fromkeys(known, "")
    grants = s.exec(select(RoleGrant).where(col(RoleGrant.account_id).in_(known))).all()
    roles |= {grant.account_id: ROLES.get(grant.role, "") for grant in grants}
    for party in s.exec(select(Party).where(Party.dispute_id == dispute_id)):
        roles |= {
            account: SIDES[party.side] for account in (party.account_id, party.agent_account_id) if account
        }
    people = {ref: (names.get(ref, ""), roles[ref]) for ref in known}
    return people | {"machine": ("", "法院系统")}


def _names(s: Session, account_ids: Iterable[str]) -> dict[str, str]:
    rows = s.exec(select(Account.id, Account.name).where(col(Account.id).in_(list(account_ids)))).all()
    return dict(rows)
