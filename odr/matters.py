"""From any part of a matter to its whole: the dispute, its people, its line in the journal."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, and_, union
from sqlmodel import Session, col, select

from odr import db, journal, notices, standing
from odr.rules.access import Actor
from odr.rules.words import Role, Side
from odr.tables.companions import Mandate, Participant
from odr.tables.disputes import Dispute, Party
from odr.tables.mediations import MediationCase
from odr.tables.people import Account, RoleGrant
from odr.tables.records import JournalEntry
from odr.tables.roster import Mediator


def note(
    s: Session, case: MediationCase, kind: str, *, by: Actor, at: datetime, **fields: object
) -> JournalEntry:
    """A journal entry about a case, filed under its dispute."""
    subject = f"dispute:{case.dispute_id}"
    return journal.append(
        s, case.court_id, subject, kind, by=by, at=at, case=case.id, to=case.stage, **fields
    )


def dispute_of(s: Session, case: MediationCase) -> Dispute:
    return db.get(s, Dispute, case.dispute_id)


def unanswered(s: Session, case: MediationCase, agreed: Collection[str]) -> list[Party]:
    """The parties that are not yet among those who agreed."""
    return [party for party in parties(s, case.dispute_id) if party.id not in agreed]


def agreeing(s: Session, dispute_id: str, said: Collection[str], by: Actor) -> list[str]:
    """`said` with those for whom this person speaks: a side is in it once every party on it has said so."""
    own = (one for one in standing.parties_of(s, by, dispute_id) if one.side.value not in said)
    found = {*said, *(party.id for party in own)}
    for side in Side:
        theirs = {party.id for party in parties(s, dispute_id, side)}
        if theirs and theirs <= found:
            found = found - theirs | {side.value}
    return sorted(found)


def awaits(own: Sequence[Party], said: Collection[str]) -> bool:
    """Whether who speaks for these parties has yet to say so for one of them."""
    return any(one.id not in said and one.side.value not in said for one in own)


def parties(s: Session, dispute_id: str, side: Side | None = None) -> Sequence[Party]:
    """The parties in the order they were named, of one side or of both."""
    query = select(Party).where(Party.dispute_id == dispute_id)
    if side is not None:
        query = query.where(Party.side == side)
    return s.exec(query.order_by(col(Party.side), col(Party.position))).all()


def involved(s: Session, dispute_id: str) -> set[str]:
    """Everybody who is or was in this matter, gone or not."""
    ties = involvements().subquery()
    return {key for key in s.exec(select(ties.c.account_id).where(ties.c.dispute_id == dispute_id)) if key}


def involvements() -> CompoundSelect[Any]:
    """(dispute, account) of parties, their agents, and third persons, interpreters, supporters … who came in."""
    own = select(Party.dispute_id, Party.account_id)
    agents = select(Party.dispute_id, Party.agent_account_id)
    mandates = select(Party.dispute_id, Mandate.account_id).join(
        Mandate, col(Mandate.party_id) == col(Party.id)
    )
    others = select(MediationCase.dispute_id, Participant.account_id).join(
        Participant, col(Participant.case_id) == col(MediationCase.id)
    )
    return union(own, agents, mandates, others)


def mediator_account(s: Session, mediator_id: str | None) -> Account | None:
    """The login of a mediator."""
    mediator = s.get(Mediator, mediator_id) if mediator_id else None
    return s.get(Account, mediator.account_id) if mediator and mediator.account_id else None


def tell_parties(
    s: Session,
    case: MediationCase,
    subject: str,
    body: str,
    *,
    about: str,
    at: datetime,
    **fields: notices.Filling,
) -> None:
    """Write to every party; each reads it in Chinese and in their own language."""
    for party in parties(s, case.dispute_id):
        notices.tell(s, party, subject, body, about=about, at=at, **fields)


def tell_office(
    s: Session,
    court_id: str,
    role: Role,
    subject: str,
    body: str,
    *,
    about: str,
    at: datetime,
    **fields: notices.Filling,
) -> None:
    """Write to everybody who holds an office of the court."""
    mine = and_(col(RoleGrant.court_id) == court_id, col(RoleGrant.role) == role)
    _tell_holders(s, mine, subject, body, about=about, at=at, **fields)


def tell_organisation(
    s: Session, org_id: str, subject: str, body: str, *, about: str, at: datetime, **fields: notices.Filling
) -> None:
    """Write to everybody who administers an organisation."""
    theirs = and_(col(RoleGrant.org_id) == org_id, col(RoleGrant.role) == Role.ORG_ADMIN)
    _tell_holders(s, theirs, subject, body, about=about, at=at, **fields)


def _tell_holders(
    s: Session,
    grant: ColumnElement[bool],
    subject: str,
    body: str,
    *,
    about: str,
    at: datetime,
    **fields: notices.Filling,
) -> None:
    holders = select(RoleGrant.account_id).where(grant)
    query = select(Account).where(col(Account.id).in_(holders), col(Account.disabled_at).is_(None))
    for account in s.exec(query.order_by(Account.id)).all():
        notices.tell(s, account, subject, body, about=about, at=at, **fields)


def tell_mediator(
    s: Session,
    case: MediationCase,
    subject: str,
    body: str,
    *,
    about: str,
    at: datetime,
    **fields: notices.Filling,
) -> None:
    account = mediator_account(s, case.mediator_id)
    if account is not None:
        notices.tell(s, account, subject, body, about=about, at=at, **fields)
