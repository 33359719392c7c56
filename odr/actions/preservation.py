"""Pre-suit preservation (CPL-104): whoever had property frozen must sue in thirty days or it is lifted.

A mediation can outlive those thirty days, so the applicant says when the measure was taken and is warned.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session

from odr import clock, db, deadlines, journal, standing
from odr.errors import BadInput, Conflict, WrongStage
from odr.rules.access import Actor
from odr.rules.moves import DisputeStage
from odr.rules.words import Do
from odr.tables.disputes import Dispute
from odr.tables.records import Deadline

RULE = "T-PRES-SUE"
BEFORE_SUIT = (DisputeStage.SUBMITTED, DisputeStage.INVITING, DisputeStage.IN_MEDIATION)


def report(s: Session, dispute_id: str, *, by: Actor, at: datetime, taken_on: date) -> Deadline:
    """The applicant tells that a measure was taken; the thirty days to sue run from that day."""
    dispute = db.lock(s, Dispute, dispute_id)
    standing.require(s, by, Do.REPORT_PRESERVATION, dispute)
    if dispute.stage not in BEFORE_SUIT or dispute.filing_number:
        raise WrongStage(was=dispute.stage, wanted=Do.REPORT_PRESERVATION)
    if taken_on > clock.court_date(at):
        raise BadInput(taken_on="wrong")
    subject = f"dispute:{dispute.id}"
    if deadlines.find(s, subject, RULE) is not None:
        raise Conflict(preservation="already")
    since = clock.noon(taken_on)
    row = deadlines.start(s, RULE, court_id=dispute.court_id, subject=subject, since=since)
    journal.append(
        s,
        dispute.court_id,
        subject,
        "preservation.reported",
        by=by,
        at=at,
        dispute=dispute.id,
        taken_on=taken_on.isoformat(),
    )
    return row


def outlived(s: Session, dispute_id: str, case_id: str | None) -> Deadline | None:
    """The sue-by clock, if mediation may go on past it."""
    sue_by = deadlines.find(s, f"dispute:{dispute_id}", RULE)
    mediation = deadlines.find(s, f"case:{case_id}", "T-MED") if case_id else None
    if sue_by is None or (mediation is not None and mediation.due_at <= sue_by.due_at):
        return None
    return sue_by
