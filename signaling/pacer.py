"""The sending half of one connection: sound at once, pictures no faster than the line takes them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from signaling import rows
from signaling.bandwidth import START, Estimator
from signaling.copies import Copy, numbered
from signaling.rows import Row, micros

AHEAD = 4.0  # pictures may leave so many times faster than the line is believed to carry
BURST = 20_000  # bytes that never wait: a frame of ordinary size
WAITING = 1_000_000  # bytes that may wait; more is given up, the receiver asks for a keyframe
TRIAL_SECONDS = 0.1
CLEAR = 0.02  # seconds of standing queue up to which a trial may begin
TICK = 0.02  # seconds a trial's padding is spread by

Emit = Callable[[Sequence[bytes | Copy]], None]


class Pacer:
    """Numbers what leaves, spreads bursts, and tries what the line carries when more is wanted."""

    def __init__(self, emit: Emit, row: Row, line: float = START) -> None:
        self.estimator = Estimator(row)
        self.estimator.rate = line
        self.dropped = 0
        self._emit = emit
        self._words = row.words  # compiled code takes from the same room
        self._words[rows.ROOM] = BURST
        self._queue: deque[tuple[bytes, bool]] = deque()
        self._waiting = 0

    def take(self, packets: Sequence[bytes], counted: bool, urgent: bool, now: float) -> None:
        """Packets of one stream: at once if they are urgent or there is room, else in their turn."""
        if self._admits(sum(map(len, packets)), urgent, now):
            self._emit(self._number(packets, now) if counted else packets)
            return
        for data in packets:
            self._wait(data, counted)
        self._release(now)

    def copy(self, one: Copy, size: int, now: float) -> bool:
        """The same for packets that are not written yet; false when they would have to wait."""
        down = one.down
        if not self._admits(size, down.urgent, now):
            return False
        if down.numbered:
            head = down.head.size
            one.transport = self.estimator.sent([len(packet.payload) + head for packet in one.packets], now)
        self._emit((one,))
        return True

    def _admits(self, size: int, urgent: bool, now: float) -> bool:
        if not urgent and (self._queue or self._words[rows.ROOM] < size):
            self._fill(now)
            if self._queue or self._words[rows.ROOM] < size:
                return False
        self._words[rows.ROOM] -= size
        return True

    @property
    def waits(self) -> bool:
        """Whether packets wait for their turn."""
        return bool(self._queue)

    def _wait(self, data: bytes, counted: bool) -> None:
        self._queue.append((data, counted))
        self._words[rows.WAITS] = 1
        self._waiting += len(data)
        if self._waiting > WAITING:
            self.dropped += len(self._queue)
            self.clear()

    def clear(self) -> None:
        """Give up what waits."""
        self._queue.clear()
        self._words[rows.WAITS] = self._waiting = 0

    def forget(self, *ssrcs: int) -> None:
        """Nothing of these streams leaves any more."""
        if self._queue:
            gone = {ssrc.to_bytes(4, "big") for ssrc in ssrcs}
            self._queue = deque(one for one in self._queue if one[0][8:12] not in gone)
            self._waiting = sum(len(data) for data, _ in self._queue)
            self._words[rows.WAITS] = bool(self._queue)

    def _fill(self, now: float) -> None:
        """More may leave; the words are also what compiled code goes by until the next time."""
        words, at, rate = self._words, micros(now), int(self.estimator.rate * AHEAD / 8)
        passed = min(at - words[rows.FILLED], 1_000_000)
        words[rows.ROOM] = min(words[rows.ROOM] + passed * rate // 1_000_000, BURST)
        words[rows.FILLED], words[rows.RATE] = at, rate
        words[rows.WAITS], words[rows.TRIES] = bool(self._queue), self.estimator.trial is not None

    def _number(self, packets: Sequence[bytes], now: float) -> list[bytes]:
        return numbered(packets, self.estimator.sent(list(map(len, packets)), now))

    def tick(self, now: float) -> None:
        """Let go what has waited long enough."""
        self._fill(now)
        if self._queue:
            self._release(now)

    def _release(self, now: float) -> None:
        words = self._words
        while self._queue and words[rows.ROOM] >= len(self._queue[0][0]):
            data, counted = self._queue.popleft()
            self._waiting -= len(data)
            words[rows.ROOM] -= len(data)
            self._emit(self._number([data], now) if counted else [data])
        words[rows.WAITS] = bool(self._queue)

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
            self._words[rows.TRIES] = 1
        trial = estimator.trial
        if trial is None or now > trial.until:
            return 0
        begun = trial.until - TRIAL_SECONDS
        return max(0, int(trial.rate / 8 * (now - begun + TICK)) - trial.sent)
