"""Messages at the door: the join request read, the greetings written."""

from __future__ import annotations

import base64
import binascii
import time
import zlib
from collections.abc import Mapping

from google.protobuf.message import DecodeError
from livekit.protocol import models, rtc

from signaling.person import Person
from signaling.room import Room
from signaling.turn import Relays
from signaling.wire import Malformed

REQUEST = 1_000_000  # bytes a join request may unpack to
PING_INTERVAL, PING_TIMEOUT = 5, 15  # zero makes one SDK panic and another hang
VERSION = "1.13.0"  # of the protocol we follow; empty or missing, browsers refuse to connect
PROTOCOL = 17
SERVER = models.ServerInfo(
    edition=models.ServerInfo.Edition.Standard, version=VERSION, protocol=PROTOCOL, node_id="odr"
)
CODECS = ("video/VP8", "video/H264", "audio/opus")


def read_join(query: Mapping[str, str]) -> rtc.JoinRequest:
    """Read the wishes of a newcomer from the address, packed into one word or, in the older form, plain."""
    join = rtc.JoinRequest()
    text = query.get("join_request", "")
    if not text:
        join.reconnect = query.get("reconnect") in ("1", "true")
        join.participant_sid = query.get("sid", "")[:64]
        join.connection_settings.auto_subscribe = query.get("auto_subscribe", "1") in ("1", "true")
        join.client_info.version = query.get("version", "")[:64]
        return join
    try:
        wrapped = rtc.WrappedJoinRequest.FromString(
            base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
        )
        content = wrapped.join_request
        if wrapped.compression == rtc.WrappedJoinRequest.Compression.GZIP:
            content = _inflate(content)
        join.ParseFromString(content)
    except Malformed:
        raise
    except (binascii.Error, ValueError, zlib.error, DecodeError) as wrong:
        raise Malformed("join request cannot be read") from wrong
    return join


def _inflate(content: bytes) -> bytes:
    machine = zlib.decompressobj(wbits=31)
    opened = machine.decompress(content, REQUEST)
    if machine.unconsumed_tail:
        raise Malformed("join request is too large")
    return opened


def read_request(data: bytes) -> rtc.SignalRequest:
    """Read one message of a client."""
    try:
        return rtc.SignalRequest.FromString(data)
    except DecodeError as wrong:
        raise Malformed("message cannot be read") from wrong


def greet(person: Person, room: Room, relays: Relays) -> None:
    """Tell a newcomer where they are and who is there."""
    person.send(
        join=rtc.JoinResponse(
            room=room.info(),
            participant=person.info(),
            other_participants=[one.info() for one in room.others(person)],
            server_info=SERVER,
            server_version=VERSION,
            ping_interval=PING_INTERVAL,
            ping_timeout=PING_TIMEOUT,
            subscriber_primary=person.offering is not None,
            enabled_publish_codecs=[models.Codec(mime=mime) for mime in CODECS],
            sif_trailer=b"odr",
            ice_servers=relays.servers(person.identity, time.time()),
        )
    )


def greet_again(person: Person, room: Room, relays: Relays) -> None:
    """Tell somebody who comes back what they missed."""
    servers = relays.servers(person.identity, time.time())
    person.send(
        reconnect=rtc.ReconnectResponse(server_info=SERVER, ice_servers=servers, last_message_seq=person.said)
    )
    everybody = [one.info() for one in room.people.values()]
    person.send(update=rtc.ParticipantUpdate(participants=everybody))
    person.send(room_update=rtc.RoomUpdate(room=room.info()))


def start_over(reason: models.DisconnectReason) -> rtc.SignalResponse:
    """Ask a client to join anew, which SDKs do by themselves, republishing everything."""
    leave = rtc.LeaveRequest(can_reconnect=True, reason=reason, action=rtc.LeaveRequest.Action.RECONNECT)
    return rtc.SignalResponse(leave=leave)
