"""The load: every publisher's packets sent on time, everything that comes back counted and sampled."""

from __future__ import annotations

import heapq
import select
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from struct import Struct

from pylibsrtp._binding import ffi, lib

from signaling import rtcp, wire
from signaling.batch import SLOT, Inlet, Outlet
from signaling.bench.client import Client
from signaling.bench.descriptions import LEVEL, MID, OPUS, SENT, VP8
from signaling.bench.scene import Member, Scene

VIDEO_SIZE, AUDIO_SIZE = 1112, 112  # bytes of a packet, header included, before encryption
BURST = 4  # video packets of one frame
FRAME, SOUND = 0.04, 0.02  # seconds between two of them: 100 and 50 packets a second
KEYFRAME_EVERY = 25  # frames
REPORT_EVERY = 1.0
MARK = Struct("!4sQL")  # at the end of each packet: a word, when it was sent, how many before it
WORD = b"odr!"
RECEIVED = 128  # datagrams taken at once
DRAIN = 2.0  # seconds
CONTROL = bytes(range(192, 224))
SEED = 20
BITRATE = 100_000_000  # receivers say their line carries this: nothing shall be held back


@dataclass
class Figures:
    """What one stretch of load showed."""

    seconds: float
    cpu: float  # seconds of the server
    own: float  # seconds of this process
    sent: int
    expected: int
    received: int
    sampled: int
    wrong: int  # sampled packets that could not be decrypted or were not ours
    delays: list[float]  # seconds, of sampled packets, from sendmmsg here to the kernel's receipt here

    def delay(self, share: float) -> float:
        """The delay so many of the packets stayed below."""
        ordered = sorted(self.delays)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else float("nan")

    def median_delay(self) -> float:
        """The delay half of the packets stayed below."""
        return statistics.median(self.delays) if self.delays else float("nan")


class Publisher:
    """What one member sends: frames of four packets and sounds of one."""

    def __init__(self, member: Member, random: Random) -> None:
        assert member.sender is not None
        assert member.sender.sending is not None
        self.client: Client = member.sender
        self.session = member.sender.sending._srtp[0]
        self.audio, self.video = member.audio, member.video
        self.numbers = [random.getrandbits(12), random.getrandbits(12)]
        self.frames = self.sounds = self.sent = 0
        self.octets = [0, 0]
        self.picture = random.getrandbits(12)
        self._random = random
        self._sound_extension = wire.extension_block({LEVEL: b"\x30", MID: b"0"})
        self._frame_extension = wire.extension_block({SENT: b"\x00\x00\x00", MID: b"1"})

    def frame(self, outlet: Outlet) -> int:
        """Lay out one picture; how many packets."""
        key = self.frames % KEYFRAME_EVERY == 0
        # encoders cut a picture into parts that differ by a byte, the longer ones last
        longer = self._random.randrange(BURST)
        self.picture = self.picture + 1 & 0x7FFF
        for number in range(BURST):
            start = 0x90 if number == 0 else 0x80
            descriptor = bytes((start, 0x80, 0x80 | self.picture >> 8, self.picture & 0xFF))
            first = bytes((0x10 if key else 0x11, 0, 0))
            size = VIDEO_SIZE - (number < BURST - longer)
            self._lay(outlet, number, 1, number == BURST - 1, VP8, self.frames * 3600, self.video,
                      self._frame_extension + descriptor + first, size)  # fmt: skip
        self.frames += 1
        return BURST

    def sound(self, outlet: Outlet) -> int:
        """Lay out one packet of the microphone."""
        self._lay(outlet, 0, 0, False, OPUS, self.sounds * 960, self.audio, self._sound_extension, AUDIO_SIZE)
        self.sounds += 1
        return 1

    def _lay(self, outlet: Outlet, slot: int, kind: int, marker: bool, payload_type: int,
             timestamp: int, ssrc: int, start: bytes, size: int) -> None:  # fmt: skip
        number = self.numbers[kind] = self.numbers[kind] + 1 & 0xFFFF
        head = wire.write(payload_type, marker, number, timestamp & 0xFFFFFFFF, ssrc, start, b"")
        tail = MARK.pack(WORD, time.time_ns(), self.sent)
        at = slot * SLOT
        outlet.view[at : at + len(head)] = head
        if len(head) + len(tail) <= size:
            outlet.view[at + size - len(tail) : at + size] = tail
        outlet.sizes[slot] = size
        self.sent += 1
        self.octets[kind] += size
        if lib.srtp_protect(self.session, outlet.pointers[slot], outlet.lengths[slot]):
            raise RuntimeError("a packet could not be encrypted")

    def reports(self) -> list[bytes]:
        """What the sender's clock shows, for both streams."""
        ntp = int((time.time() + 2_208_988_800) * (1 << 32))
        streams = ((self.audio, self.sounds * 960, 0), (self.video, self.frames * 3600, 1))
        return [
            rtcp.sender_report(rtcp.SenderReport(ssrc, ntp, stamp), self.sent, self.octets[kind], "bench")
            for ssrc, stamp, kind in streams
        ]


