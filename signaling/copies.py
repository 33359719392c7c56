"""Packets as they go to one subscriber: what changes is remembered, and written only where they leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from struct import Struct, pack_into
from typing import TYPE_CHECKING, NamedTuple, Protocol

from signaling import vp8
from signaling.wire import HEADER

if TYPE_CHECKING:
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


@dataclass(slots=True)
class Copy:
    """Packets of a source that follow each other, for one subscriber."""

    down: DownTrack
    packets: Sequence[Packet]
    number: int  # of the first, as sent
    shift: int  # of timestamps
    counters: vp8.Counters | None
    transport: int = 0  # the connection's number for the first, if it counts them

    def written(self) -> list[bytes]:
        """The packets as they leave, in clear."""
        down, shift, moved = self.down, self.shift, self.counters
        pack, ssrc, kind = down.head.pack, down.ssrc, down.codec.payload_type
        leading, number, transport = 0x90 if down.extension else 0x80, self.number, self.transport
        (before, after), written = down.block, []
        for packet in self.packets:
            block = (before, transport & 0xFFFF, after) if down.numbered else (before,)
            head = pack(leading, kind | packet.marker << 7, number & 0xFFFF,
                        packet.timestamp + shift & 0xFFFFFFFF, ssrc, *block)  # fmt: skip
            written.append(head + (packet.payload if moved is None else payload(packet, moved)))
            number += 1
            transport += 1
        return written


def head(extension: bytes, counted: bool) -> tuple[Struct, tuple[bytes, bytes]]:
    """How to pack what lies before a payload, and the extension's parts before and after the transport number."""
    if not counted:
        return Struct(f"{HEADER.format}{len(extension)}s"), (extension, b"")
    at = NUMBER_AT - HEADER.size
    before, after = extension[:at], extension[at + 2 :]
    return Struct(f"{HEADER.format}{len(before)}sH{len(after)}s"), (before, after)


class Sink(Protocol):
    """Where the packets of a subscription go."""

    def take(self, down: DownTrack, packets: Sequence[bytes], now: float) -> None: ...

    def copy(self, one: Copy, octets: int, now: float) -> bool:
        """Send packets that need nothing but new heads, `octets` in all; false when it must be done singly."""

    def lay(self, down: DownTrack, words: memoryview) -> bool:
        """Write into a subscription's row where its packets go; false when only Python can bring them there."""

    def clock(self, down: DownTrack, now: float) -> None:
        """The source's clock has been told anew: `report` of the subscription says how."""


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
