"""What somebody else decided about a sitting: rooms, who sits where, who may do what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from signaling.wire import Malformed

JOINT = "joint"
NAME, ITEMS = 128, 500


@dataclass(frozen=True, slots=True)
class Seat:
    """One person's place: in exactly one room."""

    room: str
    name: str = ""
    role: str = ""
    publish: bool = True
    hushed: bool = False
    camera: bool = True


@dataclass(frozen=True, slots=True)
class Desired:
    """The state a sitting shall have; a later version replaces an earlier one."""

    sitting: str
    version: int
    rooms: dict[str, dict[str, Any]] = field(default_factory=dict)
    seats: dict[str, Seat] = field(default_factory=dict)
    hosts: frozenset[str] = frozenset()
    fallback: dict[str, str] = field(default_factory=dict)
    host_grace: float = 10.0


def read(message: Mapping[str, Any]) -> Desired:
    """Check and read a `sync` request."""
    rooms = _mapping(message, "rooms")
    seats = {_name(identity): _seat(value) for identity, value in _mapping(message, "seats").items()}
    fallback = {_name(identity): _name(room) for identity, room in _mapping(message, "fallback").items()}
    homeless = [room for room in [*(seat.room for seat in seats.values()), *fallback.values()]
                if room not in rooms]  # fmt: skip
    if homeless:
        raise Malformed(f"no such room: {homeless[0]}")
    hosts = message.get("hosts", [])
    grace = message.get("host_grace_s", 10)
    version = message.get("version")
    if not isinstance(hosts, list) or isinstance(version, bool) or not isinstance(version, int):
        raise Malformed("hosts must be a list and version a number")
    if isinstance(grace, bool) or not isinstance(grace, int | float) or grace <= 0:
        raise Malformed("host_grace_s must be a positive number")
    return Desired(
        sitting=_name(message.get("sitting")),
        version=version,
        rooms={_name(room): _room(value) for room, value in rooms.items()},
        seats=seats,
        hosts=frozenset(_name(one) for one in hosts),
        fallback=fallback,
        host_grace=float(grace),
    )


def _mapping(message: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = message.get(key, {})
    if not isinstance(value, dict) or len(value) > ITEMS:
        raise Malformed(f"{key} must be an object of at most {ITEMS} items")
    return value


def _name(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= NAME or not value.isprintable():
        raise Malformed("a name is missing or too long")
    return value


def _room(value: object) -> dict[str, Any]:
    if not isinstance(value, dict) or not isinstance(value.get("record") or {"dir": ""}, dict):
        raise Malformed("a room must be an object, its record null or an object")
    record = value.get("record")
    if record is not None and not isinstance(record.get("dir"), str):
        raise Malformed("a recording needs a directory")
    return {"record": record}


def _seat(value: object) -> Seat:
    if not isinstance(value, dict):
        raise Malformed("a seat must be an object")
    flags = {key: value.get(key, default) for key, default in
             (("publish", True), ("hushed", False), ("camera", True))}  # fmt: skip
    words = {key: value.get(key, "") for key in ("name", "role")}
    if not all(isinstance(flag, bool) for flag in flags.values()):
        raise Malformed("publish, hushed and camera are true or false")
    if not all(isinstance(word, str) and len(word) <= NAME for word in words.values()):
        raise Malformed("name and role are short texts")
    return Seat(room=_name(value.get("room")), **words, **flags)
