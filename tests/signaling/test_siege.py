"""A running worker under fire from strangers and from one of its own members: the others notice nothing."""

from __future__ import annotations

import asyncio
import contextlib
import socket

import pytest
from livekit.protocol import models, rtc
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidMessage, InvalidStatus

from tests.signaling.offers import offer, section
from tests.signaling.peers import Client, Server, token, until
from tests.signaling.test_hostile import binding, mutations

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]


async def strangers(server: Server) -> None:
    """Ten thousand datagrams that look like checks, handshakes, media and reports."""
    seeds = [
        binding("guess"),
        bytes.fromhex("16feff00000000000000000030") + bytes(48),
        b"\x80\x60" + bytes(60),
    ]
    seeds += [b"\x81\xc9" + bytes(30)]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for number, data in enumerate(mutations(seeds, 9)):
            stranger.sendto(data or b"\x00", ("127.0.0.1", server.udp))
            if number % 100 == 0:
                await asyncio.sleep(0.01)


async def member(server: Server, room: str) -> int:
    """Somebody with a valid token whose messages are mutations; how often they were thrown out."""
    good = offer(section("audio", "0", "sendonly", "mic", (5,)), section("video", "1"), section("data", "2"))
    seeds = [
        rtc.SignalRequest(offer=rtc.SessionDescription(type="offer", sdp=good)).SerializeToString(),
        rtc.SignalRequest(
            add_track=rtc.AddTrackRequest(cid="c", type=models.TrackType.AUDIO)
        ).SerializeToString(),
    ]
    thrown = 0
    waiting = mutations(seeds, 10, 400)
    for _ in range(30):
        async with connect(f"{server.url}/rtc/v1?access_token={token('bad', room)}") as line:
            with contextlib.suppress(ConnectionClosed):
                for data in waiting:
                    await line.send(data)
                    await asyncio.sleep(0.001)
                return thrown
        thrown += 1
    return thrown


async def test_strangers_and_a_mad_member_disturb_nobody(server: Server) -> None:
    first, second = clients = [await Client(name).join(server.url, "siege") for name in "ab"]
    await asyncio.gather(*(one.publish() for one in clients))
    await until(lambda: first.frames["b"] > 5 and second.frames["a"] > 5)
    seen, start = second.frames["a"], asyncio.get_running_loop().time()
    _, thrown = await asyncio.gather(strangers(server), member(server, "siege"))
    passed = asyncio.get_running_loop().time() - start
    assert thrown > 3
    assert second.frames["a"] - seen > passed * 15 * 0.8
    assert server.counts().get("internal_error", 0) == 0
    await asyncio.gather(*(one.leave() for one in clients))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "access_token=",
        "access_token={token}&join_request=%%%",
        "access_token={token}&join_request=" + "A" * 60_000,
    ],
)
async def test_a_broken_address_is_refused_before_the_socket_opens(server: Server, query: str) -> None:
    address = f"{server.url}/rtc/v1?{query.format(token=token('x', 'r'))}"
    with pytest.raises((InvalidStatus, InvalidMessage)) as refused:
        await connect(address)
    if isinstance(refused.value, InvalidStatus):
        assert refused.value.response.status_code in (400, 401)
    assert server.get("/healthz") == "ok"
