"""A seeded UDP relay that loses, delays and cuts; the server is advertised at its address."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any

ADDRESS = "127.0.0.2"


class _Near(asyncio.DatagramProtocol):
    def __init__(self, weather: Weather) -> None:
        self.weather = weather

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        self.weather.pass_on(data, lambda: self.weather.to_server(data, address))


class _Far(asyncio.DatagramProtocol):
    def __init__(self, weather: Weather, client: tuple[str, int]) -> None:
        self.weather = weather
        self.client = client

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        weather = self.weather
        narrow = weather.narrow.get(self.client)
        wait = narrow.wait(len(data)) if narrow is not None else 0.0
        if wait is None:
            weather.lost += 1
        else:
            weather.pass_on(data, lambda: self._arrive(data), wait)

    def _arrive(self, data: bytes) -> None:
        if not self.weather.near.transport.is_closing():
            self.weather.near.transport.sendto(data, self.client)


class Narrow:
    """A line that carries so many bits per second, with a queue before it."""

    def __init__(self, rate: float, queue: float = 0.5) -> None:
        self.rate, self.queue, self.free_at = rate, queue, 0.0

    def wait(self, size: int) -> float | None:
        """How long a datagram waits; nothing when the queue is full."""
        now = asyncio.get_running_loop().time()
        start = max(now, self.free_at)
        if start - now > self.queue:
            return None
        self.free_at = start + (size + 28) * 8 / self.rate
        return self.free_at - now


class Weather:
    """What happens on the way, in both directions."""

    def __init__(self, port: int, seed: int = 1) -> None:
        self.port = port
        self.random = Random(seed)
        self.loss = 0.0
        self.delay = (0.0, 0.0)
        self.narrow: dict[tuple[str, int], Narrow] = {}  # towards which client
        self.lost = 0
        self.near = _Near(self)
        self.far: dict[tuple[str, int], _Far] = {}
        self._opening: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Weather:
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self.near, (ADDRESS, self.port))
        return self

    async def __aexit__(self, *_: object) -> None:
        for end in (self.near, *self.far.values()):
            end.transport.close()

    def pass_on(self, data: bytes, send: Any, wait: float = 0.0) -> None:
        """Lose it, or send it now or later."""
        if (128 <= data[0] <= 191 and self.random.random() < self.loss) or self.loss >= 1:
            self.lost += 1
            return
        late = wait + self.random.uniform(*self.delay)
        if late:
            asyncio.get_running_loop().call_later(late, send)
        else:
            send()

    def to_server(self, data: bytes, client: tuple[str, int]) -> None:
        """Each client gets a port of its own towards the server."""
        if client in self.far:
            self.far[client].transport.sendto(data)
            return
        task = asyncio.create_task(self._open(data, client))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _open(self, data: bytes, client: tuple[str, int]) -> None:
        loop = asyncio.get_running_loop()
        far = _Far(self, client)
        await loop.create_datagram_endpoint(lambda: far, remote_addr=("127.0.0.1", self.port))
        self.far.setdefault(client, far).transport.sendto(data)
