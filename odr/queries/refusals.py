"""Confirmations that were refused in a period: what the court tells the bureau of justice each quarter (JCR-12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from odr import clock
from odr.rules import filing, pack
from odr.rules.law import Words
from odr.rules.periods import Period
from odr.rules.words import RulingKind
from odr.tables.agreements import ConfirmationCase, Ruling
from odr.tables.disputes import Dispute
from odr.tables.mediations import MediationCase
from odr.tables.roster import Organisation

REFUSED = (RulingKind.NOT_ACCEPTED, RulingKind.DISMISSED, RulingKind.TERMINATED, RulingKind.REVOKED)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused confirmation, without names: the report is about mediation, not about parties."""

    id: str
    number: str
    organisation: str
    cause: Words
    kind: RulingKind
    ground: Words | None
    on: date


def of(s: Session, court_id: str, period: Period) -> list[Refusal]:
    """In the order of organisations, so that each can be told its own."""
    query = (
        select(Ruling, ConfirmationCase, Dispute.cause, Organisation.name)
        .join(ConfirmationCase, col(ConfirmationCase.id) == col(Ruling.confirmation_id))
        .join(MediationCase, col(MediationCase.id) == col(ConfirmationCase.case_id))
        .join(Dispute, col(Dispute.id) == col(MediationCase.dispute_id))
        .join(Organisation, col(Organisation.id) == col(MediationCase.org_id), isouter=True)
        .where(
            ConfirmationCase.court_id == court_id,
            col(Ruling.kind).in_(REFUSED),
            col(Ruling.issued_at) >= period.start,
            col(Ruling.issued_at) < period.end,
        )
        .order_by(col(Organisation.name), col(Ruling.issued_at))
    )
    return [
        Refusal(
            id=case.id,
            number=case.number,
            organisation=name or "",
            cause=filing.cause_words(cause),
            kind=ruling.kind,
            ground=_ground(ruling.ground),
            on=clock.court_date(ruling.issued_at),
        )
        for ruling, case, cause, name in s.exec(query)
    ]


def _ground(key: str) -> Words | None:
    grounds = pack.load().grounds
    found = grounds["dismissal"].get(key) or grounds["not_accepted"].get(key)
    return found.words if found else None
