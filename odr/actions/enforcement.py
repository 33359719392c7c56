"""Enforcement of an agreement that a ruling confirms or the court made its own paper of (CPLI-460, CPL-250, 264).

The court enforces on the creditor's own application, filed where that was made or where property is.
The platform prepares the papers and keeps the two years; it files nothing by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from odr import clock, db, deadlines, enforcement_papers, matters, overrides, standing, titles
from odr.errors import BadInput, Conflict
from odr.facts import printable
from odr.rules import interest
from odr.rules.access import Actor
from odr.rules.moves import PERFORMANCE, PerformanceStage
from odr.rules.words import Do, Side
from odr.tables.agreements import Agreement, Obligation
from odr.tables.confirmation import Enforcement
from odr.tables.mediations import MediationCase

VENUES = ("ruling-court", "property-court")
OVER = (PerformanceStage.PERFORMED, PerformanceStage.ENFORCED)
DONE = (*OVER, PerformanceStage.ENFORCING)


def let_run(s: Session, agreement: Agreement, *, court_id: str, effective: datetime | None) -> None:
    """Two years from the last day of performance; if none was named, from the effect (CPL-250)."""
    owed = s.exec(select(Obligation).where(Obligation.agreement_id == agreement.id))
    last = max((one.due_on for one in owed if one.due_on), default=None)
    since = clock.noon(last) if last else effective
    if since is not None:
        deadlines.start(s, "T-ENF", court_id=court_id, subject=f"agreement:{agreement.id}", since=since)


def apply(
    s: Session, agreement_id: str, *, by: Actor, at: datetime, breach: str, venue: str = "ruling-court"
) -> Enforcement:
    """The creditor states the breach; what is due and unpaid goes into an application for enforcement."""
    agreement = db.lock(s, Agreement, agreement_id)
    standing.require(s, by, Do.APPLY_ENFORCEMENT, agreement)
    case = db.get(s, MediationCase, agreement.case_id)
    side = standing.disposing(s, by, case.dispute_id).side
    title = titles.of(s, agreement)
    deadlines.ensure_in_time(s, f"agreement:{agreement.id}", "T-ENF", at=at)
    if venue not in VENUES:
        raise BadInput(venue="choose-one")
    if not breach:
        raise BadInput(breach="reason-needed")
    printable.require(breach)
    if of(s, agreement.id, side) is not None:
        raise Conflict(enforcement="already")
    today = clock.court_date(at)
    owed = due(s, agreement.id, side, on=today)
    if not owed:
        raise Conflict(obligations="none-due")
    figures = overrides.figures(s, case.court_id, today)
    row = Enforcement(
        agreement_id=agreement.id,
        confirmation_id=title.confirmation_id,
        court_paper_id=title.court_paper_id,
        side=side,
        account_id=by.account_id or "",
        venue=venue,
        breach=breach,
        obligations=[one.id for one in owed],
        owed_fen=sum(left(one) for one in owed),
        interest_fen=sum(late(one, figures, on=today).fen for one in owed),
        applied_at=at,
    )
    for one in owed:
        one.stage, one.changed_at = PERFORMANCE.take(one, Do.APPLY_ENFORCEMENT).target, at
    s.add_all([row, *owed])
    s.flush()
    row.document_id = enforcement_papers.application(s, row, owed, title, case, by=by, at=at).id
    matters.note(s, case, "enforcement.applied", by=by, at=at, agreement=agreement.id, side=side)
    return row


def end(s: Session, agreement_id: str, side: Side, *, by: Actor, at: datetime) -> Enforcement:
    """The enforcement court has enforced it; the clerk notes that here."""
    agreement = db.lock(s, Agreement, agreement_id)
    standing.require(s, by, Do.RECORD_ENFORCEMENT, agreement)
    row = of(s, agreement.id, side)
    if row is None:
        raise Conflict(enforcement="none")
    case = db.get(s, MediationCase, agreement.case_id)
    for key in row.obligations:
        one = db.lock(s, Obligation, key)  # claimed or paid in part meanwhile: the court has settled the rest
        if PERFORMANCE.find(one.stage, Do.RECORD_ENFORCEMENT) is not None:
            one.stage, one.changed_at = PERFORMANCE.take(one, Do.RECORD_ENFORCEMENT).target, at
            s.add(one)
    row.ended_at = at
    s.add(row)
    s.flush()
    stop_if_nothing_owed(s, agreement.id, at=at)
    matters.note(s, case, "enforcement.ended", by=by, at=at, agreement=agreement.id, side=side)
    return row


def of(s: Session, agreement_id: str, side: Side) -> Enforcement | None:
    """The application of this side that is not at its end."""
    query = select(Enforcement).where(
        Enforcement.agreement_id == agreement_id,
        Enforcement.side == side,
        col(Enforcement.ended_at).is_(None),
    )
    return s.exec(query).first()


def stop_if_nothing_owed(s: Session, agreement_id: str, *, at: datetime) -> None:
    """Everything was performed or enforced: the two years have no more meaning."""
    query = select(Obligation.id).where(
        Obligation.agreement_id == agreement_id, col(Obligation.stage).not_in(OVER)
    )
    if s.exec(query).first() is None:
        deadlines.stop(s, f"agreement:{agreement_id}", "T-ENF", at=at)


def due(s: Session, agreement_id: str, creditor: Side, *, on: date) -> Sequence[Obligation]:
    """What the other side had to do before this day and has not done."""
    query = select(Obligation).where(
        Obligation.agreement_id == agreement_id,
        Obligation.debtor == creditor.other,
        col(Obligation.stage).not_in(DONE),
    )
    rows = s.exec(query.order_by(col(Obligation.due_on), col(Obligation.id)).with_for_update())
    return [one for one in rows if one.due_on is None or one.due_on < on]


def left(one: Obligation) -> int:
    """What is still to be paid, in fen."""
    return max(0, one.amount_fen - one.performed_fen)


def late(one: Obligation, figures: Mapping[str, int | None], *, on: date) -> interest.Interest:
    """What the law adds to a sum paid late, until this day, at the court's figures (CPL-264)."""
    start = one.due_on or on
    return interest.late(left(one), start, max(start, on), figures=figures)
