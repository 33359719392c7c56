"""The address for service: confirmed by a party, valid for every later stage, changed in writing (CPLI-137)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from odr import db, digests, intake_papers, journal, standing
from odr.errors import NotFound
from odr.rules.access import Actor
from odr.rules.words import Do
from odr.tables.disputes import Dispute, Party


def confirm(s: Session, dispute_id: str, given: Mapping[str, Any], *, by: Actor, at: datetime) -> Party:
    """A party says where papers reach them; the new confirmation replaces the old one."""
    dispute = db.lock(s, Dispute, dispute_id)
    standing.require(s, by, Do.CONSENT, dispute)
    party = standing.party_of(s, by, dispute.id)
    if party is None:
        raise NotFound()
    party.service_address, party.e_service = given["address"], bool(given.get("e_service"))
    party.phone = party.phone or given["phone"]
    party.email = party.email or given.get("email", "")
    s.add(party)
    journal.append(
        s,
        dispute.court_id,
        f"dispute:{dispute.id}",
        "address.confirmed",
        by=by,
        at=at,
        party=party.id,
        electronic=party.e_service,
        address=digests.digest(party.service_address.encode()),
    )
    intake_papers.service_address(s, dispute, party, given, by=by, at=at)
    return party
