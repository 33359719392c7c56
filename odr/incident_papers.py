"""The papers of what comes between: recusal with its decision, the application for an appraisal."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from odr import clock, db, letterhead, matters, papers
from odr.facts import AppraisalFacts, DocumentFacts, RecusalFacts
from odr.rules import filing, pack
from odr.rules.access import Actor
from odr.rules.words import Side, Zone
from odr.tables.incidents import Appraisal, Recusal
from odr.tables.mediations import MediationCase
from odr.tables.people import Court


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
        kind=facts.kind,
        facts=facts,
        title=title,
        zone=Zone.RECORD,
        number=case.number,
        at=at,
        by=by,
    )
