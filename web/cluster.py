"""A LiveKit cluster in place of our own media workers: the same rules, kept through its server API.

A room of a sitting is a room of the cluster, `SITTING.ROOM`. Whoever is in another room than theirs is put out;
their page asks for a new ticket and joins the right one. Rights to a microphone or camera are taken by the API.
What the API cannot do is said and not imitated: there is no recording device in it, so nothing is recorded,
and a move is a new connection of a second or two.
"""

from __future__ import annotations

import asyncio
import logging
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterable, Mapping
from http.client import HTTPException
from typing import Any

from google.protobuf.message import DecodeError, Message
from joserfc import jwt
from joserfc.jwk import OctKey
from livekit.protocol import models, room

from odr.rules.words import Room
from odr.settings import Settings
from signaling.pool import CommandRefused, WorkerGone

log = logging.getLogger("odr.media")
LOOK_EVERY = 2.0  # seconds between two looks at who is there
ANSWER = 5.0
SOURCES = {
    "camera": models.TrackSource.CAMERA,
    "microphone": models.TrackSource.MICROPHONE,
    "screen_share": models.TrackSource.SCREEN_SHARE,
    "screen_share_audio": models.TrackSource.SCREEN_SHARE_AUDIO,
}
NOBODY: Mapping[str, Any] = {"seats": {}}  # what a sitting that has ended wishes
Here = dict[str, tuple[str, models.ParticipantInfo]]  # identity → room of the cluster, what it says of them


def name_of(sitting: str, place: str) -> str:
    """The cluster's name for a room of a sitting."""
    return f"{sitting}.{place}"


def sources(seat: Mapping[str, Any]) -> list[str]:
    """What a person may send."""
    barred = ({"microphone"} if seat["hushed"] else set()) | (set() if seat["camera"] else {"camera"})
    return [one for one in SOURCES if one not in barred]


