"""The port in this process: what comes over TCP, and how it waits for more over UDP."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from signaling import streams
from signaling.datagrams import TAKEN
from signaling.link import Link
from signaling.peer import Peer
from signaling.port import BUSY_PAUSE, QUIET_PAUSE, ROUNDS, Port, Pulse
from signaling.streams import STRANGERS, Streams
from tests.signaling.peers import until
from tests.signaling.test_hostile import binding

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def listener(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Streams]:
    monkeypatch.setattr(streams, "SILENT", 0.2)
    port = Port("127.0.0.1", 0, ["127.0.0.1"])
    running = Streams(port)
    await running.listen("127.0.0.1")
    yield running
    running.close()
    port.datagrams.close()


async def stream(listener: Streams) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection(*listener.port.datagrams.address())


def framed(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


async def member(listener: Streams) -> tuple[Link, asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection whose check has passed on a stream."""
    link = Link(listener.port, Peer(listener.port.outbox, Counter()))
    ours = link.local("theirs")
    reader, writer = await stream(listener)
    writer.write(framed(binding(ours.password, f"{ours.ufrag}:theirs")))
    await reader.readexactly(2)
    return link, reader, writer


async def cut_off(reader: asyncio.StreamReader) -> bool:
    try:
        while await asyncio.wait_for(reader.read(1000), 5):
            pass
    except ConnectionResetError:
        pass
    except TimeoutError:
        return False
    return True


async def test_a_stream_lasts_as_long_as_its_connection(listener: Streams) -> None:
    link, reader, writer = await member(listener)
    await asyncio.sleep(0.6)  # three times as long as a stranger may be silent
    assert listener.open
    link.close()
    assert await cut_off(reader)
    await until(lambda: not listener.open)
    writer.close()


async def test_strangers_of_one_address_get_so_many_streams_and_members_do_not_count(
    listener: Streams,
) -> None:
    kept = [await member(listener) for _ in range(3)]
    waiting = [await stream(listener) for _ in range(STRANGERS)]
    await until(lambda: len(listener.open) == len(kept) + STRANGERS)
    reader, writer = await stream(listener)
    assert await cut_off(reader)
    assert len(kept) <= len(listener.open) <= len(kept) + STRANGERS
    for _, one in [*waiting, (reader, writer), *(one[1:] for one in kept)]:
        one.close()


async def test_a_packet_of_one_byte_is_counted_and_the_stream_goes_on(listener: Streams) -> None:
    link, reader, writer = await member(listener)
    await reader.read(1000)
    for size in range(1, 13):
        writer.write(framed(b"\x90" * size))
    writer.write(framed(binding(link.credentials[-1].password, f"{link.credentials[-1].ufrag}:theirs")))
    assert await asyncio.wait_for(reader.readexactly(2), 5)
    assert listener.port.counts["odd_size"] == 12
    assert not listener.port.counts["internal_error"]
    writer.close()


async def test_a_port_to_which_much_comes_gathers_longer() -> None:
    pulse = Pulse()
    pulse.beat(ROUNDS * TAKEN, 0.15)
    assert pulse.pause == BUSY_PAUSE
    pulse.beat(1, 2.0)
    assert pulse.pause == QUIET_PAUSE
