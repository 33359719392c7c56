"""The fast lane: while the event loop has nothing to do, compiled code passes packets on (`signaling.machine`).

It stands where the loop waits for its files. It comes back when a packet needs Python, when the loop has
something to do, or at the time the loop named; before Python looks, everybody takes over what was counted.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import selectors
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pylibsrtp._binding import ffi as srtp_ffi
from pylibsrtp._binding import lib

from signaling import batch, rows
from signaling.batch import NAME, SLOT, Outlet
from signaling.clock import START, steady
from signaling.rows import ENTRY, PORT, Row, micros

if TYPE_CHECKING:
    from signaling.link import Link
    from signaling.port import Port

OUTGOING = 256  # datagrams laid out before they are sent
ADDRESSES = 4096  # of which half can be told from each other
TELL_EVERY = 0.2  # seconds between two signs of life told
LONGEST = 1.0  # seconds in compiled code at a stretch
HURRY = 0.02  # the same while something must not wait
FUNCTIONS = {
    rows.RECEIVE: "recvmmsg", rows.SEND: "sendmmsg", rows.WAIT: "poll", rows.SLEEP: "usleep",
    rows.CLOCK_AT: "clock_gettime", rows.ERROR_AT: "__errno_location", rows.COPY: "memcpy",
}  # fmt: skip
COUNTED = {
    rows.IN: "datagrams_in", rows.OUT: "datagrams_out", rows.FORGED: "forged", rows.UNSEALED: "not_sealed",
    rows.FAILED: "send_failed", rows.UNCUT: "not_segmented", rows.PASSED: "datagrams_passed",
}  # fmt: skip
log = logging.getLogger("signaling")


class Selector(selectors.EpollSelector):
    """Waits for the loop's files in the lane, once there is one."""

    def __init__(self) -> None:
        super().__init__()
        self.lane: Lane | None = None

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What the loop may read or write now."""
        if self.lane is None:
            return super().select(timeout)
        patience = LONGEST if timeout is None else min(max(timeout, 0.0), LONGEST)
        self.lane.port.guard(self.lane.serve, self.fileno(), patience)
        return super().select(0)


class Lane:
    """What compiled code works on, and what Python does between."""

    def __init__(self, port: Port, serve: Any) -> None:
        self.port, self._serve = port, serve
        self._inlet, self._outlet = port.datagrams.inlet, Outlet(OUTGOING)
        self._table, self._moved = Row(ENTRY * ADDRESSES), Row(rows.MOST_MOVES)
        self._state = Row(PORT)
        self._named: list[Link] = []  # what the table points to stays in memory
        self._known = -1
        self._tell_at = 0.0
        words = self._state.words
        words[rows.HERE], words[rows.HANDLE] = self._state.at, port.datagrams.socket.fileno()
        words[rows.START] = micros(START)
        words[rows.INLET], words[rows.INLET_PLACES] = self._inlet.base, self._inlet.place
        words[rows.INLET_HEADERS], words[rows.INLET_NAMES] = self._inlet.at()
        words[rows.OUTLET], words[rows.OUTLET_PLACES] = self._outlet.base, self._outlet.place
        words[rows.OUTLET_HEADERS], words[rows.NOTES] = self._outlet.at(), self._outlet.notes
        words[rows.TABLE], words[rows.TABLE_MASK] = self._table.at, ADDRESSES - 1
        words[rows.MOVE] = self._moved.at
        for place, name in FUNCTIONS.items():
            words[place] = batch.function(name)
        words[rows.PROTECT], words[rows.UNPROTECT] = map(_of_srtp, ("srtp_protect", "srtp_unprotect"))

    def serve(self, poll: int, patience: float) -> None:
        """Pass packets on for so many seconds at most, or until Python has something to do."""
        port, words = self.port, self._state.words
        if self._known != port.changes:
            self._know()
        if port.outbox:  # what Python wrote must not be overtaken
            port.flush()
        words[rows.POLL], words[rows.PAUSE] = poll, int(port.pulse.pause * 1e6)
        hurried = port.in_hurry()
        words[rows.UNTIL] = micros(steady() + (min(patience, HURRY) if hurried else patience))
        before, verdict = port.counts["datagrams_in"], self._serve(self._state.at)
        self._settle()
        now = words[rows.NOW] / 1e6
        port.pulse.beat(port.counts["datagrams_in"] - before, now)
        while verdict != rows.ALL:
            hurried = self._handle(verdict, now) or hurried
            port.flush()
            words[rows.UNTIL] = 0
            verdict = self._serve(self._state.at)
            self._settle()
        if hurried:
            port.on_turn(now)
            port.flush()
        if now >= self._tell_at:
            self._tell_at = now + TELL_EVERY
            port.tell()

    def _handle(self, verdict: int, now: float) -> bool:
        """A datagram, or packets in clear, that are not for compiled code; whether what follows must not wait."""
        port, words, inlet = self.port, self._state.words, self._inlet
        if verdict == rows.UNKNOWN:
            number = words[rows.NEXT_SLOT]
            words[rows.NEXT_SLOT] = number + 1
            link = port.take_one(number, min(inlet.length(number), SLOT), now)
        else:
            slots = [words[rows.RUN + 3 * place] for place in range(words[rows.RUN_COUNT])]
            words[rows.RUN_COUNT] = 0
            packets = [inlet.view[slot * SLOT : slot * SLOT + inlet.sizes[slot]] for slot in slots]
            link = port.by_key.get(port.datagrams.name(slots[0]))
            if link is not None:
                port.guard(link.opened, packets, now)
        return link is not None and link.peer.has_asked(now)

    def _settle(self) -> None:
        """Let everybody take over what was counted in their rows."""
        words = self._state.words
        for number in self._moved.words[: words[rows.MOVES]]:
            self.port.guard(rows.owned(number).settle)
        words[rows.MOVES] = 0
        for place, name in COUNTED.items():
            if words[place]:
                self.port.counts[name] += words[place]
                words[place] = 0

    def _know(self) -> None:
        """Write down anew whose packets come from where; whoever finds no room is served by Python."""
        self._known = self.port.changes
        self._table, self._named = Row(ENTRY * ADDRESSES), list(self.port.by_key.values())
        self._state.words[rows.TABLE] = self._table.at
        table = self._table.words
        for key, link in list(self.port.by_key.items())[: ADDRESSES // 2]:
            if len(key) > NAME or key.startswith(b"tcp"):
                continue
            name = memoryview(key.ljust(NAME, b"\0")).cast("q")
            one, two, three, _ = name
            place = one ^ one >> 16 ^ one >> 32 ^ one >> 48 ^ two ^ three ^ three >> 32
            while table[at := ENTRY * (place & ADDRESSES - 1) + 4]:
                place += 1
            table[at - 4 : at], table[at] = name, link.peer.row.at


def _of_srtp(name: str) -> int:
    return int(srtp_ffi.cast("uintptr_t", srtp_ffi.addressof(lib, name)))


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let Numba keep what it translates under a digest of the source: machine code of another release is no use.

    Whoever starts meanwhile waits for the first: it finds there what it would translate again.
    """
    from numba import config

    folder = Path(rows.__file__).parent
    files = [Path(rows.__file__), *sorted((folder / "machine").glob("*.py"))]
    digest = hashlib.sha256(b"".join(one.read_bytes() for one in files)).hexdigest()
    kept = folder / "machine" / "__pycache__" / digest[:16]
    config.CACHE_DIR = str(kept)
    with ExitStack() as held:
        with suppress(OSError):  # an installation nobody may write to: each translates for itself
            kept.mkdir(parents=True, exist_ok=True)
            fcntl.flock(held.enter_context((kept / "lock").open("w")), fcntl.LOCK_EX)
        yield


def translated() -> int:
    """Where compiled code begins, 0 where its library is missing; the first time takes half a minute, later a second."""
    try:
        with _one_at_a_time():
            from signaling.machine.serving import serve
    except ImportError as missing:
        log.warning("packets go the plain way: %s", missing)
        return 0
    except Exception:  # numba finds no place for what it translated, or does not know this processor
        log.warning("packets go the plain way", exc_info=True)
        return 0
    return int(serve.address)


def load(port: Port) -> Lane | None:
    """The lane for a port, where there is compiled code."""
    address = translated()
    return Lane(port, batch.ffi.cast("int64_t(*)(int64_t)", address)) if address else None
