"""`odr media` under test: started as its own process, joined through LiveKit's protocol."""

from __future__ import annotations

import asyncio
import base64
import os
import sys
import time
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import websockets
from livekit.protocol import models, rtc
from websockets.asyncio.client import ClientConnection

from signaling.access import Access, Gate
from signaling.bench import descriptions
from signaling.bench.client import Client
from signaling.bench.process import Process, free_port
from signaling.bench.scene import Member, Scene
from signaling.dtls import Certificate

KEY, SECRET = "bench", "a-secret-only-for-this-benchmark-run"
KINDS = (("audio", models.TrackType.AUDIO, models.TrackSource.MICROPHONE),
         ("video", models.TrackType.VIDEO, models.TrackSource.CAMERA))  # fmt: skip


@asynccontextmanager
async def running(scene: Scene, core: int, record: Path | None = None) -> AsyncIterator[Process]:
    """The server with everybody of the scene in it, ready for load."""
    http, udp = free_port(), free_port()
    command = [sys.executable, "-m", "signaling.worker", "--port", str(http), "--udp", str(udp)]
    command += [
        "--compiled",
        "--udp-host",
        scene.host,
        "--peer-packets",
        "100000",
        "--peer-bytes",
        "100000000",
        "--line",
        "100000000",
    ]
    command += ["--record", str(record)] if record else []
    secrets = {"ODR_MEDIA_KEY": KEY, "ODR_MEDIA_SECRET": SECRET}
    with Process(command, core, {**os.environ, **secrets}) as process:
        await process.until(lambda: _is_up(http))
        seats = [Seat(member, scene, http) for member in scene.members]
        try:
            for seat in seats:
                await seat.join()
            await asyncio.gather(*(seat.complete() for seat in seats))
            yield process
        finally:
            for seat in seats:
                await seat.close()


def _is_up(http: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{http}/healthz", timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


class Seat:
    """One member's place in the server."""

    def __init__(self, member: Member, scene: Scene, http: int) -> None:
        self.member = member
        self.client = Client(scene.host, scene.certificate, controlling=True)
        self.receives = 2 * len(scene.heard_by(member))
        self._room_for = self.receives // 2  # sound and picture of so many others
        self._http = http
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._answered = 0
        self._changed = asyncio.Event()

    async def join(self) -> None:
        """Enter the room, publish, connect."""
        token = Gate(KEY, SECRET).issue(Access(self.member.name, self.member.room), time.time())
        join = rtc.JoinRequest(connection_settings=rtc.ConnectionSettings(auto_subscribe=True))
        wrapped = rtc.WrappedJoinRequest(join_request=join.SerializeToString()).SerializeToString()
        query = f"access_token={token}&join_request={base64.urlsafe_b64encode(wrapped).decode()}"
        address = f"ws://127.0.0.1:{self._http}/rtc/v1?{query}"
        self._socket = await websockets.connect(
            address, max_size=4_000_000, compression=None, ping_interval=None
        )
        await self._receive("join")
        if self.member.publishes:
            for name, kind, source in KINDS:
                await self._send(add_track=rtc.AddTrackRequest(cid=name, type=kind, source=source))
                await self._receive("track_published")
        await self._offer()
        answer = await self._receive("answer")
        self._answered = len(answer.answer.mid_to_track_id)
        await self.client.connect(answer.answer.sdp)
        self.member.sender, self.member.receiver = self.client, self.client
        self._reader = asyncio.create_task(self._follow())

    async def complete(self) -> None:
        """Wait until everything this member shall receive has a section."""
        async with asyncio.timeout(20):
            while self._answered < self.receives:
                self._changed.clear()
                await self._changed.wait()

    async def _follow(self) -> None:
        while True:
            message = await self._receive()
            kind = message.WhichOneof("message")
            if kind == "media_sections_requirement":
                wanted = message.media_sections_requirement
                self._room_for += max(wanted.num_audios, wanted.num_videos)
                await self._offer()
            elif kind == "answer":
                self._answered = len(message.answer.mid_to_track_id)
                self._changed.set()

    async def _offer(self) -> None:
        sdp = descriptions.offer(self.member, self.client, self._room_for)
        await self._send(offer=rtc.SessionDescription(type="offer", sdp=sdp, id=1))

    async def _send(self, **field: object) -> None:
        assert self._socket is not None
        await self._socket.send(rtc.SignalRequest(**field).SerializeToString())  # type: ignore[arg-type]  # oneof

    async def _receive(self, kind: str = "") -> rtc.SignalResponse:
        assert self._socket is not None
        while True:
            data = await self._socket.recv()
            assert isinstance(data, bytes)
            message = rtc.SignalResponse.FromString(data)
            if not kind or message.WhichOneof("message") == kind:
                return message

    async def close(self) -> None:
        """Leave."""
        if self._reader is not None:
            self._reader.cancel()
        if self._socket is not None:
            await self._socket.close()
        self.client.close()


def certificate() -> Certificate:
    """One certificate for all synthetic clients."""
    made: Certificate = Certificate.generateCertificate()
    return made
