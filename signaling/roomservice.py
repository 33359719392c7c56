"""The server API of LiveKit for rooms and participants: what each method does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from livekit.protocol import models, room, rtc

from signaling import negotiation, session
from signaling.access import Refused
from signaling.house import House
from signaling.person import Person
from signaling.room import Room
from signaling.sitting import Sitting

EMPTY = 300.0  # seconds a room made beforehand waits for its first guest
NAMED, TEXT, DATA = 256, 4096, 65_536
Reason = models.DisconnectReason
Grants = Mapping[str, Any]


class Failed(Exception):
    """A call had no effect; `code` is Twirp's word for why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Call:
    """One request, with what its token grants."""

    house: House
    asked: Any  # the method's own request message
    grants: Grants
    now: float

    def room(self) -> tuple[Sitting, Room]:
        """The room the request names, if the token rules it."""
        name = self.asked.room
        if self.grants.get("roomAdmin") is not True or self.grants.get("room") != name:
            raise Failed("permission_denied", "the token does not rule this room")
        for sitting in self.house.sittings.values():
            for one in sitting.rooms.values():
                if one.name == name:
                    return sitting, one
        raise Failed("not_found", "no such room")

    def person(self) -> tuple[Sitting, Room, Person]:
        """The participant the request names."""
        sitting, here = self.room()
        person = here.people.get(self.asked.identity)
        if person is None:
            raise Failed("not_found", "no such participant")
        return sitting, here, person

    def needs(self, grant: str) -> None:
        """Refuse who does not hold this grant."""
        if self.grants.get(grant) is not True:
            raise Failed("permission_denied", f"the token lacks {grant}")

    def needs_open_house(self) -> None:
        """Under a control channel rooms and places are decided there."""
        if not self.house.is_open:
            raise Failed("failed_precondition", "rooms are decided over the control channel")


# ---- rooms


def create_room(call: Call) -> models.Room:
    """Make a room ready before anybody comes; a room that exists is returned."""
    call.needs("roomCreate")
    call.needs_open_house()
    asked = call.asked
    if not 0 < len(asked.name) <= NAMED or len(asked.metadata) > TEXT:
        raise Failed("invalid_argument", "the name or the metadata is missing or too long")
    sitting = call.house.sitting(asked.name)
    known = asked.name in sitting.rooms
    made = sitting.room(asked.name, call.now)
    if not known:
        sitting.kept_until = call.now + (asked.empty_timeout or EMPTY)
        sitting.most = asked.max_participants
        made.metadata = asked.metadata
    return made.info()


def list_rooms(call: Call) -> room.ListRoomsResponse:
    """All rooms, or those named."""
    call.needs("roomList")
    rooms = [one for sitting in call.house.sittings.values() for one in sitting.rooms.values()]
    wanted = set(call.asked.names)
    return room.ListRoomsResponse(rooms=[one.info() for one in rooms if not wanted or one.name in wanted])


def delete_room(call: Call) -> room.DeleteRoomResponse:
    """Put everybody out and close the room."""
    call.needs("roomCreate")
    call.needs_open_house()
    if not call.house.close(call.asked.room, call.now):
        raise Failed("not_found", "no such room")
    return room.DeleteRoomResponse()


def update_room_metadata(call: Call) -> models.Room:
    """Change what is written on the room and tell everybody in it."""
    _, here = call.room()
    if len(call.asked.metadata) > TEXT:
        raise Failed("invalid_argument", "the metadata is too long")
    here.metadata = call.asked.metadata
    here.tell_room()
    return here.info()


def send_data(call: Call) -> room.SendDataResponse:
    """Say something to the room, or to some in it, in nobody's name."""
    _, here = call.room()
    asked = call.asked
    if len(asked.data) > DATA:
        raise Failed("invalid_argument", "the data is too long")
    user = models.UserPacket(payload=asked.data, nonce=asked.nonce)
    if asked.HasField("topic"):
        user.topic = asked.topic
    wanted = {*asked.destination_identities, *asked.destination_sids}
    here.announce(asked.kind, models.DataPacket(kind=asked.kind, user=user), wanted)
    return room.SendDataResponse()


# ---- participants


def list_participants(call: Call) -> room.ListParticipantsResponse:
    """Everybody in a room."""
    _, here = call.room()
    return room.ListParticipantsResponse(participants=[one.info() for one in here.people.values()])


def get_participant(call: Call) -> models.ParticipantInfo:
    """One participant."""
    return call.person()[2].info()


