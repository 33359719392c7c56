"""What a datagram is: whose, of which layer, and whether there is anything special about it."""

from __future__ import annotations

from typing import Any

from numba import njit

from signaling import rows
from signaling.machine.memory import two, words_at

NAME = 32  # bytes of an address
EXTENSION = 0xBEDE


@njit
def whose(state: Any, slot: int) -> int:
    """The row of the connection from whose address a datagram came."""
    name, table = words_at(state[rows.INLET_NAMES] + NAME * slot), words_at(state[rows.TABLE])
    first, second, third, fourth = name[0], name[1], name[2], name[3]
    place = first ^ first >> 16 ^ first >> 32 ^ first >> 48 ^ second ^ third ^ third >> 32
    while True:
        at = rows.ENTRY * (place & state[rows.TABLE_MASK])
        if not table[at + 4]:
            return 0
        if (
            table[at] == first
            and table[at + 1] == second
            and table[at + 2] == third
            and table[at + 3] == fourth
        ):
            return table[at + 4]
        place += 1


@njit
def layer_of(peer: Any, ssrc: int) -> int:
    """The row of the layer that comes under a stream number, or 0."""
    for at in range(rows.STREAM, rows.STREAM + 2 * peer[rows.STREAMS], 2):
        if peer[at] == ssrc:
            return peer[at + 1]
    return 0


@njit
def payload(data: Any, size: int) -> int:
    """Where the payload begins; −1 when the packet is not of the plainest form."""
    first = data[0]
    at = 12 + 4 * (first & 15)
    if first & 16:
        if at + 4 > size or two(data, at) != EXTENSION:
            return -1
        at += 4 + 4 * two(data, at + 2)
    return -1 if first & 32 or at >= size else at


@njit
def element(data: Any, number: int) -> int:
    """Where an element of the header extension stands, its first byte included; 0 when it is not there."""
    if not data[0] & 16:
        return 0
    at = 12 + 4 * (data[0] & 15)
    end = at + 4 + 4 * two(data, at + 2)
    at += 4
    while at + 1 < end:
        if data[at] >> 4 == number:
            return at
        at += (data[at] & 15) + 2 if data[at] else 1
    return 0


@njit
def descriptor(data: Any, at: int, end: int) -> Any:
    """Where the counters of a VP8 packet stand and what follows them (RFC 7741); 0 for what is not there."""
    first, begin = data[at], at
    at += 1
    picture, tl0, key = 0, 0, 0
    if first & 0x80 and at < end:
        flags = data[at]
        at += 1
        if flags & 0x80 and at < end:
            picture = at - begin
            at += 2 if data[at] & 0x80 else 1
        if flags & 0x40:
            tl0 = at - begin
            at += 1
        if flags & 0x30:
            key = at - begin
            at += 1
    return picture, tl0, key, at


@njit
def is_special(kind: int, data: Any, at: int, size: int) -> bool:
    """Whether a packet may begin a whole picture, or is cut short."""
    if kind == rows.VP8:
        body = descriptor(data, at, size)[3]
        return body >= size or (data[at] & 0x1F == 0x10 and not data[body] & 1)
    if kind == rows.H264:
        unit = data[at] & 31
        if unit == 28:
            return at + 1 >= size or (data[at + 1] & 0x80 and data[at + 1] & 31 in (5, 7))
        return unit in (5, 7, 24)
    return False
