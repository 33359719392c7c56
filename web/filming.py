"""Makes files to play from a recording that has ended, and seals them. Done again, it gives the same bytes.

First a file for each person, copied without decoding: that is quick, and is the evidence. Then, in a process of
its own that gives way to calls, one film of everybody together for those who watch.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from odr import clock, db, outbox
from odr.actions import recordings
from odr.errors import Broken
from odr.tables.mediations import Attendance, MediationCase, Recording, Sitting
from odr.tables.people import Account
from signaling import bundle, contents
from signaling.contents import Contents
from signaling.mux import mux
from signaling.timeline import MuxedFile
from web import moments
from web.jobs import Work, handles
from web.supervise import die_with_parent

PATIENCE = timedelta(minutes=1)  # after which a journal that nobody closed counts as torn
LONGEST_S = 6 * 3600
LATER = timedelta(minutes=1)
_projector = threading.Lock()  # papers and messages must not wait behind the films of a whole day


@handles("recording.mux")
def film(work: Work) -> None:
    """A WebM for each person, a timeline, the manifest over all of it, and the row that says so."""
    with work.db.reading() as s:
        recording = db.get(s, Recording, work.fields["recording"])
    folder = work.settings.recordings / recording.folder
    if recording.files or not (folder / contents.JOURNAL).is_file():
        return  # done before, or the worker never wrote a packet
    stopped = recording.stopped_at or work.now()
    whole = contents.read(folder / contents.JOURNAL)
    if not whole.closed and work.now() - stopped < PATIENCE:
        raise Broken(f"recording {recording.id} is still being written")
    with work.db.reading() as s:
        known = _consents(s, recording, whole)
    made = mux(folder, folder, known)
    sealed = bundle.seal(folder)
    with work.db.transaction() as s:
        files = [_row(folder, file, s.get(Account, file.identity)) for file in made.files]
        recordings.shelve(
            s,
            recording.id,
            head=sealed.head,
            manifest=sealed.manifest,
            files=files,
            torn=sealed.torn,
            at=work.now(),
        )


@handles("recording.film")
def project(work: Work) -> None:
    """One film of everybody, sealed with the rest; one at a time, the next one asks again."""
    recording_id = work.fields["recording"]
    if not _projector.acquire(blocking=False):
        with work.db.transaction() as s:
            at = work.now() + LATER
            key = f"{recording_id}:{at:%Y%m%d%H%M%S}"
            outbox.add(s, "recording.film", key=key, run_at=at, recording=recording_id)
        return
    try:
        _project(work, recording_id)
    finally:
        _projector.release()


def _project(work: Work, recording_id: str) -> None:
    with work.db.reading() as s:
        recording = db.get(s, Recording, recording_id)
        case = db.get(s, MediationCase, db.get(s, Sitting, recording.sitting_id).case_id)
        names = {file["identity"]: file["label"] for file in recording.files}
    if not recording.files or "" in names:
        return
    folder = work.settings.recordings / recording.folder
    chapters = moments.chapters(moments.read(folder, names))
    wish = {
        "title": case.number,
        "names": names,
        "zone": str(clock.COURT_ZONE),
        "screen": "共享的屏幕",
        "chapters": chapters,
    }
    made = _composed(folder, wish)
    if not made["seconds"]:
        return
    sealed = bundle.seal(folder)
    film = {
        "name": made["name"],
        "label": "全场合成",
        "digest": _digests(folder)[made["name"]],
        "seconds": made["seconds"],
    }
    with work.db.transaction() as s:
        recordings.add_film(s, recording.id, film=film, manifest=sealed.manifest, at=work.now())


def _composed(folder: Path, wish: Mapping[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        ["nice", "-n", "15", sys.executable, "-m", "signaling.composite", folder],
        input=json.dumps(wish),
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
        preexec_fn=die_with_parent,  # two of them would write one file
    )
    if done.returncode:
        raise Broken(f"no film of {folder.name}: {done.stderr[-500:]}")
    made: dict[str, Any] = json.loads(done.stdout)
    return made


def _consents(s: Session, recording: Recording, whole: Contents) -> list[dict[str, object]]:
    """Who had said yes before, or while, it was recorded: the server that records knows no consents."""
    seats = s.exec(select(Attendance).where(Attendance.sitting_id == recording.sitting_id)).all()
    return [
        {
            "kind": "consented" if seat.recording_consent else "consent_refused",
            "identity": seat.account_id,
            "at_ms": round(seat.recording_consent_at.timestamp() * 1000 - whole.started_ns / 1e6),
        }
        for seat in seats
        if seat.recording_consent_at is not None
    ]


def _digests(folder: Path) -> dict[str, str]:
    digests: dict[str, str] = json.loads((folder / bundle.MANIFEST).read_bytes())["files"]
    return digests


def _row(folder: Path, file: MuxedFile, account: Account | None) -> dict[str, Any]:
    return {
        "name": file.name,
        "identity": file.identity,
        "label": account.name if account else file.identity,
        "digest": _digests(folder)[file.name],
        "seconds": round(file.duration_ms / 1000),
    }
