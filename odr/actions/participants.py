"""Others in a sitting: third persons, interpreters, support, experts, observers (SIM-14, SIM-17, PML-20, CPLI-146).

A side brings its own support and interpreter; who only listens or helps needs both sides' yes; everybody
promises secrecy before the door opens, and nobody who mediated takes another part (SIM-16).
"""

from __future__ import annotations

import unicodedata
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from odr import asks, db, matters, notices, numbers, presence, standing
from odr.actions import mediators
from odr.errors import BadInput, Conflict, NotAllowed, NotFound, WrongStage
from odr.facts import printable
from odr.rules.access import Actor
from odr.rules.companions import NEEDS_BOTH, OF_A_SIDE, PARTS, Part
from odr.rules.moves import ENDS
from odr.rules.words import Do, Hat, Side
from odr.tables.companions import Participant
from odr.tables.mediations import MediationCase
from odr.tables.people import Account

OF_PARTIES = frozenset({Part.SUPPORT, Part.INTERPRETER, Part.EXPERT})  # the rest the mediator asks in
BOTH = {side.value for side in Side}


def add(
    s: Session,
    case_id: str,
    *,
    by: Actor,
    at: datetime,
    part: Part,
    name: str,
    phone: str = "",
    side: Side | None = None,
    language: str = "",
    reason: str = "",
    origin: str = "",
) -> Participant:
    """Ask somebody in; the code is sent, or passed on by whoever asked."""
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.ADD_PARTICIPANT, case)
    if case.stage in ENDS:
        raise WrongStage(was=case.stage.value, wanted=Do.ADD_PARTICIPANT.value)
    own = standing.side_of(s, by, case.dispute_id)
    if own is not None and part not in OF_PARTIES:
        raise NotAllowed(part=part.value)
    if wrong := {key: "needed" for key, text in (("name", name), ("reason", reason)) if not text.strip()}:
        raise BadInput(**wrong)
    printable.require(name, language, reason)
    asks.ensure_few(s, Participant, *_unanswered(case, by), asked=col(Participant.asked_at), at=at)
    row = Participant(
        case_id=case.id,
        part=part,
        name=name,
        phone=phone,
        side=(own or side) if part in OF_A_SIDE | {Part.INTERPRETER} else None,
        language=language,
        reason=reason,
        asked_by=by.ref,
        asked_at=at,
        agreed_by=matters.agreeing(s, case.dispute_id, [], by),
        code=numbers.short_code(),
    )
    if part in OF_A_SIDE and row.side is None:
        raise BadInput(side="choose-one")
    s.add(row)
    s.flush()
    matters.note(s, case, "participant.asked", by=by, at=at, participant=row.id, part=part, side=row.side)
    if phone:
        _send_code(s, row, origin, at)
    if part in NEEDS_BOTH:
        _ask_both(s, case, row, at)
    return row


def agree(s: Session, case_id: str, participant_id: str, *, by: Actor, at: datetime) -> Participant:
    """A party agrees that somebody helps or listens."""
    case, row = _row(s, case_id, participant_id, Do.AGREE_PARTICIPANT, by)
    side = standing.side_of(s, by, case.dispute_id)
    if side is None:
        raise NotAllowed(side="none")
    row.agreed_by = matters.agreeing(s, case.dispute_id, row.agreed_by, by)
    s.add(row)
    matters.note(s, case, "participant.agreed", by=by, at=at, participant=row.id, side=side)
    return row


def take_part(s: Session, code: str, *, by: Actor, at: datetime, declared: bool) -> Participant:
    """The person asked comes in under their real name and promises secrecy (SIM-2, CPLI-146)."""
    standing.require(s, by, Do.TAKE_PART)
    row = db.lock(s, Participant, get(s, code).id)
    case = db.lock(s, MediationCase, row.case_id)
    if row.ended_at is not None or case.stage in ENDS:
        raise WrongStage(was="ended", wanted=Do.TAKE_PART.value)
    if row.account_id is not None:
        raise Conflict(participant=row.id)
    account = db.get(s, Account, by.account_id)
    if _plain(account.name) != _plain(row.name):
        raise BadInput(person="not-you")
    if standing.hats(s, by, case) - {Hat.PUBLIC, Hat.SOMEONE}:
        raise BadInput(person="has-part")
    if mediators.has_mediated(s, account.id, case.dispute_id):
        raise BadInput(person="mediated")
    if not declared:
        raise BadInput(declared="tick-needed")
    row.account_id, row.declared_at = account.id, at
    s.add(row)
    matters.note(s, case, "participant.joined", by=by, at=at, participant=row.id, part=row.part)
    return row


def end(s: Session, case_id: str, participant_id: str, *, by: Actor, at: datetime) -> Participant:
    """The mediator, or whoever asked, lets somebody go."""
    case, row = _row(s, case_id, participant_id, Do.ADD_PARTICIPANT, by)
    own = standing.side_of(s, by, case.dispute_id)
    if own is not None and row.asked_by != by.account_id:
        raise NotAllowed(participant=row.id)
    row.ended_at = at
    s.add(row)
    presence.put_out(s, case, row.account_id, at=at)
    matters.note(s, case, "participant.ended", by=by, at=at, participant=row.id)
    return row


def get(s: Session, code: str) -> Participant:
    """Whoever was asked by this code; NotFound for anything else."""
    typed = code.strip().lower().replace("-", "").replace(" ", "")
    row = s.exec(select(Participant).where(Participant.code == typed)).first()
    if row is None:
        raise NotFound(kind="Participant")
    return row


def of(s: Session, case_id: str) -> list[Participant]:
    """Everybody asked in and not let go."""
    query = select(Participant).where(Participant.case_id == case_id, col(Participant.ended_at).is_(None))
    return list(s.exec(query.order_by(col(Participant.asked_at))))


def _row(
    s: Session, case_id: str, participant_id: str, do: Do, by: Actor
) -> tuple[MediationCase, Participant]:
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, do, case)
    row = db.lock(s, Participant, participant_id)
    if row.case_id != case.id or row.ended_at is not None:
        raise NotFound(kind="Participant")
    return case, row


def _ask_both(s: Session, case: MediationCase, row: Participant, at: datetime) -> None:
    words, about = "有人提出请%(who)s（%(part)s）参加调解，须双方同意，请您答复。", f"/cases/{case.id}"
    said = {"who": row.name, "part": PARTS[row.part]}
    matters.tell_parties(s, case, "是否同意他人参加", words, about=about, at=at, **said)


def _send_code(s: Session, row: Participant, origin: str, at: datetime) -> None:
    body, about = "请您作为%(part)s参加一次在线调解：%(link)s 。", f"/p/{row.code}"
    said = {"part": PARTS[row.part], "link": origin + about}
    notices.tell(s, row.phone, "请您参加调解", body, about=about, at=at, **said)


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())


def _unanswered(case: MediationCase, by: Actor) -> tuple[ColumnElement[bool] | bool, ...]:
    mine = (Participant.case_id == case.id, Participant.asked_by == by.ref)
    return (*mine, col(Participant.account_id).is_(None))
