"""What goes out to one person: their subscriptions, given out by what their line carries."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence

from signaling import allocator, rows, rtcp
from signaling.arrivals import Arrived
from signaling.bandwidth import SUDDEN, LossRule
from signaling.copies import Copy
from signaling.downtrack import DownTrack
from signaling.pacer import Emit, Pacer
from signaling.rows import Row

SHARE_EVERY = 0.2
NARROWER = 0.1  # seconds after a cut in which the line is shared out at every tick
SENDER_REPORT_EVERY = 1.0


class Sending:
    """A sink of subscriptions: sound at once, pictures as they fit, clocks and repetitions beside them."""

    def __init__(self, emit: Emit, counts: Counter[str], line: float) -> None:
        self.counts = counts
        self.downs: dict[int, DownTrack] = {}
        self.row = Row(rows.PEER)  # what compiled code must know of this connection
        self.pacer = Pacer(emit, self.row, line)
        self.estimate = 0  # the receiver's own estimate of its line, bits per second
        self.rtt = 0.08  # seconds to the person and back; a guess until reports tell
        self._emit = emit
        self._believed = LossRule(line)  # of a receiver who does not report arrivals
        self._asked = False  # for a whole picture, since this was last looked at
        self._wanted = 0.0  # bits per second everything subscribed would take
        self._clocks: dict[int, deque[tuple[int, float]]] = {}  # middles of sender reports, when they left
        self._next_sender_report = self._next_share = 0.0

    # ---- what leaves

    def _send(self, data: bytes) -> None:
        self._emit([data])

    def take(self, down: DownTrack, packets: Sequence[bytes], now: float) -> None:
        """Sink of the subscriptions: hand packets to the edge."""
        self.pacer.take(packets, down.numbered, down.urgent, now)

    def copy(self, one: Copy, octets: int, now: float) -> bool:
        """The same for packets that are written at the edge."""
        return self.pacer.copy(one, octets, now)

    def lay(self, down: DownTrack, words: memoryview) -> bool:
        """Tell compiled code where a subscription's packets go."""
        words[rows.TO], words[rows.RECORDED] = self.row.at, 0
        return self.row.words[rows.SENDS] != 0

    def clock(self, down: DownTrack, now: float) -> None:
        """Sink of the sources' clocks: a subscriber learns of the first one at once."""
        if not down.clocked and (report := down.report(now)):
            down.clocked = True
            self._tell_clock(down, report, now)

    def _tell_clock(self, down: DownTrack, report: rtcp.SenderReport, now: float) -> None:
        if (said := self._clocks.get(down.ssrc)) is None:
            said = self._clocks[down.ssrc] = deque(maxlen=3)
        said.append((report.ntp >> 16 & 0xFFFFFFFF, now))
        self._send(rtcp.sender_report(report, down.packets, down.octets, down.track.owner))

    def end(self, down: DownTrack) -> None:
        """From this call on nothing of a subscription leaves."""
        down.detach()
        self.pacer.forget(down.ssrc, down.repair_ssrc)
        self.downs.pop(down.ssrc, None)
        self._clocks.pop(down.ssrc, None)

    # ---- what the receiver says

    def hear(self, message: rtcp.Message, now: float) -> None:
        """Act on a report or request about what we send."""
        match message:
            case rtcp.Missing(ssrc, seqs) if down := self.downs.get(ssrc):
                self._repeat(down, seqs, now)
            case rtcp.KeyframeWanted(ssrc) if down := self.downs.get(ssrc):
                down.want_keyframe()
                self._asked = True
            case rtcp.Reception(ssrc, lost) if down := self.downs.get(ssrc):
                down.loss = lost
                self._time(down, message, now)
            case rtcp.Estimate(bitrate):
                self.estimate = bitrate
            case Arrived():
                self.pacer.estimator.acknowledged(message, now)
            case _:
                pass

    def _time(self, down: DownTrack, heard: rtcp.Reception, now: float) -> None:
        """How long a packet takes to the person and back (RFC 3550 §6.4.1)."""
        for said, at in self._clocks.get(down.ssrc, ()):
            if said == heard.last_report:
                measured = now - at - heard.delay / 65536
                self.rtt += (min(max(measured, 0.0), 1.0) - self.rtt) / 4

    def _repeat(self, down: DownTrack, seqs: list[int], now: float) -> None:
        for seq in seqs:
            if data := down.repeat(seq, now):
                self.pacer.take([data], down.numbered, True, now)
                self.counts["repeated"] += 1

    # ---- what fits the line

    def room(self) -> float:
        """Bits per second this person can be sent."""
        if self.pacer.estimator.heard:
            return self.pacer.estimator.rate
        return min(self._believed.rate, self.estimate) if self.estimate else self._believed.rate

    def presses(self, now: float) -> bool:
        """Whether something must not wait for the next round: packets in turn, a trial, a line just cut."""
        estimator = self.pacer.estimator
        return self.pacer.waits or estimator.trial is not None or now <= estimator.cut_at + NARROWER

    def has_asked(self, now: float) -> bool:
        """Whether what was just heard makes work that must not wait, here or with whoever sends us pictures."""
        asked, self._asked = self._asked, False
        return asked or self.presses(now)

    def send_due(self, now: float) -> None:
        """Reports, shares and packets whose time has come."""
        if now >= self._next_sender_report:
            self._next_sender_report = now + SENDER_REPORT_EVERY
            self._report_sending(now)
        if self.downs:
            self._share(now)
            self._try(now)
            self.pacer.tick(now)

    def _report_sending(self, now: float) -> None:
        if self.downs and not self.pacer.estimator.heard:
            used = sum(down.rate(now) for down in self.downs.values())
            self._believed.hear(max(down.loss for down in self.downs.values()) / 256, used, now)
        for down in self.downs.values():
            if report := down.report(now):
                self._tell_clock(down, report, now)

    def _share(self, now: float) -> None:
        """Share the line out when it is time, or at once when it has become narrower."""
        estimator = self.pacer.estimator
        if now < self._next_share and now > estimator.cut_at + NARROWER:
            return
        self._next_share = now + SHARE_EVERY
        sound = sum(down.rate(now) for down in self.downs.values() if down.urgent)
        pictures = {ssrc: down for ssrc, down in self.downs.items()
                    if not (down.urgent or down.paused) and down.track.layers}  # fmt: skip
        demands = [down.demand(now) for down in pictures.values()]
        flooded = estimator.delay.standing > SUDDEN  # nothing begins before the queue has run dry
        flowing = [one for one in demands if one.current >= 0 or not flooded]
        given = allocator.allocate(self.room() - sound, flowing)
        if not flooded:
            allocator.insist(given, flowing, self.room() - sound)
        for ssrc, down in pictures.items():
            down.grant(given.get(ssrc, -1), now)
        self._wanted = sound + allocator.wanted(demands)

    def _try(self, now: float) -> None:
        """Fill a trial with packets sent before: a receiver can use them, or drops them unseen."""
        owed = self.pacer.owed(self._wanted, now)
        if not owed:
            return
        filling = [down for down in self.downs.values() if down.numbered and down.codec.repair_type]
        for down in filling:
            for data in down.again():
                if owed <= 0:
                    return
                self.pacer.take([data], True, True, now)
                self.counts["padding"] += 1
                owed -= len(data)
