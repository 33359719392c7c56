"""Debian's Firefox, driven through its own WebDriver BiDi, as far as the tests need it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

PREFERENCES = {
    "media.navigator.streams.fake": True,  # a camera of colours and a microphone that sings
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "media.gmp-manager.url": "",
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.websocket.allowInsecureFromHTTPS": True,
    "datareporting.policy.dataSubmissionEnabled": False,
    "services.settings.server": "",
}


class Tab:
    """A page in Firefox, with the two verbs of a playwright page that the tests use."""

    def __init__(self, browser: Firefox, context: str) -> None:
        self.browser, self.context = browser, context

    async def evaluate(self, expression: str) -> Any:
        """What an expression, or what it promises, becomes."""
        value = await self.browser.ask(
            "script.evaluate",
            expression=f"(async () => JSON.stringify((await ({expression})) ?? null))()",
            target={"context": self.context},
            awaitPromise=True,
        )
        if value["type"] == "exception":
            raise RuntimeError(value["exceptionDetails"]["text"])
        return json.loads(value["result"].get("value", "null"))

    async def wait_for_function(self, expression: str, seconds: float = 15) -> None:
        """Wait until an expression is true."""
        async with asyncio.timeout(seconds):
            while not await self.evaluate(f"Boolean({expression})"):
                await asyncio.sleep(0.05)


class Firefox:
    """One running browser."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self.reading = asyncio.create_task(self._read())

    async def ask(self, method: str, **params: Any) -> Any:
        """One command of WebDriver BiDi and its result."""
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        return await asyncio.wait_for(answer, 30)

    async def _read(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for text in self._socket:
                message = json.loads(text)
                answer = self._waiting.pop(message.get("id") or 0, None)
                if answer is None or answer.done():
                    continue
                if message["type"] == "error":
                    answer.set_exception(RuntimeError(f"{message['error']}: {message['message']}"))
                else:
                    answer.set_result(message["result"])

    async def open_peer(self, address: str) -> Tab:
        """A page of its own, ready to join."""
        context = (await self.ask("browsingContext.create", type="tab"))["context"]
        await self.ask("browsingContext.navigate", context=context, url=address, wait="complete")
        tab = Tab(self, context)
        await tab.wait_for_function("window.peer")
        return tab


@asynccontextmanager
async def launch_firefox(profile: Path) -> AsyncIterator[Firefox]:
    """Headless Firefox with a false camera and microphone."""
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines))
    words = ("--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0")
    process = await asyncio.create_subprocess_exec(
        "firefox-esr", *words, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(30):
            while not (found := re.search(rb"BiDi listening on (ws://\S+)", await process.stderr.readline())):
                assert process.returncode is None, "Firefox did not start"
        silent = asyncio.create_task(process.stderr.read())  # a full pipe would stop it
        async with connect(f"{found[1].decode()}/session", max_size=None) as socket:
            browser = Firefox(socket)
            await browser.ask("session.new", capabilities={})
            yield browser
            await browser.ask("browser.close")
            await asyncio.wait_for(silent, 20)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
