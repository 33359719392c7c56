"""Who is in which room of a sitting, and what follows when somebody moves.

The media worker enforces what these rows say: `version` grows with every change it has to know.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from odr import db, matters, outbox
from odr.errors import NotFound
from odr.rules import rooms
from odr.rules.access import Actor
from odr.rules.moves import SITTING, SittingStage
from odr.rules.words import Do, Room, Side, Zone
from odr.tables.mediations import Attendance, MediationCase, Recording, Sitting, VenueDevice
from odr.tables.records import JournalEntry

SETTLED = timedelta(seconds=10)
LIVE = (SittingStage.GATHERING, SittingStage.LIVE, SittingStage.FROZEN, SittingStage.PAUSED)


def note(
    s: Session, sitting: Sitting, kind: str, *, by: Actor, at: datetime, **fields: object
) -> JournalEntry:
    """A journal entry about a sitting, filed under its dispute."""
    case = db.get(s, MediationCase, sitting.case_id)
    return matters.note(s, case, kind, by=by, at=at, sitting=sitting.id, stage=sitting.stage, **fields)


def people(s: Session, sitting_id: str) -> Sequence[Attendance]:
    """Everybody who has a seat or has tested a device, applicants first."""
    query = select(Attendance).where(Attendance.sitting_id == sitting_id)
    return s.exec(query.order_by(col(Attendance.side), col(Attendance.id))).all()


def seated(s: Session, sitting_id: str) -> list[Attendance]:
    """Everybody who came in, connected at the moment or not."""
    return [one for one in people(s, sitting_id) if one.joined_at]


def find(s: Session, sitting_id: str, account_id: str | None) -> Attendance | None:
    query = select(Attendance).where(Attendance.sitting_id == sitting_id, Attendance.account_id == account_id)
    return s.exec(query).one_or_none() if account_id else None


def of(s: Session, sitting_id: str, account_id: str | None) -> Attendance:
    """A person's place in a sitting; NotFound before they came in."""
    found = find(s, sitting_id, account_id)
    if found is None or found.joined_at is None:
        raise NotFound(kind="attendance")
    return found


def is_ready(one: Attendance) -> bool:
    """Identity checked in this sitting, notices read (ODM-17, SIM-14)."""
    return one.identity_checked_at is not None and one.notices_read_at is not None


def seat(s: Session, one: Attendance, room: Room) -> None:
    """Put a person in a room."""
    one.room = room
    s.add(one)


def unseat(s: Session, sitting: Sitting, one: Attendance, *, at: datetime) -> None:
    """A person is gone; their place waits in the own lobby."""
    one.joined_at, one.left_at, one.hand_raised_at = None, at, None
    seat(s, one, rooms.home(one.side, one.part))
    settle(s, sitting, at=at)


def in_room(s: Session, sitting_id: str, room: Room) -> list[Attendance]:
    return [one for one in seated(s, sitting_id) if one.room is room]


def settle(s: Session, sitting: Sitting, *, at: datetime) -> None:
    """After any move: no joint talk without the mediator, no recording without everybody's consent."""
    joint = in_room(s, sitting.id, Room.JOINT)
    if not any(one.is_host for one in joint):
        for one in joint:
            seat(s, one, rooms.home(one.side, one.part))
        joint = []
    if sitting.recording and not may_record(joint):
        halt(s, sitting, at=at)
    changed(s, sitting)


def may_record(joint: Sequence[Attendance]) -> bool:
    """Every person in the joint room has said yes, and somebody besides the mediator is there."""
    return any(one.side for one in joint) and all(one.recording_consent for one in joint)


def everybody_home(s: Session, sitting: Sitting, *, at: datetime) -> None:
    """Each side to its own lobby, the mediator to the desk; what was recorded ends here."""
    for one in people(s, sitting.id):
        seat(s, one, rooms.home(one.side, one.part))
    settle(s, sitting, at=at)


