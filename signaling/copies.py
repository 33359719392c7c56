"""Packets as they go to one subscriber: what changes is remembered, and written only where they leave."""

from __future__ import annotations

from collections.abc import Sequence
from struct import pack_into
from typing import TYPE_CHECKING, NamedTuple, Protocol

from signaling import vp8

if TYPE_CHECKING:
    from signaling import rtcp
    from signaling.downtrack import DownTrack
    from signaling.layer import Layer
    from signaling.wire import Packet

NUMBER_AT = 17  # where the transport number stands in a packet: first element of its first extension


class Span(NamedTuple):
    """A stretch of a subscription in which numbers, clock and counters differ from the source's by the same."""

    first: int  # the number with which it begins, as sent, unwrapped
    layer: Layer
    offset: int  # from the source's numbers to those sent
    shift: int  # of timestamps
    counters: vp8.Counters | None  # of picture numbers; nothing when they are the source's


class Copy(NamedTuple):
    """Packets of a source that follow each other, for one subscriber."""

    down: DownTrack
    packets: Sequence[Packet]
    number: int  # of the first, as sent
    shift: int  # of timestamps
    counters: vp8.Counters | None
    transport: int = -1  # the connection's number for the first, if it counts them

    def written(self) -> list[bytes]:
        """The packets as they leave, in clear."""
        down, shift, moved = self.down, self.shift, self.counters
        pack, extension, ssrc = down.head.pack, down.extension, down.ssrc
        leading, kind = 0x90 if extension else 0x80, down.codec.payload_type
        data = [
            pack(leading, kind | packet.marker << 7, number & 0xFFFF,
                 packet.timestamp + shift & 0xFFFFFFFF, ssrc, extension) + payload(packet, moved)
            for number, packet in enumerate(self.packets, self.number)
        ]  # fmt: skip
        return data if self.transport < 0 else numbered(data, self.transport)


class Sink(Protocol):
    """Where the packets of a subscription go."""

    def take(self, down: DownTrack, packets: Sequence[bytes], now: float) -> None: ...

    def copy(self, one: Copy, octets: int, now: float) -> bool:
        """Send packets that need nothing but new heads, `octets` in all; false when it must be done singly."""

    def lay(self, down: DownTrack, words: memoryview) -> bool:
        """Write into a subscription's row where its packets go; false when only Python can bring them there."""

    def clock(self, down: DownTrack, report: rtcp.SenderReport, now: float) -> None: ...


def numbered(packets: Sequence[bytes], first: int) -> list[bytes]:
    """The same packets with the connection's own numbers in them."""
    written = []
    for number, data in enumerate(packets, first):
        copy = bytearray(data)
        pack_into("!H", copy, NUMBER_AT, number & 0xFFFF)
        written.append(bytes(copy))
    return written


def counters(came: vp8.Descriptor, shift: vp8.Counters) -> vp8.Counters:
    """The picture numbers under which a packet goes out."""
    return vp8.Counters(
        came.picture + shift.picture & 0x7FFF, came.tl0 + shift.tl0 & 0xFF, came.key + shift.key & 0x1F
    )


def payload(packet: Packet, shift: vp8.Counters | None) -> bytes:
    """What a packet carries, with its picture numbers moved."""
    came = vp8.parse(packet.payload) if shift is not None else None
    if came is None or shift is None:
        return packet.payload
    return vp8.rewrite(packet.payload, came, counters(came, shift))
