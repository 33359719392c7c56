"""All sittings of one worker, and the way in."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from livekit.protocol import models

from signaling import layers, quality, session
from signaling.access import Access, Refused
from signaling.person import Person
from signaling.seats import Desired
from signaling.sitting import Emit, Recorders, Sitting
from signaling.speaker import INTERVAL

SILENT = 10.0  # seconds without any sign of life after which a person whose line is lost has left
DEPARTED = 60.0  # seconds after which even living media does not keep a seat without a line
FLEETING = 1.0
CHOOSE_EVERY = 0.2
LOG_EVERY = 10.0
Reason = models.DisconnectReason
log = logging.getLogger("signaling")


class House:
    """Finds a person's sitting; without a control channel sittings open by themselves."""

    def __init__(
        self, emit: Emit, recorders: Recorders, *, is_open: bool, record: Path | None = None
    ) -> None:
        self.sittings: dict[str, Sitting] = {}
        self.is_open = is_open
        self.record = record  # where an open house records everything, if at all
        self._emit = emit
        self._recorders = recorders
        self.counts: Counter[str] = Counter()
        self.presses = False  # somebody's packets cannot wait until it is quieter
        self._next_choice = self._next_interval = self._next_grade = 0.0
        self._logged_at = -LOG_EVERY

    def sitting(self, name: str) -> Sitting:
        """The sitting a token names."""
        known = self.sittings.get(name)
        if known is None and self.is_open:
            known = Sitting(name, self._emit, self._recorders, is_open=True, record=self.record)
            self.sittings[name] = known
        if known is None:
            raise Refused(404, "no such sitting here")
        return known

    def resume(self, access: Access, sid: str) -> Person | None:
        """The person who comes back to a seat they still hold; the name alone is not enough."""
        known = self.sittings.get(access.room)
        person = known.find(access.identity) if known is not None else None
        return person if person is not None and person.sid == sid else None

    def apply(self, desired: Desired, now: float) -> bool:
        """Bring a sitting to a desired state, opening it if it is new."""
        if desired.sitting not in self.sittings:
            self.sittings[desired.sitting] = Sitting(desired.sitting, self._emit, self._recorders)
        return self.sittings[desired.sitting].apply(desired, now)

    def move(self, person: Person, name: str, now: float) -> None:
        """Take somebody from one open sitting to another, on the same connection."""
        origin, destination = self.sitting(person.access.room), self.sitting(name)
        destination.seat(replace(person.access, room=name))  # refused before they leave the place they have
        origin.release(person, now)
        destination.receive(person, origin.name, now)

    def close(self, name: str, now: float) -> bool:
        """End a sitting."""
        sitting = self.sittings.pop(name, None)
        if sitting is not None:
            sitting.close(now)
        return sitting is not None

    def state(self, name: str, now: float) -> dict[str, Any] | None:
        """What goes on in a sitting."""
        sitting = self.sittings.get(name)
        return sitting.state(now) if sitting is not None else None

    def load(self) -> int:
        """How many people are connected."""
        return sum(len(room.people) for one in self.sittings.values() for room in one.rooms.values())

    def tick(self, now: float) -> None:
        """Everything that is due."""
        choosing, self._next_choice = _due(now, self._next_choice, CHOOSE_EVERY)
        listening, self._next_interval = _due(now, self._next_interval, INTERVAL)
        grading, self._next_grade = _due(now, self._next_grade, quality.EVERY)
        self.presses = False
        for sitting in list(self.sittings.values()):
            for person in sitting.people():
                self._guard(now, self._tend, sitting, person, choosing, now)
            for room in sitting.rooms.values():
                if listening:
                    self._guard(now, room.listen, now)
                if grading:
                    self._guard(now, room.grade, now)
            self._guard(now, sitting.tick, now)
            if self.is_open and not sitting.rooms:
                del self.sittings[sitting.name]

    def _guard(self, now: float, due: Callable[..., None], *given: Any) -> None:
        try:
            due(*given)
        except Exception:  # one person's trouble must not stop everybody's clock
            self.counts["internal_error"] += 1
            if now - self._logged_at >= LOG_EVERY:
                self._logged_at = now
                log.exception("the clock found trouble")

    def _tend(self, sitting: Sitting, person: Person, choosing: bool, now: float) -> None:
        if _has_left(person, now):
            sitting.remove(person, Reason.SIGNAL_CLOSE, now)
            return
        person.tick(now)
        self.presses = self.presses or person.presses(now)
        session.ask(person, now)
        if choosing:
            layers.tell_paused(person)
            for publication in person.publications.values():
                if publication.up is not None:
                    publication.up.choose(now)
                    layers.tell(person, publication, now)


def _due(now: float, at: float, every: float) -> tuple[bool, float]:
    return (True, now + every) if now >= at else (False, at)


def _has_left(person: Person, now: float) -> bool:
    lost_at = person.line_lost_at
    if lost_at is None:
        return False
    if person.state != models.ParticipantInfo.State.ACTIVE:  # media never flowed: nothing to come back to
        return now - lost_at > FLEETING
    return now - person.heard_at > SILENT or now - lost_at > DEPARTED
