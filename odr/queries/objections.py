"""Objections for their people: whoever objected, the clerk who assigns, the judge who decides, the parties."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, select

from odr import db, papers, standing
from odr.errors import NotFound
from odr.facts import DocumentFacts
from odr.queries import clocks
from odr.queries.clocks import ClockView
from odr.rules.access import GRANTS, Actor
from odr.rules.moves import OBJECTION, ObjectionStage
from odr.rules.words import Do, Hat
from odr.tables.agreements import ConfirmationCase, Ruling
from odr.tables.confirmation import Objection
from odr.tables.people import Account
from odr.tables.records import Document


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a list."""

    id: str
    number: str
    against: str  # number of the ruling
    who: str
    third: bool
    stage: ObjectionStage
    raised_at: object
    due: ClockView | None


@dataclass(frozen=True, slots=True)
class View:
    """An objection as this reader may see it; a third person sees neither agreement nor file."""

    row: Objection
    against: str
    who: str
    judge: str
    clocks: tuple[ClockView, ...]
    ruled: DocumentFacts | None  # the ruling objected to, for the office and the parties
    result: DocumentFacts | None
    may: frozenset[Do]
    hats: frozenset[Hat]


def mine(s: Session, by: Actor) -> list[Line]:
    """What somebody has objected to, the newest first."""
    return _lines(s, Objection.account_id == by.account_id)


def waiting(s: Session, court_id: str | None) -> list[Line]:
    """Objections that nobody was drawn for."""
    return _lines(s, (col(Objection.court_id) == court_id) & (col(Objection.stage) == ObjectionStage.FILED))


def queue(s: Session, by: Actor) -> list[Line]:
    """A judge's open objections."""
    own = (col(Objection.judge_id) == by.account_id) & (col(Objection.stage) == ObjectionStage.ASSIGNED)
    return _lines(s, own)


def show(s: Session, objection_id: str, by: Actor) -> View:
    """One objection."""
    row = db.get(s, Objection, objection_id)
    hats = standing.hats(s, by, row)
    if not GRANTS[Do.SEE_OBJECTION] & hats:
        raise NotFound(kind="objection")
    confirmation = db.get(s, ConfirmationCase, row.confirmation_id)
    inside = bool(hats - {Hat.PUBLIC, Hat.SOMEONE, Hat.SELF})
    judge = s.get(Account, row.judge_id) if row.judge_id else None
    return View(
        row=row,
        against=confirmation.number,
        who=db.get(s, Account, row.account_id).name,
        judge=judge.name if judge else "",
        clocks=clocks.running(s, f"objection:{row.id}"),
        ruled=_facts(s, row.ruling_id) if inside else None,
        result=_facts(s, row.result_id),
        may=frozenset(do for do in OBJECTION.may_do(row.stage) if GRANTS[do] & hats),
        hats=hats,
    )


def _lines(s: Session, condition: object) -> list[Line]:
    query = (
        select(Objection, ConfirmationCase.number, Account.name)
        .join(ConfirmationCase, col(ConfirmationCase.id) == col(Objection.confirmation_id))
        .join(Account, col(Account.id) == col(Objection.account_id))
        .where(condition)  # type: ignore[arg-type]  # a comparison of columns
        .order_by(col(Objection.raised_at).desc())
    )
    return [
        Line(row.id, row.number, number, name, row.party_id is None, row.stage, row.raised_at, _due(s, row))
        for row, number, name in s.exec(query)
    ]


def _due(s: Session, row: Objection) -> ClockView | None:
    running = clocks.running(s, f"objection:{row.id}")
    return running[0] if running else None


def _facts(s: Session, ruling_id: str | None) -> DocumentFacts | None:
    ruling = s.get(Ruling, ruling_id) if ruling_id else None
    document = s.get(Document, ruling.document_id) if ruling and ruling.document_id else None
    return papers.facts_of(document) if document else None
