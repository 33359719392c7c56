"""What the papers of one matter have in common: court, number, parties, organisation, mediators."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from odr import clock, db, matters, numbers
from odr.facts import AgentFacts, PartyFacts
from odr.rules.words import PersonKind, Side
from odr.tables.disputes import Party
from odr.tables.mediations import MediationCase
from odr.tables.people import Account, Court
from odr.tables.roster import Mediator, Organisation

ROLES = {Side.APPLICANT: "申请人", Side.RESPONDENT: "被申请人"}
_origin = ""


def use(origin: str) -> None:
    """Choose the address of this site that papers carry, once, at start."""
    global _origin
    _origin = origin


def heading(s: Session, court_id: str, *, number: str, case_number: str = "", at: datetime) -> dict[str, Any]:
    """The fields every paper begins with, as keyword arguments of its facts."""
    court = db.get(s, Court, court_id)
    return {
        "number": number,
        "court": court.name,
        "court_ko": court.name_ko if court.settings.get("bilingual") else "",
        "case_number": case_number,
        "issued_on": clock.court_date(at),
        "verify_url": f"{_origin}/verify" if number else "",
    }


def series_number(s: Session, court_id: str, code: str, form: str, *, at: datetime) -> str:
    """The next number of a paper of the platform, e.g. 〔2026〕粤0106调协字第1号."""
    court = db.get(s, Court, court_id)
    year = clock.court_date(at).year
    return form.format(year=year, court=court.code, serial=numbers.allocate(s, court_id, code, year))


def party_facts(s: Session, dispute_id: str) -> tuple[PartyFacts, ...]:
    """Every party as both sides' papers print it, applicants first: no numbers, no address for service."""
    return tuple(
        replace(party_fact(s, party).masked(), address=party.address)
        for party in matters.parties(s, dispute_id)
    )


def whole_party_facts(s: Session, dispute_id: str) -> tuple[PartyFacts, ...]:
    """Every party with its numbers, for papers that the other side does not read."""
    return tuple(party_fact(s, party) for party in matters.parties(s, dispute_id))


def party_fact(s: Session, party: Party) -> PartyFacts:
    """One party with its numbers."""
    agent = s.get(Account, party.agent_account_id) if party.agent_account_id else None
    entity = party.kind is PersonKind.LEGAL
    return PartyFacts(
        role=ROLES[party.side],
        name=party.name,
        id_number="" if entity else party.identity_number,
        credit_code=party.identity_number if entity else "",
        representative=party.legal_representative,
        address=party.address or party.service_address,
        phone=party.phone,
        agents=(AgentFacts(name=agent.name, authority="特别授权" if party.agent_special else "一般授权"),)
        if agent
        else (),
    )


def organisation_name(s: Session, case: MediationCase) -> str:
    organisation = s.get(Organisation, case.org_id) if case.org_id else None
    return organisation.name if organisation else ""


def mediator_names(s: Session, case: MediationCase) -> tuple[str, ...]:
    mediator = s.get(Mediator, case.mediator_id) if case.mediator_id else None
    return (mediator.name,) if mediator else ()
