"""Six people talk for hours, somebody always just coming or going: the worker stays as large as it was."""

from __future__ import annotations

import asyncio
import os
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.signaling.peers import Client, Server, until
from tests.signaling.test_long_siege import memory

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]
SIX = "abcdef"
GROWTH = 5_000_000  # bytes by which a worker's memory may grow from one half to the other
MINUTES = int(os.environ.get("MINUTES", "180"))
PACE = 4  # pictures a second: six clients have to fit beside the worker
TALK = "ad"  # whose microphones are on


class Held(NamedTuple):
    """What a worker holds with the same people in it."""

    memory: int
    descriptors: int
    tasks: int
    links: int


def held(server: Server) -> Held:
    counts = server.counts()
    open_now = len(os.listdir(f"/proc/{server.process.pid}/fd"))
    return Held(memory(server), open_now, int(counts["tasks"]), int(counts["links"]))


async def come(server: Server, name: str) -> Client:
    client = await Client(name, pace=PACE).join(server.url, "soak")
    await client.publish(audio=name in TALK)
    return client


async def all_see_all(people: dict[str, Client]) -> None:
    before = {name: one.frames.copy() for name, one in people.items()}
    pairs = [(name, other) for name in people for other in people if name != other]
    await until(
        lambda: all(people[name].frames[other] > before[name][other] + 3 for name, other in pairs),
        30,
        "pictures",
    )


@pytest.mark.parametrize(
    ("rounds", "stay"),
    [(12, 0.2), pytest.param(MINUTES // 2, 120, marks=[pytest.mark.long, pytest.mark.timeout(MINUTES * 90)])],
)
async def test_people_who_come_and_go_for_hours_leave_a_worker_as_it_was(
    rounds: int, stay: float, tmp_path: Path
) -> None:
    server = Server(record=tmp_path)
    try:
        await _soak(server, rounds, stay)
        assert "Traceback" not in server.stop()
    finally:
        server.kill()


async def _soak(server: Server, rounds: int, stay: float) -> None:
    sizes = []
    people = {name: await come(server, name) for name in SIX}
    for number, name in enumerate(islice(cycle(SIX), rounds), 1):
        await asyncio.sleep(stay)
        await all_see_all(people)
        sizes.append(held(server))
        print(f"{number}: {sizes[-1]}", flush=True)
        await people.pop(name).leave()
        await until(lambda: server.counts()["people"] == len(SIX) - 1, 30, "one has left")
        people[name] = await come(server, name)
    await all_see_all(people)
    early, late = sizes[: rounds // 2], sizes[rounds // 2 :]
    assert max(one.memory for one in late) - max(one.memory for one in early) < GROWTH
    assert max(one.descriptors for one in late) <= max(one.descriptors for one in early) + len(SIX)
    assert {(one.tasks, one.links) for one in late} == {(early[-1].tasks, len(SIX))}
    assert server.counts().get("internal_error", 0) == 0
    await asyncio.gather(*(one.leave() for one in people.values()))
    await until(lambda: server.counts()["people"] == 0, 30, "all have left")
