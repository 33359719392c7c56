"""One media connection of a person: packets come in by stream number, reports and requests go out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat

from signaling import arrivals, rows, rtcp, wire
from signaling.arrivals import Arrivals
from signaling.bandwidth import LossRule
from signaling.budget import BAD_PER_SECOND, Budget, Limits
from signaling.copies import Copy
from signaling.downtrack import DownTrack
from signaling.layer import Layer
from signaling.sending import SHARE_EVERY, Sending
from signaling.uptrack import UpTrack, new_ssrc
from signaling.wire import Malformed, Packet

STREAMS = 64  # stream numbers one person may bind
CLOCK_EVERY = 0.05  # seconds; a sender's clock that is told more often is not heard
ASSUMED = 1_000_000.0  # bits per second a publisher may use at first who numbers no packets
REPORT_EVERY = 0.5
ARRIVALS_EVERY = 0.1
TICK = 0.02
ROUND = 0.1  # seconds between two looks at what is in no hurry

Outbox = list[tuple["Peer", bytes | Copy]]


def written(outbox: Outbox) -> Iterator[tuple[Peer, bytes]]:
    """What leaves, packet by packet, in clear."""
    for peer, one in outbox:
        if isinstance(one, bytes):
            yield peer, one
        else:
            yield from zip(repeat(peer), one.written())


@dataclass(slots=True)
class Section:
    """One media section of the connection's description, as the server uses it."""

    mid: str
    kind: str
    up: UpTrack | None = None
    down: DownTrack | None = None
    declared: bool = False  # the description names its stream numbers, so packets need not and cannot
    live: bool = False  # our last answer sends through it; reused at once, browsers announce no new track


