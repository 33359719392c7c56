"""The parts of a dispute's page: parties, evidence, papers, running clocks, each as its reader may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from odr.queries import clocks
from odr.queries.clocks import ClockView
from odr.rules import access, identity
from odr.rules.access import Actor
from odr.rules.words import Hat, PersonKind, Side, Zone
from odr.tables.disputes import Dispute, Evidence, Party
from odr.tables.mediations import MediationCase
from odr.tables.people import Account
from odr.tables.records import Document


@dataclass(frozen=True, slots=True)
class PartyView:
    """A party as this reader may see it; the numbers that open doors are covered."""

    id: str
    side: Side
    kind: PersonKind
    name: str
    representative: str
    agent: str
    identity: str
    contact: str
    here: bool  # has come in
    mine: bool


@dataclass(frozen=True, slots=True)
class EvidenceView:
    id: str
    title: str
    proves: str
    file_name: str
    media_type: str
    size: int
    digest: str
    added_at: datetime
    by: str
    side: Side
    mine: bool


@dataclass(frozen=True, slots=True)
class PaperView:
    id: str
    title: str
    number: str
    at: datetime
    ready: bool


def parties(s: Session, dispute_id: str, by: Actor, hats: frozenset[Hat]) -> tuple[PartyView, ...]:
    """Both sides, applicants first. A party sees its own numbers and the other side's name only."""
    rows = s.exec(
        select(Party).where(Party.dispute_id == dispute_id).order_by(col(Party.side), col(Party.position))
    ).all()
    open_to = bool(hats & {Hat.MEDIATOR, Hat.TRIAGE, Hat.CLERK, Hat.JUDGE})
    return tuple(_party(s, row, by, open_to) for row in rows)


def evidence(s: Session, dispute_id: str, by: Actor) -> tuple[EvidenceView, ...]:
    """What both sides have put on record, the oldest first."""
    rows = s.exec(
        select(Evidence, Party)
        .join(Party, col(Party.id) == col(Evidence.party_id))
        .where(Evidence.dispute_id == dispute_id, Evidence.zone == Zone.RECORD)
        .where(col(Evidence.withdrawn_at).is_(None))
        .order_by(col(Evidence.added_at))
    ).all()
    return tuple(
        EvidenceView(
            id=row.id,
            title=row.title,
            proves=row.proves,
            file_name=row.file_name,
            media_type=row.media_type,
            size=row.size,
            digest=row.digest,
            added_at=row.added_at,
            by=party.name,
            side=party.side,
            mine=by.account_id is not None and by.account_id in (party.account_id, party.agent_account_id),
        )
        for row, party in rows
    )


def papers(s: Session, dispute_id: str, hats: frozenset[Hat], mine: frozenset[str]) -> tuple[PaperView, ...]:
    """The papers this reader may read, the newest first; void and replaced ones left out."""
    rows = s.exec(
        select(Document)
        .where(Document.dispute_id == dispute_id, col(Document.void_at).is_(None))
        .order_by(col(Document.frozen_at).desc())
    ).all()
    replaced = {row.supersedes for row in rows}
    return tuple(
        PaperView(
            row.id, row.title, row.number, row.published_at or row.frozen_at, row.published_at is not None
        )
        for row in rows
        if row.id not in replaced and access.may_read_paper(row.zone, row.side, hats, mine)
    )


def running(s: Session, dispute: Dispute, case: MediationCase | None) -> tuple[ClockView, ...]:
    """The clocks of the dispute and its case, the next to end first."""
    return clocks.running(s, f"dispute:{dispute.id}", *([f"case:{case.id}"] if case else []))


def _party(s: Session, row: Party, by: Actor, open_to: bool) -> PartyView:
    own = by.account_id is not None and by.account_id in (row.account_id, row.agent_account_id)
    return PartyView(
        id=row.id,
        side=row.side,
        kind=row.kind,
        name=row.name,
        representative=row.legal_representative,
        agent=name_of(s, Account, row.agent_account_id),
        identity=identity.masked(row.identity_number) if own or open_to else "",
        contact="、".join(filter(None, (row.phone, row.email))) if own or open_to else "",
        here=bool(row.account_id or row.agent_account_id),
        mine=own,
    )


def name_of(s: Session, kind: type[Any], key: str | None) -> str:
    """The name on a row, or nothing."""
    row = s.get(kind, key) if key else None
    return row.name if row else ""
