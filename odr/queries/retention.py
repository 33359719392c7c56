"""What waits to be destroyed, and what was, as the court's clerks and leaders see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from odr import db, holdings
from odr.rules import pack
from odr.rules.access import Actor
from odr.rules.law import Words
from odr.tables.disputes import Dispute
from odr.tables.people import Account
from odr.tables.retention import Disposal

MOST = 100


@dataclass(frozen=True, slots=True)
class DisposalView:
    """One class of one matter; `counts` is what is held, or what was destroyed."""

    row: Disposal
    number: str
    name: Words
    counts: dict[str, int]
    asked_by: str
    approved_by: str
    held: bool


def of_court(s: Session, by: Actor, today: date) -> list[DisposalView]:
    """Of the reader's court: what waits first, the longest due first."""
    query = (
        select(Disposal)
        .where(Disposal.court_id == (by.court_id or ""))
        .order_by(col(Disposal.destroyed_at).is_not(None), col(Disposal.due_on), col(Disposal.id))
        .limit(MOST)
    )
    return [_view(s, row, today) for row in s.exec(query)]


def _view(s: Session, row: Disposal, today: date) -> DisposalView:
    done = row.destroyed_at is not None
    return DisposalView(
        row=row,
        number=db.get(s, Dispute, row.dispute_id).number,
        name=pack.load().retention[row.kind].name,
        counts=row.counts if done else holdings.counts(s, row.dispute_id, row.kind),
        asked_by=_name(s, row.asked_by),
        approved_by=_name(s, row.approved_by),
        held=not done and row.kept_until is not None and row.kept_until > today,
    )


def _name(s: Session, account_id: str | None) -> str:
    account = s.get(Account, account_id) if account_id else None
    return account.name if account else ""
