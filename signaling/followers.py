"""Those to whom a layer is passed on as it comes: only heads change, and nothing is counted for each of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from signaling import rows
from signaling.rows import SUBSCRIPTION, Row

if TYPE_CHECKING:
    from signaling.downtrack import DownTrack
    from signaling.layer import Layer
    from signaling.wire import Packet


class Followers:
    """The subscriptions for which a layer's next packet is nothing special, and what they got together."""

    def __init__(self) -> None:
        self.downs: list[DownTrack] = []
        self.packets = self.octets = 0  # passed on so far
        self.newest = (0, 0)  # number and timestamp
        self.newest_at = 0.0
        self._next: int | None = None  # the number that is nothing special
        self._table = Row(0)
        self._laid: list[DownTrack] = []  # what the table points to stays in memory

    def pass_on(self, packets: Sequence[Packet], now: float) -> None:
        """Let them have packets that follow each other; who cannot simply have them leaves."""
        if not self.downs:
            return
        if packets[0].seq != self._next:
            for down in list(self.downs):
                down.leave()
            return
        octets = sum([len(packet.payload) for packet in packets])
        for down in [down for down in self.downs if not down.copy(packets, octets, now)]:
            down.leave()
        self.count(len(packets), octets, packets[-1].seq, packets[-1].timestamp, now)
        self.goes_on(packets[-1].seq)

    def count(self, packets: int, octets: int, number: int, timestamp: int, now: float) -> None:
        """So much more has been passed on, the newest packet being this one."""
        self.packets += packets
        self.octets += octets
        if not self.newest_at or timestamp - self.newest[1] & 0xFFFFFFFF < 0x80000000:
            self.newest, self.newest_at = (number, timestamp), now

    def goes_on(self, number: int) -> None:
        """After the packet of this number nothing special has happened."""
        self._next = number + 1 & 0xFFFF

    def gather(self, layer: Layer, downs: Sequence[DownTrack]) -> None:
        """Take in those to whom nothing special is due any more."""
        assert layer.highest is not None
        self.goes_on(layer.highest)
        joined = [down for down in downs if down.joins(layer)]
        if joined:
            layer.halt()  # compiled code does not know them yet
        self.downs += joined

    def lay(self, layer: Row) -> bool:
        """Write them down for compiled code; false when one of them cannot be served by it."""
        count = len(self.downs)
        if len(self._table.words) < SUBSCRIPTION * count:
            self._table = Row(SUBSCRIPTION * 2 * count)
        words = self._table.words
        for number, down in enumerate(self.downs):
            if not down.lay(words[SUBSCRIPTION * number : SUBSCRIPTION * (number + 1)]):
                return False
        layer.words[rows.FOLLOWERS], layer.words[rows.FOLLOWER] = count, self._table.at
        self._laid = list(self.downs)
        return True
