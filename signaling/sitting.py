"""A sitting: several rooms, and each person in exactly one of them, decided here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from livekit.protocol import models, rtc

from signaling.access import Access, Refused
from signaling.person import Person
from signaling.room import Room, Tap
from signaling.seats import JOINT, Desired, Seat

Reason = models.DisconnectReason
Emit = Callable[[dict[str, Any]], None]
Recorders = Callable[[Room, dict[str, Any], float], Tap]


class Sitting:
    """The desired state of one sitting, enforced; an open one takes everybody whose token names it."""

    def __init__(
        self,
        name: str,
        emit: Emit,
        recorders: Recorders,
        *,
        is_open: bool = False,
        record: Path | None = None,
    ) -> None:
        self.name = name
        self.is_open = is_open
        self.record = record
        self.version = -1
        self.desired = Desired(name, -1)
        self.rooms: dict[str, Room] = {}
        self.frozen = False
        self.kept_until = 0.0  # an open sitting made beforehand waits so long for guests
        self.most = 0  # people an open sitting takes; 0 is no limit
        self.host_seen_at: float | None = None
        self._troubles: dict[str, str] = {}  # room → why its recording cannot be written
        self._emit = emit
        self._recorders = recorders

    # ---- who sits where

    def people(self) -> list[Person]:
        """Everybody in any room."""
        return [person for room in self.rooms.values() for person in room.people.values()]

    def find(self, identity: str) -> Person | None:
        """The person with this identity, if here."""
        return next((one for one in self.people() if one.identity == identity), None)

    def seat(self, access: Access) -> Seat:
        """The place of a person now; somebody without one is refused."""
        if self.is_open:
            if self.most and self.find(access.identity) is None and len(self.people()) >= self.most:
                raise Refused(403, "the room is full")
            return Seat(room=self.name, name=access.name)
        seat = self.desired.seats.get(access.identity)
        if seat is None:
            raise Refused(403, "no seat in this sitting")
        return self._seat_when_frozen(access.identity, seat) if self.frozen else seat

    def _seat_when_frozen(self, identity: str, seat: Seat) -> Seat:
        home = self.desired.fallback.get(identity)
        if home is None:
            return seat
        return Seat(home, seat.name, seat.role, seat.publish, seat.hushed, seat.camera)

    def room(self, name: str, now: float) -> Room:
        """The room of this name."""
        if name not in self.rooms:
            visible = name if self.is_open else f"{self.name}.{name}"
            room = self.rooms[name] = Room(visible, now)
            if self.record is not None:
                room.tap = self._recorders(room, {"dir": str(self.record / _folder(name, now))}, now)
        return self.rooms[name]

    def room_of(self, person: Person) -> Room:
        """Where a person is."""
        return self.rooms[person.seat.room]

    def holds(self, person: Person) -> bool:
        """Whether this very person is here now; what somebody gone still sends is for nobody."""
        room = self.rooms.get(person.seat.room)
        return room is not None and room.people.get(person.identity) is person

    # ---- coming and going

    def enter(self, person: Person, now: float) -> Room:
        """Take a person in; the same identity connected before has to leave."""
        if (former := self.find(person.identity)) is not None:
            self.remove(former, Reason.DUPLICATE_IDENTITY, now)
        room = self.room(person.seat.room, now)
        self._meet_host(person, now)
        room.enter(person, now)
        self._emit({"event": "joined", "sitting": self.name, "identity": person.identity,
                    "room": person.seat.room})  # fmt: skip
        return room

    def remove(self, person: Person, reason: Reason, now: float) -> None:
        """End a person's stay; a person put out is told not to come back by themselves."""
        if not self.holds(person):
            return
        room = self.room_of(person)
        room.leave(person, now)
        if reason != Reason.CLIENT_INITIATED:
            person.send(leave=rtc.LeaveRequest(reason=reason, action=rtc.LeaveRequest.Action.DISCONNECT))
        person.close()
        self._let_go(now)
        self._emit({"event": "left", "sitting": self.name, "identity": person.identity,
                    "reason": Reason.Name(reason).lower()})  # fmt: skip

    def receive(self, person: Person, origin: str, now: float) -> None:
        """Take over somebody from another open sitting, on the same connection."""
        if (former := self.find(person.identity)) is not None:
            self.remove(former, Reason.DUPLICATE_IDENTITY, now)
        person.access = replace(person.access, room=self.name)
        person.seat = self.seat(person.access)
        self._arrive(person, origin, now)

    def release(self, person: Person, now: float) -> None:
        """Let somebody go to another sitting."""
        self.room_of(person).leave(person, now)
        self._let_go(now)

    def _let_go(self, now: float) -> None:
        """An open sitting without people ends, unless it was made beforehand and still waits."""
        if self.is_open and now >= self.kept_until and not self.people():
            self._stop_recorders(now)
            self.rooms.clear()

    def _meet_host(self, person: Person, now: float) -> None:
        if person.identity in self.desired.hosts or self.host_seen_at is None:
            self.host_seen_at = now

    # ---- the desired state

    def apply(self, desired: Desired, now: float) -> bool:
        """Bring the sitting to a newer desired state; an older or repeated version changes nothing."""
        if desired.version <= self.version:
            return False
        self.desired, self.version, self.frozen = desired, desired.version, False
        self.host_seen_at = now
        self._stop_recorders(now)
        for person in self.people():
            if person.identity not in desired.seats:
                self.remove(person, Reason.PARTICIPANT_REMOVED, now)
        self._seat_everybody(now)
        for name in [name for name in self.rooms if name not in desired.rooms]:
            del self.rooms[name]
        for name in desired.rooms:
            self.room(name, now)
        self._start_recorders(now)
        return True

    def _seat_everybody(self, now: float) -> None:
        """Move who sits wrong; all leave before anybody enters, so that no two rooms touch meanwhile."""
        moving: list[tuple[Person, str]] = []
        for person in self.people():
            seat = self.seat(person.access)
            if seat.room != person.seat.room:
                moving.append((person, person.seat.room))
                self.room_of(person).leave(person, now)
        for person in [*self.people(), *(one for one, _ in moving)]:
            self._grant(person, self.seat(person.access), now)
        for person, origin in moving:
            self._arrive(person, origin, now)

    def _grant(self, person: Person, seat: Seat, now: float) -> None:
        before, held = person.seat, _held(person)
        if seat == before:
            return
        person.seat = seat
        person.enforce()
        for sid in _held(person) - held:
            person.send(mute=rtc.MuteTrackRequest(sid=sid, muted=True))
        room = self.rooms.get(seat.room)
        if room is not None and room.people.get(person.identity) is person:
            room.tell(person)
            if room.tap is not None and seat.hushed != before.hushed:
                room.tap.note("hushed" if seat.hushed else "unhushed", now, identity=person.identity)

    def _arrive(self, person: Person, origin: str, now: float) -> None:
        room = self.room(person.seat.room, now)
        person.send(
            room_moved=rtc.RoomMovedResponse(
                room=room.info(),
                token=person.fresh_token(),
                participant=person.info(),
                other_participants=[one.info() for one in room.people.values()],
            )
        )
        room.enter(person, now)
        self._emit({"event": "moved", "sitting": self.name, "identity": person.identity,
                    "from": origin, "room": person.seat.room})  # fmt: skip

    # ---- recording

    def _stop_recorders(self, now: float) -> None:
        for name, room in self.rooms.items():
            wanted = None if self.frozen else self.desired.rooms.get(name, {}).get("record")
            if room.tap is not None and room.tap.about != wanted:
                self._report_recording(name, on=False, summary=room.tap.close(now))
                room.tap = None
                room.tell_room()

    def _start_recorders(self, now: float) -> None:
        for name, wish in self.desired.rooms.items():
            room, wanted = self.rooms[name], wish.get("record")
            if wanted is None or room.tap is not None or self.frozen:
                continue
            try:
                room.tap = self._recorders(room, wanted, now)
            except OSError as wrong:
                nothing = {"dir": wanted["dir"], "head": "", "bytes": 0, "error": str(wrong)}
                self._report_recording(name, on=False, summary=nothing)
                continue
            for person in room.people.values():
                for publication in person.publications.values():
                    if publication.up is not None:
                        room.tap.opened(person, publication)
            room.tell_room()
            self._report_recording(name, on=True, summary=room.tap.summary())

    def _report_recording(self, name: str, on: bool, summary: dict[str, Any]) -> None:
        self._emit({"event": "recording", "sitting": self.name, "room": name, "on": on, **summary})

    def _report_troubles(self) -> None:
        for name, room in self.rooms.items():
            trouble = room.tap.failed if room.tap is not None else ""
            if room.tap is not None and trouble != self._troubles.get(name, ""):
                self._report_recording(name, on=True, summary={**room.tap.summary(), "error": trouble})
            self._troubles[name] = trouble

    # ---- what the clock brings

    def tick(self, now: float) -> None:
        """Freeze the talk, joint or private, when every host has been away for too long."""
        self._report_troubles()
        self._let_go(now)
        if self.is_open or self.frozen or not self.desired.hosts:
            return
        seen = [one.heard_at for one in self.people() if one.identity in self.desired.hosts]
        if not (in_talk := self._in_talk()):
            self.host_seen_at = now
        self.host_seen_at = max([*seen, self.host_seen_at or now])
        if in_talk and now - self.host_seen_at >= self.desired.host_grace:
            self.freeze(now)

    def _in_talk(self) -> bool:
        """Whether somebody is where only a host may keep them: in the joint room, or away from their own lobby."""
        home, hosts = self.desired.fallback, self.desired.hosts
        return any(
            one.seat.room == JOINT
            or (one.identity not in hosts and one.seat.room != home.get(one.identity, one.seat.room))
            for one in self.people()
        )

    def freeze(self, now: float) -> None:
        """Send everybody to their own lobby and stop recording, until a newer state is given."""
        self.frozen = True
        self._stop_recorders(now)
        self._seat_everybody(now)
        self._emit({"event": "frozen", "sitting": self.name, "version": self.version})

    def close(self, now: float) -> None:
        """End the sitting: everybody leaves, every recording is closed."""
        self.desired = Desired(self.name, self.version)
        self._stop_recorders(now)
        for person in self.people():
            self.remove(person, Reason.ROOM_DELETED, now)

    def state(self, now: float) -> dict[str, Any]:
        """Who is here, where, with which tracks, and what is being recorded."""
        rooms = {
            name: {
                "people": {one.identity: _about(one, now) for one in room.people.values()},
                "recording": room.tap.summary() if room.tap is not None else None,
            }
            for name, room in self.rooms.items()
        }
        return {"sitting": self.name, "version": self.version, "frozen": self.frozen, "rooms": rooms}


def _folder(name: str, now: float) -> str:
    readable = "".join(one if one.isalnum() else "-" for one in name)[:64]
    return f"{readable}-{int(now * 1000)}"


def _held(person: Person) -> set[str]:
    return {sid for sid, one in person.publications.items() if one.info.muted and not one.muted}


def _about(person: Person, now: float) -> dict[str, Any]:
    return {
        "sid": person.sid,
        "connected": person.line is not None,
        "silent_s": round(max(now - person.heard_at, 0.0), 1),
        "tracks": [
            {"sid": sid, "kind": models.TrackType.Name(one.info.type).lower(),
             "source": models.TrackSource.Name(one.info.source).lower(), "muted": one.info.muted}
            for sid, one in person.publications.items() if one.up is not None
        ],
    }  # fmt: skip
