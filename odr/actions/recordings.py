"""What became of a recording: its head in the journal, its files for those who may play them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from odr import db, outbox, presence
from odr.rules.access import MACHINE
from odr.tables.columns import new_id
from odr.tables.mediations import Recording, Sitting


def restart(s: Session, sitting_id: str, *, at: datetime) -> Recording | None:
    """The media worker died and is back: what it had stays as it is, a new recording follows it."""
    sitting = db.lock(s, Sitting, sitting_id)
    if not sitting.recording:
        return None
    torn = presence.halt(s, sitting, at=at)
    recording = presence.start(s, sitting, f"{sitting_id}/{new_id(8)}", at=at)
    follows = torn.id if torn else ""
    presence.note(
        s, sitting, "recording.restarted", by=MACHINE, at=at, recording=recording.id, follows=follows
    )
    return recording


def fail(s: Session, recording_id: str, *, at: datetime) -> Recording:
    """The recording device cannot write: it ends, the sign in the room says so, the talk goes on (P-4)."""
    recording = db.lock(s, Recording, recording_id)
    sitting = db.lock(s, Sitting, recording.sitting_id)
    if recording.failed or recording.stopped_at is not None:
        return recording
    recording.failed = True
    s.add(recording)
    presence.halt(s, sitting, at=at)
    presence.note(s, sitting, "recording.failed", by=MACHINE, at=at, recording=recording.id)
    return recording


def keep(s: Session, recording_id: str, *, head: str, size: int, at: datetime) -> Recording:
    """What the recording device wrote: the head of its chain goes into the journal."""
    recording = db.lock(s, Recording, recording_id)
    sitting = db.get(s, Sitting, recording.sitting_id)
    if recording.head == head:
        return recording
    recording.head, recording.size = head, size
    s.add(recording)
    presence.note(
        s, sitting, "recording.kept", by=MACHINE, at=at, recording=recording.id, head=head, bytes=size
    )
    return recording


def shelve(
    s: Session,
    recording_id: str,
    *,
    head: str,
    manifest: str,
    files: Sequence[dict[str, Any]],
    torn: int,
    at: datetime,
) -> Recording:
    """Its files are made and sealed: from now on it can be played and checked."""
    recording = db.lock(s, Recording, recording_id)
    if recording.files:
        return recording
    sitting = db.get(s, Sitting, recording.sitting_id)
    recording.head = recording.head or head
    recording.files = list(files)
    s.add(recording)
    digests = {file["name"]: file["digest"] for file in files}
    presence.note(
        s,
        sitting,
        "recording.sealed",
        by=MACHINE,
        at=at,
        recording=recording.id,
        head=head,
        manifest=manifest,
        torn=torn,
        files=digests,
    )
    outbox.add(s, "recording.film", key=recording.id, recording=recording.id)
    return recording


def add_film(
    s: Session, recording_id: str, *, film: dict[str, Any], manifest: str, at: datetime
) -> Recording:
    """One film of everybody together is made: a convenience, derived from the files and sealed with them."""
    recording = db.lock(s, Recording, recording_id)
    if any(not file["identity"] for file in recording.files):
        return recording
    sitting = db.get(s, Sitting, recording.sitting_id)
    recording.files = [*recording.files, {"identity": "", **film}]
    s.add(recording)
    presence.note(
        s,
        sitting,
        "recording.filmed",
        by=MACHINE,
        at=at,
        recording=recording.id,
        manifest=manifest,
        files={film["name"]: film["digest"]},
    )
    return recording
