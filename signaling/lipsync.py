"""Where a person's RTP times lie on the server's clock.

Sender reports tie sound and picture of one person to one clock of theirs (NTP); the quickest report of a
minute ties that clock to ours. Some senders take the time when they send and not when they filmed: they are
late by chance, so the least offset of half a minute counts. Without reports the quickest packet stands in:
good to the network's jitter. Offsets follow slow drift; both tracks of a person move together.
"""

from __future__ import annotations

from bisect import bisect_right
from math import inf

SECOND = 1_000_000_000
# A quicker packet by this much means another clock, not a better network.
JUMP_NS = SECOND
# A machine that is too slow sends its reports seconds late, a few in a row; a clock that was set stays so.
LASTING = 5
# What lies farther from its arrival than any network holds it back was sent with a broken clock.
FARTHEST_NS = 10 * SECOND


class Floor:
    """The least value of each stretch of time."""

    def __init__(self, stretch_ns: int, leap_ns: float = inf) -> None:
        self._stretch_ns = stretch_ns
        self._leap_ns = leap_ns  # values greater by this much are a beginning as well, when they last
        self._above = 0
        self._since: list[int] = []
        self._least: list[int] = []

    def add(self, at_ns: int, value: int) -> None:
        """A value seen at this time."""
        is_old = not self._since or at_ns - self._since[-1] > self._stretch_ns
        self._above = 0 if is_old or value - self._least[-1] <= self._leap_ns else self._above + 1
        if is_old or self._least[-1] - value > JUMP_NS or self._above >= LASTING:
            self._since.append(at_ns)
            self._least.append(value)
        else:
            self._least[-1] = min(self._least[-1], value)

    def at(self, at_ns: int) -> int:
        """The least value of the stretch that this time is in."""
        return self._least[max(0, bisect_right(self._since, at_ns) - 1)]


class _Run:
    def __init__(self) -> None:
        self.quickest = Floor(10 * SECOND)
        self.reported = Floor(30 * SECOND, JUMP_NS)
        self.is_reported = False


class PersonClock:
    """All tracks of one person on the server's clock."""

    def __init__(self) -> None:
        self._network = Floor(60 * SECOND)
        self._runs: dict[tuple[int, int], _Run] = {}

    def packet(self, key: tuple[int, int], time_ns: int, arrival_ns: int) -> None:
        """Something with this RTP time arrived."""
        self._runs.setdefault(key, _Run()).quickest.add(arrival_ns, arrival_ns - time_ns)

    def report(self, key: tuple[int, int], time_ns: int, ntp_ns: int, arrival_ns: int) -> None:
        """The sender says which moment of its clock this RTP time is."""
        run = self._runs.setdefault(key, _Run())
        run.reported.add(arrival_ns, ntp_ns - time_ns)
        run.is_reported = True
        self._network.add(arrival_ns, arrival_ns - ntp_ns)

    def at(self, key: tuple[int, int], time_ns: int, arrival_ns: int) -> int:
        """When this RTP time was, on the server's clock."""
        run = self._runs[key]
        if run.is_reported:
            when = time_ns + run.reported.at(arrival_ns) + self._network.at(arrival_ns)
        else:
            when = time_ns + run.quickest.at(arrival_ns)
        return when if abs(when - arrival_ns) <= FARTHEST_NS else arrival_ns
