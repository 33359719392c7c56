"""What an authenticator app needs to enrol: the address of the secret and its square code."""

from __future__ import annotations

from dataclasses import dataclass

import pyotp

from web import square


@dataclass(frozen=True, slots=True)
class Offer:
    """A secret to enrol: as a square code (an image address that needs no script or style) and to type."""

    picture: str
    secret: str


def offer(secret: str, name: str, issuer: str) -> Offer:
    """How the page shows a secret, in groups of four for typing."""
    address = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)
    return Offer(square.code(address), " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)))


def now(secret: str) -> str:
    """The code of this half minute, for the letterbox of a demo."""
    return pyotp.TOTP(secret).now()
