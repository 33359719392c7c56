"""民事裁定书 on an objection (CPLI-372)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from odr import clock, db, letterhead, matters, papers
from odr.confirmation_papers import clerk_of
from odr.facts import ObjectionRulingFacts, PartyFacts
from odr.rules import filing
from odr.rules.access import Actor
from odr.rules.words import PersonKind, RulingKind, Zone
from odr.tables.agreements import ConfirmationCase, Ruling
from odr.tables.confirmation import Objection
from odr.tables.disputes import Party
from odr.tables.mediations import MediationCase
from odr.tables.people import Account
from odr.tables.records import Document

RESULTS = {
    RulingKind.REVOKED: "revoked",
    RulingKind.CHANGED: "changed",
    RulingKind.OBJECTION_DISMISSED: "dismissed",
}


def ruling(
    s: Session,
    objection: Objection,
    made: Ruling,
    confirmation: ConfirmationCase,
    case: MediationCase,
    *,
    findings: str,
    orders: list[str],
    by: Actor,
    at: datetime,
) -> Document:
    """The new ruling, with the number of the objection."""
    objected = db.get(s, Ruling, objection.ruling_id)
    everybody = matters.parties(s, case.dispute_id)
    facts = ObjectionRulingFacts(
        **letterhead.heading(s, case.court_id, number=objection.number, case_number=case.number, at=at),
        result=RESULTS[made.kind],
        objectors=(_objector(s, objection),),
        others=tuple(_as_was(s, one) for one in everybody if one.id != objection.party_id),
        cause=filing.cause_name(matters.dispute_of(s, case).cause),
        ruled_number=confirmation.number,
        ruled_on=clock.court_date(objected.issued_at),
        raised_on=clock.court_date(objection.raised_at),
        claim=objection.claim,
        findings=findings,
        opinion=made.reasons,
        orders=tuple(orders or _orders(made.kind, objection, confirmation, s)),
        judge=by.name,
        clerk=clerk_of(s, case),
    )
    return papers.freeze(
        s,
        court_id=case.court_id,
        dispute_id=case.dispute_id,
        subject=f"ruling:{made.id}",
        facts=facts,
        title="民事裁定书（对确认裁定的异议）",
        zone=Zone.OUTCOME,
        number=facts.number,
        at=at,
        by=by,
    )


def _orders(kind: RulingKind, objection: Objection, confirmation: ConfirmationCase, s: Session) -> list[str]:
    if kind is RulingKind.REVOKED:
        return [f"撤销本院{confirmation.number}民事裁定。"]
    name = db.get(s, Account, objection.account_id).name
    return [f"驳回{name}的异议。"]


def _objector(s: Session, objection: Objection) -> PartyFacts:
    if objection.party_id:
        fact = _as_was(s, db.get(s, Party, objection.party_id))
        return replace(fact, role="异议人（原申请人）")
    account = db.get(s, Account, objection.account_id)
    entity = account.kind is PersonKind.LEGAL
    return PartyFacts(
        role="异议人（利害关系人）",
        name=account.name,
        id_number="" if entity else account.identity_number,
        credit_code=account.identity_number if entity else "",
        phone=account.phone,
    ).masked()


def _as_was(s: Session, party: Party) -> PartyFacts:
    """Both sides applied together, so both are applicants of the confirmation."""
    return replace(letterhead.party_fact(s, party).masked(), address=party.address, role="原申请人")
