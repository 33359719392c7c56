"""Media over TCP, for networks that let no UDP out: packets framed by their length (RFC 4571, 6544).

The listener has the number of the UDP port. A stream is read like a socket: until a connectivity check
has passed on it, nothing but checks is heard, and a silent one is cut off.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Sequence
from typing import cast

from signaling.clock import steady
from signaling.ice import Address
from signaling.port import Port
from signaling.srtp import Srtp

STREAMS = 500  # open at once
STRANGERS = 20  # open at once from one address without a check that passed
SILENT = 10.0  # seconds a stream may stay without belonging to a connection
BACKLOG = 262_144  # bytes waiting for a slow reader; packets above it are lost as they would be on UDP
FRAME = 2048
log = logging.getLogger("signaling")


class Stream(asyncio.Protocol):
    """One TCP connection, which is a path like an address is."""

    _numbers = itertools.count()

    def __init__(self, streams: Streams) -> None:
        self.key = b"tcp" + next(self._numbers).to_bytes(8, "big")
        self.address: Address = ("0.0.0.0", 0)  # noqa: S104 (not known before the connection is)
        self._streams = streams
        self._port = streams.port
        self._transport: asyncio.Transport | None = None
        self._read = bytearray()
        self._deadline: asyncio.TimerHandle | None = None

    # ---- what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self.address = transport.get_extra_info("peername")[:2]
        if not self._streams.has_room(self.address[0]):
            self._transport.abort()
            return
        self._streams.open.add(self)
        self._wait()

    def connection_lost(self, wrong: Exception | None) -> None:
        self._streams.open.discard(self)
        if self._deadline is not None:
            self._deadline.cancel()
        self._port.lost(self)

    def data_received(self, data: bytes) -> None:
        self._read += data
        now, at = steady(), 0
        while len(self._read) - at >= 2:
            size = self._read[at] << 8 | self._read[at + 1]
            if not 0 < size < FRAME:
                self._port.counts["odd_size"] += 1
                self.close()
                return
            if len(self._read) - at - 2 < size:
                break
            self._port.arrived(bytes(self._read[at + 2 : at + 2 + size]), self, now)
            at += 2 + size
        del self._read[:at]
        self._port.flush()

    def _wait(self) -> None:
        self._deadline = asyncio.get_running_loop().call_later(SILENT, self._judge)

    def _judge(self) -> None:
        """Go on while the stream belongs to somebody: what they leave behind is cut off too."""
        if self._port.knows(self):
            self._wait()
        else:
            self.close()

    # ---- what a path does

    def send(self, data: bytes) -> None:
        """One packet as it is, now; lost when the reader is too far behind."""
        transport = self._transport
        if transport is None or transport.is_closing() or transport.get_write_buffer_size() > BACKLOG:
            self._port.counts["send_failed"] += 1
        else:
            transport.write(len(data).to_bytes(2, "big") + data)

    def name(self) -> tuple[int, int]:
        """A stream takes packets one by one, from Python."""
        return 0, 0

    def carry(self, srtp: Srtp, packets: Sequence[bytes]) -> None:
        """Encrypt packets and send them."""
        for packet in packets:
            if (protected := srtp.protect(packet)) is not None:
                self.send(protected)

    def close(self) -> None:
        """Cut the stream off."""
        if self._transport is not None:
            self._transport.abort()


class Streams:
    """The listener."""

    def __init__(self, port: Port) -> None:
        self.port = port
        self.open: set[Stream] = set()
        self._server: asyncio.Server | None = None

    async def listen(self, host: str) -> None:
        """Take connections on the number of the UDP port, and offer it in descriptions from now on."""
        loop = asyncio.get_running_loop()
        number = self.port.datagrams.address()[1]
        try:
            self._server = await loop.create_server(lambda: Stream(self), host, number)
        except OSError as wrong:
            log.warning("media is taken over UDP only: %s", wrong)
            return
        self.port.takes_streams = True

    def has_room(self, host: str) -> bool:
        """Whether one more stream from there may come; an address may stand for a whole house of members."""
        strangers = sum(one.address[0] == host and not self.port.knows(one) for one in self.open)
        return len(self.open) < STREAMS and strangers < STRANGERS

    def close(self) -> None:
        """Stop listening and cut everybody off."""
        if self._server is not None:
            self._server.close()
        for stream in list(self.open):
            stream.close()
