"""The agents of a dispute as one reader may see them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, select

from odr import matters, standing
from odr.actions import agents
from odr.queries import dispute_parts
from odr.rules.access import GRANTS, Actor
from odr.rules.companions import CAPACITIES, MOST_AGENTS, POWERS, PROOFS, Capacity, Power
from odr.rules.words import Do, Side
from odr.tables.companions import Mandate
from odr.tables.disputes import Dispute, Invitation, Party
from odr.tables.people import Account


@dataclass(frozen=True, slots=True)
class MandateView:
    """One agent, and what this reader may do about them."""

    id: str
    side: Side
    party: str
    agent: str
    capacity: Capacity
    kind: str
    of: str
    powers: tuple[Power, ...]
    needs: str
    evidence_id: str | None
    accepted: bool | None
    may_end: bool


@dataclass(frozen=True, slots=True)
class AgentsView:
    """Everything on the page of agents."""

    dispute_id: str
    number: str
    rows: tuple[MandateView, ...]
    may_check: bool
    may_invite: bool
    code: str  # of an invitation that is still open


def show(s: Session, dispute: Dispute, by: Actor) -> AgentsView:
    """The agents of both sides; the papers behind them are evidence and follow its rules."""
    hats = standing.hats(s, by, dispute)
    parties = matters.parties(s, dispute.id)
    own = next((p for p in parties if by.account_id and p.account_id == by.account_id), None)
    standing_ones = agents.of_party(s, own.id) if own else ()
    return AgentsView(
        dispute_id=dispute.id,
        number=dispute.number,
        rows=tuple(_row(s, party, row, by) for party in parties for row in agents.of_party(s, party.id)),
        may_check=bool(GRANTS[Do.CHECK_MANDATE] & hats),
        may_invite=own is not None and len(standing_ones) < MOST_AGENTS,
        code=_code(s, own) if own else "",
    )


def _row(s: Session, party: Party, row: Mandate, by: Actor) -> MandateView:
    return MandateView(
        id=row.id,
        side=party.side,
        party=party.name,
        agent=dispute_parts.name_of(s, Account, row.account_id),
        capacity=row.capacity,
        kind=CAPACITIES[row.capacity],
        of=row.of,
        powers=tuple(Power(power) for power in row.powers),
        needs=PROOFS[row.capacity],
        evidence_id=row.evidence_id,
        accepted=row.accepted,
        may_end=by.account_id is not None and by.account_id in (party.account_id, row.account_id),
    )


def _code(s: Session, party: Party) -> str:
    query = select(Invitation).where(Invitation.party_id == party.id, col(Invitation.claimed_at).is_(None))
    row = s.exec(query.order_by(col(Invitation.created_at).desc())).first()
    return row.code if row else ""


CHOICES = tuple(CAPACITIES.items())
NAMED = tuple(POWERS.items())
