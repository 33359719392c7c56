"""What waits for a person now: for each of their roles how much, and when the next of it is due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from odr import standing
from odr.queries import clocks
from odr.queries.clocks import ClockView
from odr.rules.access import Actor
from odr.rules.moves import ENDS, CaseStage, ConfirmationStage, DisputeStage
from odr.rules.words import Role
from odr.tables.agreements import ConfirmationCase
from odr.tables.disputes import Dispute, Party
from odr.tables.mediations import MediationCase
from odr.tables.people import Account, Credential, RoleGrant
from odr.tables.records import Deadline, JournalEntry
from odr.tables.roster import RosterChange

OPEN = (
    DisputeStage.DRAFT,
    DisputeStage.SUBMITTED,
    DisputeStage.RETURNED,
    DisputeStage.REGISTERED,
    DisputeStage.INVITING,
    DisputeStage.IN_MEDIATION,
)
Ids = sa.Select[Any]


@dataclass(frozen=True, slots=True)
class Card:
    """One role's desk on the home page."""

    role: Role
    waiting: int
    due: ClockView | None = None


def cards(s: Session, by: Actor) -> list[Card]:
    """A card for every role, the staff's own after the second factor only."""
    working = by.roles - {Role.PARTY} if by.strong else frozenset()
    found = [_card(s, by, role) for role in Role if role in working]
    if not working - {Role.MEDIATOR}:
        found.append(_party(s, by))
    return found


def _card(s: Session, by: Actor, role: Role) -> Card:
    match role:
        case Role.MEDIATOR:
            return _mediator(s, by)
        case Role.ORG_ADMIN:
            return Card(role, _count(s, _cases(by).where(col(MediationCase.org_id) == (by.org_id or ""))))
        case Role.TRIAGE:
            return _triage(s, by)
        case Role.CLERK:
            return _confirmations(s, by, role, ConfirmationStage.SUBMITTED, ConfirmationStage.ACCEPTED)
        case Role.JUDGE:
            return _judge(s, by)
        case Role.LEADER:
            return Card(role, _count(s, _changes(by)))
        case Role.AUDITOR:
            entries = select(JournalEntry.id).where(JournalEntry.court_id == by.court_id)
            return Card(role, _count(s, entries))
        case Role.SYSADMIN:
            return Card(role, _count(s, _without_factor(by)))
        case Role.PARTY:
            return _party(s, by)


def _party(s: Session, by: Actor) -> Card:
    mine = select(Party.dispute_id).where(standing.acts_for(by.account_id))
    drafts = (col(Dispute.created_by) == by.account_id) & col(Dispute.submitted_at).is_(None)
    ids = select(Dispute.id).where(col(Dispute.stage).in_(OPEN), sa.or_(col(Dispute.id).in_(mine), drafts))
    return Card(Role.PARTY, _count(s, ids), _due(s, "dispute:", ids))


def _mediator(s: Session, by: Actor) -> Card:
    ids = _cases(by).where(col(MediationCase.mediator_id) == (by.mediator_id or ""))
    return Card(Role.MEDIATOR, _count(s, ids), _due(s, "case:", ids))


def _triage(s: Session, by: Actor) -> Card:
    waiting = (DisputeStage.SUBMITTED, DisputeStage.REGISTERED)
    ids = select(Dispute.id).where(Dispute.court_id == by.court_id, col(Dispute.stage).in_(waiting))
    return Card(Role.TRIAGE, _count(s, ids), _due(s, "dispute:", ids))


def _judge(s: Session, by: Actor) -> Card:
    stages = (ConfirmationStage.ASSIGNED, ConfirmationStage.REVIEW)
    return _confirmations(s, by, Role.JUDGE, *stages, judge=by.account_id)


def _confirmations(
    s: Session, by: Actor, role: Role, *stages: ConfirmationStage, judge: str | None = None
) -> Card:
    ids = select(ConfirmationCase.id).where(
        ConfirmationCase.court_id == by.court_id, col(ConfirmationCase.stage).in_(stages)
    )
    if judge:
        ids = ids.where(ConfirmationCase.judge_id == judge)
    return Card(role, _count(s, ids), _due(s, "confirmation:", ids))


def _cases(by: Actor) -> Ids:
    idle = (*ENDS, CaseStage.SUSPENDED)
    return select(MediationCase.id).where(col(MediationCase.stage).not_in(idle))


def _changes(by: Actor) -> Ids:
    return select(RosterChange.id).where(
        RosterChange.court_id == by.court_id, RosterChange.status == "proposed"
    )


def _without_factor(by: Actor) -> Ids:
    enrolled = select(Credential.account_id).where(col(Credential.confirmed_at).is_not(None))
    return (
        select(Account.id)
        .join(RoleGrant, col(RoleGrant.account_id) == col(Account.id))
        .where(RoleGrant.court_id == by.court_id, col(Account.disabled_at).is_(None))
        .where(col(Account.id).not_in(enrolled))
        .distinct()
    )


def _count(s: Session, ids: Ids) -> int:
    return s.exec(select(func.count()).select_from(ids.subquery())).one()


def _due(s: Session, prefix: str, ids: Ids) -> ClockView | None:
    """The next running clock of these matters."""
    rows = ids.subquery()
    subjects = select(sa.literal(prefix).concat(rows.c.id))
    first = s.exec(
        select(Deadline)
        .where(
            col(Deadline.subject).in_(subjects),
            col(Deadline.stopped_at).is_(None),
            col(Deadline.passed_at).is_(None),
            col(Deadline.paused_at).is_(None),
        )
        .order_by(col(Deadline.due_at))
        .limit(1)
    ).first()
    return clocks.view(first) if first else None
