"""Judicial confirmation (司法确认) up to the judge: joint application, acceptance, draw by lot.

CPL-205, CPLI-351..354, JCR-3, 4. Free of charge.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from odr import (
    case_numbers,
    clock,
    confirmation_papers,
    db,
    deadlines,
    lots,
    matters,
    overrides,
    standing,
)
from odr.actions import court_papers, judges
from odr.actions.judges import lock
from odr.errors import BadInput, Conflict, DeadlinePassed
from odr.facts import printable
from odr.rules import jurisdiction
from odr.rules.access import MACHINE, Actor
from odr.rules.jurisdiction import Basis
from odr.rules.moves import AGREEMENT, CONFIRMATION, ConfirmationStage
from odr.rules.words import Do
from odr.tables.agreements import Agreement, ConfirmationCase
from odr.tables.mediations import MediationCase
from odr.tables.people import Court
from odr.tables.roster import Organisation


@dataclass(frozen=True, slots=True)
class Where:
    """What the applicants say makes this court competent."""

    basis: Basis
    place: str = ""
    outside: bool = False  # a party is of another province


def apply(
    s: Session,
    agreement_id: str,
    *,
    by: Actor,
    at: datetime,
    reasons: str,
    declared: bool,
    where: Where | None = None,
) -> ConfirmationCase:
    """A party applies; the application counts when every other has joined (CPL-205: jointly, in 30 days)."""
    known, agreement = lock_both(s, agreement_id)
    standing.require(s, by, Do.APPLY_CONFIRMATION, agreement)
    AGREEMENT.take(agreement, Do.APPLY_CONFIRMATION)
    _ensure_open(s, agreement, at)
    if not declared:
        raise BadInput(declared="tick-needed")
    printable.require(reasons)
    if known is not None and known.stage is ConfirmationStage.PREPARED:
        raise Conflict(confirmation="already")
    case = db.get(s, MediationCase, agreement.case_id)
    ground = _competence(s, case, where, at)
    confirmation = _prepare(s, known, case, agreement, reasons, ground)
    confirmation.applied = _applied(s, confirmation, case, by=by, at=at)
    s.flush()
    matters.note(s, case, "confirmation.prepared", by=by, at=at, confirmation=confirmation.id)
    words = "已有当事人提出司法确认申请，需要各方共同申请才能提交法院。"
    about = f"/confirmations/{confirmation.id}"
    matters.tell_parties(s, case, "是否共同申请司法确认", words, about=about, at=at)
    return confirmation


def join(s: Session, confirmation_id: str, *, by: Actor, at: datetime, declared: bool) -> ConfirmationCase:
    """Another party joins; with the last of them the joint application is with the court."""
    confirmation, case = lock(s, confirmation_id)
    standing.require(s, by, Do.JOIN_APPLICATION, confirmation)
    CONFIRMATION.take(confirmation, Do.JOIN_APPLICATION)
    agreement = db.lock(s, Agreement, confirmation.agreement_id)
    _ensure_open(s, agreement, at)
    if not declared:
        raise BadInput(declared="tick-needed")
    confirmation.applied = {**confirmation.applied, **_applied(s, confirmation, case, by=by, at=at)}
    if matters.unanswered(s, case, confirmation.applied):
        matters.note(s, case, "confirmation.joined", by=by, at=at, confirmation=confirmation.id)
        return confirmation
    return _submit(s, confirmation, agreement, case, by=by, at=at)


def apply_orally(
    s: Session,
    agreement_id: str,
    *,
    by: Actor,
    at: datetime,
    reasons: str,
    signed: bool,
    where: Where | None = None,
) -> ConfirmationCase:
    """All came and applied by word of mouth; the clerk wrote it down and they signed it (CPLI-353)."""
    known, agreement = lock_both(s, agreement_id)
    standing.require(s, by, Do.APPLY_ORALLY, agreement)
    _ensure_open(s, agreement, at)
    if not signed:
        raise BadInput(signed="tick-needed")
    printable.require(reasons)
    case = db.get(s, MediationCase, agreement.case_id)
    ground = _competence(s, case, where, at)
    confirmation = _prepare(s, known, case, agreement, reasons, ground)
    told = {"account": None, "at": at.isoformat(), "how": "oral", "clerk": by.account_id}
    confirmation.applied = {
        party.id: told | {"name": party.name, "side": party.side}
        for party in matters.parties(s, case.dispute_id)
    }
    return _submit(s, confirmation, agreement, case, by=by, at=at)


def fall_away(s: Session, row: ConfirmationCase | None, *, at: datetime) -> None:
    """The other side never joined, and now there is nothing left to apply for."""
    if row is not None and row.stage is ConfirmationStage.PREPARED:
        row.stage, row.decided_at = CONFIRMATION.take(row, Do.LAPSE).target, at
        s.add(row)


def lock_both(s: Session, agreement_id: str) -> tuple[ConfirmationCase | None, Agreement]:
    """The application, if there is one, always before the agreement: one order."""
    query = select(ConfirmationCase.id).where(ConfirmationCase.agreement_id == agreement_id)
    found = s.exec(query).first()
    known = db.lock(s, ConfirmationCase, found) if found else None
    agreement = db.lock(s, Agreement, agreement_id)
    if known is None and s.exec(query).first() is not None:  # made while we waited for the agreement
        raise Conflict(confirmation="already")
    return known, agreement


def _competence(s: Session, case: MediationCase, where: Where | None, at: datetime) -> Where:
    """This court invited the mediation, or is one of the three; else the application goes elsewhere (CPL-205)."""
    possible = jurisdiction.bases(case.track)
    if Basis.INVITED in possible:
        return Where(Basis.INVITED)
    said = where or Where(Basis.ORGANISATION)
    if said.basis not in possible:
        raise BadInput(basis="choose-one")
    organisation = s.get(Organisation, case.org_id) if case.org_id else None
    if said.basis is Basis.ORGANISATION and organisation is not None:
        said = replace(said, place=said.place or organisation.address)
    elif said.basis is not Basis.ORGANISATION and not said.place:
        raise BadInput(place="needed")
    printable.require(said.place)
    figures = overrides.figures(s, case.court_id, clock.court_date(at))
    amount = matters.dispute_of(s, case).amount_fen
    intermediate = db.get(s, Court, case.court_id).settings.get("level") == "intermediate"
    if intermediate is not jurisdiction.is_intermediate(amount, outside=said.outside, figures=figures):
        raise BadInput(basis="basic-court" if intermediate else "intermediate-court")
    return said


def _prepare(
    s: Session,
    known: ConfirmationCase | None,
    case: MediationCase,
    agreement: Agreement,
    reasons: str,
    ground: Where,
) -> ConfirmationCase:
    """A fresh application; what one side withdrew before it was joint takes the right from nobody (CPL-205)."""
    row = known or ConfirmationCase(agreement_id=agreement.id, case_id=case.id, court_id=case.court_id)
    if row.stage is not ConfirmationStage.PREPARED:
        row.stage = CONFIRMATION.take(row, Do.APPLY_CONFIRMATION).target
        row.applied, row.decided_at = {}, None
    row.facts_reasons, row.basis, row.place = reasons, ground.basis, ground.place
    s.add(row)
    s.flush()
    return row


def _submit(
    s: Session,
    confirmation: ConfirmationCase,
    agreement: Agreement,
    case: MediationCase,
    *,
    by: Actor,
    at: datetime,
) -> ConfirmationCase:
    move = CONFIRMATION.take(confirmation, Do.JOIN_APPLICATION)
    of_agreement = AGREEMENT.take(agreement, Do.JOIN_APPLICATION)
    confirmation.stage, confirmation.submitted_at = move.target, at
    agreement.stage = of_agreement.target
    s.add_all([confirmation, agreement])
    confirmation.application_document_id = confirmation_papers.application(
        s, confirmation, agreement, case, by=by, at=at
    ).id
    court = case.court_id
    deadlines.apply(s, of_agreement, court_id=court, subject=f"agreement:{agreement.id}", since=at)
    deadlines.apply(s, move, court_id=court, subject=f"confirmation:{confirmation.id}", since=at)
    lots.commit(
        s,
        court_id=court,
        matter=f"dispute:{case.dispute_id}",
        subject=f"confirmation:{confirmation.id}",
        by=by,
        at=at,
    )
    matters.note(s, case, "confirmation.submitted", by=by, at=at, confirmation=confirmation.id)
    return confirmation


def accept(s: Session, confirmation_id: str, *, by: Actor, at: datetime) -> ConfirmationCase:
    """The clerk's formal check passed: case number, judge by lot, notice to both (JCR-4)."""
    confirmation, case = lock(s, confirmation_id)
    standing.require(s, by, Do.ACCEPT_APPLICATION, confirmation)
    move = CONFIRMATION.take(confirmation, Do.ACCEPT_APPLICATION)
    confirmation.stage, confirmation.accepted_at = move.target, at
    give_number(s, confirmation, case, at)
    s.add(confirmation)
    deadlines.apply(
        s, move, court_id=case.court_id, subject=f"confirmation:{confirmation.id}", since=at, track=case.track
    )
    matters.note(s, case, "confirmation.accepted", by=by, at=at, confirmation=confirmation.id)
    judges.draw(s, confirmation_id, by=MACHINE, at=at)
    confirmation_papers.acceptance(s, confirmation, case, by=by, at=at)
    return confirmation


def _ensure_open(s: Session, agreement: Agreement, at: datetime) -> None:
    court_papers.ensure_decided(s, agreement.id)
    running = {d.rule: d for d in deadlines.running(s, f"agreement:{agreement.id}")}
    if "T-JC-APPLY" in running and running["T-JC-APPLY"].due_at < at:
        raise DeadlinePassed(rule="T-JC-APPLY")


def _applied(
    s: Session, confirmation: ConfirmationCase, case: MediationCase, *, by: Actor, at: datetime
) -> dict[str, Any]:
    """Of everybody whom this person may bind (CPLI-351, CPL-62), and who has not applied yet."""
    mine = standing.all_disposing(s, by, case.dispute_id)
    told = {"account": by.account_id, "name": by.name, "at": at.isoformat()}
    made = {party.id: told | {"side": party.side} for party in mine if party.id not in confirmation.applied}
    if not made:
        raise Conflict(applied="already")
    return made


def give_number(s: Session, confirmation: ConfirmationCase, case: MediationCase, at: datetime) -> None:
    """The case number by the code in force for the track."""
    confirmation.number = case_numbers.take(s, case.court_id, "confirmation", track=case.track, at=at)
