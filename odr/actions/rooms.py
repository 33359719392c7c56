"""Inside a sitting: who is moved where, hushed, heard; and what is recorded with whose consent."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from odr import db, presence, standing
from odr.digests import digest
from odr.errors import BadInput, ConsentMissing, NotAllowed, NotFound, NotReady, WrongStage
from odr.rules import rooms
from odr.rules.access import MACHINE, Actor
from odr.rules.moves import SittingStage
from odr.rules.words import Do, Room, Side
from odr.tables.columns import new_id
from odr.tables.mediations import Attendance, ChatLine, Recording, Sitting, VenueDevice

CHAT = 2000
DEVICES = 4  # cameras of the venue in one sitting


def move(s: Session, sitting_id: str, account_id: str, room: Room, *, by: Actor, at: datetime) -> Attendance:
    """Put one person in one room: a late joiner into the joint room, somebody back to the lobby."""
    sitting = _live(s, sitting_id, Do.MOVE_PERSON, by=by)
    one = presence.of(s, sitting_id, account_id)
    if not rooms.may_sit(one.side, room, one.part):
        raise BadInput(room="choose-one")
    _ensure_may_leave_home(sitting, one, room)
    presence.seat(s, one, room)
    presence.settle(s, sitting, at=at)
    presence.note(s, sitting, "sitting.moved", by=by, at=at, account=account_id, room=room)
    return one


def caucus(s: Session, sitting_id: str, side: Side, *, by: Actor, at: datetime) -> Sitting:
    """The mediator and one side talk alone; the other side waits in its lobby, nothing is recorded."""
    sitting = _live(s, sitting_id, Do.MOVE_PERSON, by=by, stages=(SittingStage.LIVE,))
    if sitting.confirmation_id is not None:
        raise NotAllowed(inquiry="together")  # CPLI-356: both are heard together
    host = presence.of(s, sitting_id, by.account_id)
    with_me = [one for one in presence.seated(s, sitting_id) if one.side is side and presence.is_ready(one)]
    if not with_me:
        raise NotReady(missing=side.value)
    for one in presence.seated(s, sitting_id):
        presence.seat(
            s, one, rooms.CAUCUSES[side] if one in [host, *with_me] else rooms.home(one.side, one.part)
        )
    presence.settle(s, sitting, at=at)
    presence.note(s, sitting, "sitting.caucus_opened", by=by, at=at, side=side)
    return sitting


def gather(s: Session, sitting_id: str, *, by: Actor, at: datetime) -> Sitting:
    """Everybody who is ready comes back to the joint room."""
    sitting = _live(s, sitting_id, Do.MOVE_PERSON, by=by, stages=(SittingStage.LIVE,))
    for one in presence.seated(s, sitting_id):
        if one.is_host or presence.is_ready(one):
            presence.seat(s, one, Room.JOINT)
    presence.settle(s, sitting, at=at)
    presence.note(s, sitting, "sitting.gathered", by=by, at=at)
    return sitting


def hush(
    s: Session, sitting_id: str, account_id: str, *, by: Actor, at: datetime, hushed: bool, camera_off: bool
) -> Attendance:
    """Close or open a person's microphone and camera for everybody."""
    sitting = _live(s, sitting_id, Do.HUSH, by=by)
    one = presence.of(s, sitting_id, account_id)
    one.hushed, one.camera_off = hushed, camera_off
    s.add(one)
    presence.changed(s, sitting)
    presence.note(
        s, sitting, "sitting.hushed", by=by, at=at, account=account_id, hushed=hushed, camera_off=camera_off
    )
    return one


def attach_device(s: Session, sitting_id: str, *, by: Actor, at: datetime) -> VenueDevice:
    """Let a camera of the venue into the joint room; whoever hosts answers for it."""
    sitting = _live(s, sitting_id, Do.MOVE_PERSON, by=by)
    present = presence.devices(s, sitting_id)
    if len(present) >= DEVICES:
        raise NotAllowed(devices=DEVICES)
    device = VenueDevice(
        sitting_id=sitting_id, ordinal=max((one.ordinal for one in present), default=0) + 1, attached_at=at
    )
    s.add(device)
    presence.changed(s, sitting)
    presence.note(s, sitting, "sitting.device_attached", by=by, at=at, device=device.id)
    return device


def end_device(s: Session, sitting_id: str, device_id: str, *, by: Actor, at: datetime) -> VenueDevice:
    """Put one camera out and end its token; the others stay."""
    sitting = _live(s, sitting_id, Do.MOVE_PERSON, by=by)
    device = next((one for one in presence.devices(s, sitting_id) if one.id == device_id), None)
    if device is None:
        raise NotFound(kind="venue_device")
    device.ended_at = at
    s.add(device)
    presence.changed(s, sitting)
    presence.note(s, sitting, "sitting.device_ended", by=by, at=at, device=device.id)
    return device


def raise_hand(s: Session, sitting_id: str, *, by: Actor, at: datetime, up: bool) -> Attendance:
    """Ask for the word, or take the hand down."""
    sitting = _live(s, sitting_id, Do.SPEAK, by=by)
    one = presence.of(s, sitting_id, by.account_id)
    one.hand_raised_at = at if up else None
    s.add(one)
    presence.note(s, sitting, "sitting.hand_raised" if up else "sitting.hand_lowered", by=by, at=at)
    return one


