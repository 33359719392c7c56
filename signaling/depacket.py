"""From packets back to frames: one track's packets in order, each once, put together again (VP8, Opus).

After a hole in a picture stream nothing is a picture until the next keyframe; what was lost stays lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from signaling import vp8, wire
from signaling.records import Track

# A retransmission comes within a second or two, or not at all.
PATIENCE_NS = 2_000_000_000
MOST_HELD = 2_000
# A number this far back is no late packet but a sender that began again.
RESTART = 1_000
_KEYFRAME_START = b"\x9d\x01\x2a"


class Frame(NamedTuple):
    """One picture or one stretch of sound."""

    run: int
    time: int
    arrival_ns: int
    data: bytes
    key: bool
    duration_ns: int


class Arrived(NamedTuple):
    """A packet with its RTP time counted on beyond 32 bits."""

    packet: wire.Packet
    time: int
    arrival_ns: int


class Assembler(Protocol):
    """Makes frames of one codec."""

    def packet(self, run: int, arrived: Arrived, lost: bool) -> Frame | None:
        """The frame that this packet completes."""


class Vp8:
    """Pictures: from the first packet of a frame to the one with the marker."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._first: Arrived | None = None
        self._waits_for_key = True

    def packet(self, run: int, arrived: Arrived, lost: bool) -> Frame | None:
        """The frame that this packet completes."""
        payload = arrived.packet.payload
        descriptor = vp8.parse(payload)
        if lost:
            self._spoil()
        if descriptor is None:
            return None
        if descriptor.starts:
            if self._parts:  # the frame before it never ended
                self._spoil()
            self._first = arrived
        if self._first is not None:
            self._parts.append(payload[descriptor.size :])
        return self._whole(run) if arrived.packet.marker else None

    def _spoil(self) -> None:
        self._parts, self._first, self._waits_for_key = [], None, True

    def _whole(self, run: int) -> Frame | None:
        first, data = self._first, b"".join(self._parts)
        self._parts, self._first = [], None
        if first is None:
            self._waits_for_key = True
            return None
        key = vp8_size(data) is not None
        says_key = not data[0] & 1
        self._waits_for_key = not key and (self._waits_for_key or says_key)
        if self._waits_for_key:
            return None
        return Frame(run, first.time, first.arrival_ns, data, key, 0)


class Opus:
    """Sound: each packet stands alone."""

    def packet(self, run: int, arrived: Arrived, lost: bool) -> Frame | None:
        """The stretch of sound in this packet."""
        data = arrived.packet.payload
        duration = opus_duration_ns(data)
        return Frame(run, arrived.time, arrived.arrival_ns, data, True, duration) if duration else None


ASSEMBLERS: dict[str, type[Vp8] | type[Opus]] = {"vp8": Vp8, "opus": Opus}


def codec(track: Track) -> str:
    """The codec's bare name: `video/VP8` and `VP8` are the same."""
    return track.codec.rpartition("/")[2].lower()


def vp8_size(frame: bytes) -> tuple[int, int] | None:
    """Width and height that a keyframe states; nothing for other frames (RFC 6386 §9.1)."""
    if len(frame) < 10 or frame[0] & 1 or frame[3:6] != _KEYFRAME_START:
        return None
    width = int.from_bytes(frame[6:8], "little") & 0x3FFF
    height = int.from_bytes(frame[8:10], "little") & 0x3FFF
    return (width, height) if width and height else None


def opus_duration_ns(packet: bytes) -> int:
    """How much sound a packet holds (RFC 6716 §3.1); 0 when it cannot be one."""
    if not packet:
        return 0
    number, code = packet[0] >> 3, packet[0] & 3
    if number < 12:
        frame = (10_000, 20_000, 40_000, 60_000)[number & 3]
    elif number < 16:
        frame = (10_000, 20_000)[number & 1]
    else:
        frame = (2_500, 5_000, 10_000, 20_000)[number & 3]
    count = (1, 2, 2, packet[1] & 63 if len(packet) > 1 else 0)[code]
    microseconds = frame * count
    return microseconds * 1_000 if microseconds <= 120_000 else 0


class Order:
    """Packets by their number; a hole is waited for, then given up."""

    def __init__(self, first: int) -> None:
        # The first to arrive need not be the first sent.
        self._next = first - 32
        self._held: dict[int, Arrived] = {}

    def put(self, number: int, arrived: Arrived) -> None:
        """Keeps a packet until its turn; late and repeated ones are not kept."""
        if number >= self._next:
            self._held.setdefault(number, arrived)

    def ready(self, now_ns: int | None) -> Iterator[tuple[Arrived, bool]]:
        """The packets whose turn it is, each with whether some before it are lost; None ends all waiting."""
        while self._held:
            lost = self._next not in self._held
            if lost:
                if now_ns is not None and not self._is_overdue(now_ns):
                    return
                self._next = min(self._held)
            yield self._held.pop(self._next), lost
            self._next += 1

    def _is_overdue(self, now_ns: int) -> bool:
        oldest = next(iter(self._held.values()))
        return now_ns - oldest.arrival_ns > PATIENCE_NS or len(self._held) > MOST_HELD


class Feed:
    """One track: packets as they came in, frames out."""

    def __init__(self, track: Track) -> None:
        self.track = track
        self.run = -1
        self._assembler = ASSEMBLERS[codec(track)]
        self._ssrc = -1
        self._number = self._time = 0

    def packet(self, data: bytes, arrival_ns: int) -> list[Frame]:
        """The frames that are complete with this packet."""
        try:
            packet = wire.parse(data)
        except wire.Malformed:
            return []
        number = wire.unwrap(packet.seq, self._number)
        frames: list[Frame] = []
        if packet.ssrc != self._ssrc or number < self._number - RESTART:
            frames = self.finish()
            self._begin(packet)
            number = packet.seq
        self._number = max(self._number, number)
        self._time = self.unwrapped(packet.timestamp)
        if packet.payload_type != self.track.payload_type:
            packet.payload = b""
        self._order.put(number, Arrived(packet, self._time, arrival_ns))
        return frames + self.settle(arrival_ns)

    def settle(self, now_ns: int | None) -> list[Frame]:
        """The frames that need not wait any longer."""
        if self.run < 0:
            return []
        made = (self._frames.packet(self.run, *ready) for ready in self._order.ready(now_ns))
        return [frame for frame in made if frame is not None]

    def finish(self) -> list[Frame]:
        """The frames that are left when nothing more comes."""
        return self.settle(None)

    def unwrapped(self, rtp_ts: int) -> int:
        """An RTP time of the present run, counted on beyond 32 bits."""
        return wire.unwrap(rtp_ts, self._time, 32)

    def _begin(self, packet: wire.Packet) -> None:
        self.run += 1
        self._ssrc = packet.ssrc
        self._number, self._time = packet.seq, packet.timestamp
        self._order = Order(packet.seq)
        self._frames: Assembler = self._assembler()
