"""Judicial confirmation for its people: queue, file, checklist. The judge sees the record and the outcome only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from odr import clock, db, letterhead, matters, standing
from odr.actions.rulings import CHECKS
from odr.confirmation_papers import ruling_facts
from odr.facts import AgreementFacts, RulingFacts
from odr.queries import agreements, clocks, dispute_parts
from odr.queries.clocks import ClockView
from odr.queries.dispute_parts import PaperView
from odr.rules import filing, jurisdiction, lint, pack
from odr.rules.access import GRANTS, Actor, may, may_read
from odr.rules.law import Words
from odr.rules.moves import CONFIRMATION, ConfirmationStage
from odr.rules.words import Do, Hat, RulingKind, Side, Zone
from odr.tables.agreements import Agreement, Clause, ConfirmationCase, Ruling, Service, Supplement
from odr.tables.disputes import Evidence, Party
from odr.tables.mediations import MediationCase, Recording, Sitting
from odr.tables.people import Account
from odr.tables.records import Document

OPEN = (
    ConfirmationStage.SUBMITTED,
    ConfirmationStage.CORRECTING,
    ConfirmationStage.ACCEPTED,
    ConfirmationStage.ASSIGNED,
    ConfirmationStage.REVIEW,
    ConfirmationStage.SUPPLEMENTING,
    ConfirmationStage.WITHDRAWING,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a queue."""

    id: str
    number: str
    cause: Words
    names: str
    amount_fen: int
    stage: ConfirmationStage
    due: ClockView | None
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class File:
    """Everything that stands in the file of a confirmation case."""

    id: str
    agreement_id: str
    dispute_id: str
    number: str
    cause: Words
    amount_fen: int
    stage: ConfirmationStage
    awaited: bool  # the reader has yet to join
    reasons: str
    basis: str  # what the court's competence rests on, in words
    place: str
    organisation: str
    facts: AgreementFacts | None
    findings: tuple[tuple[lint.LintFinding, Words], ...]
    parties: tuple[Party, ...]
    judge: str
    draw: dict[str, object]
    checklist: dict[str, dict[str, object]]
    clocks: tuple[ClockView, ...]
    supplement: Supplement | None
    ruling: Ruling | None
    draft: RulingFacts | None  # the confirming ruling as it would be given now
    documents: tuple[PaperView, ...]
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
    return lines(s, ConfirmationCase.judge_id == by.account_id)


@dataclass(frozen=True, slots=True)
class Beside:
    """Where a file stands in its judge's queue."""

    place: int
    total: int
    before: str
    after: str


def beside(s: Session, by: Actor, confirmation_id: str) -> Beside | None:
    """The file before this one and the one after it in the judge's queue; none if it is not in it."""
    ids = [line.id for line in queue(s, by)]
    if confirmation_id not in ids:
        return None
    place = ids.index(confirmation_id)
    around = ["", *ids, ""]
    return Beside(place + 1, len(ids), around[place], around[place + 2])


def desk(s: Session, court_id: str | None) -> list[Line]:
    """All open confirmation cases of a court."""
    return lines(s, ConfirmationCase.court_id == court_id)


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


def receipts(s: Session, court_id: str | None) -> list[PaperTask]:
    """Paper that was posted and of which nobody has noted yet who signed for it."""
    rows = s.exec(
        select(Service, Document, Party)
        .join(Document, col(Document.id) == col(Service.document_id))
        .join(Party, col(Party.id) == col(Service.party_id))
        .where(Document.court_id == court_id)
        .where(col(Service.paper_sent_at).is_not(None), col(Service.arrived_at).is_(None))
        .order_by(col(Service.paper_sent_at))
    ).all()
    return [PaperTask(*row) for row in rows]


