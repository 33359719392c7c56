"""A mediation stands still: for an appraisal, for what nobody can help, or because falsity is suspected.

Whoever suspects falsity suspends and reports; somebody else of the court looks into it (SIM-18, ODM-23).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from odr import db, deadlines, matters, presence, standing
from odr.actions import drafting, mediation
from odr.digests import digest
from odr.errors import BadInput, Conflict, NotAllowed, WrongStage
from odr.queries import signs
from odr.rules import falsity
from odr.rules.access import MACHINE, Actor
from odr.rules.falsity import Sign
from odr.rules.halts import PAUSES, Halt
from odr.rules.moves import AGREEMENT, CASE, SITTING, AgreementStage, CaseStage, SittingStage
from odr.rules.words import Do, EndReason, Role
from odr.tables.agreements import Agreement
from odr.tables.incidents import Appraisal, Suspension, Suspicion
from odr.tables.mediations import MediationCase, Sitting


def suspend(
    s: Session, case_id: str, *, by: Actor, at: datetime, why: Halt, reason: str = ""
) -> MediationCase:
    """Mediation stops; its clock waits for an appraisal or force majeure only (ODM-26)."""
    if why is Halt.FALSITY:
        return report(s, case_id, by=by, at=at, noticed=(), facts=reason)
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.SUSPEND, case)
    if not reason.strip():
        raise BadInput(reason="reason-needed")
    return stop(s, case, by=by, at=at, why=why, reason=reason)


def report(
    s: Session, case_id: str, *, by: Actor, at: datetime, noticed: Sequence[Sign], facts: str
) -> MediationCase:
    """Falsity is suspected: everything stops, and the court is told with what was noticed (SIM-18)."""
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.SUSPEND, case)
    if not facts.strip() and not noticed:
        raise BadInput(reason="reason-needed")
    row = Suspicion(
        case_id=case.id,
        signs=[sign.value for sign in noticed],
        facts=facts,
        reported_by=by.account_id,
        reported_at=at,
    )
    s.add(row)
    s.flush()
    stop(s, case, by=by, at=at, why=Halt.FALSITY, reason=facts, suspicion=row.id)
    words, about = f"{case.number}疑似虚假调解，已中止，请及时审查。", f"/cases/{case.id}"
    matters.tell_office(s, case.court_id, Role.TRIAGE, "疑似虚假调解报告", words, about=about, at=at)
    return case


def examine(s: Session, case_id: str, *, at: datetime) -> Suspicion | None:
    """The machine's look: strong signs suspend and report, unless a person has judged these very ones."""
    case = db.lock(s, MediationCase, case_id)
    found = signs.of(s, case)
    if CASE.find(case.stage, Do.SUSPEND) is None or not falsity.is_strong(found):
        return None
    strong = [sign for sign in found if sign in falsity.STRONG]
    judged = {sign for row in all_of(s, case.id) for sign in row.signs}
    if set(strong) <= judged:
        return None
    report(s, case.id, by=MACHINE, at=at, noticed=found, facts="")
    return pending(s, case.id)


def judge(s: Session, case_id: str, *, by: Actor, at: datetime, upheld: bool, reason: str) -> MediationCase:
    """The court's answer: unfounded, mediation goes on; founded, it ends and stays marked (ODM-23, JC-26)."""
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.JUDGE_SUSPICION, case)
    row = pending(s, case.id)
    if row is None:
        raise WrongStage(was=case.stage.value, wanted=Do.JUDGE_SUSPICION.value)
    if row.reported_by == by.account_id:
        raise NotAllowed(suspicion="own-report")
    if not reason.strip():
        raise BadInput(reason="reason-needed")
    row.upheld, row.reason, row.decided_by, row.decided_at = upheld, reason, by.account_id, at
    s.add(row)
    s.flush()
    matters.note(s, case, "suspicion.judged", by=by, at=at, suspicion=row.id, upheld=upheld)
    if case.stage is not CaseStage.SUSPENDED:
        return case  # a side had left meanwhile; the finding stays on record
    if not upheld:
        return go_on(s, case, by=by, at=at)
    _over(s, case, at=at)
    return mediation.end(s, case.id, by=MACHINE, at=at, reason=EndReason.OTHER, situation="涉嫌虚假调解")


