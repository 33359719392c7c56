"""The papers of a review beside the ruling: approval of more time, record of the inquiry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlmodel import Session

from odr import clock, db, letterhead, matters, papers, presence, sitting_papers
from odr.actions import minutes
from odr.confirmation_papers import clerk_of
from odr.facts import ExtensionApprovalFacts, InquiryFacts, QuestionFacts, StatementFacts
from odr.rules import filing, pack
from odr.rules.access import Actor
from odr.rules.words import Mode, Zone
from odr.tables.agreements import ConfirmationCase
from odr.tables.confirmation import ReviewExtension
from odr.tables.mediations import MediationCase, MinutesLine, Sitting
from odr.tables.people import Account
from odr.tables.records import Document

SPEAKERS = {"mediator": "法官", "applicant": "申请人", "respondent": "被申请人"}
NOTICES_GIVEN = (
    "如实陈述的义务和虚假陈述的法律责任；",
    "申请法官回避的权利；",
    "无正当理由拒不接受询问的后果。",
)
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
        facts=facts,
        title="延长审理期限审批表",
        zone=Zone.RECORD,
        number=facts.number,
        at=at,
        by=by,
    )


# F16: what is asked in every inquiry; the judge may ask more
STOCK = (
    "请核对你们的身份信息是否正确？",
    "达成调解协议是否出于自愿？",
    "是否理解调解协议的内容和后果？",
    "协议内容是否真实，有没有恶意串通？",
    "协议是否损害国家利益、社会公共利益或者他人合法权益？",
    "是否有能力按协议履行？",
    "是否知道确认后一方不履行的，对方可以申请强制执行？",
)


def inquiry(s: Session, sitting: Sitting, *, by: Actor, at: datetime) -> Document:
    """询问笔录 (F16; CPLI-356): every question of the judge with everybody's answers."""
    case = db.get(s, MediationCase, sitting.case_id)
    confirmation = db.get(s, ConfirmationCase, sitting.confirmation_id)
    written = minutes.lines(s, sitting.id)
    facts = InquiryFacts(
        **letterhead.heading(
            s, case.court_id, number=confirmation.number, case_number=confirmation.number, at=at
        ),
        cause=filing.cause_name(matters.dispute_of(s, case).cause),
        started_at=sitting.opened_at or sitting.starts_at,
        ended_at=at,
        mode="到法院询问" if sitting.mode is Mode.ONSITE else "在线视频询问",
        place=sitting.place or "在线多元解纷平台",
        judge=by.name,
        clerk=clerk_of(s, case),
        attendees=tuple(
            sitting_papers.attendee(s, one, checked="本次询问中经法官核验一致")
            for one in presence.people(s, sitting.id)
            if one.side is not None
        ),
        notices_given=NOTICES_GIVEN,
        questions=tuple(_questions(written)),
        corrections=tuple(
            f"{SPEAKERS[wish['by']]}（第{line.position}段）：{wish['text']}"
            for line in written
            for wish in line.corrections
        ),
        **sitting_papers.recorded(s, sitting),
    )
    return papers.freeze(
        s,
        court_id=case.court_id,
        dispute_id=case.dispute_id,
        subject=f"sitting:{sitting.id}",
        facts=facts,
        title="询问笔录",
        zone=Zone.RECORD,
        number=facts.number,
        at=at,
        by=by,
    )


def _questions(written: Sequence[MinutesLine]) -> Iterator[QuestionFacts]:
    """Each line of the judge is a question; what follows up to the next one are its answers."""
    asked, answers = "", list[StatementFacts]()
    for line in written:
        if line.speaker != "mediator":
            answers.append(StatementFacts(speaker=SPEAKERS[line.speaker], text=line.text))
            continue
        if asked or answers:
            yield QuestionFacts(text=asked or "陈述", answers=tuple(answers))
        asked, answers = line.text, []
    yield QuestionFacts(text=asked or "陈述", answers=tuple(answers))


def _number(days: int) -> str:
    """1 to 39 as papers write it: 十, 十五, 三十."""
    tens, ones = divmod(days, 10)
    digits = "〇一二三四五六七八九"
    if tens == 0:
        return digits[ones]
    return ("" if tens == 1 else TENS[tens]) + "十" + (digits[ones] if ones else "")
