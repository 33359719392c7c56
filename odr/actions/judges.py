"""The judge of a confirmation: drawn by lot, asked to step back, replaced by drawing again (CPL-47..50).

The seed of every draw was sealed in the journal before: the first at the joint application, the next
one right after each draw. Nobody's workload is looked at, so nobody can steer a case by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, and_, union
from sqlmodel import Session, col, select

from odr import db, deadlines, lots, matters, notices, presence, standing
from odr.errors import BadInput, Conflict, NotAllowed
from odr.rules.access import MACHINE, Actor
from odr.rules.moves import CONFIRMATION
from odr.rules.words import Do, Hat, Role
from odr.tables.agreements import ConfirmationCase
from odr.tables.confirmation import JudgeRecusal
from odr.tables.disputes import Dispute
from odr.tables.mediations import Assignment, MediationCase
from odr.tables.people import Account, RoleGrant
from odr.tables.roster import Mediator


def draw(s: Session, confirmation_id: str, *, by: Actor, at: datetime) -> ConfirmationCase:
    """The judge is drawn by lot from the court's judges without those who may not (S2 art. 4)."""
    confirmation, case = lock(s, confirmation_id)
    standing.require(s, by, Do.DRAW_JUDGE, confirmation)
    move = CONFIRMATION.take(confirmation, Do.DRAW_JUDGE)
    confirmation.stage = move.target
    _draw(s, confirmation, case, by=by, at=at)
    return confirmation


def ask_recusal(s: Session, confirmation_id: str, *, by: Actor, at: datetime, reasons: str) -> JudgeRecusal:
    """A party asks that the judge step back; until the president decides, nothing is ruled (CPL-48, 50)."""
    confirmation, case = lock(s, confirmation_id)
    standing.require(s, by, Do.ASK_JUDGE_RECUSAL, confirmation)
    move = CONFIRMATION.take(confirmation, Do.ASK_JUDGE_RECUSAL)
    if not reasons:
        raise BadInput(reasons="reason-needed")
    if open_recusal(s, confirmation.id) is not None:
        raise Conflict(recusal="open")
    recusal = JudgeRecusal(
        confirmation_id=confirmation.id,
        judge_id=confirmation.judge_id or "",
        asked_by=by.account_id or "",
        asked_at=at,
        reasons=reasons,
    )
    s.add(recusal)
    deadlines.apply(s, move, court_id=case.court_id, subject=f"confirmation:{confirmation.id}", since=at)
    matters.note(s, case, "recusal.asked", by=by, at=at, confirmation=confirmation.id)
    words = f"{confirmation.number}：当事人申请法官回避，请在三日内决定。"
    matters.tell_office(
        s, case.court_id, Role.LEADER, "有法官回避申请待决定", words, about="/approvals", at=at
    )
    return recusal


def refuse_recusal(
    s: Session, confirmation_id: str, *, by: Actor, at: datetime, opinion: str
) -> JudgeRecusal:
    """The president finds no ground to recuse."""
    confirmation, case = lock(s, confirmation_id)
    standing.require(s, by, Do.REFUSE_JUDGE_RECUSAL, confirmation)
    move = CONFIRMATION.take(confirmation, Do.REFUSE_JUDGE_RECUSAL)
    recusal = open_recusal(s, confirmation.id)
    if recusal is None:
        raise Conflict(recusal="none")
    if confirmation.judge_id == by.account_id:
        raise NotAllowed(recusal="own")  # CPL-49: nobody decides on themselves
    if not opinion:
        raise BadInput(opinion="reason-needed")
    _decide(s, recusal, granted=False, opinion=opinion, by=by, at=at)
    deadlines.apply(s, move, court_id=case.court_id, subject=f"confirmation:{confirmation.id}", since=at)
    matters.note(s, case, "recusal.refused", by=by, at=at, confirmation=confirmation.id)
    words = "法官回避申请已作出决定，理由见案件页面。"
    matters.tell_parties(s, case, "回避申请不予准许", words, about=f"/confirmations/{confirmation.id}", at=at)
    return recusal


def replace(s: Session, confirmation_id: str, *, by: Actor, at: datetime, reason: str) -> ConfirmationCase:
    """The judge steps back, is recused or absent: another is drawn, who starts the review anew."""
    confirmation, case = lock(s, confirmation_id)
    hats = standing.require(s, by, Do.REPLACE_JUDGE, confirmation)
    move = CONFIRMATION.take(confirmation, Do.REPLACE_JUDGE)
    if not reason:
        raise BadInput(reason="reason-needed")
    former, asked = confirmation.judge_id or "", open_recusal(s, confirmation.id)
    recusal = asked or JudgeRecusal(
        confirmation_id=confirmation.id, judge_id=former, asked_by=by.account_id or "", asked_at=at
    )
    _decide(s, recusal, granted=True, opinion=reason, by=by, at=at)
    s.flush()
    confirmation.stage, confirmation.checklist = move.target, {}
    deadlines.apply(s, move, court_id=case.court_id, subject=f"confirmation:{confirmation.id}", since=at)
    why = "stepped-back" if Hat.JUDGE in hats else "recused" if asked else "absent"
    matters.note(s, case, "judge.replaced", by=by, at=at, confirmation=confirmation.id, judge=former, why=why)
    presence.dismiss_judge(s, confirmation.id, former, at=at)
    _draw(s, confirmation, case, by=MACHINE, at=at)
    return confirmation


