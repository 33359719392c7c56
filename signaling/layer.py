"""One encoding of a track: what comes, what is missing, and what compiled code may pass on by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from signaling import rows, rtcp
from signaling.followers import Followers
from signaling.recent import Recent
from signaling.rows import Row
from signaling.wire import Packet, unwrap

if TYPE_CHECKING:
    from signaling.uptrack import UpTrack

KEYFRAME_EVERY = 0.5  # seconds between two requests for one layer, whoever asks
KEYFRAME_PATIENCE = 1.0  # a request unanswered for so long is repeated
NACK_WAIT = 0.01  # reordered packets often come by themselves
NACK_PATIENCE = {"video": 1.0, "audio": 0.4}  # seconds after which a packet is of no use any more
NACK_SPAN = 256  # a longer gap is not repaired packet by packet
NACK_MOST = 512  # missing at once; with more a new picture is cheaper than the old one's parts
NACK_NUMBERS = 300  # in one request: named one by one they still fit a packet
HEADERS = 40  # bytes of RTP, its extensions and its authentication around a payload
RECENT = 128  # packets after a keyframe up to which it serves those who come later
KINDS = {"vp8": rows.VP8, "h264": rows.H264}
ALIVE = 1.0  # a layer silent for so long is not offered


class Layer:
    """One encoding of a track: a single stream of packets under one SSRC."""

    def __init__(self, track: UpTrack, rid: str, rank: int, ssrc: int) -> None:
        self.track = track
        self.rid = rid
        self.rank = rank  # 0 is the smallest picture
        self.ssrc = ssrc
        self.highest: int | None = None
        self.heard_at = 0.0
        self.missing: dict[int, tuple[float, float]] = {}  # number → hopeless from when, when to ask next
        self.received = self.first = 0
        self.rate = 0.0  # bits per second, measured
        self.octets, self.measured_at = 0, 0.0
        self.stray: int | None = None  # where a packet far behind would be continued
        self.reported = (0, 0)  # expected and received at the last report
        self.jitter, self.transit = 0.0, 0.0
        self.loss = 0  # of 256, at the last report
        self.sender: tuple[rtcp.SenderReport, float] | None = None
        self.keyframe_wanted = False
        self.keyframe_asked_at = -KEYFRAME_PATIENCE
        self.row = Row(rows.LAYER)
        self.recent = Recent(track.kind, ssrc, self.row)
        self.followers = Followers()
        self._handle, self.row.words[rows.OWNER] = rows.handle(self)
        self.picture: int | None = None  # number with which the last keyframe began
        self.left_at: int | None = None  # the last number before the track went elsewhere

    # ---- what compiled code passes on

    def halt(self) -> None:
        """The next packet goes through Python: something is no longer as it was."""
        self.row.words[rows.FLOWS] = 0

    def lay(self) -> None:
        """Let compiled code pass on what comes next, if there is nothing special about anybody here."""
        words = self.row.words
        assert self.highest is not None
        words[rows.HIGHEST], words[rows.STAMP] = self.highest, self.followers.newest[1]
        words[rows.STAMPED_AT] = rows.micros(self.followers.newest_at)
        words[rows.TRANSIT], words[rows.JITTER] = int(self.transit), int(self.jitter * 16)
        if not words[rows.FLOWS] and self.track.settled(self) and self.followers.lay(self.row):
            words[rows.CLOCK] = self.track.clock_rate
            words[rows.KIND] = KINDS.get(self.track.codec.name, rows.SOUND)
            words[rows.FLOWS] = 1

    def settle(self) -> None:
        """Take over what compiled code counted."""
        words = self.row.words
        count, octets, heard_at = words[rows.COUNT], words[rows.PAYLOAD], words[rows.HEARD_AT] / 1e6
        self.highest = words[rows.HIGHEST]
        self.received += count
        self.octets += octets + count * HEADERS
        self.heard_at = heard_at
        self.transit, self.jitter = words[rows.TRANSIT], words[rows.JITTER] / 16
        newest, stamp = words[rows.NEWEST], words[rows.STAMP]
        self.followers.count(count, octets, newest, stamp, heard_at)
        self.followers.goes_on(self.highest)
        if words[rows.LOUDS]:
            self.track.loudness.add(words[rows.LOUDS], words[rows.LOUD], words[rows.QUIET])
        words[rows.MOVED] = words[rows.COUNT] = words[rows.PAYLOAD] = 0
        words[rows.LOUDS] = words[rows.LOUD] = words[rows.QUIET] = 0

    # ---- what comes

    def alive(self, now: float) -> bool:
        """Whether packets of this layer still come."""
        return now - self.heard_at < ALIVE

    def take(self, packet: Packet, now: float) -> bool:
        """Account for a packet; false when it is a repetition."""
        self.heard_at = now
        self.octets += len(packet.payload) + HEADERS
        if self.highest is None:
            self.highest = self.first = packet.seq
            self.received = 1
            return True
        number = unwrap(packet.seq, self.highest)
        if number <= self.highest and not self._begins_anew(number):
            fresh = self.missing.pop(number, None) is not None
            self.received += fresh
            return fresh
        self._note_gap(number, now)
        self.highest = number
        self.received += 1
        self._measure_jitter(packet, now)
        return True

    def take_run(self, packets: Sequence[Packet], now: float) -> bool:
        """Account for packets that follow each other; false when they do not follow what came before."""
        if self.highest is None or packets[0].seq != self.highest + 1 & 0xFFFF:
            return False
        self.heard_at = now
        for packet in packets:
            self.octets += len(packet.payload) + HEADERS
        self.highest += len(packets)
        self.received += len(packets)
        self._measure_jitter(packets[0], now)  # those of one frame left together
        return True

    def _begins_anew(self, number: int) -> bool:
        """Whether a sender has jumped far back: two packets in order there prove it (RFC 3550 A.1)."""
        assert self.highest is not None
        if self.highest - number <= NACK_SPAN:
            return False
        expected, self.stray = self.stray, number + 1
        if expected != number:
            return False
        self.first = number - (self.highest - self.first)
        self.highest = number - 1 - NACK_SPAN  # a jump forward, and treated as one
        return True

    def _note_gap(self, number: int, now: float) -> None:
        assert self.highest is not None
        gap = number - self.highest - 1
        if gap >= NACK_SPAN or len(self.missing) + gap > NACK_MOST:
            self.missing.clear()
            self.track.restart(self)
            return
        if self.highest == self.left_at:  # sent elsewhere: it must not come after
            return
        hopeless = now + NACK_PATIENCE[self.track.kind]
        for lost in range(self.highest + 1, number):
            self.missing[lost] = (hopeless, now + NACK_WAIT)

    def _measure_jitter(self, packet: Packet, now: float) -> None:  # RFC 3550 §6.4.1
        transit = now * self.track.clock_rate - packet.timestamp
        change = abs(transit - self.transit)
        self.transit = transit
        if change < self.track.clock_rate:
            self.jitter += (change - self.jitter) / 16

    def to_ask(self, now: float, again: float) -> list[int]:
        """Numbers to request now, each `again` after so many seconds; hopeless ones become a keyframe request."""
        due: list[int] = []
        for number, (hopeless, at) in list(self.missing.items()):
            if at > now:
                continue
            if now >= hopeless:
                del self.missing[number]
                self.want_keyframe()
            elif len(due) < NACK_NUMBERS:
                self.missing[number] = (hopeless, now + again)
                due.append(number & 0xFFFF)
        return due

    def want_keyframe(self) -> None:
        """Ask for a whole picture with the next chance; many wishes become one request."""
        self.keyframe_wanted = self.track.kind == "video"

    def keyframe_due(self, now: float) -> bool:
        """Whether a keyframe request goes out now."""
        if not self.keyframe_wanted or now - self.keyframe_asked_at < KEYFRAME_EVERY:
            return False
        self.keyframe_asked_at = now
        return True

    def keyframe_came(self, seq: int) -> None:
        """A whole picture has begun: wishes are fulfilled, and nothing before it is missed any more."""
        assert self.highest is not None
        self.keyframe_wanted = False
        begun = unwrap(seq, self.highest)
        self.missing = {number: state for number, state in self.missing.items() if number > begun}
        self.picture = max(begun, self.picture or begun)

    def measure(self, now: float) -> None:
        """Learn the rate at which this layer comes."""
        passed = now - self.measured_at
        if self.measured_at and passed > 0:
            self.rate += (self.octets * 8 / passed - self.rate) * (0.5 if self.rate else 1.0)
        self.octets, self.measured_at = 0, now

    def kept_picture(self) -> Packet | None:
        """The packet with which the last keyframe began, while what followed it is not much."""
        if self.picture is None or self.highest is None or self.highest - self.picture >= RECENT:
            return None
        return self.recent.kept(self.picture & 0xFFFF)

    def since_keyframe(self) -> list[Packet]:
        """The last keyframe and what followed it in order, while that is not much."""
        if self.kept_picture() is None or self.picture is None or self.highest is None:
            return []
        kept = (self.recent.kept(number & 0xFFFF) for number in range(self.picture, self.highest + 1))
        return [packet for packet in kept if packet is not None]

    def forget(self) -> None:
        """Nobody who comes later may see what has been sent so far."""
        self.recent.forget()
        self.picture = None
        self.missing.clear()
        self.left_at = self.highest

    def timestamp_at(self, ntp: int) -> int | None:
        """What this layer's media clock shows at a time of its sender's clock."""
        if self.sender is None:
            return None
        report = self.sender[0]
        return report.timestamp + ((ntp - report.ntp) * self.track.clock_rate >> 32)

    def ntp_of(self, timestamp: int) -> int | None:
        """The sender's time of a moment of this layer's media clock."""
        if self.sender is None:
            return None
        report = self.sender[0]
        return report.ntp + (
            (unwrap(timestamp, report.timestamp, 32) - report.timestamp << 32) // self.track.clock_rate
        )

    def reception(self, now: float) -> tuple[rtcp.Reception, int]:
        """The report block about this layer, and the packets lost in all."""
        assert self.highest is not None
        expected = self.highest - self.first + 1
        gone = (expected - self.reported[0]) - (self.received - self.reported[1])
        span = max(expected - self.reported[0], 1)
        self.reported = (expected, self.received)
        last, delay = 0, 0
        if self.sender is not None:
            last = self.sender[0].ntp >> 16 & 0xFFFFFFFF
            delay = int((now - self.sender[1]) * 65536) & 0xFFFFFFFF
        fraction = min(max(gone, 0) * 256 // span, 255)
        self.loss = fraction
        block = rtcp.Reception(self.ssrc, fraction, self.highest & 0xFFFFFFFF, int(self.jitter), last, delay)
        return block, expected - self.received
