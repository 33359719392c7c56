"""People around a port in this process: what they send and get, in clear. For tests of the way of a packet."""

from __future__ import annotations

import select
import socket
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any

from pylibsrtp import Policy, Session
from pylibsrtp._binding import ffi, lib

from signaling import arrivals, batch, lane, rows, wire
from signaling.budget import Limits
from signaling.downtrack import DownTrack
from signaling.link import Link
from signaling.peer import Peer, Section
from signaling.port import Port, Pulse
from signaling.recording import Recording
from signaling.room import Room
from signaling.srtp import Srtp
from signaling.uptrack import Codec, UpTrack

AUDIO, VIDEO, REPAIR = 111, 96, 97
LEVEL, MID, RID, TRANSPORT = 1, 4, 10, 5
NUMBERS = {wire.AUDIO_LEVEL: LEVEL, wire.MID: MID, wire.RID: RID, arrivals.URI: TRANSPORT}
PATIENCE = 10.0  # seconds; on a busy machine the kernel delivers late
WIDE = 1 << 40  # bytes that may leave at once: what is paced depends on the time
LIMITS = Limits(1_000_000, 1_000_000_000, 1e9)
CODECS = {"audio": Codec("opus", 48000, AUDIO), "video": Codec("vp8", 90000, VIDEO, REPAIR)}


def keys(seed: str, direction: int) -> Session:
    profile = Policy.SRTP_PROFILE_AEAD_AES_128_GCM
    policy = Policy(key=Random(seed).randbytes(28), ssrc_type=direction, srtp_profile=profile)
    policy.window_size, policy.allow_repeat_tx = 1024, "up" in seed and direction == Policy.SSRC_ANY_OUTBOUND
    return Session(policy)


def worked(function: Any, session: Session, data: bytes) -> bytes:
    """What libsrtp makes of data; the methods of pylibsrtp refuse packets above 1356 bytes."""
    memory, length = ffi.new("char[]", 4096), ffi.new("int *", len(data))
    ffi.memmove(memory, data, len(data))
    assert function(session._srtp[0], memory, length) == 0
    return bytes(ffi.buffer(memory, length[0]))


class Member:
    """One person: a socket, keys, a connection, two tracks to send."""

    def __init__(self, stage: Stage, name: str, numbered: bool) -> None:
        self.stage, self.name, self.numbered = stage, name, numbered
        self.peer = Peer(stage.port.outbox, stage.port.counts, LIMITS)
        self.peer.numbers = dict(NUMBERS)
        self.link = Link(stage.port, self.peer)
        stage.port._links[self.peer] = self.link
        inbound, outbound = Policy.SSRC_ANY_INBOUND, Policy.SSRC_ANY_OUTBOUND
        self.link.srtp = Srtp(keys(name + " up", inbound), keys(name + " down", outbound))
        self.sealing, self.opening = keys(name + " up", outbound), keys(name + " down", inbound)
        self.tracks: dict[str, UpTrack] = {}
        self.downs: dict[str, DownTrack] = {}
        self.got: dict[int, list[tuple[int, ...] | tuple[object, ...]]] = defaultdict(list)
        self.transports: list[int] = []
        self.mids = 10
        self.move()

    def move(self) -> None:
        """From now on their packets come from another address."""
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.socket.connect(self.stage.port.datagrams.address())
        path = self.stage.port.datagrams.path(batch.name_of(self.socket.getsockname(), socket.AF_INET))
        self.stage.port.by_key[path.key] = self.link
        self.stage.port.changes += 1
        self.link.checked(path, True)

    def publish(self, kind: str, ssrcs: list[int], rids: list[str]) -> None:
        track = UpTrack(f"TR_{self.name}_{kind}", self.name, "s", kind, CODECS[kind])
        section = self.peer.sections[kind] = Section(kind, kind)
        self.peer.publish(section, track, rids, ssrcs if not rids else [])
        for rid, ssrc in zip(rids, ssrcs, strict=False):
            self.peer._own(track, rid, ssrc)
        self.tracks[kind] = track

    def subscribe(self, track: UpTrack) -> None:
        self.mids += 1
        mid = str(self.mids)
        section = self.peer.sections[mid] = Section(mid, track.kind)
        down = DownTrack(track, self.peer)
        self.peer.subscribe(section, down)
        elements = {TRANSPORT: b"\0\0", MID: mid.encode()} if self.numbered else {MID: mid.encode()}
        down.bind(mid, track.codec, wire.extension_block(elements), self.numbered)
        self.downs[track.sid] = down

    def send(self, data: bytes, *, forged: bool = False) -> None:
        control = 192 <= data[1] <= 223
        sealed = worked(lib.srtp_protect_rtcp if control else lib.srtp_protect, self.sealing, data)
        self.stage.sent += 1
        self.socket.send(sealed[:-1] + bytes([sealed[-1] ^ 1]) if forged else sealed)

    def receive(self) -> None:
        """Open what has come; media is noted by stream, without padding and without the connection's own numbers."""
        while select.select([self.socket], [], [], 0)[0]:
            data = self.socket.recv(4096)
            self.stage.received += 1
            if 192 <= data[1] <= 223:
                worked(lib.srtp_unprotect_rtcp, self.opening, data)
                continue
            packet = wire.Packet(worked(lib.srtp_unprotect, self.opening, data))
            elements = wire.extensions(packet.extension)
            if number := elements.pop(TRANSPORT, None):
                self.transports.append(int.from_bytes(number, "big"))
            self.got[packet.ssrc].append((packet.seq, packet.timestamp, packet.marker, packet.payload_type,
                                          packet.payload, tuple(elements.items())))  # fmt: skip