def open_recusal(s: Session, confirmation_id: str) -> JudgeRecusal | None:
    """The request that the president has not decided."""
    query = select(JudgeRecusal).where(
        JudgeRecusal.confirmation_id == confirmation_id, col(JudgeRecusal.granted).is_(None)
    )
    return s.exec(query).first()


def bench(s: Session, court_id: str) -> Sequence[str]:
    """Accounts of the court's judges who have not left."""
    query = (
        select(RoleGrant.account_id)
        .join(Account, col(Account.id) == col(RoleGrant.account_id))
        .where(RoleGrant.court_id == court_id, RoleGrant.role == Role.JUDGE)
        .where(col(Account.disabled_at).is_(None))
    )
    return s.exec(query).all()


def barred(s: Session, dispute_id: str) -> dict[str, str]:
    """The judges who may not judge this matter, each with the reason."""
    judges = set(s.exec(select(RoleGrant.account_id).where(RoleGrant.role == Role.JUDGE)).all())
    return {account: why for account, why in _had_to_do(s, dispute_id).items() if account in judges}


def ensure_free(s: Session, by: Actor, dispute_id: str) -> None:
    """NotAllowed to an officer who has or had to do with the matter, drawn or not (CPL-47)."""
    if by.account_id in _had_to_do(s, dispute_id):
        raise NotAllowed(judge="barred")


def none_of(account_id: str | None) -> ColumnElement[bool]:
    """Of a query of disputes: only those that this account never was in nor mediated."""
    ties = matters.involvements().subquery(), _mediations().subquery()
    own = (select(tie.c.dispute_id).where(tie.c.account_id == account_id) for tie in ties)
    return and_(*(col(Dispute.id).not_in(ids) for ids in own))


def _had_to_do(s: Session, dispute_id: str) -> dict[str, str]:
    """Whoever was or is in this matter, or mediated it, at any time (CPL-47, CPLI-43)."""
    people = dict.fromkeys(matters.involved(s, dispute_id), "involved")
    hosts = _mediations().subquery()
    mediated = s.exec(select(hosts.c.account_id).where(hosts.c.dispute_id == dispute_id))
    return people | {account: "mediated" for account in mediated if account}


def _mediations() -> CompoundSelect[Any]:
    """(dispute, account) of the mediators who host a case or once accepted it."""
    found = select(MediationCase.dispute_id, Mediator.account_id)
    accepted = col(Assignment.mediator_id) == col(Mediator.id), col(Assignment.accepted).is_(True)
    return union(
        found.join(Mediator, col(Mediator.id) == col(MediationCase.mediator_id)),
        found.join(Assignment, col(Assignment.case_id) == col(MediationCase.id)).join(
            Mediator, and_(*accepted)
        ),
    )


def lock(s: Session, confirmation_id: str) -> tuple[ConfirmationCase, MediationCase]:
    """The confirmation, locked, with the mediation case it comes from."""
    confirmation = db.lock(s, ConfirmationCase, confirmation_id)
    return confirmation, db.get(s, MediationCase, confirmation.case_id)


def _draw(
    s: Session, confirmation: ConfirmationCase, case: MediationCase, *, by: Actor, at: datetime
) -> None:
    matter, subject = f"dispute:{case.dispute_id}", f"confirmation:{confirmation.id}"
    before = dict.fromkeys(recused(s, confirmation.id), "replaced")
    log = lots.take(
        s,
        court_id=case.court_id,
        matter=matter,
        subject=subject,
        pool=bench(s, case.court_id),
        exclusions=barred(s, case.dispute_id) | before,
        by=by,
        at=at,
    )
    confirmation.judge_id, confirmation.draw = log["chosen"], log
    s.add(confirmation)
    matters.note(s, case, "judge.drawn", by=by, at=at, confirmation=confirmation.id, judge=log["chosen"])
    lots.commit(s, court_id=case.court_id, matter=matter, subject=subject, by=by, at=at)
    judge = s.get(Account, log["chosen"])
    if judge is not None:
        notices.tell(
            s, judge, "新分到司法确认案件", f"{confirmation.number}已随机分给您。", about="/judge", at=at
        )


def recused(s: Session, confirmation_id: str) -> Sequence[str]:
    """Who stepped back from this confirmation before."""
    query = select(JudgeRecusal.judge_id).where(
        JudgeRecusal.confirmation_id == confirmation_id, col(JudgeRecusal.granted).is_(True)
    )
    return s.exec(query).all()


def _decide(
    s: Session, recusal: JudgeRecusal, *, granted: bool, opinion: str, by: Actor, at: datetime
) -> None:
    recusal.granted, recusal.opinion = granted, opinion
    recusal.decided_by, recusal.decided_at = by.account_id, at
    s.add(recusal)
