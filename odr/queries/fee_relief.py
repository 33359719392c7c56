"""Fee relief: what a party may ask and has asked, and what waits for the court."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from odr import db, deadlines, standing
from odr.actions import fee_relief, judges
from odr.queries import clocks
from odr.queries.clocks import ClockView
from odr.rules import fees, filing, pack
from odr.rules import relief as law
from odr.rules.access import Actor
from odr.rules.fees import Fee
from odr.rules.law import Ground, Words
from odr.rules.relief import Relief
from odr.rules.words import Hat
from odr.tables.disputes import Dispute, Party
from odr.tables.fees import FeeRelief
from odr.tables.people import Account

MOST = 100


@dataclass(frozen=True, slots=True)
class ReliefView:
    """One application; `least_fen` is the smallest reduction of the fee as the judge set it."""

    id: str
    number: str
    cause: Words
    by: str
    relief: Relief
    ground: Ground
    reason: str
    proofs: tuple[str, ...]
    file_name: str
    fee_low_fen: int
    fee_high_fen: int
    fee_fen: int
    asked_fen: int
    least_fen: int
    asked_at: datetime
    judge: str
    examined: bool
    supported: bool | None
    opinion: str
    granted: bool | None
    relieved_fen: int
    until: date | None
    reason_given: str
    document_id: str | None
    due: ClockView | None  # FEE-49: before the case is registered


@dataclass(frozen=True, slots=True)
class OwnRelief:
    """The page of who asks: the fee, what was asked, who may still ask for what."""

    dispute_id: str
    number: str
    fee: Fee
    rows: tuple[ReliefView, ...]
    people: tuple[tuple[str, str], ...]  # id and name: one person may act for several
    kinds: tuple[Relief, ...]


def own(s: Session, dispute: Dispute, by: Actor) -> OwnRelief:
    """As who asks sees it; the application of somebody they do not act for is not theirs to read."""
    rows = fee_relief.of(s, dispute.id)
    mine = {party.id: party for party in standing.parties_of(s, by, dispute.id)}
    asking = mine if fee_relief.may_be_asked(dispute) else {}
    kinds = {key: fee_relief.still_open(rows, party) for key, party in asking.items()}
    return OwnRelief(
        dispute_id=dispute.id,
        number=dispute.filing_number or dispute.number,
        fee=fees.of_cause(dispute.cause, dispute.amount_fen),
        rows=tuple(_views(s, [(row, dispute, mine[row.party_id]) for row in rows if row.party_id in mine])),
        people=tuple((key, mine[key].name) for key, still in kinds.items() if still),
        kinds=tuple(kind for kind in Relief if any(kind in still for still in kinds.values())),
    )


def proof(s: Session, relief_id: str, by: Actor, hats: frozenset[Hat]) -> FeeRelief:
    """The application with its file; an officer reads none of a matter they had to do with (CPL-47)."""
    row = db.get(s, FeeRelief, relief_id)
    if Hat.SELF not in hats:
        judges.ensure_free(s, by, row.dispute_id)
    return row


def queue(s: Session, by: Actor) -> list[ReliefView]:
    """The applications of the officer's court, none of a matter of their own: what waits, then what was decided last."""
    waits, decided = col(FeeRelief.granted).is_(None), col(FeeRelief.decided_at)
    found = (
        select(FeeRelief, Dispute, Party)
        .join(Dispute, col(Dispute.id) == col(FeeRelief.dispute_id))
        .join(Party, col(Party.id) == col(FeeRelief.party_id))
        .where(Dispute.court_id == (by.court_id or ""))
        .where(judges.none_of(by.account_id))
        .limit(MOST)
    )
    rows = [
        *s.exec(found.where(waits).order_by(col(FeeRelief.asked_at))),
        *s.exec(found.where(~waits).order_by(decided.desc())),
    ]
    return _views(s, rows[:MOST])


def _views(s: Session, rows: Sequence[tuple[FeeRelief, Dispute, Party]]) -> list[ReliefView]:
    examiners = col(Account.id).in_({row.judge_id for row, *_ in rows if row.judge_id})
    names = dict(s.exec(select(Account.id, Account.name).where(examiners)).all())
    subjects = {f"dispute:{dispute.id}" for row, dispute, _ in rows if row.granted is None}
    running = {
        one.subject: clocks.view(one) for one in deadlines.running(s, *subjects) if one.rule == "T-REG"
    }
    return [
        _view(row, dispute, party, names.get(row.judge_id or "", ""), running.get(f"dispute:{dispute.id}"))
        for row, dispute, party in rows
    ]


def _view(row: FeeRelief, dispute: Dispute, party: Party, judge: str, due: ClockView | None) -> ReliefView:
    fee = fees.of_cause(dispute.cause, dispute.amount_fen)
    return ReliefView(
        id=row.id,
        number=dispute.filing_number or dispute.number,
        cause=filing.cause_words(dispute.cause),
        by=party.name,
        relief=row.relief,
        ground=pack.load().grounds[law.grounds_of(row.relief)][row.ground],
        reason=row.reason,
        proofs=tuple(row.proofs),
        file_name=row.file_name,
        fee_low_fen=fee.low_fen,
        fee_high_fen=fee.high_fen,
        fee_fen=row.fee_fen,
        asked_fen=row.asked_fen,
        least_fen=law.least(row.fee_fen),
        asked_at=row.asked_at,
        judge=judge,
        examined=row.examined_at is not None,
        supported=row.supported,
        opinion=row.opinion,
        granted=row.granted,
        relieved_fen=row.relieved_fen,
        until=row.until,
        reason_given=row.reason_given,
        document_id=row.document_id,
        due=due if row.granted is None else None,
    )
