"""A recording as somebody may see it: the joint talk belongs to its people, the signing also to the judge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from odr import db
from odr.errors import NotFound
from odr.rules.access import Actor, may_read
from odr.rules.words import Zone
from odr.standing import hats as hats_of
from odr.tables.mediations import MediationCase, Recording, Sitting


@dataclass(frozen=True, slots=True)
class Reel:
    """One person's file of a recording."""

    name: str
    label: str
    digest: str
    seconds: int
    identity: str


@dataclass(frozen=True, slots=True)
class RecordingView:
    """A recording for somebody who may play it."""

    id: str
    sitting_id: str
    dispute_id: str
    number: str
    zone: Zone
    started_at: datetime
    stopped_at: datetime | None
    folder: str
    head: str
    files: tuple[Reel, ...]

    @property
    def film(self) -> Reel | None:
        """Everybody together; none while it is being made."""
        return next((reel for reel in self.files if not reel.identity), None)


def show(s: Session, recording_id: str, *, by: Actor) -> RecordingView:
    """The recording, if its zone is open to the viewer; else it does not exist."""
    row = db.get(s, Recording, recording_id)
    if row.destroyed_at is not None or not may_read(Zone(row.zone), hats_of(s, by, row)):
        raise NotFound(kind="recording")
    sitting = db.get(s, Sitting, row.sitting_id)
    case = db.get(s, MediationCase, sitting.case_id)
    return RecordingView(
        id=row.id,
        sitting_id=sitting.id,
        dispute_id=case.dispute_id,
        number=case.number,
        zone=Zone(row.zone),
        started_at=row.started_at,
        stopped_at=row.stopped_at,
        folder=row.folder,
        head=row.head,
        files=tuple(Reel(f["name"], f["label"], f["digest"], f["seconds"], f["identity"]) for f in row.files),
    )
