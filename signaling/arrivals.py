"""When each packet of a connection arrived, told to whoever sent it (transport-wide congestion control).

Format: draft-holmer-rmcat-transport-wide-cc-extensions-01. Times are counted in ticks of 250 µs.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct, error, pack, unpack_from

from signaling.wire import ONE_BYTE, Malformed, unwrap

URI = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
HEAD = Struct("!HHL")  # first number, how many, and in one: reference time, number of the report
TICKS = 4000  # in a second
REFERENCE = 256  # ticks in one unit of the reference time
MOST = 2000  # packets one report may cover; more is nonsense or an attack
NEVER, SOON, LATE = 0, 1, 2  # how a packet's status is written: lost, one byte of time, two bytes
RUN = 7  # packets alike in a row from which counting is shorter than listing
LONGEST = 8191  # packets alike that one count can tell


@dataclass(frozen=True, slots=True)
class Arrived:
    """One report: the ticks at which packets from number `first` on arrived, nothing for the lost."""

    first: int
    ticks: list[int | None]
    count: int = 0


def write(report: Arrived) -> bytes:
    """The body of a report."""
    start = next(tick for tick in report.ticks if tick is not None) // REFERENCE
    before, deltas, states = start * REFERENCE, bytearray(), []
    for tick in report.ticks:
        if tick is None:
            states.append(NEVER)
            continue
        step, before = tick - before, tick
        if 0 <= step < 256:
            states.append(SOON)
            deltas.append(step)
        else:
            states.append(LATE)
            deltas += pack("!h", min(max(step, -32768), 32767))
    head = HEAD.pack(report.first & 0xFFFF, len(states), (start & 0xFFFFFF) << 8 | report.count & 0xFF)
    body = head + _chunks(states) + deltas
    return body + bytes(-len(body) % 4)


def _chunks(states: list[int]) -> bytearray:
    """The states in words of 16 bits: runs of one state, or seven states of two bits."""
    chunks, at, count = bytearray(), 0, len(states)
    while at < count:
        state, end, most = states[at], at + 1, min(count, at + LONGEST)
        while end < most and states[end] == state:
            end += 1
        if end - at >= RUN:
            chunks += (state << 13 | end - at).to_bytes(2, "big")
            at = end
        else:
            word = 0b11 << 14
            for place, one in enumerate(states[at : at + RUN]):
                word |= one << 2 * (RUN - 1 - place)
            chunks += word.to_bytes(2, "big")
            at += RUN
    return chunks


def read(body: bytes) -> Arrived:
    """Read the body of a report; a broken one is `Malformed`."""
    try:
        first, total = unpack_from("!HH", body)
        if not 0 < total <= MOST:
            raise Malformed("report covers nothing or too much")
        states, at = _states(body, total)
        now = int.from_bytes(body[4:7], "big", signed=True) * REFERENCE
        ticks: list[int | None] = []
        for state in states:
            if state == SOON:
                now += body[at]
                at += 1
                ticks.append(now)
            elif state == LATE:
                now += unpack_from("!h", body, at)[0]
                at += 2
                ticks.append(now)
            else:
                ticks.append(None)
    except (error, IndexError) as short:
        raise Malformed("report is cut short") from short
    return Arrived(first, ticks, body[7])


def _states(body: bytes, total: int) -> tuple[list[int], int]:
    states: list[int] = []
    at = 8
    while len(states) < total:
        (word,) = unpack_from("!H", body, at)
        at += 2
        if not word >> 15:
            states += [word >> 13 & 3] * min(word & 0x1FFF, total - len(states))
            if not word & 0x1FFF:
                raise Malformed("a run of nothing")
        elif word >> 14 & 1:
            states += [word >> shift & 3 for shift in range(12, -1, -2)]
        else:
            states += [word >> shift & 1 for shift in range(13, -1, -1)]
    return states[:total], at


class Arrivals:
    """What arrived since the last report."""

    def __init__(self) -> None:
        self._highest = 0
        self._next: int | None = None  # the first number no report has covered
        self._ticks: dict[int, int] = {}
        self._count = 0
        self.heard = False

    def hear(self, extension: tuple[int, bytes] | None, element: int, now: float) -> None:
        """Note a packet by its header extension."""
        if extension is None or extension[0] != ONE_BYTE:
            return
        body, at = extension[1], 0
        while at + 2 < len(body):
            first = body[at]
            if first == element << 4 | 1:
                self.note(body[at + 1] << 8 | body[at + 2], now)
                return
            at += (first & 15) + 2 if first else 1

    def note(self, number: int, now: float) -> None:
        """A packet with this transport number arrived."""
        if self._next is None:
            self._next = self._highest = number
            self.heard = True
        number = unwrap(number, self._highest)
        if number > self._highest:
            self._highest = number
        if number not in self._ticks:
            self._ticks[number] = int(now * TICKS)

    def report(self) -> Arrived | None:
        """Everything not reported yet, if anything came; a late packet brings its neighbours along."""
        if not self._ticks or self._next is None:
            return None
        first = min(self._ticks)
        if self._highest - first >= MOST:  # numbers far apart: of the old ones nobody learns
            self._ticks = {one: tick for one, tick in self._ticks.items() if one > self._highest - MOST}
            first = min(self._ticks)
        if 0 < first - self._next < MOST // 2:  # what is missing in between was lost
            first = self._next
        last = min(self._highest, first + MOST - 1)
        ticks = list(map(self._ticks.get, range(first, last + 1)))
        report = Arrived(first & 0xFFFF, ticks, self._count)
        left = last < self._highest
        self._ticks = {one: tick for one, tick in self._ticks.items() if one > last} if left else {}
        self._next, self._count = last + 1, self._count + 1
        return report