def say(s: Session, sitting_id: str, text: str, *, by: Actor, at: datetime) -> ChatLine:
    """A written word to the room one is in; it stays in that room's zone (ODM-18)."""
    sitting = _live(s, sitting_id, Do.SPEAK, by=by)
    if not 0 < len(text) <= CHAT:
        raise BadInput(text="too-long" if text else "needed")
    one = presence.of(s, sitting_id, by.account_id)
    if one.part is not None:
        raise NotAllowed(part=one.part.value)  # they are heard, and read nothing of the talk's papers
    line = ChatLine(
        sitting_id=sitting_id,
        room=one.room,
        zone=rooms.zone(one.room),
        account_id=by.ref,
        text=text,
        at=at,
    )
    s.add(line)
    s.flush()
    presence.note(s, sitting, "sitting.said", by=by, at=at, line=line.id, digest=digest(text.encode()))
    return line


def consent(
    s: Session, sitting_id: str, *, by: Actor, at: datetime, given: bool, minutes_instead: bool = False
) -> Attendance:
    """Say yes or no to being recorded in this sitting. A no ends a running recording at once (V-2)."""
    sitting = _live(s, sitting_id, Do.CONSENT_RECORDING, by=by)
    one = presence.of(s, sitting_id, by.account_id)
    one.recording_consent, one.recording_consent_at = given, at
    one.minutes_instead = given and minutes_instead
    s.add(one)
    if sitting.recording:
        presence.settle(s, sitting, at=at)
    kind = "recording.consented" if given else "recording.consent_refused"
    presence.note(
        s, sitting, kind, by=by, at=at, minutes_instead=one.minutes_instead, still_on=sitting.recording
    )
    return one


def record(s: Session, sitting_id: str, *, by: Actor, at: datetime) -> Recording:
    """Begin to record the joint room; every person in it must have consented in this sitting."""
    sitting = _live(s, sitting_id, Do.RECORD, by=by, stages=(SittingStage.LIVE,))
    if sitting.recording:
        raise WrongStage(was="recording", wanted="not-recording")
    joint = presence.in_room(s, sitting_id, Room.JOINT)
    if not presence.may_record(joint):
        raise ConsentMissing(missing=[one.account_id for one in joint if not one.recording_consent])
    recording = presence.start(s, sitting, f"{sitting_id}/{new_id(8)}", at=at)
    consented = [one.account_id for one in joint]
    presence.note(
        s,
        sitting,
        "recording.started",
        by=by,
        at=at,
        recording=recording.id,
        zone=recording.zone,
        of=consented,
    )
    return recording


def stop_recording(s: Session, sitting_id: str, *, by: Actor, at: datetime) -> Sitting:
    """End the recording; everybody may, and nobody needs a reason."""
    sitting = _live(s, sitting_id, Do.STOP_RECORDING, by=by)
    if not sitting.recording:
        raise WrongStage(was="not-recording", wanted="recording")
    stopped = presence.halt(s, sitting, at=at)
    presence.note(s, sitting, "recording.stopped", by=by, at=at, recording=stopped.id if stopped else "")
    return sitting


def open_signing(s: Session, sitting_id: str, *, by: Actor, at: datetime, on: bool = True) -> Sitting:
    """The signing ceremony begins or ends; a recording of it is one of its own, in the outcome's zone."""
    sitting = _live(s, sitting_id, Do.RECORD, by=by, stages=(SittingStage.LIVE,))
    if sitting.recording:
        presence.halt(s, sitting, at=at)
    sitting.signing = on
    presence.changed(s, sitting)
    presence.note(
        s, sitting, "sitting.signing_opened" if on else "sitting.signing_ended", by=by, at=at, signing=on
    )
    return sitting


def connection(s: Session, sitting_id: str, account_id: str, *, at: datetime, on: bool) -> None:
    """What the media worker saw: somebody's connection came or went. The seat stays theirs."""
    sitting = db.lock(s, Sitting, sitting_id)
    one = presence.find(s, sitting_id, account_id)
    if one is None or one.joined_at is None:
        return
    one.left_at = None if on else at
    s.add(one)
    kind = "sitting.connected" if on else "sitting.disconnected"
    presence.note(s, sitting, kind, by=MACHINE, at=at, account=account_id)


def _live(
    s: Session, sitting_id: str, do: Do, *, by: Actor, stages: tuple[SittingStage, ...] = presence.LIVE
) -> Sitting:
    sitting = db.lock(s, Sitting, sitting_id)
    standing.require(s, by, do, sitting)
    if sitting.stage not in stages:
        raise WrongStage(was=str(sitting.stage), wanted=str(do))
    return sitting


def _ensure_may_leave_home(sitting: Sitting, one: Attendance, room: Room) -> None:
    """Only a checked and told person leaves the own lobby, and only while the sitting runs (A-11)."""
    if one.is_host or room is rooms.home(one.side, one.part):
        if room not in (Room.JOINT, Room.CAUCUS_A, Room.CAUCUS_B) or sitting.stage is SittingStage.LIVE:
            return
        raise WrongStage(was=str(sitting.stage), wanted="live")
    if sitting.stage is not SittingStage.LIVE:
        raise WrongStage(was=str(sitting.stage), wanted="live")
    if not presence.is_ready(one):
        raise NotReady(missing=one.account_id)
