"""Copies that wait to be written, and the tables in which compiled code finds them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from struct import Struct
from typing import TYPE_CHECKING

from pylibsrtp._binding import ffi as srtp_ffi
from pylibsrtp._binding import lib

from signaling import batch
from signaling.batch import SLOT, ffi

if TYPE_CHECKING:
    from signaling.copies import Copy
    from signaling.datagrams import UdpPath
    from signaling.srtp import Srtp
    from signaling.wire import Packet

LARGEST_PAYLOAD = SLOT - 256  # beside it stand a header with extensions and what encryption appends
MOST = 1024  # copies, and packets, that wait at once
MOST_BLOCKS = 1000  # header extensions whose place in memory is remembered
COPY, PACKET = Struct("=12q"), Struct("=4q")
INSIDE = bytes.__basicsize__ - 1  # where CPython keeps what a bytes object holds
KIND = "void(*)(int64_t *, int64_t *, int64_t *, uint8_t *, int64_t *, int64_t *, int64_t *, int64_t *)"
log = logging.getLogger("signaling")


class Spreader:
    """Gathers copies until the next flush and lays them into an outlet all at once."""

    def __init__(self, outlet: batch.Outlet, spread: int) -> None:
        protect = int(srtp_ffi.cast("uintptr_t", srtp_ffi.addressof(lib, "srtp_protect")))
        self._spread = ffi.cast(KIND, spread)
        self._slots = outlet.count
        self._state = ffi.new("int64_t[]", 5)
        self._copies, self._packets = ffi.new("int64_t[]", 12 * MOST), ffi.new("int64_t[]", 4 * MOST)
        self._runs = ffi.new("int64_t[]", 3 * outlet.count)
        self._fixed = ffi.new("int64_t[]", [outlet.base, outlet.place, outlet.notes, protect, batch.memcpy()])
        self._tables = (
            self._state, self._copies, self._packets, ffi.cast("uint8_t *", outlet.base),
            ffi.cast("int64_t *", outlet.place), outlet.header, self._runs, self._fixed,
        )  # fmt: skip
        self._copy_rows, self._packet_rows = ffi.buffer(self._copies), ffi.buffer(self._packets)
        self._source: Sequence[Packet] = ()
        self._first = self._count = 0  # in the table of packets
        self._sources: list[Sequence[Packet]] = []  # in memory until they are sent
        self._blocks: dict[bytes, bytes] = {}
        self.paths: list[UdpPath] = []

    def take(self, path: UdpPath, srtp: Srtp, one: Copy) -> bool:
        """Keep a copy for the next flush; false when it must be written the plain way."""
        packets, down, place = one.packets, one.down, len(self.paths)
        if one.counters is not None or place == MOST or len(packets) > self._slots:
            return False
        if packets is not self._source and not self._note(packets):
            return False
        extension = self._blocks.get(down.extension) or self._remember(down.extension)
        COPY.pack_into(
            self._copy_rows, place * COPY.size, srtp.sending, path.at, len(path.key), down.ssrc, one.number,
            one.shift, down.codec.payload_type, id(extension) + INSIDE, len(extension), one.transport,
            self._first, len(packets),
        )  # fmt: skip
        self.paths.append(path)
        return True

    def _note(self, packets: Sequence[Packet]) -> bool:
        first = at = self._count
        if first + len(packets) > MOST:
            return False
        for packet in packets:
            payload = packet.payload
            if len(payload) > LARGEST_PAYLOAD:
                return False
            PACKET.pack_into(self._packet_rows, at * PACKET.size, id(payload) + INSIDE, len(payload),
                             packet.marker, packet.timestamp)  # fmt: skip
            at += 1
        self._source, self._first, self._count = packets, first, at
        self._sources.append(packets)
        return True

    def _remember(self, extension: bytes) -> bytes:
        """One object for equal extensions, so that it stays where it is."""
        if len(self._blocks) > MOST_BLOCKS and not self.paths:
            self._blocks.clear()
        return self._blocks.setdefault(extension, extension)

    def lay(self, start: int) -> tuple[int, int, int, int]:
        """Lay out copies from `start` on: how far it came, slots used, runs made, packets not sealed."""
        state = self._state
        state[0], state[1], state[4] = start, len(self.paths), 0
        self._spread(*self._tables)
        return state[0], state[2], state[3], state[4]

    def run(self, number: int) -> tuple[UdpPath, int, int]:
        """Where a run goes, its first slot, and how many there are."""
        one, first, count = self._runs[3 * number : 3 * number + 3]
        return self.paths[one], first, count

    def clear(self) -> None:
        """Everything has been sent."""
        self._source, self._count = (), 0
        self._sources.clear()
        self.paths.clear()


def load(outlet: batch.Outlet) -> Spreader | None:
    """The compiled way, where its library is installed; takes a second, the first time of all ten."""
    probe = b"a bytes object"
    if int(ffi.cast("uintptr_t", ffi.from_buffer(probe))) != id(probe) + INSIDE:
        return None  # another Python
    try:
        from signaling.compiled import spread
    except ImportError as missing:
        log.warning("packets are written the plain way: %s", missing)
        return None
    except Exception:  # numba finds no place for what it translated, or does not know this processor
        log.warning("packets are written the plain way", exc_info=True)
        return None
    return Spreader(outlet, int(spread.address))
