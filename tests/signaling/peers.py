"""Test peers: a media worker as its own process, and unmodified LiveKit clients that meet in it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from livekit import api, rtc

from tests import ports

KEY, SECRET = "test", "a-secret-of-at-least-32-characters"
WIDTH, HEIGHT, RATE = 320, 240, 48000


def token(identity: str, room: str, lasting: float = 3600, secret: str = SECRET, **grants: Any) -> str:
    """An access token as any LiveKit back end makes it."""
    allowed = api.VideoGrants(room_join=True, room=room, **grants)
    built = api.AccessToken(KEY, secret).with_identity(identity).with_grants(allowed)
    return built.with_ttl(timedelta(seconds=lasting)).to_jwt()


class Server:
    """`odr media` as a process."""

    def __init__(
        self,
        control: Path | None = None,
        given: tuple[int, int] | None = None,
        public: str = "",
        record: Path | None = None,
        more: Sequence[str] = (),
    ) -> None:
        self.http, self.udp = given or (ports.free(), ports.free(socket.SOCK_DGRAM))
        self.control = control
        extra = ["--control", str(control)] if control else []
        extra += ["--public", public] if public else []
        extra += ["--record", str(record)] if record else []
        extra += more
        command = [sys.executable, "-m", "signaling.worker", "--port", str(self.http), "--udp", str(self.udp)]
        # no pipe: one that nobody reads would stop a worker that says much
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 (closed by `stop`)
        self.process = subprocess.Popen(
            [*command, "--key", KEY, "--secret", SECRET, *extra], stderr=self._errors, text=True
        )
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + 15
        while time.monotonic() < until:
            try:
                if self.get("/healthz") == "ok":
                    return
            except OSError:
                time.sleep(0.05)
        raise TimeoutError("the media worker did not start")

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.http}"

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http}{path}", timeout=2) as answer:
            return answer.read().decode()

    def counts(self) -> dict[str, float]:
        pairs = (line.rsplit(" ", 1) for line in self.get("/metrics").splitlines())
        return {name.removeprefix("odr_media_").removesuffix("_total"): float(value) for name, value in pairs}

    def stop(self) -> str:
        """Ask it to end; what it wrote on its error stream."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        with self._errors as errors:
            errors.seek(0)
            return errors.read()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


class Controller:
    """A blocking client of the control channel, to say who sits where."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(10)
        self.socket.connect(str(path))
        self.events: list[dict[str, Any]] = []
        self._numbers = itertools.count(1)

    def ask(self, do: str, **fields: Any) -> dict[str, Any]:
        number = next(self._numbers)
        body = json.dumps({"id": number, "do": do, **fields}).encode()
        self.socket.sendall(struct.pack("!I", len(body)) + body)
        while True:
            message = self._read()
            if "event" in message:
                self.events.append(message)
            elif message["id"] == number:
                return message

    def _read(self) -> dict[str, Any]:
        (size,) = struct.unpack("!I", self._exactly(4))
        return json.loads(self._exactly(size))

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            if not (part := self.socket.recv(size - len(data))):
                raise ConnectionError("the worker closed the control channel")
            data += part
        return data

    def close(self) -> None:
        self.socket.close()


class Client:
    """A LiveKit SDK client that shows a colour, sings a tone and counts what it decodes of the others."""

    def __init__(self, identity: str, pace: float = 15) -> None:
        self.identity = identity
        self.pace = pace  # pictures a second
        self.room = rtc.Room()
        self.shown = 0  # pictures given to the encoder: the pace by which others judge what they see
        self.frames: Counter[str] = Counter()
        self.sound: Counter[str] = Counter()
        self.sizes: dict[str, tuple[int, int]] = {}
        self.data: list[tuple[str, bytes]] = []
        self.moves: list[str] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._watching: dict[str, asyncio.Task[None]] = {}
        self.room.on("track_subscribed", self._subscribed)
        self.room.on("track_unsubscribed", self._unsubscribed)
        self.room.on("data_received", self._received)
        self.room.on("moved", lambda *_: self.moves.append(self.room.name))

    async def join(self, url: str, room: str, **grants: Any) -> Client:
        await asyncio.wait_for(self.room.connect(url, token(self.identity, room, **grants)), 10)
        return self

    def _spawn(self, coroutine: Any) -> asyncio.Task[None]:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _received(self, packet: rtc.DataPacket) -> None:
        self.data.append((packet.participant.identity if packet.participant else "", packet.data))

    def _subscribed(self, track: rtc.Track, _: Any, participant: rtc.RemoteParticipant) -> None:
        watch = self._watch if track.kind == rtc.TrackKind.KIND_VIDEO else self._listen
        self._watching[track.sid] = self._spawn(watch(track, participant.identity))

    def _unsubscribed(self, track: rtc.Track, *_: Any) -> None:
        if watching := self._watching.pop(track.sid, None):  # its stream would give silence for ever
            watching.cancel()

    async def _watch(self, track: rtc.Track, identity: str) -> None:
        stream = rtc.VideoStream(track)
        async with contextlib.aclosing(stream):
            async for event in stream:
                self.sizes[identity] = (event.frame.width, event.frame.height)
                self.frames[identity] += 1

    async def _listen(self, track: rtc.Track, identity: str) -> None:
        stream = rtc.AudioStream(track)
        async with contextlib.aclosing(stream):
            async for event in stream:
                loud = np.abs(np.frombuffer(event.frame.data, np.int16)).max() > 1000
                self.sound[identity] += int(loud)

    async def publish(self, video: bool = True, audio: bool = True) -> None:
        participant = self.room.local_participant
        if video:
            source = rtc.VideoSource(WIDTH, HEIGHT)
            track = rtc.LocalVideoTrack.create_video_track("camera", source)
            options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_CAMERA, simulcast=False)
            self._spawn(self._show(source))
            await asyncio.wait_for(participant.publish_track(track, options), 10)
        if audio:
            tone = rtc.AudioSource(RATE, 1)
            voice = rtc.LocalAudioTrack.create_audio_track("microphone", tone)
            options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
            self._spawn(self._sing(tone))
            await asyncio.wait_for(participant.publish_track(voice, options), 10)

    async def _show(self, source: rtc.VideoSource) -> None:
        for count in itertools.count():
            picture = np.full((HEIGHT, WIDTH, 4), count * 7 % 256, np.uint8)
            source.capture_frame(rtc.VideoFrame(WIDTH, HEIGHT, rtc.VideoBufferType.RGBA, picture.tobytes()))
            self.shown += 1
            await asyncio.sleep(1 / self.pace)

    async def _sing(self, source: rtc.AudioSource) -> None:
        wave = (np.sin(2 * np.pi * 440 * np.arange(480) / RATE) * 8000).astype(np.int16).tobytes()
        while True:
            await source.capture_frame(rtc.AudioFrame(wave, RATE, 1, 480))

    async def leave(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await self.room.disconnect()


async def until(condition: Any, seconds: float = 8, what: str = "") -> float:
    """Wait until something holds; how long it took."""
    start = time.monotonic()
    while not condition():
        if time.monotonic() - start > seconds:
            raise AssertionError(f"did not happen within {seconds} s: {what}")
        await asyncio.sleep(0.02)
    return time.monotonic() - start
