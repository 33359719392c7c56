"""A written objection to a scheme that came on paper: entered by the mediator or the clerk, with the same effect.

It counts from the day it was handed in or posted (CPL-85). One that came in time and is entered after the days
ran out takes back what only silence had made, as long as nobody has built on it.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session, col, select

from odr import blobs, clock, db, deadlines, matters, papers, standing
from odr.actions import court_papers, schemes
from odr.errors import BadInput, Conflict, DeadlinePassed, NotAllowed
from odr.rules.access import Actor
from odr.rules.moves import AGREEMENT, CASE, DISPUTE, AgreementStage, CaseStage, PerformanceStage
from odr.rules.uploads import Kept
from odr.rules.words import Do
from odr.tables.agreements import Agreement, ConfirmationCase, Obligation
from odr.tables.disputes import Dispute
from odr.tables.incidents import Scheme
from odr.tables.mediations import MediationCase

UNTOUCHED = (PerformanceStage.PENDING, PerformanceStage.OVERDUE)


def record(
    s: Session, case_id: str, *, by: Actor, at: datetime, party_id: str, given_on: date, scan: Kept
) -> Scheme:
    """A party's objection on paper, with its scan: there is no agreement, mediation has failed."""
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.RECORD_SCHEME_OBJECTION, case)
    CASE.take(case, Do.RECORD_SCHEME_OBJECTION)
    row = schemes.current(s, case.id)
    if row is None or row.served_at is None:
        raise NotAllowed(scheme="none")
    party = next((one for one in matters.parties(s, case.dispute_id) if one.id == party_id), None)
    if party is None:
        raise BadInput(party_id="choose-one")
    _ensure_in_time(s, case, row, given_on, at)
    if case.stage is CaseStage.SETTLED:
        _take_back(s, case, row, by=by, at=at)
    blobs.hold(s, scan, at=at)
    row.scan_digest, row.scan_name, row.scan_type = scan["digest"], scan["file_name"], scan["media_type"]
    row.given_on, row.recorded_by = given_on, by.account_id
    matters.note(
        s, case, "scheme.objection_recorded", by=by, at=at, scheme=row.id, scan=scan["digest"],
        given_on=given_on.isoformat(),
    )  # fmt: skip
    schemes.fail(s, case, row, party, text="", at=at)
    return row


def is_open(s: Session, case: MediationCase) -> bool:
    """Whether an objection on paper can still be entered: in the days, or while nothing rests on silence."""
    if case.stage is CaseStage.SCHEME_SERVED:
        return True
    row = schemes.current(s, case.id) if case.stage is CaseStage.SETTLED else None
    return row is not None and row.served_at is not None and not _is_built_on(s, row)


def _ensure_in_time(s: Session, case: MediationCase, row: Scheme, given_on: date, at: datetime) -> None:
    """From the day of service to the last of the seven days; the post's days do not count."""
    served = clock.court_date(row.served_at or at)
    if not served <= given_on <= clock.court_date(at):
        raise BadInput(given_on="wrong")
    running = deadlines.find(s, f"case:{case.id}", "T-OBJ-SCHEME")
    last = running.due_at if running else db.get(s, Agreement, row.agreement_id).effective_at
    if last is not None and given_on > clock.court_date(last):
        raise DeadlinePassed(rule="T-OBJ-SCHEME", due=last)


def _is_built_on(s: Session, row: Scheme) -> bool:
    """Somebody has applied to the court, performed, or been paid under it."""
    agreement = db.get(s, Agreement, row.agreement_id)
    applied = select(ConfirmationCase.id).where(ConfirmationCase.agreement_id == agreement.id)
    touched = select(Obligation.id).where(
        Obligation.agreement_id == agreement.id, col(Obligation.stage).not_in(UNTOUCHED)
    )
    return (
        agreement.stage is not AgreementStage.EFFECTIVE
        or court_papers.of(s, agreement.id) is not None
        or any(s.exec(query).first() is not None for query in (applied, touched))
    )


def _take_back(s: Session, case: MediationCase, row: Scheme, *, by: Actor, at: datetime) -> None:
    """The scheme was objected to in time after all: everything stands as before the days ran out."""
    if _is_built_on(s, row):
        raise Conflict(scheme="built-on")
    agreement, dispute = db.lock(s, Agreement, row.agreement_id), db.lock(s, Dispute, case.dispute_id)
    move = AGREEMENT.take(agreement, Do.RECORD_SCHEME_OBJECTION)
    agreement.stage, agreement.effective_at = move.target, None
    case.stage, dispute.stage = (
        CASE.take(case, Do.RECORD_SCHEME_OBJECTION).target,
        DISPUTE.take(dispute, Do.RECORD_SCHEME_OBJECTION).target,
    )
    case.ended_at = case.end_reason = dispute.closed_at = None
    deadlines.apply(s, move, court_id=case.court_id, subject=f"agreement:{agreement.id}", since=at)
    for owed in s.exec(select(Obligation).where(Obligation.agreement_id == agreement.id)):
        s.delete(owed)
    if row.document_id is not None:
        papers.void(s, row.document_id, by=by, at=at, reason="期限内收到书面异议")
    agreement.document_id = None
    s.add_all([agreement, case, dispute])
    s.flush()
