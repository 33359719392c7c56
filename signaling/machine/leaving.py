"""How packets leave: written anew for each follower, encrypted, and described to the kernel in few sends."""

from __future__ import annotations

from typing import Any

from numba import njit

from signaling import rows
from signaling.machine.counting import RECORD
from signaling.machine.memory import (
    HEADER,
    PLACE,
    SLOT,
    SLOTS,
    bytes_at,
    call,
    four,
    note_moved,
    put2,
    put4,
    signed,
    two,
    words_at,
)
from signaling.machine.reading import descriptor

SEGMENTS, UNEVEN, NOTE = 32, 4, 24  # as in `batch` and `datagrams`
NUMBER_AT = 17  # where the transport number stands in a packet: first element of its first extension
PACKET = 3  # as in `records`
DONTWAIT, EINTR = 0x40, 4
UNCUT = (5, 22, 90, 92, 95)  # EIO, EINVAL, EMSGSIZE, ENOPROTOOPT, EOPNOTSUPP: the kernel will not cut


@njit
def head(memory: Any, at: int, row: Any, source: Any) -> None:
    """What stands before the extension and the payload, as `copies.Copy` writes it."""
    memory[at] = 0x90 if row[rows.BLOCK_SIZE] else 0x80
    memory[at + 1] = row[rows.TYPE] | source[1] & 0x80
    put2(memory, at + 2, two(source, 2) + row[rows.OFFSET])
    put4(memory, at + 4, four(source, 4) + row[rows.SHIFT])
    put4(memory, at + 8, row[rows.SSRC])


@njit
def move_counters(memory: Any, at: int, end: int, row: Any) -> None:
    """Move the picture numbers of a VP8 packet as `vp8.rewrite` does."""
    picture, tl0, key, _ = descriptor(memory, at, end)
    if picture:
        place = at + picture
        if memory[place] & 0x80:
            moved = two(memory, place) + row[rows.PICTURE]
            memory[place], memory[place + 1] = 0x80 | moved >> 8 & 0x7F, moved & 0xFF
        else:
            memory[place] = memory[place] + row[rows.PICTURE] & 0x7F
    if tl0:
        memory[at + tl0] = memory[at + tl0] + row[rows.TL0] & 0xFF
    if key:
        memory[at + key] = memory[at + key] & 0xE0 | memory[at + key] + row[rows.KEY] & 0x1F


@njit
def record(state: Any, row: Any, packets: int) -> None:
    """Write a run as `records.pack` does."""
    tape = words_at(row[rows.RECORDED])
    memory, at = bytes_at(tape[rows.BUFFER]), tape[rows.BUFFER_USED]
    nanoseconds = state[rows.NOW] * 1000
    if not at:
        tape[rows.FIRST_NS] = nanoseconds
    tape[rows.LAST_NS] = nanoseconds
    for run in range(rows.RUN, rows.RUN + 3 * packets, 3):
        begins = state[rows.INLET] + SLOT * state[run]
        length = 12 + state[run + 2]
        put4(memory, at, length)
        memory[at + 4] = PACKET
        put2(memory, at + 5, row[rows.TRACK])
        put4(memory, at + 7, nanoseconds >> 32)
        put4(memory, at + 11, nanoseconds)
        head(memory, at + RECORD, row, bytes_at(begins))
        call(
            state[rows.COPY],
            tape[rows.BUFFER] + at + RECORD + 12,
            begins + state[run + 1],
            state[run + 2],
            0,
            0,
        )
        if row[rows.SHIFTED]:
            move_counters(memory, at + RECORD + 12, at + RECORD + length, row)
        at += RECORD + length
    tape[rows.BUFFER_USED] = at
    tape[rows.TRACKS] |= 1 << row[rows.TRACK]
    note_moved(state, tape)


@njit
def _write(state: Any, row: Any, peer: Any, run: int, slot: int) -> None:
    """Lay one packet for one follower into a slot."""
    memory, at = bytes_at(state[rows.OUTLET]), slot * SLOT
    begins, length = state[rows.INLET] + SLOT * state[run], state[run + 2]
    block = row[rows.BLOCK_SIZE]
    head(memory, at, row, bytes_at(begins))
    call(state[rows.COPY], state[rows.OUTLET] + at + 12, row[rows.BLOCK], block, 0, 0)
    call(state[rows.COPY], state[rows.OUTLET] + at + 12 + block, begins + state[run + 1], length, 0, 0)
    size = 12 + block + length
    if row[rows.SHIFTED]:
        move_counters(memory, at + 12 + block, at + size, row)
    if row[rows.NUMBERED]:
        number = peer[rows.NEXT]
        peer[rows.NEXT] = number + 1
        put2(memory, at + NUMBER_AT, number)
        flight = words_at(peer[rows.FLIGHTS] + 8 * rows.FLIGHT_ROW * (number % rows.FLYING))
        flight[rows.FLIGHT], flight[rows.FLOWN_AT] = number << 16 | size, state[rows.NOW]
    peer[rows.ROOM] -= size
    words_at(state[rows.OUTLET_PLACES])[2 * slot + 1] = size


