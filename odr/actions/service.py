"""Service (送达): platform first when the party agreed, paper otherwise; each with its certificate.

At an address the party confirmed, arrival is service (OLR-31); of several channels the earliest
effective one counts. Paper is given on request (CPL-90).
"""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session, select

from odr import clock, db, deadlines, journal, letterhead, matters, notices, papers, standing, titles
from odr.actions import enforcement, schemes
from odr.errors import BadInput, Conflict, WrongStage
from odr.facts import CivilMediationFacts, ServiceCertificateFacts
from odr.rules import filing, receipt
from odr.rules.access import MACHINE, Actor
from odr.rules.receipt import Way
from odr.rules.words import Do, RulingKind
from odr.tables.agreements import Ruling, Service
from odr.tables.disputes import Dispute, Party
from odr.tables.records import Document

IN_FORCE = (RulingKind.CONFIRMED, RulingKind.CHANGED)  # what an objection can be raised against
SIGNED_FOR = frozenset({CivilMediationFacts.kind})  # never left somewhere: served when received (CPLI-133)


def serve(s: Session, document_id: str, *, by: Actor, at: datetime) -> list[Service]:
    """Serve a published paper on every party of its matter, once."""
    document = db.lock(s, Document, document_id)
    standing.require(s, by, Do.SERVE, document)
    if document.published_at is None or document.void_at is not None:
        raise WrongStage(was="void" if document.void_at else "frozen", wanted="published")
    done = set(s.exec(select(Service.party_id).where(Service.document_id == document.id)).all())
    dispute = db.get(s, Dispute, document.dispute_id)
    fresh = [party for party in matters.parties(s, dispute.id) if party.id not in done]
    services = [_serve_one(s, document, party, by=by, at=at) for party in fresh]
    for row in services:
        _let_objection_run(s, document, row)
    if services:
        _note(s, document, "document.served", by=by, at=at, to=[row.party_id for row in services])
    return services


def read(s: Session, document_id: str, *, by: Actor, at: datetime) -> list[Service]:
    """Who opens the paper opens it for every party they act for; the first time is kept."""
    document = db.lock(s, Document, document_id)
    standing.require(s, by, Do.SEE_DOCUMENT, document)
    fresh = [(party, row) for party, row in _own(s, document, by) if row.read_at is None]
    for party, service in fresh:
        service.read_at = at
        if service.channel == "platform" and service.arrived_at is None:
            service.arrived_at = receipt.served_at([Way(confirmed=False, known_at=at)])
            _certify(s, document, party, service, by=MACHINE, at=at)
        s.add(service)
        _note(s, document, "document.read", by=by, at=at, service=service.id)
    if fresh:
        _let_enforcement_run(s, document)
    return [service for _, service in fresh]


def ask_for_paper(s: Session, document_id: str, *, by: Actor, at: datetime) -> list[Service]:
    """The recipient wants the paper as well, for every party they act for."""
    document = db.lock(s, Document, document_id)
    standing.require(s, by, Do.ASK_FOR_PAPER, document)
    fresh = [row for _, row in _own(s, document, by) if row.paper_asked_at is None]
    if not fresh:
        raise Conflict(paper="already")
    for service in fresh:
        service.paper_asked_at = at
        s.add(service)
        _note(s, document, "paper.asked", by=by, at=at, service=service.id)
    return fresh


def send_paper(s: Session, document_id: str, service_id: str, *, by: Actor, at: datetime) -> Service:
    """The clerk has posted it."""
    document = db.lock(s, Document, document_id)
    standing.require(s, by, Do.SERVE, document)
    service = db.lock(s, Service, service_id)
    if service.document_id != document.id or service.paper_sent_at is not None:
        raise Conflict(paper="already")
    service.paper_sent_at = at
    s.add(service)
    _note(s, document, "paper.sent", by=by, at=at, service=service.id)
    return service


