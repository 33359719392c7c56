"""Removes the files of what was approved to be destroyed. Done again, it finds them gone."""

from __future__ import annotations

import shutil

from sqlmodel import select

from odr import db, holdings
from odr.actions import disposal
from odr.tables.people import Court
from odr.tables.retention import Disposal
from web.jobs import Office, Work, every, handles


@handles("holdings.destroy")
def destroy(work: Work) -> None:
    """Files first, then the rows and the journal: whoever reads that it is destroyed may rely on it."""
    with work.db.transaction() as s:
        disposal.recall(s, work.fields["disposal"], at=work.now())
    with work.db.reading() as s:
        row = db.get(s, Disposal, work.fields["disposal"])
        held = holdings.of(s, row.dispute_id, row.kind)
    if row.approved_at is None or row.destroyed_at is not None:
        return
    for recording in held.recordings:
        folder = work.settings.recordings / recording.folder
        if folder.exists():
            shutil.rmtree(folder)
    with work.db.transaction() as s:
        # read again: meanwhile the same file may have been put on record, and then it stays
        for digest in holdings.of(s, row.dispute_id, row.kind).digests:
            work.vault.destroy(digest)
        disposal.finish(s, row.id, at=work.now())


@every(24 * 3600)
def find_what_is_over(office: Office) -> None:
    """Each day: what has been kept long enough, court by court."""
    with office.db.reading() as s:
        courts = s.exec(select(Court.id)).all()
    for court_id in courts:
        with office.db.transaction() as s:
            disposal.find(s, court_id, at=office.now())