@njit
def _level(memory: Any, places: Any, first: int, count: int) -> None:
    """Pad packets that are a little shorter than the next."""
    for slot in range(first + count - 2, first - 1, -1):
        size = places[2 * slot + 1]
        short = places[2 * slot + 3] - size
        if 0 < short <= UNEVEN:
            at = slot * SLOT
            memory[at] |= 0x20
            for place in range(short - 1):
                memory[at + size + place] = 0
            memory[at + size + short - 1] = short
            places[2 * slot + 1] = size + short


@njit
def _divide(state: Any, peer: Any, first: int, end: int) -> None:
    """Describe runs of equal packets, the last of which may be shorter, to the kernel."""
    places, headers = words_at(state[rows.OUTLET_PLACES]), words_at(state[rows.OUTLET_HEADERS])
    while first < end:
        segment, last = places[2 * first + 1], first + 1
        most = min(end, first + SEGMENTS)
        while last < most and places[2 * last + 1] == segment:
            last += 1
        if last < most and places[2 * last + 1] < segment:
            last += 1
        cut = last - first > 1
        at = state[rows.MADE] * HEADER
        headers[at], headers[at + 1] = peer[rows.NAME], peer[rows.NAME_SIZE]
        headers[at + 2], headers[at + 3] = state[rows.OUTLET_PLACES] + PLACE * first, last - first
        headers[at + 4] = state[rows.NOTES] + NOTE * segment if cut else 0
        headers[at + 5] = NOTE if cut else 0
        headers[at + 6] = headers[at + 7] = 0
        state[rows.MADE] += 1
        state[rows.OUT] += last - first
        first = last


@njit
def spread(state: Any, row: Any, packets: int) -> None:
    """Write, encrypt and describe a run for one follower."""
    if state[rows.USED] + packets >= SLOTS:  # the last is for `_send_singly`
        send(state)
    peer, first = words_at(row[rows.TO]), state[rows.USED]
    places = words_at(state[rows.OUTLET_PLACES])
    for step in range(packets):
        _write(state, row, peer, rows.RUN + 3 * step, first + step)
    _level(bytes_at(state[rows.OUTLET]), places, first, packets)
    state[rows.USED] += packets
    begin = first
    for slot in range(first, first + packets):
        if signed(call(state[rows.PROTECT], peer[rows.SENDS], state[rows.OUTLET] + SLOT * slot,
                       state[rows.OUTLET_PLACES] + PLACE * slot + 8, 0, 0)):  # fmt: skip
            state[rows.UNSEALED] += 1
            _divide(state, peer, begin, slot)
            begin = slot + 1
    _divide(state, peer, begin, first + packets)


@njit
def send(state: Any) -> None:
    """Send everything described; what the kernel will not cut goes packet by packet."""
    done, headers = 0, state[rows.OUTLET_HEADERS]
    while done < state[rows.MADE]:
        sent = signed(call(state[rows.SEND], state[rows.HANDLE], headers + 8 * HEADER * done,
                          state[rows.MADE] - done, DONTWAIT, 0))  # fmt: skip
        if sent > 0:
            done += sent
            continue
        error = signed(words_at(call(state[rows.ERROR_AT], 0, 0, 0, 0, 0))[0])
        if error == EINTR:
            continue
        header = words_at(headers + 8 * HEADER * done)
        if header[4] and error in UNCUT:
            state[rows.UNCUT] += 1
            _send_singly(state, header)
        else:
            state[rows.FAILED] += 1
        done += 1
    state[rows.USED] = state[rows.MADE] = 0


@njit
def _send_singly(state: Any, header: Any) -> None:
    first, count = header[2], header[3]
    header[3], header[4], header[5] = 1, 0, 0
    for number in range(count):
        header[2] = first + PLACE * number
        at = state[rows.OUTLET_HEADERS] + 8 * HEADER * (SLOTS - 1)  # never described: see `spread`
        last = words_at(at)
        for word in range(HEADER):
            last[word] = header[word]
        if signed(call(state[rows.SEND], state[rows.HANDLE], at, 1, DONTWAIT, 0)) <= 0:
            state[rows.FAILED] += 1
