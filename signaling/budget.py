"""How much one person may send: floods and nonsense end here."""

from __future__ import annotations

from dataclasses import dataclass

from signaling import rows
from signaling.bandwidth import START
from signaling.rows import Row

BAD_PER_SECOND = 50  # malformed packets before the connection is closed
REPORTS_PER_SECOND = 300  # packets of reports and requests: each may cost us more than a picture's
REPEATS_PER_SECOND = 2000  # packets asked for again


@dataclass(frozen=True, slots=True)
class Limits:
    """What one person may send in a second, and what their line is taken for before it showed what it carries."""

    packets: int = 2000
    octets: int = 1_500_000
    line: float = START  # bits per second


class Budget:
    """How much one person may send in one second, and how much of it may be broken."""

    def __init__(self, limits: Limits, row: Row) -> None:
        self.bad = self.reports = self.repeats = 0
        self._second = -1
        self._words = row.words  # compiled code counts here too
        row.words[rows.MOST_PACKETS], row.words[rows.MOST_OCTETS] = limits.packets, limits.octets

    def allows(self, packets: int, octets: int, now: float) -> bool:
        """Count packets; false when the second's share is used up."""
        words, second = self._words, int(now)
        if words[rows.SECOND] != second:
            words[rows.SECOND], words[rows.PACKETS], words[rows.OCTETS] = second, 0, 0
        if self._second != second:
            self._second, self.bad, self.reports, self.repeats = second, 0, 0, 0
        words[rows.PACKETS] += packets
        words[rows.OCTETS] += octets
        return (words[rows.PACKETS] <= words[rows.MOST_PACKETS]
                and words[rows.OCTETS] <= words[rows.MOST_OCTETS])  # fmt: skip

    def allows_report(self) -> bool:
        """Count a packet of reports and requests, in the second of the last `allows`."""
        self.reports += 1
        return self.reports <= REPORTS_PER_SECOND

    def allows_repeats(self, count: int) -> bool:
        """Count packets asked for again."""
        self.repeats += count
        return self.repeats <= REPEATS_PER_SECOND
