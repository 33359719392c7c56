"""Who mediates: joint choice, appointment by lot, acceptance with disclosure, replacement (ODM-10..14)."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from odr import (
    clock,
    db,
    deadlines,
    file_papers,
    incident_papers,
    letterhead,
    lots,
    matters,
    outbox,
    papers,
    presence,
    standing,
)
from odr.errors import BadInput, NotAllowed, WrongStage
from odr.facts import DisclosureFacts
from odr.queries import candidates
from odr.rules import filing, pack
from odr.rules.access import MACHINE, Actor
from odr.rules.moves import CASE, CaseStage
from odr.rules.stages import Move
from odr.rules.words import Do, Side, Zone
from odr.tables.mediations import Assignment, MediationCase, MediatorChoice
from odr.tables.roster import Mediator

MOST = 3


def choose(
    s: Session, case_id: str, *, by: Actor, at: datetime, mediator_ids: list[str], trust_court: bool = False
) -> MediationCase:
    """One side names up to three mediators; the first that both named is asked."""
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.CHOOSE_MEDIATOR, case)
    CASE.take(case, Do.AGREE_MEDIATOR)
    side = _side(s, by, case)
    if not trust_court and not 1 <= len(mediator_ids) <= MOST:
        raise BadInput(first="choose-one")
    _replace_choices(s, case, side, _eligible_ids(s, case, mediator_ids, at), at)
    matters.note(
        s, case, "mediator.chosen", by=by, at=at, side=side, trust_court=trust_court, of=mediator_ids
    )
    common = _common(s, case)
    if common is not None:
        return _offer(s, case, common, how="joint", do=Do.AGREE_MEDIATOR, by=by, at=at)
    return appoint(s, case_id, by=MACHINE, at=at) if trust_court else case


def appoint(
    s: Session, case_id: str, *, by: Actor, at: datetime, mediator_id: str = "", reason: str = ""
) -> MediationCase:
    """The court appoints: a named mediator with a reason, or one drawn by lot (ODM-10)."""
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.APPOINT, case)
    CASE.take(case, Do.APPOINT)
    if mediator_id:
        _eligible_ids(s, case, [mediator_id], at)
        if not reason:
            raise BadInput(reason="reason-needed")
        return _offer(s, case, mediator_id, how="appointed", do=Do.APPOINT, by=by, at=at, reasons=[reason])
    pool = candidates.pool(s, case, on=clock.court_date(at))
    log = lots.take(
        s,
        court_id=case.court_id,
        matter=f"dispute:{case.dispute_id}",
        subject=f"case:{case.id}",
        pool=pool.ids,
        exclusions=pool.exclusions,
        by=by,
        at=at,
    )
    return _offer(s, case, log["chosen"], how="drawn", do=Do.APPOINT, by=by, at=at, draw=log)


def accept(
    s: Session, case_id: str, *, by: Actor, at: datetime, disclosure: str, promised: bool
) -> MediationCase:
    """The mediator takes the case and says what relations there are; the mediation clock starts (ODM-24)."""
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.ACCEPT, case)
    move = CASE.take(case, Do.ACCEPT)
    if not promised:
        raise BadInput(promised="tick-needed")
    if by.account_id in matters.involved(s, case.dispute_id):
        raise NotAllowed(mediator="involved")  # since the offer: nobody mediates where they had another part
    assignment = current(s, case)
    assignment.answered_at, assignment.accepted, assignment.disclosure = at, True, disclosure
    case.stage, case.accepted_at = move.target, at
    s.add_all([assignment, case])
    summary = matters.dispute_of(s, case).summary
    deadlines.apply(
        s,
        move,
        court_id=case.court_id,
        subject=f"case:{case.id}",
        since=at,
        track=case.track,
        summary=summary,
    )
    matters.note(s, case, "case.accepted", by=by, at=at, disclosed=bool(disclosure))
    file_papers.appointment(s, case, assignment, by=by, at=at)
    _issue_disclosure(s, case, assignment, by=by, at=at)
    outbox.add(s, "case.examine", key=assignment.id, case=case.id)
    words = "调解员已接受本案。"
    if disclosure:
        words = "调解员已接受本案。调解员作了披露，请查看后决定是否同意。"
    matters.tell_parties(s, case, "调解员已确定", words, about=f"/cases/{case.id}", at=at)
    return case


def decline(s: Session, case_id: str, *, by: Actor, at: datetime, reason: str) -> MediationCase:
    """The mediator declines with a reason; the choice opens again (ODM-12)."""
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.DECLINE, case)
    move = CASE.take(case, Do.DECLINE)
    if reason not in pack.load().grounds["decline"]:
        raise BadInput(reason="choose-one")
    assignment = current(s, case)
    assignment.answered_at, assignment.accepted, assignment.decline_reason = at, False, reason
    s.add(assignment)
    if not by.machine:  # silence sends nothing back
        incident_papers.returned(s, case, assignment, by=by, at=at)
    _reopen(s, case, move.target)
    deadlines.apply(s, move, court_id=case.court_id, subject=f"case:{case.id}", since=at)
    matters.note(s, case, "case.declined", by=by, at=at, reason=reason)
    _seal_lot(s, case, by=by, at=at)
    words = "调解员未能接受本案，请重新选择，或者由法院指定。"
    matters.tell_parties(s, case, "请重新选择调解员", words, about=f"/cases/{case.id}/choose", at=at)
    return case


def waive(s: Session, case_id: str, *, by: Actor, at: datetime) -> Assignment:
    """A party that knows of the disclosed relation still agrees to the mediator (ODM-13)."""
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.WAIVE_DISCLOSURE, case)
    assignment = current(s, case)
    side = _side(s, by, case)
    assignment.waived_by = matters.agreeing(s, case.dispute_id, assignment.waived_by, by)
    s.add(assignment)
    matters.note(s, case, "disclosure.waived", by=by, at=at, side=side)
    return assignment


def replace(s: Session, case_id: str, *, by: Actor, at: datetime, reason: str) -> MediationCase:
    """A party asks for another mediator without a ground: once a side, so that nothing is endless (ODM-14).

    Who will not have the next one either chooses together with the other side, or does not mediate.
    """
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.REPLACE_MEDIATOR, case)
    move = CASE.take(case, Do.REPLACE_MEDIATOR)
    if not reason:
        raise BadInput(reason="reason-needed")
    side = standing.side_of(s, by, case.dispute_id)
    ended_by = side.value if side else "court"
    if side and ended_by in _ended_by(s, case):
        raise BadInput(reason="replaced-before")
    matters.tell_mediator(
        s, case, "调解员已更换", "当事人申请更换调解员，您不再承办本案。", about="/desk", at=at
    )
    matters.note(s, case, "mediator.replaced", by=by, at=at, side=side, mediator=case.mediator_id)
    return step_back(s, case, move, by=by, at=at, ended_by=ended_by)


def step_back(
    s: Session, case: MediationCase, move: Move[CaseStage], *, by: Actor, at: datetime, ended_by: str
) -> MediationCase:
    """The mediator leaves the case, is not asked again, and the choice opens anew."""
    assignment = current(s, case)
    assignment.ended_at, assignment.ended_by = at, ended_by
    s.add(assignment)
    presence.dismiss(s, case, at=at)
    _reopen(s, case, move.target)
    deadlines.apply(s, move, court_id=case.court_id, subject=f"case:{case.id}", since=at)
    _seal_lot(s, case, by=by, at=at)
    return case


def has_mediated(s: Session, account_id: str | None, dispute_id: str) -> bool:
    """Whether this person ever took on a mediation of the dispute: then no other part in it (SIM-16)."""
    query = (
        select(Assignment.id)
        .join(MediationCase, col(MediationCase.id) == col(Assignment.case_id))
        .join(Mediator, col(Mediator.id) == col(Assignment.mediator_id))
        .where(MediationCase.dispute_id == dispute_id, col(Assignment.accepted).is_(True))
        .where(Mediator.account_id == account_id)
    )
    return account_id is not None and s.exec(query).first() is not None


def current(s: Session, case: MediationCase) -> Assignment:
    """The newest offer of the case."""
    query = select(Assignment).where(
        Assignment.case_id == case.id, Assignment.mediator_id == case.mediator_id
    )
    assignment = s.exec(query.order_by(col(Assignment.offered_at).desc())).first()
    if assignment is None:
        raise WrongStage(was=case.stage.value, wanted="assignment")
    return assignment


def is_cleared(s: Session, case: MediationCase) -> bool:
    """Whether nothing disclosed stands in the way: no relation, or every party agreed."""
    assignment = current(s, case)
    return not assignment.disclosure or Side.both_in(assignment.waived_by)


def _side(s: Session, by: Actor, case: MediationCase) -> Side:
    side = standing.side_of(s, by, case.dispute_id)
    if side is None:
        raise NotAllowed(side="none")
    return side


def _eligible_ids(s: Session, case: MediationCase, wanted: list[str], at: datetime) -> list[str]:
    pool = candidates.pool(s, case, on=clock.court_date(at))
    if any(one not in pool.ids or one in pool.exclusions for one in wanted):
        raise BadInput(first="not-eligible")
    return wanted


def _ended_by(s: Session, case: MediationCase) -> set[str]:
    """At whose wish mediators of this case were replaced so far."""
    return set(s.exec(select(Assignment.ended_by).where(Assignment.case_id == case.id)))


def _round(s: Session, case: MediationCase) -> int:
    declined = select(Assignment).where(Assignment.case_id == case.id)
    return len(s.exec(declined).all()) + 1


def _replace_choices(s: Session, case: MediationCase, side: Side, ids: list[str], at: datetime) -> None:
    turn = _round(s, case)
    for old in s.exec(
        select(MediatorChoice).where(
            MediatorChoice.case_id == case.id, MediatorChoice.round == turn, MediatorChoice.side == side
        )
    ):
        s.delete(old)
    s.flush()
    for rank, mediator_id in enumerate(ids, 1):
        s.add(
            MediatorChoice(case_id=case.id, round=turn, side=side, mediator_id=mediator_id, rank=rank, at=at)
        )
    s.flush()


def _common(s: Session, case: MediationCase) -> str | None:
    """The mediator both sides named, with the best sum of ranks; the earlier name decides a tie."""
    rows = s.exec(
        select(MediatorChoice).where(
            MediatorChoice.case_id == case.id, MediatorChoice.round == _round(s, case)
        )
    ).all()
    ranks = {side: {row.mediator_id: row.rank for row in rows if row.side is side} for side in Side}
    both = ranks[Side.APPLICANT].keys() & ranks[Side.RESPONDENT].keys()
    return min(both, key=lambda one: (sum(ranks[side][one] for side in Side), one), default=None)


def _offer(
    s: Session,
    case: MediationCase,
    mediator_id: str,
    *,
    how: str,
    do: Do,
    by: Actor,
    at: datetime,
    draw: dict[str, object] | None = None,
    reasons: list[str] | None = None,
) -> MediationCase:
    move = CASE.take(case, do)
    mediator = db.get(s, Mediator, mediator_id)
    s.add(
        Assignment(
            case_id=case.id,
            round=_round(s, case),
            mediator_id=mediator.id,
            how=how,
            draw=draw or {},
            reasons=reasons or [],
            offered_at=at,
        )
    )
    case.stage, case.mediator_id, case.org_id = move.target, mediator.id, mediator.org_id or case.org_id
    s.add(case)
    s.flush()
    deadlines.apply(s, move, court_id=case.court_id, subject=f"case:{case.id}", since=at)
    matters.note(s, case, "case.offered", by=by, at=at, mediator=mediator.id, how=how)
    words = f"案件{case.number}等待您确认是否接受，请在期限内答复。"
    matters.tell_mediator(s, case, "新的调解案件", words, about=f"/cases/{case.id}/offer", at=at)
    return case


def _reopen(s: Session, case: MediationCase, target: CaseStage) -> None:
    case.stage, case.mediator_id, case.accepted_at = target, None, None
    s.add(case)
    s.flush()


def _seal_lot(s: Session, case: MediationCase, *, by: Actor, at: datetime) -> None:
    """A fresh seed for the next draw, before anybody knows whether there will be one."""
    matter = f"dispute:{case.dispute_id}"
    lots.commit(s, court_id=case.court_id, matter=matter, subject=f"case:{case.id}", by=by, at=at)


def _issue_disclosure(
    s: Session, case: MediationCase, assignment: Assignment, *, by: Actor, at: datetime
) -> None:
    dispute = matters.dispute_of(s, case)
    papers.freeze(
        s,
        court_id=case.court_id,
        dispute_id=dispute.id,
        subject=f"assignment:{assignment.id}",
        facts=DisclosureFacts(
            **letterhead.heading(s, case.court_id, number=case.number, case_number=case.number, at=at),
            mediator=by.name,
            organisation=letterhead.organisation_name(s, case),
            parties=letterhead.party_facts(s, dispute.id),
            cause=filing.cause_name(dispute.cause),
            relation=assignment.disclosure,
        ),
        title="调解员承诺与披露书",
        zone=Zone.RECORD,
        number=case.number,
        at=at,
        by=by,
    )
