"""Signalling bytes passed between an ASGI WebSocket and a media worker, unread."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

import websockets.http11
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

SIZE = 4_000_000
REQUEST_LINE = 65_536  # a join request carries a whole description in the address
SENDABLE = {*range(1000, 1004), *range(1007, 1012), *range(3000, 5000)}  # close codes one may send


async def relay(receive: Receive, send: Send, upstream: str, headers: Iterable[tuple[str, str]] = ()) -> None:
    """Accept the client's socket when the worker accepts ours, and pipe both ways until either ends.

    `receive` and `send` are the ASGI callables of a socket not yet accepted; `upstream` is the full
    address with its query; a refusal of the worker is passed on with its status.
    """
    websockets.http11.MAX_LINE_LENGTH = REQUEST_LINE
    await receive()  # the client's "websocket.connect"
    try:
        worker = await connect(
            upstream,
            additional_headers=list(headers),
            max_size=SIZE,
            compression=None,
            proxy=None,
            ping_interval=None,
        )
    except InvalidStatus as refused:
        await _refuse(send, refused.response.status_code, bytes(refused.response.body or b""))
        return
    except (OSError, WebSocketException, TimeoutError):
        await _refuse(send, 503, b"the media worker cannot be reached")
        return
    await send({"type": "websocket.accept"})
    upward = asyncio.create_task(_up(receive, worker))
    downward = asyncio.create_task(_down(send, worker))
    done, pending = await asyncio.wait((upward, downward), return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*done, *pending, return_exceptions=True)
    await worker.close()
    if downward in done:
        with contextlib.suppress(RuntimeError, OSError):
            await send({"type": "websocket.close", "code": _code(worker), "reason": ""})


async def _refuse(send: Send, status: int, body: bytes) -> None:
    head = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "websocket.http.response.start", "status": status, "headers": head})
    await send({"type": "websocket.http.response.body", "body": body})


async def _up(receive: Receive, worker: ClientConnection) -> None:
    with contextlib.suppress(ConnectionClosed):
        while (message := await receive())["type"] == "websocket.receive":
            data = message.get("bytes")
            await worker.send(data if data is not None else message.get("text") or "")


async def _down(send: Send, worker: ClientConnection) -> None:
    with contextlib.suppress(ConnectionClosed, RuntimeError, OSError):
        async for data in worker:
            kind = "bytes" if isinstance(data, bytes) else "text"
            await send({"type": "websocket.send", kind: data})


def _code(worker: ClientConnection) -> int:
    return worker.close_code if worker.close_code in SENDABLE and worker.close_code else 1001