class Still(Pulse):
    """Nothing waits here."""

    def __init__(self) -> None:
        super().__init__()
        self.pause = 0.0

    def beat(self, count: int, now: float) -> None: ...


class Stage:
    """A port with its people, served by Python or by compiled code."""

    def __init__(self, compiled: bool, folder: Path) -> None:
        self.port = Port("127.0.0.1", 0, ["127.0.0.1"])
        self.port.pulse, self.port._pause = Still(), 0.0
        if compiled:
            self.port.lane = lane.load(self.port)
            assert self.port.lane is not None
        self.members: dict[str, Member] = {}
        self.recording = Recording(Room("r", 0.0), {"dir": folder}, 0.0)
        self._poll = select.epoll()
        self.sent = self.received = 0

    def turn(self) -> None:
        """Let the port handle what was sent, and everybody take what was sent to them, however late it comes."""
        for member in self.members.values():
            member.peer.row.words[rows.ROOM] = WIDE
        end = time.monotonic() + PATIENCE
        while self.port.counts["datagrams_in"] < self.sent:
            assert time.monotonic() < end
            if self.port.lane is None:
                self.port._turn()
            else:
                self.port.lane.serve(self._poll.fileno(), 0.0)
        while self.received < self.port.counts["datagrams_out"]:
            assert time.monotonic() < end
            for member in self.members.values():
                member.receive()

    def enter(self, name: str, numbered: bool = False) -> Member:
        self.members[name] = Member(self, name, numbered)
        return self.members[name]

    def introduce(self, kinds: Iterable[str]) -> None:
        for member in self.members.values():
            for other in self.members.values():
                for kind in kinds:
                    if other is not member and kind in other.tracks:
                        member.subscribe(other.tracks[kind])

    def record(self, track: UpTrack) -> None:
        self.recording._recorder.track(track.sid, track.owner, track.kind, track.codec.name, track.clock_rate,
                                       track.codec.payload_type, track.kind)  # fmt: skip
        self.recording._downs[track.sid] = DownTrack(track, self.recording, from_now=True)
        self.recording._downs[track.sid].attach()

    def close(self) -> None:
        for member in self.members.values():
            member.socket.close()
        self.port.datagrams.close()
        self._poll.close()
