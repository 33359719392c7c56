"""A cluster of LiveKit in place of our media workers: the same rules by its server API.

`LIVEKIT_URL` (with `LIVEKIT_API_KEY` and `LIVEKIT_API_SECRET`) names a real one; without it the cluster is
`odr media` alone, which speaks the same protocol.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from odr import settings
from odr.settings import BadSetting
from tests.signaling import peers
from tests.signaling.peers import Client, Server, until
from web import cluster
from web.cluster import Cluster

REAL = os.environ.get("LIVEKIT_URL", "")
GRACE = 3


@pytest.fixture(scope="module", params=["odr media", "LiveKit"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "LiveKit":
        if not REAL:
            pytest.skip("LIVEKIT_URL names no cluster")
        peers.KEY, peers.SECRET = os.environ["LIVEKIT_API_KEY"], os.environ["LIVEKIT_API_SECRET"]
        yield REAL
        return
    server = Server()
    yield server.url
    server.stop()


@pytest_asyncio.fixture
async def plane(url: str, tmp_path: Path) -> AsyncIterator[Cluster]:
    env = {"ODR_DEMO": "1", "MEDIA_URL": url, "ODR_MEDIA_KEY": peers.KEY, "ODR_MEDIA_SECRET": peers.SECRET}
    plane = Cluster(settings.read(env, data=tmp_path))
    await plane.open()
    yield plane
    await plane.disconnect()


def seat(room: str, *, hushed: bool = False) -> dict[str, Any]:
    return {"room": room, "hushed": hushed, "camera": True, "role": "", "name": ""}


def wish(seats: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {"version": 1, "seats": seats, "hosts": ["host"], "host_grace_s": GRACE}


async def comes(url: str, sitting: str, identity: str, place: str) -> Client:
    client = Client(identity)
    client.left = asyncio.Event()  # type: ignore[attr-defined]
    client.room.on("disconnected", lambda *_: client.left.set())  # type: ignore[attr-defined]
    return await client.join(url, cluster.name_of(sitting, place))


async def heard(plane: Cluster, sitting: str, event: str) -> dict[str, Any]:
    async with asyncio.timeout(15):
        async for one in plane.events():
            if (one["event"], one["sitting"]) == (event, sitting):
                return one
    raise AssertionError


@pytest.mark.slow
@pytest.mark.asyncio
async def test_who_is_in_another_room_than_theirs_is_put_out(url: str, plane: Cluster) -> None:
    a, b = await comes(url, "s1", "a", "joint"), await comes(url, "s1", "b", "joint")

    await plane.sync("s1", wish({"a": seat("caucus-a"), "b": seat("joint")}))

    await asyncio.wait_for(a.left.wait(), 10)  # type: ignore[attr-defined]
    assert not b.left.is_set()  # type: ignore[attr-defined]
    assert (await plane.state("s1") or {})["people"] == ["b"]
    await b.leave()


@pytest.mark.slow
@pytest.mark.asyncio
async def test_the_hushed_are_heard_no_more_and_again_when_they_may(url: str, plane: Cluster) -> None:
    a, b = await comes(url, "s2", "a", "joint"), await comes(url, "s2", "b", "joint")
    await a.publish()
    await until(lambda: b.frames["a"] > 5, what="the picture")

    await plane.sync("s2", wish({"a": seat("joint", hushed=True), "b": seat("joint")}))

    def sounds() -> list[Any]:
        tracks = b.room.remote_participants["a"].track_publications.values()
        return [one for one in tracks if one.kind == 1 and one.subscribed and not one.muted]

    await until(lambda: not sounds(), what="silence")
    seen = b.frames["a"]
    await until(lambda: b.frames["a"] > seen + 5, what="the picture goes on")
    await asyncio.gather(a.leave(), b.leave())


@pytest.mark.slow
@pytest.mark.asyncio
async def test_who_comes_and_goes_is_told_and_a_lost_mediator_freezes(url: str, plane: Cluster) -> None:
    await plane.sync("s3", wish({"a": seat("joint"), "host": seat("joint")}))
    host, a = await comes(url, "s3", "host", "joint"), await comes(url, "s3", "a", "joint")
    assert (await heard(plane, "s3", "joined"))["identity"] in ("a", "host")

    await host.leave()

    assert (await heard(plane, "s3", "left"))["identity"] == "host"
    assert (await heard(plane, "s3", "frozen"))["event"] == "frozen"
    await plane.close("s3")
    await asyncio.wait_for(a.left.wait(), 10)  # type: ignore[attr-defined]


@pytest.mark.slow
@pytest.mark.asyncio
async def test_a_wish_that_came_meanwhile_is_not_undone(url: str, plane: Cluster) -> None:
    """The look asks the cluster and keeps order by what is wished then, not by what was before it asked."""
    a = await comes(url, "s4", "a", "joint")
    await plane.sync("s4", wish({"a": seat("joint")}))
    old = await plane._found("s4")

    plane._wishes["s4"] = wish({"a": seat("caucus-a")})
    await plane._keep("s4", old)

    await asyncio.wait_for(a.left.wait(), 10)  # type: ignore[attr-defined]
    assert plane._wishes["s4"]["seats"]["a"]["room"] == "caucus-a"


@pytest.mark.asyncio
async def test_a_cluster_that_does_not_answer_is_told(tmp_path: Path) -> None:
    env = {"ODR_DEMO": "1", "MEDIA_URL": "ws://127.0.0.1:9", "ODR_MEDIA_SECRET": peers.SECRET}
    plane = Cluster(settings.read(env, data=tmp_path))
    plane._wishes["s"] = wish({})
    await plane.open()

    await until(lambda: plane.gone() == [0])

    await plane.disconnect()


@pytest.mark.parametrize(
    "env",
    [
        {"MEDIA_URL": "https://livekit.example.org", "ODR_MEDIA_SECRET": "x" * 32},
        {"MEDIA_URL": "wss://livekit.example.org/path", "ODR_MEDIA_SECRET": "x" * 32},
        {"MEDIA_URL": "wss://livekit.example.org"},
    ],
)
def test_half_a_cluster_is_refused(env: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="MEDIA_URL"):
        settings.read({"ODR_DEMO": "1", **env}, data=tmp_path)