def resume(s: Session, case_id: str, *, by: Actor, at: datetime) -> MediationCase:
    """Mediation goes on; not while a suspicion waits for the court's answer."""
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.RESUME, case)
    if pending(s, case.id) is not None:
        raise Conflict(suspicion="pending")
    if _is_appraised(s, case):
        raise Conflict(appraisal="open")  # it ends with its result
    return go_on(s, case, by=by, at=at)


def stop(
    s: Session, case: MediationCase, *, by: Actor, at: datetime, why: Halt, reason: str, **told: object
) -> MediationCase:
    """Stand still: signatures under a frozen text fall away with it, a running sitting pauses."""
    move = CASE.take(case, Do.SUSPEND)
    _open_anew(s, case)
    case.stage = move.target
    s.add(Suspension(case_id=case.id, why=why, pauses=why in PAUSES, reason=reason, since=at))
    s.add(case)
    s.flush()
    deadlines.apply(s, move, court_id=case.court_id, subject=f"case:{case.id}", since=at)
    if why in PAUSES:
        deadlines.pause(s, subject=f"case:{case.id}", rule="T-MED", at=at)
    for sitting in s.exec(select(Sitting).where(Sitting.case_id == case.id).with_for_update()).all():
        if sitting.stage is SittingStage.LIVE:
            sitting.stage = SITTING.take(sitting, Do.PAUSE).target
            presence.everybody_home(s, sitting, at=at)
    matters.note(s, case, "case.suspended", by=by, at=at, why=why, reason=digest(reason.encode()), **told)
    return case


def go_on(s: Session, case: MediationCase, *, by: Actor, at: datetime) -> MediationCase:
    """Mediation continues where it can: in talks."""
    move = CASE.take(case, Do.RESUME)
    case.stage = move.target
    s.add(case)
    _over(s, case, at=at)
    deadlines.resume(s, subject=f"case:{case.id}", rule="T-MED", at=at)
    matters.note(s, case, "case.resumed", by=by, at=at)
    words = "调解恢复，请留意新的调解时间。"
    matters.tell_parties(s, case, "调解恢复", words, about=f"/cases/{case.id}", at=at)
    return case


def current(s: Session, case_id: str) -> Suspension | None:
    """Why the case stands still now."""
    query = select(Suspension).where(Suspension.case_id == case_id, col(Suspension.until).is_(None))
    return s.exec(query).first()


def pending(s: Session, case_id: str) -> Suspicion | None:
    """The suspicion that the court has not answered."""
    return next((row for row in all_of(s, case_id) if row.decided_at is None), None)


def all_of(s: Session, case_id: str) -> Sequence[Suspicion]:
    """Every suspicion of a case, the newest first."""
    query = select(Suspicion).where(Suspicion.case_id == case_id)
    return s.exec(query.order_by(col(Suspicion.reported_at).desc())).all()


def suspected_at(s: Session, dispute_id: str) -> datetime | None:
    """When falsity was last suspected in this dispute and not found baseless: then nothing is confirmed (ODM-23, JC-26)."""
    query = (
        select(Suspicion.reported_at)
        .join(MediationCase, col(MediationCase.id) == col(Suspicion.case_id))
        .where(MediationCase.dispute_id == dispute_id, col(Suspicion.upheld).is_not(False))
        .order_by(col(Suspicion.reported_at).desc())
    )
    return s.exec(query).first()


def _is_appraised(s: Session, case: MediationCase) -> bool:
    query = select(Appraisal.id).where(
        Appraisal.case_id == case.id, col(Appraisal.begun_at).is_not(None), col(Appraisal.ended_at).is_(None)
    )
    return s.exec(query).first() is not None


def _over(s: Session, case: MediationCase, *, at: datetime) -> None:
    row = current(s, case.id)
    if row is not None:
        row.until = at
        s.add(row)


def _open_anew(s: Session, case: MediationCase) -> None:
    agreement = drafting.current(s, case.id)
    if agreement is not None and agreement.stage in (AgreementStage.SIGNING, AgreementStage.SERVED):
        old = db.lock(s, Agreement, agreement.id)
        old.stage = AGREEMENT.take(old, Do.SUSPEND).target
        s.add(old)
        drafting.renew(s, old)
