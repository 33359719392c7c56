"""Judicial confirmation for its people: queue, file, checklist. The judge sees the record and the outcome only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from odr import clock, db, deadlines, letterhead, matters, standing
from odr.confirmation_papers import agreement_facts
from odr.facts import AgreementFacts
from odr.rules import filing, lint, pack
from odr.rules.access import GRANTS, Actor, may_read
from odr.rules.law import Words
from odr.rules.moves import CONFIRMATION, ConfirmationStage
from odr.rules.words import Do, Hat, Side, Zone
from odr.tables.agreements import Agreement, Clause, ConfirmationCase, Ruling, Service, Supplement
from odr.tables.disputes import Evidence, Party
from odr.tables.mediations import MediationCase, Recording, Sitting
from odr.tables.people import Account
from odr.tables.records import Deadline, Document

OPEN = (
    ConfirmationStage.SUBMITTED,
    ConfirmationStage.ACCEPTED,
    ConfirmationStage.ASSIGNED,
    ConfirmationStage.REVIEW,
    ConfirmationStage.SUPPLEMENTING,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a queue."""

    id: str
    number: str
    cause: str
    names: str
    amount_fen: int
    stage: ConfirmationStage
    due: Deadline | None
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class File:
    """Everything that stands in the file of a confirmation case."""

    id: str
    agreement_id: str
    dispute_id: str
    number: str
    cause: str
    amount_fen: int
    stage: ConfirmationStage
    applied: frozenset[str]
    reasons: str
    organisation: str
    facts: AgreementFacts
    findings: tuple[tuple[lint.LintFinding, Words], ...]
    parties: tuple[Party, ...]
    judge: str
    draw: dict[str, object]
    checklist: dict[str, dict[str, object]]
    deadlines: tuple[Deadline, ...]
    supplement: Supplement | None
    ruling: Ruling | None
    documents: tuple[Document, ...]
    evidence: tuple[Evidence, ...]
    clips: tuple[Recording, ...]
    may: frozenset[Do]
    side: Side | None
    hats: frozenset[Hat]


@dataclass(frozen=True, slots=True)
class PaperTask:
    """A paper copy that somebody has to post."""

    service: Service
    document: Document
    party: Party


def queue(s: Session, by: Actor) -> list[Line]:
    """A judge's own open cases, nearest deadline first."""
    return _lines(s, ConfirmationCase.judge_id == by.account_id)


def desk(s: Session, court_id: str | None) -> list[Line]:
    """All open confirmation cases of a court."""
    return _lines(s, ConfirmationCase.court_id == court_id)


def decided(s: Session, by: Actor, *, limit: int = 20) -> list[Line]:
    rows = s.exec(
        select(ConfirmationCase)
        .where(ConfirmationCase.judge_id == by.account_id, col(ConfirmationCase.stage).not_in(OPEN))
        .order_by(col(ConfirmationCase.decided_at).desc())
        .limit(limit)
    ).all()
    return [_line(s, row) for row in rows]


def paper_tasks(s: Session, court_id: str | None) -> list[PaperTask]:
    """Paper asked for and not yet posted."""
    rows = s.exec(
        select(Service, Document, Party)
        .join(Document, col(Document.id) == col(Service.document_id))
        .join(Party, col(Party.id) == col(Service.party_id))
        .where(Document.court_id == court_id)
        .where(col(Service.paper_asked_at).is_not(None), col(Service.paper_sent_at).is_(None))
        .order_by(col(Service.paper_asked_at))
    ).all()
    return [PaperTask(*row) for row in rows]


