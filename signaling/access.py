"""Access tokens: LiveKit grants, signed with HS256."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

REFRESHED_FOR = 600  # seconds a token lasts that we give out for reconnecting
LEEWAY = 5
NAME = 256
SOURCES = {"camera": 1, "microphone": 2, "screen_share": 3, "screen_share_audio": 4}


class Refused(Exception):
    """Somebody may not do this; `status` is the HTTP answer."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True, slots=True)
class Access:
    """What a token allows."""

    identity: str
    room: str
    name: str = ""
    metadata: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    publish: bool = True
    subscribe: bool = True
    data: bool = True
    sources: frozenset[int] = frozenset()  # empty: any
    own_metadata: bool = False


class Gate:
    """Checks and issues tokens of one key pair."""

    def __init__(self, key: str, secret: str) -> None:
        self.key = key
        self._secret = OctKey.import_key(secret)

    def admit(self, token: str, now: float) -> Access:
        """Read a token; now is the time of day in seconds."""
        claims = self._claims(token, now)
        grant = claims.get("video")
        identity = claims.get("sub", "")
        if not isinstance(grant, dict) or grant.get("roomJoin") is not True:
            raise Refused(403, "token does not allow joining")
        room = grant.get("room")
        for one in (identity, room):
            if not isinstance(one, str) or not 0 < len(one) <= NAME:
                raise Refused(401, "token names no person or room")
        return _access(claims, grant, str(identity), str(room))

    def grants(self, token: str, now: float) -> Mapping[str, Any]:
        """What a token grants to somebody who administers rooms instead of joining them."""
        grant = self._claims(token, now).get("video")
        if not isinstance(grant, dict):
            raise Refused(401, "invalid token")
        return grant

    def _claims(self, token: str, now: float) -> Mapping[str, Any]:
        try:
            claims = jwt.decode(token, self._secret, algorithms=["HS256"]).claims
        except (JoseError, ValueError, TypeError, AttributeError) as wrong:
            raise Refused(401, "invalid token") from wrong
        if claims.get("iss") != self.key or not _current(claims, now):
            raise Refused(401, "invalid token")
        return claims

    def issue(self, access: Access, now: float) -> str:
        """A fresh token with the same rights, for the client's next reconnection."""
        grant = {
            "roomJoin": True,
            "room": access.room,
            "canPublish": access.publish,
            "canSubscribe": access.subscribe,
            "canPublishData": access.data,
            "canUpdateOwnMetadata": access.own_metadata,
            "canPublishSources": [name for name, value in SOURCES.items() if value in access.sources],
        }
        claims = {
            "iss": self.key,
            "sub": access.identity,
            "name": access.name,
            "metadata": access.metadata,
            "attributes": dict(access.attributes),
            "nbf": int(now) - LEEWAY,
            "exp": int(now) + REFRESHED_FOR,
            "video": grant,
        }
        return jwt.encode({"alg": "HS256"}, claims, self._secret)


def _current(claims: Mapping[str, Any], now: float) -> bool:
    ends, begins = claims.get("exp"), claims.get("nbf", 0)
    numbers = isinstance(ends, int | float) and isinstance(begins, int | float)
    return numbers and begins - LEEWAY <= now < ends + LEEWAY  # type: ignore[operator]  # checked above


def _access(claims: Mapping[str, Any], grant: Mapping[str, Any], identity: str, room: str) -> Access:
    sources = grant.get("canPublishSources") or []
    attributes = claims.get("attributes") or {}
    metadata, name = claims.get("metadata") or "", claims.get("name") or ""
    if (
        not isinstance(sources, list)
        or not isinstance(attributes, dict)
        or len(json.dumps(attributes)) > 4096
    ):
        raise Refused(401, "token is malformed")
    if not isinstance(metadata, str) or not isinstance(name, str) or len(metadata) > 4096 or len(name) > 256:
        raise Refused(401, "token is malformed")
    return Access(
        identity=identity,
        room=room,
        name=name,
        metadata=metadata,
        attributes={str(key): str(value) for key, value in attributes.items()},
        publish=grant.get("canPublish") is not False,
        subscribe=grant.get("canSubscribe") is not False,
        data=grant.get("canPublishData", grant.get("canPublish")) is not False,
        sources=frozenset(SOURCES[one] for one in sources if one in SOURCES),
        own_metadata=grant.get("canUpdateOwnMetadata") is True,
    )
