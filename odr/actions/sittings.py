"""A sitting from its open doors to its end: coming in, identity, notices, opening, freezing, closing.

Nobody leaves their own lobby before identity and notices are done in this very sitting (ODM-17, OLR-7).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col, select

from odr import db, matters, presence, review_papers, sitting_papers, standing
from odr.actions import minutes, recusals
from odr.errors import BadInput, NotReady, WrongStage
from odr.rules import rooms
from odr.rules.access import MACHINE, Actor
from odr.rules.moves import CASE, SITTING, CaseStage, SittingStage
from odr.rules.words import Do, Hat, Mode, Room, Side
from odr.tables.disputes import Party
from odr.tables.mediations import Attendance, MediationCase, Sitting
from odr.tables.people import Account

DOORS_OPEN = timedelta(minutes=30)
NOTICES = ("rights", "rules", "effect", "confirmation", "false-mediation", "no-recording", "place")
NOTICES_VERSION = "1"


def test_device(s: Session, sitting_id: str, *, by: Actor, at: datetime, result: str) -> Attendance:
    """Keep that camera, microphone, loudspeaker and network were tried for this sitting."""
    sitting = db.lock(s, Sitting, sitting_id)
    standing.require(s, by, Do.JOIN_SITTING, sitting)
    one = _place(s, sitting, by)
    one.device_tested_at = at
    s.add(one)
    presence.note(s, sitting, "sitting.device_tested", by=by, at=at, result=result)
    return one


def enter(s: Session, sitting_id: str, *, by: Actor, at: datetime) -> Attendance:
    """Come in: to the lobby of one's own side, the mediator to the desk. The mediator may open early."""
    sitting = db.lock(s, Sitting, sitting_id)
    hats = standing.require(s, by, Do.JOIN_SITTING, sitting)
    if sitting.stage is SittingStage.PLANNED:
        if not hats & {Hat.MEDIATOR, Hat.PRESIDING} and at < sitting.starts_at - DOORS_OPEN:
            raise WrongStage(was=str(sitting.stage), wanted="gathering")
        sitting.stage = SITTING.take(sitting, Do.JOIN_SITTING).target
    if sitting.stage not in presence.LIVE:
        raise WrongStage(was=str(sitting.stage), wanted="gathering")
    one = _place(s, sitting, by)
    if one.joined_at is None:
        one.joined_at = at
        if one.is_host:  # the mediator's login has shown a second factor
            one.identity_checked_at, one.identity_checked_by = at, "second-factor"
    one.left_at = None
    presence.seat(s, one, one.room)
    presence.changed(s, sitting)
    presence.note(s, sitting, "sitting.entered", by=by, at=at, room=one.room)
    return one


def leave(s: Session, sitting_id: str, *, by: Actor, at: datetime) -> Attendance:
    """Go out on one's own wish; the seat waits in the own lobby."""
    sitting = db.lock(s, Sitting, sitting_id)
    standing.require(s, by, Do.JOIN_SITTING, sitting)
    one = presence.of(s, sitting_id, by.account_id)
    presence.unseat(s, sitting, one, at=at)
    presence.note(s, sitting, "sitting.left", by=by, at=at)
    return one


def state_identity(s: Session, sitting_id: str, *, by: Actor, at: datetime, last_digits: str) -> bool:
    """The person confirms the end of their identity number; the mediator sees whether it fits."""
    sitting = db.lock(s, Sitting, sitting_id)
    standing.require(s, by, Do.READ_NOTICES, sitting)
    presence.of(s, sitting_id, by.account_id)
    account = db.get(s, Account, by.account_id)
    number = account.identity_number or _party_number(s, sitting, by)
    fits = bool(number) and number[-4:].upper() == last_digits.strip().upper()
    presence.note(s, sitting, "sitting.identity_stated", by=by, at=at, account=by.ref, fits=fits)
    return fits


def check_identity(
    s: Session, sitting_id: str, account_id: str, *, by: Actor, at: datetime, how: str
) -> Attendance:
    """The mediator has compared the person with their document, in this sitting."""
    sitting = db.lock(s, Sitting, sitting_id)
    standing.require(s, by, Do.CHECK_IDENTITY, sitting)
    if how not in ("document-on-camera", "number-confirmed", "on-site"):
        raise BadInput(how="choose-one")
    _ensure_running(sitting, Do.CHECK_IDENTITY)
    one = presence.of(s, sitting_id, account_id)
    one.identity_checked_at, one.identity_checked_by = at, by.ref
    s.add(one)
    presence.note(s, sitting, "sitting.identity_checked", by=by, at=at, account=account_id, how=how)
    return one


