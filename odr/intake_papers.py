"""The papers of intake: receipt, address for service, consent, referral, notice of rights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from odr import clock, db, letterhead, papers
from odr.facts import (
    ChannelFacts,
    ConsentFacts,
    ConsentItemFacts,
    EvidenceFacts,
    ReferralFacts,
    RegistrationFacts,
    RightsNoticeFacts,
    ServiceAddressFacts,
    SignatureFacts,
)
from odr.facts.words import amount as money
from odr.facts.words import day
from odr.rules import consents as texts
from odr.rules import filing, pack
from odr.rules.access import MACHINE, TO_ORGANISATION, Actor
from odr.rules.law import Clock, TrackRule
from odr.rules.words import Side, Step, Zone
from odr.tables.disputes import Consent, Dispute, Evidence, Party
from odr.tables.mediations import MediationCase
from odr.tables.people import Court
from odr.tables.records import Deadline, Document
from odr.tables.roster import Organisation


def registration(s: Session, dispute: Dispute, *, by: Actor, at: datetime) -> Document:
    """纠纷登记表 (F01): the dated receipt of LRR-2."""
    facts = RegistrationFacts(
        **letterhead.heading(s, dispute.court_id, number=dispute.number, at=at),
        source="网上提交（" + ("提起诉讼" if dispute.wishes.get("asks") == "suit" else "申请调解") + "）",
        submitted_at=at,
        parties=letterhead.whole_party_facts(s, dispute.id),
        cause=filing.cause_name(dispute.cause),
        amount_fen=dispute.amount_fen or None,
        brief=dispute.story,
        claims=tuple(_claim(claim) for claim in dispute.claims),
        evidence=_evidence(s, dispute.id),
        desired_mode=filing.MODES.get(dispute.wishes.get("mode", ""), ""),
        needs=tuple(
            filing.SUPPORT[key] for key in dispute.wishes.get("support", ()) if key in filing.SUPPORT
        ),
        service_address=str(dispute.draft.get("service", {}).get("address", "")),
        next_steps=_next_steps(s, dispute),
        signatures=(_online(by, "申请人", at),),
    )
    title = "纠纷登记表（收件回执）"
    return _freeze(s, dispute, facts, f"dispute:{dispute.id}", title, side=Side.APPLICANT, by=by, at=at)


def service_address(
    s: Session, dispute: Dispute, party: Party, given: Mapping[str, Any], *, by: Actor, at: datetime
) -> Document:
    """送达地址确认书 (F20): valid for every later stage unless changed (CPLI-137)."""
    number = letterhead.series_number(
        s, dispute.court_id, "service-address", "〔{year}〕{court}送址第{serial}号", at=at
    )
    electronic = bool(given.get("e_service"))
    ways = (
        ("平台账号", by.name if electronic else ""),
        ("手机号码", given.get("phone", "") if electronic else ""),
        ("电子邮箱", given.get("email", "") if electronic else ""),
    )
    facts = ServiceAddressFacts(
        **letterhead.heading(s, dispute.court_id, number=number, case_number=dispute.number, at=at),
        party=letterhead.party_fact(s, party),
        cause=filing.cause_name(dispute.cause),
        receiver=str(given.get("receiver") or party.name),
        receiver_relation="指定代收人" if given.get("receiver") not in (None, "", party.name) else "本人",
        postal_address=str(given["address"]),
        postcode=str(given.get("postcode", "")),
        phone=str(given["phone"]),
        by_electronic=electronic,
        channels=tuple(ChannelFacts(means=means, address=where) for means, where in ways if where),
        keep_confidential=bool(given.get("keep_confidential")),
        signatures=(_online(by, letterhead.ROLES[party.side], at),),
    )
    return _freeze(s, dispute, facts, f"party:{party.id}", "送达地址确认书", side=party.side, by=by, at=at)


def consent(
    s: Session, dispute: Dispute, party: Party, given: Sequence[Consent], *, by: Actor, at: datetime
) -> Document:
    """同意在线调解确认书 (F03), each step by itself; it replaces the one before."""
    number = letterhead.series_number(
        s, dispute.court_id, "consent", "〔{year}〕{court}同意第{serial}号", at=at
    )
    answers = {row.step: row for row in given}
    facts = ConsentFacts(
        **letterhead.heading(s, dispute.court_id, number=number, case_number=dispute.number, at=at),
        party=letterhead.party_fact(s, party),
        cause=filing.cause_name(dispute.cause),
        items=tuple(
            ConsentItemFacts(
                step=f"{text.title}（第{text.version}版）",
                agreed=_agrees(answers.get(text.step)),
                at=answers[text.step].at if text.step in answers else None,
            )
            for text in texts.TEXTS
        ),
        mode="视频方式" if _agrees(answers.get(Step.VIDEO)) else "电话或者现场方式",
        mediator_choice="双方共同选择，未选定的由法院指定",
        withdrawal="随时可以在平台“同意事项”中撤回，或者书面告知法院。",
        signatures=(_online(by, letterhead.ROLES[party.side], at),),
    )
    before = s.exec(
        select(Document.id)
        .where(Document.subject == f"party:{party.id}", Document.kind == "consent")
        .order_by(col(Document.frozen_at).desc())
    ).first()
    title = "同意在线调解确认书"
    return _freeze(
        s,
        dispute,
        facts,
        f"party:{party.id}",
        title,
        side=party.side,
        by=by,
        at=at,
        supersedes=before,
    )


def referral(s: Session, dispute: Dispute, case: MediationCase, *, by: Actor, at: datetime) -> Document:
    """委派调解函 or 委托调解函 (F04) to the organisation that is to mediate."""
    law = pack.load()
    track = law.tracks[case.track]
    manner = "委托调解" if track.registers_first else "委派调解"  # SIM-11: after registration, before it
    court = db.get(s, Court, case.court_id)
    number = letterhead.series_number(
        s, case.court_id, "referral", "〔{year}〕{court}委调第{serial}号", at=at
    )
    facts = ReferralFacts(
        **letterhead.heading(
            s, case.court_id, number=number, case_number=dispute.filing_number or case.number, at=at
        ),
        manner=manner,
        addressee=db.get(s, Organisation, case.org_id).name,
        parties=letterhead.whole_party_facts(s, dispute.id),
        cause=filing.cause_name(dispute.cause),
        amount_fen=dispute.amount_fen or None,
        brief=dispute.story,
        files=tuple(item.name for item in _evidence(s, dispute.id)) or ("纠纷登记表",),
        period_days=clock_of(track).length,
        period_rule=f"自{clock_of(track).start}之日起计算",
        consent=_who_agreed(s, dispute),
        contact_judge=by.name,
        contact_phone=court.phone,
    )
    return _freeze(
        s,
        dispute,
        facts,
        f"case:{case.id}",
        f"{manner}函",
        side=TO_ORGANISATION,
        by=by,
        at=at,
        zone=Zone.OUTCOME,
    )


def rights_notice(
    s: Session,
    dispute: Dispute,
    case: MediationCase,
    party: Party,
    *,
    at: datetime,
    link: str = "",
    code: str = "",
) -> Document:
    """调解告知书 (F02); for somebody who is not here yet, the square code leads in."""
    court = db.get(s, Court, case.court_id)
    number = letterhead.series_number(s, case.court_id, "rights", "〔{year}〕{court}告知第{serial}号", at=at)
    head = letterhead.heading(s, case.court_id, number=number, case_number=case.number, at=at)
    if link:
        head["verify_url"] = link
    facts = RightsNoticeFacts(
        **head,
        addressee=party.name,
        cause=filing.cause_name(dispute.cause),
        organisation=letterhead.organisation_name(s, case),
        contact=f"诉讼服务热线 {court.phone}",
        complaint_channel=f"平台“投诉”入口或者拨打 {court.phone}",
        period_days=clock_of(pack.load().tracks[case.track]).length,
        extra=_way_in(s, dispute, code),
        invites=bool(link),
    )
    title = "调解告知书"
    return _freeze(s, dispute, facts, f"party:{party.id}", title, side=party.side, by=MACHINE, at=at)


def _who_agreed(s: Session, dispute: Dispute) -> str:
    """The other side is asked after the referral, so nothing may be said in its name (CPL-125)."""
    agreed = (
        select(Consent.party_id)
        .where(Consent.step == Step.MEDIATION, Consent.given)
        .where(col(Consent.withdrawn_at).is_(None))
    )
    open_sides = select(Party.side).where(Party.dispute_id == dispute.id, col(Party.id).not_in(agreed))
    if not (sides := sorted(set(s.exec(open_sides)))):
        return "各方当事人均已同意调解。"
    names = "、".join(letterhead.ROLES[Side(side)] for side in sides)
    return f"{names}是否同意调解，由本院征询；其明确拒绝的，本院即行通知，请退回全部材料。"


def clock_of(track: TrackRule) -> Clock:
    """The mediation clock a track runs on."""
    return pack.load().clocks[track.clock]


def _way_in(s: Session, dispute: Dispute, code: str) -> tuple[str, ...]:
    if not code:
        return ()
    claims = "；".join(_claim(claim) for claim in dispute.claims)
    applicant = "、".join(p.name for p in letterhead.party_facts(s, dispute.id) if p.role == "申请人")
    return (
        f"申请人{applicant}的请求：{claims}。",
        f"查看内容、表示同意或者拒绝：扫描文末方块码，或者在平台首页“我收到了邀请”处输入短码{code}，三十日内有效。"
        "不登录也可以先查看。",
    )


def _freeze(
    s: Session,
    dispute: Dispute,
    facts: Any,
    subject: str,
    title: str,
    *,
    by: Actor,
    at: datetime,
    zone: Zone = Zone.RECORD,
    side: Side | str = "",
    supersedes: str | None = None,
) -> Document:
    return papers.freeze(
        s,
        court_id=dispute.court_id,
        dispute_id=dispute.id,
        subject=subject,
        facts=facts,
        title=title,
        zone=zone,
        at=at,
        number=facts.number,
        side=str(side),
        supersedes=supersedes,
        by=by,
    )


def _online(by: Actor, role: str, at: datetime) -> SignatureFacts:
    return SignatureFacts(who=by.name, role=role, signed_at=at, method="实名账号在线确认")


def _agrees(row: Consent | None) -> bool:
    return row is not None and row.given and row.withdrawn_at is None


def _claim(claim: Mapping[str, Any]) -> str:
    amount = claim.get("amount_fen")
    return f"{claim['text']}：{money(amount)}元" if amount else str(claim["text"])


def _evidence(s: Session, dispute_id: str) -> tuple[EvidenceFacts, ...]:
    rows = s.exec(
        select(Evidence)
        .where(Evidence.dispute_id == dispute_id, col(Evidence.withdrawn_at).is_(None))
        .where(Evidence.zone == Zone.RECORD)
        .order_by(col(Evidence.added_at))
    )
    return tuple(EvidenceFacts(name=row.title, purpose=row.proves, digest=row.digest) for row in rows)


def _next_steps(s: Session, dispute: Dispute) -> tuple[str, ...]:
    due = s.exec(
        select(Deadline.due_at).where(
            Deadline.subject == f"dispute:{dispute.id}",
            Deadline.rule == "T-REG",
            col(Deadline.stopped_at).is_(None),
        )
    ).first()
    by_when = f"在{day(clock.court_date(due))}之前" if due else "在七日内"
    return (
        f"法院{by_when}审查材料并答复：移送调解、登记立案、退回补正或者告知其他途径。",
        "移送调解的，法院通知对方；对方可以同意，也可以拒绝。",
        "对方拒绝的，立即告知您，不影响您起诉。",
    )
