"""The round: datagrams are taken from the socket and passed on, until one is for Python."""

from __future__ import annotations

from typing import Any

from numba import cfunc, njit, types

from signaling import rows
from signaling.machine.counting import account, may_pass
from signaling.machine.leaving import record, send, spread
from signaling.machine.memory import (
    HEADER,
    PLACE,
    SLOT,
    bytes_at,
    call,
    four,
    now,
    scratch,
    signed,
    two,
    words_at,
)
from signaling.machine.reading import NAME, is_special, layer_of, payload, whose

TAKEN = 64  # datagrams received with one call
LARGEST_PAYLOAD = SLOT - 256  # beside it stand a head, an extension, padding and what encryption appends
ROUNDS = 4  # batches taken before the answers go out
GATHERING = 500  # microseconds of pause from which a port is busy
LARGE = 300  # bytes from which a packet is hardly sound
DONTWAIT, READABLE = 0x40, 1


@njit
def _pass(state: Any) -> bool:
    """Let everybody have the run; false when it must go through Python."""
    layer, peer = words_at(state[rows.RUN_LAYER]), words_at(state[rows.RUN_PEER])
    packets, octets, size = state[rows.RUN_COUNT], 0, 0
    for at in range(rows.RUN, rows.RUN + 3 * packets, 3):
        octets += state[at + 2]
        size += state[at + 1] + state[at + 2]
    if not may_pass(state, layer, peer, packets, octets, size):
        return False
    account(state, layer, peer, packets, octets)
    for number in range(layer[rows.FOLLOWERS]):
        row = words_at(layer[rows.FOLLOWER] + 8 * rows.SUBSCRIPTION * number)
        if row[rows.RECORDED]:
            record(state, row, packets)
        else:
            spread(state, row, packets)
    state[rows.PASSED] += packets
    state[rows.RUN_COUNT] = 0
    return True


@njit
def _source(state: Any, slot: int, size: int) -> Any:
    """Whose packet of media it is and of which layer: rows, or nothing."""
    data = bytes_at(state[rows.INLET] + SLOT * slot)
    if size <= 12 or size >= SLOT or not 128 <= data[0] <= 191 or 192 <= data[1] <= 223:
        return 0, 0
    peer = whose(state, slot)
    if not peer or not words_at(peer)[rows.OPENS]:
        return 0, 0
    return peer, layer_of(words_at(peer), four(data, 8))


@njit
def _take(state: Any) -> int:
    """Look at the datagrams taken, in order, until one is for Python."""
    while state[rows.NEXT_SLOT] < state[rows.TAKEN]:
        slot = state[rows.NEXT_SLOT]
        places = words_at(state[rows.INLET_PLACES])
        size = words_at(state[rows.INLET_HEADERS])[HEADER * slot + 7] & 0xFFFFFFFF
        at = state[rows.INLET] + SLOT * slot
        data = bytes_at(at)
        peer, layer = _source(state, slot, size)
        goes_on = layer and layer == state[rows.RUN_LAYER] and _follows(state, layer, data)
        if state[rows.RUN_COUNT] and not goes_on and not _pass(state):
            return rows.CLEAR
        if not layer or not words_at(layer)[rows.FLOWS] or not _follows(state, layer, data):
            return rows.UNKNOWN
        state[rows.NEXT_SLOT] = slot + 1
        places[2 * slot + 1] = size
        if signed(call(state[rows.UNPROTECT], words_at(peer)[rows.OPENS], at,
                      state[rows.INLET_PLACES] + PLACE * slot + 8, 0, 0)):  # fmt: skip
            state[rows.FORGED] += 1
            continue
        size = places[2 * slot + 1]
        begins = payload(data, size)
        fits = begins >= 0 and size - begins <= LARGEST_PAYLOAD
        special = not fits or is_special(words_at(layer)[rows.KIND], data, begins, size)
        if special and state[rows.RUN_COUNT]:
            _pass(state)
        run = rows.RUN + 3 * state[rows.RUN_COUNT]
        state[run], state[run + 1], state[run + 2] = slot, begins, size - begins
        state[rows.RUN_LAYER], state[rows.RUN_PEER] = layer, peer
        state[rows.RUN_COUNT] += 1
        if special:
            return rows.CLEAR
    if state[rows.RUN_COUNT] and not _pass(state):
        return rows.CLEAR
    return rows.ALL


