"""诉前鉴定 while mediation goes on: asked for by one side, begun with the other's yes; its days do not count.

Law: ODM-26 and APP23. An appraisal is voluntary; without the other side's consent it is left to a suit.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from odr import db, incident_papers, matters, standing
from odr.actions import halts
from odr.errors import BadInput, Conflict, NotAllowed, WrongStage
from odr.facts import printable
from odr.rules.access import Actor
from odr.rules.halts import Halt
from odr.rules.moves import CASE
from odr.rules.words import Do, Side
from odr.tables.incidents import Appraisal
from odr.tables.mediations import MediationCase

BOTH = sorted(side.value for side in Side)


def ask(
    s: Session, case_id: str, *, by: Actor, at: datetime, matter: str, reason: str, institution: str = ""
) -> Appraisal:
    """A side wants something appraised; the other side is asked."""
    case, side = _mine(s, case_id, by)
    CASE.take(case, Do.SUSPEND)  # it could begin now
    if not matter.strip() or not reason.strip():
        raise BadInput(
            **{name: "needed" for name, text in (("matter", matter), ("reason", reason)) if not text.strip()}
        )
    printable.require(matter, reason, institution)
    if current(s, case.id) is not None:
        raise Conflict(appraisal="open")
    row = Appraisal(
        case_id=case.id,
        matter=matter,
        reason=reason,
        institution=institution,
        asked_by=side,
        asked_at=at,
        agreed_by=[side.value],
    )
    s.add(row)
    s.flush()
    matters.note(s, case, "appraisal.asked", by=by, at=at, appraisal=row.id, side=side)
    words = "一方申请鉴定，需您答复是否同意。鉴定期间不计入调解期限。"
    matters.tell_parties(s, case, "是否同意鉴定", words, about=f"/cases/{case.id}", at=at)
    return row


def answer(s: Session, case_id: str, *, by: Actor, at: datetime, agrees: bool) -> Appraisal:
    """The other side's yes begins it and stops the mediation clock; its no ends the wish."""
    case, side = _mine(s, case_id, by)
    row = _open(s, case)
    if row.begun_at is not None or side is row.asked_by:
        raise WrongStage(was=case.stage.value, wanted=Do.APPRAISE.value)
    if agrees:
        row.agreed_by, row.begun_at = BOTH, at
    else:
        row.refused, row.ended_at = "other-side", at
    s.add(row)
    matters.note(s, case, "appraisal.answered", by=by, at=at, appraisal=row.id, side=side, agrees=agrees)
    if agrees:
        incident_papers.appraisal(s, case, row, by=by, at=at)
        halts.stop(s, case, by=by, at=at, why=Halt.APPRAISAL, reason=row.matter, appraisal=row.id)
    words = "双方同意鉴定，调解中止，期限停止计算。" if agrees else "对方不同意鉴定，调解继续。"
    matters.tell_parties(s, case, "鉴定申请的答复", words, about=f"/cases/{case.id}", at=at)
    matters.tell_mediator(s, case, "鉴定申请的答复", words, about=f"/cases/{case.id}", at=at)
    return row


def finish(s: Session, case_id: str, *, by: Actor, at: datetime, outcome: str) -> Appraisal:
    """The report is in, or the appraisal came to nothing: the clock goes on where it stopped."""
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.END_APPRAISAL, case)
    row = _open(s, case)
    if row.begun_at is None:
        raise WrongStage(was=case.stage.value, wanted=Do.END_APPRAISAL.value)
    if not outcome.strip():
        raise BadInput(outcome="needed")
    row.ended_at, row.outcome = at, outcome
    s.add(row)
    matters.note(s, case, "appraisal.ended", by=by, at=at, appraisal=row.id)
    halts.go_on(s, case, by=by, at=at)
    return row


def current(s: Session, case_id: str) -> Appraisal | None:
    """The appraisal that is asked for or under way."""
    query = select(Appraisal).where(Appraisal.case_id == case_id, col(Appraisal.ended_at).is_(None))
    return s.exec(query).first()


def _mine(s: Session, case_id: str, by: Actor) -> tuple[MediationCase, Side]:
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.APPRAISE, case)
    side = standing.side_of(s, by, case.dispute_id)
    if side is None:
        raise NotAllowed(side="none")
    return case, side


def _open(s: Session, case: MediationCase) -> Appraisal:
    row = current(s, case.id)
    if row is None:
        raise WrongStage(was=case.stage.value, wanted=Do.APPRAISE.value)
    return db.lock(s, Appraisal, row.id)
