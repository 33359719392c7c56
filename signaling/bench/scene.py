"""Who is in which room of a benchmark, and who receives whom."""

from __future__ import annotations

from dataclasses import dataclass, field

from signaling.bench.client import Client
from signaling.dtls import Certificate


@dataclass
class Member:
    """One person of the scene."""

    number: int
    room: str
    publishes: bool = True
    sender: Client | None = None  # the connection that carries what they publish
    receiver: Client | None = None  # the connection that brings them the others; it may be the same

    @property
    def name(self) -> str:
        return f"member-{self.number}"

    @property
    def audio(self) -> int:
        """The stream number of their microphone."""
        return 0x0A000000 + self.number

    @property
    def video(self) -> int:
        """The stream number of their camera."""
        return 0x0B000000 + self.number


@dataclass
class Scene:
    """Everybody, and the address both sides use."""

    host: str
    certificate: Certificate
    members: list[Member] = field(default_factory=list)

    def heard_by(self, member: Member) -> list[Member]:
        """Whom a member receives."""
        return [
            one for one in self.members if one.publishes and one.room == member.room and one is not member
        ]

    def copies(self, member: Member) -> int:
        """How many receive a member."""
        return sum(member in self.heard_by(one) for one in self.members)


def rooms_of_three(host: str, certificate: Certificate, rooms: int = 10) -> Scene:
    """Ten rooms of three, everybody sends and receives."""
    members = [Member(number, f"room-{number // 3}") for number in range(3 * rooms)]
    return Scene(host, certificate, members)


def one_to_many(host: str, certificate: Certificate, watchers: int = 30) -> Scene:
    """One sends, thirty receive."""
    members = [Member(number, "hall", publishes=number == 0) for number in range(watchers + 1)]
    return Scene(host, certificate, members)
