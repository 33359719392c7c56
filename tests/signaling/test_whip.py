"""Streams brought in by WHIP and taken out by WHEP, with clients that know nothing of LiveKit."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import imageio_ffmpeg
import pytest
import pytest_asyncio
from aiortc import (
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
    VideoStreamTrack,
)
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError
from livekit import api

from tests.signaling.offers import offer, section
from tests.signaling.peers import KEY, SECRET, Client, Controller, Server, token, until
from tests.signaling.test_hostile import mutations

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]
SDP, FRAGMENT = "application/sdp", "application/trickle-ice-sdpfrag"
OFFER = offer(section("audio", "0", "sendonly", "mic", (5,)))


@pytest_asyncio.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def bearer(identity: str, room: str, **grants: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {token(identity, room, **grants)}"}


@asynccontextmanager
async def connected(
    http: aiohttp.ClientSession, url: str, headers: dict[str, str], *tracks: Any
) -> AsyncIterator[tuple[RTCPeerConnection, str]]:
    """An aiortc connection that publishes these tracks, or receives when there are none."""
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    for track in tracks:
        peer.addTrack(track)
    if not tracks:
        peer.addTransceiver("audio", direction="recvonly")
        peer.addTransceiver("video", direction="recvonly")
    await peer.setLocalDescription(await peer.createOffer())
    headers = {**headers, "Content-Type": SDP}
    for _ in range(20):
        async with http.post(url, data=peer.localDescription.sdp, headers=headers) as answer:
            text, given = await answer.text(), answer.headers
        if answer.status != 409:
            break
        await asyncio.sleep(0.2)
    assert answer.status == 201, text
    assert given["ETag"]
    location = given["Location"]
    await peer.setRemoteDescription(RTCSessionDescription(text, "answer"))
    yield peer, location
    await peer.close()


def counted(peer: RTCPeerConnection) -> dict[str, int]:
    """How many frames of each kind a viewer has decoded, counted on."""
    frames = {"audio": 0, "video": 0}

    async def watch(track: Any) -> None:
        try:
            while await track.recv():
                frames[track.kind] += 1
        except MediaStreamError:
            pass

    tasks = [asyncio.create_task(watch(one.receiver.track)) for one in peer.getTransceivers()]
    frames["tasks"] = tasks  # type: ignore[assignment]
    return frames


async def test_a_camera_publishes_and_everybody_sees_it(server: Server, http: aiohttp.ClientSession) -> None:
    person = await Client("b").join(server.url, "whip")
    base = f"http://127.0.0.1:{server.http}"
    async with connected(
        http, f"{base}/whip/whip", bearer("camera", "whip"), VideoStreamTrack(), AudioStreamTrack()
    ) as (_, location):
        await until(lambda: person.frames["camera"] > 10, what="the SDK decodes the camera")
        here = person.room.remote_participants["camera"]
        assert {one.kind for one in here.track_publications.values()} == {1, 2}
        async with connected(http, f"{base}/whep/whip/camera", bearer("player", "whip")) as (player, _):
            frames = counted(player)
            await until(lambda: frames["video"] > 10 and frames["audio"] > 20, what="the player decodes")
            assert "player" in person.room.remote_participants
        async with http.delete(base + location) as answer:
            assert answer.status == 200
        await until(lambda: "camera" not in person.room.remote_participants)
        async with http.delete(base + location) as answer:
            assert answer.status == 404
    await person.leave()


@pytest.mark.parametrize("flags", ["dtls_active", "0"])
async def test_ffmpeg_publishes_h264_and_a_player_watches(
    server: Server, http: aiohttp.ClientSession, flags: str
) -> None:
    base, room = f"http://127.0.0.1:{server.http}", f"ffmpeg-{flags}"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "warning", "-re"]
    command += [
        "-f",
        "lavfi",
        "-i",
        "testsrc=size=320x240:rate=15",
        "-f",
        "lavfi",
        "-i",
        "sine=frequency=440",
    ]
    command += ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-profile:v", "baseline",
                "-g", "15", "-pix_fmt", "yuv420p", "-threads", "1", "-c:a", "libopus", "-ac", "2"]  # fmt: skip
    command += ["-f", "whip", "-whip_flags", flags, "-authorization", token("venue", room)]
    ffmpeg = subprocess.Popen(
        [*command, f"{base}/whip/{room}"], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        person = await Client("b").join(server.url, room)
        await until(lambda: person.frames["venue"] > 10, 15, "the SDK decodes ffmpeg's picture")
        async with connected(http, f"{base}/whep/{room}/venue", bearer("player", room)) as (player, _):
            frames = counted(player)
            await until(lambda: frames["video"] > 10 and frames["audio"] > 20, what="the player decodes")
        await person.leave()
    finally:
        ffmpeg.terminate()
        ffmpeg.communicate(timeout=10)


async def test_a_restart_moves_the_connection_to_new_credentials(
    server: Server, http: aiohttp.ClientSession
) -> None:
    url = f"http://127.0.0.1:{server.http}/whip/patch"
    async with http.post(url, data=OFFER, headers={**bearer("a", "patch"), "Content-Type": SDP}) as created:
        first, place = (
            created.headers["ETag"],
            f"http://127.0.0.1:{server.http}" + created.headers["Location"],
        )
        assert f"a=ice-ufrag:{first.strip(chr(34))}\r\n" in await created.text()
    trickle = "a=ice-ufrag:umAr\r\na=ice-pwd:sa5UvwCUOHp8dku0kbwNPSTj\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n" \
              "a=mid:0\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n"  # fmt: skip
    anew = "a=ice-ufrag:new1\r\na=ice-pwd:fresh-password-of-the-client\r\n"

    async def patch(body: str, kind: str = FRAGMENT, **headers: str) -> tuple[int, str, str]:
        async with http.patch(place, data=body, headers={**headers, "Content-Type": kind}) as answer:
            return answer.status, answer.headers.get("ETag", ""), await answer.text()

    assert (await patch(trickle, **{"If-Match": first}))[:2] == (204, first)
    assert (await patch(trickle))[0] == 428
    assert (await patch(trickle, SDP, **{"If-Match": first}))[0] == 415
    assert (await patch("nonsense", **{"If-Match": first}))[0] == 400
    assert (await patch("a=x:" + "y" * 20_000, **{"If-Match": first}))[0] == 413
    status, second, text = await patch(anew, **{"If-Match": "*"})
    assert (status, second != first) == (200, True)
    assert re.search(r"a=ice-ufrag:(.*)\r\n", text)[1] == second.strip('"')
    assert "a=mid:0\r\n" in text
    assert "typ host" in text
    assert (await patch(anew, **{"If-Match": first}))[0] == 412
    assert (await patch(anew, **{"If-Match": second}))[0] == 204
    async with http.delete(place) as answer:
        assert answer.status == 200
    assert (await patch(anew, **{"If-Match": second}))[0] == 404


async def test_a_camera_that_was_moved_is_ended_at_the_address_it_was_given(
    server: Server, http: aiohttp.ClientSession
) -> None:
    base = f"http://127.0.0.1:{server.http}"
    async with http.post(
        f"{base}/whip/from", data=OFFER, headers={**bearer("cam", "from"), "Content-Type": SDP}
    ) as made:
        place = base + made.headers["Location"]
    watcher = await Client("w").join(server.url, "to")
    grants = api.VideoGrants(room_admin=True, room="from", destination_room="to")
    ruler = {"Authorization": f"Bearer {api.AccessToken(KEY, SECRET).with_grants(grants).to_jwt()}"}
    wish = {"room": "from", "identity": "cam", "destination_room": "to"}
    url = f"{base}/twirp/livekit.RoomService/MoveParticipant"
    async with http.post(url, json=wish, headers=ruler) as moved:
        assert moved.status == 200
    await until(lambda: "cam" in watcher.room.remote_participants)
    async with http.delete(place) as answer:
        assert answer.status == 200
    await until(lambda: "cam" not in watcher.room.remote_participants)
    await watcher.leave()


@pytest.mark.parametrize("path", ["/whip/cut", "/twirp/livekit.RoomService/ListRooms"])
async def test_a_client_that_goes_away_in_the_middle_of_its_words_leaves_no_trace(path: str) -> None:
    server = Server()
    kind = SDP if "whip" in path else "application/json"
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: 5000\r\n"
    for _ in range(3):
        _, writer = await asyncio.open_connection("127.0.0.1", server.http)
        writer.write(f"{head}Authorization: {bearer('a', 'cut')['Authorization']}\r\n\r\nv=0".encode())
        await writer.drain()
        await asyncio.sleep(0.1)
        writer.transport.abort()
    await asyncio.sleep(0.2)
    assert server.get("/healthz") == "ok"
    assert "Traceback" not in server.stop()


REFUSALS: list[tuple[int, str, str, dict[str, str]]] = [
    (401, "/whip/r", OFFER, {"Content-Type": SDP}),
    (401, "/whip/r", OFFER, {"Content-Type": SDP, "Authorization": "Bearer nonsense"}),
    (403, "/whip/r", OFFER, {"Content-Type": SDP, **bearer("a", "another")}),
    (403, "/whip/r", OFFER, {"Content-Type": SDP, **bearer("a", "r", can_publish=False)}),
    (403, "/whip/r", OFFER, {"Content-Type": SDP, **bearer("a", "r", can_publish_sources=["camera"])}),
    (403, "/whep/r/x", OFFER, {"Content-Type": SDP, **bearer("a", "r", can_subscribe=False)}),
    (404, "/whep/r/x", OFFER, {"Content-Type": SDP, **bearer("a", "r")}),
    (415, "/whip/r", OFFER, {"Content-Type": "text/plain", **bearer("a", "r")}),
    (400, "/whip/r", "v=0\r\nnonsense", {"Content-Type": SDP, **bearer("a", "r")}),
    (400, "/whip/r", offer(section("audio", "0", "recvonly")), {"Content-Type": SDP, **bearer("a", "r")}),
    (406, "/whip/r", OFFER.replace("opus", "x"), {"Content-Type": SDP, **bearer("a", "r")}),
    (413, "/whip/r", "v=0\r\n" + "a=x\r\n" * 200_000, {"Content-Type": SDP, **bearer("a", "r")}),
]


@pytest.mark.parametrize(("status", "path", "body", "headers"), REFUSALS)
async def test_what_cannot_be_is_refused_with_its_own_status(
    server: Server, http: aiohttp.ClientSession, status: int, path: str, body: str, headers: dict[str, str]
) -> None:
    async with http.post(f"http://127.0.0.1:{server.http}{path}", data=body, headers=headers) as answer:
        assert answer.status == status, await answer.text()
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert ("WWW-Authenticate" in answer.headers) == (status == 401)


async def test_who_publishes_nothing_cannot_be_watched_yet(
    server: Server, http: aiohttp.ClientSession
) -> None:
    silent = await Client("silent").join(server.url, "early")
    url = f"http://127.0.0.1:{server.http}/whep/early/silent"
    async with http.post(url, data=OFFER, headers={"Content-Type": SDP, **bearer("a", "early")}) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (409, "2")
    async with http.get(url) as answer:
        assert answer.status == 405
    async with http.options(url) as answer:
        assert (answer.status, answer.headers["Accept-Post"]) == (204, SDP)
    await silent.leave()


async def test_a_player_sees_nothing_of_another_room(court: Server, http: aiohttp.ClientSession) -> None:
    controller = Controller(court.control)
    rooms = {"joint": {}, "caucus-a": {}}
    seats = {who: {"room": "joint"} for who in ("a", "player")}
    controller.ask("sync", sitting="watched", version=1, rooms=rooms, seats=seats)
    first = await Client("a").join(court.url, "watched")
    await first.publish(audio=False)
    url = f"http://127.0.0.1:{court.http}/whep/watched/a"
    async with connected(http, url, bearer("player", "watched")) as (player, _):
        frames = counted(player)
        await until(lambda: frames["video"] > 5)
        seats["a"]["room"] = "caucus-a"
        controller.ask("sync", sitting="watched", version=2, rooms=rooms, seats=seats)
        await asyncio.sleep(0.3)
        before = frames["video"]
        await asyncio.sleep(1)
        assert frames["video"] == before
        headers = {"Content-Type": SDP, **bearer("player", "watched")}
        async with http.post(url, data=OFFER, headers=headers) as answer:
            assert answer.status == 404
        seats["a"]["room"] = "joint"
        controller.ask("sync", sitting="watched", version=3, rooms=rooms, seats=seats)
        await until(lambda: frames["video"] > before + 5, what="the picture comes back with its owner")
    controller.close()
    await first.leave()


async def test_a_player_follows_who_publishes_anew_or_comes_back(
    server: Server, http: aiohttp.ClientSession
) -> None:
    first = await Client("a").join(server.url, "anew")
    await first.publish()
    url = f"http://127.0.0.1:{server.http}/whep/anew/a"
    async with connected(http, url, bearer("player", "anew")) as (player, _):
        frames = counted(player)
        await until(lambda: frames["video"] > 5 and frames["audio"] > 10, what="it plays")
        for sid in list(first.room.local_participant.track_publications):
            await first.room.local_participant.unpublish_track(sid)
        seen = dict(frames)
        await first.publish()
        await until(lambda: frames["video"] > seen["video"] + 10, what="the picture goes on")
        await until(lambda: frames["audio"] > seen["audio"] + 20, what="the sound goes on")
        await first.leave()
        again = await Client("a").join(server.url, "anew")
        seen = dict(frames)
        await again.publish()
        await until(lambda: frames["video"] > seen["video"] + 10, what="the picture of a new visit")
        await again.leave()


async def test_hostile_offers_and_fragments_are_answered(server: Server, http: aiohttp.ClientSession) -> None:
    base, statuses = f"http://127.0.0.1:{server.http}", set()
    headers = {**bearer("a", "hostile"), "Content-Type": SDP}
    watcher = await Client("b").join(server.url, "hostile")
    for data in mutations([OFFER.encode()], 11, 150):
        async with http.post(f"{base}/whip/hostile", data=data, headers=headers) as answer:
            statuses.add(answer.status)
    assert statuses <= {201, 400, 406}
    async with http.post(f"{base}/whip/hostile", data=OFFER, headers=headers) as answer:
        place, statuses = base + answer.headers["Location"], set()
    fragment = b"a=ice-ufrag:new1\r\na=ice-pwd:fresh-password-of-the-client\r\nm=audio 9 x 0\r\na=mid:0\r\n"
    for number, data in enumerate(mutations([fragment], 12, 150)):
        match = {"If-Match": "*" if number % 2 else '"x"', "Content-Type": FRAGMENT}
        async with http.patch(place, data=data, headers=match) as answer:
            statuses.add(answer.status)
    assert statuses <= {200, 204, 400, 412}
    assert "internal_error" not in server.counts()
    assert watcher.room.isconnected()
    await watcher.leave()
