"""Bad lines: loss, jitter, an outage, a new address."""

from __future__ import annotations

import asyncio

import pytest

from tests.signaling.lossy import ADDRESS, Weather
from tests.signaling.peers import Client, Server, until

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]


async def test_a_call_survives_bad_lines_and_an_outage() -> None:
    server = Server(public=ADDRESS)
    async with Weather(server.udp) as weather:
        first, second = clients = [await Client(name).join(server.url, "weather") for name in "ab"]
        await asyncio.gather(*(one.publish() for one in clients))
        await until(lambda: first.frames["b"] > 5 and second.frames["a"] > 5, what="fair weather")

        weather.loss, weather.delay = 0.05, (0.01, 0.03)
        await asyncio.sleep(1)
        before = server.counts()
        shown = second.frames["a"]
        await asyncio.sleep(4)
        after = server.counts()
        assert second.frames["a"] - shown > 4 * 15 * 0.8
        assert weather.lost > 20
        assert after["repeated"] > before.get("repeated", 0)

        weather.loss, weather.delay = 1.0, (0.0, 0.0)
        await asyncio.sleep(2)
        shown = second.frames["a"]
        weather.loss = 0.0
        assert await until(lambda: second.frames["a"] > shown + 3, 3, "after the outage") < 1.5

        shown = second.frames["a"]
        for end in weather.far.values():  # everybody appears at the server under another port
            end.transport.close()
        weather.far.clear()
        await until(lambda: second.frames["a"] > shown + 10, 10, "from a new address")
        await asyncio.gather(*(one.leave() for one in clients))
    assert "Traceback" not in server.stop()
