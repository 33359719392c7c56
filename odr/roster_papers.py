"""特邀调解员证书 (F28): the court's paper that somebody is on its roster (SIM-5, SIM-8)."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from odr import letterhead, papers
from odr.errors import Broken
from odr.facts import RosterCertificateFacts
from odr.rules import filing
from odr.rules.access import Actor
from odr.rules.words import Zone
from odr.tables.records import Document
from odr.tables.roster import Mediator, Organisation

TITLE = "特邀调解员证书"


def certificate(s: Session, mediator: Mediator, *, by: Actor, at: datetime) -> Document:
    """The certificate of what the roster says now; one that says the same is not issued again."""
    before = last(s, mediator.id)
    facts = _facts(s, mediator, at=at)
    if before is not None and _says(before) == (facts.holder, facts.fields, facts.valid_until):
        return before
    return papers.freeze(
        s,
        court_id=mediator.court_id,
        dispute_id=None,
        subject=f"mediator:{mediator.id}",
        facts=facts,
        title=TITLE,
        zone=Zone.PUBLIC,
        number=facts.number,
        at=at,
        supersedes=before.id if before else None,
        by=by,
    )


def last(s: Session, mediator_id: str) -> Document | None:
    """The certificate that counts."""
    query = select(Document).where(
        Document.subject == f"mediator:{mediator_id}",
        Document.kind == RosterCertificateFacts.kind,
        col(Document.void_at).is_(None),
    )
    return s.exec(query.order_by(col(Document.frozen_at).desc())).first()


def _facts(s: Session, mediator: Mediator, *, at: datetime) -> RosterCertificateFacts:
    if mediator.listed_on is None or mediator.term_until is None:
        raise Broken(f"mediator {mediator.id} is listed without a term")
    organisation = s.get(Organisation, mediator.org_id) if mediator.org_id else None
    return RosterCertificateFacts(
        **letterhead.heading(s, mediator.court_id, number=mediator.certificate_number, at=at),
        holder=mediator.name,
        role="特邀调解员",
        fields=tuple(filing.cause_name(key) for key in mediator.scope),
        organisation=organisation.name if organisation else "",
        valid_from=mediator.listed_on,
        valid_until=mediator.term_until,
    )


def _says(document: Document) -> tuple[object, ...]:
    facts = papers.facts_of(document)
    if not isinstance(facts, RosterCertificateFacts):
        raise Broken(f"document {document.id} is no certificate")
    return facts.holder, facts.fields, facts.valid_until
