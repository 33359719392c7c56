"""What an invited person sees before logging in: who claims what, and nothing that belongs to others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from odr import db, matters, standing
from odr.actions import invitations
from odr.queries import disputes, turn
from odr.rules.access import Actor
from odr.rules.law import Words
from odr.rules.words import Side
from odr.tables.disputes import Dispute, Party
from odr.tables.people import Court
from odr.tables.roster import Organisation


@dataclass(frozen=True, slots=True)
class InvitationView:
    dispute_id: str
    court: Court
    number: str
    addressee: str
    applicants: tuple[str, ...]
    cause: Words | None
    claims: tuple[tuple[str, int | None], ...]
    organisation: str
    charges: bool
    fee_note: str
    expires_at: datetime
    over: bool
    claimed: bool
    mine: bool


def show(s: Session, code: str, by: Actor, at: datetime) -> InvitationView:
    """The invitation behind a code, as anybody who holds it may see it."""
    invitation = invitations.get(s, code)
    party = db.get(s, Party, invitation.party_id)
    dispute = db.get(s, Dispute, party.dispute_id)
    case = turn.current_case(s, dispute.id)
    organisation = s.get(Organisation, case.org_id) if case and case.org_id else None
    return InvitationView(
        dispute_id=dispute.id,
        court=db.get(s, Court, dispute.court_id),
        number=case.number if case else dispute.number,
        addressee=party.name,
        applicants=tuple(p.name for p in matters.parties(s, dispute.id, Side.APPLICANT)),
        cause=disputes.cause(dispute),
        claims=tuple((claim["text"], claim.get("amount_fen")) for claim in dispute.claims),
        organisation=organisation.name if organisation else "",
        charges=bool(organisation and organisation.charges),
        fee_note=organisation.fee_note if organisation else "",
        expires_at=invitation.expires_at,
        over=invitation.expires_at <= at,
        claimed=invitation.claimed_at is not None,
        mine=standing.party_of(s, by, dispute.id) is not None,
    )
