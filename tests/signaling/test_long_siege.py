"""Everything a worker reads, mutated, in one run: nothing breaks, nobody is lost, nothing is kept."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import socket
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import aiohttp
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack
from livekit.protocol import models, rtc
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from signaling import rtcp, wire
from signaling.arrivals import Arrived
from tests.signaling.offers import offer, section
from tests.signaling.peers import Client, Server, token, until
from tests.signaling.test_hostile import binding, mutations
from tests.signaling.test_live import HELLO
from tests.signaling.test_packets import frame

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]
ROUNDS = 10
GROWTH = 12_000_000  # bytes by which a worker's memory may differ between rounds
OFFER = offer(section("audio", "0", "sendonly", "mic", (5,)), section("video", "1"), section("data", "2"))
SHARES = {"stun": 20, "dtls": 15, "rtp": 15, "rtcp": 15, "sdp": 5, "protobuf": 15, "http": 15}  # of a hundred
MEDIA = [wire.write(96, 1, 2, 3, 5, b"", frame(2)), wire.write(111, 1, 2, 3, 6, b"", b"sound")]
REPORTS = [
    rtcp.receiver_report(1, [(rtcp.Reception(5, 12, 1000, 3, 4, 5), 6)]) + rtcp.picture_loss(1, 5),
    rtcp.missing(1, 5, [1, 2, 3]) + rtcp.estimate(1, 4_000_000, [9]),
    rtcp.transport_feedback(1, 5, Arrived(7, [None, 30_000, 30_009, *[None] * 9, 32_000], 3)),
]
MESSAGES = [
    rtc.SignalRequest(offer=rtc.SessionDescription(type="offer", sdp=OFFER)).SerializeToString(),
    rtc.SignalRequest(
        add_track=rtc.AddTrackRequest(cid="c", type=models.TrackType.AUDIO)
    ).SerializeToString(),
    rtc.SignalRequest(sync_state=rtc.SyncState(track_sids_disabled=["x"])).SerializeToString(),
]
REQUEST = b"POST /twirp/livekit.RoomService/ListRooms HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" \
          b"Content-Length: 2\r\n\r\n{}"  # fmt: skip


async def datagrams(server: Server, given: Iterable[bytes]) -> int:
    """Strangers' datagrams, no faster than they are read; how many."""
    sent = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        for sent, data in enumerate(given, 1):
            stranger.sendto(data or b"\0", ("127.0.0.1", server.udp))
            if sent % 50 == 0:
                await asyncio.sleep(0.005)
    return sent


async def member(server: Server, name: str, given: Iterator[bytes]) -> int:
    """A device with valid keys whose packets are mutations; each time it is put out it comes again."""
    sent = 0
    while (first := next(given, None)) is not None:
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        peer.addTrack(AudioStreamTrack())
        peer.createDataChannel("_reliable")
        await peer.setLocalDescription(await peer.createOffer())
        headers = {"Authorization": f"Bearer {token(name, 'siege')}", "Content-Type": "application/sdp"}
        url = f"http://127.0.0.1:{server.http}/whip/siege"
        described = peer.localDescription.sdp
        async with aiohttp.ClientSession() as http, http.post(url, data=described, headers=headers) as answer:
            await peer.setRemoteDescription(RTCSessionDescription(await answer.text(), "answer"))
        await until(lambda peer=peer: peer.connectionState == "connected", 20, "the member connects")
        keys = peer.getSenders()[0].transport
        for number, data in enumerate(itertools.chain([first], itertools.islice(given, 199))):
            sent += 1
            with contextlib.suppress(Exception):  # what cannot even be sealed is sent as data
                await (keys._send_data(data) if number % 4 == 3 else keys._send_rtp(data))
        await peer.close()
    return sent


async def talker(server: Server, name: str, given: Iterator[bytes]) -> int:
    """Somebody with a token whose messages are mutations; each time they are thrown out they come again."""
    sent = 0
    with contextlib.suppress(StopIteration):
        while True:
            with contextlib.suppress(ConnectionClosed, InvalidHandshake):
                async with connect(f"{server.url}/rtc/v1?access_token={token(name, 'siege')}") as line:
                    for _ in range(150):
                        await line.send(next(given))
                        sent += 1
    return sent


