"""What we rely on inside aiortc, held by handshakes between its parts."""

from __future__ import annotations

import asyncio
from struct import pack

import pytest
from aiortc.rtcdatachannel import RTCDataChannel, RTCDataChannelParameters
from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport
from aiortc.rtcsctptransport import RTCSctpCapabilities, RTCSctpTransport

from signaling.dtls import Certificate, Secure
from signaling.srtp import Srtp

pytestmark = pytest.mark.asyncio
OURS = Certificate.generateCertificate()


class Peer:
    """A client made of aiortc's parts, wired to one of our ends."""

    role = "controlling"

    def __init__(self) -> None:
        self.inbox: asyncio.Queue[bytes] = asyncio.Queue()
        self.sent: list[bytes] = []
        self.received: list[tuple[int, bytes]] = []
        self.broken = 0
        self.certificate = RTCCertificate.generateCertificate()
        self.reached = 0
        self.ours = Secure(OURS, self._to_client, self._take, self._reached, self._count)
        self.dtls = RTCDtlsTransport(self, [self.certificate])  # type: ignore[arg-type]
        self.dtls._set_role("client")

    def _take(self, kind: int, data: bytes) -> None:
        self.received.append((kind, data))

    def _reached(self) -> None:
        self.reached += 1

    def _count(self) -> None:
        self.broken += 1

    def _to_client(self, data: bytes) -> None:
        self.inbox.put_nowait(data)

    async def _recv(self) -> bytes:
        return await self.inbox.get()

    async def _send(self, data: bytes) -> None:
        self.sent.append(data)
        if 20 <= data[0] <= 63:
            self.ours.feed(data)

    def fingerprints(self) -> list[tuple[str, str]]:
        return [
            (one.algorithm, one.value)
            for one in self.certificate.getFingerprints()
            if one.algorithm == "sha-256"
        ]

    async def connect(self, fingerprints: list[tuple[str, str]] | None = None) -> Srtp | None:
        ours = asyncio.create_task(self.ours.handshake(fingerprints or self.fingerprints()))
        expected = RTCDtlsFingerprint("sha-256", OURS.fingerprint())
        await asyncio.wait_for(self.dtls.start(RTCDtlsParameters(fingerprints=[expected])), 5)
        return await asyncio.wait_for(ours, 5)


def packet(seq: int, size: int = 100) -> bytes:
    return pack("!BBHLL", 0x80, 96, seq, 0, 77) + bytes(size)


async def test_a_handshake_yields_keys_that_agree_with_the_client() -> None:
    peer = Peer()
    srtp = await peer.connect()
    assert srtp is not None
    assert peer.dtls._ssl.get_selected_srtp_profile() == b"SRTP_AEAD_AES_128_GCM"
    assert peer.dtls._ssl.get_cipher_name() in (
        "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305", "TLS_AES_256_GCM_SHA384",
        "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256",
    )  # fmt: skip
    assert srtp.unprotect(peer.dtls._tx_srtp.protect(packet(1))) == packet(1)
    protected = srtp.protect(packet(2))
    assert protected is not None
    assert peer.dtls._rx_srtp.unprotect(protected) == packet(2)
    await peer.ours.close()


async def test_repeated_and_forged_packets_are_not_let_in() -> None:
    peer = Peer()
    srtp = await peer.connect()
    assert srtp is not None
    for seq in range(50):
        protected = peer.dtls._tx_srtp.protect(packet(seq))
        forged = protected[:-1] + bytes([protected[-1] ^ 1])
        assert srtp.unprotect(forged) is None
        assert srtp.unprotect(protected) == packet(seq)
        assert srtp.unprotect(protected) is None
    await peer.ours.close()


async def test_large_packets_pass_and_absurd_ones_do_not() -> None:
    peer = Peer()
    srtp = await peer.connect()
    assert srtp is not None
    assert srtp.protect(packet(1, 1460)) is not None
    assert srtp.protect(packet(2, 2000)) is None
    assert srtp.unprotect(b"\x80\x60") is None
    await peer.ours.close()


async def test_another_fingerprint_than_announced_gets_no_keys() -> None:
    peer = Peer()
    other = RTCCertificate.generateCertificate().getFingerprints()[0]
    assert await peer.connect([(other.algorithm, other.value)]) is None


async def test_data_channels_of_the_client_reach_us_and_answer() -> None:
    peer = Peer()
    await peer.connect()
    sctp = RTCSctpTransport(peer.dtls)
    await sctp.start(RTCSctpCapabilities(65536), 5000)
    channel = RTCDataChannel(sctp, RTCDataChannelParameters(label="_reliable"))
    answered: list[bytes] = []
    channel.on("message", answered.append)
    await _until(lambda: channel.readyState == "open")
    channel.send(b"up")
    await _until(lambda: peer.received == [(0, b"up")])
    assert peer.reached == 1
    assert peer.ours.relay(0, b"down")
    assert not peer.ours.relay(1, b"there is no lossy channel")
    await _until(lambda: answered == [b"down"])
    for _ in range(50):  # chunks whose length lies: the association survives them
        await peer.dtls._send_data(sctp_packet(sctp, b"\x00\x03\x00\x05\x00"))
    channel.send(b"still here")
    await _until(lambda: peer.received[-1] == (0, b"still here"))
    await peer.ours.close()


def sctp_packet(sctp: RTCSctpTransport, chunk: bytes) -> bytes:
    from google_crc32c import value as crc32c

    head = pack("!HHLL", 5000, 5000, sctp._remote_verification_tag, 0)
    body = head + chunk
    return body[:8] + pack("<L", crc32c(body)) + body[12:]


async def _until(condition: object) -> None:
    async with asyncio.timeout(5):
        while not condition():  # type: ignore[operator]
            await asyncio.sleep(0.01)
