"""The papers a sitting leaves behind: minutes and the record of undisputed facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from odr import db, letterhead, papers, presence
from odr.actions.minutes import facts as stated_facts
from odr.actions.minutes import lines as minutes_of
from odr.facts import AttendeeFacts, MinutesFacts, SignatureFacts, StatementFacts, UndisputedFacts
from odr.rules import pack
from odr.rules.access import Actor
from odr.rules.companions import PARTS
from odr.rules.words import Mode, Side, Zone
from odr.tables.disputes import Dispute, Party
from odr.tables.mediations import Attendance, MediationCase, MinutesLine, Recording, Sitting
from odr.tables.people import Account
from odr.tables.records import Document

MODES = {
    Mode.SYNC: "在线视频调解",
    Mode.SPLIT: "在线视频调解（先后进行）",
    Mode.ASSISTED: "在线视频调解（由法院或者调解组织提供设备）",
    Mode.ONSITE: "线下调解",
}
OUTCOMES = {
    "agreed": "各方达成调解协议，另行签署调解协议书。",
    "again": "本次未能结束，各方同意另行约定时间继续调解。",
    "none": "各方未达成一致意见。",
    "settled": "各方自行和解，调解结束。",
}
NOTICES_GIVEN = (
    "调解自愿、合法、保密，任何一方可以随时提出终止；",
    "当事人的权利义务、调解规则和程序；",
    "调解协议的效力以及申请司法确认的条件；",
    "虚假调解应当承担的法律责任；",
    "未经准许不得录音、录像、截屏或者传播。",
)
SPEAKERS = {"mediator": "调解员", "applicant": "申请人", "respondent": "被申请人"}


def minutes(s: Session, sitting: Sitting, outcome: str, *, by: Actor, at: datetime) -> Document:
    """调解笔录 of a sitting that ends now (F08)."""
    case = db.get(s, MediationCase, sitting.case_id)
    mediators = letterhead.mediator_names(s, case)
    number = f"{case.number}笔录{sitting.ordinal}"
    written = minutes_of(s, sitting.id)
    facts = MinutesFacts(
        **letterhead.heading(s, case.court_id, number=number, case_number=case.number, at=at),
        cause=cause_of(s, case),
        sitting_number=sitting.ordinal,
        started_at=sitting.opened_at or sitting.starts_at,
        ended_at=at,
        mode=MODES[Mode(sitting.mode)],
        place=sitting.place or "在线多元解纷平台",
        organisation=letterhead.organisation_name(s, case),
        mediators=mediators,
        recorder="、".join(mediators),
        attendees=tuple(attendee(s, one) for one in presence.people(s, sitting.id) if _took_part(one)),
        notices_given=NOTICES_GIVEN,
        statements=_statements(written, replaced=replaces_minutes(s, sitting)),
        undisputed=tuple(agreed_facts(s, case.id)),
        outcome=OUTCOMES[outcome],
        corrections=(*_wishes(written), *_reviews(written)),
        signatures=_confirmed(s, sitting, written, at),
        **recorded(s, sitting),
    )
    return papers.freeze(
        s,
        court_id=case.court_id,
        dispute_id=case.dispute_id,
        subject=f"sitting:{sitting.id}",
        facts=facts,
        title=f"调解笔录（第{sitting.ordinal}次）",
        zone=Zone.JOINT,  # the judge reads the undisputed facts, not what was said (ODM-18)
        number=number,
        at=at,
        by=by,
    )


def replaces_minutes(s: Session, sitting: Sitting) -> bool:
    """A recording of the talk stands for the minutes only if it is whole and every party said so (ODM-22)."""
    came = [one for one in presence.people(s, sitting.id) if _took_part(one) and one.part is None]
    talk = select(Recording.failed).where(
        Recording.sitting_id == sitting.id, Recording.zone != Zone.OUTCOME
    )  # not the signing alone
    torn = s.exec(talk).all()
    recorded = bool(torn) and not any(torn)
    return recorded and {one.side for one in came} == set(Side) and all(one.minutes_instead for one in came)


def _statements(written: Sequence[MinutesLine], *, replaced: bool) -> tuple[StatementFacts, ...]:
    said = tuple(StatementFacts(speaker=SPEAKERS[one.speaker], text=one.text) for one in written)
    none = "以录音录像代替文字笔录。" if replaced else "本次没有逐段记录发言。"
    return said or (StatementFacts(speaker="记录", text=none),)


def _wishes(written: Sequence[MinutesLine]) -> list[str]:
    """Each wish for a correction with what the mediator said to it."""
    return [
        f"{SPEAKERS[wish['by']]}（第{line.position}段）：{wish['text']}{_answered(wish)}"
        for line in written
        for wish in line.corrections
    ]


def _answered(wish: dict[str, Any]) -> str:
    if "adopted" not in wish:
        return "（已记录在案）"
    return "（已采纳）" if wish["adopted"] else f"（未采纳，理由：{wish['reason']}）"


def _reviews(written: Sequence[MinutesLine]) -> list[str]:
    """What each side confirmed line by line, and what it left open."""
    told = []
    for side in Side if written else ():
        left = [str(line.position) for line in written if side.value not in line.confirmed_by]
        if left:
            told.append(f"{SPEAKERS[side.value]}未逐段确认第{'、'.join(left)}段。")
    return told


def _confirmed(
    s: Session, sitting: Sitting, written: Sequence[MinutesLine], at: datetime
) -> tuple[SignatureFacts, ...]:
    """Who of those who came confirmed every line."""
    if not written:
        return ()
    came = [one for one in presence.people(s, sitting.id) if _took_part(one) and one.part is None]
    whole = [side for side in Side if all(side.value in line.confirmed_by for line in written)]
    return tuple(
        SignatureFacts(
            who=db.get(s, Account, one.account_id).name,
            role=SPEAKERS[one.side.value],
            signed_at=at,
            method="实名账号逐段阅读后在线确认",
        )
        for one in came
        if one.side in whole and one.side is not None
    )


def undisputed(s: Session, sitting: Sitting, *, by: Actor, at: datetime) -> Document | None:
    """无争议事实记载书 (F09); none when both sides left nothing undisputed."""
    case = db.get(s, MediationCase, sitting.case_id)
    agreed = agreed_facts(s, case.id)
    if not agreed:
        return None
    number = f"{case.number}无争议{sitting.ordinal}"
    facts = UndisputedFacts(
        **letterhead.heading(s, case.court_id, number=number, case_number=case.number, at=at),
        parties=letterhead.party_facts(s, case.dispute_id),
        cause=cause_of(s, case),
        dispute="除下列事实外，各方对其他事项的意见以调解协议或者后续程序为准。",
        facts=tuple(agreed),
        organisation=letterhead.organisation_name(s, case),
        mediators=letterhead.mediator_names(s, case),
    )
    return papers.freeze(
        s,
        court_id=case.court_id,
        dispute_id=case.dispute_id,
        subject=f"sitting:{sitting.id}",
        facts=facts,
        title="无争议事实记载书",
        zone=Zone.OUTCOME,
        number=number,
        at=at,
        by=by,
    )


def agreed_facts(s: Session, case_id: str) -> list[str]:
    """The facts that both sides left undisputed."""
    return [one.text for one in stated_facts(s, case_id) if Side.both_in(one.agreed_by)]


def cause_of(s: Session, case: MediationCase) -> str:
    """The cause of action as papers name it."""
    key = db.get(s, Dispute, case.dispute_id).cause
    known = pack.load().causes.get(key)
    return known.name.zh if known else key


def _took_part(one: Attendance) -> bool:
    return not one.is_host and (one.joined_at is not None or one.identity_checked_at is not None)


def attendee(s: Session, one: Attendance, *, checked: str = "本次调解中经调解员核验一致") -> AttendeeFacts:
    """A person of a sitting as its paper lists them."""
    account = db.get(s, Account, one.account_id)
    party = s.get(Party, one.party_id) if one.party_id else None
    agent = party is not None and party.agent_account_id == one.account_id
    role = letterhead.ROLES[Side(one.side)] if one.side else "调解员"
    if one.part:
        role = f"{role}的{PARTS[one.part]}" if one.side else PARTS[one.part]
    return AttendeeFacts(
        name=account.name,
        role=f"{role}的代理人" if agent else role,
        identity=checked if one.identity_checked_at else "本次未核验",
    )


def recorded(s: Session, sitting: Sitting) -> dict[str, Any]:
    """What was recorded, by the heads of the recordings."""
    query = select(Recording).where(Recording.sitting_id == sitting.id)
    kept = s.exec(query.order_by(col(Recording.started_at))).all()
    if not kept:
        return {"recording": "未录音录像"}
    instead = replaces_minutes(s, sitting)
    words = f"经各方同意录音录像{len(kept)}段"
    return {
        "recording": f"{words}，各方明确同意以其代替文字笔录，无争议事实仍以文字记载" if instead else words,
        "recording_digest": next((one.head for one in reversed(kept) if one.head), ""),
    }
