"""回避: a mediator steps back for one of three grounds, unless both sides know of it and agree (SIM-15, ODM-13)."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from odr import db, deadlines, incident_papers, matters, standing
from odr.actions import mediators
from odr.errors import BadInput, Conflict, NotAllowed, WrongStage
from odr.facts import printable
from odr.rules import pack
from odr.rules.access import Actor
from odr.rules.moves import CASE
from odr.rules.words import Do, Role, Side
from odr.tables.incidents import Recusal
from odr.tables.mediations import MediationCase

GROUNDS = "disclosure"  # the list of the rule pack: what is disclosed is what one steps back for


def ask(s: Session, case_id: str, *, by: Actor, at: datetime, ground: str, facts: str) -> Recusal:
    """A party asks that the mediator step back, or the mediator does; nothing goes on until it is decided."""
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.RECUSE, case)
    CASE.take(case, Do.RECUSE)
    if ground not in pack.load().grounds[GROUNDS]:
        raise BadInput(ground="choose-one")
    if not facts.strip():
        raise BadInput(facts="needed")
    printable.require(facts)
    if pending(s, case) is not None:
        raise Conflict(recusal="pending")
    row = Recusal(
        case_id=case.id,
        mediator_id=case.mediator_id or "",
        side=standing.side_of(s, by, case.dispute_id),
        ground=ground,
        facts=facts,
        asked_by=by.ref,
        asked_at=at,
    )
    s.add(row)
    s.flush()
    deadlines.start(s, "T-RECUSE", court_id=case.court_id, subject=f"case:{case.id}", since=at)
    matters.note(
        s, case, "mediator.recusal_asked", by=by, at=at, recusal=row.id, ground=ground, side=row.side
    )
    _tell_deciders(s, case, at=at)
    if row.side is None:
        words = "调解员提出自行回避。您知道情况后仍同意由其调解的，可以写明；否则等待决定。"
        matters.tell_parties(s, case, "调解员申请回避", words, about=f"/cases/{case.id}", at=at)
    return row


def waive(s: Session, case_id: str, *, by: Actor, at: datetime) -> Recusal:
    """A party that knows of the ground still agrees to the mediator; with all of them the request falls."""
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.WAIVE_DISCLOSURE, case)
    row, side = _pending(s, case), standing.side_of(s, by, case.dispute_id)
    if side is None:
        raise NotAllowed(side="none")
    row.waived_by = matters.agreeing(s, case.dispute_id, row.waived_by, by)
    s.add(row)
    falls = Side.both_in(row.waived_by)
    if falls:
        row.granted, row.reason, row.decided_at = False, "双方知悉后仍同意由该调解员调解", at
        deadlines.stop(s, f"case:{case.id}", "T-RECUSE", at=at)
    matters.note(s, case, "mediator.recusal_waived", by=by, at=at, recusal=row.id, side=side, falls=falls)
    return row


def decide(s: Session, case_id: str, *, by: Actor, at: datetime, granted: bool, reason: str) -> MediationCase:
    """The organisation or the court decides; granted, somebody else is chosen (SIM-15)."""
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.DECIDE_RECUSAL, case)
    move = CASE.take(case, Do.DECIDE_RECUSAL)
    row = _pending(s, case)
    if not reason.strip():
        raise BadInput(reason="reason-needed")
    printable.require(reason)
    row.granted, row.reason, row.decided_by, row.decided_at = granted, reason, by.account_id, at
    s.add(row)
    deadlines.stop(s, f"case:{case.id}", "T-RECUSE", at=at)
    matters.note(s, case, "mediator.recusal_decided", by=by, at=at, recusal=row.id, granted=granted)
    incident_papers.recusal(s, case, row, by=by, at=at)
    if granted:
        words = "回避申请已获同意，您不再承办本案。"
        matters.tell_mediator(s, case, "您不再承办本案", words, about="/desk", at=at)
        mediators.step_back(s, case, move, by=by, at=at, ended_by="recusal")
    said = "同意回避，请重新选择调解员。" if granted else "不同意回避，由原调解员继续调解。"
    where = f"/cases/{case.id}/choose" if granted else f"/cases/{case.id}"
    matters.tell_parties(s, case, "回避申请的决定", said, about=where, at=at)
    return case


def pending(s: Session, case: MediationCase) -> Recusal | None:
    """The request about the present mediator that is not decided yet."""
    query = select(Recusal).where(
        Recusal.case_id == case.id,
        Recusal.mediator_id == case.mediator_id,
        col(Recusal.decided_at).is_(None),
    )
    return s.exec(query).first()


def ensure_none(s: Session, case: MediationCase) -> None:
    """Nobody goes on with a mediator whose stepping back is not decided."""
    if pending(s, case) is not None:
        raise Conflict(recusal="pending")


def _pending(s: Session, case: MediationCase) -> Recusal:
    row = pending(s, case)
    if row is None:
        raise WrongStage(was=case.stage.value, wanted=Do.DECIDE_RECUSAL.value)
    return db.lock(s, Recusal, row.id)


def _tell_deciders(s: Session, case: MediationCase, *, at: datetime) -> None:
    """The organisation's administrators; if there is none, the court's triage officers."""
    subject, words, about = (
        "回避申请待决定",
        f"{case.number}有回避申请，请在三日内决定。",
        f"/cases/{case.id}",
    )
    if case.org_id is None:
        matters.tell_office(s, case.court_id, Role.TRIAGE, subject, words, about=about, at=at)
    else:
        matters.tell_organisation(s, case.org_id, subject, words, about=about, at=at)
