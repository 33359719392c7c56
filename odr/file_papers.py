"""The papers that keep a matter's file: evidence lists, who mediates, what was performed, cover and index."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath
from typing import Any

from sqlmodel import Session, col, select

from odr import clock, db, letterhead, matters, papers
from odr.facts import (
    AppointmentFacts,
    CaseFileFacts,
    DocumentFacts,
    EvidenceFacts,
    EvidenceListFacts,
    IndexEntryFacts,
    PerformanceFacts,
    PerformanceLineFacts,
    SignatureFacts,
)
from odr.rules import filing
from odr.rules.access import ALONE, TO_COURT, Actor
from odr.rules.moves import PerformanceStage
from odr.rules.words import Zone
from odr.tables.agreements import Agreement, Obligation
from odr.tables.disputes import Dispute, Evidence, Party
from odr.tables.mediations import Assignment, MediationCase
from odr.tables.people import Court
from odr.tables.records import Document
from odr.tables.roster import Mediator

SORTS = {"image": "书证（照片）", "audio": "视听资料", "video": "视听资料"}
CHOSEN = {
    "joint": ("选定", "各方当事人共同选定了调解员。"),
    "drawn": ("指定", "各方当事人没有共同选定调解员，由本院从符合条件的调解员中随机抽取，指定调解员。"),
    "appointed": ("指定", "由本院指定调解员。"),
}
INDEXED = (Zone.RECORD, Zone.JOINT, Zone.OUTCOME)  # what one side said alone is in nobody's file


def evidence_lists(s: Session, dispute: Dispute, *, by: Actor, at: datetime) -> list[Document]:
    """证据材料清单 of each party whose evidence has changed since its last list."""
    made = [evidence_list(s, dispute, party, by=by, at=at) for party in matters.parties(s, dispute.id)]
    return [document for document in made if document]


def evidence_list(s: Session, dispute: Dispute, party: Party, *, by: Actor, at: datetime) -> Document | None:
    """证据材料清单: the receipt of what one party showed; none if there is nothing new to list."""
    rows = s.exec(
        select(Evidence)
        .where(Evidence.party_id == party.id, Evidence.zone == Zone.RECORD)
        .where(col(Evidence.withdrawn_at).is_(None))
        .order_by(col(Evidence.added_at))
    ).all()
    items = tuple(_item(row) for row in rows)
    before = _last(s, f"party:{party.id}", EvidenceListFacts.kind)
    if not items or (before and getattr(papers.facts_of(before), "items", ()) == items):
        return None
    court = db.get(s, Court, dispute.court_id)
    number = letterhead.series_number(s, court.id, "evidence", "〔{year}〕{court}证据第{serial}号", at=at)
    role = letterhead.ROLES[party.side]
    facts = EvidenceListFacts(
        **letterhead.heading(s, court.id, number=number, case_number=dispute.number, at=at),
        parties=letterhead.party_facts(s, dispute.id),
        cause=filing.cause_name(dispute.cause),
        submitter=party.name,
        submitter_role=role,
        items=items,
        received_at=rows[-1].added_at,
        receiver="在线多元解纷平台",
        signatures=(SignatureFacts(who=party.name, role=role, signed_at=rows[-1].added_at, method="实名账号在线提交"),),
    )  # fmt: skip
    known: dict[str, Any] = {"title": "证据材料清单", "subject": f"party:{party.id}", "by": by, "at": at}
    return _freeze(s, dispute, facts, supersedes=before.id if before else None, **known)


def appointment(s: Session, case: MediationCase, chosen: Assignment, *, by: Actor, at: datetime) -> Document:
    """选定（指定、更换）调解员通知书, once the mediator has taken the case (ODM-10, SIM-14)."""
    dispute, court = matters.dispute_of(s, case), db.get(s, Court, case.court_id)
    before = s.exec(
        select(Assignment)
        .where(Assignment.case_id == case.id, col(Assignment.accepted).is_(True), Assignment.id != chosen.id)
        .order_by(col(Assignment.answered_at).desc())
    ).first()
    manner, basis = CHOSEN[chosen.how]
    manner = "更换" if before else manner
    number = letterhead.series_number(s, court.id, "appointment", "〔{year}〕{court}选调第{serial}号", at=at)
    facts = AppointmentFacts(
        **letterhead.heading(s, court.id, number=number, case_number=case.number, at=at),
        manner=manner,
        addressees=tuple(party.name for party in matters.parties(s, dispute.id)),
        parties=letterhead.party_facts(s, dispute.id),
        cause=filing.cause_name(dispute.cause),
        organisation=letterhead.organisation_name(s, case),
        mediator=db.get(s, Mediator, chosen.mediator_id).name,
        former=db.get(s, Mediator, before.mediator_id).name if before else "",
        basis=basis,
        contact=court.phone or "12368",
    )
    title = f"{manner}调解员通知书"
    return _freeze(s, dispute, facts, title=title, subject=f"assignment:{chosen.id}", by=by, at=at)


def performance(
    s: Session, agreement: Agreement, case: MediationCase, *, by: Actor, at: datetime
) -> Document | None:
    """履行情况记录, when nothing is owed any more (PML-31)."""
    query = select(Obligation).where(Obligation.agreement_id == agreement.id)
    owed = s.exec(query.order_by(col(Obligation.due_on), col(Obligation.id))).all()
    if not owed or any(row.stage is not PerformanceStage.PERFORMED for row in owed):
        return None
    dispute = matters.dispute_of(s, case)
    number = letterhead.series_number(s, case.court_id, "履行", "〔{year}〕{court}履行第{serial}号", at=at)
    facts = PerformanceFacts(
        **letterhead.heading(s, case.court_id, number=number, case_number=case.number, at=at),
        parties=letterhead.party_facts(s, dispute.id),
        cause=filing.cause_name(dispute.cause),
        organisation=letterhead.organisation_name(s, case),
        agreement_number=agreement.number,
        lines=tuple(
            PerformanceLineFacts(
                term=row.text, due_on=row.due_on, done_on=row.performed_on, amount_fen=row.amount_fen or None
            )
            for row in owed
        ),
        result="当场履行完毕。" if case.on_spot else "协议约定的义务已经全部履行，经权利人确认。",
    )
    return _freeze(s, dispute, facts, title="履行情况记录", subject=f"agreement:{agreement.id}", by=by, at=at)


def case_file(
    s: Session, case: MediationCase, *, outcome: str, ruling_number: str = "", by: Actor, at: datetime
) -> Document:
    """卷宗封面、目录和备考表 of what has been issued so far; the next one replaces it."""
    dispute = matters.dispute_of(s, case)
    before = _last(s, f"case:{case.id}", CaseFileFacts.kind)
    number = letterhead.series_number(s, case.court_id, "卷宗", "〔{year}〕{court}调卷第{serial}号", at=at)
    facts = CaseFileFacts(
        **letterhead.heading(s, case.court_id, number=number, case_number=case.number, at=at),
        parties=letterhead.party_facts(s, dispute.id),
        cause=filing.cause_name(dispute.cause),
        organisation=letterhead.organisation_name(s, case),
        mediators=letterhead.mediator_names(s, case),
        opened_on=clock.court_date(case.created_at),
        closed_on=clock.court_date(at),
        outcome=outcome,
        ruling_number=ruling_number,
        entries=_entries(s, dispute),
        note="单方沟通和调解员工作记录依法不入卷。",
        archivist="在线多元解纷平台",
        archived_on=clock.court_date(at),
    )
    known: dict[str, Any] = {"subject": f"case:{case.id}", "side": TO_COURT, "by": by, "at": at}
    return _freeze(
        s, dispute, facts, title="调解卷宗封面及目录", supersedes=before.id if before else None, **known
    )


def _entries(s: Session, dispute: Dispute) -> tuple[IndexEntryFacts, ...]:
    rows = s.exec(
        select(Document)
        .where(Document.dispute_id == dispute.id, col(Document.void_at).is_(None))
        .where(col(Document.zone).in_(INDEXED), Document.kind != CaseFileFacts.kind)
        .where(col(Document.side).not_like(f"{ALONE}%"))
        .order_by(col(Document.frozen_at), col(Document.id))
    ).all()
    replaced = {row.supersedes for row in rows}
    return tuple(
        IndexEntryFacts(
            title=row.title, number=row.number, made_on=clock.court_date(row.frozen_at), digest=row.facts_hash
        )
        for row in rows
        if row.id not in replaced
    )


def _item(row: Evidence) -> EvidenceFacts:
    sort = SORTS.get(row.media_type.partition("/")[0], "书证")
    form = f"电子件{PurePath(row.file_name).suffix.lower()}"
    return EvidenceFacts(name=row.title, purpose=row.proves, digest=row.digest, sort=sort, form=form)


def _last(s: Session, subject: str, kind: str) -> Document | None:
    query = select(Document).where(
        Document.subject == subject, Document.kind == kind, col(Document.void_at).is_(None)
    )
    return s.exec(query.order_by(col(Document.frozen_at).desc(), col(Document.id).desc())).first()


def _freeze(
    s: Session,
    dispute: Dispute,
    facts: DocumentFacts,
    *,
    title: str,
    subject: str,
    by: Actor,
    at: datetime,
    side: str = "",
    supersedes: str | None = None,
) -> Document:
    return papers.freeze(
        s,
        court_id=dispute.court_id,
        dispute_id=dispute.id,
        subject=subject,
        facts=facts,
        title=title,
        zone=Zone.RECORD,
        number=facts.number,
        side=side,
        supersedes=supersedes,
        at=at,
        by=by,
    )
