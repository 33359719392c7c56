"""Unmodified LiveKit SDK clients through a real `odr media` process."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import urllib.error
from pathlib import Path
from random import Random

import pytest
from livekit import rtc
from livekit.protocol import models
from livekit.protocol import rtc as proto
from livekit.rtc.participant import PublishTrackError
from websockets.asyncio.client import connect

from signaling import bundle
from signaling.mux import mux
from tests.signaling.offers import offer, section
from tests.signaling.peers import Client, Server, token, until

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]


async def test_two_people_see_and_hear_each_other(server: Server) -> None:
    first, second = await Client("a").join(server.url, "pair"), await Client("b").join(server.url, "pair")
    await asyncio.gather(first.publish(), second.publish())
    await until(lambda: first.frames["b"] > 10 and second.frames["a"] > 10, what="pictures")
    await until(lambda: first.sound["b"] > 20 and second.sound["a"] > 20, what="sound")
    await asyncio.gather(first.leave(), second.leave())


async def test_data_carries_the_true_sender(server: Server) -> None:
    first, second = await Client("a").join(server.url, "data"), await Client("b").join(server.url, "data")
    await until(lambda: len(first.room.remote_participants) == 1)
    await asyncio.sleep(0.3)
    await first.room.local_participant.publish_data(b"hello", reliable=True)
    await first.room.local_participant.publish_data(b"quick", reliable=False)
    await until(lambda: len(second.data) == 2, what="data")
    assert sorted(second.data) == [("a", b"hello"), ("a", b"quick")]
    await asyncio.gather(first.leave(), second.leave())


HELLO = bytes.fromhex("16feff0000000000000000003c010000300000000000000030fefd") + bytes(46)
ALERT = bytes.fromhex("15feff000000000000000000020228")


@pytest.mark.parametrize("pairs", [8, pytest.param(24, marks=pytest.mark.long)])
async def test_a_strangers_datagrams_stop_nobody_from_connecting(server: Server, pairs: int) -> None:
    async def spray() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            while True:
                for data in (HELLO, ALERT, random.randbytes(40), b"\x00\x01\x00\x00" + random.randbytes(16)):
                    stranger.sendto(data, ("127.0.0.1", server.udp))
                await asyncio.sleep(0.002)

    random = Random(1)
    before = server.counts()
    spraying = asyncio.create_task(spray())
    for attempt in range(pairs):
        pair = [await Client(name).join(server.url, f"spray-{pairs}-{attempt}") for name in "ab"]
        await pair[0].publish(video=False)
        await until(lambda: pair[1].sound["a"] > 3, what="sound")  # noqa: B023
        await asyncio.gather(*(one.leave() for one in pair))
    spraying.cancel()
    after = server.counts()
    assert after["strangers"] - before.get("strangers", 0) > 500
    assert after["stun_refused"] - before.get("stun_refused", 0) > 100
    assert after.get("internal_error", 0) == 0


class Cable:
    """A TCP relay that can be cut, to lose the signalling while media flows."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.writers: list[asyncio.StreamWriter] = []

    async def __aenter__(self) -> Cable:
        self.server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.url = f"ws://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.close()
        self.cut()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writers += [writer, far_writer]
        await asyncio.gather(self._pipe(reader, far_writer), self._pipe(far_reader, writer))

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
        writer.close()

    def cut(self) -> None:
        for writer in self.writers:
            writer.transport.abort()
        self.writers.clear()


async def test_losing_the_signalling_loses_no_picture_and_no_seat(server: Server) -> None:
    async with Cable(server.http) as cable:
        first, second = (
            await Client("a").join(cable.url, "cable"),
            await Client("b").join(server.url, "cable"),
        )
        await first.publish()
        await second.publish()
        await until(lambda: first.frames["b"] > 5 and second.frames["a"] > 5)
        left: list[str] = []
        second.room.on("participant_disconnected", lambda one: left.append(one.identity))
        seen = second.frames["a"]
        cable.cut()
        back = asyncio.Event()
        first.room.on("reconnected", back.set)
        await asyncio.wait_for(back.wait(), 15)
        await until(lambda: second.frames["a"] > seen + 20)
        assert not left
        assert [*first.room.remote_participants, *second.room.remote_participants] == ["b", "a"]
        await asyncio.gather(first.leave(), second.leave())


async def test_one_identity_has_one_seat(server: Server) -> None:
    first = await Client("a").join(server.url, "twice")
    gone: list[int] = []
    first.room.on("disconnected", gone.append)
    second = await Client("a").join(server.url, "twice")
    await until(lambda: gone == [rtc.DisconnectReason.DUPLICATE_IDENTITY])
    assert second.room.isconnected()
    await second.leave()


@pytest.mark.parametrize(
    "wrong",
    [
        token("a", "r", secret="another-secret-of-32-characters!!"),
        token("a", "r", lasting=-60),
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIiwidmlkZW8iOnsicm9vbUpvaW4iOnRydWUsInJvb20iOiJyIn19.",
    ],
)
async def test_a_wrong_token_opens_nothing(server: Server, wrong: str) -> None:
    with pytest.raises(rtc.ConnectError):
        await rtc.Room().connect(server.url, wrong)
    with pytest.raises(urllib.error.HTTPError) as refused:
        server.get(f"/rtc/validate?access_token={wrong}")
    assert refused.value.code == 401


async def test_who_may_not_publish_does_not(server: Server) -> None:
    first = await Client("a").join(server.url, "listen", can_publish=False)
    second = await Client("b").join(server.url, "listen")
    with pytest.raises((PublishTrackError, TimeoutError)):
        await asyncio.wait_for(first.publish(video=False), 1.5)
    assert not second.room.remote_participants["a"].track_publications
    await asyncio.gather(first.leave(), second.leave())


async def test_half_open_visits_leave_nothing_behind(server: Server) -> None:
    stages = ("nothing", "join", "announce", "offer")
    before = server.counts()
    for number in range(40):
        stage = stages[number % 4]
        address = f"{server.url}/rtc/v1?access_token={token(f'p{number}', 'half')}"
        async with connect(address) as socket:
            if stage == "nothing":
                continue
            await socket.recv()
            if stage == "join":
                continue
            wanted = proto.AddTrackRequest(cid="mic", source=models.TrackSource.MICROPHONE)
            await socket.send(proto.SignalRequest(add_track=wanted).SerializeToString())
            if stage == "offer":
                text = offer(section("audio", "0", "sendonly", "mic", (5,)), section("data", "1"))
                description = proto.SessionDescription(type="offer", sdp=text)
                await socket.send(proto.SignalRequest(offer=description).SerializeToString())
                await socket.recv()
                await socket.send(proto.SignalRequest(leave=proto.LeaveRequest()).SerializeToString())
    await until(lambda: server.counts()["people"] == before["people"], 14, "all have left")
    await until(lambda: server.counts()["links"] == before["links"], 2, "no connection is left")
    assert server.counts()["tasks"] <= before["tasks"] + 2


async def test_an_open_worker_records_every_room_when_told_to(tmp_path: Path) -> None:
    server = Server(record=tmp_path)
    person = await Client("a").join(server.url, "房间 1")
    await person.publish()
    await asyncio.sleep(1.5)
    await person.leave()
    await until(lambda: server.counts()["people"] == 0)
    assert "Traceback" not in server.stop()
    (directory,) = tmp_path.iterdir()
    assert bundle.verify(directory) == []
    assert [file.identity for file in mux(directory, tmp_path / "made").files] == ["a"]
