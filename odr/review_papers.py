"""The papers of a review beside the ruling: approval of more time, record of the inquiry."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from odr import clock, db, letterhead, matters, papers
from odr.facts import ExtensionApprovalFacts
from odr.rules import filing, pack
from odr.rules.access import Actor
from odr.rules.words import Zone
from odr.tables.agreements import ConfirmationCase
from odr.tables.confirmation import ReviewExtension
from odr.tables.mediations import MediationCase
from odr.tables.people import Account
from odr.tables.records import Document

TENS = ("", "一", "二", "三")


def extension(
    s: Session,
    confirmation: ConfirmationCase,
    case: MediationCase,
    asked: ReviewExtension,
    *,
    old: datetime,
    new: datetime,
    by: Actor,
    at: datetime,
) -> Document:
    """延长审理期限审批表, with both names on it."""
    facts = ExtensionApprovalFacts(
        **letterhead.heading(
            s, case.court_id, number=confirmation.number, case_number=confirmation.number, at=at
        ),
        parties=letterhead.party_facts(s, case.dispute_id),
        cause=filing.cause_name(matters.dispute_of(s, case).cause),
        accepted_on=clock.court_date(confirmation.accepted_at or at),
        due_on=clock.court_date(old),
        new_due_on=clock.court_date(new),
        days=f"{_number(asked.days)}日",
        reason=asked.reason,
        article=pack.cite(pack.load().clocks[asked.rule].articles),
        judge=db.get(s, Account, asked.asked_by).name,
        asked_on=clock.court_date(asked.asked_at),
        approver=by.name,
        decision="同意延长" if asked.granted else "不同意延长",
        opinion=asked.opinion,
        decided_on=clock.court_date(at),
    )
    return papers.freeze(
        s,
        court_id=case.court_id,
        dispute_id=case.dispute_id,
        subject=f"confirmation:{confirmation.id}",
        kind=facts.kind,
        facts=facts,
        title="延长审理期限审批表",
        zone=Zone.RECORD,
        number=facts.number,
        at=at,
        by=by,
    )


def _number(days: int) -> str:
    """1 to 39 as papers write it: 十, 十五, 三十."""
    tens, ones = divmod(days, 10)
    digits = "〇一二三四五六七八九"
    if tens == 0:
        return digits[ones]
    return ("" if tens == 1 else TENS[tens]) + "十" + (digits[ones] if ones else "")
