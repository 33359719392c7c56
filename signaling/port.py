"""The one UDP port: every datagram of every connection passes here."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections import Counter

from signaling import ice
from signaling.clock import steady
from signaling.dtls import Certificate
from signaling.ice import Address
from signaling.link import Link
from signaling.peer import Outbox, Peer

ROUND = 256  # datagrams read before the answers go out
DATAGRAM = 2048
BUFFER = 1 << 20  # more would only hide overload behind delay
LOG_EVERY = 10.0
log = logging.getLogger("signaling")


def reachable(host: str) -> list[str]:
    """Where clients reach a socket bound to this address; for the wildcard, where this machine sends from."""
    if host != "0.0.0.0":  # noqa: S104 (asked, not bound)
        return [host]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: the kernel only chooses an address
        except OSError:
            return ["127.0.0.1"]
        return [probe.getsockname()[0], "127.0.0.1"]


class Port:
    """Reads datagrams, finds whose they are, and sends what the core produced."""

    def __init__(self, host: str, port: int, public: list[str]) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
        self.socket.setblocking(False)
        self.socket.bind((host, port))
        self.candidates = [(address, self.socket.getsockname()[1]) for address in public]
        self.certificate: Certificate = Certificate.generateCertificate()
        self.counts: Counter[str] = Counter()
        self.outbox: Outbox = []
        self._links: dict[Peer, Link] = {}
        self._by_address: dict[Address, Link] = {}
        self._by_ufrag: dict[str, tuple[str, Link]] = {}
        self._logged_at = 0.0

    def open(self) -> None:
        """Start reading."""
        asyncio.get_running_loop().add_reader(self.socket, self._readable)

    def close(self) -> None:
        """Stop reading and give the port back."""
        asyncio.get_running_loop().remove_reader(self.socket)
        self.socket.close()

    # ---- whose is it

    def know(self, link: Link) -> None:
        """Accept checks with the link's newest credentials; the pair before stays valid for a restart."""
        self._links[link.peer] = link
        for old in link.credentials[:-2]:
            self._by_ufrag.pop(old.ufrag, None)
        del link.credentials[:-2]
        newest = link.credentials[-1]
        self._by_ufrag[newest.ufrag] = (newest.password, link)

    def forget(self, address: Address) -> None:
        """An address is no longer used."""
        self._by_address.pop(address, None)

    def drop(self, link: Link) -> None:
        """A connection is over."""
        self._links.pop(link.peer, None)
        for one in link.credentials:
            self._by_ufrag.pop(one.ufrag, None)
        for address in link.addresses:
            if self._by_address.get(address) is link:
                del self._by_address[address]

    def links(self) -> int:
        """How many connections there are, finished or not."""
        return len(self._links)

    # ---- in and out

    def _readable(self) -> None:
        now = steady()
        for _ in range(ROUND):
            try:
                data, address = self.socket.recvfrom(DATAGRAM)
            except BlockingIOError:
                break
            except OSError:  # an ICMP error of an earlier datagram
                continue
            self.counts["datagrams_in"] += 1
            try:
                self._dispatch(data, address, now)
            except Exception:  # whatever one datagram breaks, it breaks nothing else
                self._note_error()
        self.flush()

    def _dispatch(self, data: bytes, address: Address, now: float) -> None:
        if not 12 < len(data) < DATAGRAM:
            self.counts["odd_size"] += 1
        elif data[0] <= 3:
            self._check(data, address)
        elif (link := self._by_address.get(address)) is not None:
            link.receive(data, now)
        else:
            self.counts["strangers"] += 1

    def _check(self, data: bytes, address: Address) -> None:
        passed = ice.check(data, address, self._by_ufrag.get)
        if passed is None:
            self.counts["stun_refused"] += 1
            return
        self._by_address[address] = passed.owner
        passed.owner.checked(address, passed.nominated)
        self.send(passed.response, address)

    def _note_error(self) -> None:
        self.counts["internal_error"] += 1
        if steady() - self._logged_at > LOG_EVERY:
            self._logged_at = steady()
            log.exception("a datagram could not be handled")

    def flush(self) -> None:
        """Send everything the core has produced."""
        batch, self.outbox[:] = self.outbox[:], []
        for peer, data in batch:
            if (link := self._links.get(peer)) is not None:
                link.transmit(data)

    def send(self, data: bytes, address: Address) -> None:
        """One datagram; when the socket is full it is lost like any other."""
        try:
            self.socket.sendto(data, address)
            self.counts["datagrams_out"] += 1
        except OSError:
            self.counts["send_failed"] += 1
