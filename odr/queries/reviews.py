"""What stands beside the file of a confirmation: questions, extensions, recusals, inquiries, warnings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from odr import clock, db, deadlines
from odr.actions import inquiries, judges, review_time, rulings
from odr.queries.confirmations import Line, lines
from odr.rules.access import may
from odr.rules.words import Do, Hat
from odr.tables.agreements import Agreement, ConfirmationCase
from odr.tables.confirmation import JudgeRecusal, Objection, ReviewExtension, Verification
from odr.tables.mediations import MediationCase, Sitting
from odr.tables.people import Account
from odr.tables.roster import Organisation

STAFF = frozenset({Hat.JUDGE, Hat.LEADER, Hat.CLERK})


@dataclass(frozen=True, slots=True)
class Aside:
    """What is going on beside the ruling; parties do not see what the court asks itself."""

    verifications: tuple[Verification, ...] = ()
    extensions: tuple[ReviewExtension, ...] = ()
    recusal: JudgeRecusal | None = None
    inquiries: tuple[Sitting, ...] = ()
    objections: tuple[Objection, ...] = ()
    warnings: tuple[str, ...] = ()
    extendable: tuple[tuple[str, int], ...] = ()  # (rule, most days)
    inquiry_missed: bool = False


def beside(s: Session, confirmation_id: str, hats: frozenset[Hat], at: datetime) -> Aside:
    """As this reader may see it."""
    row = db.get(s, ConfirmationCase, confirmation_id)
    staff = bool(hats & STAFF)
    asked = (
        select(Verification)
        .where(Verification.confirmation_id == row.id)
        .order_by(col(Verification.asked_at))
    )
    extensions = (
        select(ReviewExtension)
        .where(ReviewExtension.confirmation_id == row.id)
        .order_by(col(ReviewExtension.asked_at))
    )
    return Aside(
        verifications=tuple(s.exec(asked)) if staff or Hat.ORG_ADMIN in hats else (),
        extensions=tuple(s.exec(extensions)) if staff else (),
        recusal=judges.open_recusal(s, row.id),
        inquiries=tuple(inquiries.of(s, row.id)),
        objections=_objections(s, row) if staff else (),
        warnings=_warnings(s, row) if Hat.JUDGE in hats else (),
        extendable=_extendable(s, row) if may(Do.ASK_REVIEW_EXTENSION, hats) else (),
        inquiry_missed=inquiries.was_missed(s, row, at=at),
    )


@dataclass(frozen=True, slots=True)
class Approvals:
    """What waits for the president: more time, and recusals; each with its line."""

    extensions: tuple[tuple[ReviewExtension, str, Line], ...]
    recusals: tuple[tuple[JudgeRecusal, str, Line], ...]


def approvals(s: Session, court_id: str | None) -> Approvals:
    """Everything the president of a court has to decide."""
    open_ = select(ConfirmationCase.id).where(ConfirmationCase.court_id == court_id)
    wanted = select(ReviewExtension).where(
        col(ReviewExtension.confirmation_id).in_(open_), col(ReviewExtension.granted).is_(None)
    )
    asked = select(JudgeRecusal).where(
        col(JudgeRecusal.confirmation_id).in_(open_), col(JudgeRecusal.granted).is_(None)
    )
    return Approvals(
        tuple(
            (row, _name(s, row.asked_by), _line(s, row.confirmation_id))
            for row in s.exec(wanted.order_by(col(ReviewExtension.asked_at)))
        ),
        tuple(
            (row, _name(s, row.judge_id), _line(s, row.confirmation_id))
            for row in s.exec(asked.order_by(col(JudgeRecusal.asked_at)))
        ),
    )


def _line(s: Session, confirmation_id: str) -> Line:
    return lines(s, ConfirmationCase.id == confirmation_id)[0]


def _name(s: Session, account_id: str) -> str:
    account = s.get(Account, account_id)
    return account.name if account else ""


def _objections(s: Session, row: ConfirmationCase) -> tuple[Objection, ...]:
    query = select(Objection).where(Objection.confirmation_id == row.id)
    return tuple(s.exec(query.order_by(col(Objection.raised_at))))


def _warnings(s: Session, row: ConfirmationCase) -> tuple[str, ...]:
    """What the judge should look at first: keys of the page's words."""
    case = db.get(s, MediationCase, row.case_id)
    agreement = db.get(s, Agreement, row.agreement_id)
    organisation = s.get(Organisation, case.org_id) if case.org_id else None
    found = []
    if organisation is None:
        found.append("no-organisation")  # JC-28: CPL-205 speaks of organisations only
    elif _lapsed(organisation, agreement):
        found.append("licence")  # JC-01
    if rulings.in_doubt(s, row):
        found.append("collusion")  # JC-26
    return tuple(found)


def _lapsed(organisation: Organisation, agreement: Agreement) -> bool:
    until = organisation.licence_until
    return (
        until is not None
        and agreement.effective_at is not None
        and until < clock.court_date(agreement.effective_at)
    )


def _extendable(s: Session, row: ConfirmationCase) -> tuple[tuple[str, int], ...]:
    subject = f"confirmation:{row.id}"
    running = ((rule, deadlines.find(s, subject, rule)) for rule in review_time.RULES)
    return tuple(
        (rule, review_time.most(rule))
        for rule, found in running
        if found is not None and not found.explanation.get("extensions")
    )
