"""What a run of packets changes: budgets, counters, what is kept for those who come later or ask again."""

from __future__ import annotations

from typing import Any

from numba import njit

from signaling import rows
from signaling.machine.memory import SLOT, bytes_at, call, four, note_moved, two, words_at
from signaling.machine.reading import element

RECORD = 15  # bytes before a packet in a recording
BURST = 20_000  # as in `pacer`
LOUD = 35  # as in `speaker`


@njit
def admits(row: Any, packets: int, octets: int, now: int) -> bool:
    """Whether a run may leave for one follower at once."""
    if row[rows.RECORDED]:
        tape = words_at(row[rows.RECORDED])
        return tape[rows.BUFFER_USED] + octets + packets * (RECORD + 12) <= tape[rows.BUFFER_SIZE]
    peer = words_at(row[rows.TO])
    if not peer[rows.SENDS] or (peer[rows.TRIES] and row[rows.NUMBERED]):
        return False
    if row[rows.URGENT]:
        return True
    size = octets + packets * (12 + row[rows.BLOCK_SIZE])
    if peer[rows.ROOM] < size:
        passed = min(now - peer[rows.FILLED], 1_000_000)
        peer[rows.FILLED] = now
        peer[rows.ROOM] = min(peer[rows.ROOM] + passed * peer[rows.RATE] // 1_000_000, BURST)
    return not peer[rows.WAITS] and peer[rows.ROOM] >= size


@njit
def may_pass(state: Any, layer: Any, peer: Any, packets: int, octets: int, size: int) -> bool:
    """Whether a run may leave at once for everybody, and its sender has not had their share; if so it is taken."""
    now = state[rows.NOW]
    if peer[rows.SECOND] != now // 1_000_000:
        peer[rows.SECOND], peer[rows.PACKETS], peer[rows.OCTETS] = now // 1_000_000, 0, 0
    if (
        peer[rows.PACKETS] + packets > peer[rows.MOST_PACKETS]
        or peer[rows.OCTETS] + size > peer[rows.MOST_OCTETS]
        or (peer[rows.TRANSPORT] and peer[rows.ARRIVED] + packets > rows.MOST_ARRIVED)
        or state[rows.MOVES] + layer[rows.FOLLOWERS] + 2 > rows.MOST_MOVES
    ):
        return False
    for number in range(layer[rows.FOLLOWERS]):
        row = words_at(layer[rows.FOLLOWER] + 8 * rows.SUBSCRIPTION * number)
        if not admits(row, packets, octets, now):
            return False
    peer[rows.PACKETS] += packets
    peer[rows.OCTETS] += size
    return True


@njit
def account(state: Any, layer: Any, peer: Any, packets: int, octets: int) -> None:
    """Count a run as `uptrack.Layer.take_run` does."""
    now, stamp = state[rows.NOW], 0
    for at in range(rows.RUN, rows.RUN + 3 * packets, 3):
        data = bytes_at(state[rows.INLET] + SLOT * state[at])
        stamp = four(data, 4)
        if at == rows.RUN:
            _measure(layer, stamp, now)
        if peer[rows.TRANSPORT]:
            _note_arrival(state, peer, data, now)
        if layer[rows.KIND] == rows.SOUND and peer[rows.LEVEL]:
            _listen(layer, data, peer[rows.LEVEL])
        _keep(state, layer, data, at, stamp)
    layer[rows.COUNT] += packets
    layer[rows.PAYLOAD] += octets
    layer[rows.HEARD_AT] = peer[rows.HEARD] = now
    if not layer[rows.STAMPED_AT] or stamp - layer[rows.STAMP] & 0x80000000 == 0:
        layer[rows.NEWEST], layer[rows.STAMP], layer[rows.STAMPED_AT] = (
            layer[rows.HIGHEST] & 0xFFFF,
            stamp,
            now,
        )
    note_moved(state, layer)


@njit
def _measure(layer: Any, stamp: int, now: int) -> None:  # RFC 3550 §6.4.1
    clock = layer[rows.CLOCK]
    transit = now // 1_000_000 * clock + now % 1_000_000 * clock // 1_000_000 - stamp
    change = abs(transit - layer[rows.TRANSIT])
    layer[rows.TRANSIT] = transit
    if change < clock:
        layer[rows.JITTER] += change - (layer[rows.JITTER] + 8 >> 4)


@njit
def _note_arrival(state: Any, peer: Any, data: Any, now: int) -> None:
    at = element(data, peer[rows.TRANSPORT])
    if at and data[at] & 15 == 1:
        place = rows.ARRIVAL + 2 * peer[rows.ARRIVED]
        peer[place] = two(data, at + 1)
        peer[place + 1] = now
        peer[rows.ARRIVED] += 1
        note_moved(state, peer)


@njit
def _listen(layer: Any, data: Any, number: int) -> None:
    at = element(data, number)
    if at:
        level = data[at + 1] & 127
        layer[rows.LOUDS] += 1
        if level <= LOUD:
            layer[rows.LOUD] += 1
            layer[rows.QUIET] += level


@njit
def _keep(state: Any, layer: Any, data: Any, at: int, stamp: int) -> None:
    """Keep a packet as `recent.Recent` does."""
    size, length = layer[rows.KEPT_SIZE], state[at + 2]
    place = layer[rows.KEPT_USED]
    if place % size + length > size:
        place += size - place % size
    call(state[rows.COPY], layer[rows.KEPT_AT] + place % size,
          state[rows.INLET] + SLOT * state[at] + state[at + 1], length, 0, 0)  # fmt: skip
    layer[rows.KEPT_USED] = place + length
    layer[rows.HIGHEST] += 1
    number = layer[rows.HIGHEST] & 0xFFFF
    row = words_at(layer[rows.KEPT_INDEX] + 8 * rows.KEPT_ROW * (number % layer[rows.KEPT_COUNT]))
    row[rows.KEPT_NUMBER], row[rows.KEPT_PLACE], row[rows.KEPT_STAMP] = number, place, stamp
    row[rows.KEPT_LENGTH] = length | (rows.MARKED if data[1] & 0x80 else 0)
