"""Coming in: a token is shown, a place found, a connection made ready; however the client speaks."""

from __future__ import annotations

import time
from collections import Counter

from google.protobuf.message import DecodeError
from livekit.protocol import models
from starlette.requests import ClientDisconnect, HTTPConnection, Request

from signaling.access import Access, Gate, Refused
from signaling.clock import steady
from signaling.house import House
from signaling.link import Link, Owner
from signaling.offering import Offering
from signaling.peer import Peer
from signaling.person import Line, Person
from signaling.port import Port
from signaling.sitting import Sitting


class Visit(Owner):
    """What happens on a person's connection, told to their sitting."""

    def __init__(self, person: Person, house: House, counts: Counter[str]) -> None:
        self.person = person
        self.house = house
        self.counts = counts

    def _sitting(self) -> Sitting | None:
        """Where they are now; nothing once they have left."""
        sitting = self.house.sittings.get(self.person.access.room)
        return sitting if sitting is not None and sitting.holds(self.person) else None

    def connected(self) -> None:
        if sitting := self._sitting():
            self.person.state = models.ParticipantInfo.State.ACTIVE
            sitting.room_of(self.person).tell(self.person)

    def heard(self, now: float) -> None:
        self.person.heard_at = now

    def reachable(self, link: Link) -> None:
        if link is self.person.ears:  # what was said since they came in has reached nobody
            self.person.repeat({}, steady())

    def broken(self) -> None:
        if sitting := self._sitting():
            sitting.remove(self.person, models.DisconnectReason.MEDIA_FAILURE, steady())

    def data(self, kind: int, data: bytes) -> None:
        try:
            packet = models.DataPacket.FromString(data)
        except DecodeError:
            self.counts["malformed"] += 1
            return
        if self.person.access.data and (sitting := self._sitting()):
            sitting.room_of(self.person).relay(self.person, kind, packet, steady())


def token_of(connection: HTTPConnection) -> str:
    """The token of a request: in its header, or in the address where browsers cannot set headers."""
    scheme, _, bearer = connection.headers.get("authorization", "").partition(" ")
    return bearer.strip() if scheme.lower() == "bearer" else connection.query_params.get("access_token", "")


def admitted(gate: Gate, house: House, connection: HTTPConnection) -> Access:
    """What the token allows, once its sitting is here and has a place for them."""
    access = gate.admit(token_of(connection), time.time())
    house.sitting(access.room).seat(access)
    return access


async def body(request: Request, size: int) -> bytes:
    """What a request carries, if it is not too long and its client stays to the end of it."""
    read = bytearray()
    try:
        async for part in request.stream():
            read += part
            if len(read) > size:
                raise Refused(413, "the body is too long")
    except ClientDisconnect as gone:
        raise Refused(400, "the body is cut short") from gone
    return bytes(read)


def newcomer(house: House, port: Port, access: Access, line: Line, now: float) -> Person:
    """A person at the door, with a connection that nothing has passed yet; `Sitting.enter` takes them in."""
    sitting = house.sitting(access.room)
    link = Link(port, Peer(port.outbox, port.counts, port.limits))
    person = Person(access, sitting.seat(access), link.peer, link, line, now)
    link.owner = Visit(person, house, port.counts)
    return person


def hear_apart(house: House, port: Port, person: Person) -> None:
    """Give a person of the older form the second connection, on which they receive and we offer."""
    link = Link(port, Peer(port.outbox, port.counts, port.limits))
    link.owner = Visit(person, house, port.counts)
    person.receive_apart(link.peer, link, Offering())
