"""Unmodified LiveKit SDK clients through a real `odr media` process."""

from __future__ import annotations

import asyncio

import pytest

from tests.signaling.peers import Client, Server, until

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
