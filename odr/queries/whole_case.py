"""A whole case as one reader may take it away: papers, evidence, recordings, and the journal that proves them.

Only what the reader may open in the pages goes in. Of the journal they get the entries that their own
timeline shows and those about what they take away; every entry is proved by itself, so that leaving
others out takes nothing from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from odr import checkpoints, journal, standing
from odr.queries import journal_words
from odr.rules import access
from odr.rules.access import Actor
from odr.rules.words import Do, Hat, Zone
from odr.tables.disputes import Dispute, Evidence
from odr.tables.mediations import MediationCase, Recording, Sitting
from odr.tables.records import Checkpoint, Document, JournalEntry

# Entries about a thing go with the thing
OF_PAPERS, OF_RECORDINGS = ("document.frozen", "document.published", "document.voided"), ("recording.kept",)
OF_EVIDENCE = "evidence.added"
SAYS_HOW_MUCH = "holdings.destroyed"  # its line counts what was said apart and noted: told in words only


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal as it was hashed, and the proof that it is under a signed root."""

    seq: int
    body: str
    hash: str
    proof: checkpoints.Proof | None = None


@dataclass(frozen=True, slots=True)
class WholeCase:
    """Everything that goes into one reader's file of a case."""

    dispute: Dispute
    papers: tuple[Document, ...]
    evidence: tuple[Evidence, ...]
    recordings: tuple[Recording, ...]
    entries: tuple[Entry, ...]
    kept_back: int  # entries about what this reader may not read
    checkpoints: tuple[Checkpoint, ...] = ()


def gather(s: Session, dispute: Dispute, by: Actor) -> WholeCase:
    """What this reader may take away; `proved` adds the proofs."""
    hats = standing.hats(s, by, dispute)
    papers = tuple(_papers(s, dispute, by, hats))
    recordings = tuple(_recordings(s, dispute, by))
    evidence = tuple(_evidence(s, dispute, hats))
    taken = {row.id for row in papers} | {row.id for row in evidence} | {row.id for row in recordings}
    rows = s.exec(
        select(JournalEntry)
        .where(JournalEntry.court_id == dispute.court_id, JournalEntry.subject == f"dispute:{dispute.id}")
        .order_by(col(JournalEntry.seq))
    ).all()
    shown = [row for row in rows if _shown(row, hats, taken)]
    return WholeCase(
        dispute=dispute,
        papers=papers,
        evidence=evidence,
        recordings=recordings,
        entries=tuple(Entry(row.seq, row.body, row.hash) for row in shown),
        kept_back=len(rows) - len(shown),
    )


def proved(s: Session, case: WholeCase) -> WholeCase:
    """The same with the proof of every entry that is under a checkpoint, and those checkpoints."""
    court_id = case.dispute.court_id
    covering = {entry.seq: checkpoints.covering(s, court_id, entry.seq) for entry in case.entries}
    marks = {mark.seq: mark for mark in covering.values() if mark is not None}
    proofs: dict[int, checkpoints.Proof] = {}
    for mark in marks.values():
        under = {e.seq: e.hash for e in case.entries if covering[e.seq] is mark}
        proofs |= checkpoints.proofs_under(s, mark, under)
    return replace(
        case,
        entries=tuple(replace(entry, proof=proofs.get(entry.seq)) for entry in case.entries),
        checkpoints=tuple(marks[seq] for seq in sorted(marks)),
    )


def _papers(s: Session, dispute: Dispute, by: Actor, hats: frozenset[Hat]) -> Iterator[Document]:
    mine = standing.papers_of(s, by, dispute.id)
    query = select(Document).where(Document.dispute_id == dispute.id, col(Document.published_at).is_not(None))
    for row in s.exec(query.order_by(col(Document.published_at), col(Document.id))):
        if access.may_read_paper(row.zone, row.side, hats, mine):
            yield row


def _evidence(s: Session, dispute: Dispute, hats: frozenset[Hat]) -> Iterator[Evidence]:
    query = select(Evidence).where(Evidence.dispute_id == dispute.id, col(Evidence.withdrawn_at).is_(None))
    for row in s.exec(query.order_by(col(Evidence.added_at), col(Evidence.id))):
        if row.zone is Zone.RECORD and access.may_read(row.zone, hats):
            yield row


def _recordings(s: Session, dispute: Dispute, by: Actor) -> Iterator[Recording]:
    query = (
        select(Recording)
        .join(Sitting, col(Sitting.id) == col(Recording.sitting_id))
        .join(MediationCase, col(MediationCase.id) == col(Sitting.case_id))
        .where(MediationCase.dispute_id == dispute.id, Recording.head != "")
        .where(col(Recording.destroyed_at).is_(None))
    )
    for row in s.exec(query.order_by(col(Recording.started_at))):
        worn = standing.hats(s, by, row)
        plays = access.may(Do.PLAY_SIGNING_CLIP, worn)  # as in the pages
        if plays and access.may_read(Zone(row.zone), worn):
            yield row


def _shown(row: JournalEntry, hats: frozenset[Hat], taken: set[str]) -> bool:
    if row.kind == SAYS_HOW_MUCH:
        return False
    fields = journal.fields_of(row)
    thing = fields.get("document") or fields.get("recording")
    if thing is not None and thing not in taken:
        return False
    if row.kind in OF_PAPERS or row.kind in OF_RECORDINGS:
        return True
    if row.kind == OF_EVIDENCE and fields["evidence"] in taken:
        return True
    return journal_words.is_shown(row.kind) and access.may_read(journal_words.zone(row.kind), hats)
