"""The wizard's state: which steps are answered, what was said, what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from odr import deadlines
from odr.queries import dispute_parts as parts
from odr.queries import disputes
from odr.rules import filing, pack
from odr.rules.access import Actor
from odr.rules.filing import STEPS, FilingStep
from odr.rules.law import Cause, Words
from odr.rules.moves import DISPUTE, DisputeStage
from odr.rules.words import Do, Zone
from odr.tables.disputes import Dispute, Party, Triage
from odr.tables.people import Account, Court
from odr.tables.records import Document


@dataclass(frozen=True, slots=True)
class Draft:
    """A dispute while it is being written."""

    id: str
    stage: DisputeStage
    court: Court
    cause: Cause | None
    answers: Mapping[str, Any]
    open_steps: tuple[str, ...]
    evidence: tuple[parts.EvidenceView, ...]
    author: Account
    returned: str  # what the court asked to correct

    @property
    def steps(self) -> tuple[FilingStep, ...]:
        return STEPS

    @property
    def complete(self) -> bool:
        return not self.open_steps

    def of(self, step: str) -> Mapping[str, Any]:
        """The answers of one step, none yet: empty."""
        found: Mapping[str, Any] = self.answers.get(step) or {}
        return found


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the applicant holds in hand after submitting."""

    id: str
    number: str
    submitted_at: datetime
    cause: Words | None
    due: datetime | None
    explanation: Mapping[str, Any]
    paper: str
    ready: bool
    suit: bool


def draft(s: Session, dispute: Dispute, by: Actor) -> Draft:
    """The wizard's state; WrongStage once it was handed in."""
    DISPUTE.take(dispute, Do.SUBMIT)
    cause = pack.load().causes.get(dispute.cause)
    return Draft(
        id=dispute.id,
        stage=dispute.stage,
        court=s.get_one(Court, dispute.court_id),
        cause=cause,
        answers=dispute.draft,
        open_steps=filing.open_steps(dispute.draft, cause.elements if cause else ()),
        evidence=parts.evidence(s, dispute.id, by),
        author=s.get_one(Account, by.account_id),
        returned=_returned(s, dispute),
    )


def receipt(s: Session, dispute: Dispute) -> Receipt:
    """The number, the day the court answers by, and the paper."""
    paper = s.exec(
        select(Document)
        .where(Document.dispute_id == dispute.id, Document.kind == "registration")
        .where(Document.zone == Zone.RECORD)
        .order_by(col(Document.frozen_at).desc())
    ).first()
    clock = deadlines.find(s, f"dispute:{dispute.id}", "T-REG")
    return Receipt(
        id=dispute.id,
        number=dispute.number,
        submitted_at=dispute.submitted_at or dispute.created_at,
        cause=disputes.cause(dispute),
        due=clock.due_at if clock else None,
        explanation=clock.explanation if clock else {},
        paper=paper.id if paper else "",
        ready=bool(paper and paper.published_at),
        suit=dispute.wishes.get("asks") == "suit",
    )


def courts(s: Session) -> tuple[Court, ...]:
    """The courts a person may turn to."""
    return tuple(s.exec(select(Court).order_by(col(Court.code))).all())


def drafts(s: Session, by: Actor) -> tuple[Dispute, ...]:
    """What this person has begun and not handed in."""
    return tuple(
        s.exec(
            select(Dispute)
            .join(Party, col(Party.dispute_id) == col(Dispute.id))
            .where(Dispute.stage == DisputeStage.DRAFT, Dispute.created_by == by.account_id)
            .distinct()
            .order_by(col(Dispute.created_at).desc())
            .limit(20)
        ).all()
    )


def _returned(s: Session, dispute: Dispute) -> str:
    if dispute.stage is not DisputeStage.RETURNED:
        return ""
    reason = select(Triage.reason).where(Triage.dispute_id == dispute.id)
    return s.exec(reason.order_by(col(Triage.proposed_at).desc()).limit(1)).first() or ""
