"""A source's sequence numbers mapped onto one gapless run per subscriber.

What we leave out on purpose must not look like loss to the receiver, so leaving out the next packet
shifts everything after it. Late packets are looked up in the run they belong to.
"""

from collections import deque

from signaling.wire import unwrap

RUNS = 64  # how many shifts a late packet may have to look back over


class SeqMap:
    """Sequence numbers of one subscription; the source may be exchanged with `restart`."""

    def __init__(self, first: int) -> None:
        self.next = first  # outgoing number of the next packet in order
        self.highest: int | None = None  # of the source, unwrapped
        self.runs: deque[tuple[int, int]] = deque(maxlen=RUNS)  # (first source number, outgoing minus source)

    def restart(self, seq: int) -> None:
        """Continue without a gap at this number of a new or resumed source."""
        near = unwrap(seq, self.next)
        self.highest = near - 1
        self.runs.clear()
        self.runs.append((near, self.next - near))

    def forward(self, seq: int) -> int | None:
        """Outgoing number of a packet, or nothing when it belongs before the start or was left out."""
        if self.highest is None:
            self.restart(seq)
        assert self.highest is not None
        number = unwrap(seq, self.highest)
        if number > self.highest:
            self.highest = number
            outgoing = number + self.runs[-1][1]
            self.next = outgoing + 1
            return outgoing & 0xFFFF
        return self._late(number)

    def advance(self, count: int) -> None:
        """So many more of the source have been passed on in order."""
        assert self.highest is not None
        self.highest += count
        self.next += count

    @property
    def offset(self) -> int:
        """From the source's newest numbers to those sent."""
        return self.runs[-1][1]

    def _late(self, number: int) -> int | None:
        above: tuple[int, int] | None = None
        for first, shift in reversed(self.runs):
            if first <= number:
                outgoing = number + shift
                # what was left out sits right below the next run and would take its first number
                taken = above is not None and outgoing >= above[0] + above[1]
                return None if taken else outgoing & 0xFFFF
            above = (first, shift)
        return None

    def drop(self, seq: int) -> bool:
        """Leave out a packet; only the next one in order can vanish without trace."""
        if self.highest is None or unwrap(seq, self.highest) != self.highest + 1:
            return False
        self.highest += 1
        first, shift = self.runs[-1]
        if first == self.highest:
            self.runs.pop()
        self.runs.append((self.highest + 1, shift - 1))
        return True
