"""The court answers a complaint about a mediator: what it found, what it decides (ODM-29)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from odr import clock, db, deadlines, letterhead, matters, notices, papers, standing
from odr.errors import BadInput, Conflict
from odr.facts import ComplaintFacts, printable
from odr.rules import pack
from odr.rules.access import ALONE, Actor
from odr.rules.words import Do, Zone
from odr.tables.agreements import Complaint
from odr.tables.disputes import Party
from odr.tables.mediations import MediationCase
from odr.tables.people import Court

TITLE = "投诉处理决定书"
LONG = 4000


def answer(
    s: Session, complaint_id: str, *, by: Actor, at: datetime, findings: str, decisions: Sequence[str]
) -> Complaint:
    """Decide a complaint once; its author reads the decision, the other side learns nothing of it."""
    complaint = db.lock(s, Complaint, complaint_id)
    standing.require(s, by, Do.ANSWER_COMPLAINT, complaint)
    if complaint.answered_at is not None:
        raise Conflict(complaint="answered")
    for name, text in (("findings", findings), ("decisions", "".join(decisions))):
        if not 0 < len(text.strip()) <= LONG:
            raise BadInput(**{name: "too-long" if text.strip() else "needed"})
    printable.require(findings, *decisions)
    complaint.answer, complaint.answered_at = findings, at
    s.add(complaint)
    deadlines.stop(s, f"complaint:{complaint.id}", "T-COMPL-MED", at=at)
    case = db.get(s, MediationCase, complaint.case_id)
    matters.note(s, case, "complaint.answered", by=by, at=at, complaint=complaint.id)
    _issue(s, case, complaint, decisions, by=by, at=at)
    party = db.get(s, Party, complaint.party_id)
    words = "法院已对您的投诉作出处理决定，请查看。"
    notices.tell(s, party, "投诉处理决定", words, about=f"/cases/{case.id}/rate", at=at)
    return complaint


def _issue(
    s: Session,
    case: MediationCase,
    complaint: Complaint,
    decisions: Sequence[str],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """投诉处理决定书 (F27), for who complained and those who answer complaints, not for the mediator or the case file."""
    party, court = db.get(s, Party, complaint.party_id), db.get(s, Court, case.court_id)
    ground = pack.load().grounds["complaint"][complaint.ground]
    number = letterhead.series_number(s, court.id, "诉处", "〔{year}〕{court}诉处第{serial}号", at=at)
    mediators = "、".join(letterhead.mediator_names(s, case))
    facts = ComplaintFacts(
        **letterhead.heading(s, court.id, number=number, case_number=case.number, at=at),
        complainant=party.name,
        subject=f"调解员{mediators}" if mediators else "调解工作",
        received_on=clock.court_date(complaint.at),
        ground=ground.words.zh,
        claim=complaint.text,
        findings=complaint.answer,
        decisions=tuple(decisions),
        article=pack.cite(ground.articles),
        contact=court.phone,
    )
    papers.freeze(
        s,
        court_id=court.id,
        dispute_id=case.dispute_id,
        subject=f"complaint:{complaint.id}",
        facts=facts,
        title=TITLE,
        zone=Zone.RECORD,
        side=f"{ALONE}{party.id}",
        number=number,
        at=at,
        by=by,
    )