async def descriptions(server: Server, given: Iterable[bytes]) -> int:
    """Offers to the WHIP endpoint."""
    bearer = f"Bearer {token('whip', 'siege', lasting=3600)}"
    url, headers = f"http://127.0.0.1:{server.http}/whip/siege", {"Authorization": bearer}
    statuses: Counter[int] = Counter()
    async with aiohttp.ClientSession(headers={**headers, "Content-Type": "application/sdp"}) as http:
        for data in given:
            async with http.post(url, data=data) as answer:
                statuses[answer.status] += 1
    assert set(statuses) <= {201, 400, 406}
    return statuses.total()


async def requests(server: Server, given: Iterable[bytes]) -> int:
    """Bytes that look like HTTP, each on a connection of its own."""
    sent = 0
    for data in given:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", server.http)
            writer.write(data)
            await writer.drain()
            writer.close()
        sent += 1
    return sent


def memory(server: Server) -> int:
    pages = int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE")


async def attack(server: Server, seed: int, count: int) -> int:
    """One round of so many inputs of all kinds at once; how many were sent."""

    def some(kind: str, seeds: list[bytes]) -> Iterator[bytes]:
        return mutations(seeds, seed * 10 + list(SHARES).index(kind), count * SHARES[kind] // 100)

    checks = some("stun", [binding("guess"), binding("guess", "x:y")])
    hellos = some("dtls", [HELLO, bytes.fromhex("15feff000000000000000000020228")])
    media, reports = some("rtp", MEDIA), some("rtcp", REPORTS)
    half = count * SHARES["rtp"] // 200
    sealed = itertools.chain(itertools.islice(media, half), itertools.islice(reports, half))
    sent = await asyncio.gather(
        member(server, "device", sealed),
        talker(server, "talker", some("protobuf", MESSAGES)),
        descriptions(server, some("sdp", [OFFER.encode()])),
        requests(server, some("http", [REQUEST])),
    )
    return sum(sent) + await datagrams(server, itertools.chain(checks, hellos, media, reports))


async def go_on(first: Client, second: Client) -> None:
    """The call of two goes on in both directions."""
    seen = first.frames["b"], second.frames["a"]
    await until(lambda: first.frames["b"] > seen[0] + 5 and second.frames["a"] > seen[1] + 5, 20, "the call")


@pytest.mark.parametrize("count", [3_000, pytest.param(100_000, marks=pytest.mark.long)])
async def test_mutations_of_all_that_is_read_break_nothing_and_lose_nobody(count: int) -> None:
    server, size = Server(), int(os.environ.get("MUTATIONS", count))
    first, second = people = [await Client(name).join(server.url, "siege") for name in "ab"]
    lost: list[object] = []
    for one in people:
        for event in ("disconnected", "reconnecting"):
            one.room.on(event, lambda *_: lost.append(1))
        await one.publish()
    await until(lambda: first.frames["b"] > 5 and second.frames["a"] > 5, 20)
    sids = [one.room.local_participant.sid for one in people]
    sent, held, began = 0, [], server.counts()
    for number in range(ROUNDS):
        sent += await attack(server, number, size // ROUNDS)
        held.append(memory(server))
        await go_on(first, second)
    counts = server.counts()
    told = {name: int(value - began.get(name, 0)) for name, value in counts.items()}
    print(f"{sent} inputs, memory {[one >> 20 for one in held]} MiB, {told}")
    assert sent >= size * 0.99
    assert not lost
    assert [one.room.local_participant.sid for one in people] == sids
    unheard = sum(told[name] for name in ("strangers", "stun_refused", "odd_size"))
    assert unheard > size * 0.45  # what strangers sent was read
    assert counts.get("internal_error", 0) == 0
    assert min(held[-3:]) - held[1] < GROWTH  # what comes and goes beside it is no leak
    await asyncio.gather(*(one.leave() for one in people))
    await until(lambda: server.counts()["people"] == 0, 30, "all have left")
    assert "Traceback" not in server.stop()