def receive_paper(
    s: Session, document_id: str, service_id: str, *, by: Actor, at: datetime, on: date
) -> Service:
    """The post has brought back who signed for it and when; from that day its periods run."""
    document = db.lock(s, Document, document_id)
    standing.require(s, by, Do.SERVE, document)
    service = db.lock(s, Service, service_id)
    if service.document_id != document.id or service.paper_sent_at is None or service.arrived_at is not None:
        raise Conflict(paper="already")
    if not clock.court_date(service.paper_sent_at) <= on <= clock.court_date(at):
        raise BadInput(on="wrong")
    signed = clock.noon(on)  # the hour does not count (CPL-85)
    service.arrived_at = receipt.served_at([Way(confirmed=False, known_at=signed)])
    s.add(service)
    _let_objection_run(s, document, service)
    _let_enforcement_run(s, document)
    _note(s, document, "paper.received", by=by, at=at, service=service.id, on=on.isoformat())
    return service


def _serve_one(s: Session, document: Document, party: Party, *, by: Actor, at: datetime) -> Service:
    online = party.e_service and party.account_id is not None
    confirmed = online and document.kind not in SIGNED_FOR
    service = Service(
        document_id=document.id,
        party_id=party.id,
        channel="platform" if online else "paper",
        address="平台账号" if online else (party.service_address or party.address),
        sent_at=at,
        arrived_at=receipt.served_at([Way(confirmed=confirmed, arrived_at=at)]),
        paper_asked_at=None if online else at,
    )
    s.add(service)
    s.flush()
    if service.arrived_at is not None:
        _certify(s, document, party, service, by=by, at=at)
    notices.tell(
        s,
        party,
        "文书送达",
        "《%(title)s》已送达，请查看。",
        about=f"/documents/{document.id}",
        at=at,
        title=document.title,
    )
    return service


def _let_objection_run(s: Session, document: Document, service: Service) -> None:
    """Who received a ruling in force may object for fifteen days (CPLI-372), to a written scheme for seven."""
    ruling = s.get(Ruling, document.subject.removeprefix("ruling:"))
    if ruling is not None and ruling.kind in IN_FORCE and service.arrived_at is not None:
        subject, since = f"service:{service.id}", service.arrived_at
        deadlines.start(s, "T-JC-OBJ-P", court_id=document.court_id, subject=subject, since=since)
    if document.kind == "no_objection":
        schemes.let_objection_run(s, document)


def _let_enforcement_run(s: Session, document: Document) -> None:
    """The court's own paper is in force when the last party has signed for it (CPL-100); then T-ENF runs."""
    if document.kind not in SIGNED_FOR:
        return
    s.flush()
    effective = titles.in_force_since(s, document.id)
    if effective is not None:
        agreement = titles.agreement_of(s, document)
        enforcement.let_run(s, agreement, court_id=document.court_id, effective=effective)


def _certify(
    s: Session, document: Document, party: Party, service: Service, *, by: Actor, at: datetime
) -> None:
    """电子送达凭证 (F21) of a service that has arrived."""
    dispute = db.get(s, Dispute, document.dispute_id)
    number = letterhead.series_number(
        s, document.court_id, "电送", "〔{year}〕{court}电送字第{serial}号", at=at
    )
    facts = ServiceCertificateFacts(
        **letterhead.heading(s, document.court_id, number=number, case_number=document.number, at=at),
        cause=filing.cause_name(dispute.cause),
        document=document.title,
        document_number=document.number,
        document_digest=document.digest,
        recipient=party.name,
        mode="电子送达",
        address=service.address,
        sent_at=service.sent_at,
        arrived_at=service.arrived_at,
        result="受送达人已签收" if document.kind in SIGNED_FOR else "已到达受送达人确认的平台账号",
        server=by.name,
    )
    certificate = papers.freeze(
        s,
        court_id=document.court_id,
        dispute_id=dispute.id,
        subject=f"service:{service.id}",
        facts=facts,
        title="电子送达凭证",
        zone=document.zone,
        side=party.side.value,
        number=number,
        at=at,
        by=by,
    )
    service.certificate_id = certificate.id
    s.add(service)


def _own(s: Session, document: Document, by: Actor) -> list[tuple[Party, Service]]:
    """What was served on each party that the actor is or acts for."""
    found = select(Service).where(Service.document_id == document.id).with_for_update()
    served = {row.party_id: row for row in s.exec(found)}
    mine = standing.parties_of(s, by, document.dispute_id or "")
    return [(party, served[party.id]) for party in mine if party.id in served]


def _note(s: Session, document: Document, kind: str, *, by: Actor, at: datetime, **fields: object) -> None:
    subject = f"dispute:{document.dispute_id}"
    journal.append(s, document.court_id, subject, kind, by=by, at=at, document=document.id, **fields)
