"""What follows by itself when a clock of the law has run out, by the consequence its rule names."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from odr import alarms, clock, db, matters, notices
from odr.actions import confirmation, mediators, schemes, triage
from odr.queries import candidates
from odr.rules.access import MACHINE
from odr.rules.moves import (
    AGREEMENT,
    CASE,
    AgreementStage,
    CaseStage,
    DisputeStage,
)
from odr.rules.words import Do, Role, Side
from odr.tables.agreements import ConfirmationCase
from odr.tables.disputes import Dispute
from odr.tables.mediations import MediationCase
from odr.tables.people import Account
from odr.tables.records import Deadline


@alarms.on("court-appoints")
def appoint(s: Session, row: Deadline, at: datetime) -> None:
    """Nobody was chosen in time: the court draws one of the roster (ODM-10)."""
    case = db.lock(s, MediationCase, _id(row))
    if case.stage is not CaseStage.CHOOSING:
        return
    pool = candidates.pool(s, case, on=clock.court_date(at))
    if set(pool.ids) - pool.exclusions.keys():
        mediators.appoint(s, case.id, by=MACHINE, at=at)


@alarms.on("offer-lapses")
def take_back(s: Session, row: Deadline, at: datetime) -> None:
    """No answer in time counts as declining (ODM-12)."""
    case = db.lock(s, MediationCase, _id(row))
    if CASE.find(case.stage, Do.DECLINE) is not None:
        mediators.decline(s, case.id, by=MACHINE, at=at, reason="no-answer")


@alarms.on("scheme-stands")
def scheme_stands(s: Session, row: Deadline, at: datetime) -> None:
    """Nobody objected in writing: whoever had agreed to be bound by silence is bound (PRE16)."""
    schemes.stand(s, db.lock(s, MediationCase, _id(row)), at=at, since=row.due_at)


@alarms.on("agreement-lapses")
def lapse(s: Session, row: Deadline, at: datetime) -> None:
    """Thirty days passed without a joint application (CPL-205); as a contract it still binds."""
    known, agreement = confirmation.lock_both(s, _id(row))
    if agreement.stage is not AgreementStage.EFFECTIVE:
        return
    agreement.stage = AGREEMENT.take(agreement, Do.LAPSE).target
    s.add(agreement)
    confirmation.fall_away(s, known, at=at)
    case = db.get(s, MediationCase, agreement.case_id)
    matters.note(s, case, "agreement.lapsed", by=MACHINE, at=at, agreement=agreement.id)


@alarms.on("register-first")
def register_first(s: Session, row: Deadline, at: datetime) -> None:
    """Seven days passed undecided: a complaint is registered first, an application is urged (LRR-8)."""
    dispute = db.lock(s, Dispute, _id(row))
    if dispute.stage is not DisputeStage.SUBMITTED:
        return
    proposed = triage.latest(s, dispute.id)
    if dispute.wishes.get("asks") == "suit" and proposed is not None:
        route = str(proposed.proposal.get("route", ""))
        triage.register(
            s, dispute.id, by=MACHINE, at=at, route=route, reason="七日届满未作决定，先行登记立案"
        )
    words = f"{dispute.number}立案审查七日已满，仍未作出分流决定，请立即处理。"
    for role in (Role.TRIAGE, Role.LEADER):
        matters.tell_office(
            s, dispute.court_id, role, "立案审查超期", words, about=f"/triage/{dispute.id}", at=at
        )


@alarms.on("propose-withdrawn")
def propose_withdrawn(s: Session, row: Deadline, at: datetime) -> None:
    """Nothing came by the day: the judge is asked whether to rule it withdrawn; nothing ends by itself (CPLI-357)."""
    asked = db.get(s, ConfirmationCase, _id(row))
    words = f"{asked.number or '一件待受理的申请'}：要求补充的材料逾期未交，可以按撤回申请处理。"
    about = f"/confirmations/{asked.id}"
    judge = s.get(Account, asked.judge_id) if asked.judge_id else None
    if judge is not None:
        notices.tell(s, judge, "补充期限已满", words, about=about, at=at)
    else:
        matters.tell_office(s, asked.court_id, Role.JUDGE, "补正期限已满", words, about=about, at=at)


@alarms.on("preservation-lifted")
def preservation_ends(s: Session, row: Deadline, at: datetime) -> None:
    """Thirty days without a suit: the measure is to be lifted (CPL-104)."""
    dispute = db.get(s, Dispute, _id(row))
    for party in matters.parties(s, dispute.id, Side.APPLICANT):
        words = "诉前保全后三十日内没有起诉的，法院将解除保全。如仍需要，请立即起诉。"
        notices.tell(s, party, "诉前保全期限已满", words, about=f"/disputes/{dispute.id}", at=at)


def _id(row: Deadline) -> str:
    return row.subject.partition(":")[2]
