"""What follows by itself when a clock of the law has run out, by the consequence its rule names."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, select

from odr import alarms, db, matters
from odr.actions import mediators
from odr.queries import candidates
from odr.rules.access import MACHINE
from odr.rules.moves import AGREEMENT, CASE, CONFIRMATION, AgreementStage, CaseStage
from odr.rules.words import Do
from odr.tables.agreements import Agreement, ConfirmationCase
from odr.tables.mediations import MediationCase
from odr.tables.records import Deadline


@alarms.on("court-appoints")
def appoint(s: Session, row: Deadline, at: datetime) -> None:
    """Nobody was chosen in time: the court draws one of the roster (ODM-10)."""
    case = db.lock(s, MediationCase, _id(row))
    if case.stage is not CaseStage.CHOOSING:
        return
    pool = candidates.pool(s, case)
    if set(pool.ids) - pool.exclusions.keys():
        mediators.appoint(s, case.id, by=MACHINE, at=at)


@alarms.on("offer-lapses")
def take_back(s: Session, row: Deadline, at: datetime) -> None:
    """No answer in time counts as declining (ODM-12)."""
    case = db.lock(s, MediationCase, _id(row))
    if CASE.find(case.stage, Do.DECLINE) is not None:
        mediators.decline(s, case.id, by=MACHINE, at=at, reason="no-answer")


@alarms.on("agreement-lapses")
def lapse(s: Session, row: Deadline, at: datetime) -> None:
    """Thirty days passed without a joint application (CPL-205); as a contract it still binds."""
    agreement = db.lock(s, Agreement, _id(row))
    if agreement.stage is not AgreementStage.EFFECTIVE:
        return
    agreement.stage = AGREEMENT.take(agreement, Do.LAPSE).target
    s.add(agreement)
    prepared = select(ConfirmationCase).where(ConfirmationCase.agreement_id == agreement.id)
    for waiting in s.exec(prepared.with_for_update()):  # the other side never joined
        waiting.stage = CONFIRMATION.take(waiting, Do.LAPSE).target
        s.add(waiting)
    case = db.get(s, MediationCase, agreement.case_id)
    matters.note(s, case, "agreement.lapsed", by=MACHINE, at=at, agreement=agreement.id)


def _id(row: Deadline) -> str:
    return row.subject.partition(":")[2]
