"""More time to rule: the judge asks, the president decides; never the same person (JCR-5, CPL-187)."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from odr import db, deadlines, matters, notices, review_papers, standing
from odr.actions.judges import lock
from odr.errors import BadInput, Conflict, DeadlinePassed, NotAllowed
from odr.facts import printable
from odr.rules import pack
from odr.rules.access import Actor
from odr.rules.moves import CONFIRMATION
from odr.rules.words import Do, Role
from odr.tables.confirmation import ReviewExtension
from odr.tables.people import Account

RULES = ("T-JC-DEC", "T-JC-MAX")


def ask(
    s: Session, confirmation_id: str, *, by: Actor, at: datetime, rule: str, days: int, reason: str
) -> ReviewExtension:
    """The judge asks the president for more days, before the period is over."""
    confirmation, case = lock(s, confirmation_id)
    standing.require(s, by, Do.ASK_REVIEW_EXTENSION, confirmation)
    CONFIRMATION.take(confirmation, Do.ASK_REVIEW_EXTENSION)
    if rule not in RULES:
        raise BadInput(rule="choose-one")
    if not 1 <= days <= most(rule):
        raise BadInput(days="too-small" if days < 1 else "too-large")
    if not reason:
        raise BadInput(reason="reason-needed")
    printable.require(reason)
    running = deadlines.find(s, f"confirmation:{confirmation.id}", rule)
    if running is None or running.due_at <= at:
        raise DeadlinePassed(rule=rule)
    if running.explanation.get("extensions") or waiting(s, confirmation.id) is not None:
        raise Conflict(extension="already")
    asked = ReviewExtension(
        confirmation_id=confirmation.id,
        rule=rule,
        days=days,
        reason=reason,
        asked_by=by.account_id or "",
        asked_at=at,
    )
    s.add(asked)
    matters.note(
        s, case, "review.extension_asked", by=by, at=at, confirmation=confirmation.id, rule=rule, days=days
    )
    words = f"{confirmation.number}：承办法官申请延长审查期限{days}日，请审批。"
    matters.tell_office(s, case.court_id, Role.LEADER, "延长审限待审批", words, about="/approvals", at=at)
    return asked


def decide(
    s: Session, confirmation_id: str, *, by: Actor, at: datetime, granted: bool, opinion: str
) -> ReviewExtension:
    """The president grants it, so that the clock runs longer, or not; both sides are told."""
    confirmation, case = lock(s, confirmation_id)
    standing.require(s, by, Do.DECIDE_REVIEW_EXTENSION, confirmation)
    CONFIRMATION.take(confirmation, Do.DECIDE_REVIEW_EXTENSION)
    asked = waiting(s, confirmation.id)
    if asked is None:
        raise Conflict(extension="none")
    if by.account_id in (asked.asked_by, confirmation.judge_id):
        raise NotAllowed(extension="own")
    if not granted and not opinion:
        raise BadInput(opinion="reason-needed")
    printable.require(opinion)
    asked.granted, asked.opinion = granted, opinion
    asked.decided_by, asked.decided_at = by.account_id, at
    subject = f"confirmation:{confirmation.id}"
    before = deadlines.find(s, subject, asked.rule)
    old = before.due_at if before else at
    new = deadlines.extend(s, subject, asked.rule, asked.days, at=at).due_at if granted else old
    asked.document_id = review_papers.extension(
        s, confirmation, case, asked, old=old, new=new, by=by, at=at
    ).id
    s.add(asked)
    matters.note(
        s,
        case,
        "review.extended" if granted else "review.extension_refused",
        by=by,
        at=at,
        confirmation=confirmation.id,
        rule=asked.rule,
        days=asked.days,
    )
    judge = db.get(s, Account, asked.asked_by)
    answer = f"{confirmation.number}：延长审查期限的申请{'已批准' if granted else '未获批准'}。"
    about = f"/confirmations/{confirmation.id}"
    notices.tell(s, judge, "延长审限已审批", answer, about=about, at=at)
    if granted:
        words = "经院长批准，审查期限延长%(days)s日。"
        matters.tell_parties(s, case, "审查期限延长", words, about=about, at=at, days=asked.days)
    return asked


def most(rule: str) -> int:
    """The most days that the president may grant."""
    return pack.load().clocks[rule].extra_days


def waiting(s: Session, confirmation_id: str) -> ReviewExtension | None:
    """The request that the president has not decided."""
    query = select(ReviewExtension).where(
        ReviewExtension.confirmation_id == confirmation_id, col(ReviewExtension.granted).is_(None)
    )
    return s.exec(query).first()
