"""Who sits where is decided over the control channel and enforced on packets."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from livekit import rtc

from signaling import bundle
from signaling.mux import mux
from tests.signaling.peers import Client, Controller, Server, until

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]
ROOMS: dict[str, Any] = {"joint": {}, "lobby-a": {}, "lobby-b": {}, "caucus-a": {}}


def seats(**rooms: str) -> dict[str, Any]:
    roles = {"m": "mediator", "a": "party", "b": "party"}
    return {
        who: {"room": room.replace("_", "-"), "name": who.upper(), "role": roles[who]}
        for who, room in rooms.items()
    }


@pytest.fixture
def control(court: Server) -> Iterator[Controller]:
    assert court.control is not None
    controller = Controller(court.control)
    yield controller
    controller.close()


async def everyone(court: Server, sitting: str, names: str) -> list[Client]:
    clients = [Client(name) for name in names]
    await asyncio.gather(*(client.join(court.url, sitting) for client in clients))
    await asyncio.gather(*(client.publish() for client in clients))
    return clients


def reset(clients: list[Client]) -> None:
    for client in clients:
        client.frames.clear()
        client.sound.clear()


async def test_nobody_without_a_seat_gets_in(court: Server, control: Controller) -> None:
    control.ask("sync", sitting="closed", version=1, rooms=ROOMS, seats=seats(a="lobby_a"))
    with pytest.raises(rtc.ConnectError):
        await Client("b").join(court.url, "closed")
    with pytest.raises(rtc.ConnectError):
        await Client("a").join(court.url, "another")


async def test_a_caucus_hears_nobody_else_and_nobody_hears_it(court: Server, control: Controller) -> None:
    control.ask("sync", sitting="s1", version=1, rooms=ROOMS, seats=seats(m="joint", a="joint", b="joint"))
    mediator, first, second = clients = await everyone(court, "s1", "mab")
    assert mediator.room.name == "s1.joint"
    await until(
        lambda: all(len(one.frames) == 2 and min(one.frames.values()) > 3 for one in clients), what="joint"
    )
    control.ask(
        "sync", sitting="s1", version=2, rooms=ROOMS, seats=seats(m="caucus_a", a="caucus_a", b="joint")
    )
    await until(lambda: mediator.moves == ["s1.caucus-a"] and first.moves == ["s1.caucus-a"], what="moved")
    await asyncio.sleep(0.4)  # what was on its way before the move
    reset(clients)
    await until(lambda: mediator.frames["a"] > 5 and first.frames["m"] > 5, what="caucus pictures")
    await until(lambda: mediator.sound["a"] > 20 and first.sound["m"] > 20, what="caucus sound")
    assert not second.frames
    assert not second.sound
    assert "b" not in mediator.frames
    assert "b" not in first.frames
    assert not second.room.remote_participants
    control.ask("sync", sitting="s1", version=3, rooms=ROOMS, seats=seats(m="joint", a="joint", b="joint"))
    await until(
        lambda: second.frames["m"] > 5 and second.frames["a"] > 5 and first.frames["b"] > 5,
        what="joint again",
    )
    state = control.ask("state", sitting="s1")["state"]
    assert sorted(state["rooms"]["joint"]["people"]) == ["a", "b", "m"]
    await asyncio.gather(*(one.leave() for one in clients))


async def test_the_hushed_are_silent_and_know_it(court: Server, control: Controller) -> None:
    places = seats(m="joint", a="joint")
    control.ask("sync", sitting="s2", version=1, rooms=ROOMS, seats=places)
    mediator, first = clients = await everyone(court, "s2", "ma")
    await until(lambda: mediator.sound["a"] > 10 and mediator.frames["a"] > 3)
    places["a"] |= {"hushed": True, "camera": False}
    control.ask("sync", sitting="s2", version=2, rooms=ROOMS, seats=places)
    await asyncio.sleep(0.5)
    reset(clients)
    await asyncio.sleep(0.7)
    assert mediator.sound["a"] == 0
    assert mediator.frames["a"] == 0
    assert first.sound["m"] > 10
    publication = next(iter(first.room.local_participant.track_publications.values()))
    assert publication.muted
    places["a"] |= {"hushed": False, "camera": True}
    control.ask("sync", sitting="s2", version=3, rooms=ROOMS, seats=places)
    for one in first.room.local_participant.track_publications.values():
        one.track.unmute()
    await until(lambda: mediator.sound["a"] > 10 and mediator.frames["a"] > 3, what="heard again")
    await asyncio.gather(*(one.leave() for one in clients))


async def test_losing_the_host_ends_a_private_talk_too(court: Server, control: Controller) -> None:
    control.ask(
        "sync", sitting="s3c", version=1, rooms=ROOMS, seats=seats(m="caucus-a", a="caucus-a", b="lobby-b"),
        hosts=["m"], fallback={"a": "lobby-a", "b": "lobby-b"}, host_grace_s=1,
    )  # fmt: skip
    mediator, first, second = await everyone(court, "s3c", "mab")
    await until(lambda: first.frames["m"] > 3, what="the talk")
    await mediator.leave()
    await until(lambda: first.moves == ["s3c.lobby-a"], what="frozen")
    assert control.ask("state", sitting="s3c")["state"]["frozen"]
    assert second.moves == []
    await asyncio.gather(first.leave(), second.leave())


async def test_losing_the_host_sends_everybody_to_their_own_lobby(court: Server, control: Controller) -> None:
    control.ask(
        "sync", sitting="s3", version=1, rooms=ROOMS, seats=seats(m="joint", a="joint", b="joint"),
        hosts=["m"], fallback={"a": "lobby-a", "b": "lobby-b"}, host_grace_s=1,
    )  # fmt: skip
    mediator, first, second = await everyone(court, "s3", "mab")
    await until(lambda: first.frames["b"] > 3 and second.frames["a"] > 3)
    await mediator.leave()
    await until(lambda: first.moves == ["s3.lobby-a"] and second.moves == ["s3.lobby-b"], what="frozen")
    state = control.ask("state", sitting="s3")["state"]
    assert state["frozen"]
    assert {"event": "frozen", "sitting": "s3", "version": 1} in control.events
    await asyncio.sleep(0.4)  # what was on its way before the move
    reset([first, second])
    await asyncio.sleep(0.5)
    assert not first.frames
    assert not second.frames
    await asyncio.gather(first.leave(), second.leave())


async def test_a_torn_recording_is_left_alone_and_an_impossible_one_is_reported(
    court: Server, control: Controller, tmp_path: Path
) -> None:
    def rooms(folder: str) -> dict[str, Any]:
        return {"joint": {"record": {"dir": folder}}}

    control.ask("sync", sitting="s5", version=1, rooms=rooms(f"{tmp_path}/one"), seats={})
    control.ask("sync", sitting="s5", version=2, rooms={"joint": {}}, seats={})
    first = control.events[-1]
    control.ask("sync", sitting="s5", version=3, rooms=rooms(f"{tmp_path}/one"), seats={})
    assert control.events[-1]["dir"] == f"{tmp_path}/one.2"
    assert bundle.verify(tmp_path / "one", known=[first["head"]]) == []
    (tmp_path / "file").write_text("in the way")
    assert control.ask("sync", sitting="s5", version=4, rooms=rooms(f"{tmp_path}/file/x"), seats={})["ok"]
    assert (control.events[-1]["on"], control.events[-1]["dir"]) == (False, f"{tmp_path}/file/x")
    assert "error" in control.events[-1]
    control.ask("close", sitting="s5")


async def test_a_recording_holds_the_joint_room_and_nothing_of_the_caucus(
    court: Server, control: Controller, tmp_path: Path
) -> None:
    wish = {"dir": str(tmp_path / "joint"), "about": {"case": "2026-1"}}
    recorded = {**ROOMS, "joint": {"record": wish}}
    control.ask("sync", sitting="s4", version=1, rooms=ROOMS, seats=seats(m="joint", a="joint"))
    mediator, _ = clients = await everyone(court, "s4", "ma")
    await until(lambda: mediator.frames["a"] > 3)
    control.ask("sync", sitting="s4", version=2, rooms=recorded, seats=seats(m="joint", a="joint"))
    await asyncio.sleep(2)
    control.ask("sync", sitting="s4", version=3, rooms=recorded, seats=seats(m="joint", a="caucus_a"))
    await asyncio.sleep(1)
    state = control.ask("state", sitting="s4")["state"]
    assert state["rooms"]["joint"]["recording"]["bytes"] > 1000
    control.ask("sync", sitting="s4", version=4, rooms=ROOMS, seats=seats(m="joint", a="caucus_a"))
    recordings = [event for event in control.events if event["event"] == "recording"]
    assert [event["on"] for event in recordings] == [True, False]
    assert bundle.verify(tmp_path / "joint", known=[recordings[1]["head"]]) == []
    made = mux(tmp_path / "joint", tmp_path / "made")
    lengths = {file.identity: file.duration_ms / 1000 for file in made.files}
    assert set(lengths) == {"m", "a"}
    assert lengths["m"] == pytest.approx(3, abs=0.5)
    assert lengths["a"] == pytest.approx(2, abs=0.5)
    await asyncio.gather(*(one.leave() for one in clients))
