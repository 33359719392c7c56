"""Makes files to play from a recording that has ended, and seals them. Done again, it gives the same bytes."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from odr import db
from odr.actions import recordings
from odr.errors import Broken
from odr.tables.mediations import Recording
from odr.tables.people import Account
from signaling import bundle, contents
from signaling.mux import mux
from signaling.timeline import MuxedFile
from web.jobs import Work, handles

PATIENCE = timedelta(minutes=1)  # after which a journal that nobody closed counts as torn


@handles("recording.mux")
def film(work: Work) -> None:
    """A WebM for each person, a timeline, the manifest over all of it, and the row that says so."""
    with work.db.reading() as s:
        recording = db.get(s, Recording, work.fields["recording"])
    folder = work.settings.recordings / recording.folder
    if recording.files or not (folder / contents.JOURNAL).is_file():
        return  # done before, or the worker never wrote a packet
    stopped = recording.stopped_at or work.now()
    if not contents.read(folder / contents.JOURNAL).closed and work.now() - stopped < PATIENCE:
        raise Broken(f"recording {recording.id} is still being written")
    made = mux(folder, folder)
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


def _row(folder: Path, file: MuxedFile, account: Account | None) -> dict[str, Any]:
    digests = json.loads((folder / bundle.MANIFEST).read_bytes())["files"]
    return {
        "name": file.name,
        "identity": file.identity,
        "label": account.name if account else file.identity,
        "digest": digests[file.name],
        "seconds": round(file.duration_ms / 1000),
    }
