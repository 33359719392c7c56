"""The innermost loop as machine code: copies of packets are written, encrypted and described to the kernel.

Numba translates it once and keeps the result on disk. Without numba, or where the system has no offload,
packets go the plain way (`copies.Copy.written`, `datagrams.Datagrams.lay`), which sends the same bytes.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import carray, cfunc, njit, types
from numba.extending import intrinsic

COPY, PACKET, RUN = 12, 4, 3  # numbers in one row of each table
MOST = 1024  # rows of a table
SLOT, SLOTS, SEGMENTS, UNEVEN, NOTE = 2048, 256, 32, 4, 24
HEADER = 8  # words of a struct mmsghdr
NUMBER_AT = 17
WORD = ir.IntType(64)
BYTES, NUMBERS = types.CPointer(types.uint8), types.CPointer(types.int64)


@intrinsic
def _call(typing: Any, function: Any, first: Any, second: Any, third: Any) -> Any:
    """Call a C function of three addresses or sizes."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        kind = ir.FunctionType(ir.IntType(32), [WORD, WORD, WORD])
        return builder.call(builder.inttoptr(given[0], kind.as_pointer()), given[1:])

    return types.int32(types.int64, types.int64, types.int64, types.int64), generate


@njit(inline="always")
def _put2(memory: Any, at: int, value: int) -> None:
    memory[at], memory[at + 1] = value >> 8 & 0xFF, value & 0xFF


@njit(inline="always")
def _put4(memory: Any, at: int, value: int) -> None:
    _put2(memory, at, value >> 16)
    _put2(memory, at + 2, value)


@njit(inline="always")
def _write(
    slots: Any, places: Any, data: int, copy: Any, packet: Any, step: int, slot: int, memcpy: int
) -> None:
    at, block, extension = slot * SLOT, copy[7], copy[8]
    slots[at] = 0x90 if extension else 0x80
    slots[at + 1] = copy[6] | packet[2] << 7
    _put2(slots, at + 2, copy[4] + step)
    _put4(slots, at + 4, packet[3] + copy[5])
    _put4(slots, at + 8, copy[3])
    _call(memcpy, data + at + 12, block, extension)
    if copy[9] >= 0:
        _put2(slots, at + NUMBER_AT, copy[9] + step)
    _call(memcpy, data + at + 12 + extension, packet[0], packet[1])
    places[2 * slot + 1] = 12 + extension + packet[1]


@njit(inline="always")
def _level(slots: Any, places: Any, first: int, count: int) -> None:
    """Pad packets that are a little shorter than the next."""
    for slot in range(first + count - 2, first - 1, -1):
        size = places[2 * slot + 1]
        short = places[2 * slot + 3] - size
        if 0 < short <= UNEVEN:
            at = slot * SLOT
            slots[at] |= 0x20
            for place in range(short - 1):
                slots[at + size + place] = 0
            slots[at + size + short - 1] = short
            places[2 * slot + 1] = size + short


@njit(inline="always")
def _divide(
    places: Any, headers: Any, runs: Any, fixed: Any, copy: Any, one: int, first: int, end: int, made: int
) -> int:
    """Describe runs of equal packets, the last of which may be shorter, to the kernel."""
    while first < end:
        segment, last = places[2 * first + 1], first + 1
        most = min(end, first + SEGMENTS)
        while last < most and places[2 * last + 1] == segment:
            last += 1
        if last < most and places[2 * last + 1] < segment:
            last += 1
        cut = last - first > 1
        at = made * HEADER
        headers[at], headers[at + 1] = copy[1], copy[2]
        headers[at + 2], headers[at + 3] = fixed[1] + 16 * first, last - first
        headers[at + 4] = fixed[2] + NOTE * segment if cut else 0
        headers[at + 5] = NOTE if cut else 0
        headers[at + 6] = headers[at + 7] = 0
        runs[RUN * made], runs[RUN * made + 1], runs[RUN * made + 2] = one, first, last - first
        made += 1
        first = last
    return made


@cfunc(types.void(NUMBERS, NUMBERS, NUMBERS, BYTES, NUMBERS, NUMBERS, NUMBERS, NUMBERS), cache=True)
def spread(
    state_: Any,
    copies_: Any,
    packets_: Any,
    slots_: Any,
    places_: Any,
    headers_: Any,
    runs_: Any,
    fixed_: Any,
) -> None:
    """Lay out copies, as many as there is room for.

    `state`: the copy to begin with, how many there are; slots used, runs made, packets not sealed.
    A row of `copies`: session, address, its size, stream, first number, shift, payload type, extension and
    its size, transport number or −1, first packet, how many. Of `packets`: payload, its size, marker, time.
    `fixed`: memory of the slots, of their descriptions, of the segment notes; srtp_protect, memcpy.
    """
    state, fixed = carray(state_, 5), carray(fixed_, 5)
    copies, packets = carray(copies_, (MOST, COPY)), carray(packets_, (MOST, PACKET))
    slots, places = carray(slots_, SLOTS * SLOT), carray(places_, 2 * SLOTS)
    headers, runs = carray(headers_, SLOTS * HEADER), carray(runs_, SLOTS * RUN)
    data, described, protect, memcpy = fixed[0], fixed[1], fixed[3], fixed[4]
    one, total, used, made = state[0], state[1], 0, 0
    while one < total and used + copies[one, 11] <= SLOTS:
        copy = copies[one]
        count = copy[11]
        for step in range(count):
            _write(slots, places, data, copy, packets[copy[10] + step], step, used + step, memcpy)
        _level(slots, places, used, count)
        failed = 0
        for slot in range(used, used + count):
            failed |= _call(protect, copy[0], data + slot * SLOT, described + 16 * slot + 8)
        if failed:
            state[4] += count
        else:
            made = _divide(places, headers, runs, fixed, copy, one, used, used + count, made)
            used += count
        one += 1
    state[0], state[2], state[3] = one, used, made
