"""Numbers that Python and compiled code share: rows of 64-bit words, each in the hands of what it tells of.

Times are microseconds of the media clock. Addresses are those of this process; whoever writes one into a
row keeps what lies there. `OWNER` is a handle of the object that takes over what compiled code counted.
"""

from __future__ import annotations

import mmap
from typing import Any
from weakref import ref

from cffi import FFI

ffi = FFI()
MOVED, OWNER = 0, 1  # the same in every row that is counted in: told to its owner already, and whose it is

# a connection
SENDS, OPENS, NAME, NAME_SIZE = 2, 3, 4, 5  # sessions of SRTP, none: not this way; where its packets go
SECOND, PACKETS, OCTETS, MOST_PACKETS, MOST_OCTETS = 6, 7, 8, 9, 10  # what it sent in this second, and may
HEARD = 11
ROOM, FILLED, RATE, WAITS, TRIES = 12, 13, 14, 15, 16  # bytes that may leave now; RATE in bytes per second
NEXT, FLIGHTS = 17, 18  # transport number of what leaves next, and what is on its way
ARRIVED, TRANSPORT, LEVEL = 19, 20, 21  # numbers noted; where header extensions carry numbers and loudness
STREAMS, STREAM = 22, 23  # how many pairs of a stream number and its layer's row follow
MOST_STREAMS, MOST_ARRIVED = 16, 128
ARRIVAL = STREAM + 2 * MOST_STREAMS  # pairs of a transport number and when it came
PEER = ARRIVAL + 2 * MOST_ARRIVED

# a layer of a track
FLOWS, HIGHEST, COUNT, PAYLOAD = 2, 3, 4, 5  # whether the next packet is nothing special; what came since
HEARD_AT, CLOCK, TRANSIT, JITTER = 6, 7, 8, 9  # JITTER in sixteenths
KIND, NEWEST, STAMP, STAMPED_AT = 10, 11, 12, 13  # the newest packet: its number, its timestamp, when it came
LOUDS, LOUD, QUIET = 14, 15, 16  # as `speaker.Loudness` counts them
KEPT_AT, KEPT_SIZE, KEPT_USED, KEPT_INDEX, KEPT_COUNT = 17, 18, 19, 20, 21  # as `recent.Recent` keeps them
FOLLOWERS, FOLLOWER = 22, 23  # how many rows of subscriptions there are, and where
LAYER = 24
SOUND, VP8, H264 = 0, 1, 2  # kinds

# a subscription
TO, SSRC, OFFSET, SHIFT, TYPE, BLOCK, BLOCK_SIZE = 0, 1, 2, 3, 4, 5, 6
NUMBERED, URGENT, SHIFTED, PICTURE, TL0, KEY = 7, 8, 9, 10, 11, 12
RECORDED, TRACK = 13, 14  # instead of `TO`: the row of a recording, and the track's number in it
SUBSCRIPTION = 16

# a recording
BUFFER, BUFFER_SIZE, BUFFER_USED, TRACKS = 2, 3, 4, 5  # TRACKS: one bit for each that lies in the buffer
FIRST_NS, LAST_NS = 6, 7  # when the first and the last packet in it came
MOST_TRACKS = 62
RECORDING = 8

# one packet of those kept
KEPT_NUMBER, KEPT_PLACE, KEPT_LENGTH, KEPT_STAMP = 0, 1, 2, 3
KEPT_ROW = 4
MARKED, WHOLE = 1 << 32, 1 << 33  # beside the length: the marker, and that a whole picture begins

# one packet on its way
FLIGHT, FLOWN_AT = 0, 1  # its number and size, and when it left
FLIGHT_ROW = 2
FLYING = 4096


# the port
HANDLE, POLL, UNTIL, PAUSE, START = 0, 1, 2, 3, 4  # UNTIL: when Python wants to run; START: as `clock` has it
NEXT_SLOT, TAKEN, MORE, NOW = 5, 6, 7, 8  # of the datagrams taken, the one to look at; whether more may wait
INLET, INLET_PLACES, INLET_HEADERS, INLET_NAMES = 9, 10, 11, 12
OUTLET, OUTLET_PLACES, OUTLET_HEADERS, NOTES, USED, MADE = 13, 14, 15, 16, 17, 18
TABLE, TABLE_MASK, MOVES, MOVE = 19, 20, 21, 22  # whose an address is; how many rows moved, and their owners
IN, OUT, FORGED, UNSEALED, FAILED, UNCUT, PASSED = 23, 24, 25, 26, 27, 28, 29  # counters of datagrams
RECEIVE, SEND, WAIT, SLEEP, CLOCK_AT, ERROR_AT, PROTECT, UNPROTECT, COPY = 30, 31, 32, 33, 34, 35, 36, 37, 38
HERE = 39  # where this row lies
SCRATCH = 40  # four words
RUN_LAYER, RUN_PEER, RUN_COUNT, RUN = (
    44,
    45,
    46,
    47,
)  # packets in clear: slot, where the payload lies, its size
MOST_MOVES = 4096
PORT = RUN + 3 * 64
ENTRY = 5  # words of the table: an address in four, and the connection's row
ALL, UNKNOWN, CLEAR = 0, 1, 2  # how it ended: nothing waits; a datagram, or packets in clear, are for Python


class Row:
    """So many words, at an address that stays."""

    __slots__ = ("_memory", "at", "words")

    def __init__(self, size: int) -> None:
        self._memory = ffi.new("int64_t[]", size)
        self.words = memoryview(ffi.buffer(self._memory)).cast("q")
        self.at = int(ffi.cast("uintptr_t", self._memory))


class Memory:
    """Bytes at an address that stays."""

    __slots__ = ("_hold", "at", "content", "size")

    def __init__(self, content: bytearray | mmap.mmap) -> None:
        self.content, self.size = content, len(content)
        self._hold = ffi.from_buffer(content)  # while it is held nobody can resize it
        self.at = int(ffi.cast("uintptr_t", self._hold))


class Pages(Memory):
    """Many bytes: pages of their own, which take no room before they are written and go back to the system."""

    __slots__ = ("_pages",)

    def __init__(self, size: int) -> None:
        self._pages = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        super().__init__(self._pages)

    def erase(self) -> None:
        """Zeros again."""
        self._pages.madvise(mmap.MADV_DONTNEED)


def handle(owner: object) -> tuple[object, int]:
    """What the owner must keep, and the number by which `owned` finds it."""
    kept = ffi.new_handle(ref(owner))  # weak: who holds its own handle would never be freed at once
    return kept, int(ffi.cast("uintptr_t", kept))


def owned(number: int) -> Any:
    """The object of a handle."""
    return ffi.from_handle(ffi.cast("void *", number))()


def micros(now: float) -> int:
    """A moment as rows tell it."""
    return int(now * 1_000_000)
