"""Papers of the court: frozen here, rendered and sealed by the job worker, published here.

A paper is never edited. A change is a new paper that supersedes the old one; a mistake is voided and
its number stays used.
"""

from __future__ import annotations

import json
from datetime import datetime

from sqlmodel import Session, col, select

from odr import blobs, journal, outbox
from odr import facts as forms
from odr.db import lock
from odr.errors import Broken, Conflict
from odr.facts import DocumentFacts, canon, printable
from odr.rules.access import MACHINE, Actor
from odr.rules.uploads import PDF, Kept
from odr.rules.words import Zone
from odr.tables.records import Document, JournalEntry
from odr.tables.roster import Organisation

# Papers that are served on both sides as soon as they are out (ODM-19, JCR-4, CPL-90)
SERVED = frozenset(
    {
        "acceptance_notice",
        "agreement",
        "civil_mediation",
        "failure_report",
        "no_objection",
        "objection_ruling",
        "ruling",
        "supplement_notice",
    }
)

# Papers of the mediation organisation, under its seal (PML-29, ODM-19); all others are the court's
BY_ORGANISATION = frozenset(
    {
        "agreement",
        "failure_report",
        "no_objection",
        "oral_agreement",
        "performance",
        "return_note",
        "undisputed",
    }
)

# The parties' own papers: the court's key keeps them as they came in, and puts no seal on them to be seen
BY_PARTIES = frozenset({"appraisal", "confirmation_application", "enforcement_application"})
RECEIVED = "收件存证"  # why the court signs a paper that is not its own


def freeze(
    s: Session,
    *,
    court_id: str,
    dispute_id: str | None,
    subject: str,
    facts: DocumentFacts,
    title: str,
    zone: Zone,
    at: datetime,
    number: str = "",
    side: str = "",
    supersedes: str | None = None,
    by: Actor = MACHINE,
) -> Document:
    """Fix what a paper says, and ask for it to be issued."""
    printable.require(forms.to_json(facts))
    document = Document(
        court_id=court_id,
        dispute_id=dispute_id,
        subject=subject,
        kind=facts.kind,
        number=number,
        title=title,
        zone=zone,
        side=side,
        facts=json.loads(forms.to_json(facts)),
        facts_hash=forms.digest(facts),
        frozen_at=at,
        supersedes=supersedes,
    )
    s.add(document)
    s.flush()
    _note(s, document, "document.frozen", by=by, at=at, facts_hash=document.facts_hash, number=number)
    outbox.add(s, "document.issue", key=document.id, document=document.id)
    return document


def facts_of(document: Document) -> DocumentFacts:
    """The frozen facts; Broken if they are no longer the ones that were frozen."""
    text = canon.dumps(document.facts)
    if not canon.fits(text, document.facts_hash):
        raise Broken(f"facts of document {document.id} have changed")
    return forms.from_json(text)


def publish(s: Session, document_id: str, *, digest: str, size: int, at: datetime) -> Document:
    """Put the sealed paper in force. The first one wins: a second sealing of the same facts is dropped."""
    document = lock(s, Document, document_id)
    if document.published_at or document.void_at:
        return document
    blobs.hold(s, _file(digest, size), at=at)
    document.digest, document.size, document.published_at = digest, size, at
    s.add(document)
    if document.kind in SERVED:
        outbox.add(s, "document.serve", key=document.id, document=document.id)
    _note(s, document, "document.published", by=MACHINE, at=at, digest=digest, facts_hash=document.facts_hash)
    return document


def stamp(s: Session, document_id: str, *, digest: str, size: int, at: datetime) -> None:
    """Keep the same paper under an outside time-stamp as well; what was published and served stays what it was."""
    document = lock(s, Document, document_id)
    if not stamped(s, document):
        blobs.hold(s, _file(digest, size), at=at)
        _note(s, document, "document.stamped", by=MACHINE, at=at, digest=digest, published=document.digest)


def _file(digest: str, size: int) -> Kept:
    return Kept(file_name="", media_type=PDF, size=size, digest=digest)


def stamped(s: Session, document: Document) -> str:
    """The digest of the paper under an outside time-stamp; empty if it has none."""
    told = select(JournalEntry).where(
        JournalEntry.court_id == document.court_id,
        JournalEntry.subject == _matter(document),
        JournalEntry.kind == "document.stamped",
    )
    known = (journal.fields_of(entry) for entry in s.exec(told))
    return next((str(one["digest"]) for one in known if one["document"] == document.id), "")


def void(s: Session, document_id: str, *, by: Actor, at: datetime, reason: str) -> Document:
    """Declare a paper void. Its number stays used, its file stays kept."""
    document = lock(s, Document, document_id)
    if document.void_at:
        raise Conflict(void=document.id)
    document.void_at = at
    s.add(document)
    outbox.cancel(s, "document.issue", key=document.id)
    _note(s, document, "document.voided", by=by, at=at, reason=reason, number=document.number)
    return document


def unissued(s: Session, *, before: datetime) -> list[str]:
    """Papers frozen before an instant that are neither published nor void."""
    query = select(Document.id).where(
        Document.frozen_at < before, col(Document.published_at).is_(None), col(Document.void_at).is_(None)
    )
    return list(s.exec(query))


def sealer(s: Session, document: Document, facts: DocumentFacts) -> Organisation | None:
    """The organisation whose seal goes on this paper; none: the court's own."""
    name = getattr(facts, "organisation", "") if document.kind in BY_ORGANISATION else ""
    query = select(Organisation).where(Organisation.court_id == document.court_id, Organisation.name == name)
    return s.exec(query.order_by(col(Organisation.id))).first() if name else None


def _note(s: Session, document: Document, kind: str, *, by: Actor, at: datetime, **fields: object) -> None:
    known = {"document": document.id, "form": document.kind, "about": document.subject}
    journal.append(s, document.court_id, _matter(document), kind, by=by, at=at, **known, **fields)


def _matter(document: Document) -> str:
    return f"dispute:{document.dispute_id}" if document.dispute_id else document.subject
