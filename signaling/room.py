"""A room: who is in it receives each other, and nobody else does."""

from __future__ import annotations

from secrets import token_hex
from typing import Any, Protocol

from livekit.protocol import models, rtc

from signaling import quality
from signaling.downtrack import DownTrack
from signaling.person import RELIABLE, Person, Publication
from signaling.replay import Word
from signaling.uptrack import UpTrack

SPEAKING = models.TrackType.AUDIO


class Tap(Protocol):
    """A listener of the whole room that is no person: the recorder."""

    about: dict[str, Any]  # the wish it fulfils
    failed: str  # why it cannot write now, or empty

    def opened(self, person: Person, publication: Publication) -> None: ...

    def closed(self, person: Person, publication: Publication) -> None: ...

    def note(self, kind: str, now: float, **fields: object) -> None: ...

    def summary(self) -> dict[str, Any]: ...

    def close(self, now: float) -> dict[str, Any]:
        """Stop for good; the last summary."""


class Room:
    """People, the subscriptions between them, and what they are told about each other."""

    def __init__(self, name: str, now: float) -> None:
        self.name = name
        self.sid = "RM_" + token_hex(6)
        self.created_at = now
        self.metadata = ""
        self.people: dict[str, Person] = {}
        self.tap: Tap | None = None
        self.speakers: dict[str, models.SpeakerInfo] = {}

    def info(self) -> models.Room:
        """What the people in it may know about the room."""
        return models.Room(
            sid=self.sid,
            name=self.name,
            creation_time=int(self.created_at),
            num_participants=len(self.people),
            active_recording=self.tap is not None,
            metadata=self.metadata,
        )

    def others(self, person: Person) -> list[Person]:
        """Everybody else here."""
        return [one for one in self.people.values() if one is not person]

    # ---- people

    def enter(self, person: Person, now: float) -> None:
        """Take a person in: from now on they and the others receive each other."""
        self.people[person.identity] = person
        self.tell(person, to=self.others(person))
        for publication in person.publications.values():
            self.offer(person, publication, now)
        self.attend(person, now)
        if self.tap is not None:
            self.tap.note("joined", now, identity=person.identity)

    def leave(self, person: Person, now: float) -> None:
        """Let a person go: from this call on no packet passes between them and the room."""
        self.people.pop(person.identity, None)
        for publication in person.publications.values():
            self.withdraw(person, publication, now)
        for down in list(person.downs.values()):
            self._release(person, down, now)
        person.replay.clear()
        gone = person.info()
        gone.state = models.ParticipantInfo.State.DISCONNECTED
        for other in self.people.values():
            other.send(update=rtc.ParticipantUpdate(participants=[gone]))
        self.speakers.pop(person.sid, None)
        if self.tap is not None:
            self.tap.note("left", now, identity=person.identity)

    def tell(self, person: Person, to: list[Person] | None = None) -> None:
        """Send a person's new state to the room."""
        person.version += 1
        update = rtc.ParticipantUpdate(participants=[person.info()])
        for one in self.people.values() if to is None else to:
            one.send(update=update)

    def tell_room(self) -> None:
        """Send the room's new state to everybody in it."""
        for one in self.people.values():
            one.send(room_update=rtc.RoomUpdate(room=self.info()))

    # ---- tracks

    def offer(self, person: Person, publication: Publication, now: float) -> None:
        """A track is there: everybody here receives it."""
        if publication.up is None:
            return
        for other in self.others(person):
            self._subscribe(other, publication, now)
        if self.tap is not None:
            self.tap.opened(person, publication)

    def withdraw(self, person: Person, publication: Publication, now: float) -> None:
        """A track leaves the room: everybody's subscription to it ends."""
        for other in self.others(person):
            if down := other.downs.get(publication.info.sid):
                self._release(other, down, now)
        if publication.up is None:
            return
        publication.up.forget()
        if self.tap is not None:
            self.tap.closed(person, publication)

    def choose(self, person: Person, sids: list[str], subscribe: bool, now: float) -> None:
        """A person takes or leaves tracks of this room; tracks elsewhere do not exist for them."""
        here = {sid: one for other in self.others(person) for sid, one in other.publications.items()}
        for sid in sids:
            if sid not in here:
                continue
            if subscribe:
                person.declined.discard(sid)
                self._subscribe(person, here[sid], now, asked=True)
            else:
                person.declined.add(sid)
                if down := person.downs.get(sid):
                    self._release(person, down, now)

    def carry_on(self, person: Person, down: DownTrack, track: UpTrack) -> None:
        """Send another track of this room where an ended subscription was sent."""
        if person.access.subscribe:
            down.follow(track)
            person.downs[track.sid] = down
            person.receiver.subscribe(person.receiver.sections[down.mid], down)

    def attend(self, person: Person, now: float) -> None:
        """Give a person what they may receive here, and end what they may not."""
        if not person.access.subscribe:
            for down in list(person.downs.values()):
                self._release(person, down, now)
        for other in self.others(person):
            for publication in other.publications.values():
                self._subscribe(person, publication, now)

    def _subscribe(self, person: Person, publication: Publication, now: float, asked: bool = False) -> None:
        sid = publication.info.sid
        if publication.up is None or sid in person.downs or not person.access.subscribe:
            return
        if sid in person.declined or not (asked or person.auto_subscribe):
            return
        down = DownTrack(publication.up, person.receiver)
        person.downs[sid] = down
        if setting := person.settings.get(sid):
            down.want(
                paused=setting.disabled, width=setting.width, height=setting.height, quality=setting.quality
            )
        person.changed_at = now

    def _release(self, person: Person, down: DownTrack, now: float) -> None:
        person.receiver.release(down)
        person.downs.pop(down.track.sid, None)
        person.changed_at = now

    # ---- data and voices

    def relay(self, sender: Person, kind: int, packet: models.DataPacket, now: float) -> None:
        """Pass data on within the room, with the sender's true name on it."""
        numbered = packet.sequence if kind == RELIABLE else 0
        if not sender.says(numbered):
            return
        packet.participant_sid, packet.participant_identity = sender.sid, sender.identity
        if packet.WhichOneof("value") == "user":
            packet.user.participant_sid, packet.user.participant_identity = sender.sid, sender.identity
        wanted = set(packet.destination_identities)
        data = packet.SerializeToString()
        for other in self.others(sender):
            if not wanted or other.identity in wanted:
                other.ears.relay(kind, data)
                if numbered:
                    other.replay.keep(Word(sender.sid, numbered, now, data))

    def announce(self, kind: int, packet: models.DataPacket, wanted: set[str]) -> None:
        """Say something to everybody, or to those named by identity or sid, in nobody's name."""
        data = packet.SerializeToString()
        for one in self.people.values():
            if not wanted or one.identity in wanted or one.sid in wanted:
                one.ears.relay(kind, data)

    def grade(self, now: float) -> None:
        """Tell everybody whose line got better or worse."""
        changed = []
        for person in self.people.values():
            current = quality.judge(person, now)
            if current != person.quality:
                person.quality = current
                changed.append(rtc.ConnectionQualityInfo(participant_sid=person.sid, quality=current))
        if changed:
            for person in self.people.values():
                person.send(connection_quality=rtc.ConnectionQualityUpdate(updates=changed))

    def listen(self, now: float) -> None:
        """Close one interval of loudness and tell everybody when the speakers changed."""
        now_speaking: dict[str, models.SpeakerInfo] = {}
        for person in self.people.values():
            level = 0.0
            for publication in person.publications.values():
                if publication.info.type == SPEAKING and publication.up is not None:
                    publication.up.loudness.close_interval()
                    if publication.up.loudness.active:
                        level = max(level, publication.up.loudness.level)
            if level:
                now_speaking[person.sid] = models.SpeakerInfo(sid=person.sid, level=level, active=True)
        silent = [
            models.SpeakerInfo(sid=sid, level=0, active=False)
            for sid in self.speakers
            if sid not in now_speaking
        ]
        if now_speaking.keys() != self.speakers.keys():
            changed = rtc.SpeakersChanged(speakers=[*now_speaking.values(), *silent])
            for person in self.people.values():
                person.send(speakers_changed=changed)
            if self.tap is not None:
                heard = [one.identity for one in self.people.values() if one.sid in now_speaking]
                self.tap.note("speaking", now, identities=heard)
        self.speakers = now_speaking
