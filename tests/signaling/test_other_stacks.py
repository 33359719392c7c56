"""Clients on WebRTC implementations of their own: LiveKit's for Node, libdatachannel, and Chrome's engine in Python."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.signaling.peers import HEIGHT, WIDTH, Client, Server, token, until

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]
ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "tests/peers"


class Peer:
    """A script of `tests/peers`; the last line it said."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.said: dict[str, Any] = {}
        self.errors = asyncio.create_task(process.stderr.read())
        self.listening = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            if line.startswith(b"{") and b'"level"' not in line:  # a line of its log
                self.said = json.loads(line)


@pytest.fixture
def node() -> Path:
    if not (SCRIPTS / "node_modules").is_dir():
        pytest.skip("tests/peers/node_modules is missing; `make test-peers` installs it")
    return ROOT / ".venv/bin/node"


@asynccontextmanager
async def peer(interpreter: str | Path, script: str, *words: str) -> AsyncIterator[Peer]:
    """One that runs until the end of the `with`, then leaves by itself."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        interpreter, SCRIPTS / script, *words, stdin=pipe, stdout=pipe, stderr=pipe
    )
    running = Peer(process)
    try:
        yield running
        assert process.returncode is None, (await running.errors).decode()
        assert process.stdin is not None
        process.stdin.close()
        assert await asyncio.wait_for(process.wait(), 15) == 0, (await running.errors).decode()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_livekits_client_for_node_sees_is_seen_and_talks(server: Server, node: Path) -> None:
    person = await Client("p").join(server.url, "node")
    await person.publish()
    async with peer(node, "rtc-node.mjs", server.url, token("n", "node")) as other:
        await until(lambda: person.frames["n"] > 10 and person.sound["n"] > 10, 20, "the other's media")
        await until(lambda: other.said["frames"].get("p", 0) > 10, what="our picture")
        await until(lambda: other.said["sound"].get("p", 0) > 10, what="our sound")
        await person.room.local_participant.publish_data(b"hello", reliable=True)
        await until(lambda: person.data == [("n", b"heard hello")], what="data there and back")
        await until(lambda: other.said["data"] == [["p", "hello"]], what="the true sender")
    await until(lambda: not person.room.remote_participants, what="leaving at once")
    await person.leave()


async def test_libdatachannel_takes_a_picture_out_and_brings_it_in(beside: Server, node: Path) -> None:
    person = await Client("p").join(beside.url, "mirror")
    await person.publish(audio=False)
    base = f"http://127.0.0.1:{beside.http}"
    words = (f"{base}/whep/mirror/p", token("w", "mirror"), f"{base}/whip/mirror", token("m", "mirror"))
    async with peer(node, "node-datachannel.mjs", *words) as other:
        await until(lambda: person.frames["m"] > 20, 20, "one's own picture in the mirror")
        assert person.sizes["m"] == (WIDTH, HEIGHT)
        assert other.said["states"] == {"whep": "connected", "whip": "connected"}
    await until(lambda: not person.room.remote_participants, what="leaving at once")
    await person.leave()


async def test_chromes_engine_in_python_publishes_and_plays(beside: Server) -> None:
    person = await Client("p").join(beside.url, "engine")
    await person.publish()
    base = f"http://127.0.0.1:{beside.http}"
    words = (f"{base}/whip/engine", token("w", "engine"), f"{base}/whep/engine/p", token("q", "engine"))
    async with peer(sys.executable, "engine.py", *words) as other:
        await until(lambda: person.frames["w"] > 10 and person.sound["w"] > 10, 20, "its media")
        await until(lambda: other.said["video"] > 10 and other.said["audio"] > 0, 15, "our media played")
    await until(lambda: not person.room.remote_participants, what="leaving at once")
    await person.leave()
