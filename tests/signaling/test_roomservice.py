"""LiveKit's own administration client rules rooms and participants of the worker."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from livekit import api, rtc
from livekit.protocol import models

from signaling.roomservice import METHODS
from tests.signaling.peers import KEY, SECRET, Client, Controller, Server, token, until

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]


@pytest_asyncio.fixture
async def admin(server: Server) -> AsyncIterator[api.LiveKitAPI]:
    async with api.LiveKitAPI(server.url.replace("ws", "http"), KEY, SECRET) as client:
        yield client


async def test_a_room_is_made_listed_described_and_closed(server: Server, admin: api.LiveKitAPI) -> None:
    wanted = api.CreateRoomRequest(name="made", metadata="第 3 庭", max_participants=1, empty_timeout=60)
    made = await admin.room.create_room(wanted)
    assert (made.name, made.metadata, made.num_participants) == ("made", "第 3 庭", 0)
    assert (await admin.room.create_room(wanted)).sid == made.sid
    person = await Client("a").join(server.url, "made")
    assert (person.room.name, person.room.metadata) == ("made", "第 3 庭")
    with pytest.raises(rtc.ConnectError):
        await Client("b").join(server.url, "made")
    listed = (await admin.room.list_rooms(api.ListRoomsRequest(names=["made", "nowhere"]))).rooms
    assert [(one.name, one.num_participants) for one in listed] == [("made", 1)]
    await admin.room.update_room_metadata(api.UpdateRoomMetadataRequest(room="made", metadata="第 4 庭"))
    await until(lambda: person.room.metadata == "第 4 庭")
    gone: list[int] = []
    person.room.on("disconnected", gone.append)
    await admin.room.delete_room(api.DeleteRoomRequest(room="made"))
    await until(lambda: gone == [rtc.DisconnectReason.ROOM_DELETED])
    assert not (await admin.room.list_rooms(api.ListRoomsRequest(names=["made"]))).rooms


async def test_participants_are_seen_muted_renamed_and_put_out(server: Server, admin: api.LiveKitAPI) -> None:
    first, second = await Client("a").join(server.url, "ruled"), await Client("b").join(server.url, "ruled")
    await first.publish(video=False)
    await until(lambda: second.sound["a"] > 5)
    people = (await admin.room.list_participants(api.ListParticipantsRequest(room="ruled"))).participants
    assert {one.identity for one in people} == {"a", "b"}
    a = api.RoomParticipantIdentity(room="ruled", identity="a")
    (track,) = (await admin.room.get_participant(a)).tracks
    muted = api.MuteRoomTrackRequest(room="ruled", identity="a", track_sid=track.sid, muted=True)
    assert (await admin.room.mute_published_track(muted)).track.muted
    publication = second.room.remote_participants["a"].track_publications[track.sid]
    await until(lambda: publication.muted)
    muted.muted = False
    with pytest.raises(api.TwirpError, match="failed_precondition"):
        await admin.room.mute_published_track(muted)
    changed = api.UpdateParticipantRequest(room="ruled", identity="a", name="甲", attributes={"side": "a"})
    changed.permission.CopyFrom(models.ParticipantPermission(can_subscribe=True, can_publish=False))
    after = await admin.room.update_participant(changed)
    assert (after.name, dict(after.attributes), list(after.tracks)) == ("甲", {"side": "a"}, [])
    await until(lambda: not second.room.remote_participants["a"].track_publications)
    gone: list[int] = []
    first.room.on("disconnected", gone.append)
    await admin.room.remove_participant(a)
    await until(lambda: gone == [rtc.DisconnectReason.PARTICIPANT_REMOVED])
    await second.leave()


async def test_tracks_are_taken_and_given_and_words_are_sent(server: Server, admin: api.LiveKitAPI) -> None:
    first, second = await Client("a").join(server.url, "given"), await Client("b").join(server.url, "given")
    await first.publish(video=False)
    await until(lambda: second.sound["a"] > 5)
    (sid,) = second.room.remote_participants["a"].track_publications
    asked = api.UpdateSubscriptionsRequest(room="given", identity="b", track_sids=[sid], subscribe=False)
    await admin.room.update_subscriptions(asked)
    links = server.counts()["datagrams_out"]
    second.sound.clear()
    asked.subscribe = True
    await admin.room.update_subscriptions(asked)
    await until(lambda: second.sound["a"] > 5 and server.counts()["datagrams_out"] > links)
    said = api.SendDataRequest(
        room="given", data="请注意".encode(), topic="notice", destination_identities=["b"]
    )
    await admin.room.send_data(said)
    await until(lambda: second.data == [("", "请注意".encode())])
    assert not first.data
    await first.leave()
    await second.leave()


async def test_a_participant_is_moved_on_the_same_connection(server: Server, admin: api.LiveKitAPI) -> None:
    clients = [Client(name) for name in "abc"]
    first, second, third = clients
    await first.join(server.url, "here")
    await second.join(server.url, "here")
    await third.join(server.url, "there")
    for one in clients:
        await one.publish(audio=False)
    await until(lambda: first.frames["b"] > 3)
    grants = api.VideoGrants(room_admin=True, room="here", destination_room="there")
    allowed = api.AccessToken(KEY, SECRET).with_grants(grants).to_jwt()
    asked = {"room": "here", "identity": "b", "destination_room": "there"}
    url = f"http://127.0.0.1:{server.http}/twirp/livekit.RoomService/MoveParticipant"
    headers = {"Authorization": f"Bearer {allowed}"}
    async with aiohttp.ClientSession() as http, http.post(url, json=asked, headers=headers) as answer:
        assert (answer.status, await answer.json()) == (200, {})
    await until(lambda: second.moves == ["there"], what="told of the move")
    await until(lambda: second.frames["c"] > 3 and third.frames["b"] > 3, what="they see each other")
    await until(lambda: "b" not in first.room.remote_participants)
    first.frames.clear()
    second.frames["a"] = 0
    await until(lambda: second.frames["c"] > 20)
    assert (first.frames["b"], second.frames["a"]) == (0, 0)
    for one in clients:
        await one.leave()


async def test_calls_without_the_right_change_nothing(server: Server) -> None:
    url = f"http://127.0.0.1:{server.http}/twirp/livekit.RoomService"
    joining = token("a", "x")
    forged = api.AccessToken(KEY, "x" * 40).with_grants(api.VideoGrants(room_create=True)).to_jwt()
    other = api.AccessToken(KEY, SECRET).with_grants(api.VideoGrants(room_admin=True, room="y")).to_jwt()
    async with aiohttp.ClientSession() as http:
        for method in METHODS:
            for shown, status in ((joining, 403), (other, 403), (forged, 401), ("", 401)):
                headers = {"Authorization": f"Bearer {shown}"}
                async with http.post(f"{url}/{method}", json={"room": "x"}, headers=headers) as answer:
                    assert answer.status == status, method
                    assert (await answer.json())["code"]
        async with http.post(f"{url}/Reboot", json={}) as answer:
            assert (answer.status, (await answer.json())["code"]) == (404, "bad_route")
        async with http.post(
            f"{url}/ListRooms", data=b"x" * 300_000, headers={**_all(), "Content-Type": "application/json"}
        ) as answer:
            assert answer.status == 429


def _all(room: str = "x") -> dict[str, str]:
    grants = api.VideoGrants(
        room_admin=True, room_create=True, room_list=True, room=room, destination_room="z"
    )
    return {"Authorization": f"Bearer {api.AccessToken(KEY, SECRET).with_grants(grants).to_jwt()}"}


async def test_hostile_calls_are_answered(server: Server) -> None:
    random, statuses = Random(4), set()
    url = f"http://127.0.0.1:{server.http}/twirp/livekit.RoomService"
    keep = await Client("keep").join(server.url, "x")
    pieces: list[Any] = [
        "x",
        "",
        "keep",
        None,
        -1,
        1e400,
        True,
        [],
        {},
        ["keep"],
        {"a": "b"},
        "\ud800",
        "y" * 5000,
    ]
    keys = ("room", "identity", "metadata", "data", "permission", "track_sid", "attributes", "names", "name")
    async with aiohttp.ClientSession() as http:
        for number in range(400):
            method = random.choice([one for one in METHODS if one not in ("RemoveParticipant", "DeleteRoom")])
            if number % 2:
                body, kind = random.randbytes(random.randint(0, 60)), "application/protobuf"
            else:
                chosen = {key: random.choice(pieces) for key in random.sample(keys, 4)}
                body, kind = json.dumps({"room": "x", **chosen}).encode(), "application/json"
            headers = {**_all(), "Content-Type": kind}
            async with http.post(f"{url}/{method}", data=body, headers=headers) as answer:
                statuses.add(answer.status)
    assert statuses <= {200, 400, 403, 404, 412}
    assert "internal_error" not in server.counts()
    assert keep.room.isconnected()
    await keep.leave()


async def test_under_the_court_rooms_are_the_courts(court: Server) -> None:
    controller = Controller(court.control)
    wanted = {"rooms": {"joint": {}}, "seats": {"a": {"room": "joint"}}}
    controller.ask("sync", sitting="tw", version=1, **wanted)
    person = await Client("a").join(court.url, "tw")
    async with api.LiveKitAPI(court.url.replace("ws", "http"), KEY, SECRET) as admin:
        people = await admin.room.list_participants(api.ListParticipantsRequest(room="tw.joint"))
        assert [one.identity for one in people.participants] == ["a"]
        for refused in (
            admin.room.create_room(api.CreateRoomRequest(name="mine")),
            admin.room.delete_room(api.DeleteRoomRequest(room="tw.joint")),
        ):
            with pytest.raises(api.TwirpError, match="control channel"):
                await refused
    controller.close()
    await person.leave()
