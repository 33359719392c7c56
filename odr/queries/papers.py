"""A paper for its reader: facts, state, service. Zone and side decide who may see it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, select

from odr import db, standing
from odr.actions import risks
from odr.errors import NotFound
from odr.facts import DocumentFacts
from odr.papers import facts_of
from odr.rules.access import Actor, may_read_paper
from odr.tables.agreements import Service
from odr.tables.disputes import Party
from odr.tables.records import Document


@dataclass(frozen=True, slots=True)
class PaperView:
    document: Document
    facts: DocumentFacts
    served: tuple[tuple[Party, Service], ...]
    mine: Service | None
    to_acknowledge: bool  # the reader's own notice of risks, not yet said to be read


def readable(s: Session, document_id: str, by: Actor) -> Document:
    """The paper, if this reader may see it; NotFound otherwise."""
    document = db.get(s, Document, document_id)
    hats = standing.hats(s, by, document)
    mine = standing.papers_of(s, by, document.dispute_id or "")
    if not may_read_paper(document.zone, document.side, hats, mine):
        raise NotFound()
    return document


def show(s: Session, document_id: str, by: Actor) -> PaperView:
    document = readable(s, document_id, by)
    rows = s.exec(
        select(Party, Service)
        .join(Service, Service.party_id == Party.id)  # type: ignore[arg-type]  # a comparison of columns
        .where(Service.document_id == document.id)
    ).all()
    party = standing.party_of(s, by, document.dispute_id or "")
    mine = next((service for who, service in rows if party and who.id == party.id), None)
    served, waits = tuple((p, sv) for p, sv in rows), risks.unread(s, party) == document.id
    return PaperView(document, facts_of(document), served, mine, waits)
