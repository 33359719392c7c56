"""Janus under test: as Debian ships it (`apt-get install janus`), or with event loops, its fastest setting.

Its VideoRoom is joined through its own WebSocket signalling. Every member has one connection for what
they send and one for all they receive, which is how Janus is meant to be used.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import websockets
from websockets.asyncio.client import ClientConnection

from signaling.bench import descriptions
from signaling.bench.client import Client
from signaling.bench.process import Process, free_port
from signaling.bench.scene import Member, Scene

SHIPPED = Path("/etc/janus/janus.jcfg")
UNUSED = ("http", "mqtt", "nanomsg", "pfunix", "rabbitmq")
KEEP_ALIVE = 20.0
ANSWER = 20.0


def installed() -> bool:
    """Whether the comparison can run here."""
    return shutil.which("janus") is not None and SHIPPED.exists()


def _configure(folder: Path, port: int, event_loops: int) -> None:
    text = SHIPPED.read_text("utf8").replace('"/etc/janus"', f'"{folder}"')
    if event_loops:
        text = text.replace("#event_loops = 8", f"event_loops = {event_loops}")
        assert f"\n\tevent_loops = {event_loops}" in text
    others = ",".join(f"libjanus_{one}.so" for one in UNUSED)
    text = re.sub(r"(?m)^transports: \{", f'transports: {{\n\tdisable = "{others}"', text)
    (folder / "janus.jcfg").write_text(text, "utf8")
    (folder / "janus.transport.websockets.jcfg").write_text(
        f'general: {{\n json = "compact"\n ws = true\n ws_port = {port}\n ws_ip = "127.0.0.1"\n wss = false\n}}\n'
        "admin: {\n admin_ws = false\n}\n"
    )
    (folder / "janus.plugin.videoroom.jcfg").write_text("general: {\n}\n")


@asynccontextmanager
async def running(scene: Scene, core: int, event_loops: int = 0) -> AsyncIterator[Process]:
    """The server with everybody of the scene in it, ready for load."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        _configure(Path(folder), port, event_loops)
        with Process(["janus", "-F", folder, "--disable-colors"], core) as process:
            gateway = _Gateway()
            try:
                await gateway.open(port)
                await _populate(gateway, scene)
                yield process
            finally:
                await gateway.close()
                for member in scene.members:
                    for one in (member.sender, member.receiver):
                        if one is not None:
                            one.close()


async def _populate(gateway: _Gateway, scene: Scene) -> None:
    rooms = {name: number for number, name in enumerate(sorted({one.room for one in scene.members}), 1)}
    host = await gateway.attach()
    for name, number in rooms.items():
        size = sum(one.room == name for one in scene.members)
        await host.ask({"request": "create", "room": number, "publishers": size, "bitrate": 0,
                        "audiocodec": "opus", "videocodec": "vp8", "notify_joining": False})  # fmt: skip
    senders = [one for one in scene.members if one.publishes]
    numbers = await asyncio.gather(*(_publish(gateway, scene, one, rooms[one.room]) for one in senders))
    feeds = {one.number: feed for one, feed in zip(senders, numbers, strict=True)}
    hearing = [(one, [feeds[other.number] for other in scene.heard_by(one)]) for one in scene.members]
    await asyncio.gather(
        *(_subscribe(gateway, scene, one, rooms[one.room], heard) for one, heard in hearing if heard)
    )


async def _publish(gateway: _Gateway, scene: Scene, member: Member, room: int) -> int:
    handle = await gateway.attach()
    joined = await handle.ask({"request": "join", "ptype": "publisher", "room": room})
    client = Client(scene.host, scene.certificate, controlling=True)
    member.sender = client
    offer = {"type": "offer", "sdp": descriptions.offer(member, client, 0)}
    answered = await handle.ask({"request": "configure", "audio": True, "video": True}, offer)
    await client.connect(answered["jsep"]["sdp"])
    return int(joined["plugindata"]["data"]["id"])