def dismiss(s: Session, case: MediationCase, *, at: datetime) -> None:
    """The mediator is no longer this case's: out of every running sitting, which waits for the next one."""
    host = matters.mediator_account(s, case.mediator_id)
    _go_on_without(s, host.id if host else None, col(Sitting.case_id) == case.id, at=at)


def dismiss_judge(s: Session, confirmation_id: str, judge_id: str, *, at: datetime) -> None:
    """Another judge was drawn: a running inquiry waits for the new one."""
    _go_on_without(s, judge_id, col(Sitting.confirmation_id) == confirmation_id, at=at)


def put_out(s: Session, case: MediationCase, account_id: str | None, *, at: datetime) -> None:
    """Somebody who was asked in was let go: no seat is left in a running sitting."""
    running = select(Sitting).where(Sitting.case_id == case.id, col(Sitting.stage).in_(LIVE))
    for sitting in s.exec(running.with_for_update()).all():
        one = find(s, sitting.id, account_id)
        if one is not None and one.joined_at is not None:
            unseat(s, sitting, one, at=at)


def _go_on_without(s: Session, host_id: str | None, where: ColumnElement[bool], *, at: datetime) -> None:
    for sitting in s.exec(select(Sitting).where(where, col(Sitting.stage).in_(LIVE)).with_for_update()).all():
        seat_of_host = find(s, sitting.id, host_id)
        if seat_of_host is not None:
            seat_of_host.joined_at, seat_of_host.left_at = None, at
            s.add(seat_of_host)
        if sitting.stage is SittingStage.LIVE:
            sitting.stage = SITTING.take(sitting, Do.FREEZE).target
        everybody_home(s, sitting, at=at)


def devices(s: Session, sitting_id: str) -> list[VenueDevice]:
    """The cameras of the venue that may come in, in the order they were let in."""
    query = select(VenueDevice).where(
        VenueDevice.sitting_id == sitting_id, col(VenueDevice.ended_at).is_(None)
    )
    return list(s.exec(query.order_by(col(VenueDevice.ordinal))))


def changed(s: Session, sitting: Sitting) -> None:
    """The media worker has to hear of this."""
    sitting.version += 1
    s.add(sitting)


def start(s: Session, sitting: Sitting, folder: str, *, at: datetime) -> Recording:
    """Begin a recording of the joint room; the signing ceremony has a zone of its own."""
    recording = Recording(
        sitting_id=sitting.id,
        room=Room.JOINT,
        zone=_zone(sitting),
        folder=folder,
        started_at=at,
    )
    sitting.recording = True
    s.add(recording)
    changed(s, sitting)
    return recording


def _zone(sitting: Sitting) -> Zone:
    """An inquiry is the court's record, the signing ceremony the outcome, all else talk made to settle."""
    if sitting.confirmation_id is not None:
        return Zone.RECORD
    return Zone.OUTCOME if sitting.signing else Zone.JOINT


def halt(s: Session, sitting: Sitting, *, at: datetime) -> Recording | None:
    """End the running recording."""
    running = current_recording(s, sitting.id)
    if running is not None:
        running.stopped_at = at
        s.add(running)
        # later, when the media worker has surely closed its journal; also when it died meanwhile
        outbox.add(s, "recording.mux", key=running.id, run_at=at + SETTLED, recording=running.id)
    sitting.recording = False
    changed(s, sitting)
    return running


def current_recording(s: Session, sitting_id: str) -> Recording | None:
    query = select(Recording).where(Recording.sitting_id == sitting_id, col(Recording.stopped_at).is_(None))
    return s.exec(query).first()


def recording_in(s: Session, folder: str) -> Recording | None:
    """The recording kept in a folder below the recordings directory."""
    return s.exec(select(Recording).where(Recording.folder == folder)).one_or_none()


def side_name(side: Side | None) -> str:
    """How journal and papers name a side."""
    return side.value if side else "mediator"
