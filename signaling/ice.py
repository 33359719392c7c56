"""ICE-lite: answer connectivity checks of clients who know a password of ours (RFC 8445, 8489)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Generic, TypeVar

from aioice import stun

Owner = TypeVar("Owner")
Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Credentials:
    """Name and password of one end of a connection."""

    ufrag: str
    password: str


def new_credentials() -> Credentials:
    """A fresh pair; a restart of the connection gets another."""
    # both are drawn from A–Z a–z 0–9 + /; the URL-safe alphabet must be mapped back
    ufrag, password = (token_urlsafe(size).replace("-", "+").replace("_", "/") for size in (6, 18))
    return Credentials(ufrag, password)


@dataclass(frozen=True, slots=True)
class Check(Generic[Owner]):
    """A check that passed: whose it is, what to answer, and whether this path shall be used."""

    owner: Owner
    response: bytes
    nominated: bool


def check(
    data: bytes, address: Address, find: Callable[[str], tuple[str, Owner] | None]
) -> Check[Owner] | None:
    """Answer one STUN request; nothing for everybody who does not know the password."""
    try:
        request = stun.parse_message(data)
        ours = str(request.attributes["USERNAME"]).split(":")[0]
        known = find(ours)
        if known is None or request.message_class != stun.Class.REQUEST:
            return None
        password, owner = known
        if request.message_method != stun.Method.BINDING or not request.check_message_integrity(
            password.encode()
        ):
            return None
    except Exception:  # the parser raises struct.error, KeyError and others on hostile attributes
        return None
    response = stun.Message(
        message_method=stun.Method.BINDING,
        message_class=stun.Class.RESPONSE,
        transaction_id=request.transaction_id,
        attributes={"XOR-MAPPED-ADDRESS": (address[0].removeprefix("::ffff:"), address[1])},
    )
    response.add_message_integrity(password.encode())
    return Check(owner, bytes(response), "USE-CANDIDATE" in request.attributes)