class Receiver:
    """What one member receives."""

    def __init__(self, member: Member) -> None:
        assert member.receiver is not None
        assert member.receiver.receiving is not None
        self.client: Client = member.receiver
        self.session = member.receiver.receiving._srtp[0]
        self.handle = self.client.socket.fileno()
        self.received = 0
        self.highest: dict[int, int] = {}

    def report(self) -> bytes:
        """Everything came, and the line carries more."""
        blocks = [(rtcp.Reception(ssrc, 0, seq, 0, 0, 0), 0) for ssrc, seq in self.highest.items()]
        return rtcp.receiver_report(1, blocks) + rtcp.estimate(1, BITRATE, list(self.highest))


class Load:
    """Drives one scene at one rate; goes on from stretch to stretch, as streams do."""

    def __init__(self, scene: Scene, publish: Callable[[Member, Random], Publisher] = Publisher) -> None:
        random = Random(SEED)  # noqa: S311 (the same phases in every run)
        self.copies = {one.number: scene.copies(one) for one in scene.members if one.publishes}
        self.publishers = {one.number: publish(one, random) for one in scene.members if one.publishes}
        heard = [one for one in scene.members if scene.heard_by(one)]
        self.receivers = {one.handle: one for one in map(Receiver, heard)}
        self._random = random
        self._outlet, self._inlet = Outlet(8), Inlet(RECEIVED, stamped=True)
        self._scratch, self._length = ffi.new("char[]", SLOT), ffi.new("int *")
        self._clear = ffi.buffer(self._scratch)
        self._poll = select.epoll()
        for handle in self.receivers:
            self._poll.register(handle, select.EPOLLIN)
        for one in self.publishers.values():
            if one.client.socket.fileno() not in self.receivers:
                self._poll.register(one.client.socket.fileno(), select.EPOLLIN)
        self._others = {one.client.socket.fileno(): one.client for one in self.publishers.values()}
        self._reset()

    def _reset(self) -> None:
        self.sampled = self.wrong = 0
        self.delays: list[float] = []
        for one in self.receivers.values():
            one.received = 0

    def close(self) -> None:
        """Give the poll back."""
        self._poll.close()

    def run(self, rate: float, seconds: float, cpu: Callable[[], float]) -> Figures:
        """So many times the usual number of packets for so long; `cpu` tells what the server used so far."""
        self._reset()
        used, own = cpu(), time.process_time()
        sent_before = {number: one.sent for number, one in self.publishers.items()}
        began = time.monotonic()
        agenda = self._agenda(rate, began)
        while agenda[0][0] < began + seconds:
            now = time.monotonic()
            while agenda[0][0] <= now:
                at, order, kind, key = agenda[0]
                every = self._do(kind, key, rate)
                heapq.heapreplace(agenda, (at + every, order, kind, key))
            self._receive(max(agenda[0][0] - time.monotonic(), 0))
        lasted, used, own = time.monotonic() - began, cpu() - used, time.process_time() - own
        self._drain()
        sent = {number: one.sent - sent_before[number] for number, one in self.publishers.items()}
        return Figures(
            lasted,
            used,
            own,
            sum(sent.values()),
            sum(count * self.copies[number] for number, count in sent.items()),
            sum(one.received for one in self.receivers.values()),
            self.sampled,
            self.wrong,
            self.delays,
        )

    def _agenda(self, rate: float, began: float) -> list[tuple[float, int, str, int]]:
        entries = [("frame", FRAME / rate, key) for key in self.publishers]
        entries += [("sound", SOUND / rate, key) for key in self.publishers]
        entries += [("clock", REPORT_EVERY, key) for key in self.publishers]
        entries += [("report", REPORT_EVERY, key) for key in self.receivers]
        agenda = [
            (began + self._random.random() * every, order, kind, key)
            for order, (kind, every, key) in enumerate(entries)
        ]
        heapq.heapify(agenda)
        return agenda

    def _do(self, kind: str, key: int, rate: float) -> float:
        if kind == "report":
            one = self.receivers[key]
            if one.highest:
                self._control(one.client, [one.report()])
            return REPORT_EVERY
        publisher = self.publishers[key]
        if kind == "clock":
            self._control(publisher.client, publisher.reports())
            return REPORT_EVERY
        count = publisher.frame(self._outlet) if kind == "frame" else publisher.sound(self._outlet)
        for slot in range(count):
            self._outlet.run(slot, 1, 0)
        self._outlet.send(publisher.client.socket.fileno())
        return (FRAME if kind == "frame" else SOUND) / rate

    def _control(self, client: Client, reports: list[bytes]) -> None:
        assert client.sending is not None
        for report in reports:
            client.socket.send(client.sending.protect_rtcp(report))

    # ---- what comes back

    def _receive(self, patience: float) -> None:
        for handle, _ in self._poll.poll(patience):
            self._take(handle)

    def _drain(self) -> None:
        """What is still on its way, and no longer where others send as well."""
        last = time.monotonic() + DRAIN
        quiet = time.monotonic() + 0.3
        while time.monotonic() < min(quiet, last):
            for handle, _ in self._poll.poll(0.05):
                if self._take(handle):
                    quiet = time.monotonic() + 0.3

    def _take(self, handle: int) -> bool:
        """Count what waits at one socket; true when media was among it."""
        inlet, receiver = self._inlet, self.receivers.get(handle)
        if not (sizes := inlet.receive(handle)):
            return False
        count, memory = len(sizes), memoryview(inlet.view)
        firsts = memory[0 : count * SLOT : SLOT].tobytes()
        seconds = memory[1 : count * SLOT : SLOT].tobytes()
        if min(firsts) < 128:
            client = receiver.client if receiver else self._others[handle]
            for number, first in enumerate(firsts):
                if first < 128:
                    client.unusual(inlet.view[number * SLOT : number * SLOT + sizes[number]])
        media = len(seconds.translate(None, CONTROL)) - sum(first < 128 for first in firsts)
        if receiver is None or media <= 0:
            return False
        receiver.received += media
        if firsts[-1] >= 128 and not 192 <= seconds[-1] <= 223:
            self._sample(receiver, count - 1, sizes[-1])
        return True

    def _sample(self, receiver: Receiver, number: int, size: int) -> None:
        """Decrypt one packet and read when it was sent."""
        data = self._inlet.view[number * SLOT : number * SLOT + size]
        self._clear[0:size], self._length[0] = data, size
        self.sampled += 1
        failed = lib.srtp_unprotect(receiver.session, self._scratch, self._length)
        end = self._length[0]
        if not failed and data[0] & 32:
            end -= self._clear[end - 1][0]
        word, sent_at, _ = MARK.unpack_from(self._clear, max(end - MARK.size, 0))
        if failed or word != WORD:
            self.wrong += 1
            return
        _, _, seq, _, ssrc = wire.HEADER.unpack_from(self._clear)
        receiver.highest[ssrc] = seq
        self.delays.append((self._inlet.came_at(number) - sent_at) / 1e9)
