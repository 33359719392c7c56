"""A whole sitting in simulated time: the pure core, seeded lines and clients, no clock and no sockets."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from functools import partial
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Any

from livekit.protocol import models, rtc

from signaling import seats
from signaling.access import Access
from signaling.house import House
from signaling.peer import Outbox, Peer
from signaling.person import Person
from signaling.session import handle
from tests.signaling.guest import TAG, Guest, Layer, Paper
from tests.signaling.ways import Way, Weather

LAYERS = (("q", (320, 180), 150_000), ("h", (640, 360), 450_000), ("f", (1280, 720), 1_700_000))


def never(*_: Any) -> Any:
    raise AssertionError("nobody asked for a recording")


class Simulation:
    """Rooms, people and their lines; `run` lets time pass."""

    def __init__(self, seed: int, *, tick: float = 0.02, recorders: Any = never) -> None:
        self.random = Random(seed)
        self.now = 1000.0
        self.started = self.now
        self.tick = tick
        self.events: list[dict[str, Any]] = []
        self.house = House(self.events.append, recorders, is_open=False)
        self.outbox: Outbox = []
        self.counts: Counter[str] = Counter()
        self.guests: dict[str, Guest] = {}
        self.people: dict[str, Person] = {}
        self.up: dict[str, Way] = {}
        self.down: dict[str, Way] = {}
        self.places: dict[str, str] = {}
        self.rooms: dict[str, dict[str, Any]] = {"joint": {}}
        self.version = 0
        self.crossed: list[str] = []
        self.passed = 0
        self._names: dict[Peer, str] = {}
        self._coming: defaultdict[str, list[tuple[float, int, bytes]]] = defaultdict(list)  # by when it comes
        self._due: dict[str, float] = {}  # when the server looks next at what came from somebody
        self._queue: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._order = count()
        self.at(self.now, self._tick)

    # ---- people

    def seat(self, **places: str) -> None:
        """Say who sits where from now on."""
        for name in list(self._coming):
            self._take(name)
        self.places |= places
        self.version += 1
        message = {"sitting": "s", "version": self.version, "rooms": self.rooms,
                   "seats": {who: {"room": room, "role": "party"} for who, room in self.places.items()}}  # fmt: skip
        self.house.apply(seats.read(message), self.now)
        for name, guest in self.guests.items():
            guest.where = self.places[name]
        self.drain()

    def join(
        self,
        name: str,
        *,
        layers: int = 3,
        fps: float = 15,
        scale: float = 1.0,
        up: Weather | None = None,
        down: Weather | None = None,
    ) -> Guest:
        """A person comes in and publishes microphone and camera."""
        sitting = self.house.sitting("s")
        paper = Paper(lambda do: self.at(self.now + 0.03, do))
        access = Access(name, "s")
        person = Person(access, sitting.seat(access), Peer(self.outbox, self.counts), paper, paper, self.now)
        guest = Guest(name, self.random, partial(self._post, name), partial(self._say, name))
        guest.layers = [
            Layer(guest, "1", rid if layers > 1 else "", size, int(rate * scale), fps)
            for rid, size, rate in (LAYERS[:layers] if layers > 1 else LAYERS[1:2])
        ]
        paper.guest = guest
        guest.where = self.places[name]
        self.people[name], self.guests[name], self._names[person.peer] = person, guest, name
        self.up[name] = Way(self.random, up or Weather())
        self.down[name] = Way(self.random, down or Weather())
        sitting.enter(person, self.now)
        person.state = models.ParticipantInfo.State.ACTIVE
        guest.publish()
        self.at(self.now + self.random.random() * 0.02, self._beat, guest)
        return guest

    def part(self, name: str) -> None:
        """A person goes."""
        person = self.people.pop(name)
        self.house.sitting("s").remove(person, models.DisconnectReason.CLIENT_INITIATED, self.now)
        self.outbox[:] = [one for one in self.outbox if one[0] is not person.peer]
        del self._names[person.peer]
        self.guests.pop(name).offered = False
        self.drain()

    def _beat(self, guest: Guest) -> None:
        if guest.name in self.guests and self.guests[guest.name] is guest:
            guest.beat(self.now)
            self.at(self.now + guest.beat_every, self._beat, guest)

    def _say(self, name: str, **request: Any) -> None:
        person = self.people.get(name)
        if person is not None:
            sitting = self.house.sitting("s")
            handle(person, sitting.room_of(person), rtc.SignalRequest(**request), self.now)
            self.drain()

    # ---- packets

    def _post(self, name: str, data: bytes) -> None:
        coming = self._coming[name]
        for at in self.up[name].arrivals(len(data), self.now):
            heappush(coming, (at, next(self._order), data))
            if coming[0][0] == at:
                self._expect(name)

    def _expect(self, name: str) -> None:
        """What comes within a millisecond is taken together, as from a busy socket."""
        self._due[name] = self._coming[name][0][0] + 0.001
        self.at(self._due[name], self._take_due, name)

    def _take_due(self, name: str) -> None:
        if self._due[name] == self.now:  # else something came sooner, and has been taken
            self._take(name)

    def _take(self, name: str) -> None:
        """Let the server have what has come."""
        coming, batch = self._coming[name], []
        while coming and coming[0][0] <= self.now:
            batch.append(heappop(coming)[2])
        if coming:
            self._expect(name)
        person = self.people.get(name)
        if person is not None and batch:
            person.heard_at = self.now
            person.peer.receive_all(batch, self.now)
            self.drain()

    def drain(self) -> None:
        """Send out what the core produced, and look whether each packet may go where it goes."""
        for peer, one in self.outbox:
            self._deliver(self._names[peer], [one] if isinstance(one, bytes) else one.written())
        self.outbox.clear()

    def _deliver(self, name: str, packets: list[bytes]) -> None:
        place, way, guest = self.places[name].encode(), self.down[name], self.guests.get(name)
        for data in packets:
            if not 192 <= data[1] <= 223:
                self.passed += 1
                tag = TAG.search(data, 12, 80)
                if tag is not None and tag[4] != place:
                    self.crossed.append(f"{tag[0]!r} reached {name}")
            if guest is not None:
                for at in way.arrivals(len(data), self.now):
                    heappush(self._queue, (at, next(self._order), guest.receive, (data, at)))

    # ---- time

    def at(self, when: float, do: Callable[..., None], *given: Any) -> None:
        """Do something later; what is due at one moment happens in the order it was said."""
        heappush(self._queue, (when, next(self._order), do, given))

    def run(self, seconds: float) -> None:
        """Let so much time pass."""
        queue, end = self._queue, self.now + seconds
        while queue[0][0] <= end:
            self.now, _, do, given = heappop(queue)
            do(*given)
        self.now = end

    def _tick(self) -> None:
        self.at(self.now + self.tick, self._tick)
        self.house.tick(self.now)
        self.drain()

    # ---- what came of it

    def views(self) -> list[Any]:
        """Everything anybody received."""
        return [view for guest in self.guests.values() for view in [*guest.views.values(), *guest.ended]]
