"""The last packets of a layer, for who comes later and for who asks again."""

from __future__ import annotations

from collections.abc import Sequence

from signaling import rows
from signaling.rows import KEPT_ROW, MARKED, WHOLE, Pages, Row
from signaling.wire import Packet

KEPT = {"video": 512, "audio": 64}  # packets
ROOM = {"video": 655_360, "audio": 32_768}  # bytes; what does not fit leaves earlier


class Recent:
    """Packets one after the other in a ring of bytes; compiled code writes into it too."""

    def __init__(self, kind: str, ssrc: int, row: Row) -> None:
        self._ssrc = ssrc
        self._words = row.words
        self._memory, self._count = Pages(ROOM[kind]), KEPT[kind]
        self._index = Row(KEPT_ROW * self._count)
        row.words[rows.KEPT_AT], row.words[rows.KEPT_SIZE] = self._memory.at, self._memory.size
        row.words[rows.KEPT_INDEX], row.words[rows.KEPT_COUNT] = self._index.at, self._count
        self.forget()

    def keep(self, packets: Sequence[Packet]) -> None:
        """Remember packets for a moment."""
        words, index, memory = self._words, self._index.words, self._memory
        place, room = words[rows.KEPT_USED], memory.size
        for packet in packets:
            payload, seq = packet.payload, packet.seq
            length, begin = len(payload), place % room
            if begin + length > room:
                place, begin = place + room - begin, 0
            memory.content[begin : begin + length] = payload
            at = seq % self._count * KEPT_ROW
            flags = (MARKED if packet.marker else 0) | (WHOLE if packet.keyframe else 0)
            index[at], index[at + 1] = seq, place
            index[at + 2], index[at + 3] = length | flags, packet.timestamp
            place += length
        words[rows.KEPT_USED] = place

    def kept(self, seq: int) -> Packet | None:
        """A packet that came not long ago."""
        at = seq % self._count * KEPT_ROW
        number, place, length, stamp = self._index.words[at : at + KEPT_ROW]
        if number != seq or place + self._memory.size < self._words[rows.KEPT_USED]:
            return None
        begin = place % self._memory.size
        payload = bytes(self._memory.content[begin : begin + (length & 0xFFFF)])
        return Packet.of(self._ssrc, seq, stamp, length >> 32 & 1, payload, bool(length & WHOLE))

    def forget(self) -> None:
        """Nobody who comes later may see what has been sent so far."""
        for at in range(0, KEPT_ROW * self._count, KEPT_ROW):
            self._index.words[at] = -1
        self._memory.erase()
