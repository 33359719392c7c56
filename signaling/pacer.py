"""The sending half of one connection: sound at once, pictures no faster than the line takes them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from struct import pack_into

from signaling.bandwidth import START, Estimator

AHEAD = 4.0  # pictures may leave so many times faster than the line is believed to carry
BURST = 20_000  # bytes that never wait: a frame of ordinary size
WAITING = 1_000_000  # bytes that may wait; more is given up, the receiver asks for a keyframe
NUMBER_AT = 17  # where the transport number stands in a packet: first element of its first extension
TRIAL_SECONDS = 0.1
CLEAR = 0.02  # seconds of standing queue up to which a trial may begin
TICK = 0.02  # seconds a trial's padding is spread by

Emit = Callable[[Sequence[bytes]], None]


class Pacer:
    """Numbers what leaves, spreads bursts, and tries what the line carries when more is wanted."""

    def __init__(self, emit: Emit, line: float = START) -> None:
        self.estimator = Estimator()
        self.estimator.rate = line
        self.dropped = 0
        self._emit = emit
        self._room = float(BURST)
        self._filled_at = 0.0
        self._queue: deque[tuple[bytes, bool]] = deque()
        self._waiting = 0

    def take(self, packets: Sequence[bytes], numbered: bool, urgent: bool, now: float) -> None:
        """Packets of one stream: at once if they are urgent or there is room, else in their turn."""
        size = sum(map(len, packets))
        if not urgent and (self._queue or self._room < size):
            self._fill(now)
        if urgent or (not self._queue and self._room >= size):
            self._room -= size
            self._emit(self._number(packets, now) if numbered else packets)
            return
        for data in packets:
            self._wait(data, numbered)
        self._release(now)

    def _wait(self, data: bytes, numbered: bool) -> None:
        self._queue.append((data, numbered))
        self._waiting += len(data)
        if self._waiting > WAITING:
            self.dropped += len(self._queue)
            self.clear()

    def clear(self) -> None:
        """Give up what waits."""
        self._queue.clear()
        self._waiting = 0

    def forget(self, *ssrcs: int) -> None:
        """Nothing of these streams leaves any more."""
        if self._queue:
            gone = {ssrc.to_bytes(4, "big") for ssrc in ssrcs}
            self._queue = deque(one for one in self._queue if one[0][8:12] not in gone)
            self._waiting = sum(len(data) for data, _ in self._queue)

    def _fill(self, now: float) -> None:
        passed, self._filled_at = now - self._filled_at, now
        self._room = min(self._room + passed * self.estimator.rate * AHEAD / 8, BURST)

    def _number(self, packets: Sequence[bytes], now: float) -> list[bytes]:
        numbered = []
        for data in packets:
            copy = bytearray(data)
            pack_into("!H", copy, NUMBER_AT, self.estimator.sent(len(data), now))
            numbered.append(bytes(copy))
        return numbered

    def tick(self, now: float) -> None:
        """Let go what has waited long enough."""
        self._fill(now)
        if self._queue:
            self._release(now)

    def _release(self, now: float) -> None:
        while self._queue and self._room >= len(self._queue[0][0]):
            data, numbered = self._queue.popleft()
            self._waiting -= len(data)
            self._room -= len(data)
            self._emit(self._number([data], now) if numbered else [data])

    # ---- trials

    def owed(self, wanted: float, now: float) -> int:
        """Bytes of padding to send now, because the subscriptions would take more than is known to fit."""
        estimator = self.estimator
        if not estimator.heard or self._queue:
            return 0
        due = estimator.trial is None and now >= estimator.next_trial
        if due and wanted > estimator.rate and estimator.delay.standing < CLEAR:
            most = 2 * max(estimator.rate, estimator.received())
            estimator.attempt(min(wanted * 1.1, most), TRIAL_SECONDS, now)
        trial = estimator.trial
        if trial is None or now > trial.until:
            return 0
        begun = trial.until - TRIAL_SECONDS
        return max(0, int(trial.rate / 8 * (now - begun + TICK)) - trial.sent)