def show(s: Session, confirmation_id: str, by: Actor, at: datetime) -> File:
    """The file as this reader may see it."""
    row = db.get(s, ConfirmationCase, confirmation_id)
    case = db.get(s, MediationCase, row.case_id)
    agreement = db.get(s, Agreement, row.agreement_id)
    hats = standing.hats(s, by, row)
    dispute = matters.dispute_of(s, case)
    ruling = s.exec(select(Ruling).where(Ruling.confirmation_id == row.id)).first()
    judge = s.get(Account, row.judge_id) if row.judge_id else None
    side = standing.side_of(s, by, dispute.id)
    return File(
        id=row.id,
        agreement_id=agreement.id,
        dispute_id=dispute.id,
        number=row.number,
        cause=filing.cause_words(dispute.cause),
        amount_fen=dispute.amount_fen,
        stage=row.stage,
        awaited=matters.awaits(standing.parties_of(s, by, dispute.id), row.applied),
        reasons=row.facts_reasons,
        basis=jurisdiction.NAMES[row.basis],
        place=row.place,
        organisation=letterhead.organisation_name(s, case),
        facts=agreements.printed(s, agreement) if may_read(Zone.OUTCOME, hats) else None,
        findings=_findings(s, agreement),
        parties=tuple(matters.parties(s, dispute.id)),
        judge=judge.name if judge else "",
        draw=row.draw,
        checklist=row.checklist,
        clocks=_clocks(s, row),
        supplement=_supplement(s, row),
        ruling=ruling,
        draft=_draft(s, row, case, by, at) if _ready(row, hats) else None,
        documents=dispute_parts.papers(s, dispute.id, hats, standing.papers_of(s, by, dispute.id)),
        evidence=tuple(_evidence(s, dispute.id, hats)),
        clips=tuple(_clips(s, case.id)),
        may=frozenset(do for do in CONFIRMATION.may_do(row.stage) if GRANTS[do] & hats),
        side=side,
        hats=hats,
    )


def lines(s: Session, condition: object) -> list[Line]:
    """Open confirmation cases that fit, the nearest deadline first."""
    query = select(ConfirmationCase).where(col(ConfirmationCase.stage).in_(OPEN)).where(condition)  # type: ignore[arg-type]  # a comparison of columns
    found = [_line(s, row) for row in s.exec(query)]
    return sorted(found, key=lambda line: clocks.urgency(line.due))


def _line(s: Session, row: ConfirmationCase) -> Line:
    case = db.get(s, MediationCase, row.case_id)
    dispute = matters.dispute_of(s, case)
    running = _clocks(s, row)
    return Line(
        id=row.id,
        number=row.number,
        cause=filing.cause_words(dispute.cause),
        names=" / ".join(party.name for party in matters.parties(s, dispute.id)),
        amount_fen=dispute.amount_fen,
        stage=row.stage,
        due=running[0] if running else None,
        submitted_at=row.submitted_at,
    )


def _ready(row: ConfirmationCase, hats: frozenset[Hat]) -> bool:
    checked = all(row.checklist.get(key, {}).get("ok") for key in CHECKS)
    return checked and row.stage is ConfirmationStage.REVIEW and may(Do.CONFIRM, hats)


def _draft(s: Session, row: ConfirmationCase, case: MediationCase, by: Actor, at: datetime) -> RulingFacts:
    made = Ruling(
        confirmation_id=row.id, kind=RulingKind.CONFIRMED, judge_id=by.account_id or "", issued_at=at
    )
    return ruling_facts(s, row, case, made, by=by, at=at)


def waiting(s: Session, court_id: str | None) -> list[Line]:
    """Applications with the court that nobody has accepted yet; a judge may rule not to accept one."""
    query = select(ConfirmationCase).where(
        ConfirmationCase.court_id == court_id, ConfirmationCase.stage == ConfirmationStage.SUBMITTED
    )
    return [_line(s, row) for row in s.exec(query.order_by(col(ConfirmationCase.submitted_at)))]


def _clocks(s: Session, row: ConfirmationCase) -> tuple[ClockView, ...]:
    """What the court has to keep; before the other side joins, what both sides have to keep."""
    own = clocks.running(s, f"confirmation:{row.id}")
    return own or clocks.running(s, f"agreement:{row.agreement_id}")


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


def _evidence(s: Session, dispute_id: str, hats: frozenset[Hat]) -> Sequence[Evidence]:
    if not may_read(Zone.RECORD, hats):
        return []
    query = select(Evidence).where(Evidence.dispute_id == dispute_id, Evidence.zone == Zone.RECORD)
    return s.exec(query.where(col(Evidence.withdrawn_at).is_(None))).all()


def _clips(s: Session, case_id: str) -> Sequence[Recording]:
    """Signing clips only: what was said to settle stays closed (ODM-18)."""
    query = select(Recording).join(Sitting, col(Sitting.id) == col(Recording.sitting_id))
    mine = query.where(Sitting.case_id == case_id, Recording.zone == Zone.OUTCOME)
    return s.exec(mine.where(col(Recording.destroyed_at).is_(None))).all()