def show(s: Session, confirmation_id: str, by: Actor) -> File:
    """The file as this reader may see it."""
    row = db.get(s, ConfirmationCase, confirmation_id)
    case = db.get(s, MediationCase, row.case_id)
    agreement = db.get(s, Agreement, row.agreement_id)
    hats = standing.hats(s, by, row)
    dispute = matters.dispute_of(s, case)
    ruling = s.exec(select(Ruling).where(Ruling.confirmation_id == row.id)).first()
    judge = s.get(Account, row.judge_id) if row.judge_id else None
    return File(
        id=row.id,
        agreement_id=agreement.id,
        dispute_id=dispute.id,
        number=row.number,
        cause=filing.cause_name(dispute.cause),
        amount_fen=dispute.amount_fen,
        stage=row.stage,
        applied=frozenset(row.applied),
        reasons=row.facts_reasons,
        organisation=letterhead.organisation_name(s, case),
        facts=agreement_facts(agreement),
        findings=_findings(s, agreement),
        parties=tuple(matters.parties(s, dispute.id)),
        judge=judge.name if judge else "",
        draw=row.draw,
        checklist=row.checklist,
        deadlines=tuple(deadlines.running(s, f"confirmation:{row.id}")),
        supplement=_supplement(s, row),
        ruling=ruling,
        documents=tuple(_documents(s, dispute.id, hats, standing.side_of(s, by, dispute.id))),
        evidence=tuple(_evidence(s, dispute.id, hats)),
        clips=tuple(_clips(s, case.id)),
        may=frozenset(do for do in CONFIRMATION.may_do(row.stage) if GRANTS[do] & hats),
        side=standing.side_of(s, by, dispute.id),
        hats=hats,
    )


def _lines(s: Session, condition: object) -> list[Line]:
    query = select(ConfirmationCase).where(col(ConfirmationCase.stage).in_(OPEN)).where(condition)  # type: ignore[arg-type]  # a comparison of columns
    lines = [_line(s, row) for row in s.exec(query)]
    return sorted(lines, key=lambda line: line.due.due_at.timestamp() if line.due else float("inf"))


def _line(s: Session, row: ConfirmationCase) -> Line:
    case = db.get(s, MediationCase, row.case_id)
    dispute = matters.dispute_of(s, case)
    running = sorted(deadlines.running(s, f"confirmation:{row.id}"), key=lambda d: d.due_at)
    return Line(
        id=row.id,
        number=row.number,
        cause=filing.cause_name(dispute.cause),
        names=" / ".join(party.name for party in matters.parties(s, dispute.id)),
        amount_fen=dispute.amount_fen,
        stage=row.stage,
        due=running[0] if running else None,
        submitted_at=row.submitted_at,
    )


def _findings(s: Session, agreement: Agreement) -> tuple[tuple[lint.LintFinding, Words], ...]:
    """What is weak in the clauses, as seen on the day signing began."""
    rows = s.exec(
        select(Clause)
        .where(Clause.agreement_id == agreement.id, col(Clause.removed_at).is_(None))
        .order_by(col(Clause.position))
    ).all()
    on = clock.court_date(agreement.frozen_at) if agreement.frozen_at else date.max
    terms = [lint.Term(row.position, row.kind, row.fields, row.text) for row in rows]
    return tuple((found, pack.words(found.words)) for found in lint.lint(terms, on=on))


def _supplement(s: Session, row: ConfirmationCase) -> Supplement | None:
    query = select(Supplement).where(Supplement.confirmation_id == row.id)
    return s.exec(query.order_by(col(Supplement.asked_at).desc())).first()


def _documents(s: Session, dispute_id: str, hats: frozenset[Hat], side: Side | None) -> Sequence[Document]:
    rows = s.exec(
        select(Document)
        .where(Document.dispute_id == dispute_id, col(Document.void_at).is_(None))
        .order_by(col(Document.frozen_at))
    ).all()
    return [
        row
        for row in rows
        if may_read(row.zone, hats) and (not row.side or side is None or row.side == side.value)
    ]


def _evidence(s: Session, dispute_id: str, hats: frozenset[Hat]) -> Sequence[Evidence]:
    if not may_read(Zone.RECORD, hats):
        return []
    query = select(Evidence).where(Evidence.dispute_id == dispute_id, Evidence.zone == Zone.RECORD)
    return s.exec(query.where(col(Evidence.withdrawn_at).is_(None))).all()


def _clips(s: Session, case_id: str) -> Sequence[Recording]:
    """Signing clips only: what was said to settle stays closed (ODM-18)."""
    query = select(Recording).join(Sitting, col(Sitting.id) == col(Recording.sitting_id))
    return s.exec(query.where(Sitting.case_id == case_id, Recording.zone == Zone.OUTCOME)).all()