@njit
def _follows(state: Any, layer: int, data: Any) -> bool:
    return two(data, 2) == (words_at(layer)[rows.HIGHEST] + state[rows.RUN_COUNT] + 1) & 0xFFFF


@njit
def _receive(state: Any, first: int) -> None:
    """Take what waits into the slots from the first on."""
    headers, places = words_at(state[rows.INLET_HEADERS]), words_at(state[rows.INLET_PLACES])
    for slot in range(first, TAKEN):
        headers[HEADER * slot + 1] = NAME
        places[2 * slot + 1] = SLOT
    at = state[rows.INLET_HEADERS] + 8 * HEADER * first
    taken = max(signed(call(state[rows.RECEIVE], state[rows.HANDLE], at, TAKEN - first, DONTWAIT, 0)), 0)
    state[rows.TAKEN], state[rows.NEXT_SLOT], state[rows.MORE] = first + taken, 0, first + taken == TAKEN
    state[rows.IN] += taken
    state[rows.NOW] = now(state)


@njit
def _is_torn(state: Any) -> bool:
    """Whether the newest datagram looks like a part of a picture whose other parts are on their way."""
    slot = state[rows.TAKEN] - 1
    if slot < 0 or state[rows.MORE]:
        return False
    data = bytes_at(state[rows.INLET] + SLOT * slot)
    size = words_at(state[rows.INLET_HEADERS])[HEADER * slot + 7] & 0xFFFFFFFF
    return LARGE < size < SLOT and 128 <= data[0] <= 191 and not data[1] & 0x80


@njit
def _round(state: Any) -> int:
    """Everything that waits, up to some batches, and what it caused."""
    verdict = _take(state)
    for _ in range(ROUNDS - 1):
        if verdict != rows.ALL or not state[rows.MORE]:
            break
        _receive(state, 0)
        verdict = _take(state)
    send(state)
    return verdict


@njit
def _readable(state: Any, place: int) -> bool:
    return state[rows.SCRATCH + place] >> 48 != 0


@njit
def _wait(state: Any, patience: int) -> None:
    """Until there is something to read, at our socket or for Python, or so many microseconds."""
    state[rows.SCRATCH] = state[rows.HANDLE] | READABLE << 32
    state[rows.SCRATCH + 1] = state[rows.POLL] | READABLE << 32
    call(state[rows.WAIT], scratch(state), 2, (patience + 999) // 1000, 0, 0)


@cfunc(types.int64(types.int64), cache=True)
def serve(at: int) -> int:
    """Pass packets on until Python is needed: for a packet, for its own events, or at the time it named.

    After a part of a picture there is a pause, so that all of it leaves in few sends; while much comes,
    one pause follows the other.
    """
    state = words_at(at)
    verdict, busy = _round(state), False
    while verdict == rows.ALL:
        left = max(state[rows.UNTIL] - now(state), 0)
        paused = busy
        if paused:
            call(state[rows.SLEEP], min(state[rows.PAUSE], left), 0, 0, 0, 0)
        _wait(state, 0 if paused else left)
        busy = False
        if _readable(state, 0):
            busy = state[rows.PAUSE] > GATHERING
            _receive(state, 0)
            if left and not paused and (busy or _is_torn(state)):
                call(state[rows.SLEEP], min(state[rows.PAUSE], left), 0, 0, 0, 0)
                _receive(state, state[rows.TAKEN])
            verdict = _round(state)
        if _readable(state, 1) or not left:
            break
    return verdict