def read_notices(
    s: Session, sitting_id: str, *, by: Actor, at: datetime, ticked: Sequence[str]
) -> Attendance:
    """Every notice was read and ticked by itself, the warning of false mediation among them (ODM-17)."""
    sitting = db.lock(s, Sitting, sitting_id)
    standing.require(s, by, Do.READ_NOTICES, sitting)
    missing = [name for name in NOTICES if name not in ticked]
    if missing:
        raise BadInput(**dict.fromkeys(missing, "tick-needed"))
    _ensure_running(sitting, Do.READ_NOTICES)
    one = presence.of(s, sitting_id, by.account_id)
    one.notices_read_at = at
    s.add(one)
    presence.note(s, sitting, "sitting.notices_read", by=by, at=at, version=NOTICES_VERSION, notices=NOTICES)
    return one


def begin(s: Session, sitting_id: str, *, by: Actor, at: datetime) -> Sitting:
    """Open the joint room, or open it again after a pause or a lost connection."""
    sitting = db.lock(s, Sitting, sitting_id)
    standing.require(s, by, Do.OPEN_SITTING, sitting)
    move = SITTING.take(sitting, Do.OPEN_SITTING)
    case = db.lock(s, MediationCase, sitting.case_id)
    recusals.ensure_none(s, case)
    if case.stage is CaseStage.SUSPENDED:
        raise WrongStage(was=str(case.stage), wanted=str(Do.OPEN_SITTING))
    if sitting.opened_at is None:
        if sitting.confirmation_id is None:
            case.stage = CASE.take(case, Do.OPEN_SITTING).target
            s.add(case)
        sitting.opened_at = at
    seated = presence.seated(s, sitting_id)  # also who is cut off just now: they come back to the room
    ready = [one for one in seated if one.is_host or presence.is_ready(one)]
    _ensure_enough(sitting, ready)
    sitting.stage = move.target
    for one in ready:
        presence.seat(s, one, Room.JOINT)
    presence.settle(s, sitting, at=at)
    present = [one.account_id for one in ready if not one.left_at]
    presence.note(s, sitting, "sitting.opened", by=by, at=at, present=present)
    return sitting


def freeze(s: Session, sitting_id: str, *, by: Actor = MACHINE, at: datetime) -> Sitting:
    """The mediator's connection was lost: everybody to their own lobby, recording ended (D8)."""
    sitting = _halted(s, sitting_id, Do.FREEZE, by=by, at=at)
    presence.note(s, sitting, "sitting.frozen", by=by, at=at)
    return sitting


def pause(s: Session, sitting_id: str, *, by: Actor, at: datetime) -> Sitting:
    """A break: each side to its own lobby."""
    sitting = _halted(s, sitting_id, Do.PAUSE, by=by, at=at)
    presence.note(s, sitting, "sitting.paused", by=by, at=at)
    return sitting


def close(s: Session, sitting_id: str, *, by: Actor, at: datetime, outcome: str, remark: str = "") -> Sitting:
    """End the sitting. The minutes and the undisputed facts are issued from what stands then."""
    if outcome not in sitting_papers.OUTCOMES:
        raise BadInput(outcome="choose-one")
    _ensure_written(s, db.lock(s, Sitting, sitting_id))
    sitting = _halted(s, sitting_id, Do.CLOSE_SITTING, by=by, at=at)
    sitting.closed_at, sitting.note = at, remark
    sitting.signing = False
    s.add(sitting)
    if sitting.opened_at is not None and sitting.confirmation_id is not None:
        review_papers.inquiry(s, sitting, by=by, at=at)
    elif sitting.opened_at is not None:
        sitting_papers.minutes(s, sitting, outcome, by=by, at=at)
        sitting_papers.undisputed(s, sitting, by=by, at=at)
    presence.note(s, sitting, "sitting.closed", by=by, at=at, outcome=outcome)
    return sitting


def _ensure_written(s: Session, sitting: Sitting) -> None:
    """An inquiry without a line in its record was none."""
    asked = sitting.confirmation_id is not None and sitting.opened_at is not None
    if asked and not minutes.lines(s, sitting.id):
        raise BadInput(outcome="minutes-needed")


def fall_away(s: Session, case: MediationCase, *, outcome: str, by: Actor, at: datetime) -> None:
    """Mediation is over: what was planned falls away, and a sitting that is on ends with its minutes."""
    call_off(s, of_mediation(case))
    for sitting in _held(s, of_mediation(case)):
        if sitting.stage in presence.LIVE:
            sitting.stage = SITTING.take(sitting, Do.CLOSE_SITTING).target
            sitting.closed_at, sitting.signing = at, False
            presence.everybody_home(s, sitting, at=at)
            sitting_papers.minutes(s, sitting, outcome, by=by, at=at)
            presence.note(s, sitting, "sitting.closed", by=by, at=at, outcome=outcome)


