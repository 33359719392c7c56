"""WHIP (RFC 9725) and WHEP: one HTTP request brings a stream in or takes one out.

Who comes this way sits in the sitting like everybody: seen by all, moved, hushed and put out by the
same rules. They have no signalling socket; a long silence of their media is their leaving.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from secrets import token_hex

from livekit.protocol import models, rtc
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from signaling import fragment, sdp, session
from signaling.access import Access, Gate, Refused
from signaling.clock import steady
from signaling.entrance import admitted, body, newcomer
from signaling.house import House
from signaling.person import Person
from signaling.port import Port
from signaling.sdp import Local, Media, Offer
from signaling.sitting import Sitting
from signaling.turn import Relays
from signaling.wire import Malformed

SILENT = 15.0  # seconds without a packet or check after which somebody has left
OFFER, PATCH = "application/sdp", "application/trickle-ice-sdpfrag"
Reason = models.DisconnectReason
SOURCES = {"video": models.TrackSource.CAMERA, "audio": models.TrackSource.MICROPHONE}
KINDS = {"video": models.TrackType.VIDEO, "audio": models.TrackType.AUDIO}
CORS = {
    "Access-Control-Allow-Origin": "*",  # who has a token may come from any page
    "Access-Control-Allow-Headers": "Authorization, Content-Type, If-Match",
    "Access-Control-Allow-Methods": "OPTIONS, POST, PATCH, DELETE",
    "Access-Control-Expose-Headers": "Location, ETag, Link, Accept-Patch",
}
EXTRA = {401: {"WWW-Authenticate": "Bearer"}, 409: {"Retry-After": "2"}}
Handler = Callable[[Request], Awaitable[Response]]


class Tray:
    """The line of somebody without a socket: the last answer is kept, news are not."""

    def __init__(self) -> None:
        self.answer = ""

    def send(self, message: rtc.SignalResponse) -> None:
        if message.HasField("answer"):
            self.answer = message.answer.sdp

    def token(self, access: Access) -> str:
        """They get no other than they came with."""
        return ""

    def close(self) -> None:
        """Nothing is held open."""


class Stay:
    """One stream that somebody brings in or takes out."""

    def __init__(self, person: Person, offer: Offer, watched: str = "") -> None:
        self.person = person
        self.watched = watched  # identity of whom a player watches
        self._downs = [one for one in person.downs.values() if watched and one.mid]
        self.room = person.access.room  # as it stands in the address, wherever the person is moved
        self.ufrag = offer.ufrag
        self.local: Local = person.link.local(offer.ufrag)
        first = next((media for media in offer.media if media.mid in offer.bundle[:1]), offer.media[0])
        self._section = (first.kind, first.mid)

    @property
    def etag(self) -> str:
        """Names the present credentials of the connection (RFC 9725 §4.3.1)."""
        return f'"{self.local.ufrag}"'

    def restart(self, ufrag: str) -> str:
        """New credentials for the same connection, and the fragment that tells them."""
        self.ufrag, self.local = ufrag, self.person.link.local(ufrag)
        return fragment.write(self.local, *self._section)

    def follow(self, sitting: Sitting) -> None:
        """Show what the watched publishes anew where it was shown before: a player asks only once."""
        person = self.person
        ended = [down for down in self._downs if person.downs.get(down.track.sid) is not down]
        watched = sitting.find(self.watched) if ended else None
        if watched is None or watched.seat.room != person.seat.room:
            return
        tracks = [one.up for one in watched.publications.values() if one.up is not None]
        for down in ended:
            fitting = (one for one in tracks if sdp.kind(one.codec) == sdp.kind(down.track.codec))
            if track := next((one for one in fitting if one.sid not in person.downs), None):
                sitting.room_of(person).carry_on(person, down, track)


class Door:
    """The HTTP side of both protocols."""

    def __init__(self, gate: Gate, house: House, port: Port, relays: Relays) -> None:
        self.gate = gate
        self.house = house
        self.port = port
        self.relays = relays
        self.stays: dict[str, Stay] = {}

    def routes(self) -> list[BaseRoute]:
        """Endpoints and the sessions below them."""
        return [
            Route("/whip/{room}", answered(self.publish), methods=["POST"]),
            Route("/whip/{room}/{stay}", answered(self.change), methods=["PATCH"]),
            Route("/whip/{room}/{stay}", answered(self.end), methods=["DELETE"]),
            Route("/whep/{room}/{participant}", answered(self.watch), methods=["POST"]),
            Route("/whep/{room}/{participant}/{stay}", answered(self.change), methods=["PATCH"]),
            Route("/whep/{room}/{participant}/{stay}", answered(self.end), methods=["DELETE"]),
            Route("/whip/{rest:path}", answered(self.introduce), methods=["OPTIONS"]),
            Route("/whep/{rest:path}", answered(self.introduce), methods=["OPTIONS"]),
        ]

    # ---- coming

    async def publish(self, request: Request) -> Response:
        """POST to a WHIP endpoint: somebody brings a stream into their sitting."""
        access, text, offer = await self._asked(request)
        sending = [one for one in offer.media if one.direction in ("sendonly", "sendrecv")]
        sending = [one for one in sending if one.kind in KINDS and not one.rejected]
        if not sending:
            raise Refused(400, "the offer sends nothing")
        person, tray = self._person(access)
        if not all(person.may_publish(SOURCES[one.kind]) for one in sending):
            raise Refused(403, "this may not be published")
        now = steady()
        room = self.house.sitting(access.room).enter(person, now)
        for media in sending:
            session.handle(person, room, rtc.SignalRequest(add_track=_announced(media)), now)
        return self._created(request, person, tray, text, offer)

    async def watch(self, request: Request) -> Response:
        """POST to a WHEP endpoint: somebody takes out what one participant brings in."""
        access, text, offer = await self._asked(request)
        person, tray = self._person(access)
        if not access.subscribe:
            raise Refused(403, "this token may not receive")
        sitting = self.house.sitting(access.room)
        watched = sitting.find(request.path_params["participant"])
        if watched is None or watched.seat.room != person.seat.room:
            raise Refused(404, "no such participant in your room")
        wanted = [sid for sid, one in watched.publications.items() if one.up is not None]
        if not wanted:
            raise Refused(409, "nothing is published yet")
        now = steady()
        sitting.enter(person, now).choose(person, wanted, True, now)
        return self._created(request, person, tray, text, offer, watched.identity)

    async def _asked(self, request: Request) -> tuple[Access, str, Offer]:
        access = admitted(self.gate, self.house, request)
        if access.room != request.path_params["room"]:
            raise Refused(403, "the token is for another sitting")
        text = await _text(request, OFFER, sdp.SIZE)
        return access, text, sdp.parse(text)

    def _person(self, access: Access) -> tuple[Person, Tray]:
        tray = Tray()
        person = newcomer(self.house, self.port, access, tray, steady())
        person.auto_subscribe = False
        return person, tray

    def _created(
        self, request: Request, person: Person, tray: Tray, text: str, offer: Offer, watched: str = ""
    ) -> Response:
        """Answer the offer; who can use nothing of it leaves again."""
        now, sitting = steady(), self.house.sitting(person.access.room)
        described = rtc.SessionDescription(type="offer", sdp=text)
        session.handle(person, sitting.room_of(person), rtc.SignalRequest(offer=described), now)
        used = any(one.up or one.down for one in person.peer.sections.values())
        if not tray.answer or not used:
            sitting.remove(person, Reason.CLIENT_INITIATED, now)
            raise Refused(406, "nothing of the offer can be used")
        name = token_hex(16)
        stay = self.stays[name] = Stay(person, offer, watched)
        response = Response(tray.answer, 201, media_type=OFFER, headers=CORS)
        response.headers["Location"] = f"{request.scope['raw_path'].decode('ascii').rstrip('/')}/{name}"
        response.headers["ETag"] = stay.etag
        response.headers["Accept-Patch"] = PATCH
        self._name_relays(response, person.identity)
        return response

    # ---- staying and going

    async def change(self, request: Request) -> Response:
        """PATCH: addresses of the client (RFC 8840), which we need not know, or a restart of ICE."""
        stay = self._stay(request)
        match = request.headers.get("if-match", "")
        if not match:
            raise Refused(428, "If-Match is needed")
        heard = fragment.parse(await _text(request, PATCH, fragment.SIZE))
        if match == "*":
            if not heard.ufrag:
                raise Refused(400, "a restart needs new credentials")
            if heard.ufrag != stay.ufrag:
                text = stay.restart(heard.ufrag)
                return Response(text, 200, media_type=PATCH, headers={**CORS, "ETag": stay.etag})
        elif match != stay.etag:
            raise Refused(412, "the connection has other credentials by now")
        elif heard.ufrag not in ("", stay.ufrag):
            raise Refused(400, "a restart is asked with If-Match: *")
        return Response(status_code=204, headers={**CORS, "ETag": stay.etag})

    async def end(self, request: Request) -> Response:
        """DELETE: the stream ends and its person leaves."""
        person = self._stay(request).person
        self.stays.pop(request.path_params["stay"])
        self.house.sitting(person.access.room).remove(person, Reason.CLIENT_INITIATED, steady())
        return Response(status_code=200, headers=CORS)

    def _stay(self, request: Request) -> Stay:
        """The stay of this address; nobody can guess it, so knowing it is the right to end it."""
        stay = self.stays.get(request.path_params["stay"])
        if stay is None or not self._lasts(stay) or stay.room != request.path_params["room"]:
            raise Refused(404, "no such session")
        return stay

    def _lasts(self, stay: Stay) -> bool:
        sitting = self.house.sittings.get(stay.person.access.room)
        return sitting is not None and sitting.holds(stay.person)

    async def introduce(self, request: Request) -> Response:
        """OPTIONS: what may be sent here, also for a browser that asks before it dares to."""
        response = Response(status_code=204, headers={**CORS, "Accept-Post": OFFER, "Accept-Patch": PATCH})
        try:
            access = admitted(self.gate, self.house, request)
        except Refused:
            return response
        self._name_relays(response, access.identity)
        return response

    def _name_relays(self, response: Response, identity: str) -> None:
        for link in self.relays.links(identity, time.time()):
            response.headers.append("Link", link)

    def tick(self, now: float) -> None:
        """Let those go who have fallen silent; let players follow whom they watch."""
        for name, stay in list(self.stays.items()):
            if not self._lasts(stay):
                del self.stays[name]
            elif now - stay.person.heard_at > SILENT:
                self.house.sitting(stay.person.access.room).remove(stay.person, Reason.SIGNAL_CLOSE, now)
            elif stay.watched:
                stay.follow(self.house.sitting(stay.person.access.room))


def _announced(media: Media) -> rtc.AddTrackRequest:
    return rtc.AddTrackRequest(cid=media.track, type=KINDS[media.kind], source=SOURCES[media.kind])


async def _text(request: Request, kind: str, size: int) -> str:
    """What the request carries, if it is of this kind and not too long."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != kind:
        raise Refused(415, f"{kind} is expected")
    return (await body(request, size)).decode("utf-8", "replace")


def answered(handler: Handler) -> Handler:
    """The handler, with every refusal as an HTTP answer."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except (Refused, Malformed) as wrong:
            status = wrong.status if isinstance(wrong, Refused) else 400
            return PlainTextResponse(str(wrong), status, headers={**CORS, **EXTRA.get(status, {})})

    return answer
