"""What the court does when a clock of the law rings: one function for each consequence in the rule pack.

    @alarms.on("court-appoints")
    def appoint(s: Session, row: Deadline, at: datetime) -> None: ...

The deadline row is the truth. A function runs once, in the transaction that marks its clock as passed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session, col, select

from odr import deadlines, journal, ladder
from odr.rules import pack
from odr.rules.access import MACHINE, Actor
from odr.tables.agreements import Agreement, Complaint, ConfirmationCase, Service
from odr.tables.confirmation import Objection
from odr.tables.mediations import MediationCase, Sitting
from odr.tables.records import Deadline, Document

Alarm = Callable[[Session, Deadline, datetime], None]

_due: dict[str, list[Alarm]] = {}


def on(consequence: str) -> Callable[[Alarm], Alarm]:
    """Registers what happens when a clock with this consequence has passed."""

    def register(alarm: Alarm) -> Alarm:
        _due.setdefault(consequence, []).append(alarm)
        return alarm

    return register


def ring(s: Session, deadline_id: str, percent: int, *, at: datetime) -> bool:
    """Do what is now due for a clock; false if there was nothing to do."""
    row = deadlines.ring(s, deadline_id, percent, at=at)
    if row is None:
        return False
    # nothing of a complaint shows in a timeline
    about = "complaint" if row.subject.startswith("complaint:") else "deadline"
    kind = f"{about}.passed" if percent == 100 else f"{about}.warned"
    matter = _matter(s, row)
    journal.append(
        s,
        row.court_id,
        matter,
        kind,
        by=MACHINE,
        at=at,
        deadline=row.id,
        rule=row.rule,
        percent=percent,
    )
    ladder.tell(s, row, percent, matter=matter, at=at)
    if percent == 100:
        for alarm in _due.get(pack.load().clocks[row.rule].consequence, ()):
            alarm(s, row, at)
    return True


def overdue(s: Session, *, at: datetime) -> list[str]:
    """Clocks that ran out without ringing: their wake-up was lost."""
    query = select(Deadline.id).where(
        Deadline.due_at <= at,
        col(Deadline.passed_at).is_(None),
        col(Deadline.stopped_at).is_(None),
        col(Deadline.paused_at).is_(None),
    )
    return list(s.exec(query.order_by(col(Deadline.due_at))))


def recount(s: Session, court_id: str, *, by: Actor, at: datetime) -> list[Deadline]:
    """Compute anew what stood on a provisional calendar; what moved is in the journal of its matter."""
    moved = deadlines.recount(s, court_id)
    for row in moved:
        journal.append(
            s,
            court_id,
            _matter(s, row),
            "deadline.moved",
            by=by,
            at=at,
            deadline=row.id,
            rule=row.rule,
            due=row.due_at.isoformat(),
        )
    return moved


def _matter(s: Session, row: Deadline) -> str:
    """The journal files everything of a matter under its dispute."""
    kind, _, key = row.subject.partition(":")
    if kind == "service":
        served = s.get_one(Document, s.get_one(Service, key).document_id)
        return f"dispute:{served.dispute_id}" if served.dispute_id else row.subject
    case = s.get(MediationCase, _case_id(s, kind, key))
    return f"dispute:{case.dispute_id}" if case else row.subject


def _case_id(s: Session, kind: str, key: str) -> str:
    match kind:
        case "agreement":
            return s.get_one(Agreement, key).case_id
        case "complaint":
            return s.get_one(Complaint, key).case_id
        case "confirmation":
            return s.get_one(ConfirmationCase, key).case_id
        case "objection":
            return _case_id(s, "confirmation", s.get_one(Objection, key).confirmation_id)
        case "sitting":
            return s.get_one(Sitting, key).case_id
    return key
