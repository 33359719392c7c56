"""Checkpoints: the root over a court's whole journal, signed and time-stamped.

From then on not even the court can take back an entry: the chain alone shows a change, a checkpoint kept
elsewhere shows a chain that was written anew or cut short.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from odr import db, merkle
from odr.digests import canonical
from odr.errors import NotFound
from odr.tables.people import Court
from odr.tables.records import Checkpoint, JournalEntry

Sign = Callable[[Court, bytes], str]
Stamp = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Proof:
    """That one entry is in the journal under a checkpoint; anybody can follow it without the rest."""

    leaf: str
    index: int
    count: int
    siblings: tuple[str, ...]
    root: str

    @property
    def holds(self) -> bool:
        return merkle.climb(self.leaf, self.index, self.count, self.siblings) == self.root


def make(s: Session, court_id: str, *, sign: Sign, stamp: Stamp, at: datetime) -> Checkpoint | None:
    """A checkpoint over the court's journal as it stands; none if nothing was added since the last."""
    last = latest(s, court_id)
    begin = last.seq if last else 0
    fresh = s.exec(
        select(JournalEntry.seq, JournalEntry.hash)
        .where(JournalEntry.court_id == court_id, JournalEntry.seq > begin)
        .order_by(col(JournalEntry.seq))
    ).all()
    if not fresh:
        return None
    peaks, count = merkle.grow(last.peaks if last else (), begin, (leaf for _, leaf in fresh))
    row = Checkpoint(
        court_id=court_id, seq=count, root=merkle.root(peaks), head=fresh[-1][1], at=at, peaks=peaks
    )
    row.signature = sign(db.get(s, Court, court_id), content(row))
    row.token = base64.b64encode(stamp(hashlib.sha256(content(row)).digest())).decode()
    s.add(row)
    s.flush()
    return row


def content(row: Checkpoint) -> bytes:
    """The bytes that are signed and time-stamped."""
    return canonical(
        {"court": row.court_id, "seq": row.seq, "root": row.root, "head": row.head, "at": row.at}
    )


def latest(s: Session, court_id: str) -> Checkpoint | None:
    query = select(Checkpoint).where(Checkpoint.court_id == court_id)
    return s.exec(query.order_by(col(Checkpoint.seq).desc()).limit(1)).one_or_none()


def covering(s: Session, court_id: str, seq: int) -> Checkpoint | None:
    """The first checkpoint that covers an entry; none yet if it is younger than the last."""
    query = select(Checkpoint).where(Checkpoint.court_id == court_id, Checkpoint.seq >= seq)
    return s.exec(query.order_by(col(Checkpoint.seq)).limit(1)).one_or_none()


def proof(s: Session, entry: JournalEntry) -> Proof:
    """The inclusion proof of an entry under the first checkpoint that covers it."""
    checkpoint = covering(s, entry.court_id, entry.seq)
    if checkpoint is None:
        raise NotFound(checkpoint=entry.seq)
    return proof_under(s, checkpoint, entry.seq, entry.hash)


def proof_under(s: Session, checkpoint: Checkpoint, seq: int, leaf: str) -> Proof:
    """The inclusion proof of one entry under a checkpoint that covers it and the one before does not."""
    return proofs_under(s, checkpoint, {seq: leaf})[seq]


def proofs_under(s: Session, checkpoint: Checkpoint, entries: Mapping[int, str]) -> dict[int, Proof]:
    """The same of several entries, given as number and hash: the checkpoint's leaves are read once."""
    first = min(entries)
    query = select(Checkpoint).where(Checkpoint.court_id == checkpoint.court_id, Checkpoint.seq < first)
    before = s.exec(query.order_by(col(Checkpoint.seq).desc()).limit(1)).one_or_none()
    begin = before.seq if before else 0
    leaves = s.exec(
        select(JournalEntry.hash)
        .where(
            JournalEntry.court_id == checkpoint.court_id,
            JournalEntry.seq > begin,
            JournalEntry.seq <= checkpoint.seq,
        )
        .order_by(col(JournalEntry.seq))
    ).all()
    peaks = before.peaks if before else ()
    return {
        seq: Proof(
            leaf, seq - 1, checkpoint.seq, tuple(merkle.path(leaves, seq - 1, peaks, begin)), checkpoint.root
        )
        for seq, leaf in entries.items()
    }
