"""One connection at the edge: its addresses, its keys, and its packet side."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from signaling import rows
from signaling.clock import steady
from signaling.dtls import Secure
from signaling.ice import Address, Credentials, new_credentials
from signaling.peer import Peer
from signaling.sdp import Local, Offer
from signaling.srtp import Srtp
from signaling.wire import Malformed

if TYPE_CHECKING:
    from signaling.port import Port

PATHS = 8  # remembered per connection
TELL_EVERY = 0.2  # seconds between two signs of life told
DATA_PER_SECOND = 200


class Path(Protocol):
    """A way to the other end: an address behind a datagram socket, or a stream that carries packets."""

    key: bytes  # names it among all paths of the port
    address: Address

    def send(self, data: bytes) -> None:
        """One datagram as it is, now."""

    def name(self) -> tuple[int, int]:
        """Where the kernel finds its address and how long that is; nothing for a way compiled code cannot send."""

    def carry(self, srtp: Srtp, packets: Sequence[bytes]) -> None:
        """Encrypt a run of packets; they leave with the port's next flush at the latest."""


class Owner:
    """Who is told what happens on a connection; this one does not care."""

    def connected(self) -> None:
        """Keys are agreed: media may flow."""

    def heard(self, now: float) -> None:
        """An authentic sign of life."""

    def data(self, kind: int, data: bytes) -> None:
        """A message on the reliable (0) or lossy (1) data channel."""

    def reachable(self, link: Link) -> None:
        """The reliable data channel of this connection is open."""

    def broken(self) -> None:
        """The client sends nonsense."""


class Link:
    """What stands between the socket and one person."""

    def __init__(self, port: Port, peer: Peer) -> None:
        self.port = port
        self.peer = peer
        self.owner = Owner()
        self.path: Path | None = None  # where we send
        self.paths: list[Path] = []  # where we listen
        self.credentials: list[Credentials] = []
        self.srtp: Srtp | None = None
        self._their_ufrag = ""
        self._talks = False  # the client opens data channels
        self._opens = False  # we open data channels, as whoever offers does
        self._active = False  # we begin the handshake: the client insists on answering it
        self._reached = asyncio.Event()
        self._fingerprints: list[tuple[str, str]] = []
        self._secure = Secure(
            port.certificate, self._send_plain, self._data, self._reachable, self._count_broken
        )
        self._task: asyncio.Task[None] | None = None
        self._data_budget = (0, 0)
        self._tell_at = 0.0
        self._told = 0

    def meet(self, offer: Offer) -> Local:
        """Take the client's end into account and name ours."""
        if self._fingerprints and offer.fingerprints != self._fingerprints:
            raise Malformed("the fingerprint must not change")
        if self._task is None:
            self._fingerprints = offer.fingerprints
            self._active = offer.setup == "passive"
            self._talks = any(one.kind == "application" for one in offer.media)
            self._task = asyncio.create_task(self._connect())
        return self.local(offer.ufrag)

    def local(self, their_ufrag: str) -> Local:
        """Our end, with new credentials when theirs are new: at the first offer, and at each restart."""
        if their_ufrag != self._their_ufrag:
            self._their_ufrag = their_ufrag
            self.credentials.append(new_credentials())
            self.port.know(self)
        ours = self.credentials[-1]
        return Local(
            ours.ufrag,
            ours.password,
            self.port.certificate.fingerprint(),
            self.port.candidates,
            "active" if self._active else "passive",
            self.port.takes_streams,
        )

    def offered(self, anew: bool) -> Local:
        """Our end for an offer of ours, with new credentials if ICE shall restart."""
        if anew or not self.credentials:
            self.credentials.append(new_credentials())
            self.port.know(self)
        self._opens = True
        return self.local(self._their_ufrag)

    def accepted(self, answer: Offer) -> None:
        """Take the client's end from its answer; the credentials it answers are those we offered."""
        self._their_ufrag = answer.ufrag
        self.meet(answer)

    async def _connect(self) -> None:
        if self._active:  # a hello before the first check would be sent nowhere
            await self._reached.wait()
        self.srtp = await self._secure.handshake(self._fingerprints, self._active, self._talks, self._opens)
        if self.srtp is None:
            self.port.counts["handshake_failed"] += 1
        else:
            self._lay()
            self.owner.connected()

    def _lay(self) -> None:
        """Tell compiled code, where there is any, where to send and under which keys."""
        if self.srtp is None or self.port.lane is None:
            return
        words = self.peer.row.words
        words[rows.NAME], words[rows.NAME_SIZE] = self.path.name() if self.path is not None else (0, 0)
        words[rows.SENDS], words[rows.OPENS] = (
            self.srtp.sending if words[rows.NAME] else 0,
            self.srtp.receiving,
        )

    # ---- in

    def checked(self, path: Path, nominated: bool) -> None:
        """A connectivity check that came this way passed."""
        known = next((one for one in self.paths if one.key == path.key), None)
        if known is None:
            self.paths.append(path)
            for old in self.paths[:-PATHS]:
                self.port.forget(old)
            del self.paths[:-PATHS]
        if nominated or self.path is None:
            self.path = known or path
            self._lay()
        self._reached.set()
        self.owner.heard(steady())

    def lost(self, path: Path) -> None:
        """A path has ended."""
        self.paths = [one for one in self.paths if one.key != path.key]
        if self.path is not None and self.path.key == path.key:
            self.path = self.paths[-1] if self.paths else None
            self._lay()

    def receive(self, data: bytes, now: float) -> None:
        """One datagram, still encrypted, that came a way which passed a check."""
        if 20 <= data[0] <= 63:
            self._secure.feed(data)
        elif 128 <= data[0] <= 191 and self.srtp is not None:
            clear = self.srtp.unprotect(data)
            if clear is None:
                self.port.counts["forged"] += 1
            else:
                self.opened([clear], now)

    def opened(self, packets: Sequence[bytes], now: float) -> None:
        """Packets in clear, in the order they came."""
        if now >= self._tell_at:
            self._tell_at = now + TELL_EVERY
            self.owner.heard(now)
        self.peer.receive_all(packets, now)
        if self.peer.misbehaved:
            self.owner.broken()

    def tell(self) -> None:
        """Say when compiled code last heard from the other end."""
        if (heard := self.peer.row.words[rows.HEARD]) > self._told:
            self._told = heard
            self.owner.heard(heard / 1e6)

    def _data(self, kind: int, data: bytes) -> None:
        second, count = self._data_budget
        now = int(steady())
        self._data_budget = (now, count + 1 if second == now else 1)
        if self._data_budget[1] > DATA_PER_SECOND:
            self.port.counts["over_budget"] += 1
        else:
            self.owner.data(kind, data)

    def _reachable(self) -> None:
        self.owner.reachable(self)

    def _count_broken(self) -> None:
        self.port.counts["malformed"] += 1

    # ---- out

    def _send_plain(self, data: bytes) -> None:
        if self.path is not None:
            self.path.send(data)

    def transmit(self, packets: Sequence[bytes]) -> None:
        """Encrypt packets and lay them out for the next flush."""
        if self.srtp is not None and self.path is not None:
            self.path.carry(self.srtp, packets)

    def relay(self, kind: int, data: bytes) -> None:
        """Send over a data channel."""
        if not self._secure.relay(kind, data):
            self.port.counts["data_dropped"] += 1

    def close(self) -> None:
        """Forget the connection at once; its farewell follows when the loop has time."""
        self.port.drop(self)
        if self._task is not None:
            self._task.cancel()
        self._task = asyncio.create_task(self._secure.close())
