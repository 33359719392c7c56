"""A track as one subscriber receives it: a browser, a recorder, any sink alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from signaling import rtcp, vp8, wire
from signaling.seqmap import SeqMap
from signaling.uptrack import Codec, Layer, UpTrack, new_ssrc

if TYPE_CHECKING:
    from signaling.wire import Packet

HISTORY = 512  # packets kept for repetition
REPEAT_AFTER = 0.05  # a packet is not repeated twice within a round trip
TOP = 99


class Sink(Protocol):
    """Where the packets of a subscription go."""

    def take(self, down: DownTrack, data: bytes, now: float) -> None: ...

    def clock(self, down: DownTrack, report: rtcp.SenderReport, now: float) -> None: ...


class DownTrack:
    """One subscription: what the subscriber wants and how the source is rewritten for it."""

    def __init__(self, track: UpTrack, sink: Sink) -> None:
        self.track = track
        self.sink = sink
        self.mid = ""
        self.codec = track.codec
        self.ssrc, self.repair_ssrc = new_ssrc(), new_ssrc()
        self.extension = b""
        self.paused = False
        self.resumed = False
        self.clocked = False  # the sink knows the source's clock
        self.rank = TOP
        self.layer: Layer | None = None
        self.target: Layer | None = None
        self.numbers = SeqMap(first=new_ssrc() & 0x3FFF)
        self.repairs = 0  # own numbering of repetitions
        self.shift = 0  # of timestamps
        self.last = (0, 0.0)  # highest timestamp sent, and when
        self.counters = vp8.Counters(0, 0, 0)
        self.counter_shift = vp8.Counters(0, 0, 0)
        self.history: list[tuple[int, int, int, bytes] | None] = [None] * (
            HISTORY if track.kind == "video" else 0
        )
        self.repeated: dict[int, float] = {}
        self.packets = self.octets = 0
        self.loss = 0  # of 256, as the receiver reports it

    def bind(self, mid: str, codec: Codec, extension: bytes) -> None:
        """Start sending through one section of the subscriber's description."""
        self.mid, self.codec, self.extension = mid, codec, extension
        self.attach()

    def attach(self) -> None:
        """Stand in the track's list: from now on packets come."""
        if self not in self.track.downs:
            self.track.downs.append(self)
        for layer in self.track.layers.values():
            if not layer.since_keyframe():
                layer.want_keyframe()

    def detach(self) -> None:
        """Leave the track's list: nothing more comes, from this moment."""
        if self in self.track.downs:
            self.track.downs.remove(self)

    def want(self, *, paused: bool, width: int = 0, quality: int = 2) -> None:
        """What the subscriber can use: nothing, a picture of this width, or this quality (0, 1, 2)."""
        self.resumed = self.resumed or (self.paused and not paused)
        self.paused = paused
        fitting = [rank for rank, size in enumerate(self.track.sizes) if width and size[0] >= width]
        self.rank = fitting[0] if fitting else (TOP if width else quality)
        if self.resumed and self.layer is not None:
            self.layer.want_keyframe()

    def choose(self, now: float) -> None:
        """Aim at the best layer there is; the change itself waits for its keyframe."""
        best = self.track.best(self.rank, now)
        if best is None or self.paused:
            return
        self.target = best
        if self.layer is None and (picture := best.since_keyframe()):
            self.write(best, picture[0], now)
        elif best is not self.layer:
            best.want_keyframe()

    def write(self, layer: Layer, packet: Packet, now: float) -> None:
        """Pass on one source packet; a new picture begins with its keyframe and all that already followed."""
        if self.paused:
            return
        if layer is self.layer and not self.resumed:
            self._pass_on(packet, now)
        elif self._begin(layer, packet, now):
            self._pass_on(packet, now)
            for later in layer.since_keyframe()[1:]:
                self._pass_on(later, now)

    def _pass_on(self, packet: Packet, now: float) -> None:
        """Rewrite one packet for this subscriber and hand it to the sink."""
        number = self.numbers.forward(packet.seq)
        if number is None:
            return
        timestamp = (packet.timestamp + self.shift) & 0xFFFFFFFF
        payload = self._count(packet) if packet.descriptor is not None else packet.payload
        if (timestamp - self.last[0]) & 0xFFFFFFFF < 0x80000000:
            self.last = (timestamp, now)
        if self.history:
            self.history[number % HISTORY] = (number, timestamp, packet.marker, payload)
        self.packets += 1
        self.octets += len(payload)
        data = wire.write(
            self.codec.payload_type,
            packet.marker,
            number,
            timestamp,
            self.ssrc,
            self.extension,
            payload,
        )
        self.sink.take(self, data, now)

    def _begin(self, layer: Layer, packet: Packet, now: float) -> bool:
        """Change to a layer or resume one, only with its keyframe; true when this packet is the first."""
        if self.track.kind == "video" and not packet.keyframe:
            return False
        if layer is not self.layer and layer is not (self.target or layer):
            return False
        if self.layer is not None:
            self._align(self.layer, layer, packet, now)
        else:  # numbers begin anywhere: what counts as ahead is measured from here
            self.last = (packet.timestamp, now)
            if (came := packet.descriptor) is not None:
                self.counters = vp8.Counters(came.picture, came.tl0, came.key)
        self.numbers.restart(packet.seq)
        self.layer, self.resumed = layer, False
        return True

    def _align(self, former: Layer, layer: Layer, packet: Packet, now: float) -> None:
        """Clock and counters of another layer run on where the last picture ended."""
        if layer is not former:
            last, sent_at = self.last
            ntp = layer.ntp_of(packet.timestamp)
            same = former.timestamp_at(ntp) if ntp is not None else None
            if same is None:
                out = last + int((now - sent_at) * self.track.clock_rate)
            else:
                out = wire.unwrap((same + self.shift) & 0xFFFFFFFF, last, 32)
            self.shift = (max(out, last + 1) - packet.timestamp) & 0xFFFFFFFF
        if packet.descriptor is not None:
            came, sent = packet.descriptor, self.counters
            self.counter_shift = vp8.Counters(
                sent.picture + 1 - came.picture, sent.tl0 + 1 - came.tl0, sent.key + 1 - came.key
            )

    def _count(self, packet: Packet) -> bytes:
        came, shift = packet.descriptor, self.counter_shift
        assert came is not None
        counters = vp8.Counters(
            came.picture + shift.picture & 0x7FFF, came.tl0 + shift.tl0 & 0xFF, came.key + shift.key & 0x1F
        )
        if (counters.picture - self.counters.picture) & 0x7FFF < 0x4000:
            self.counters = counters
        if not any(shift):
            return packet.payload
        return vp8.rewrite(packet.payload, came, counters)

    def repeat(self, seq: int, now: float) -> bytes | None:
        """A sent packet once more, as a repair packet (RFC 4588) where the subscriber knows them."""
        kept = self.history[seq % HISTORY] if self.history else None
        if kept is None or kept[0] != seq or now - self.repeated.get(seq, 0.0) < REPEAT_AFTER:
            return None
        if len(self.repeated) > HISTORY:
            self.repeated.clear()
        self.repeated[seq] = now
        number, timestamp, marker, payload = kept
        if self.codec.repair_type is None:
            return wire.write(
                self.codec.payload_type, marker, number, timestamp, self.ssrc, self.extension, payload
            )
        self.repairs = self.repairs + 1 & 0xFFFF
        return wire.write(
            self.codec.repair_type,
            marker,
            self.repairs,
            timestamp,
            self.repair_ssrc,
            self.extension,
            number.to_bytes(2, "big") + payload,
        )

    def report(self, now: float) -> rtcp.SenderReport | None:
        """The source's clock as this subscriber should see it: lip-sync depends on it."""
        if self.layer is None or self.layer.sender is None:
            return None
        source, came_at = self.layer.sender
        passed = now - came_at
        ntp = source.ntp + int(passed * (1 << 32))
        timestamp = source.timestamp + int(passed * self.track.clock_rate) + self.shift
        return rtcp.SenderReport(self.ssrc, ntp & 0xFFFFFFFFFFFFFFFF, timestamp & 0xFFFFFFFF)
