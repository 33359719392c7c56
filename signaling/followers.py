"""Those to whom a layer is passed on as it comes: only heads change, and nothing is counted for each of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from signaling.downtrack import DownTrack
    from signaling.uptrack import Layer
    from signaling.wire import Packet


class Followers:
    """The subscriptions for which a layer's next packet is nothing special, and what they got together."""

    def __init__(self) -> None:
        self.downs: list[DownTrack] = []
        self.packets = self.octets = 0  # passed on so far
        self.newest: Packet | None = None
        self.newest_at = 0.0
        self._next: int | None = None  # the number that is nothing special

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
        last = packets[-1]
        self._next = last.seq + 1 & 0xFFFF
        self.packets += len(packets)
        self.octets += octets
        if self.newest is None or last.timestamp - self.newest.timestamp & 0xFFFFFFFF < 0x80000000:
            self.newest, self.newest_at = last, now

    def gather(self, layer: Layer, downs: Sequence[DownTrack]) -> None:
        """Take in those to whom nothing special is due any more."""
        assert layer.highest is not None
        self._next = layer.highest + 1 & 0xFFFF
        self.downs += [down for down in downs if down.joins(layer)]
