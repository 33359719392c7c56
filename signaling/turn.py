"""Relays for people behind closed networks: where a TURN server is, and a password of limited time.

The password is an HMAC over the hour it ends, under a secret shared with the TURN server, which
therefore knows no users (coturn: `use-auth-secret`, `static-auth-secret`).
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from livekit.protocol import rtc

LIFE = 12 * 3600  # a hearing of a whole day ends before its relay does


@dataclass(frozen=True, slots=True)
class Relays:
    """The configured TURN servers, none by default."""

    urls: Sequence[str] = ()
    secret: str = ""

    def servers(self, identity: str, now: float) -> list[rtc.ICEServer]:
        """What a client is told; now is the time of day in seconds."""
        if not self.urls:
            return []
        username = f"{int(now) + LIFE}:{identity}"
        digest = hmac.digest(self.secret.encode(), username.encode(), "sha1")
        credential = base64.b64encode(digest).decode()
        return [rtc.ICEServer(urls=list(self.urls), username=username, credential=credential)]

    def links(self, identity: str, now: float) -> list[str]:
        """The same as `Link` headers of HTTP (RFC 9725 §4.4.5)."""
        return [
            f'<{url}>; rel="ice-server"; username="{one.username}"; '
            f'credential="{one.credential}"; credential-type="password"'
            for one in self.servers(identity, now)
            for url in one.urls
        ]
