"""Objection to a confirming ruling: a party within fifteen days, a third person within six months (CPLI-372).

A third person stands outside the matter and sees nothing of it: they name the ruling and one of its
parties, and what they learn is what becomes of their objection.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from odr import case_numbers, clock, db, deadlines, lots, matters, notices, objection_papers, standing
from odr.actions import judges
from odr.errors import BadInput, Conflict, DeadlinePassed
from odr.facts import printable
from odr.rules import clocks
from odr.rules.access import Actor
from odr.rules.moves import CONFIRMATION, OBJECTION, ConfirmationStage, ObjectionStage
from odr.rules.words import Do, RulingKind
from odr.tables.agreements import ConfirmationCase, Ruling, Service
from odr.tables.confirmation import Objection
from odr.tables.disputes import Party
from odr.tables.mediations import MediationCase
from odr.tables.people import Account

OUTCOMES = {
    Do.UPHOLD_OBJECTION: RulingKind.REVOKED,
    Do.CHANGE_RULING: RulingKind.CHANGED,
    Do.DISMISS_OBJECTION: RulingKind.OBJECTION_DISMISSED,
}


def raise_(
    s: Session, *, by: Actor, at: datetime, number: str, name: str, claim: str, known_on: date | None = None
) -> Objection:
    """Somebody objects to the confirming ruling of this number, in which this person is named."""
    standing.require(s, by, Do.OBJECT_TO_RULING)
    confirmation, case = _found(s, number, name)
    if not claim:
        raise BadInput(claim="reason-needed")
    printable.require(claim)
    ruling = in_force(s, confirmation.id)
    if confirmation.stage is not ConfirmationStage.CONFIRMED or ruling is None:
        raise BadInput(number="no-such-ruling")
    mine = standing.parties_of(s, by, case.dispute_id)
    party = _in_time(s, ruling, mine, at) if mine else None
    if party is None:
        _ensure_third_person_in_time(known_on, at)
    if _open(s, confirmation.id, by.account_id or "") is not None:
        raise Conflict(objection="already")
    objection = Objection(
        confirmation_id=confirmation.id,
        court_id=confirmation.court_id,
        ruling_id=ruling.id,
        account_id=by.account_id or "",
        party_id=party.id if party else None,
        claim=claim,
        known_on=None if party else known_on,
        raised_at=at,
    )
    s.add(objection)
    s.flush()
    _note(s, case, "objection.raised", objection, by, at, who="party" if party else "third-person")
    lots.commit(
        s,
        court_id=case.court_id,
        matter=f"dispute:{case.dispute_id}",
        subject=f"objection:{objection.id}",
        by=by,
        at=at,
    )
    words = "有人对确认裁定提出异议，法院将依法审查。审查期间请留意通知。"
    matters.tell_parties(
        s, case, "确认裁定被提出异议", words, about=f"/confirmations/{confirmation.id}", at=at
    )
    return objection


def assign(s: Session, objection_id: str, *, by: Actor, at: datetime) -> Objection:
    """The objection gets its number, and a judge by lot: not the one who ruled if there is another."""
    objection, confirmation, case = _lock(s, objection_id)
    standing.require(s, by, Do.DRAW_JUDGE, objection)
    move = OBJECTION.take(objection, Do.DRAW_JUDGE)
    pool, barred = judges.bench(s, case.court_id), judges.barred(s, case.dispute_id)
    own = {objection.account_id: "involved"} if objection.account_id in pool else {}
    own |= dict.fromkeys(judges.recused(s, confirmation.id), "replaced")
    ruled = {judge: "ruled" for judge in pool if judge == confirmation.judge_id}
    alone = not set(pool) - (barred | own | ruled).keys()
    subject = f"objection:{objection.id}"
    log = lots.take(
        s,
        court_id=case.court_id,
        matter=f"dispute:{case.dispute_id}",
        subject=subject,
        pool=pool,
        exclusions=barred | own | ({} if alone else ruled),
        by=by,
        at=at,
    )
    objection.number = case_numbers.take(s, case.court_id, "confirmation", track=case.track, at=at)
    objection.stage, objection.judge_id, objection.draw = move.target, log["chosen"], log
    s.add(objection)
    deadlines.apply(s, move, court_id=case.court_id, subject=subject, since=at, track=case.track)
    _note(s, case, "objection.assigned", objection, by, at, judge=log["chosen"])
    return objection


def withdraw(s: Session, objection_id: str, *, by: Actor, at: datetime) -> Objection:
    """Whoever objected takes it back."""
    objection, _confirmation, case = _lock(s, objection_id)
    standing.require(s, by, Do.WITHDRAW_OBJECTION, objection)
    move = OBJECTION.take(objection, Do.WITHDRAW_OBJECTION)
    objection.stage, objection.decided_at = move.target, at
    s.add(objection)
    deadlines.apply(s, move, court_id=case.court_id, subject=f"objection:{objection.id}", since=at)
    _note(s, case, "objection.withdrawn", objection, by, at)
    return objection


def decide(
    s: Session,
    objection_id: str,
    do: Do,
    *,
    by: Actor,
    at: datetime,
    findings: str,
    opinion: str,
    orders: list[str] | None = None,
) -> Ruling:
    """A new ruling: the first one is revoked, changed, or the objection is dismissed."""
    objection, confirmation, case = _lock(s, objection_id)
    standing.require(s, by, do, objection)
    move, kind = OBJECTION.take(objection, do), OUTCOMES[do]
    wrong = {name: "needed" for name, text in (("findings", findings), ("opinion", opinion)) if not text}
    if kind is RulingKind.CHANGED and not orders:
        wrong["orders"] = "needed"
    if wrong:
        raise BadInput(**wrong)
    if kind is not RulingKind.OBJECTION_DISMISSED:
        confirmation.stage = CONFIRMATION.take(confirmation, do).target
    before = in_force(
        s, confirmation.id
    )  # another objection may have changed what this one was raised against
    ruling = Ruling(
        confirmation_id=confirmation.id,
        kind=kind,
        reasons=opinion,
        judge_id=by.account_id or "",
        issued_at=at,
        supersedes=before.id if before and kind is not RulingKind.OBJECTION_DISMISSED else None,
    )
    s.add_all([ruling, confirmation])
    s.flush()
    objection.stage, objection.decided_at, objection.result_id = move.target, at, ruling.id
    s.add(objection)
    ruling.document_id = objection_papers.ruling(
        s, objection, ruling, confirmation, case, findings=findings, orders=orders or [], by=by, at=at
    ).id
    deadlines.apply(s, move, court_id=case.court_id, subject=f"objection:{objection.id}", since=at)
    if kind is RulingKind.REVOKED:
        deadlines.stop(s, f"agreement:{confirmation.agreement_id}", "T-ENF", at=at)
    _note(s, case, "objection.decided", objection, by, at, ruling=ruling.id, of=kind)
    objector = db.get(s, Account, objection.account_id)
    words, about = "%(number)s：法院已对您的异议作出裁定。", f"/objections/{objection.id}"
    notices.tell(s, objector, "异议裁定", words, about=about, at=at, number=objection.number)
    return ruling


def in_force(s: Session, confirmation_id: str) -> Ruling | None:
    """The ruling that counts now: the newest one that confirms or changes."""
    query = select(Ruling).where(
        Ruling.confirmation_id == confirmation_id,
        col(Ruling.kind).in_([RulingKind.CONFIRMED, RulingKind.CHANGED]),
    )
    return s.exec(query.order_by(col(Ruling.issued_at).desc())).first()


def _found(s: Session, number: str, name: str) -> tuple[ConfirmationCase, MediationCase]:
    """The matter of this number with a party of this name; neither alone opens anything."""
    query = (
        select(ConfirmationCase)
        .join(MediationCase, col(MediationCase.id) == col(ConfirmationCase.case_id))
        .join(Party, col(Party.dispute_id) == col(MediationCase.dispute_id))
        .where(ConfirmationCase.number == number, Party.name == name)
        .with_for_update(of=ConfirmationCase)
    )
    confirmation = s.exec(query).first() if number and name else None
    if confirmation is None:
        raise BadInput(number="no-such-ruling")
    return confirmation, db.get(s, MediationCase, confirmation.case_id)


def _ensure_third_person_in_time(known_on: date | None, at: datetime) -> None:
    if known_on is None:
        raise BadInput(known_on="needed")
    if known_on > clock.court_date(at):
        raise BadInput(known_on="wrong")
    if clocks.due("T-JC-OBJ-T", clock.noon(known_on)).due_at < at:
        raise DeadlinePassed(rule="T-JC-OBJ-T")


def _in_time(s: Session, ruling: Ruling, mine: Sequence[Party], at: datetime) -> Party:
    """For whom: fifteen days from receiving the ruling; who was not served yet is always in time."""
    served = select(Service).where(Service.document_id == ruling.document_id)
    keys = {row.party_id: row.id for row in s.exec(served)}
    for party in mine:
        days = deadlines.find(s, f"service:{keys.get(party.id)}", "T-JC-OBJ-P")
        if days is None or at <= days.due_at:
            return party
    raise DeadlinePassed(rule="T-JC-OBJ-P")


def _open(s: Session, confirmation_id: str, account_id: str) -> Objection | None:
    query = select(Objection).where(
        Objection.confirmation_id == confirmation_id,
        Objection.account_id == account_id,
        col(Objection.stage).in_([ObjectionStage.FILED, ObjectionStage.ASSIGNED]),
    )
    return s.exec(query).first()


def _lock(s: Session, objection_id: str) -> tuple[Objection, ConfirmationCase, MediationCase]:
    first = db.get(s, Objection, objection_id)
    confirmation, case = judges.lock(s, first.confirmation_id)  # always before the objection: one order
    return db.lock(s, Objection, objection_id), confirmation, case


def _note(
    s: Session,
    case: MediationCase,
    kind: str,
    objection: Objection,
    by: Actor,
    at: datetime,
    **fields: object,
) -> None:
    matters.note(s, case, kind, by=by, at=at, objection=objection.id, stage=objection.stage, **fields)
