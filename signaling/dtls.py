"""DTLS and data channels through aiortc's parts, driven by hand.

The only file that touches aiortc's private members; `tests/signaling/test_dtls.py` holds them to what
we rely on, and the version is pinned.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, cast

from aiortc.rtcdatachannel import RTCDataChannel, RTCDataChannelParameters
from aiortc.rtcdtlstransport import (
    SRTP_AEAD_AES_128_GCM,
    SRTP_AES128_CM_SHA1_80,
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
    SRTPProtectionProfile,
)
from aiortc.rtcicetransport import RTCIceTransport
from aiortc.rtcsctptransport import RTCSctpCapabilities, RTCSctpTransport
from OpenSSL import SSL

from signaling.srtp import Srtp

SUITES = b"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305"
MESSAGE = 65_536  # bytes of one data message
BACKLOG = 1_000_000  # bytes waiting for one slow reader
INBOX = 128  # datagrams waiting for the handshake or the data channels
CHANNELS = ("_reliable", "_lossy")
Receive = Callable[[int, bytes], None]


class Certificate(RTCCertificate):
    """A certificate whose handshakes offer authenticated encryption only."""

    def _create_ssl_context(self, srtp_profiles: list[SRTPProtectionProfile]) -> SSL.Context:
        context = super()._create_ssl_context(srtp_profiles)
        context.set_cipher_list(SUITES)
        return context

    def fingerprint(self) -> str:
        """SHA-256 digest as descriptions carry it."""
        return str(next(one.value for one in self.getFingerprints() if one.algorithm == "sha-256"))


class _Wire:
    """What RTCDtlsTransport needs of an ICE transport."""

    role = "controlled"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self.inbox: asyncio.Queue[bytes | None] = asyncio.Queue(INBOX)
        self._transmit = send

    async def _recv(self) -> bytes:
        data = await self.inbox.get()
        if data is None:
            raise ConnectionError("closed")
        return data

    async def _send(self, data: bytes) -> None:
        self._transmit(data)


class _Shield:
    """Stands between DTLS and SCTP: a malformed chunk is counted instead of ending the connection."""

    def __init__(self, sctp: RTCSctpTransport, broken: Callable[[], None]) -> None:
        self._sctp = sctp
        self._broken = broken

    async def _handle_data(self, data: bytes) -> None:
        try:
            await self._sctp._handle_data(data)
        except ConnectionError:
            raise
        except Exception:  # the parser raises struct.error, AssertionError, KeyError on hostile chunks
            self._broken()


class Secure:
    """The handshake of one connection, its media keys and its data channels."""

    def __init__(
        self,
        certificate: Certificate,
        send: Callable[[bytes], None],
        receive: Receive,
        reachable: Callable[[], None],
        broken: Callable[[], None],
    ) -> None:
        self._wire = _Wire(send)
        self._receive = receive
        self._reachable = reachable
        self._broken = broken
        transport = cast(RTCIceTransport, self._wire)
        self._dtls = RTCDtlsTransport(transport, [certificate])
        self._dtls._set_role("server")  # as the server our order of ciphers wins
        self._dtls._srtp_profiles = [SRTP_AEAD_AES_128_GCM, SRTP_AES128_CM_SHA1_80]
        self._sctp: RTCSctpTransport | None = None
        self._channels: dict[int, Any] = {}  # aiortc's classes have no types

    def feed(self, data: bytes) -> None:
        """One datagram that is DTLS; when too many wait, it is lost like any other."""
        with contextlib.suppress(asyncio.QueueFull):
            self._wire.inbox.put_nowait(data)

    async def handshake(
        self,
        fingerprints: list[tuple[str, str]],
        active: bool = False,
        talks: bool = True,
        opens: bool = False,
    ) -> Srtp | None:
        """Wait for the client's handshake, or begin ours, and check who it is; its media keys, or nothing.

        Data channels are begun only with clients that talk: ffmpeg answers unasked-for data by blocking.
        """
        if active:
            self._dtls._set_role("client")
        prints = [RTCDtlsFingerprint(algorithm, value) for algorithm, value in fingerprints]
        await self._dtls.start(RTCDtlsParameters(fingerprints=prints))
        if self._dtls.state != "connected":
            return None
        if talks:
            self._sctp = RTCSctpTransport(self._dtls)
            self._sctp.on("datachannel", self._opened)
            await self._sctp.start(RTCSctpCapabilities(maxMessageSize=MESSAGE), 5000)
            self._dtls._data_receiver = _Shield(self._sctp, self._broken)
            if opens:
                self._open_channels(self._sctp)
        return Srtp(self._dtls._rx_srtp, self._dtls._tx_srtp)

    def _open_channels(self, sctp: RTCSctpTransport) -> None:
        reliable = RTCDataChannelParameters(label=CHANNELS[0])
        lossy = RTCDataChannelParameters(label=CHANNELS[1], ordered=False, maxRetransmits=0)
        for parameters in (reliable, lossy):
            self._opened(RTCDataChannel(sctp, parameters))

    def _opened(self, channel: Any) -> None:
        label = getattr(channel, "label", "")
        if label not in CHANNELS:
            return
        kind = CHANNELS.index(label)
        self._channels[kind] = channel

        def received(data: bytes | str) -> None:
            if isinstance(data, bytes):
                self._receive(kind, data)

        channel.on("message", received)
        if kind == 0:
            if channel.readyState == "open":
                self._reachable()
            else:
                channel.on("open", self._reachable)

    def relay(self, kind: int, data: bytes) -> bool:
        """Send on a data channel the client opened; false when it is closed or too far behind."""
        channel = self._channels.get(kind)
        if channel is None or channel.readyState != "open" or channel.bufferedAmount > BACKLOG:
            return False
        channel.send(data)
        return True

    async def close(self) -> None:
        """End the connection without waiting for the client."""
        with contextlib.suppress(asyncio.QueueFull):
            self._wire.inbox.put_nowait(None)
        if self._sctp is not None:
            await self._sctp.stop()
        await self._dtls.stop()
