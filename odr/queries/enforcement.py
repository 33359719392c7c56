"""What enforcement of an agreement would rest on: what is due, late interest, the papers of the bundle."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from odr import clock, db, matters, overrides, standing, titles
from odr.actions import court_papers, enforcement
from odr.errors import NotAllowed, WrongStage
from odr.queries import clocks
from odr.queries.clocks import ClockView
from odr.rules.access import Actor
from odr.rules.interest import Interest
from odr.rules.words import Side
from odr.tables.agreements import Agreement, ConfirmationCase, CourtPaper, Obligation, Service
from odr.tables.confirmation import Enforcement
from odr.tables.disputes import Party
from odr.tables.mediations import MediationCase
from odr.tables.records import Document
from odr.titles import Title

MOST = 100


@dataclass(frozen=True, slots=True)
class Due:
    """One thing due and not done, with what the law adds for each day."""

    row: Obligation
    left_fen: int
    late: Interest


@dataclass(frozen=True, slots=True)
class Line:
    """An application whose end the clerk has still to note."""

    agreement_id: str
    number: str  # of the ruling or the court's own paper
    side: Side
    creditor: str
    owed_fen: int
    applied_at: datetime


@dataclass(frozen=True, slots=True)
class View:
    """What a creditor sees before and after applying."""

    agreement_id: str
    title: Title | None  # what it can be enforced by
    unsigned: str  # the court's own paper that not every party has signed for
    due: tuple[Due, ...]
    daily: int  # millionths a day of what is paid late, as the court has it
    until: ClockView | None
    made: Enforcement | None
    papers: tuple[Document, ...]

    @property
    def owed_fen(self) -> int:
        return sum(one.left_fen for one in self.due)

    @property
    def interest_fen(self) -> int:
        return sum(one.late.fen for one in self.due)


def show(s: Session, agreement_id: str, by: Actor, at: datetime) -> View:
    """As the reader's own side may enforce it."""
    agreement = db.get(s, Agreement, agreement_id)
    case = db.get(s, MediationCase, agreement.case_id)
    side = standing.side_of(s, by, case.dispute_id)
    wish = court_papers.of(s, agreement_id)
    title = _title(s, agreement)
    made = enforcement.of(s, agreement_id, side) if side else None
    rows = _due(s, agreement_id, side) if side else []
    running = clocks.running(s, f"agreement:{agreement_id}")
    today = clock.court_date(at)
    figures = overrides.figures(s, case.court_id, today)
    return View(
        agreement_id=agreement_id,
        title=title,
        unsigned=(wish.document_id or "") if wish and title is None else "",
        due=tuple(
            Due(one, enforcement.left(one), enforcement.late(one, figures, on=today))
            for one in rows
            if one.due_on is None or one.due_on < today
        ),
        daily=figures["P-LATE"] or 0,
        until=next((one for one in running if one.rule == "T-ENF"), None),
        made=made,
        papers=tuple(bundle(s, agreement, made, side)) if made and side else (),
    )


def waiting(s: Session, court_id: str | None) -> tuple[Line, ...]:
    """The applications of a court's rulings and papers that are not noted as enforced, the oldest first."""
    number = func.coalesce(ConfirmationCase.number, Document.number)
    query = (
        select(Enforcement, MediationCase.dispute_id, number)
        .join(Agreement, col(Agreement.id) == col(Enforcement.agreement_id))
        .join(MediationCase, col(MediationCase.id) == col(Agreement.case_id))
        .outerjoin(ConfirmationCase, col(ConfirmationCase.id) == col(Enforcement.confirmation_id))
        .outerjoin(CourtPaper, col(CourtPaper.id) == col(Enforcement.court_paper_id))
        .outerjoin(Document, col(Document.id) == col(CourtPaper.document_id))
        .where(MediationCase.court_id == court_id, col(Enforcement.ended_at).is_(None))
        .order_by(col(Enforcement.applied_at), col(Enforcement.id))
    )
    return tuple(
        Line(
            agreement_id=row.agreement_id,
            number=number,
            side=row.side,
            creditor="、".join(one.name for one in matters.parties(s, dispute_id, row.side)),
            owed_fen=row.owed_fen,
            applied_at=row.applied_at,
        )
        for row, dispute_id, number in s.exec(query.limit(MOST))
    )


def bundle(s: Session, agreement: Agreement, made: Enforcement, side: Side) -> Sequence[Document]:
    """Application, title, agreement and the certificates of service, as far as they are issued."""
    title = titles.of_application(s, made)
    wanted = [made.document_id, title.document_id, agreement.document_id]
    certificates = (
        select(Service.certificate_id)
        .join(Party, col(Party.id) == col(Service.party_id))
        .where(Service.document_id == title.document_id, Party.side == side.other)
    )
    wanted += s.exec(certificates).all()
    found = (s.get(Document, key) for key in wanted if key)
    return [one for one in found if one is not None]


def _title(s: Session, agreement: Agreement) -> Title | None:
    with suppress(NotAllowed, WrongStage):
        return titles.of(s, agreement)
    return None


def _due(s: Session, agreement_id: str, creditor: Side) -> Sequence[Obligation]:
    query = select(Obligation).where(
        Obligation.agreement_id == agreement_id,
        Obligation.debtor == creditor.other,
        col(Obligation.stage).not_in(enforcement.DONE),
    )
    return s.exec(query.order_by(col(Obligation.due_on), col(Obligation.id))).all()