async def _subscribe(gateway: _Gateway, scene: Scene, member: Member, room: int, feeds: list[int]) -> None:
    handle = await gateway.attach()
    streams = [{"feed": feed} for feed in feeds]
    wanted = {"request": "join", "ptype": "subscriber", "room": room, "streams": streams}
    offered = await _patiently(handle, wanted)
    client = Client(scene.host, scene.certificate, controlling=False)
    member.receiver = client
    answer = {"type": "answer", "sdp": descriptions.answer(offered["jsep"]["sdp"], client)}
    await handle.ask({"request": "start"}, answer)
    await client.connect(offered["jsep"]["sdp"])


async def _patiently(handle: _Handle, wanted: dict[str, Any]) -> dict[str, Any]:
    """Janus knows a feed a moment after its publisher has connected."""
    async with asyncio.timeout(ANSWER):
        while True:
            try:
                return await handle.ask(wanted)
            except Refused:
                await asyncio.sleep(0.1)


class Refused(RuntimeError):
    """Janus did not do what it was asked."""


class _Gateway:
    """One session over one WebSocket."""

    def __init__(self) -> None:
        self._socket: ClientConnection | None = None
        self._session = 0
        self._names = (str(number) for number in itertools.count(1))
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self, port: int) -> None:
        """Connect as soon as the server answers."""
        async with asyncio.timeout(20):
            while self._socket is None:
                try:
                    self._socket = await websockets.connect(
                        f"ws://127.0.0.1:{port}", subprotocols=[websockets.Subprotocol("janus-protocol")],
                        compression=None, ping_interval=None, max_size=4_000_000,
                    )  # fmt: skip
                except OSError:
                    await asyncio.sleep(0.1)
        self._tasks.append(asyncio.create_task(self._read()))
        created = await self.request({"janus": "create"})
        self._session = created["data"]["id"]
        self._tasks.append(asyncio.create_task(self._keep_alive()))

    async def close(self) -> None:
        """Leave."""
        for task in self._tasks:
            task.cancel()
        if self._socket is not None:
            await self._socket.close()

    async def attach(self) -> _Handle:
        """A new handle of the VideoRoom."""
        attached = await self.request({"janus": "attach", "plugin": "janus.plugin.videoroom"})
        return _Handle(self, attached["data"]["id"])

    async def request(self, message: dict[str, Any]) -> dict[str, Any]:
        """Send one message and wait for its final answer."""
        assert self._socket is not None
        name = next(self._names)
        waiting = self._waiting[name] = asyncio.get_running_loop().create_future()
        session = {"session_id": self._session} if self._session else {}
        await self._socket.send(json.dumps({**message, **session, "transaction": name}))
        answer: dict[str, Any] = await asyncio.wait_for(waiting, ANSWER)
        problem = answer.get("error") or answer.get("plugindata", {}).get("data", {}).get("error")
        if problem:
            raise Refused(f"Janus refused {message}: {problem}")
        return answer

    async def _read(self) -> None:
        assert self._socket is not None
        async for data in self._socket:
            message = json.loads(data)
            waiting = self._waiting.get(message.get("transaction", ""))
            if message["janus"] != "ack" and waiting is not None and not waiting.done():
                waiting.set_result(message)

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(KEEP_ALIVE)
            await self._tell({"janus": "keepalive"})

    async def _tell(self, message: dict[str, Any]) -> None:
        """Send one message nobody answers at length."""
        assert self._socket is not None
        text = {**message, "session_id": self._session, "transaction": next(self._names)}
        await self._socket.send(json.dumps(text))


class _Handle:
    """One connection of ours to the VideoRoom."""

    def __init__(self, gateway: _Gateway, number: int) -> None:
        self._gateway = gateway
        self._number = number

    async def ask(self, body: dict[str, Any], jsep: dict[str, Any] | None = None) -> dict[str, Any]:
        """One request to the room and its outcome."""
        message: dict[str, Any] = {"janus": "message", "handle_id": self._number, "body": body}
        return await self._gateway.request({**message, "jsep": jsep} if jsep else message)
