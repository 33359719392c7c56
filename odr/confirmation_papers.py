"""The papers of judicial confirmation: application, acceptance notice, supplement notice, ruling."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlmodel import Session, select

from odr import clock, db, letterhead, matters, papers
from odr import facts as forms
from odr.digests import canonical
from odr.errors import Broken
from odr.facts import (
    AcceptanceNoticeFacts,
    AgreementFacts,
    ConfirmationApplicationFacts,
    DocumentFacts,
    RulingFacts,
    SignatureFacts,
    SupplementNoticeFacts,
)
from odr.rules import filing, jurisdiction, pack
from odr.rules.access import Actor
from odr.rules.words import Dismissal, NotAccepted, Role, RulingKind, Side, Zone
from odr.tables.agreements import Agreement, ConfirmationCase, Ruling, Supplement
from odr.tables.mediations import MediationCase
from odr.tables.people import Account, RoleGrant
from odr.tables.records import Document

ATTACHMENTS = ("调解协议书", "调解组织主持调解的证明", "各方身份证明", "送达地址确认书")
FORMS = {
    RulingKind.CONFIRMED: "confirm",
    RulingKind.DISMISSED: "dismiss",
    RulingKind.NOT_ACCEPTED: "not_accepted",
    RulingKind.WITHDRAWN: "withdrawn",
    RulingKind.WITHDRAWAL: "withdrawn",
    RulingKind.TERMINATED: "terminated",
}
TITLES = {
    RulingKind.CONFIRMED: "民事裁定书（确认调解协议有效）",
    RulingKind.DISMISSED: "民事裁定书（驳回申请）",
    RulingKind.NOT_ACCEPTED: "民事裁定书（不予受理）",
    RulingKind.WITHDRAWN: "民事裁定书（按撤回申请处理）",
    RulingKind.WITHDRAWAL: "民事裁定书（准许撤回申请）",
    RulingKind.TERMINATED: "民事裁定书（终结特别程序）",
}
ARTICLES = {
    RulingKind.WITHDRAWAL: "第三百五十七条第一款",
    RulingKind.WITHDRAWN: "第三百五十七条第二款",
    RulingKind.TERMINATED: "第一百八十六条",
}
ITEMS = "一二三四五六"


def agreement_facts(agreement: Agreement) -> AgreementFacts:
    """The facts that were fixed when signing began."""
    facts = forms.from_json(canonical(agreement.facts))
    if not isinstance(facts, AgreementFacts):
        raise Broken(f"agreement {agreement.id} has facts of a {facts.kind}")
    return facts


def application(
    s: Session,
    confirmation: ConfirmationCase,
    agreement: Agreement,
    case: MediationCase,
    *,
    by: Actor,
    at: datetime,
) -> Document:
    """司法确认申请书, signed online by all (F13)."""
    number = letterhead.series_number(s, case.court_id, "确申", "〔{year}〕{court}确申字第{serial}号", at=at)
    facts = ConfirmationApplicationFacts(
        **letterhead.heading(s, case.court_id, number=number, case_number=case.number, at=at),
        applicants=letterhead.party_facts(s, case.dispute_id),
        cause=_cause(s, case),
        organisation=letterhead.organisation_name(s, case),
        agreement_number=agreement.number,
        agreement_on=_agreed_on(agreement),
        reasons=confirmation.facts_reasons,
        jurisdiction=_competence(confirmation),
        attachments=ATTACHMENTS,
        signatures=tuple(_applicants(s, confirmation, case)),
    )
    return _freeze(s, case, facts, f"confirmation:{confirmation.id}", "司法确认申请书", by=by, at=at)


def _applicants(s: Session, confirmation: ConfirmationCase, case: MediationCase) -> list[SignatureFacts]:
    """In the order of the parties; who applied for several is named once."""
    given = [confirmation.applied[party.id] for party in matters.parties(s, case.dispute_id)]
    hands = {(one["account"] or one["name"], one["side"]): one for one in given}
    return [
        SignatureFacts(
            who=one["name"],
            role=letterhead.ROLES[Side(one["side"])],
            signed_at=datetime.fromisoformat(one["at"]),
            method="到场口头申请，书记员记录后本人签名" if one.get("how") else "平台账号在线确认",
        )
        for one in hands.values()
    ]


def _competence(confirmation: ConfirmationCase) -> str:
    """What makes this court competent (CPL-205), as the applicants say."""
    place = f"（{confirmation.place}）" if confirmation.place else ""
    return f"{jurisdiction.NAMES[confirmation.basis]}{place}"


def acceptance(
    s: Session, confirmation: ConfirmationCase, case: MediationCase, *, by: Actor, at: datetime
) -> Document:
    """受理通知书 (F15)."""
    facts = AcceptanceNoticeFacts(
        **_heading(s, confirmation, case, at),
        addressees=_names(s, case),
        cause=_cause(s, case),
        organisation=letterhead.organisation_name(s, case),
        received_on=clock.court_date(confirmation.submitted_at or at),
        accepted_on=clock.court_date(at),
        judge=_judge(s, confirmation.judge_id),
        clerk=by.name,
        contact="12368",
    )
    return _freeze(s, case, facts, f"confirmation:{confirmation.id}", "受理通知书", by=by, at=at)


def supplement(
    s: Session,
    confirmation: ConfirmationCase,
    case: MediationCase,
    asked: Supplement,
    *,
    by: Actor,
    at: datetime,
) -> Document:
    """补充材料通知书 (F14); before acceptance the case has no number yet, the notice has its own."""
    number = confirmation.number or letterhead.series_number(
        s, case.court_id, "确补", "〔{year}〕{court}确补字第{serial}号", at=at
    )
    facts = SupplementNoticeFacts(
        **letterhead.heading(s, case.court_id, number=number, case_number=case.number, at=at),
        addressees=_names(s, case),
        cause=_cause(s, case),
        items=tuple(asked.items),
        due_on=clock.court_date(asked.due_at),
        judge=by.name,
        contact="12368",
    )
    return _freeze(s, case, facts, f"supplement:{asked.id}", "补充材料通知书", by=by, at=at)


def ruling(
    s: Session, confirmation: ConfirmationCase, case: MediationCase, made: Ruling, *, by: Actor, at: datetime
) -> Document:
    """民事裁定书 (F17)."""
    facts = ruling_facts(s, confirmation, case, made, by=by, at=at)
    return _freeze(s, case, facts, f"ruling:{made.id}", TITLES[made.kind], by=by, at=at)


def ruling_facts(
    s: Session, confirmation: ConfirmationCase, case: MediationCase, made: Ruling, *, by: Actor, at: datetime
) -> RulingFacts:
    """What the ruling will say; the judge reads it before it is given."""
    agreement = db.get(s, Agreement, confirmation.agreement_id)
    ground, article = _ground(made)
    return RulingFacts(
        **_heading(s, confirmation, case, at),
        ruling=FORMS[made.kind],
        applicants=letterhead.party_facts(s, case.dispute_id),
        cause=_cause(s, case),
        organisation=letterhead.organisation_name(s, case),
        received_on=clock.court_date(confirmation.submitted_at or at),
        accepted_on=clock.court_date(confirmation.accepted_at) if confirmation.accepted_at else None,
        agreement_number=agreement.number,
        agreement_on=_agreed_on(agreement),
        clauses=agreement_facts(agreement).clauses,
        findings=made.reasons,
        ground=ground,
        article=article,
        deemed=made.kind is RulingKind.WITHDRAWN,
        judge=by.name,
        clerk=clerk_of(s, case),
    )


def _ground(made: Ruling) -> tuple[str, str]:
    """The statutory ground in words, and where it stands: 第三百五十八条第五项."""
    grounds = pack.load().grounds
    if made.kind is RulingKind.TERMINATED:
        return "之间存在民事权益争议", ARTICLES[made.kind]
    if made.ground in tuple(Dismissal) and made.kind is RulingKind.DISMISSED:
        item = ITEMS[tuple(Dismissal).index(Dismissal(made.ground))]
        return grounds["dismissal"][made.ground].words.zh, f"第三百五十八条第{item}项"
    if made.ground:
        # refused after acceptance on a ground that had forbidden it (second paragraph)
        late = made.kind is RulingKind.DISMISSED
        item = "第二款" if late else f"第一款第{ITEMS[tuple(NotAccepted).index(NotAccepted(made.ground))]}项"
        return grounds["not_accepted"][made.ground].words.zh, f"第三百五十五条{item}"
    return "", ARTICLES.get(made.kind, "")


def _heading(s: Session, confirmation: ConfirmationCase, case: MediationCase, at: datetime) -> dict[str, Any]:
    return letterhead.heading(
        s, confirmation.court_id, number=confirmation.number, case_number=case.number, at=at
    )


def _agreed_on(agreement: Agreement) -> date:
    if agreement.effective_at is None:
        raise Broken(f"agreement {agreement.id} was never effective")
    return clock.court_date(agreement.effective_at)


def _names(s: Session, case: MediationCase) -> tuple[str, ...]:
    return tuple(party.name for party in matters.parties(s, case.dispute_id))


def _cause(s: Session, case: MediationCase) -> str:
    return filing.cause_name(matters.dispute_of(s, case).cause)


def _judge(s: Session, account_id: str | None) -> str:
    account = s.get(Account, account_id) if account_id else None
    return account.name if account else ""


def clerk_of(s: Session, case: MediationCase) -> str:
    """The clerk who signs below the judge: the first of the court's."""
    query = select(Account.name).join(RoleGrant, RoleGrant.account_id == Account.id)  # type: ignore[arg-type]
    found = s.exec(query.where(RoleGrant.court_id == case.court_id, RoleGrant.role == Role.CLERK)).first()
    return found or ""


def _freeze(
    s: Session,
    case: MediationCase,
    facts: DocumentFacts,
    subject: str,
    title: str,
    *,
    by: Actor,
    at: datetime,
) -> Document:
    return papers.freeze(
        s,
        court_id=case.court_id,
        dispute_id=case.dispute_id,
        subject=subject,
        facts=facts,
        title=title,
        zone=Zone.OUTCOME,
        number=facts.number,
        at=at,
        by=by,
    )
