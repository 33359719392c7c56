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
        repeated = server.counts().get("repeated", 0)
        seen, shown = second.frames["a"], first.shown
        await until(lambda: first.shown > shown + 75 and weather.lost > 20, 60, "pictures on a bad line")
        assert second.frames["a"] - seen > (first.shown - shown) * 0.8
        await until(lambda: server.counts()["repeated"] > repeated, 30, "what was lost is sent again")

        weather.loss, weather.delay = 1.0, (0.0, 0.0)
        shown = first.shown
        await until(lambda: first.shown > shown + 30, 30, "an outage of thirty pictures")
        seen, shown = second.frames["a"], first.shown
        weather.loss = 0.0
        await until(lambda: second.frames["a"] > seen + 3, 30, "after the outage")
        assert first.shown - shown < 30

        seen = second.frames["a"]
        for end in weather.far.values():  # everybody appears at the server under another port
            end.transport.close()
        weather.far.clear()
        await until(lambda: second.frames["a"] > seen + 10, 30, "from a new address")
        await asyncio.gather(*(one.leave() for one in clients))
    assert "Traceback" not in server.stop()