def remove_participant(call: Call) -> room.RemoveParticipantResponse:
    """Put a participant out; they are told not to come back by themselves."""
    sitting, _, person = call.person()
    sitting.remove(person, Reason.PARTICIPANT_REMOVED, call.now)
    return room.RemoveParticipantResponse()


def mute_published_track(call: Call) -> room.MuteRoomTrackResponse:
    """Close a track for everybody; its owner may open it again, nobody else can."""
    _, here, person = call.person()
    publication = person.publications.get(call.asked.track_sid)
    if publication is None:
        raise Failed("not_found", "no such track")
    if not call.asked.muted and publication.muted:
        raise Failed("failed_precondition", "only its owner opens a microphone or camera")
    if call.asked.muted and not publication.muted:
        session.mute(person, here, publication, True, call.now)
        person.send(mute=rtc.MuteTrackRequest(sid=publication.info.sid, muted=True))
    return room.MuteRoomTrackResponse(track=publication.info)


def update_participant(call: Call) -> models.ParticipantInfo:
    """Change rights, name, metadata and attributes; a right that is taken ends what it allowed."""
    sitting, here, person = call.person()
    asked = call.asked
    if max(len(asked.name), len(asked.metadata), sum(len(k + v) for k, v in asked.attributes.items())) > TEXT:
        raise Failed("invalid_argument", "name, metadata or attributes are too long")
    changed: dict[str, Any] = {
        key: getattr(asked, key) for key in ("name", "metadata") if getattr(asked, key)
    }
    if asked.attributes:
        merged = {**person.access.attributes, **asked.attributes}
        changed["attributes"] = {key: value for key, value in merged.items() if value}
    if asked.HasField("permission"):
        changed |= _rights(asked.permission)
    person.access = replace(person.access, **changed)
    if asked.name and sitting.is_open:
        person.seat = replace(person.seat, name=asked.name)
    for sid, one in list(person.publications.items()):
        if not (person.access.publish and person.may_publish(one.info.source)) and sitting.is_open:
            negotiation.withdraw(person, here, sid, call.now)
    person.enforce()
    here.attend(person, call.now)
    here.tell(person)
    return person.info()


def _rights(permission: models.ParticipantPermission) -> dict[str, Any]:
    return {
        "publish": permission.can_publish,
        "subscribe": permission.can_subscribe,
        "data": permission.can_publish_data,
        "sources": frozenset(int(one) for one in permission.can_publish_sources),
        "own_metadata": permission.can_update_metadata,
    }


def update_subscriptions(call: Call) -> room.UpdateSubscriptionsResponse:
    """Take or leave tracks for a participant."""
    _, here, person = call.person()
    sids = [*call.asked.track_sids, *(sid for one in call.asked.participant_tracks for sid in one.track_sids)]
    here.choose(person, sids, call.asked.subscribe, call.now)
    return room.UpdateSubscriptionsResponse()


def move_participant(call: Call) -> room.MoveParticipantResponse:
    """Take a participant to another room on the same connection."""
    call.needs_open_house()
    _, _, person = call.person()
    destination = call.asked.destination_room
    if call.grants.get("destinationRoom") != destination or not 0 < len(destination) <= NAMED:
        raise Failed("permission_denied", "the token does not lead to that room")
    if destination == call.asked.room:
        raise Failed("invalid_argument", "they are there already")
    try:
        call.house.move(person, destination, call.now)
    except Refused as refused:
        raise Failed("failed_precondition", str(refused)) from refused
    return room.MoveParticipantResponse()


METHODS: dict[str, tuple[type[Any], Callable[[Call], Any]]] = {
    "CreateRoom": (room.CreateRoomRequest, create_room),
    "ListRooms": (room.ListRoomsRequest, list_rooms),
    "DeleteRoom": (room.DeleteRoomRequest, delete_room),
    "ListParticipants": (room.ListParticipantsRequest, list_participants),
    "GetParticipant": (room.RoomParticipantIdentity, get_participant),
    "RemoveParticipant": (room.RoomParticipantIdentity, remove_participant),
    "MutePublishedTrack": (room.MuteRoomTrackRequest, mute_published_track),
    "UpdateParticipant": (room.UpdateParticipantRequest, update_participant),
    "UpdateSubscriptions": (room.UpdateSubscriptionsRequest, update_subscriptions),
    "SendData": (room.SendDataRequest, send_data),
    "UpdateRoomMetadata": (room.UpdateRoomMetadataRequest, update_room_metadata),
    "MoveParticipant": (room.MoveParticipantRequest, move_participant),
}