class Peer(Sending):
    """The packet side of a connection, without keys or sockets."""

    def __init__(self, outbox: Outbox, counts: Counter[str], limits: Limits = Limits()) -> None:
        def emit(packets: Sequence[bytes | Copy]) -> None:
            for one in packets:
                outbox.append((self, one))

        super().__init__(emit, counts, limits.line)
        self._handle, self.row.words[rows.OWNER] = rows.handle(self)
        self.ssrc = new_ssrc()  # under which our own reports travel
        self.sections: dict[str, Section] = {}
        self._numbers: dict[str, int] = {}
        self.layers: dict[int, Layer] = {}
        self.repairs: dict[int, tuple[UpTrack, str]] = {}
        self.budget = Budget(limits, self.row)
        self.misbehaved = False
        self._laid: list[Layer] = []
        self.arrivals = Arrivals()
        self.publishing = LossRule(ASSUMED)  # what we tell a publisher without transport numbers
        self.next_round = self.next_report = self.next_arrivals = 0.0

    @property
    def numbers(self) -> dict[str, int]:
        """Header extension URI → number, in what comes."""
        return self._numbers

    @numbers.setter
    def numbers(self, numbers: dict[str, int]) -> None:
        self._numbers = numbers
        self._note_streams()

    # ---- what comes in

    def receive(self, data: bytes, now: float) -> None:
        """One decrypted RTP or RTCP packet."""
        self.receive_all([data], now)

    def receive_all(self, batch: Sequence[bytes], now: float) -> None:
        """Decrypted packets in the order they came; a broken one is counted and forgotten."""
        if not self.budget.allows(len(batch), sum(map(len, batch)), now):
            self.counts["over_budget"] += len(batch)
            return
        run: list[Packet] = []
        expected = (-1, -1)
        for data in batch:
            try:
                if len(data) < 8 or 192 <= data[1] <= 223:
                    self._control(data, now)
                    continue
                packet = Packet(data)
            except Malformed:
                self._note_bad()
                continue
            if (packet.ssrc, packet.seq) == expected and packet.payload:
                run.append(packet)
            else:
                if run:
                    self._media(run, now)
                run = [packet]
            expected = packet.ssrc, packet.seq + 1 & 0xFFFF
        if run:
            self._media(run, now)

    def _note_bad(self) -> None:
        self.counts["malformed"] += 1
        self.budget.bad += 1
        self.misbehaved = self.misbehaved or self.budget.bad > BAD_PER_SECOND

    def _media(self, run: list[Packet], now: float) -> None:
        """Packets that follow each other: all that comes after costs less for many at once."""
        try:
            if transport := self._numbers.get(arrivals.URI):
                for packet in run:
                    self.arrivals.hear(packet.extension, transport, now)
            layer = self.layers.get(run[0].ssrc) or self._bind(run[0])
            if layer is not None and layer.take_run(run, now):
                self._pass_on(layer, run, now)
            else:
                self._singly(layer, run, now)
        except Malformed:
            self._note_bad()

    def _singly(self, layer: Layer | None, run: list[Packet], now: float) -> None:
        for packet in run:
            if layer is None:
                self._repaired(packet, now)
            elif layer.take(packet, now):
                self._pass_on(layer, [packet], now)

    def _repaired(self, packet: Packet, now: float) -> None:
        repaired = self._unwrap(packet)
        if repaired is None:
            self.counts["unbound"] += 1
            return
        layer, packet = repaired
        if layer.take(packet, now):
            self._pass_on(layer, [packet], now)

    def _pass_on(self, layer: Layer, run: list[Packet], now: float) -> None:
        track = layer.track
        if not run[0].payload:
            track.skip(layer, run[0])
            run = run[1:]
        if not run:
            return
        if track.kind == "audio":
            for packet in run:
                self._listen(track, packet)
        track.forward(layer, run, now)
        if self.row.words[rows.OPENS]:
            layer.lay()

    def _listen(self, track: UpTrack, packet: Packet) -> None:
        number = self._numbers.get(wire.AUDIO_LEVEL)
        level = wire.element(packet.extension, number) if number else b""
        if level and track.is_open:
            track.loudness.hear(level[0])

    def _bind(self, packet: Packet) -> Layer | None:
        """Find the track of a stream number not heard before, by the names in its header."""
        if packet.ssrc in self.repairs or len(self.layers) + len(self.repairs) >= STREAMS:
            return None
        names = wire.extensions(packet.extension)
        section = self.sections.get(self._name(names, wire.MID))
        if section is None or section.up is None or section.declared:
            return None
        if repaired := self._name(names, wire.REPAIRED_RID):
            self.repairs[packet.ssrc] = (section.up, repaired)
            return None
        rid = self._name(names, wire.RID)
        if packet.payload_type != section.up.codec.payload_type or (section.up.rids and not rid):
            return None
        return self._own(section.up, rid if section.up.rids else "", packet.ssrc)

    def _own(self, track: UpTrack, rid: str, ssrc: int) -> Layer:
        stale = track.layers.get(rid)
        layer = track.layer(rid, ssrc)
        if stale is not None and stale is not layer:
            self.layers.pop(stale.ssrc, None)
        self.layers[ssrc] = layer
        self._note_streams()
        if any(down.layer is None for down in track.downs):
            layer.want_keyframe()
        return layer

    def _name(self, names: dict[int, bytes], uri: str) -> str:
        return names.get(self.numbers.get(uri, 0), b"").decode("ascii", "replace")

    def _unwrap(self, packet: Packet) -> tuple[Layer, Packet] | None:
        """The original of a repair packet (RFC 4588)."""
        track, rid = self.repairs.get(packet.ssrc, (None, ""))
        layer = track.layers.get(rid) if track else None
        if track is None or layer is None or len(packet.payload) < 2:
            return None
        number = packet.payload[0] << 8 | packet.payload[1]
        packet.seq, packet.payload, packet.ssrc = number, packet.payload[2:], layer.ssrc
        return layer, packet

    def _control(self, data: bytes, now: float) -> None:
        if len(data) < 8:
            raise Malformed("packet is cut short")
        if not self.budget.allows_report():
            self.counts["over_budget"] += 1
            return
        for message in rtcp.parse(data):
            match message:
                case rtcp.SenderReport(ssrc) if layer := self.layers.get(ssrc):
                    if layer.sender is None or now - layer.sender[1] >= CLOCK_EVERY:
                        layer.sender = (message, now)
                        self._pass_clock(layer, now)
                case rtcp.Missing(_, seqs) if not self.budget.allows_repeats(len(seqs)):
                    self.counts["over_budget"] += 1
                case _:
                    self.hear(message, now)

    def _pass_clock(self, layer: Layer, now: float) -> None:
        for down in layer.track.downs:
            if down.layer is layer:
                down.sink.clock(down, now)

    # ---- what the clock brings

    def tick(self, now: float) -> None:
        """Requests and reports that are due."""
        for layer in self.layers.values():
            if layer.missing or layer.keyframe_wanted:
                self._request(layer, now)
        if now < self.next_round and not super().presses(now):
            return
        self.next_round = now + (ROUND if self.layers else SHARE_EVERY)
        if now >= self.next_arrivals:
            self.next_arrivals = now + ARRIVALS_EVERY
            if report := self.arrivals.report():
                self._send(rtcp.transport_feedback(self.ssrc, next(iter(self.layers), 0), report))
        if now >= self.next_report:
            self.next_report = now + REPORT_EVERY
            self._report(now)
        self.send_due(now)

    def presses(self, now: float) -> bool:
        """Whether something must not wait for the next round: what is missing, a keyframe, and what leaves."""
        for layer in self.layers.values():
            if layer.missing or layer.keyframe_wanted:
                return True
        return super().presses(now)

    def _request(self, layer: Layer, now: float) -> None:
        if layer.missing and (due := layer.to_ask(now, self.rtt * 1.2 + TICK)):
            self._send(rtcp.missing(self.ssrc, layer.ssrc, due))
        if layer.keyframe_due(now):
            self._send(rtcp.picture_loss(self.ssrc, layer.ssrc))
            self.counts["keyframes_asked"] += 1

    def _report(self, now: float) -> None:
        living = [layer for layer in self.layers.values() if layer.alive(now)]
        if not living:
            return
        for layer in living:
            layer.measure(now)
        report = rtcp.receiver_report(self.ssrc, [layer.reception(now) for layer in living])
        if not self.arrivals.heard:  # without any word Chrome stays at 300 kb/s
            used = sum(layer.rate for layer in living)
            self.publishing.hear(max(layer.loss for layer in living) / 256, used, now)
            report += rtcp.estimate(self.ssrc, int(self.publishing.rate), [layer.ssrc for layer in living])
        self._send(report)

    # ---- what the description decides

    def publish(self, section: Section, track: UpTrack, rids: list[str], ssrcs: list[int]) -> None:
        """This section brings a track of ours; stream numbers may be declared or be named in headers."""
        section.up, track.rids = track, rids
        section.declared = bool(ssrcs) and not rids
        if section.declared:
            self._own(track, "", ssrcs[0])
            if len(ssrcs) > 1:
                self.repairs[ssrcs[1]] = (track, "")

    def unpublish(self, track: UpTrack) -> None:
        """Forget a track and its streams."""
        for section in self.sections.values():
            if section.up is track:
                section.up = None
        self.layers = {ssrc: layer for ssrc, layer in self.layers.items() if layer.track is not track}
        self.repairs = {ssrc: repair for ssrc, repair in self.repairs.items() if repair[0] is not track}
        self._note_streams()

    def _note_streams(self) -> None:
        """Tell compiled code which streams come this way, and where header extensions carry what."""
        words, known = self.row.words, list(self.layers.items())[: rows.MOST_STREAMS]
        for place, (ssrc, layer) in enumerate(known):
            at = rows.STREAM + 2 * place
            words[at], words[at + 1] = ssrc, layer.row.at
        self._laid = [layer for _, layer in known]  # what the row points to stays in memory
        words[rows.STREAMS] = len(known)
        words[rows.TRANSPORT] = self.numbers.get(arrivals.URI, 0)
        words[rows.LEVEL] = self.numbers.get(wire.AUDIO_LEVEL, 0)

    def settle(self) -> None:
        """Take over what compiled code noted of arrivals."""
        words = self.row.words
        for at in range(rows.ARRIVAL, rows.ARRIVAL + 2 * words[rows.ARRIVED], 2):
            self.arrivals.note(words[at], words[at + 1] / 1e6)
        words[rows.MOVED] = words[rows.ARRIVED] = 0

    def subscribe(self, section: Section, down: DownTrack) -> None:
        """This section carries a subscription from now on."""
        section.down = down
        self.downs[down.ssrc] = down

    def release(self, down: DownTrack) -> None:
        """End a subscription: from this call on none of its packets leaves."""
        self.end(down)
        if (section := self.sections.get(down.mid)) and section.down is down:
            section.down = None
