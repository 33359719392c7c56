"""Disputes as their people see them: the list, the dispute's own page, its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from odr import standing
from odr.actions import fee_relief, risks
from odr.errors import NotFound
from odr.queries import dispute_parts as parts
from odr.queries import timeline, turn
from odr.queries.clocks import ClockView
from odr.rules import access, pack
from odr.rules.access import Actor
from odr.rules.law import Element, Words
from odr.rules.moves import DisputeStage
from odr.rules.words import Do, Hat, Side, Zone
from odr.tables.agreements import Agreement
from odr.tables.disputes import Dispute, Invitation, Party, Triage
from odr.tables.mediations import MediationCase
from odr.tables.people import Court
from odr.tables.roster import Mediator, Organisation

STAGES = {
    DisputeStage.DRAFT: "草稿",
    DisputeStage.SUBMITTED: "法院审查中",
    DisputeStage.RETURNED: "已退回",
    DisputeStage.REGISTERED: "已立案",
    DisputeStage.DIVERTED: "已告知其他途径",
    DisputeStage.INVITING: "征求双方同意",
    DisputeStage.IN_MEDIATION: "调解中",
    DisputeStage.REFUSED: "不同意调解",
    DisputeStage.SETTLED: "已解决",
    DisputeStage.FAILED: "调解未成",
    DisputeStage.HANDED_OVER: "已转立案审理",
}
# How far along, of five: filed, decided, agreed to mediate, mediated, over
PROGRESS = {
    DisputeStage.DRAFT: 1,
    DisputeStage.RETURNED: 1,
    DisputeStage.SUBMITTED: 2,
    DisputeStage.REGISTERED: 2,
    DisputeStage.INVITING: 3,
    DisputeStage.IN_MEDIATION: 4,
}


@dataclass(frozen=True, slots=True)
class DisputeLine:
    """One dispute in a list."""

    id: str
    number: str
    cause: Words | None
    stage: str
    others: str
    amount_fen: int
    changed_at: datetime
    turn: turn.Turn


@dataclass(frozen=True, slots=True)
class Space:
    """Everything the dispute's page shows."""

    id: str
    number: str
    filing_number: str
    court: Court
    cause: Words | None
    stage: DisputeStage
    stage_words: str
    step: int
    track: Words | None
    amount_fen: int
    claims: tuple[tuple[str, int | None], ...]
    story: str
    elements: tuple[tuple[Words, Any, str], ...]
    parties: tuple[parts.PartyView, ...]
    turn: turn.Turn
    clocks: tuple[ClockView, ...]
    events: tuple[timeline.Event, ...]
    evidence: tuple[parts.EvidenceView, ...]
    papers: tuple[parts.PaperView, ...]
    looks: tuple[timeline.Glance, ...]
    triage: Triage | None
    invitation: Invitation | None
    case: MediationCase | None
    mediator: str
    organisation: str
    agreement_id: str
    risks_unread: str  # the notice of risks the reader has not yet said to have read
    fee_relief: bool  # the reader may ask for relief from the fee, or has asked
    side: Side | None
    may: frozenset[Do]
    reads_record: bool


def require_handed_in(dispute: Dispute, hats: frozenset[Hat]) -> None:
    """Before it is submitted a dispute is its author's alone: to the court's own people it is not there."""
    if dispute.submitted_at is None and not hats & {Hat.APPLICANT, Hat.RESPONDENT}:
        raise NotFound()


def mine(s: Session, by: Actor) -> tuple[DisputeLine, ...]:
    """The disputes this person is a party or agent in, drafts included, the newest first."""
    known = select(Party.dispute_id).where(standing.acts_for(by.account_id))
    rows = s.exec(
        select(Dispute).where(col(Dispute.id).in_(known)).order_by(col(Dispute.created_at).desc()).limit(200)
    )
    return tuple(_line(s, dispute, by) for dispute in rows.all())


