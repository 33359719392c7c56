"""How much a line carries, learned from when our packets arrive, from what is lost, and from small trials.

A standing queue is congestion: the shortest delay of the last moments, measured against the shortest
ever, says how long packets wait even at best. Jitter does not disturb it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from signaling import rows
from signaling.arrivals import TICKS, Arrived
from signaling.rows import FLIGHT_ROW, FLYING, Row, micros
from signaling.wire import unwrap

START = 2_500_000.0  # bits per second, before anything is known
FLOOR, CEILING = 60_000.0, 20_000_000.0
MOMENT = 0.3  # seconds over which the shortest delay counts
SPAN = 0.6  # over which the received rate is measured
STANDING, SUDDEN, DEEP = 0.05, 0.15, 0.25  # seconds of queue: cut if it lasts, cut at once, cut hard
BETWEEN_CUTS = 0.3
BASE_KEPT = 10.0  # seconds one of the two memories of the shortest delay lasts
STUBBORN = 3.0  # a queue that does not drain for so long is a longer road
GROWTH = 0.08  # per second, while the rate is really used
KNEE_KEPT = 10.0  # seconds in which only a trial leads above the rate at which the line filled
LOSSY, CLEAN = 0.15, 0.02  # share of packets lost from which the rate may be to blame, and up to which not
ENOUGH = 60  # packets from which a share means something
BRIEF = 0.25  # seconds over which what still arrives is measured once the line is full
TRIAL_AGAIN, TRIAL_AGAIN_MOST = 1.0, 8.0  # seconds until the next trial; doubled by each that fails
FLOODED = 3.0  # seconds after a full line in which losses are its own
ENDURED = 300_000.0  # bits per second below which loss alone does not push us
SUSPICION = 1.5  # seconds after which a cut for loss must have helped
SHRUG = 60.0  # seconds in which loss that has nothing to do with our rate is ignored


@dataclass(slots=True)
class Trial:
    """A short run of packets at a higher rate, and how it arrived."""

    rate: float
    until: float
    sent: int = 0
    first: int = -1  # numbers of its first and last packet
    last: int = -1
    first_tick: int = 0
    last_tick: int = 0
    octets: int = 0  # received after the first


class Delay:
    """How long packets wait on the way, beyond what the road itself takes."""

    def __init__(self) -> None:
        self._lows: deque[tuple[float, float]] = deque()  # of the last moment, each below all after it
        self._bases = [float("inf"), float("inf")]
        self._turned_at = 0.0
        self.now = self.standing = 0.0
        self.clear_at = 0.0  # when there was last no queue

    def hear(self, low: float, now: float) -> None:
        """Take the shortest delay of one report; its zero is arbitrary but stays."""
        if now - self._turned_at > BASE_KEPT:
            self._turned_at, self._bases = now, [self._bases[1], float("inf")]
        if now - self.clear_at > STUBBORN and self._lows:
            self._bases = [self._lows[0][1]] * 2
        self._bases[1] = min(self._bases[1], low)
        while self._lows and self._lows[-1][1] >= low:
            self._lows.pop()
        self._lows.append((now, low))
        while now - self._lows[0][0] > MOMENT:
            self._lows.popleft()
        base = min(self._bases)
        self.now, self.standing = low - base, self._lows[0][1] - base
        if self.standing < STANDING:
            self.clear_at = now


class Estimator:
    """What one connection may be sent, in bits per second."""

    def __init__(self, row: Row) -> None:
        self.rate = START
        self.delay = Delay()
        self.heard = False
        self.trial: Trial | None = None
        self.cut_at = self.grown_at = self.next_trial = 0.0
        self.loss = 0.0
        self._words = row.words  # compiled code numbers packets too
        self._flights = Row(FLIGHT_ROW * FLYING)
        row.words[rows.FLIGHTS] = self._flights.at
        self._tick = 0
        self._came: deque[tuple[float, int]] = deque(maxlen=4000)  # arrival time there, bytes
        self._since = float("inf")  # when the first packet arrived
        self._fates: deque[tuple[float, int, int]] = deque()  # when reported, lost, all
        self._patience = TRIAL_AGAIN
        self._gone = self._judged = 0  # packets lost, and all that the share is about
        self._knee, self._knee_at, self._knees = 0.0, -KNEE_KEPT, 0
        self._suspect: tuple[float, float, float] | None = (
            None  # rate and loss before a cut for loss, and when
        )
        self._shrug_until = 0.0

    def sent(self, sizes: Sequence[int], now: float) -> int:
        """Number packets that leave now; the number of the first."""
        flights, left_at = self._flights.words, micros(now)
        first = number = self._words[rows.NEXT]
        for size in sizes:
            at = number % FLYING * FLIGHT_ROW
            flights[at], flights[at + 1] = number << 16 | size, left_at
            number += 1
        self._words[rows.NEXT] = number
        if self.trial is not None and now <= self.trial.until:
            self.trial.sent += sum(sizes)
            self.trial.first = first if self.trial.first < 0 else self.trial.first
            self.trial.last = number - 1
        return first & 0xFFFF

    def _landed(self, number: int) -> tuple[int, float] | None:
        """The size of a packet and when it left; only once, and while it is remembered."""
        flights, at = self._flights.words, number % FLYING * FLIGHT_ROW
        known = flights[at]
        if not known or known >> 16 != number:
            return None
        flights[at] = 0
        return known & 0xFFFF, flights[at + 1] / 1e6

    def acknowledged(self, report: Arrived, now: float) -> None:
        """Learn from a report of the receiver."""
        lost = came = shift = 0  # shift: from this report's ticks to those that run on
        low = float("inf")
        first = unwrap(report.first, self._words[rows.NEXT])
        for number, tick in enumerate(report.ticks, first):
            if (flight := self._landed(number)) is None:
                continue
            if tick is None:
                lost += 1
                continue
            size, left_at = flight
            if not came:
                shift = unwrap(tick & 0xFFFFFFFF, self._tick, 32) - tick
            came += 1
            self._tick = tick + shift
            came_at = self._tick / TICKS
            if came_at - left_at < low:
                low = came_at - left_at
            self._came.append((came_at, size))
            if self.trial is not None:
                self._weigh(self.trial, number, size)
        if not came:
            return
        self.heard = True
        self.delay.hear(low, now)
        self._count_losses(lost, came + lost, now)
        self._judge(now)
        trial, end = self.trial, first + len(report.ticks)
        if trial is not None and end > trial.last >= 0 and now > trial.until:
            self._conclude(trial, now)

    def received(self, span: float = SPAN) -> float:
        """Bits per second that arrived over the last moments."""
        if not self._came:
            return 0.0
        last = self._came[-1][0]
        self._since = min(self._since, last)
        span = max(min(span, last - self._since), BRIEF)
        while last - self._came[0][0] > SPAN:
            self._came.popleft()
        return sum([size for at, size in self._came if last - at <= span]) * 8 / span

    def _count_losses(self, lost: int, total: int, now: float) -> None:
        self._fates.append((now, lost, total))
        self._gone, self._judged = self._gone + lost, self._judged + total
        while now - self._fates[0][0] > 2.0:
            _, lost, total = self._fates.popleft()
            self._gone, self._judged = self._gone - lost, self._judged - total
        self.loss = self._gone / self._judged if self._judged >= ENOUGH else 0.0

    # ---- up and down

    def _judge(self, now: float) -> None:
        received = self.received()
        if now - self.cut_at < BETWEEN_CUTS:
            return
        pushing = received > self.rate / 2  # else a queue is hardly ours: only one that stays is believed
        if self.delay.standing > (STANDING if pushing else SUDDEN) or (pushing and self.delay.now > SUDDEN):
            received = min(received, self.received(BRIEF))
            self._note_knee(received, now)
            self._cut(received * (0.6 if self.delay.now > DEEP else 0.85), now)
            return
        flooded = now - self._knee_at < FLOODED  # what was lost in a queue says nothing new
        if self._suspect is not None or (self.loss > LOSSY and not flooded and now > self._shrug_until):
            self._blame(received, now)
        elif self.loss < CLEAN or flooded or now < self._shrug_until:
            self._grow(received, now)

    def _note_knee(self, received: float, now: float) -> None:
        """What arrives while the line is full is its width; the first look may still see the time before."""
        self._knees = self._knees + 1 if now - self._knee_at < 2.0 else 1
        self._knee = max(self._knee, received) if self._knees > 2 else received
        self._knee_at = now

    def _cut(self, rate: float, now: float) -> None:
        self.rate = max(min(self.rate, rate), FLOOR)
        self.cut_at = self.grown_at = now
        self._schedule(now, failed=self.trial is not None)
        self.trial = None

    def _blame(self, received: float, now: float) -> None:
        """Send for a while only what arrived: a line that was too full loses nothing then, a poor one as before."""
        if self._suspect is None:
            self._suspect = (self.rate, self.loss, now)
            self._cut(max(received * 0.9, ENDURED), now)
            self._fates.clear()
            self._gone = self._judged = 0
        elif now - self._suspect[2] > SUSPICION and self._judged >= ENOUGH:
            before, loss, _ = self._suspect
            if self.loss > loss / 2:
                self.rate, self._shrug_until = max(self.rate, before), now + SHRUG
            self._suspect = None

    def _grow(self, received: float, now: float) -> None:
        passed, self.grown_at = min(now - self.grown_at, 1.0), now
        most = CEILING
        if now - self._knee_at < KNEE_KEPT:
            most = self._knee * 0.95
            if self.delay.standing < STANDING / 2:  # the queue is gone, the line as wide as it was
                self.rate = max(self.rate, self._knee * 0.85)
        if received > self.rate * 0.7:
            self.rate = max(self.rate, min(self.rate * (1 + GROWTH * passed), received * 1.5, most))

    # ---- trials

    def attempt(self, rate: float, seconds: float, now: float) -> None:
        """Begin a trial: until its end everything sent belongs to it."""
        self.trial = Trial(min(rate, CEILING), now + seconds)

    def _weigh(self, trial: Trial, number: int, size: int) -> None:
        if not 0 <= trial.first <= number <= trial.last:
            return
        if not trial.first_tick:
            trial.first_tick = trial.last_tick = self._tick
        else:
            trial.octets += size
            trial.last_tick = max(trial.last_tick, self._tick)

    def _conclude(self, trial: Trial, now: float) -> None:
        self.trial = None
        span = (trial.last_tick - trial.first_tick) / TICKS
        received = trial.octets * 8 / span if span > 0 else 0.0
        failed = received < trial.rate * 0.8
        if received > self.rate:
            self.rate = min(received, trial.rate) * 0.95
            self._knee, self._knee_at = received, now if failed else now - KNEE_KEPT
        self._schedule(now, failed)

    def _schedule(self, now: float, failed: bool) -> None:
        self._patience = min(self._patience * 2, TRIAL_AGAIN_MOST) if failed else TRIAL_AGAIN
        self.next_trial = now + self._patience


class LossRule:
    """For those who tell only what they lose: a little more while clean, less when not."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self._judged_at: float | None = None

    def hear(self, loss: float, used: float, now: float) -> None:
        """Take the share lost since the last report and the rate that was used."""
        passed = min(now - self._judged_at, 2.0) if self._judged_at is not None else 0.0
        self._judged_at = now
        if loss > LOSSY:
            self.rate = max(self.rate * (1 - loss / 2 * passed), FLOOR)
        elif loss < CLEAN and used > self.rate * 0.5:
            self.rate = min(self.rate * (1 + GROWTH * passed), CEILING)
