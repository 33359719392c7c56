"""Whether a court's whole record still holds: journal, checkpoints, rows, papers, files, numbers.

Nothing here trusts the database it reads. Each finding names the exact place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from odr import chains, journal, seals
from odr.chains import Finding as Finding
from odr.chains import Told
from odr.chains import Witness as Witness
from odr.digests import matches
from odr.errors import NotFound
from odr.facts import canon
from odr.tables.agreements import ConfirmationCase
from odr.tables.confirmation import Objection
from odr.tables.disputes import Dispute, Evidence
from odr.tables.mediations import MediationCase, Recording
from odr.tables.people import Court
from odr.tables.records import Blob, Document, JournalEntry
from odr.vault import Vault


def verify(s: Session, vault: Vault, witness: Witness) -> list[Finding]:
    """Everything about every court in this database."""
    found = list(_readable("database", _integrity(s)))
    found += _readable("rows", (Finding(f"{table} {row}", what) for table, row, what in seals.broken(s)))
    for court_id in s.exec(select(Court.id).order_by(Court.id)).all():
        found += verify_court(s, court_id, witness)
    return found + list(_readable("files", _files(s, vault)))


def verify_court(s: Session, court_id: str, witness: Witness) -> list[Finding]:
    """The court's journal, and the rows that the journal speaks of."""
    told, findings = chains.read(s, court_id)
    found = list(_readable(f"journal {court_id}", findings))
    found += _readable(f"checkpoints {court_id}", chains.signed(s, court_id, told, witness))
    found += _readable(f"rows {court_id}", _rows(s, court_id, told))
    return found + list(_readable(f"numbers {court_id}", _numbers(s, court_id)))


def _readable(place: str, findings: Iterator[Finding]) -> Iterator[Finding]:
    """The findings, and that reading stopped when it had to: a changed byte may be no text any more."""
    try:
        yield from findings
    except (sa.exc.SQLAlchemyError, ValueError, TypeError, KeyError) as unreadable:
        yield Finding(place, f"cannot be read to its end: {unreadable}".splitlines()[0])


def _rows(s: Session, court_id: str, told: Told) -> Iterator[Finding]:
    for document in s.exec(select(Document).where(Document.court_id == court_id)):
        yield from _paper(document, told.papers.pop(document.id, {}))
    for lost in told.papers:
        yield Finding(f"document {lost}", "has disappeared")
    for case in s.exec(select(MediationCase).where(MediationCase.court_id == court_id)):
        if told.stages.get(case.id, case.stage) != case.stage:
            yield Finding(
                f"mediation_case {case.id}", f"is {case.stage}, the journal says {told.stages[case.id]}"
            )
    yield from _judges(s, court_id, told)
    gone = _destroyed(s, "recordings")
    for recording_id, head in told.heads.items():
        recording = s.get(Recording, recording_id)
        if recording is None or recording.head != head:
            yield Finding(f"recording {recording_id}", "its head is not the one in the journal")
        elif (recording.destroyed_at is not None) != (recording_id in gone):
            yield Finding(f"recording {recording_id}", "destroyed in the row or in the journal, not in both")


def _judges(s: Session, court_id: str, told: Told) -> Iterator[Finding]:
    """The judge of a matter is the one whom the lot has drawn."""
    for table in (ConfirmationCase, Objection):
        for key, judge in s.exec(select(table.id, table.judge_id).where(table.court_id == court_id)):
            drawn = told.lots.drawn.get(f"{table.__tablename__.partition('_')[0]}:{key}")
            if drawn is not None and drawn != judge:
                yield Finding(f"{table.__tablename__} {key}", "its judge is not the one the lot drew")


def _paper(document: Document, told: dict[str, dict[str, Any]]) -> Iterator[Finding]:
    place = f"document {document.id} {document.number}".rstrip()
    if not canon.fits(canon.dumps(document.facts), document.facts_hash):
        yield Finding(place, "its facts were changed")
    if told.get("document.frozen", {}).get("facts_hash") != document.facts_hash:
        yield Finding(place, "its facts are not the ones frozen in the journal")
    if told.get("document.published", {}).get("digest", "") != document.digest:
        yield Finding(place, "its digest is not the one published in the journal")
    if bool(document.void_at) != ("document.voided" in told):
        yield Finding(place, "void in the row or in the journal, not in both")


def _numbers(s: Session, court_id: str) -> Iterator[Finding]:
    """Each number once. A paper may carry the number of its case, or one of its own."""
    of_cases: set[str] = set()
    for table in (Dispute, MediationCase, ConfirmationCase, Objection):
        query = select(col(table.number)).where(col(table.court_id) == court_id, col(table.number) != "")
        numbers = s.exec(query).all()
        of_cases |= set(numbers)
        yield from _twice(str(table.__tablename__), numbers)
    query = select(col(Document.number)).where(col(Document.court_id) == court_id, col(Document.number) != "")
    yield from _twice("document", [number for number in s.exec(query) if number not in of_cases])


def _twice(kind: str, numbers: Sequence[str]) -> Iterator[Finding]:
    for number, times in Counter(numbers).items():
        if times > 1:
            yield Finding(f"{kind} {number}", f"number used {times} times")


def _destroyed(s: Session, what: str) -> set[str]:
    """What the journal says was destroyed when its time of keeping was over."""
    entries = s.exec(select(JournalEntry).where(JournalEntry.kind == "holdings.destroyed"))
    return {key for entry in entries for key in journal.fields_of(entry)[what]}


def _files(s: Session, vault: Vault) -> Iterator[Finding]:
    gone = _destroyed(s, "digests")
    wanted = {digest: f"blob {digest}" for digest in s.exec(select(Blob.digest)) if digest not in gone}
    papers = s.exec(select(Document.digest, Document.number, Document.id).where(Document.digest != ""))
    wanted |= {digest: f"document {number or key}" for digest, number, key in papers}
    shown = s.exec(select(Evidence.digest, Evidence.id).where(col(Evidence.destroyed_at).is_(None)))
    wanted |= {digest: f"evidence {key}" for digest, key in shown}
    for digest, place in sorted(wanted.items()):
        try:
            path = vault.path(digest)
        except NotFound:
            yield Finding(place, f"{digest} is no digest")
            continue
        if not path.is_file():
            yield Finding(place, f"file {digest} is missing")
    for digest in vault.all():
        if not matches(vault.path(digest).read_bytes(), digest):
            yield Finding(wanted.get(digest, f"blob {digest}"), f"file {digest} was changed")


def _integrity(s: Session) -> Iterator[Finding]:
    """What the database engine itself finds wrong with its file."""
    if s.get_bind().dialect.name == "sqlite":
        rows = s.connection().execute(sa.text("PRAGMA integrity_check")).scalars().all()
        yield from (Finding("database", str(row)) for row in rows if row != "ok")
