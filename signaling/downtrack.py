"""A track as one subscriber receives it: a browser, a recorder, any sink alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from signaling import copies, rows, rtcp, vp8, wire
from signaling.allocator import Demand
from signaling.copies import Copy, Sink
from signaling.followers import Followers
from signaling.layer import Layer
from signaling.sent import Sent
from signaling.seqmap import SeqMap
from signaling.uptrack import Codec, UpTrack, new_ssrc

if TYPE_CHECKING:
    from signaling.wire import Packet

NEARLY = 0.9  # a picture is not noticed to be so much smaller than its tile
REPAIRED_WITHIN = 1.0  # seconds; what is behind after a longer silence comes from a clock set anew
TOP = 99


class DownTrack:
    """One subscription: what the subscriber wants and how the source is rewritten for it."""

    def __init__(self, track: UpTrack, sink: Sink, *, from_now: bool = False) -> None:
        self.track = track
        self.from_now = from_now  # nothing that was sent before: nobody had agreed to its being recorded
        self.before: dict[int, int] = {}  # the last number of each stream that was sent before
        self.sink = sink
        self.mid = ""
        self.codec = track.codec
        self.ssrc, self.repair_ssrc = new_ssrc(), new_ssrc()
        self.extension = b""
        self.numbered = False  # packets leave room for the transport number of the connection
        self.urgent = track.kind == "audio"
        self.paused = False  # the subscriber does not want it now
        self.starved = self.told_starved = False  # it does not fit the subscriber's line now
        self.resumed = False
        self.clocked = False  # the sink knows the source's clock
        self.rank = TOP  # the largest picture the subscriber can use
        self.granted = TOP  # the largest its line has room for
        self.width = 0
        self.layer: Layer | None = None
        self.target: Layer | None = None
        self.numbers = SeqMap(first=new_ssrc() & 0x3FFF)
        self.shift = 0  # of timestamps
        self.last = (0, 0.0)  # highest timestamp sent, and when
        self.latest: Packet | None = None  # of the newest picture sent
        self._latest: int | None = None  # the same by its number, while others are followed
        self.counter_shift = vp8.Counters(0, 0, 0)
        self.shifted = False  # the picture's counters are not the source's
        self.head, self.block = copies.head(b"", False)
        self._extension = rows.Memory(bytearray())  # where compiled code finds it
        self._sent = Sent(self)
        self.followed: Followers | None = None  # with whom packets come that need nothing but new heads
        self._joined = (0, 0)  # packets and octets they had got when these were last counted here
        self.packets = self.octets = 0
        self.loss = 0  # of 256, as the receiver reports it

    def bind(self, mid: str, codec: Codec, extension: bytes, numbered: bool = False) -> None:
        """Start sending through one section of the subscriber's description."""
        self.mid, self.codec, self.extension, self.numbered = mid, codec, extension, numbered
        self.head, self.block = copies.head(extension, numbered)
        self._extension = rows.Memory(bytearray(extension))
        self.leave()
        self.attach()

    def attach(self) -> None:
        """Stand in the track's list: from now on packets come."""
        self.track.halt()
        if self not in self.track.downs:
            self.track.downs.append(self)
        for layer in self.track.layers.values():
            if self.from_now and layer.highest is not None:
                self.before[layer.ssrc] = layer.highest
            if self.from_now or layer.kept_picture() is None:
                layer.want_keyframe()

    def detach(self) -> None:
        """Leave the track's list: nothing more comes, from this moment."""
        self.leave()
        if self in self.track.downs:
            self.track.downs.remove(self)

    def follow(self, track: UpTrack) -> None:
        """Go on with another track of the same codec, as if it were the same: no new description is needed."""
        self.break_off()
        self.track, self.target, self.clocked = track, None, False
        self.attach()

    def want(self, *, paused: bool, width: int = 0, height: int = 0, quality: int = 2) -> None:
        """What the subscriber can use: nothing, a picture of this size, or this quality (0, 1, 2)."""
        self.leave()
        self.paused = paused
        side = min(width, height or width) * NEARLY  # shorter sides: an upright picture stands in a wide tile
        fitting = [rank for rank, size in enumerate(self.track.sizes)
                   if width and (min(size) if height else size[0]) >= side]  # fmt: skip
        self.width = width
        self.rank = fitting[0] if fitting else (TOP if width else quality)
        if self.resumed and not paused and self.layer is not None:
            self.layer.want_keyframe()

    def demand(self, now: float) -> Demand[int]:
        """What the pictures the subscriber can use would cost."""
        rates = self.track.rates(now)[: self.rank + 1]
        current = self.layer.rank if self.layer is not None and not (self.starved or self.resumed) else -1
        weight = self.width + (1e6 if self.track.screen else 0.0)
        return Demand(self.ssrc, tuple(rates), weight, current)

    def usable(self) -> int:
        """The largest layer this subscription can make use of now; −1 for none."""
        return -1 if self.paused or self.starved else min(self.rank, self.granted)

    def grant(self, rank: int, now: float) -> None:
        """What the line has room for: nothing (−1) or pictures up to this layer."""
        if rank < 0:
            self.leave()
            self.starved = True
            return
        self.starved, self.granted = False, rank
        self.choose(now)

    def choose(self, now: float) -> None:
        """Aim at the best layer there is; the change itself waits for its keyframe."""
        if (
            self.paused
            or self.starved
            or (best := self.track.best(min(self.rank, self.granted), now)) is None
        ):
            return
        if best is self.layer and not self.resumed:
            self.target = best
            return
        if best is not self.layer:
            self.leave()
        self.target = best
        if self.layer is not None and best.rank < self.layer.rank and self.granted < self.layer.rank:
            self.resumed = True  # too much for the line: nothing of it is sent while the smaller one begins
        if self.layer is None and not self.from_now and (picture := best.kept_picture()):
            self.write(best, [picture], now)
        elif best is not self.layer or self.resumed:
            best.want_keyframe()

    def write(self, layer: Layer, packets: Sequence[Packet], now: float) -> None:
        """Pass on source packets; a new picture begins with its keyframe and all that already followed."""
        if self.paused or self.starved:
            self.resumed = True  # from the first packet left out, only a keyframe leads back
            return
        if layer is self.layer and not self.resumed:
            self._pass_on(packets, now)
            return
        for at, packet in enumerate(packets):
            if self._begin(layer, packet, now):
                since = layer.since_keyframe()
                self._pass_on(since if since and since[0].seq == packet.seq else packets[at:], now)
                return

    def _pass_on(self, packets: Sequence[Packet], now: float) -> None:
        """Rewrite packets for this subscriber and hand them to the sink."""
        data = []
        for packet in packets:
            if (number := self.numbers.forward(packet.seq)) is not None:
                data.append(self.written(packet, number, self.shift, self.moved()))
                if self._count(packet.timestamp, 1, len(packet.payload), now):
                    self.latest = packet
        if data:
            self.sink.take(self, data, now)

    def moved(self) -> vp8.Counters | None:
        """By how much picture numbers are moved, if they are."""
        return self.counter_shift if self.shifted else None

    def _count(self, newest: int, packets: int, octets: int, at: float) -> bool:
        """Count what was sent up to this timestamp; whether that is the highest so far."""
        self.packets += packets
        self.octets += octets
        timestamp = newest + self.shift & 0xFFFFFFFF
        if timestamp - self.last[0] & 0xFFFFFFFF >= 0x80000000:
            return False
        self.last = (timestamp, at)
        return True

    def written(self, packet: Packet, number: int, shift: int, counters: vp8.Counters | None) -> bytes:
        """A packet as the subscriber gets it."""
        return wire.write(
            self.codec.payload_type,
            packet.marker,
            number & 0xFFFF,
            packet.timestamp + shift & 0xFFFFFFFF,
            self.ssrc,
            self.extension,
            copies.payload(packet, counters),
        )

    # ---- the usual case: a layer's packets in order, with nothing but new heads

    def joins(self, layer: Layer) -> bool:
        """Whether all that comes next from this layer is simply passed on; what was sent is counted later."""
        if self.resumed or self.paused or self.starved or layer is not self.layer:
            return False
        last = self.numbers.highest
        if self.target not in (None, layer) or last is None or (last - (layer.highest or 0)) & 0xFFFF:
            return False
        self.followed, self._joined = layer.followers, (layer.followers.packets, layer.followers.octets)
        return True

    def copy(self, packets: Sequence[Packet], octets: int, now: float) -> bool:
        """The next packets of the layer that is followed; false when they must be written one by one."""
        assert self.followed is not None
        number = self.numbers.next + self.followed.packets - self._joined[0] & 0xFFFF
        octets += len(packets) * self.head.size
        return self.sink.copy(Copy(self, packets, number, self.shift, self.moved()), octets, now)

    def ignores(self, layer: Layer) -> bool:
        """Whether no packet of a layer but the first of a whole picture means anything here."""
        if self.paused or self.starved:
            return self.resumed
        return self.track.kind == "video" and (self.resumed or layer is not self.layer)

    def lay(self, words: memoryview) -> bool:
        """Write down for compiled code how the next packets are rewritten; false when only Python can."""
        assert self.followed is not None
        assert self.numbers.highest is not None
        self._catch_up()
        words[rows.SSRC], words[rows.OFFSET] = self.ssrc, self.numbers.offset
        words[rows.SHIFT], words[rows.TYPE] = self.shift, self.codec.payload_type
        words[rows.BLOCK], words[rows.BLOCK_SIZE] = self._extension.at, self._extension.size
        words[rows.NUMBERED], words[rows.URGENT] = self.numbered, self.urgent
        words[rows.SHIFTED] = self.shifted
        words[rows.PICTURE], words[rows.TL0], words[rows.KEY] = self.counter_shift
        return self.sink.lay(self, words)

    def leave(self) -> None:
        """What comes next is no longer the usual case."""
        self.track.halt()
        if self.followed is not None:
            self._catch_up()
            if self._latest is not None and self.layer is not None:
                self.latest = self.layer.recent.kept(self._latest) or self.latest
            self._latest = None
            self.followed.downs.remove(self)
            self.followed = None

    def _catch_up(self) -> None:
        if (group := self.followed) is None:
            return
        count, octets = group.packets - self._joined[0], group.octets - self._joined[1]
        if count:
            self._joined = (group.packets, group.octets)
            self.numbers.advance(count)
            if self._count(group.newest[1], count, octets, group.newest_at):
                self._latest = group.newest[0]

    def break_off(self) -> None:
        """Something is left out: only a keyframe leads back."""
        self.leave()
        self.resumed = True

    def skip(self, seq: int) -> None:
        """A packet without content: its number is given to the next."""
        self.leave()
        if self.numbers.drop(seq) and self.layer is not None:
            self._sent.mark(self.layer)

    def _begin(self, layer: Layer, packet: Packet, now: float) -> bool:
        """Change to a layer or resume one, only with its keyframe; true when this packet is the first."""
        if self.track.kind == "video" and not packet.keyframe:
            return False
        if layer is not (self.target or layer):
            return False
        if self._came_before(layer, packet):  # and was repaired since
            layer.want_keyframe()
            return False
        behind = packet.timestamp + self.shift - self.last[0] & 0x80000000
        if layer is self.layer and behind and now - self.last[1] < REPAIRED_WITHIN:
            layer.want_keyframe()  # this one was repaired so late that newer pictures have been shown
            return False
        if self.layer is not None:
            self._align(self.layer, layer, packet, now)
        else:  # numbers begin anywhere: what counts as ahead is measured from here
            self.last = (packet.timestamp, now)
        self.numbers.restart(packet.seq)
        self.layer, self.resumed = layer, False
        self._sent.mark(layer)
        return True

    def _came_before(self, layer: Layer, packet: Packet) -> bool:
        """Whether a packet belongs before the moment from which on everything may be had."""
        last = self.before.get(layer.ssrc)
        return last is not None and wire.unwrap(packet.seq, layer.highest or last) <= last

    def _align(self, former: Layer, layer: Layer, packet: Packet, now: float) -> None:
        """Clock and counters of another layer run on where the last picture ended."""
        if layer is not former:
            last, sent_at = self.last
            related = layer.track is former.track  # another track has a clock of its own
            ntp = layer.ntp_of(packet.timestamp) if related else None
            same = former.timestamp_at(ntp) if ntp is not None else None
            if same is None:
                out = last + int((now - sent_at) * self.track.clock_rate)
            else:
                out = wire.unwrap((same + self.shift) & 0xFFFFFFFF, last, 32)
            self.shift = (max(out, last + 1) - packet.timestamp) & 0xFFFFFFFF
        if self.track.codec.name == "vp8" and (came := vp8.parse(packet.payload)) is not None:
            latest = vp8.parse(self.latest.payload) if self.latest is not None else None
            sent = copies.counters(latest, self.counter_shift) if latest is not None else came
            self.counter_shift = vp8.Counters(
                sent.picture + 1 - came.picture, sent.tl0 + 1 - came.tl0, sent.key + 1 - came.key
            )
            self.shifted = any(self.counter_shift)

    def want_keyframe(self) -> None:
        """The subscriber cannot go on without a whole picture."""
        if self.layer is not None and not (self.paused or self.starved):
            (self.target or self.layer).want_keyframe()

    def repeat(self, seq: int, now: float) -> bytes | None:
        """A sent packet once more, unless a new picture begins anyway."""
        if self.resumed or self.paused or self.starved:
            return None
        self._catch_up()
        return self._sent.repeat(seq, now)

    def again(self) -> Iterator[bytes]:
        """The last packets once more, newest first: padding that may even be of use."""
        self._catch_up()
        return self._sent.again()

    def rate(self, now: float) -> float:
        """Bits per second sent now, as the source comes."""
        if self.layer is None or self.paused or self.starved or not self.layer.alive(now):
            return 0.0
        return self.layer.rate

    def report(self, now: float) -> rtcp.SenderReport | None:
        """The source's clock as this subscriber should see it: lip-sync depends on it."""
        self._catch_up()
        if self.layer is None or self.layer.sender is None:
            return None
        source, came_at = self.layer.sender
        passed = now - came_at
        ntp = source.ntp + int(passed * (1 << 32))
        timestamp = source.timestamp + int(passed * self.track.clock_rate) + self.shift
        return rtcp.SenderReport(self.ssrc, ntp & 0xFFFFFFFFFFFFFFFF, timestamp & 0xFFFFFFFF)
