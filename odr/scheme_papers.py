"""The paper of a written scheme: as it is served, and as it stands when nobody objected."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from sqlmodel import Session

from odr import clock, db, letterhead, papers
from odr.confirmation_papers import agreement_facts
from odr.errors import Broken
from odr.facts import ClauseFacts, NoObjectionFacts, SignatureFacts
from odr.facts.words import day
from odr.rules import clocks
from odr.rules.access import MACHINE, Actor
from odr.rules.words import Zone
from odr.tables.agreements import Agreement
from odr.tables.incidents import Scheme
from odr.tables.mediations import MediationCase
from odr.tables.records import Document

TITLE = "无异议调解方案"
CHANNEL = "在平台本案页面提出异议，或者将书面异议送交调解组织、人民法院。"


def scheme(
    s: Session, case: MediationCase, row: Scheme, agreement: Agreement, *, by: Actor, at: datetime
) -> Document:
    """The scheme as it is served; what was offered to settle is not for the court (ODM-18)."""
    said = agreement_facts(agreement)
    number = letterhead.series_number(s, case.court_id, "方案", "〔{year}〕{court}方案字第{serial}号", at=at)
    facts = NoObjectionFacts(
        **letterhead.heading(s, case.court_id, number=number, case_number=case.number, at=at),
        parties=said.parties,
        cause=said.cause,
        organisation=said.organisation,
        mediators=said.mediators,
        facts=tuple(row.facts),
        gap=row.gap,
        clauses=(
            *said.clauses,
            *(ClauseFacts(text=text) for text in (said.default_clause, said.costs) if text),
        ),
        consent=_consent(row),
        period_days=clocks.resolve("T-OBJ-SCHEME").length,
        channel=CHANNEL,
        signatures=(SignatureFacts(who=by.name, role="调解员", signed_at=at, method="平台账号在线确认"),),
    )
    return _freeze(s, case, row, facts, zone=Zone.JOINT, by=by, at=at)


def standing(
    s: Session, case: MediationCase, row: Scheme, agreement: Agreement, *, due_on: date, at: datetime
) -> Document:
    """The scheme with the day from which it binds: now it is the agreement, and the court may read it."""
    served = db.get(s, Document, row.document_id)
    facts = papers.facts_of(served)
    if not isinstance(facts, NoObjectionFacts):
        raise Broken(f"document {served.id} is no scheme")
    bound = replace(
        facts,
        issued_on=clock.court_date(at),
        due_on=due_on,
        effective_on=clock.court_date(agreement.effective_at or at),
    )
    return _freeze(s, case, row, bound, zone=Zone.OUTCOME, by=MACHINE, at=at, supersedes=served.id)


def _consent(row: Scheme) -> str:
    last = max(datetime.fromisoformat(told) for told in row.agreed.values())
    return f"{day(clock.court_date(last))}，各方当事人均已书面同意由调解员提出方案，并知悉逾期不提出书面异议的后果。"


def _freeze(
    s: Session,
    case: MediationCase,
    row: Scheme,
    facts: NoObjectionFacts,
    *,
    zone: Zone,
    by: Actor,
    at: datetime,
    supersedes: str | None = None,
) -> Document:
    return papers.freeze(
        s,
        court_id=case.court_id,
        dispute_id=case.dispute_id,
        subject=f"scheme:{row.id}",
        facts=facts,
        title=TITLE,
        zone=zone,
        number=facts.number,
        at=at,
        supersedes=supersedes,
        by=by,
    )
