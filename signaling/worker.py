"""The media worker: one process, one UDP port, one HTTP port; alone it is a small LiveKit server."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import fcntl
import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvicorn
import websockets.http11
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute

from signaling import heap, metrics
from signaling.access import Gate
from signaling.budget import Limits
from signaling.clock import steady
from signaling.control import Control
from signaling.endpoint import Endpoint
from signaling.house import House
from signaling.lane import Selector, translated
from signaling.port import Port, reachable
from signaling.recording import Recording
from signaling.room import Room
from signaling.streams import Streams
from signaling.turn import Relays
from signaling.twirp import RoomService
from signaling.whip import Door

TICK = 0.02
SILENT_TICK = 0.1
COLLECT = (20_000, 20, 50)  # packets make no cycles: the usual threshold would look for them all the time
MESSAGE = 524_288  # bytes of one WebSocket message
FLUSH = 0.8  # seconds between two writes of a recording: whoever kills us costs it less than one
TIDY = 5.0
YIELD = 0.02  # seconds in which the system takes ports back from a process that died
REQUEST_LINE = 65_536  # a join request carries a whole description in the address
log = logging.getLogger("signaling")


class _Server(uvicorn.Server):
    """Leaves the signals to the worker: recordings are closed before the process ends."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Worker:
    """Everything of one process, put together."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        host = options.udp_host or options.host
        self.port = Port(host, options.udp, options.public or reachable(host))
        self.port.limits = Limits(options.peer_packets, options.peer_bytes, options.line)
        self.port.on_turn, self.port.in_hurry = self._tick, lambda: self.house.presses
        self._next_tick = 0.0
        self.control = Control(options.control, options.port) if options.control else None
        self.house = House(self._emit, self._record, is_open=self.control is None, record=options.record)
        self.house.counts = self.port.counts
        relays = Relays(options.turn, options.turn_secret)
        self.endpoint = Endpoint(Gate(options.key, options.secret), self.house, self.port, relays)
        self.streams = Streams(self.port)
        self.door = Door(self.endpoint.gate, self.house, self.port, relays)
        self.service = RoomService(self.endpoint.gate, self.house, self.port)
        self.recordings: set[Recording] = set()
        if self.control is not None:
            self.control.house = self.house

    def _emit(self, event: dict[str, Any]) -> None:
        if self.control is not None:
            self.control.emit(event)

    def _record(self, room: Room, about: dict[str, Any], now: float) -> Recording:
        recording = Recording(room, about, now)
        self.recordings.add(recording)
        return recording

    def app(self) -> Starlette:
        """The HTTP side."""
        return Starlette(
            routes=[
                WebSocketRoute("/rtc/v1", self.endpoint.signal),
                WebSocketRoute("/rtc", self.endpoint.signal),
                Route("/rtc/validate", self.endpoint.validate),
                Route("/rtc/v1/validate", self.endpoint.validate),
                Route("/healthz", _healthy),
                Route("/metrics", self._metrics),
                *self.door.routes(),
                Route("/twirp/livekit.RoomService/{method}", self.service.call, methods=["POST"]),
            ]
        )

    async def _metrics(self, request: Request) -> Response:
        return PlainTextResponse(metrics.text(self.house, self.port))

    async def run(self, selector: Selector | None = None) -> None:
        """Serve until asked to stop; with a selector of ours, packets take the fast lane."""
        websockets.http11.MAX_LINE_LENGTH = REQUEST_LINE
        server = _Server(
            uvicorn.Config(
                self.app(),
                host=self.options.host,
                port=self.options.port,
                ws="websockets-sansio",
                ws_max_size=MESSAGE,
                ws_ping_interval=20,
                ws_ping_timeout=25,
                ws_per_message_deflate=False,
                access_log=False,
                log_level="warning",
                h11_max_incomplete_event_size=REQUEST_LINE,
                timeout_graceful_shutdown=2,
            )
        )
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, setattr, server, "should_exit", True)
        self.port.open(selector)
        gc.freeze()  # what is there now stays
        gc.set_threshold(*COLLECT)
        if not self.options.no_tcp:
            await self.streams.listen(self.options.udp_host or self.options.host)
        tasks = [asyncio.create_task(one) for one in (self._clock(), self._flush(), self._tidy())]
        if self.control is not None:
            await self.control.open()
        try:
            await server.serve()
        finally:
            for task in tasks:
                task.cancel()
            await self._stop()

    async def _stop(self) -> None:
        for name in list(self.house.sittings):
            self.house.close(name, steady())
        if self.control is not None:
            await self.control.close()
        await asyncio.sleep(0)
        self.streams.close()
        self.port.close()

    async def _clock(self) -> None:
        while True:  # media wakes us far more often; this is for rooms where all are silent
            await asyncio.sleep(TICK if self.house.presses else SILENT_TICK)
            self._tick(steady())
            self.port.flush()

    def _tick(self, now: float) -> None:
        if now < self._next_tick:
            return
        self._next_tick = now + TICK
        try:
            self.house.tick(now)
            self.endpoint.refresh(now)
            self.door.tick(now)
        except Exception:  # one sitting's trouble must not stop everybody's clock
            self.port.counts["internal_error"] += 1
            log.exception("the clock found trouble")

    async def _flush(self) -> None:
        while True:
            await asyncio.sleep(FLUSH)
            for recording in list(self.recordings):
                await asyncio.to_thread(recording.flush)
                if recording.ended:
                    self.recordings.discard(recording)

    async def _tidy(self) -> None:
        """Free what people leave behind: packets alone never bring a look for it."""
        dropped = 0
        while True:
            await asyncio.sleep(TIDY)
            if self.port.dropped != dropped:
                dropped = self.port.dropped
                heap.tidy()


async def _healthy(request: Request) -> Response:
    return PlainTextResponse("ok")


def options(argv: list[str]) -> argparse.Namespace:
    """Read the command line; in the environment, no process list shows key and secret."""
    parser = argparse.ArgumentParser(prog="odr media", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=7880, help="HTTP and WebSocket port")
    parser.add_argument("--udp", type=int, default=7882, help="media port")
    parser.add_argument("--udp-host", help="address of the media port, when it differs from --host")
    parser.add_argument("--public", action="append", help="address clients reach the media port at")
    parser.add_argument("--no-tcp", action="store_true", help="take media over UDP only")
    parser.add_argument(
        "--turn", action="append", default=[], help="address of a TURN server, turn:host:port"
    )
    parser.add_argument("--turn-secret", default=os.environ.get("ODR_TURN_SECRET", ""), help="its secret")
    parser.add_argument("--key", default=os.environ.get("ODR_MEDIA_KEY"), help="name of the key pair")
    parser.add_argument("--secret", default=os.environ.get("ODR_MEDIA_SECRET"), help="secret of the key pair")
    parser.add_argument("--record", type=Path, help="record every room below this directory")
    usual = Limits()
    parser.add_argument(
        "--peer-packets", type=int, default=usual.packets, help="most a person may send per second"
    )
    parser.add_argument("--peer-bytes", type=int, default=usual.octets, help="the same in bytes")
    parser.add_argument(
        "--line", type=float, default=usual.line, help="bits per second a line is first taken for"
    )
    parser.add_argument(
        "--compiled",
        action="store_true",
        default=os.environ.get("ODR_MEDIA_COMPILED") == "1",
        help="pass packets on by compiled code (numba, the extra `fast`; or ODR_MEDIA_COMPILED=1); a slower start",
    )
    parser.add_argument("--control", type=Path, help="Unix socket of the control channel")
    parser.add_argument(
        "--after", type=Path, help="serve only once no other process holds this file: a spare, all loaded"
    )
    chosen = parser.parse_args(argv)
    if chosen.record and chosen.control:
        parser.error("under a control channel recordings are asked for there, not with --record")
    if not chosen.key or not chosen.secret:
        parser.error("--key and --secret are needed (or ODR_MEDIA_KEY and ODR_MEDIA_SECRET)")
    if chosen.turn and not chosen.turn_secret:
        parser.error("--turn needs --turn-secret (or ODR_TURN_SECRET)")
    return chosen


def _serve(chosen: argparse.Namespace) -> None:
    selector = Selector() if chosen.compiled else None
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selector)) as runner:
        runner.run(Worker(chosen).run(selector))


def main(argv: list[str] | None = None) -> int:
    """`odr media`."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    chosen = options(sys.argv[1:] if argv is None else argv)
    if chosen.compiled:
        translated()
    with _alone(chosen.after) if chosen.after else contextlib.nullcontext():
        _serve(chosen)
    return 0


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Wait until nobody else holds a file: what dies lets go of it, however it dies."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # whoever still waits has nothing to tidy up
    with contextlib.ExitStack() as held:
        try:
            fcntl.flock(held.enter_context(path.open("w")), fcntl.LOCK_EX)
        except OSError as wrong:
            raise SystemExit(f"odr media --after {path}: {wrong.strerror}") from None
        time.sleep(YIELD)
        yield


if __name__ == "__main__":
    raise SystemExit(main())