class Cluster:
    """Stands where the pool of our own workers stands."""

    def __init__(self, settings: Settings) -> None:
        self._at = settings.media_url.replace("ws", "http", 1).rstrip("/")
        self._key, self._secret = settings.media_key, settings.media_secret
        self._wishes: dict[str, Mapping[str, Any]] = {}
        self._here: dict[str, set[str]] = {}
        self._hosted: dict[str, float] = {}  # when a sitting's mediator was last seen
        self._events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._looking: asyncio.Task[None] | None = None
        self._fault = ""

    async def open(self, patience: float = 0) -> None:
        """Begin to look who is there."""
        self._looking = asyncio.create_task(self._look())

    async def disconnect(self) -> None:
        """Stop looking; whoever talks goes on."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    def places(self, worker: int) -> list[str]:
        return list(self._wishes)

    def gone(self) -> list[int]:
        """Not empty while the cluster does not answer."""
        return [0] if self._fault else []

    async def ready(self, sitting: str, patience: float) -> str:
        """Browsers go to the cluster themselves; nothing is relayed."""
        raise WorkerGone("signalling goes to the cluster")

    async def sync(self, sitting: str, desired: Mapping[str, Any]) -> None:
        """Put everybody out who is where they may not be; give everybody the rights they have."""
        self._wishes[sitting] = desired
        await self._keep(sitting, await self._found(sitting))

    async def _keep(self, sitting: str, here: Here) -> None:
        """By the newest wish there is: a newer one may have come while the cluster was asked."""
        for identity, (at, info) in here.items():
            seat = self._wishes.get(sitting, NOBODY)["seats"].get(identity)
            if seat is None or at.rpartition(".")[2] != seat["room"]:
                await self._call(
                    "RemoveParticipant", room.RoomParticipantIdentity(room=at, identity=identity), at
                )
            elif {SOURCES[one] for one in sources(seat)} != set(info.permission.can_publish_sources):
                await self._call("UpdateParticipant", _rights(at, identity, sources(seat)), at)

    async def state(self, sitting: str) -> dict[str, Any] | None:
        return {"people": list(await self._found(sitting))} if sitting in self._wishes else None

    async def close(self, sitting: str) -> None:
        """End every room of a sitting."""
        self._wishes.pop(sitting, None)
        self._here.pop(sitting, None)
        self._hosted.pop(sitting, None)
        for place in Room:
            await self._call("DeleteRoom", room.DeleteRoomRequest(room=name_of(sitting, place)))

    async def events(self) -> AsyncIterator[dict[str, Any]]:
        """Who came, who left, whose mediator is lost."""
        while True:
            yield await self._events.get()

    async def _look(self) -> None:
        while True:
            faults = [await self._look_at(sitting) for sitting in list(self._wishes)]
            self._fault = next(filter(None, faults), "")
            await asyncio.sleep(LOOK_EVERY)

    async def _look_at(self, sitting: str) -> str:
        """Bring one sitting in order; what went wrong, which is no reason to leave the others alone."""
        try:
            here = await self._found(sitting)
            if (wish := self._wishes.get(sitting)) is not None:
                self._seen(sitting, wish, set(here), time.monotonic())
                await self._keep(sitting, here)
        except (WorkerGone, CommandRefused) as trouble:
            if not self._fault:
                log.warning("the media cluster does not answer: %s", trouble)
            return str(trouble)
        return ""

    def _seen(self, sitting: str, wish: Mapping[str, Any], here: set[str], now: float) -> None:
        before = self._here.get(sitting, set())
        self._here[sitting] = here
        self._tell("joined", sitting, here - before)
        self._tell("left", sitting, before - here)
        if here & set(wish["hosts"]):
            self._hosted[sitting] = now
        elif now - self._hosted.get(sitting, now) >= wish["host_grace_s"]:
            self._hosted.pop(sitting, None)
            self._events.put_nowait({"event": "frozen", "sitting": sitting})

    def _tell(self, event: str, sitting: str, people: Iterable[str]) -> None:
        for identity in people:
            self._events.put_nowait({"event": event, "sitting": sitting, "identity": identity})

    async def _found(self, sitting: str) -> Here:
        rooms = await asyncio.gather(*(self._people(name_of(sitting, place)) for place in Room))
        return {identity: one for people in rooms for identity, one in people.items()}

    async def _people(self, at: str) -> Here:
        answer = await self._call("ListParticipants", room.ListParticipantsRequest(room=at), at)
        try:
            people = room.ListParticipantsResponse.FromString(answer).participants
        except DecodeError as junk:
            raise WorkerGone(f"ListParticipants: {junk}") from junk
        return {one.identity: (at, one) for one in people if one.state != one.DISCONNECTED}

    async def _call(self, method: str, asked: Message, ruled: str = "") -> bytes:
        return await asyncio.to_thread(self._post, method, asked, ruled)

    def _post(self, method: str, asked: Message, ruled: str) -> bytes:
        """The answer in protobuf; empty if there is no such room or person (any more)."""
        request = urllib.request.Request(  # noqa: S310  # the operator's own address
            f"{self._at}/twirp/livekit.RoomService/{method}",
            asked.SerializeToString(),
            {"Authorization": f"Bearer {self._token(ruled)}", "Content-Type": "application/protobuf"},
        )
        try:
            with urllib.request.urlopen(request, timeout=ANSWER) as answer:  # noqa: S310
                body: bytes = answer.read()
                return body
        except urllib.error.HTTPError as refused:
            if refused.code == 404:
                return b""
            raise CommandRefused(f"{method}: {refused.code} {refused.read(200)!r}") from refused
        except (OSError, HTTPException) as lost:
            raise WorkerGone(f"{method}: {lost}") from lost

    def _token(self, ruled: str) -> str:
        now = int(time.time())
        grants = {"roomCreate": True, "roomList": True, "roomAdmin": bool(ruled), "room": ruled}
        claims = {"iss": self._key, "nbf": now - 5, "exp": now + 60, "video": grants}
        return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(self._secret))


def _rights(at: str, identity: str, allowed: Iterable[str]) -> room.UpdateParticipantRequest:
    permission = models.ParticipantPermission(
        can_subscribe=True, can_publish=True, can_publish_sources=[SOURCES[one] for one in allowed]
    )
    return room.UpdateParticipantRequest(room=at, identity=identity, permission=permission)
