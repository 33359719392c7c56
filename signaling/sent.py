"""What was sent to one subscriber, found again by the numbers it was sent under."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

from signaling import copies, wire
from signaling.copies import Span
from signaling.recent import KEPT

if TYPE_CHECKING:
    from signaling.downtrack import DownTrack
    from signaling.layer import Layer
    from signaling.wire import Packet

SPANS = 16  # how many changes a packet to be repeated may have to look back over
REPEAT_AFTER = 0.03  # seconds; a packet is not repeated twice within a round trip


class Sent:
    """Spans of numbers, each with its source; what the source still keeps can be sent once more."""

    def __init__(self, down: DownTrack) -> None:
        self._down = down
        self._spans: deque[Span] = deque(maxlen=SPANS)
        self._repairs = 0  # own numbering of repetitions
        self._repeated: dict[int, float] = {}

    def mark(self, layer: Layer) -> None:
        """From the next number on, sources are found in another way."""
        down = self._down
        self._spans.append(Span(down.numbers.next, layer, down.numbers.offset, down.shift, down.moved()))

    def repeat(self, seq: int, now: float) -> bytes | None:
        """A packet as a repair packet (RFC 4588) where the subscriber knows them."""
        if now - self._repeated.get(seq, 0.0) < REPEAT_AFTER or (data := self._repair(seq)) is None:
            return None
        if len(self._repeated) > KEPT["video"]:
            self._repeated.clear()
        self._repeated[seq] = now
        return data

    def again(self) -> Iterator[bytes]:
        """The last packets, newest first."""
        newest = self._down.numbers.next - 1
        for number in range(newest, newest - KEPT[self._down.track.kind], -1):
            if (data := self._repair(number & 0xFFFF)) is not None:
                yield data

    def _source(self, seq: int) -> tuple[Span, Packet] | None:
        """What was sent under a number, if the source still keeps it."""
        end = self._down.numbers.next
        number = wire.unwrap(seq, end)
        span = next((one for one in reversed(self._spans) if one.first <= number < end), None)
        packet = span.layer.recent.kept(number - span.offset & 0xFFFF) if span is not None else None
        return None if span is None or packet is None else (span, packet)

    def _repair(self, seq: int) -> bytes | None:
        if (found := self._source(seq)) is None:
            return None
        (span, packet), down = found, self._down
        if down.codec.repair_type is None:
            return down.written(packet, seq, span.shift, span.counters)
        self._repairs = self._repairs + 1 & 0xFFFF
        return wire.write(
            down.codec.repair_type,
            packet.marker,
            self._repairs,
            packet.timestamp + span.shift & 0xFFFFFFFF,
            down.repair_ssrc,
            down.extension,
            seq.to_bytes(2, "big") + copies.payload(packet, span.counters),
        )
