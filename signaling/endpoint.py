"""The signalling socket: HTTP and WebSocket at the edge of the core."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import Counter

from livekit.protocol import models, rtc
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from signaling import protocol, session
from signaling.access import Access, Gate, Refused
from signaling.clock import steady
from signaling.entrance import admitted, hear_apart, newcomer
from signaling.house import House
from signaling.person import Person
from signaling.port import Port
from signaling.room import Room
from signaling.turn import Relays
from signaling.wire import Malformed

QUEUE = 2000  # messages waiting for a slow reader before it is cut off
RATE, BURST = 50, 200  # messages per second from one person
UNREADABLE = 3  # messages nobody can read before the socket is closed
REFRESH_EVERY = 240.0
OLD = "/rtc"  # clients that come here receive on a second connection
CORS = {"Access-Control-Allow-Origin": "*"}  # livekit-client asks across origins before falling back
log = logging.getLogger("signaling")


class SocketLine:
    """One WebSocket's outgoing half: a queue and the only writer of the socket."""

    def __init__(self, socket: WebSocket, gate: Gate) -> None:
        self._socket = socket
        self._gate = gate
        self._queue: asyncio.Queue[rtc.SignalResponse | None] = asyncio.Queue()
        self._closing = False
        self._writer = asyncio.create_task(self._write())

    def send(self, message: rtc.SignalResponse) -> None:
        """Queue one message; who does not read is cut off."""
        if self._closing:
            return
        self._queue.put_nowait(message)
        if self._queue.qsize() > QUEUE:
            self._closing = True
            self._writer.cancel()

    def token(self, access: Access) -> str:
        """A token for the next reconnection."""
        return self._gate.issue(access, time.time())

    def close(self) -> None:
        """Close when everything queued is sent: a farewell must not be overtaken by the end."""
        if not self._closing:
            self._closing = True
            self._queue.put_nowait(None)

    async def _write(self) -> None:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError, OSError):
            try:
                while (message := await self._queue.get()) is not None:
                    await self._socket.send_bytes(message.SerializeToString())
            finally:
                self._closing = True
                await self._socket.close()

    async def drained(self) -> None:
        """Wait until the socket is closed from our side."""
        with contextlib.suppress(asyncio.CancelledError):
            await self._writer


class Meter:
    """How many messages one person may send."""

    def __init__(self) -> None:
        self.left, self.at, self.unreadable = float(BURST), steady(), 0

    def allows(self) -> bool:
        """Count one message."""
        now = steady()
        self.left = min(BURST, self.left + (now - self.at) * RATE) - 1
        self.at = now
        return self.left > 0


class Endpoint:
    """Lets people in, carries their messages to the core and the core's answers back."""

    def __init__(self, gate: Gate, house: House, port: Port, relays: Relays) -> None:
        self.gate = gate
        self.relays = relays
        self.house = house
        self.port = port
        self.counts: Counter[str] = port.counts

    async def validate(self, request: Request) -> Response:
        """Whether a token would be let in."""
        try:
            admitted(self.gate, self.house, request)
        except Refused as refused:
            return PlainTextResponse(str(refused), refused.status, headers=CORS)
        return PlainTextResponse("success", headers=CORS)

    async def signal(self, socket: WebSocket) -> None:
        """One person's socket, from the door to the farewell."""
        try:
            access = admitted(self.gate, self.house, socket)
            join = protocol.read_join(socket.query_params)
            old = socket.url.path == OLD
        except (Refused, Malformed) as refused:
            self.counts["refused"] += 1
            status = refused.status if isinstance(refused, Refused) else 400
            await socket.send_denial_response(PlainTextResponse(str(refused), status))
            return
        await socket.accept()
        line = SocketLine(socket, self.gate)
        try:
            if join.reconnect:
                person = self._come_back(access, join, line)
            else:
                person = self._new_person(access, join, line, apart=old)
        except Refused:  # the seat was taken away while the socket opened
            person = None
        if person is None:
            line.send(protocol.start_over(models.DisconnectReason.STATE_MISMATCH))
            line.close()
            await line.drained()
            return
        await self._converse(socket, person, line)

    def _new_person(self, access: Access, join: rtc.JoinRequest, line: SocketLine, *, apart: bool) -> Person:
        now = steady()
        person = newcomer(self.house, self.port, access, line, now)
        person.auto_subscribe = join.connection_settings.auto_subscribe
        person.client.CopyFrom(join.client_info)
        if apart:
            hear_apart(self.house, self.port, person)
        room = self.house.sitting(access.room).enter(person, now)
        protocol.greet(person, room, self.relays)
        session.ask(person, now)
        for wanted in join.add_track_requests:
            session.handle(person, room, rtc.SignalRequest(add_track=wanted), now)
        self._offered(person, room, join, now)
        return person

    def _come_back(self, access: Access, join: rtc.JoinRequest, line: SocketLine) -> Person | None:
        now = steady()
        person = self.house.resume(access, join.participant_sid)
        if person is None:
            return None
        person.hang_up()
        person.line, person.line_lost_at, person.heard_at = line, None, now
        person.refresh_at, person.returned = now, True
        room = self.house.sitting(access.room).room_of(person)
        protocol.greet_again(person, room, self.relays)
        if person.offering is not None:  # the client waits for it
            person.offering.anew = person.offering.due = True
            person.offering.asked_at = None
            session.ask(person, now)
        self._offered(person, room, join, now)
        return person

    def _offered(self, person: Person, room: Room, join: rtc.JoinRequest, now: float) -> None:
        if join.publisher_offer.sdp:
            session.handle(person, room, rtc.SignalRequest(offer=join.publisher_offer), now)

    async def _converse(self, socket: WebSocket, person: Person, line: SocketLine) -> None:
        meter = Meter()
        try:
            while True:
                message = await socket.receive()
                if message["type"] == "websocket.disconnect":
                    break
                if not self._message(person, line, message.get("bytes"), meter):
                    line.close()
        except (WebSocketDisconnect, RuntimeError):
            pass
        if person.line is line:
            person.line, person.line_lost_at = None, steady()
        line.close()
        await line.drained()

    def _message(self, person: Person, line: SocketLine, data: bytes | None, meter: Meter) -> bool:
        """Do one message; false when the socket should be closed."""
        if person.line is not line:
            return True
        if not meter.allows():
            self.counts["over_rate"] += 1
            return False
        try:
            request = protocol.read_request(data or b"")
            self._do(person, request)
        except Malformed:
            self.counts["unreadable"] += 1
            meter.unreadable += 1
        except Exception:  # a message may break its own effect, never the socket of anybody
            self.counts["internal_error"] += 1
            meter.unreadable += 1
            log.exception("a message could not be handled")
        self.port.flush()
        return meter.unreadable < UNREADABLE

    def _do(self, person: Person, request: rtc.SignalRequest) -> None:
        sitting = self.house.sitting(person.access.room)
        now = steady()
        if request.WhichOneof("message") == "leave":
            sitting.remove(person, models.DisconnectReason.CLIENT_INITIATED, now)
            return
        session.handle(person, sitting.room_of(person), request, now)
        session.ask(person, now)

    def refresh(self, now: float) -> None:
        """Give everybody a token that is good for the next minutes: the one they came with is short."""
        for sitting in self.house.sittings.values():
            for person in sitting.people():
                if now >= person.refresh_at and person.line is not None:
                    person.refresh_at = now + REFRESH_EVERY
                    person.send(refresh_token=person.fresh_token())
