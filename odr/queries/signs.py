"""What the court's own rows say about a matter's good faith, for `rules.falsity`."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlmodel import Session, col, func, select

from odr import matters
from odr.rules import falsity
from odr.rules.falsity import MatterFacts, SideFacts, Sign
from odr.rules.moves import AgreementStage
from odr.rules.words import Side
from odr.tables.agreements import Agreement, Clause
from odr.tables.disputes import Dispute, Party
from odr.tables.mediations import MediationCase
from odr.tables.people import Account, Login

YEAR = timedelta(days=365)
_THRESHOLDS = {"district": 50_000_000, "summary": 5_000_000}


def of(s: Session, case: MediationCase) -> tuple[Sign, ...]:
    """The signs of a case as they stand now."""
    return falsity.signs(_matter(s, case))


def _matter(s: Session, case: MediationCase) -> MatterFacts:
    dispute = matters.dispute_of(s, case)
    sides = {side: matters.parties(s, dispute.id, side) for side in Side}
    agreement = _newest(s, case)
    clauses = _clauses(s, agreement)
    return MatterFacts(
        applicant=_side(s, sides[Side.APPLICANT]),
        respondent=_side(s, sides[Side.RESPONDENT]),
        amount_fen=dispute.amount_fen,
        thresholds=_THRESHOLDS,
        pair_matters=_pair(s, dispute, sides[Side.APPLICANT], sides[Side.RESPONDENT]),
        story=dispute.story,
        clauses=tuple(row.text for row in clauses),
        agreed_fen=sum(int(row.fields.get("amount_fen") or 0) for row in clauses),
        agreed_after=_quickness(case, agreement),
    )


def _side(s: Session, parties: Sequence[Party]) -> SideFacts:
    accounts = [s.get(Account, p.account_id) for p in parties if p.account_id]
    ids = [account.id for account in accounts if account]
    return SideFacts(
        identities=_some(p.identity_number for p in parties),
        contacts=_some(way for p in parties for way in (p.phone, p.email))
        | _some(way for account in accounts if account for way in (account.phone, account.email)),
        agents=_some(p.agent_account_id for p in parties),
        devices=_devices(s, ids),
        addresses=_some(_plain(p.address) for p in parties),
        names=_some(_plain(p.name) for p in parties),
        represented_by=_some(_plain(p.legal_representative) for p in parties),
    )


def _devices(s: Session, accounts: list[str]) -> frozenset[str]:
    """Network address and browser together, both as kept at login; one alone says too little."""
    rows = s.exec(select(Login.address_hash, Login.agent).where(col(Login.account_id).in_(accounts)))
    return frozenset(f"{address}|{agent}" for address, agent in rows if address and agent)


def _pair(s: Session, dispute: Dispute, ones: Sequence[Party], others: Sequence[Party]) -> int:
    """Matters in a year between people of the same two numbers, whoever sued whom."""
    first, second = (_some(p.identity_number for p in side) for side in (ones, others))
    if not first or not second:
        return 1
    year = (
        select(Dispute.id)
        .where(Dispute.court_id == dispute.court_id)
        .where(Dispute.created_at > dispute.created_at - YEAR, Dispute.created_at <= dispute.created_at)
    )
    with_one = select(Party.dispute_id).where(col(Party.identity_number).in_(first))
    with_other = select(Party.dispute_id).where(col(Party.identity_number).in_(second))
    found = year.where(col(Dispute.id).in_(with_one), col(Dispute.id).in_(with_other))
    return max(s.exec(select(func.count()).select_from(found.subquery())).one(), 1)


def _newest(s: Session, case: MediationCase) -> Agreement | None:
    gone = (AgreementStage.SUPERSEDED, AgreementStage.REFUSED)
    query = select(Agreement).where(Agreement.case_id == case.id, col(Agreement.stage).not_in(gone))
    return s.exec(query.order_by(col(Agreement.version).desc())).first()


def _clauses(s: Session, agreement: Agreement | None) -> Sequence[Clause]:
    if agreement is None:
        return ()
    return s.exec(
        select(Clause).where(Clause.agreement_id == agreement.id, col(Clause.removed_at).is_(None))
    ).all()


def _quickness(case: MediationCase, agreement: Agreement | None) -> timedelta | None:
    if agreement is None or agreement.frozen_at is None or case.accepted_at is None:
        return None
    return agreement.frozen_at - case.accepted_at


def _some(values: Iterable[str | None]) -> frozenset[str]:
    return frozenset(value for value in values if value)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
