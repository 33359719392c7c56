"""The rooms of a sitting: whose they are, what may be kept of them, who may be put where.

A lobby and a caucus belong to one side and the mediator; only the joint room belongs to everybody.
"""

from __future__ import annotations

from odr.rules.companions import Part
from odr.rules.words import Room, Side, Zone

LOBBIES = {Side.APPLICANT: Room.LOBBY_A, Side.RESPONDENT: Room.LOBBY_B}
CAUCUSES = {Side.APPLICANT: Room.CAUCUS_A, Side.RESPONDENT: Room.CAUCUS_B}
_OWNERS = {room: side for rooms in (LOBBIES, CAUCUSES) for side, room in rooms.items()}


def home(side: Side | None, part: Part | None = None) -> Room:
    """Where a person waits: the lobby of their side or of no side, the mediator at the desk."""
    if side:
        return LOBBIES[side]
    return Room.LOBBY_C if part else Room.DESK


def owner(room: Room) -> Side | None:
    """The side a room belongs to; none for the joint room and the desk."""
    return _OWNERS.get(room)


def zone(room: Room) -> Zone:
    """The zone of what is said in a room."""
    if room is Room.DESK:
        return Zone.NOTES
    return Zone.CAUCUS if owner(room) or room is Room.LOBBY_C else Zone.JOINT


def is_recordable(room: Room) -> bool:
    """Never a lobby, never a caucus (product rule Z3)."""
    return room is Room.JOINT


def may_sit(side: Side | None, room: Room, part: Part | None = None) -> bool:
    """Whether a person may ever be in this room; the mediator may be in all, an interpreter of nobody too."""
    if side is None and (part is None or part is Part.INTERPRETER):
        return part is None or room is not Room.DESK
    if room is Room.LOBBY_C:
        return side is None
    return room is Room.JOINT or (side is not None and owner(room) is side)
