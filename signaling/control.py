"""The control channel: somebody else says who sits where, over a Unix socket in framed JSON."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from struct import pack, unpack
from typing import Any

from signaling import seats
from signaling.clock import steady
from signaling.house import House
from signaling.wire import Malformed

FRAME = 4_000_000  # bytes


async def read_frame(reader: asyncio.StreamReader) -> dict[str, Any]:
    """One message: four bytes of length, then JSON."""
    (size,) = unpack("!I", await reader.readexactly(4))
    if size > FRAME:
        raise Malformed("frame is too long")
    try:
        message = json.loads(await reader.readexactly(size))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as wrong:
        raise Malformed("frame is not JSON") from wrong
    if not isinstance(message, dict):
        raise Malformed("frame is not an object")
    return message


def frame(message: dict[str, Any]) -> bytes:
    """A message ready to be written."""
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    return pack("!I", len(body)) + body


class Control:
    """Serves the socket; every connected controller gets every event."""

    house: House

    def __init__(self, path: Path, http_port: int) -> None:
        self.path = path
        self.http_port = http_port
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        """Start listening; the socket file is the owner's only."""
        self.path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, self.path)
        self.path.chmod(0o600)

    async def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
        for writer in list(self._writers):
            writer.close()
        self.path.unlink(missing_ok=True)

    def emit(self, event: dict[str, Any]) -> None:
        """Tell every controller."""
        for writer in list(self._writers):
            if writer.transport.get_write_buffer_size() > FRAME:  # it does not read: it may connect anew
                writer.transport.abort()
                self._writers.discard(writer)
            else:
                writer.write(frame(event))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(frame({"event": "hello", "port": self.http_port, "people": self.house.load(),
                            "sittings": sorted(self.house.sittings)}))  # fmt: skip
        self._writers.add(writer)
        try:
            while True:
                request = await read_frame(reader)
                writer.write(frame(self._answer(request)))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, Malformed):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        number, what = request.get("id"), request.get("do")
        command = COMMANDS.get(what if isinstance(what, str) else "")
        if command is None:
            return {"id": number, "ok": False, "error": "unknown command"}
        try:
            return {"id": number, "ok": True, **command(self.house, request)}
        except (Malformed, OSError) as wrong:
            return {"id": number, "ok": False, "error": str(wrong)}


def _sync(house: House, request: dict[str, Any]) -> dict[str, Any]:
    desired = seats.read(request)
    applied = house.apply(desired, steady())
    return {"applied": applied, "version": house.sittings[desired.sitting].version}


def _state(house: House, request: dict[str, Any]) -> dict[str, Any]:
    return {"state": house.state(str(request.get("sitting")), steady())}


def _close(house: House, request: dict[str, Any]) -> dict[str, Any]:
    return {"closed": house.close(str(request.get("sitting")), steady())}


COMMANDS: dict[str, Callable[[House, dict[str, Any]], dict[str, Any]]] = {
    "sync": _sync,
    "state": _state,
    "close": _close,
}
