"""What compiled code works with: memory at addresses, numbers in it, and functions of the C library."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import carray, int64, njit, types
from numba.extending import intrinsic

from signaling import rows

WORD = ir.IntType(64)
WORDS, BYTES = types.CPointer(types.int64), types.CPointer(types.uint8)
MOST = 1 << 20  # a bound for the type only: nothing is checked against it
SLOT, SLOTS, PLACE, HEADER = 2048, 256, 16, 8  # bytes of a datagram, and words of a struct mmsghdr
MONOTONIC = 1


@intrinsic
def call(typing: Any, function: Any, a: Any, b: Any, c: Any, d: Any, e: Any) -> Any:
    """Call a C function; what it does not take is not looked at."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        kind = ir.FunctionType(WORD, [WORD] * 5)
        return builder.call(builder.inttoptr(given[0], kind.as_pointer()), given[1:])

    return types.int64(*[types.int64] * 6), generate


@intrinsic
def _word_pointer(typing: Any, address: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return builder.inttoptr(given[0], WORD.as_pointer())

    return WORDS(types.int64), generate


@intrinsic
def _byte_pointer(typing: Any, address: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return builder.inttoptr(given[0], ir.IntType(8).as_pointer())

    return BYTES(types.int64), generate


@njit
def words_at(address: int) -> Any:
    """Numbers at an address; how many, the caller knows."""
    return carray(_word_pointer(address), MOST)


@njit
def bytes_at(address: int) -> Any:
    """Bytes at an address."""
    return carray(_byte_pointer(address), MOST)


@njit
def signed(returned: int) -> int:
    """What a C function that returns an int returned."""
    return ((returned & 0xFFFFFFFF) ^ 0x80000000) - 0x80000000


@njit
def two(memory: Any, at: int) -> int:
    """A number of two bytes, as the network writes it."""
    return int64(memory[at]) << 8 | int64(memory[at + 1])


@njit
def four(memory: Any, at: int) -> int:
    """A number of four bytes."""
    return two(memory, at) << 16 | two(memory, at + 2)


@njit
def put2(memory: Any, at: int, value: int) -> None:
    """Write a number of two bytes."""
    memory[at], memory[at + 1] = value >> 8 & 0xFF, value & 0xFF


@njit
def put4(memory: Any, at: int, value: int) -> None:
    """Write a number of four bytes."""
    put2(memory, at, value >> 16)
    put2(memory, at + 2, value)


@njit
def now(state: Any) -> int:
    """The media clock, in microseconds."""
    at = scratch(state) + 16
    call(state[rows.CLOCK_AT], MONOTONIC, at, 0, 0, 0)
    return state[rows.START] + state[rows.SCRATCH + 2] * 1_000_000 + state[rows.SCRATCH + 3] // 1000


@njit
def scratch(state: Any) -> int:
    """Where the C library may write a few words."""
    return state[rows.HERE] + 8 * rows.SCRATCH


@njit
def note_moved(state: Any, row: Any) -> None:
    """See to it that the row's owner takes over what was counted."""
    if not row[rows.MOVED]:
        row[rows.MOVED] = 1
        words_at(state[rows.MOVE])[state[rows.MOVES]] = row[rows.OWNER]
        state[rows.MOVES] += 1
