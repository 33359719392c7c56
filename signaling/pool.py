"""The web process's side of the media workers: where each sitting lives, and what it shall be."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from signaling.control import frame, read_frame
from signaling.wire import Malformed

RETRY = 0.1  # seconds between two attempts to reach a worker
LOOK = 0.02  # seconds between two looks whether it is there
ANSWER = 10.0  # seconds a worker may take
EVENTS = 10_000  # kept for a reader that is behind; older ones are lost, the state is not
OnConnect = Callable[[int], Awaitable[None]]


class WorkerGone(ConnectionError):
    """The worker of this sitting cannot be reached now."""


class CommandRefused(ValueError):
    """The worker did not accept a command."""


class _Wire:
    """The connection to one worker, made again whenever it breaks."""

    def __init__(self, index: int, path: Path, pool: Pool) -> None:
        self.index = index
        self.path = path
        self.port = 0
        self.people = 0
        self.holds: set[str] = set()  # sittings it was told of since it is there
        self._pool = pool
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._writer: asyncio.StreamWriter | None = None

    @property
    def reachable(self) -> bool:
        return self._writer is not None

    async def keep(self) -> None:
        """Stay connected until cancelled."""
        while True:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, Malformed):
                await self._connected(*await asyncio.open_unix_connection(self.path))
            self._lost()
            await asyncio.sleep(RETRY)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        greeting: asyncio.Task[None] | None = None
        try:
            while True:
                message = await read_frame(reader)
                if message.get("event") == "hello":
                    self.port, self.people = int(message["port"]), int(message["people"])
                    self._writer = writer
                    self.holds = set(message.get("sittings", ()))
                    self._pool.found(self.index, self.holds)
                    greeting = asyncio.create_task(self._pool.greet(self.index))
                elif "event" in message:
                    self._count(message)
                    self._pool.happened({**message, "worker": self.index})
                elif (answer := self._waiting.pop(message.get("id", 0), None)) and not answer.done():
                    answer.set_result(message)
        finally:
            writer.close()
            if greeting is not None:
                greeting.cancel()

    def _count(self, event: Mapping[str, Any]) -> None:
        self.people += {"joined": 1, "left": -1}.get(str(event["event"]), 0)

    def _lost(self) -> None:
        if self._writer is not None:
            self._pool.happened({"event": "worker_lost", "worker": self.index})
        self._writer = None
        self.holds.clear()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(WorkerGone(f"worker {self.index} was lost"))
        self._waiting.clear()

    async def ask(self, do: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """One command and its answer."""
        if self._writer is None:
            raise WorkerGone(f"worker {self.index} is not connected")
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        self._writer.write(frame({**fields, "id": number, "do": do}))
        try:
            message: dict[str, Any] = await asyncio.wait_for(answer, ANSWER)
        except TimeoutError as late:
            raise WorkerGone(f"worker {self.index} does not answer") from late
        finally:
            self._waiting.pop(number, None)
        if not message.get("ok"):
            raise CommandRefused(str(message.get("error")))
        return message


class Pool:
    """All workers. A sitting goes to the least loaded one and stays there."""

    def __init__(self, sockets: Sequence[Path], on_connect: OnConnect | None = None) -> None:
        self._wires = [_Wire(index, path, self) for index, path in enumerate(sockets)]
        self._places: dict[str, int] = {}
        self._on_connect = on_connect
        self._tasks: list[asyncio.Task[None]] = []
        self._readers: set[asyncio.Queue[dict[str, Any]]] = set()

    async def open(self, patience: float = 10.0) -> None:
        """Connect to every worker, waiting so long for the first greeting of each."""
        self._tasks = [asyncio.create_task(wire.keep()) for wire in self._wires]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while not all(wire.reachable for wire in self._wires):
                    await asyncio.sleep(LOOK)

    async def disconnect(self) -> None:
        """Leave all workers; their sittings go on."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def place(self, sitting: str) -> int:
        """The worker of a sitting: the one it has, else the least loaded that answers."""
        if sitting not in self._places:
            load = {wire.index: wire.people for wire in self._wires}
            for index in self._places.values():
                load[index] += 1
            alive = [wire.index for wire in self._wires if wire.reachable] or list(load)
            self._places[sitting] = min(alive, key=lambda index: (load[index], index))
        return self._places[sitting]

    def found(self, worker: int, sittings: Iterable[str]) -> None:
        """A worker says what it holds: a web process that has just started learns it here."""
        self._places.update(dict.fromkeys(sittings, worker))

    def places(self, worker: int) -> list[str]:
        """The sittings that live on a worker: after its respawn they are to be pushed again."""
        return [sitting for sitting, index in self._places.items() if index == worker]

    def gone(self) -> list[int]:
        """Workers that do not answer now."""
        return [wire.index for wire in self._wires if not wire.reachable]

    def ws_url(self, sitting: str) -> str:
        """Where the signalling of a sitting is answered."""
        wire = self._wire(sitting)
        if not wire.reachable:
            raise WorkerGone(f"worker {wire.index} is not connected")
        return f"ws://127.0.0.1:{wire.port}"

    async def ready(self, sitting: str, patience: float) -> str:
        """The same once its worker is there and knows the sitting: a new one in a dead one's place needs a moment.

        Whoever is refused meanwhile waits longer and longer before they try again.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while sitting not in self._wire(sitting).holds:
                    await asyncio.sleep(LOOK)
        return self.ws_url(sitting)

    async def sync(self, sitting: str, desired: Mapping[str, Any]) -> dict[str, Any]:
        """Say what a sitting shall be; repeating it is harmless, an older version changes nothing."""
        wire = self._wire(sitting)
        answer = await wire.ask("sync", {**desired, "sitting": sitting})
        wire.holds.add(sitting)
        return answer

    async def state(self, sitting: str) -> dict[str, Any] | None:
        """Who is there, where, with which tracks; nothing when the worker does not know the sitting."""
        answer = await self._wire(sitting).ask("state", {"sitting": sitting})
        state: dict[str, Any] | None = answer["state"]
        return state

    async def close(self, sitting: str) -> None:
        """End a sitting: everybody leaves, recordings are closed."""
        wire = self._wire(sitting)
        await wire.ask("close", {"sitting": sitting})
        wire.holds.discard(sitting)
        self._places.pop(sitting, None)

    def _wire(self, sitting: str) -> _Wire:
        return self._wires[self.place(sitting)]

    async def events(self) -> AsyncIterator[dict[str, Any]]:
        """Everything that happens from now on, each event with its worker's index."""
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue(EVENTS)
        self._readers.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self._readers.discard(queue)

    def happened(self, event: dict[str, Any]) -> None:
        """Hand an event to every reader."""
        for queue in self._readers:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(event)

    async def greet(self, index: int) -> None:
        """A worker is there, for the first time or again."""
        self.happened({"event": "worker_connected", "worker": index})
        if self._on_connect is not None:
            await self._on_connect(index)
