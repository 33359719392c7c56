"""The media port: every packet of every connection passes here."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from signaling import ice, rows
from signaling.batch import SLOT, Slots
from signaling.budget import Limits
from signaling.clock import steady
from signaling.datagrams import TAKEN, Datagrams, Way
from signaling.dtls import Certificate
from signaling.lane import Lane, Selector, load
from signaling.link import Link, Path
from signaling.peer import Outbox, Peer

ROUNDS = 4  # batches taken before the answers go out
QUIET_PAUSE = 0.0003  # seconds: a picture's packets come one after the other
BUSY_PAUSE = 0.0012
BUSY_STAY = 0.005  # seconds the event loop waits for us
BUSY = 1500  # datagrams per second that make a port busy
MEASURE = 0.1  # seconds over which they are counted
LOG_EVERY = 10.0
log = logging.getLogger("signaling")


def reachable(host: str) -> list[str]:
    """Where clients reach a socket bound to this address; for the wildcard, where this machine sends from."""
    if host == "::":
        return [*_outward(socket.AF_INET6, "2001:db8::1"), *reachable("0.0.0.0"), "::1"]  # noqa: S104
    if host != "0.0.0.0":  # noqa: S104 (asked, not bound)
        return [host]
    return [*_outward(socket.AF_INET, "192.0.2.1"), "127.0.0.1"]


def _outward(family: socket.AddressFamily, far: str) -> list[str]:
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((far, 9))  # sends nothing: the kernel only chooses an address
        except OSError:
            return []
        return [probe.getsockname()[0]]


def _nothing(now: float) -> None: ...


def _not() -> bool:
    return False


class Port:
    """Reads what comes, finds whose it is, and sends what the core produced."""

    def __init__(self, host: str, port: int, public: list[str]) -> None:
        self.counts: Counter[str] = Counter()
        self.datagrams = Datagrams(host, port, self.counts)
        self.candidates = [(address, self.datagrams.address()[1]) for address in public]
        self.certificate: Certificate = Certificate.generateCertificate()
        self.outbox: Outbox = []
        self.limits = Limits()
        self.takes_streams = False  # the same number is open for TCP
        self._links: dict[Peer, Link] = {}
        self.dropped = 0  # connections that are over
        self.by_key: dict[bytes, Link] = {}  # whose a path is; whoever changes it counts the change
        self.changes = 0
        self._by_ufrag: dict[str, tuple[str, Link]] = {}
        self.on_turn: Callable[[float], None] = _nothing  # the clock's work, while we are awake anyway
        self._logged_at = 0.0
        self.in_hurry: Callable[[], bool] = _not  # whether its next work must not wait
        self.pulse = Pulse()
        self.lane: Lane | None = None  # compiled code that passes packets on
        self._selector: Selector | None = None
        self._pause = QUIET_PAUSE

    def open(self, selector: Selector | None = None) -> None:
        """Start reading; with the loop's selector, compiled code reads while the loop has nothing to do."""
        if selector is not None and self.datagrams.way is Way.SEGMENTED:
            self.lane = selector.lane = load(self)
            self._selector = selector
        if self.lane is None:
            asyncio.get_running_loop().add_reader(self.datagrams.socket, self._readable)

    def close(self) -> None:
        """Stop reading and give the port back."""
        if self._selector is not None:
            self._selector.lane = None
        asyncio.get_running_loop().remove_reader(self.datagrams.socket)
        self.datagrams.close()

    # ---- whose is it

    def know(self, link: Link) -> None:
        """Accept checks with the link's newest credentials; the pair before stays valid for a restart."""
        self._links[link.peer] = link
        for old in link.credentials[:-2]:
            self._by_ufrag.pop(old.ufrag, None)
        del link.credentials[:-2]
        newest = link.credentials[-1]
        self._by_ufrag[newest.ufrag] = (newest.password, link)

    def forget(self, path: Path) -> None:
        """A path is no longer used."""
        self.by_key.pop(path.key, None)
        self.changes += 1

    def knows(self, path: Path) -> bool:
        """Whether a check has passed on this path."""
        return path.key in self.by_key

    def lost(self, path: Path) -> None:
        """A stream has ended: its link goes on by another path, if it has one."""
        self.changes += 1
        if (link := self.by_key.pop(path.key, None)) is not None:
            link.lost(path)

    def drop(self, link: Link) -> None:
        """A connection is over."""
        self._links.pop(link.peer, None)
        self.dropped += 1
        link.peer.row.words[rows.OPENS] = link.peer.row.words[rows.SENDS] = 0  # keys go with the link
        for one in link.credentials:
            self._by_ufrag.pop(one.ufrag, None)
        for path in link.paths:
            if self.by_key.get(path.key) is link:
                del self.by_key[path.key]
        self.changes += 1

    def tell(self) -> None:
        """Let everybody's owners know when they were last heard, where compiled code heard them."""
        for link in self._links.values():
            link.tell()

    def links(self) -> int:
        """How many connections there are, finished or not."""
        return len(self._links)

    # ---- in

    def _readable(self) -> None:
        """Take what waits, a moment after the first of it came: what comes meanwhile leaves in fewer sends.

        While much comes we stay for some rounds: each way through the event loop costs as much as ten packets.
        """
        leave_at = steady() + self.pulse.stay
        while self._turn() and steady() < leave_at:
            pass

    def _turn(self) -> int:
        """One pause, what came meanwhile, and what it caused; how many datagrams there were."""
        time.sleep(self._pause)  # in the loop on purpose: nothing is in such a hurry, and timers are coarse
        now = steady()
        taken = 0
        for _ in range(ROUNDS):
            taken += (count := self._take(now))
            if count < TAKEN:
                break
        self.on_turn(now)
        self.flush()
        self.pulse.beat(taken, now)
        self._pause = self.pulse.pause if taken < ROUNDS * TAKEN else 0.0  # more waits already
        return taken

    def _take(self, now: float) -> int:
        """Handle one batch; how many datagrams it had."""
        sizes = self.datagrams.receive()
        if not (count := len(sizes)):
            return 0
        memory = memoryview(self.datagrams.inlet.view)
        firsts, seconds = (memory[at : count * SLOT : SLOT].tobytes() for at in (0, 1))
        keys = self.datagrams.names(count)
        media: dict[Link, list[bytes]] = {}
        for number, (size, first, second, key) in enumerate(zip(sizes, firsts, seconds, keys, strict=True)):
            link = self.by_key.get(key)
            clear = self._open(number, size, first, second, link, key, now)
            if clear is None or link is None:
                continue
            if link in media:
                media[link].append(clear)
            else:
                media[link] = [clear]
        for link, packets in media.items():
            self.guard(link.opened, packets, now)
        self.counts["datagrams_in"] += count
        return count

    def take_one(self, number: int, size: int, now: float) -> Link | None:
        """Handle one datagram of the inlet; whose it is, if that is known."""
        first, second = self.datagrams.inlet.view[number * SLOT : number * SLOT + 2]
        key = self.datagrams.name(number)
        link = self.by_key.get(key)
        clear = self._open(number, size, first, second, link, key, now)
        if clear is not None and link is not None:
            self.guard(link.opened, [clear], now)
        return link

    def _open(
        self, number: int, size: int, first: int, second: int, link: Link | None, key: bytes, now: float
    ) -> bytes | None:
        """A packet of media or reports in clear; whatever else a datagram is, is handled here."""
        slots = self.datagrams.inlet
        if link is None or link.srtp is None or not 128 <= first <= 191 or not 12 < size < SLOT:
            self.guard(self._other, slots, number, size, link, key, now)
            return None
        if (clear := link.srtp.open(slots, number, size, 192 <= second <= 223)) is None:
            self.counts["forged"] += 1
        return clear

    def guard(self, handle: Callable[..., None], *given: Any) -> None:
        try:
            handle(*given)
        except Exception:  # whatever one datagram breaks, it breaks nothing else
            self._note_error()

    def _other(self, slots: Slots, number: int, size: int, link: Link | None, key: bytes, now: float) -> None:
        data = slots.view[number * SLOT : number * SLOT + size]
        if not 12 < size < SLOT:
            self.counts["odd_size"] += 1
        elif data[0] <= 3:
            self.check(data, self.datagrams.path(key))
        elif link is not None:
            link.receive(data, now)
        else:
            self.counts["strangers"] += 1

    def arrived(self, data: bytes, path: Path, now: float) -> None:
        """A packet came through a stream."""
        self.counts["streamed_in"] += 1
        if not 12 < len(data) < SLOT:
            self.counts["odd_size"] += 1
        elif data[0] <= 3:
            self.guard(self.check, data, path)
        elif (link := self.by_key.get(path.key)) is not None:
            self.guard(link.receive, data, now)
        else:
            self.counts["strangers"] += 1

    def check(self, data: bytes, path: Path) -> None:
        """A connectivity check came this way: if it passes, the path is its link's from now on."""
        passed = ice.check(data, path.address, self._by_ufrag.get)
        if passed is None:
            self.counts["stun_refused"] += 1
            return
        if self.by_key.get(path.key) is not passed.owner:
            self.by_key[path.key] = passed.owner
            self.changes += 1
        passed.owner.checked(path, passed.nominated)
        path.send(passed.response)

    def _note_error(self) -> None:
        self.counts["internal_error"] += 1
        if steady() - self._logged_at > LOG_EVERY:
            self._logged_at = steady()
            log.exception("a datagram could not be handled")

    # ---- out

    def flush(self) -> None:
        """Send everything the core has produced."""
        queues: dict[Link, list[bytes]] = {}
        links = self._links
        for peer, one in self.outbox:
            if (link := links.get(peer)) is not None:
                queues.setdefault(link, []).extend([one] if isinstance(one, bytes) else one.written())
        self.outbox.clear()
        for link, packets in queues.items():
            link.transmit(packets)
        self.datagrams.flush()


class Pulse:
    """How long to wait for more after the first datagram: longer when they come so fast that gathering pays."""

    def __init__(self) -> None:
        self.pause = QUIET_PAUSE
        self.stay = 0.0
        self._since, self._count = 0.0, 0

    def beat(self, count: int, now: float) -> None:
        """Count what came; judge once in a while."""
        self._count += count
        if now - self._since >= MEASURE:
            busy = self._count > BUSY * (now - self._since)
            self.pause, self.stay = (BUSY_PAUSE, BUSY_STAY) if busy else (QUIET_PAUSE, 0.0)
            self._since, self._count = now, 0