def call_off(s: Session, which: ColumnElement[bool]) -> None:
    """There is nothing more to talk about or to ask: none of these sittings takes place that was only planned."""
    for sitting in _held(s, which):
        if sitting.stage in (SittingStage.PLANNED, SittingStage.GATHERING):
            sitting.stage = SITTING.take(sitting, Do.RESCHEDULE).target
            s.add(sitting)


def of_mediation(case: MediationCase) -> ColumnElement[bool]:
    """The sittings of a case without a judge's inquiries."""
    return and_(col(Sitting.case_id) == case.id, col(Sitting.confirmation_id).is_(None))


def _held(s: Session, which: ColumnElement[bool]) -> Sequence[Sitting]:
    query = select(Sitting).where(which).order_by(col(Sitting.id)).with_for_update()
    return s.exec(query.execution_options(populate_existing=True)).all()


def no_show(s: Session, sitting_id: str, *, by: Actor, at: datetime, absent: Sequence[Side]) -> Sitting:
    """A side did not come. That is noted, never held against it as a default (ODM-21, OLR-25 e contrario)."""
    sitting = db.lock(s, Sitting, sitting_id)
    standing.require(s, by, Do.NO_SHOW, sitting)
    move = SITTING.take(sitting, Do.NO_SHOW)
    if not absent:
        raise BadInput(absent="choose-one")
    if at < sitting.starts_at:
        raise WrongStage(was=str(sitting.stage), wanted="started")
    sitting.stage, sitting.closed_at = move.target, at
    presence.everybody_home(s, sitting, at=at)
    presence.note(s, sitting, "sitting.no_show", by=by, at=at, absent=list(absent))
    case = db.get(s, MediationCase, sitting.case_id)
    if sitting.confirmation_id is not None:
        words = "法官通知的询问有一方没有到场。无正当理由的，按撤回申请处理；有理由的，请尽快向法院说明。"
        about = f"/confirmations/{sitting.confirmation_id}"
        matters.tell_parties(s, case, "询问未能进行", words, about=about, at=at)
        return sitting
    matters.tell_parties(
        s,
        case,
        "调解未能进行",
        "约定的调解时间有一方没有到场，调解未能进行。您可以重新约定时间。",
        about=f"/cases/{case.id}/times",
        at=at,
    )
    return sitting


def _halted(s: Session, sitting_id: str, do: Do, *, by: Actor, at: datetime) -> Sitting:
    sitting = db.lock(s, Sitting, sitting_id)
    standing.require(s, by, do, sitting)
    sitting.stage = SITTING.take(sitting, do).target
    presence.everybody_home(s, sitting, at=at)
    return sitting


def _place(s: Session, sitting: Sitting, by: Actor) -> Attendance:
    """The person's attendance, made on first sight."""
    known = presence.find(s, sitting.id, by.account_id)
    if known is not None:
        return known
    party = _party(s, sitting, by)
    guest = None if party else standing.participant_of(s, by, sitting.case_id)
    side = party.side if party else guest.side if guest else None
    part = guest.part if guest else None
    one = Attendance(
        sitting_id=sitting.id,
        account_id=by.ref,
        party_id=party.id if party else None,
        side=side,
        participant_id=guest.id if guest else None,
        part=part,
        room=rooms.home(side, part),
    )
    s.add(one)
    s.flush()
    return one


def _party(s: Session, sitting: Sitting, by: Actor) -> Party | None:
    case = db.get(s, MediationCase, sitting.case_id)
    return standing.party_of(s, by, case.dispute_id)


def _party_number(s: Session, sitting: Sitting, by: Actor) -> str:
    party = _party(s, sitting, by)
    return party.identity_number if party and party.account_id == by.account_id else ""


def _ensure_running(sitting: Sitting, do: Do) -> None:
    if sitting.stage not in presence.LIVE:
        raise WrongStage(was=str(sitting.stage), wanted=str(do))


def _ensure_enough(sitting: Sitting, ready: Sequence[Attendance]) -> None:
    """The mediator and both sides; one side is enough when they come one after the other (ODM-16)."""
    if not any(one.is_host for one in ready):
        raise NotReady(missing="mediator")
    sides = {one.side for one in ready if one.side and one.part is None}
    if len(sides) < (1 if sitting.mode is Mode.SPLIT else 2):
        raise NotReady(missing="party")
