"""A client in simulated time: it joins by the protocol, sends sound and layers of pictures, and judges what comes.

What it sends says whose it is, so that what arrives can be judged by its content alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from random import Random
from struct import Struct

from livekit.protocol import models, rtc

from signaling import rtcp, vp8, wire
from signaling.access import Access
from signaling.arrivals import Arrivals
from signaling.sdp import Local, Offer
from signaling.wire import unwrap
from tests.signaling.offers import offer, section

MID, RID, REPAIRED, TRANSPORT, LEVEL = 4, 10, 11, 3, 1  # header extension numbers of the offers
AUDIO, VIDEO, REPAIR = 111, 96, 97
PACKET = 1100
HEAD = Struct("!BBHLLHHBH")  # of a packet that begins with an extension, and that with the transport number
TAG = re.compile(rb"<(\w+)\|(\w+)\|(\d+)\|([\w-]*)>")  # who, which layer, which frame, said in which room


class Layer:
    """One stream a guest sends."""

    def __init__(
        self, guest: Guest, mid: str, rid: str, size: tuple[int, int], bitrate: int, fps: float
    ) -> None:
        random = guest.random
        self.guest, self.mid, self.rid, self.size = guest, mid, rid, size
        self.bitrate, self.every = bitrate, 1 / fps
        self.ssrc, self.repair_ssrc = random.getrandbits(31), random.getrandbits(31)
        self.seq, self.offset = random.getrandbits(16), random.getrandbits(32)
        self.picture, self.tl0, self.key = (
            random.getrandbits(15),
            random.getrandbits(8),
            random.getrandbits(5),
        )
        self.repairs, self.frames, self.octets, self.packets = 0, 0, 0, 0
        self.next = 0.0
        self.keyframe_due, self.active = True, True
        sent = {MID: mid.encode()} | ({RID: rid.encode()} if rid else {})
        repaired = {MID: mid.encode()} | ({REPAIRED: rid.encode()} if rid else {})
        self.blocks = {  # the header extension for each kind of packet
            AUDIO: wire.extension_block({TRANSPORT: b"\0\0", **sent, LEVEL: b"\x1e"}),
            VIDEO: wire.extension_block({TRANSPORT: b"\0\0", **sent}),
            REPAIR: wire.extension_block({TRANSPORT: b"\0\0", **repaired}),
        }
        self.history: dict[int, tuple[int, bool, bytes]] = {}
        self.keyframes = 0

    def timestamp(self, now: float) -> int:
        return int(now * 90000) + self.offset & 0xFFFFFFFF

    def frame(self, now: float) -> None:
        """Send one picture."""
        whole = self.keyframe_due
        self.keyframe_due = False
        self.keyframes += whole
        self.frames += 1
        self.picture = self.picture + 1 & 0x7FFF
        self.tl0 = self.tl0 + 1 & 0xFF
        self.key = self.key + whole & 0x1F
        size = int(self.bitrate * self.every / 8) * (4 if whole else 1)
        parts = max(1, -(-size // PACKET))
        tag = self.guest.tag(self.rid or "f", self.frames)
        counters = bytes([0xF0, 0x80 | self.picture >> 8, self.picture & 255, self.tl0, 0x20 | self.key])
        timestamp = self.timestamp(now)
        fill = bytes(max(0, size // parts - 40))
        for part in range(parts):
            first = b"\x90" if part == 0 else b"\x80"
            payload = first + counters + (b"\0" if whole else b"\1") + tag + fill
            self.send(VIDEO, part == parts - 1, timestamp, payload)

    def send(self, kind: int, marker: bool, timestamp: int, payload: bytes) -> None:
        self.seq = self.seq + 1 & 0xFFFF
        self.packets, self.octets = self.packets + 1, self.octets + len(payload)
        self.history[self.seq] = (timestamp, marker, payload)
        self.history.pop(self.seq - 600 & 0xFFFF, None)
        self.guest.send(kind, marker, self.seq, timestamp, self.ssrc, self.blocks[kind], payload)

    def repeat(self, seq: int) -> None:
        """A packet again, in the repair stream."""
        if (sent := self.history.get(seq)) is None:
            return
        timestamp, marker, payload = sent
        if self is self.guest.mic:  # sound has no repair stream
            self.guest.send(AUDIO, marker, seq, timestamp, self.ssrc, self.blocks[AUDIO], payload)
            return
        self.repairs = self.repairs + 1 & 0xFFFF
        body, block = seq.to_bytes(2, "big") + payload, self.blocks[REPAIR]
        self.guest.send(REPAIR, marker, self.repairs, timestamp, self.repair_ssrc, block, body)


class View:
    """One stream a guest receives: order, loss, repairs, keyframes, freezes."""

    def __init__(self, guest: Guest, sid: str, kind: str, ssrc: int) -> None:
        self.guest, self.sid, self.kind, self.ssrc = guest, sid, kind, ssrc
        self.packets: dict[int, tuple[int, bool, bytes]] = {}  # what waits for its turn
        self.next: int | None = None
        self.highest = 0
        self.missing: dict[int, list[float]] = {}
        self.received = self.repaired = self.given_up = self.copies = 0
        self.begun: float | None = None
        self.shown_at: float | None = None
        self.shown: list[tuple[float, bytes, str]] = []  # when, which layer, whose
        self.longest = 0.0
        self.wrong: list[str] = []
        self.whole = kind == "audio"  # a keyframe has come, and everything since; sound needs none
        self.broken = False
        self.last: tuple[int, int, int, int, int] | None = None  # timestamp, picture, tl0, key, seq
        self.keyframes = 0
        self.asked_at = -1.0
        self.clocks = 0
        self.clock = (0, 0.0)  # the sender's last report, and when it came
        self.lost_before = self.expected_before = 0

    def take(
        self, seq: int, timestamp: int, marker: bool, payload: bytes, now: float, repair: bool = False
    ) -> None:
        if self.next is None:
            self.next = self.highest = seq
            self.begun = now
        if not (seq - self.next & 0xFFFF or self.missing or self.packets):  # the usual case
            self.received += 1
            self.repaired += repair
            self.highest = self.next
            self._show(self.next, timestamp, marker, payload, now)
            self.next += 1
            return
        seq = unwrap(seq, self.highest)
        if seq < self.next or seq in self.packets:
            self.copies += 1
            return
        self.received += 1
        self.repaired += repair
        if seq > self.highest:
            for lost in range(self.highest + 1, seq):
                self.missing[lost] = [now + 0.01, 0, now]
            self.highest = seq
        self.missing.pop(seq, None)
        self.packets[seq] = (timestamp, marker, payload)
        if self.kind == "video" and seq > self.next and payload[0] & 0x10 and not payload[6] & 1:
            self._skip_to(seq)
        if seq == self.next:
            self._advance(now)

    def _advance(self, now: float) -> None:
        assert self.next is not None
        while (packet := self.packets.pop(self.next, None)) is not None:
            self._show(self.next, *packet, now)
            self.next += 1

    def _show(self, seq: int, timestamp: int, marker: bool, payload: bytes, now: float) -> None:
        if self.kind == "audio":
            if self.guest.listening_since and payload.startswith(b"<%s|" % self.guest.listens_to):
                pause = now - max(self.shown_at or 0.0, self.guest.listening_since)
                self.guest.worst_sound = max(self.guest.worst_sound, pause)
            self.shown_at = now
            return
        found = vp8.parse(payload)
        assert found is not None
        keyframe = vp8.is_keyframe(payload, found)
        self._check(seq, timestamp, found, keyframe)
        if keyframe:
            self.whole = True
            self.keyframes += 1
        if marker and self.whole:
            tag = TAG.search(payload)
            assert tag is not None
            pause = now - self.shown_at if self.shown_at is not None else 0.0
            if pause > self.longest:
                self.longest = pause
            self.shown_at = now
            self.guest.frames[tag[1].decode()] += 1
            if self.guest.keeps:
                self.shown.append((now, tag[2], tag[1].decode()))

    def _check(self, seq: int, timestamp: int, found: vp8.Descriptor, keyframe: bool) -> None:
        """Counters must run on whatever layer the picture comes from: Chromium drops frames otherwise."""
        if self.last is not None and self.last[4] == seq - 1:
            before, picture, tl0, key, _ = self.last
            step = (
                timestamp - before & 0xFFFFFFFF,
                found.picture - picture & 0x7FFF,
                found.tl0 - tl0 & 0xFF,
                found.key - key & 0x1F,
            )
            same = step == (0, 0, 0, 0)
            following = 0 < step[0] < 1 << 31 and step[1:3] == (1, 1) and step[3] == keyframe
            if not (same or following):
                self.wrong.append(f"{self.guest.name} {seq}: {step} {keyframe}")
        elif self.last is not None:
            self.whole = self.whole and keyframe
        self.last = (timestamp, found.picture, found.tl0, found.key, seq)

    def due(self, now: float) -> list[int]:
        """Numbers to ask for again; what stays away for a second is given up."""
        asked = []
        for seq, state in list(self.missing.items()):
            if now - state[2] > 1.0:
                del self.missing[seq]
                self._give_up(seq, now)
            elif now >= state[0]:
                state[0] = now + 0.1
                asked.append(seq & 0xFFFF)
        return asked

    def _skip_to(self, seq: int) -> None:
        """A whole picture has begun: nothing before it is waited for."""
        self.next = seq
        self.packets = {one: packet for one, packet in self.packets.items() if one >= seq}
        self.missing = {one: state for one, state in self.missing.items() if one >= seq}

    def _give_up(self, seq: int, now: float) -> None:
        assert self.next is not None
        self.given_up += 1
        if seq >= self.next:
            self.next = seq + 1
            if self.kind == "video":
                self.whole = False
            self._advance(now)


class Guest:
    """One simulated client."""

    def __init__(
        self, name: str, random: Random, post: Callable[[bytes], None], say: Callable[..., None]
    ) -> None:
        self.name, self.random, self.post, self.say = name, random, post, say
        self.now = 0.0
        self.transport = -1
        self.keeps = False
        self.layers: list[Layer] = []
        self.mic = Layer(self, "0", "", (0, 0), 40_000, 50)
        self.silent_every, self.talks = 0.4, True
        self.views: dict[int, View] = {}
        self.repairs: dict[int, View] = {}
        self.free = {"audio": 3, "video": 3}
        self.full = False  # whatever it is asked for, it offers what it did
        self.offered = False
        self.arrivals = Arrivals()
        self.frames: Counter[str] = Counter()
        self.data: list[bytes] = []
        self.told: Counter[str] = Counter()
        self.ended: list[View] = []
        self.next_report = self.next_sender_report = 0.0
        self.camera = ""
        self.beat_every = 0.02
        self.listening_since = self.worst_sound = 0.0
        self.listens_to = b""
        self.muted = False
        self.where = ""

    def tag(self, layer: str, frame: int) -> bytes:
        """What every packet says about itself."""
        return f"<{self.name}|{layer}|{frame}|{self.where}>".encode()

    def listen(self, owner: str, now: float) -> None:
        """Measure from now on how long somebody's sound is away."""
        self.listens_to, self.listening_since = owner.encode(), now

    def worst_picture(self, owner: str) -> float:
        """The longest time between two pictures of somebody."""
        times = [at for view in self.views.values() for at, _, whose in view.shown if whose == owner]
        return max((b - a for a, b in pairwise(times)), default=99.0)

    # ---- signalling: this object is the person's line and link

    def send_offer(self) -> None:
        """The one offer of this client: what it sends, and room for what it receives."""
        sections = [section("audio", "0", "sendonly", "mic", (self.mic.ssrc,))]
        sections.append(section("video", "1", "sendonly", "cam", rids=[one.rid for one in self.layers]))
        for number in range(self.free["audio"]):
            sections.append(section("audio", f"a{number}"))
        for number in range(self.free["video"]):
            sections.append(section("video", f"v{number}"))
        self.offered = True
        self.say(offer=rtc.SessionDescription(type="offer", sdp=offer(*sections), id=1))

    def publish(self) -> None:
        """Announce microphone and camera, then offer."""
        mic = models.TrackSource.MICROPHONE
        self.say(add_track=rtc.AddTrackRequest(cid="mic", type=models.TrackType.AUDIO, source=mic))
        layers = [
            models.VideoLayer(quality=number, width=one.size[0], height=one.size[1], bitrate=one.bitrate)  # type: ignore[arg-type]
            for number, one in enumerate(self.layers)
        ]
        camera = models.TrackSource.CAMERA
        self.say(
            add_track=rtc.AddTrackRequest(
                cid="cam", type=models.TrackType.VIDEO, source=camera, layers=layers
            )
        )
        self.send_offer()

    def hear(self, message: rtc.SignalResponse) -> None:
        """A message of the server."""
        kind = message.WhichOneof("message") or ""
        self.told[kind] += 1
        match kind:
            case "answer":
                self._answered(message.answer)
            case "media_sections_requirement":
                if not self.full:
                    self.free["audio"] += message.media_sections_requirement.num_audios
                    self.free["video"] += message.media_sections_requirement.num_videos
                self.send_offer()
            case "track_published" if message.track_published.cid == "cam":
                self.camera = message.track_published.track.sid
            case "subscribed_quality_update":
                wanted = {
                    one.quality: one.enabled for one in message.subscribed_quality_update.subscribed_qualities
                }
                for number, layer in enumerate(self.layers):
                    if wanted.get(number, True) and not layer.active:  # type: ignore[call-overload]
                        layer.keyframe_due = True
                    layer.active = wanted.get(number, True)  # type: ignore[call-overload]
            case _:
                pass

    def _answered(self, answer: rtc.SessionDescription) -> None:
        current: dict[int, View] = {}
        for block in answer.sdp.split("\r\nm=")[1:]:
            ssrcs = [int(one) for one in re.findall(r"a=ssrc:(\d+) cname", block)]
            if ssrcs:
                kind = block.split(" ")[0]
                mid = re.search(r"a=mid:(\S+)", block)
                assert mid is not None
                view = self.views.get(ssrcs[0]) or View(self, answer.mid_to_track_id[mid[1]], kind, ssrcs[0])
                current[ssrcs[0]] = view
                if len(ssrcs) > 1:
                    self.repairs[ssrcs[1]] = view
        self.ended += [one for ssrc, one in self.views.items() if ssrc not in current and one.begun]
        self.views = current

    # ---- packets

    def send(
        self,
        kind: int,
        marker: bool,
        seq: int,
        timestamp: int,
        ssrc: int,
        block: bytes,
        payload: bytes,
    ) -> None:
        """Number a packet for the whole connection and post it."""
        self.transport = self.transport + 1 & 0xFFFF
        block = block[:5] + self.transport.to_bytes(2, "big") + block[7:]
        data = wire.write(kind, marker, seq, timestamp, ssrc, block, payload)
        self.post(data)

    def beat(self, now: float) -> None:
        """Twenty milliseconds of this client's life."""
        self.now = now
        if not self.offered:
            return
        if now >= self.mic.next and not self.muted:
            self.mic.next = now + (self.mic.every if self.talks else self.silent_every) - 0.001
            tag = self.tag("a", self.mic.frames)
            self.mic.frames += 1
            self.mic.send(AUDIO, False, int(now * 48000) + self.mic.offset & 0xFFFFFFFF, tag + bytes(60))
        for layer in self.layers:
            if layer.active and now >= layer.next:
                layer.next = max(layer.next + layer.every, now)
                layer.frame(now)
        if now >= self.next_report:
            self.next_report = now + 0.1
            self._report(now)
        if now >= self.next_sender_report:
            self.next_sender_report = now + 1
            self._report_reception(now)
            for layer in (self.mic, *self.layers):
                rate = 48000 if layer is self.mic else 90000
                stamp = int(now * rate) + layer.offset & 0xFFFFFFFF
                report = rtcp.SenderReport(
                    layer.ssrc, int((now + 2208988800) * (1 << 32)) & (1 << 64) - 1, stamp
                )
                self.post(rtcp.sender_report(report, layer.packets, layer.octets, self.name))
        for view in self.views.values():
            if view.missing or not view.whole:
                self._ask(view, now)

    def _ask(self, view: View, now: float) -> None:
        if view.missing and (due := view.due(now)):
            self.post(rtcp.missing(1, view.ssrc, due))
        if not view.whole and view.begun and now - view.asked_at > 0.5:
            view.asked_at = now
            self.post(rtcp.picture_loss(1, view.ssrc))

    def _report_reception(self, now: float) -> None:
        blocks = []
        for view in self.views.values():
            if view.next is not None:
                said, at = view.clock
                delay = int((now - at) * 65536) & 0xFFFFFFFF if said else 0
                lost = min(len(view.missing) * 4, 255)
                blocks.append((rtcp.Reception(view.ssrc, lost, view.highest & 0xFFFF, 0, said, delay), 0))
        if blocks:
            self.post(rtcp.receiver_report(1, blocks))

    def _report(self, now: float) -> None:
        if report := self.arrivals.report():
            self.post(rtcp.transport_feedback(1, 0, report))

    def receive(self, data: bytes, now: float) -> None:
        """One packet of the server."""
        self.now = now
        if 192 <= data[1] <= 223:
            self._control(data, now)
            return
        first, kind, seq, timestamp, ssrc, profile, words, element, number = HEAD.unpack_from(data)
        assert (first, profile, element) == (0x90, wire.ONE_BYTE, TRANSPORT << 4 | 1)
        self.arrivals.note(number, now)
        payload = data[16 + 4 * words :]
        if (view := self.views.get(ssrc)) is not None:
            view.take(seq, timestamp, kind > 127, payload, now)
        elif (view := self.repairs.get(ssrc)) is not None and view.next is not None:
            seq = payload[0] << 8 | payload[1]
            view.take(seq, timestamp, kind > 127, payload[2:], now, repair=True)

    def _control(self, data: bytes, now: float) -> None:
        for message in rtcp.parse(data):
            match message:
                case rtcp.Missing(ssrc, seqs):
                    for layer in (self.mic, *self.layers):
                        if layer.ssrc == ssrc:
                            for seq in seqs:
                                layer.repeat(seq)
                case rtcp.KeyframeWanted(ssrc):
                    for layer in self.layers:
                        layer.keyframe_due = layer.keyframe_due or layer.ssrc == ssrc
                case rtcp.SenderReport(ssrc) if ssrc in self.views:
                    self.views[ssrc].clocks += 1
                    self.views[ssrc].clock = (message.ntp >> 16 & 0xFFFFFFFF, now)
                case _:
                    pass


class Paper:
    """Stands in the person's place for socket and keys; says everything to the guest a moment later."""

    def __init__(self, later: Callable[[Callable[[], None]], None]) -> None:
        self.later = later
        self.guest: Guest | None = None
        self.closed = False

    def send(self, message: rtc.SignalResponse) -> None:
        guest = self.guest
        if guest is not None:
            self.later(lambda: guest.hear(message))

    def token(self, access: Access) -> str:
        return f"token of {access.identity}"

    def meet(self, offered: Offer) -> Local:
        return Local("ours", "ourpassword", "AA:BB", [("192.0.2.1", 7882)])

    def relay(self, kind: int, data: bytes) -> None:
        if self.guest is not None:
            self.guest.data.append(data)

    def close(self) -> None:
        self.closed = True
