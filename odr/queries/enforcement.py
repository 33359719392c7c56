"""What enforcement of an agreement would rest on: what is due, late interest, the papers of the bundle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from odr import clock, db, matters, overrides, standing
from odr.actions import court_papers, enforcement, objections
from odr.queries import agreements, clocks
from odr.queries.clocks import ClockView
from odr.rules.access import Actor
from odr.rules.interest import Interest
from odr.rules.moves import ConfirmationStage
from odr.rules.words import Side
from odr.tables.agreements import Agreement, ConfirmationCase, Obligation, Service
from odr.tables.confirmation import Enforcement
from odr.tables.disputes import Party
from odr.tables.mediations import MediationCase
from odr.tables.records import Document

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
    number: str  # of the ruling
    side: Side
    creditor: str
    owed_fen: int
    applied_at: datetime


@dataclass(frozen=True, slots=True)
class View:
    """What a creditor sees before and after applying."""

    agreement_id: str
    number: str  # of the ruling
    confirmed: bool
    court_paper: str  # the court's own paper, which is enforced as it is
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
    confirmation = agreements.confirmation_of(s, agreement_id)
    wish = court_papers.of(s, agreement_id)
    made = enforcement.of(s, agreement_id, side) if side else None
    rows = _due(s, agreement_id, side) if side else []
    running = clocks.running(s, f"agreement:{agreement_id}")
    today = clock.court_date(at)
    figures = overrides.figures(s, case.court_id, today)
    return View(
        agreement_id=agreement_id,
        number=confirmation.number if confirmation else "",
        confirmed=confirmation is not None and confirmation.stage is ConfirmationStage.CONFIRMED,
        court_paper=(wish.document_id or "") if wish else "",
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
    """The applications of a court's rulings that are not noted as enforced, the oldest first."""
    query = (
        select(Enforcement, ConfirmationCase, MediationCase)
        .join(ConfirmationCase, col(ConfirmationCase.id) == col(Enforcement.confirmation_id))
        .join(MediationCase, col(MediationCase.id) == col(ConfirmationCase.case_id))
        .where(ConfirmationCase.court_id == court_id, col(Enforcement.ended_at).is_(None))
        .order_by(col(Enforcement.applied_at), col(Enforcement.id))
    )
    return tuple(
        Line(
            agreement_id=row.agreement_id,
            number=confirmation.number,
            side=row.side,
            creditor="、".join(one.name for one in matters.parties(s, case.dispute_id, row.side)),
            owed_fen=row.owed_fen,
            applied_at=row.applied_at,
        )
        for row, confirmation, case in s.exec(query.limit(MOST))
    )


def bundle(s: Session, agreement: Agreement, made: Enforcement, side: Side) -> Sequence[Document]:
    """Application, ruling, agreement and the certificates of service, as far as they are issued."""
    ruling = objections.in_force(s, made.confirmation_id)
    wanted = [made.document_id, ruling.document_id if ruling else None, agreement.document_id]
    certificates = (
        select(Service.certificate_id)
        .join(Party, col(Party.id) == col(Service.party_id))
        .where(Service.document_id == (ruling.document_id if ruling else ""), Party.side == side.other)
    )
    wanted += s.exec(certificates).all()
    found = (s.get(Document, key) for key in wanted if key)
    return [one for one in found if one is not None]


def _due(s: Session, agreement_id: str, creditor: Side) -> Sequence[Obligation]:
    query = select(Obligation).where(
        Obligation.agreement_id == agreement_id,
        Obligation.debtor == creditor.other,
        col(Obligation.stage).not_in(enforcement.DONE),
    )
    return s.exec(query.order_by(col(Obligation.due_on), col(Obligation.id))).all()
