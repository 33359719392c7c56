"""One synthetic client: a socket, connectivity checks, the handshake, and media keys."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
from random import getrandbits
from secrets import token_hex

from aioice import stun
from aiortc.rtcdtlstransport import SRTP_AEAD_AES_128_GCM
from OpenSSL import SSL
from pylibsrtp import Policy, Session

from signaling.batch import SO_TIMESTAMPNS
from signaling.dtls import Certificate

KEY, SALT = 16, 12  # bytes, AES-128-GCM (RFC 7714)
PROFILE = "AEAD_AES_128_GCM"
BUFFER = 4 << 20
CHECK_EVERY = 0.05
RETRY = 0.2
SO_RCVBUFFORCE = 33


class Remote:
    """The server's end, as its description names it."""

    def __init__(self, description: str) -> None:
        self.ufrag = _first(r"a=ice-ufrag:(\S+)", description)
        self.password = _first(r"a=ice-pwd:(\S+)", description)
        host, port = re.findall(
            r"a=candidate:\S+ 1 udp \d+ (\d+\.\d+\.\d+\.\d+) (\d+) typ host", description
        )[0]
        self.address = (host, int(port))


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise ValueError(f"the server's description lacks {pattern}")
    return found.group(1)


class Client:
    """A connection to the server under test; it always offers to begin the handshake."""

    def __init__(self, host: str, certificate: Certificate, *, controlling: bool) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
        try:
            self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)
        except OSError:  # not root
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self.socket.bind((host, 0))
        self.address: tuple[str, int] = self.socket.getsockname()
        self.ufrag, self.password = token_hex(4), token_hex(16)
        self.fingerprint = certificate.fingerprint()
        self.receiving: Session | None = None
        self.sending: Session | None = None
        self._controlling = controlling
        self._tie_breaker = getrandbits(63)
        self._remote: Remote | None = None
        self._checked = asyncio.Event()
        self._secured = asyncio.Event()
        self._tls = SSL.Connection(certificate._create_ssl_context([SRTP_AEAD_AES_128_GCM]))
        self._tls.set_connect_state()
        self._tls.set_ciphertext_mtu(1200)

    def transport(self) -> str:
        """The lines of a description that say how to reach this client and who it is."""
        host, port = self.address
        return (
            f"a=ice-ufrag:{self.ufrag}\r\na=ice-pwd:{self.password}\r\na=setup:active\r\n"
            f"a=fingerprint:sha-256 {self.fingerprint}\r\na=rtcp-mux\r\na=rtcp-rsize\r\n"
            f"a=candidate:1 1 udp 2130706431 {host} {port} typ host\r\na=end-of-candidates\r\n"
        )

    async def connect(self, description: str) -> None:
        """Check the path the server's description names and agree on keys."""
        if self._remote is not None:
            return
        self._remote = Remote(description)
        self.socket.connect(self._remote.address)
        asyncio.get_running_loop().add_reader(self.socket, self._readable)
        async with asyncio.timeout(20):
            while not self._checked.is_set():
                self._check()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._checked.wait(), CHECK_EVERY)
            self._shake()
            while not self._secured.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._secured.wait(), RETRY)
                if not self._secured.is_set():
                    self._tls.DTLSv1_handle_timeout()
                    self._flush()
        asyncio.get_running_loop().remove_reader(self.socket)

    def close(self) -> None:
        """Give the socket back."""
        self.socket.close()

    def _readable(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self.unusual(self.socket.recv(2048))

    def unusual(self, data: bytes) -> None:
        """A datagram that is no media: a check or a part of the handshake."""
        if data[0] <= 3:
            self._stun(data)
        elif 20 <= data[0] <= 63 and not self._secured.is_set():
            self._tls.bio_write(data)
            self._shake()

    # ---- checks

    def _check(self) -> None:
        assert self._remote is not None
        role = "ICE-CONTROLLING" if self._controlling else "ICE-CONTROLLED"
        attributes = {"USERNAME": f"{self._remote.ufrag}:{self.ufrag}", "PRIORITY": 1845501695,
                      role: self._tie_breaker}  # fmt: skip
        if self._controlling:
            attributes["USE-CANDIDATE"] = None
        request = stun.Message(
            message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST, attributes=attributes
        )
        request.add_message_integrity(self._remote.password.encode())
        self.socket.send(bytes(request))

    def _stun(self, data: bytes) -> None:
        with contextlib.suppress(ValueError):
            message = stun.parse_message(data)
            if message.message_class == stun.Class.RESPONSE:
                self._checked.set()
            elif message.message_class == stun.Class.REQUEST:
                self._answer(message)

    def _answer(self, request: stun.Message) -> None:
        assert self._remote is not None
        response = stun.Message(
            message_method=stun.Method.BINDING,
            message_class=stun.Class.RESPONSE,
            transaction_id=request.transaction_id,
            attributes={"XOR-MAPPED-ADDRESS": self._remote.address},
        )
        response.add_message_integrity(self.password.encode())
        self.socket.send(bytes(response))

    # ---- keys

    def _shake(self) -> None:
        try:
            self._tls.do_handshake()
        except SSL.WantReadError:
            self._flush()
            return
        self._flush()
        keys = self._tls.export_keying_material(b"EXTRACTOR-dtls_srtp", 2 * (KEY + SALT), None)
        client = keys[:KEY] + keys[2 * KEY : 2 * KEY + SALT]
        server = keys[KEY : 2 * KEY] + keys[2 * KEY + SALT :]
        self.sending = _session(client, Policy.SSRC_ANY_OUTBOUND)
        self.receiving = _session(server, Policy.SSRC_ANY_INBOUND)
        self._secured.set()

    def _flush(self) -> None:
        with contextlib.suppress(SSL.Error):
            while data := self._tls.bio_read(1500):
                self.socket.send(data)


def _session(key: bytes, direction: int) -> Session:
    policy = Policy(key=key, ssrc_type=direction, srtp_profile=Policy.SRTP_PROFILE_AEAD_AES_128_GCM)
    policy.window_size = 1024
    return Session(policy)
