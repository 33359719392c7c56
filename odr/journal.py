"""The record: an append-only, hash-chained log of everything that was done.

Each entry names the entry before it in its court and the one before it about the same matter, so that
a court's whole record and one matter's excerpt can each be checked alone. Fields hold references and
facts of procedure, never identity numbers or free text of a party, so erasure leaves the chain whole.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from odr import db
from odr.digests import ALGORITHMS, canonical, current, digest
from odr.rules.access import Actor
from odr.tables.columns import new_id
from odr.tables.people import Court
from odr.tables.records import JournalEntry

GENESIS = "sha256:" + "0" * 64
# Written once: putting a statement together costs more than running it
_LAST = (
    select(JournalEntry.seq, JournalEntry.hash)
    .where(JournalEntry.court_id == sa.bindparam("court"))
    .order_by(col(JournalEntry.seq).desc())
    .limit(1)
)
_BEFORE = (
    select(JournalEntry.hash)
    .where(JournalEntry.court_id == sa.bindparam("court"), JournalEntry.subject == sa.bindparam("subject"))
    .order_by(col(JournalEntry.seq).desc())
    .limit(1)
)
_LEAF = b"\x00"  # RFC 6962: leaves and nodes of the Merkle tree can never be confused


def append(
    s: Session, court_id: str, subject: str, kind: str, *, by: Actor, at: datetime, **fields: object
) -> JournalEntry:
    """Write one entry: `subject` is the matter (`dispute:<id>`), `kind` what happened (`case.accepted`)."""
    db.lock(s, Court, court_id)  # a lock on the last entry would not show the entry written meanwhile
    connection = s.connection()
    last = connection.execute(_LAST, {"court": court_id}).one_or_none()
    before = connection.execute(_BEFORE, {"court": court_id, "subject": subject}).scalar_one_or_none()
    entry = JournalEntry(
        id=new_id(),
        court_id=court_id,
        seq=last.seq + 1 if last else 1,
        subject=subject,
        kind=kind,
        actor=by.ref,
        at=at,
        prev=last.hash if last else GENESIS,
        subject_prev=before or GENESIS,
        body="",
        hash="",
    )
    entry.body = body_of(entry, fields).decode()
    entry.hash = hash_of(entry.body)
    s.add(entry)
    s.flush()
    return entry


def body_of(entry: JournalEntry, fields: dict[str, Any]) -> bytes:
    """The canonical JSON of an entry, the very bytes that are hashed."""
    return canonical(
        {
            "court": entry.court_id,
            "seq": entry.seq,
            "subject": entry.subject,
            "kind": entry.kind,
            "actor": entry.actor,
            "at": entry.at,
            "prev": entry.prev,
            "subject_prev": entry.subject_prev,
            "fields": fields,
        }
    )


def hash_of(body: str, like: str = "") -> str:
    """The digest of an entry's body as a Merkle leaf, under the algorithm of another digest if given."""
    algorithm = like.partition(":")[0]
    return digest(_LEAF + body.encode(), algorithm if algorithm in ALGORITHMS else current())


def fields_of(entry: JournalEntry) -> dict[str, Any]:
    """What was recorded beside who, what and when."""
    fields: dict[str, Any] = json.loads(entry.body)["fields"]
    return fields
