"""The web process's side: placement, desired state, events, a worker's death, and the relayed socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from livekit import rtc
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from signaling.pool import CommandRefused, Pool, WorkerGone
from signaling.relay import relay
from tests.signaling.peers import Client, Server, until

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]
DESIRED = {"version": 1, "rooms": {"joint": {}}, "seats": {"a": {"room": "joint"}, "b": {"room": "joint"}}}


async def test_a_sitting_goes_to_the_emptier_worker_and_stays(tmp_path: Path) -> None:
    servers = [Server(tmp_path / "one.sock"), Server(tmp_path / "two.sock")]
    pool = Pool([tmp_path / "one.sock", tmp_path / "two.sock"])
    await pool.open()
    places = [pool.place(name) for name in ("s1", "s2", "s3")]
    assert places == [0, 1, 0]
    assert [pool.place(name) for name in ("s1", "s2", "s3")] == places
    assert pool.ws_url("s2") == servers[1].url
    await pool.disconnect()
    for server in servers:
        server.stop()


async def test_a_pool_that_starts_anew_finds_each_sitting_where_it_lives(tmp_path: Path) -> None:
    sockets = [tmp_path / "one.sock", tmp_path / "two.sock"]
    servers = [Server(socket) for socket in sockets]
    first = Pool(sockets)
    await first.open()
    for name in ("s1", "s2"):
        await first.sync(name, DESIRED)
    await first.disconnect()

    second = Pool(sockets)
    await second.open()

    assert [second.place(name) for name in ("s2", "s1")] == [1, 0]
    await second.disconnect()
    for server in servers:
        server.stop()


async def test_desired_state_is_repeatable_and_refused_when_wrong(court: Server) -> None:
    assert court.control is not None
    pool = Pool([court.control])
    await pool.open()
    assert (await pool.sync("p1", DESIRED))["applied"] is True
    assert (await pool.sync("p1", DESIRED))["applied"] is False
    assert (await pool.state("p1") or {})["version"] == 1
    with pytest.raises(CommandRefused):
        await pool.sync("p1", {"version": 2, "rooms": {}, "seats": {"a": {"room": "nowhere"}}})
    await pool.close("p1")
    assert await pool.state("p1") is None
    await pool.disconnect()


async def test_a_dead_worker_is_noticed_and_its_people_come_back(tmp_path: Path) -> None:
    path = tmp_path / "media.sock"
    server = Server(path)
    happened: list[dict[str, Any]] = []
    greeted: list[int] = []

    async def push(worker: int) -> None:
        greeted.append(worker)
        for sitting in pool.places(worker):
            await pool.sync(sitting, DESIRED)

    pool = Pool([path], push)
    await pool.open()

    async def follow() -> None:
        async for event in pool.events():
            happened.append(event)

    following = asyncio.create_task(follow())
    await pool.sync("p2", DESIRED)
    first, second = Client("a"), Client("b")
    await first.join(pool.ws_url("p2"), "p2")
    await second.join(pool.ws_url("p2"), "p2")
    await first.publish()
    await until(lambda: second.frames["a"] > 3)
    server.kill()
    await until(lambda: any(one["event"] == "worker_lost" for one in happened), 10, "noticed")
    with pytest.raises(WorkerGone):
        await pool.sync("p2", DESIRED)
    second.frames.clear()
    coming = asyncio.create_task(pool.ready("p2", 30))  # a third, who is not sent away meanwhile
    server = Server(path, given=(server.http, server.udp), more=("--after", str(tmp_path / "lock")))
    await until(lambda: greeted == [0, 0], 20, "greeted again")
    assert await coming == server.url
    assert await pool.state("p2") is not None
    await until(lambda: second.frames["a"] > 3, 25, "pictures after the worker's death")
    joined = [one["identity"] for one in happened if one["event"] == "joined"]
    assert sorted(joined) == ["a", "a", "b", "b"]
    await asyncio.gather(first.leave(), second.leave())
    following.cancel()
    await pool.disconnect()
    server.stop()


@asynccontextmanager
async def front(upstream: str) -> AsyncIterator[str]:
    """A web process that does nothing but relay."""

    async def pass_on(socket: WebSocket) -> None:
        query = socket.scope["query_string"].decode()
        kept = [(name, value) for name, value in socket.headers.items() if name == "authorization"]
        await relay(socket.receive, socket.send, f"{upstream}/rtc/v1?{query}", kept)

    config = uvicorn.Config(
        Starlette(routes=[WebSocketRoute("/rtc/v1", pass_on)]), port=17990, log_level="warning",
        ws="websockets-sansio",
    )  # fmt: skip
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    yield "ws://127.0.0.1:17990"
    server.should_exit = True
    await serving


async def test_signalling_through_the_web_process_changes_nothing(server: Server) -> None:
    async with front(server.url) as address:
        first, second = Client("a"), Client("b")
        await first.join(address, "relayed")
        await second.join(address, "relayed")
        await first.publish(video=False)
        await until(lambda: second.sound["a"] > 5)
        with pytest.raises(rtc.ConnectError):
            await Client("c").room.connect(address, "not.a.token")
        await asyncio.gather(first.leave(), second.leave())