def space(s: Session, dispute: Dispute, by: Actor) -> Space:
    """The dispute's page for this reader."""
    hats = standing.hats(s, by, dispute)
    party = standing.party_of(s, by, dispute.id)
    case = turn.current_case(s, dispute.id)
    reads = access.may_read(Zone.RECORD, hats)
    track = pack.load().tracks.get(dispute.track) if dispute.track else None
    return Space(
        id=dispute.id,
        number=dispute.number,
        filing_number=dispute.filing_number,
        court=s.get_one(Court, dispute.court_id),
        cause=cause(dispute),
        stage=dispute.stage,
        stage_words=STAGES[dispute.stage],
        step=PROGRESS.get(dispute.stage, 5),
        track=track.name if track else None,
        amount_fen=dispute.amount_fen,
        claims=tuple((c["text"], c.get("amount_fen")) for c in dispute.claims) if reads else (),
        story=dispute.story if reads else "",
        elements=elements(dispute) if reads else (),
        parties=parts.parties(s, dispute.id, by, hats),
        turn=turn.of(s, dispute, by),
        clocks=parts.running(s, dispute, case),
        events=timeline.of(s, dispute.id, hats),
        evidence=parts.evidence(s, dispute.id, by) if reads else (),
        papers=parts.papers(s, dispute.id, hats, standing.papers_of(s, by, dispute.id)),
        looks=timeline.looks(s, dispute.id) if party else (),
        triage=_triage(s, dispute.id) if access.may(Do.SEE_TRIAGE, hats) else None,
        invitation=_invitation(s, dispute.id) if party or Hat.TRIAGE in hats else None,
        case=case,
        mediator=parts.name_of(s, Mediator, case.mediator_id) if case else "",
        organisation=parts.name_of(s, Organisation, case.org_id) if case else "",
        agreement_id=_agreement(s, case, hats) if access.may(Do.SEE_AGREEMENT, hats) else "",
        risks_unread=risks.unread(s, party),
        fee_relief=access.may(Do.ASK_FEE_RELIEF, hats) and relieves(s, dispute),
        side=party.side if party else None,
        may=frozenset(do for do in Do if access.may(do, hats)),
        reads_record=reads,
    )


def relieves(s: Session, dispute: Dispute) -> bool:
    """Whether there is a fee to be relieved of, or an application about it."""
    return fee_relief.may_be_asked(dispute) or bool(fee_relief.of(s, dispute.id))


def cause(dispute: Dispute) -> Words | None:
    """The cause of action in three languages."""
    found = pack.load().causes.get(dispute.cause)
    return (
        found.name
        if found
        else (Words(dispute.cause, dispute.cause, dispute.cause) if dispute.cause else None)
    )


def elements(dispute: Dispute) -> tuple[tuple[Words, Any, str], ...]:
    """The answered questions of the cause: label, value (words of a choice), type."""
    found = pack.load().causes.get(dispute.cause)
    asked = found.elements if found else ()
    return tuple(
        (e.label, _answer(e, dispute.elements[e.key]), e.type)
        for e in asked
        if dispute.elements.get(e.key) not in (None, "")
    )


def _line(s: Session, dispute: Dispute, by: Actor) -> DisputeLine:
    rows = s.exec(select(Party).where(Party.dispute_id == dispute.id).order_by(col(Party.position))).all()
    own = next((p.side for p in rows if by.account_id in (p.account_id, p.agent_account_id)), None)
    return DisputeLine(
        id=dispute.id,
        number=dispute.number,
        cause=cause(dispute),
        stage=STAGES[dispute.stage],
        others="、".join(p.name for p in rows if p.side is not own),
        amount_fen=dispute.amount_fen,
        changed_at=dispute.closed_at or dispute.submitted_at or dispute.created_at,
        turn=turn.of(s, dispute, by),
    )


def _answer(element: Element, value: Any) -> Any:
    if element.type == "choice":
        return next((option.label for option in element.options if option.key == value), value)
    return value


def _triage(s: Session, dispute_id: str) -> Triage | None:
    query = select(Triage).where(Triage.dispute_id == dispute_id).order_by(col(Triage.proposed_at).desc())
    return s.exec(query.limit(1)).first()


def _invitation(s: Session, dispute_id: str) -> Invitation | None:
    """The way in of a respondent who has not come yet."""
    return s.exec(
        select(Invitation)
        .join(Party, col(Party.id) == col(Invitation.party_id))
        .where(Party.dispute_id == dispute_id, col(Party.account_id).is_(None))
        .order_by(col(Invitation.created_at).desc())
        .limit(1)
    ).first()


def _agreement(s: Session, case: MediationCase | None, hats: frozenset[Hat]) -> str:
    """The newest version; to those who do not read the talk, only one that all have signed."""
    if case is None:
        return ""
    query = select(Agreement.id).where(Agreement.case_id == case.id).order_by(col(Agreement.version).desc())
    if not access.may_read(Zone.JOINT, hats):
        query = query.where(col(Agreement.effective_at).is_not(None))
    return s.exec(query.limit(1)).first() or ""
