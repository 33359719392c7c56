"""Clients of the older form, with one connection for each direction."""

from __future__ import annotations

import asyncio

import pytest
from livekit import rtc

from tests.signaling.peers import Client, Server, token, until
from tests.signaling.test_live import Cable

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]


async def old(identity: str, url: str, room: str) -> Client:
    client = Client(identity)
    options = rtc.RoomOptions(single_peer_connection=False)
    await asyncio.wait_for(client.room.connect(url, token(identity, room), options), 10)
    return client


async def test_old_and_new_clients_see_hear_and_write_to_each_other(server: Server) -> None:
    first, second = await old("a", server.url, "mixed"), await old("b", server.url, "mixed")
    third = await Client("c").join(server.url, "mixed")
    clients = [first, second, third]
    await asyncio.gather(*(one.publish() for one in clients))
    for one in clients:
        others = {client.identity for client in clients} - {one.identity}
        await until(lambda one=one, others=others: all(one.frames[who] > 5 for who in others), 10, "pictures")
        await until(lambda one=one, others=others: all(one.sound[who] > 5 for who in others), 10, "sound")
    await first.room.local_participant.publish_data(b"to all", reliable=True)
    await until(lambda: ("a", b"to all") in second.data and ("a", b"to all") in third.data)
    await third.room.local_participant.publish_data(b"back", reliable=True)
    await until(lambda: ("c", b"back") in first.data)
    await asyncio.gather(*(one.leave() for one in clients))


async def test_tracks_come_and_go_without_new_sections(server: Server) -> None:
    first, second = await old("a", server.url, "churn"), await old("b", server.url, "churn")
    for _ in range(3):
        first.frames.clear()
        second.frames.clear()
        await first.publish(audio=False)
        await until(lambda: second.frames["a"] > 5, 10, "published again")
        for sid in list(first.room.local_participant.track_publications):
            await first.room.local_participant.unpublish_track(sid)
        await until(lambda: not second.room.remote_participants["a"].track_publications)
    await asyncio.gather(first.leave(), second.leave())


async def test_losing_the_signalling_loses_no_seat_in_the_older_form(server: Server) -> None:
    async with Cable(server.http) as cable:
        first, second = await old("a", cable.url, "oldcable"), await old("b", server.url, "oldcable")
        await asyncio.gather(first.publish(), second.publish())
        await until(lambda: first.frames["b"] > 5 and second.frames["a"] > 5)
        left: list[str] = []
        second.room.on("participant_disconnected", lambda one: left.append(one.identity))
        back = asyncio.Event()
        first.room.on("reconnected", back.set)
        cable.cut()
        await asyncio.wait_for(back.wait(), 15)
        seen = (first.frames["b"], second.frames["a"])
        await until(lambda: first.frames["b"] > seen[0] + 20 and second.frames["a"] > seen[1] + 20)
        assert not left
        await asyncio.gather(first.leave(), second.leave())
