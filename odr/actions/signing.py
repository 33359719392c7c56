"""Signing the agreement: each party with a one-time code, then the mediator, then the seals.

It takes effect at the last party's signature (ODM-19). What was shown is bound to each signature by
its digest (ESL-13); an agent signs only with special authority (CPL-62).
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, select

from odr import clock, db, deadlines, file_papers, letterhead, matters, papers, signing_papers, standing
from odr.actions import accounts, confirmation, court_papers, mediation, performance, sittings
from odr.confirmation_papers import agreement_facts
from odr.errors import BadInput, Broken, Conflict, NotAllowed, WrongStage
from odr.facts import SignatureFacts
from odr.rules.access import MACHINE, Actor
from odr.rules.moves import AGREEMENT, CASE, DISPUTE, AgreementStage
from odr.rules.words import Do, EndReason, Zone
from odr.tables.agreements import Agreement, Signature
from odr.tables.disputes import Dispute, Party
from odr.tables.mediations import MediationCase
from odr.tables.people import Account

_PNG = b"\x89PNG\r\n\x1a\n"
_MOST_IMAGE = 200_000


@dataclass(frozen=True, slots=True)
class Hand:
    """What a signer did on their device. `image` is a drawn signature as base64 PNG, empty if typed."""

    method: str
    image: str
    typed: str
    shown_hash: str
    scrolled_to_end: bool
    code_id: str
    code: str
    address_hash: str = ""
    agent: str = ""
    page: str = ""  # digest of the very page that was shown
    reached: str = ""  # seen: the end was on the screen; declared: the signer says so
    proved_at: datetime | None = None


def sign(s: Session, agreement_id: str, *, by: Actor, at: datetime, hand: Hand) -> Agreement:
    """A party (or an agent with special authority) signs; the last one makes it effective."""
    agreement = db.lock(s, Agreement, agreement_id)
    standing.require(s, by, Do.SIGN, agreement)
    AGREEMENT.take(agreement, Do.SIGN)
    case = db.lock(s, MediationCase, agreement.case_id)
    own = standing.all_disposing(s, by, case.dispute_id)
    _put(s, agreement, own, by=by, at=at, hand=hand, role=role_of(own))
    matters.note(s, case, "agreement.signed", by=by, at=at, agreement=agreement.id, shown=hand.shown_hash)
    if not missing(s, agreement, case):
        take_effect(s, agreement, case, by=by, at=at)
    issue_if_complete(s, agreement, case, at=at)
    return agreement


def countersign(s: Session, agreement_id: str, *, by: Actor, at: datetime, hand: Hand) -> Agreement:
    """The mediator signs; with all signatures the sealed paper is issued."""
    agreement = db.lock(s, Agreement, agreement_id)
    standing.require(s, by, Do.COUNTERSIGN, agreement)
    if agreement.stage is not AgreementStage.SIGNING and agreement.effective_at is None:
        raise WrongStage(was=agreement.stage.value, wanted=Do.COUNTERSIGN.value)
    if agreement.document_id:
        raise Conflict(signature="already")
    case = db.lock(s, MediationCase, agreement.case_id)
    _put(s, agreement, (), by=by, at=at, hand=hand, role="调解员")
    matters.note(s, case, "agreement.countersigned", by=by, at=at, agreement=agreement.id)
    issue_if_complete(s, agreement, case, at=at)
    return agreement


def refuse(s: Session, agreement_id: str, *, by: Actor, at: datetime) -> Agreement:
    """A party will not sign: mediation ends for that reason (ODM-25(7))."""
    agreement = db.lock(s, Agreement, agreement_id)
    standing.require(s, by, Do.REFUSE_TO_SIGN, agreement)
    move = AGREEMENT.take(agreement, Do.REFUSE_TO_SIGN)
    case = db.lock(s, MediationCase, agreement.case_id)
    standing.ensure_checked(s, by, case.dispute_id)
    agreement.stage = move.target
    s.add(agreement)
    matters.note(s, case, "agreement.refused", by=by, at=at, agreement=agreement.id)
    mediation.end(s, case.id, by=MACHINE, at=at, reason=EndReason.REFUSED_TO_SIGN)
    return agreement


def perform_on_spot(s: Session, agreement_id: str, *, by: Actor, at: datetime) -> Agreement:
    """Everything was performed at once: closed without a new case number (no padding).

    Who owes something cannot say so: the other side or the mediator does.
    """
    known, agreement = confirmation.lock_both(s, agreement_id)
    standing.require(s, by, Do.PERFORMED_ON_SPOT, agreement)
    move = AGREEMENT.take(agreement, Do.PERFORMED_ON_SPOT)
    case = db.lock(s, MediationCase, agreement.case_id)
    court_papers.ensure_decided(s, agreement.id)
    if performance.owes(s, agreement.id, standing.side_of(s, by, case.dispute_id)):
        raise NotAllowed(side="debtor")
    agreement.stage, case.on_spot = move.target, True
    s.add_all([agreement, case])
    deadlines.apply(s, move, court_id=case.court_id, subject=f"agreement:{agreement.id}", since=at)
    performance.close_all(s, agreement.id, at=at)
    confirmation.fall_away(s, known, at=at)
    matters.note(s, case, "agreement.performed", by=by, at=at, agreement=agreement.id)
    s.flush()
    file_papers.performance(s, agreement, case, by=by, at=at)
    file_papers.case_file(s, case, outcome="达成调解协议，当场履行", by=by, at=at)
    return agreement


def take_effect(
    s: Session,
    agreement: Agreement,
    case: MediationCase,
    *,
    by: Actor,
    at: datetime,
    since: datetime | None = None,
) -> None:
    """Everybody has agreed: the agreement binds, the 30 days for confirmation begin (CPL-205).

    `since` is when a period ended whose silence was the agreement; else it is now.
    """
    dispute = db.lock(s, Dispute, case.dispute_id)
    move = AGREEMENT.take(agreement, Do.TAKE_EFFECT)
    of_case, of_dispute = CASE.take(case, Do.TAKE_EFFECT), DISPUTE.take(dispute, Do.TAKE_EFFECT)
    agreement.stage, agreement.effective_at = move.target, since or at
    case.stage, case.ended_at, case.end_reason = of_case.target, at, EndReason.AGREEMENT
    dispute.stage, dispute.closed_at = of_dispute.target, at
    s.add_all([agreement, case, dispute])
    s.flush()
    court = case.court_id
    bound = since or at
    deadlines.apply(
        s, move, court_id=court, subject=f"agreement:{agreement.id}", since=bound, track=case.track
    )
    deadlines.apply(s, of_case, court_id=court, subject=f"case:{case.id}", since=at, track=case.track)
    performance.plan(s, agreement)
    sittings.call_off(s, sittings.of_mediation(case))
    matters.note(s, case, "agreement.effective", by=by, at=at, agreement=agreement.id)
    words = "调解协议已经生效。需要强制执行效力的，请在30日内共同申请司法确认。"
    matters.tell_parties(s, case, "调解协议已生效", words, about=f"/agreements/{agreement.id}", at=at)


def missing(s: Session, agreement: Agreement, case: MediationCase) -> list[Party]:
    """Parties that have not signed yet."""
    signed = by_party(signatures(s, agreement))
    return [party for party in matters.parties(s, case.dispute_id) if party.id not in signed]


def signatures(s: Session, agreement: Agreement) -> Sequence[Signature]:
    """Everybody's, the mediator's among them."""
    return s.exec(select(Signature).where(Signature.agreement_id == agreement.id)).all()


def by_party(rows: Sequence[Signature]) -> dict[str, Signature]:
    """Whose signature binds each party: one person may sign for several, once."""
    return {
        key: row for row in rows if row.party_id for key in (row.party_id, *row.proof.get("also_for", ()))
    }


def role_of(own: Sequence[Party]) -> str:
    """As whom somebody signs; for several, with their names."""
    names = f"（{'、'.join(party.name for party in own)}）" if len(own) > 1 else ""
    return letterhead.ROLES[own[0].side] + names


def _put(
    s: Session, agreement: Agreement, own: Sequence[Party], *, by: Actor, at: datetime, hand: Hand, role: str
) -> Signature:
    _check_hand(agreement, hand)
    account = db.get(s, Account, by.account_id)
    known = select(Signature).where(
        Signature.agreement_id == agreement.id, Signature.account_id == account.id
    )
    if s.exec(known).first():
        raise Conflict(signature="already")
    code = accounts.use_code(s, hand.code_id, hand.code, purpose=f"sign:{agreement.id}", at=at)
    if code.destination not in (account.phone, account.email):
        raise BadInput(code="bad-code")
    signature = Signature(
        agreement_id=agreement.id,
        account_id=account.id,
        party_id=own[0].id if own else None,
        role=role,
        name=account.name,
        method=hand.method,
        image=hand.image if hand.method == "drawn" else "",
        shown_hash=hand.shown_hash,
        scrolled_to_end=hand.scrolled_to_end,
        code_id=code.id,
        signed_at=at,
        address_hash=hand.address_hash,
        agent=hand.agent[:200],
        proof=signing_papers.proof(
            by, account, code, page=hand.page, reached=hand.reached, proved_at=hand.proved_at
        )
        | ({"also_for": [party.id for party in own[1:]]} if len(own) > 1 else {}),
    )
    s.add(signature)
    s.flush()
    return signature


def _check_hand(agreement: Agreement, hand: Hand) -> None:
    if agreement.on_paper:
        raise Conflict(route="paper")  # ESL-3
    signing_papers.ensure_unchanged(agreement)
    if hand.shown_hash != agreement.shown_hash:
        raise Conflict(shown="other")  # another version was on the screen
    if not hand.scrolled_to_end:
        raise BadInput(read_to_end="tick-needed")
    if hand.method == "drawn":
        _check_image(hand.image)
    elif hand.method != "typed" or not hand.typed:
        raise BadInput(typed="needed")


def _check_image(image: str) -> None:
    try:
        data = b64decode(image, validate=True)
    except (binascii.Error, ValueError):
        raise BadInput(typed="wrong") from None
    if not data.startswith(_PNG) or not 200 < len(data) <= _MOST_IMAGE:
        raise BadInput(typed="needed")


def issue_if_complete(s: Session, agreement: Agreement, case: MediationCase, *, at: datetime) -> None:
    """With every signature there, the sealed paper and the certificate of signing are asked for."""
    rows = s.exec(select(Signature).where(Signature.agreement_id == agreement.id)).all()
    if agreement.effective_at is None or agreement.document_id or not any(r.role == "调解员" for r in rows):
        return
    facts = replace(
        agreement_facts(agreement),
        signatures=tuple(_printed(row) for row in sorted(rows, key=lambda r: r.signed_at)),
        effective_on=clock.court_date(agreement.effective_at),
        text_digest=agreement.shown_hash,
    )
    document = papers.freeze(
        s,
        court_id=case.court_id,
        dispute_id=case.dispute_id,
        subject=f"agreement:{agreement.id}",
        facts=facts,
        title="调解协议书",
        zone=Zone.OUTCOME,
        number=agreement.number,
        at=at,
    )
    if not signing_papers.is_of(facts, agreement):
        raise Broken(f"the paper of agreement {agreement.id} is not what was signed")
    agreement.document_id = document.id
    s.add(agreement)
    if not agreement.on_paper:
        signing_papers.certificate(s, agreement, case, sorted(rows, key=lambda r: r.signed_at), at=at)


def _printed(row: Signature) -> SignatureFacts:
    return SignatureFacts(
        who=row.name,
        role=row.role,
        signed_at=row.signed_at,
        method=signing_papers.METHODS[row.method],
        image=row.image,
        certificate=(f"所签文本摘要 {row.shown_hash}", _proof(row)),
    )


def _proof(row: Signature) -> str:
    return f"验证码记录 {row.code_id}" if row.code_id else f"签名扫描件摘要 {row.proof.get('scan', '')}"
