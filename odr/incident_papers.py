"""The papers of what comes between: a case sent back, recusal with its decision, the application for an appraisal."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from odr import clock, db, letterhead, matters, papers
from odr.facts import AppraisalFacts, DocumentFacts, RecusalFacts, ReturnNoteFacts
from odr.rules import filing, pack
from odr.rules.access import TO_ORGANISATION, Actor
from odr.rules.words import Side, Zone
from odr.tables.disputes import Evidence
from odr.tables.incidents import Appraisal, Recusal
from odr.tables.mediations import Assignment, MediationCase
from odr.tables.people import Court
from odr.tables.roster import Organisation


def returned(s: Session, case: MediationCase, assignment: Assignment, *, by: Actor, at: datetime) -> None:
    """退回调解说明 (F23) to the court: why the organisation does not take the case, with its file (ODM-12)."""
    organisation = s.get(Organisation, case.org_id) if case.org_id else None
    if organisation is None:
        return  # a mediator of no organisation has said it on the page
    dispute = matters.dispute_of(s, case)
    ground = pack.load().grounds["decline"][assignment.decline_reason]
    number = letterhead.series_number(s, case.court_id, "退调", "〔{year}〕{court}退调字第{serial}号", at=at)
    shown = select(Evidence.title).where(
        Evidence.dispute_id == dispute.id, Evidence.zone == Zone.RECORD, col(Evidence.withdrawn_at).is_(None)
    )
    facts = ReturnNoteFacts(
        **letterhead.heading(s, case.court_id, number=number, case_number=case.number, at=at),
        organisation=organisation.name,
        parties=letterhead.party_facts(s, dispute.id),
        cause=filing.cause_name(dispute.cause),
        received_on=clock.court_date(assignment.offered_at),
        reason=ground.words.zh,
        article=pack.cite(ground.articles),
        files=("纠纷登记表", *s.exec(shown.order_by(col(Evidence.added_at)))),
        contact=organisation.phone or db.get(s, Court, case.court_id).phone,
    )
    papers.freeze(
        s,
        court_id=case.court_id,
        dispute_id=case.dispute_id,
        subject=f"assignment:{assignment.id}",
        facts=facts,
        title="退回调解说明",
        zone=Zone.RECORD,
        side=TO_ORGANISATION,
        number=number,
        at=at,
        by=by,
    )


def recusal(s: Session, case: MediationCase, row: Recusal, *, by: Actor, at: datetime) -> None:
    """回避申请及决定 (F06): what was said of the mediator is not repeated.

    A mediator who steps back by themselves is decided about, not applied against.
    """
    if row.side is None:
        return
    dispute = matters.dispute_of(s, case)
    court, mediator = db.get(s, Court, case.court_id), "、".join(letterhead.mediator_names(s, case))
    facts = RecusalFacts(
        **letterhead.heading(s, case.court_id, number=case.number, case_number=case.number, at=at),
        applicant=letterhead.party_fact(s, matters.parties(s, dispute.id, row.side)[0]).masked(),
        parties=letterhead.party_facts(s, dispute.id),
        cause=filing.cause_name(dispute.cause),
        mediator=mediator,
        ground=pack.load().grounds["disclosure"][row.ground].words.zh,
        facts="具体事实见申请材料。",
        asked_on=clock.court_date(row.asked_at),
        granted=bool(row.granted),
        decision=f"{mediator}{'不再主持' if row.granted else '继续主持'}本案调解。",
        reason=row.reason,
        decided_by=letterhead.organisation_name(s, case) if by.org_id else court.name,
    )
    _freeze(s, case, f"recusal:{row.id}", facts, "回避申请及决定", by=by, at=at)


def appraisal(s: Session, case: MediationCase, row: Appraisal, *, by: Actor, at: datetime) -> None:
    """诉前鉴定申请书 (F25), once the other side has agreed."""
    dispute = matters.dispute_of(s, case)
    asking = Side(row.asked_by)
    facts = AppraisalFacts(
        **letterhead.heading(s, case.court_id, number=case.number, case_number=case.number, at=at),
        applicant=letterhead.party_fact(s, matters.parties(s, dispute.id, asking)[0]).masked(),
        parties=letterhead.party_facts(s, dispute.id),
        cause=filing.cause_name(dispute.cause),
        matters=(row.matter,),
        reason=row.reason,
        materials=("本案已提交的证据材料",),
        institution=row.institution,
        consent="对方同意鉴定。",
    )
    _freeze(s, case, f"appraisal:{row.id}", facts, "诉前鉴定申请书", by=by, at=at)


def _freeze(
    s: Session,
    case: MediationCase,
    subject: str,
    facts: DocumentFacts,
    title: str,
    *,
    by: Actor,
    at: datetime,
) -> None:
    papers.freeze(
        s,
        court_id=case.court_id,
        dispute_id=case.dispute_id,
        subject=subject,
        facts=facts,
        title=title,
        zone=Zone.RECORD,
        number=case.number,
        at=at,
        by=by,
    )
