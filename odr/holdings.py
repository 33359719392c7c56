"""What of a dispute a class of retention covers, and since when its time runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, union
from sqlmodel import Session, col, func, select

from odr import clock
from odr.rules.moves import ConfirmationStage
from odr.rules.words import Zone
from odr.tables.agreements import Agreement, Complaint, ConfirmationCase, CourtPaper
from odr.tables.confirmation import Objection
from odr.tables.disputes import Dispute, Evidence
from odr.tables.fees import FeeRelief
from odr.tables.incidents import Scheme, Suspicion
from odr.tables.mediations import ChatLine, MediationCase, Note, Recording, Sitting
from odr.tables.records import Document

# A judge's inquiry belongs to the file of the court, which is kept for good
OF_MEDIATION = col(Sitting.confirmation_id).is_(None)
SORTS = ("recordings", "evidence", "lines", "notes")


@dataclass(frozen=True, slots=True)
class Holdings:
    """What there is of one class; a file that something else rests on is not among the digests."""

    recordings: Sequence[Recording] = ()
    evidence: Sequence[Evidence] = ()
    lines: Sequence[ChatLine] = ()
    notes: Sequence[Note] = ()
    digests: Sequence[str] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How much of each sort."""
        return {name: len(getattr(self, name)) for name in SORTS}


def of(s: Session, dispute_id: str, kind: str) -> Holdings:
    """The class as it is held now: what was said apart with its files and notes, or every recording."""
    found = {name: s.exec(query).all() for name, query in _queries(dispute_id, kind).items()}
    evidence = found.get("evidence", ())
    going = {row.id for row in evidence}
    return Holdings(**found, digests=[one.digest for one in evidence if not _needed(s, one, going)])


def counts(s: Session, dispute_id: str, kind: str) -> dict[str, int]:
    """How much of each sort is held; nothing of it is read."""
    queries = _queries(dispute_id, kind)
    return dict.fromkeys(SORTS, 0) | {
        name: s.exec(select(func.count()).select_from(query.subquery())).one()
        for name, query in queries.items()
    }


def _queries(dispute_id: str, kind: str) -> dict[str, Any]:
    """A query of each sort of thing that this class covers in a dispute."""
    cases = select(MediationCase.id).where(MediationCase.dispute_id == dispute_id)
    sittings = select(Sitting.id).where(col(Sitting.case_id).in_(cases), OF_MEDIATION)
    filmed = select(Recording).where(
        col(Recording.sitting_id).in_(sittings), col(Recording.destroyed_at).is_(None)
    )
    if kind == "recording":
        return {"recordings": filmed}
    said = select(ChatLine).where(
        col(ChatLine.sitting_id).in_(sittings), ChatLine.zone == Zone.CAUCUS, ChatLine.text != ""
    )
    shown = select(Evidence).where(
        Evidence.dispute_id == dispute_id, Evidence.zone == Zone.CAUCUS, col(Evidence.destroyed_at).is_(None)
    )
    return {
        "recordings": filmed.where(Recording.zone == Zone.CAUCUS),
        "evidence": shown,
        "lines": said,
        "notes": select(Note).where(col(Note.case_id).in_(cases), Note.text != ""),
    }


def with_any(kind: str) -> Select[Any] | CompoundSelect[Any]:
    """A query of the disputes that still have something of this class."""
    filmed = (
        select(MediationCase.dispute_id)
        .join(Sitting, col(Sitting.case_id) == col(MediationCase.id))
        .join(Recording, col(Recording.sitting_id) == col(Sitting.id))
        .where(OF_MEDIATION, col(Recording.destroyed_at).is_(None))
    )
    if kind == "recording":
        return filmed
    said = (
        select(MediationCase.dispute_id)
        .join(Sitting, col(Sitting.case_id) == col(MediationCase.id))
        .join(ChatLine, col(ChatLine.sitting_id) == col(Sitting.id))
        .where(ChatLine.zone == Zone.CAUCUS, ChatLine.text != "")
    )
    noted = (
        select(MediationCase.dispute_id)
        .join(Note, col(Note.case_id) == col(MediationCase.id))
        .where(Note.text != "")
    )
    shown = select(Evidence.dispute_id).where(
        Evidence.zone == Zone.CAUCUS, col(Evidence.destroyed_at).is_(None)
    )
    return union(filmed.where(Recording.zone == Zone.CAUCUS), said, noted, shown)


def closed() -> ColumnElement[datetime | None]:
    """When a dispute was closed: a mediation that failed leaves it open to be handed over, and ends all the same."""
    ended = select(func.max(MediationCase.ended_at)).where(MediationCase.dispute_id == Dispute.id)
    return func.coalesce(col(Dispute.closed_at), ended.correlate(Dispute).scalar_subquery())


def over_since(s: Session, dispute: Dispute) -> date | None:
    """The day on which everything about the dispute was over; none while anything goes on."""
    cases = select(MediationCase.id).where(MediationCase.dispute_id == dispute.id)
    confirmations = s.exec(
        select(ConfirmationCase).where(
            col(ConfirmationCase.case_id).in_(cases), ConfirmationCase.stage != ConfirmationStage.PREPARED
        )
    ).all()
    keys = [row.id for row in confirmations]
    objections = s.exec(select(Objection).where(col(Objection.confirmation_id).in_(keys))).all()
    doubted = select(Suspicion.id).where(
        col(Suspicion.case_id).in_(cases), col(Suspicion.decided_at).is_(None)
    )
    going = select(MediationCase.id).where(
        MediationCase.dispute_id == dispute.id, col(MediationCase.ended_at).is_(None)
    )
    if dispute.closed_at is None and s.exec(going).first() is not None:
        return None
    ends = [
        s.exec(select(closed()).where(Dispute.id == dispute.id)).one(),
        *(row.decided_at for row in confirmations),
    ]
    ends += [row.decided_at for row in objections]
    # what was said apart is what a complaint about the mediator is decided on (ODM-29)
    ends += s.exec(select(Complaint.answered_at).where(col(Complaint.case_id).in_(cases))).all()
    asked = select(CourtPaper.decided_at).join(Agreement, col(Agreement.id) == col(CourtPaper.agreement_id))
    ends += s.exec(asked.where(col(Agreement.case_id).in_(cases))).all()
    known = [end for end in ends if end is not None]
    if len(known) < len(ends) or s.exec(doubted).first() is not None:
        return None
    return clock.court_date(max(known))


def _needed(s: Session, row: Evidence, going: set[str]) -> bool:
    """Whether the same file is also held for something that stays."""
    twins = select(func.count()).where(
        Evidence.digest == row.digest, col(Evidence.id).not_in(going), col(Evidence.destroyed_at).is_(None)
    )
    papers = select(func.count()).where(Document.digest == row.digest)
    scans = select(func.count()).where(Agreement.scan_digest == row.digest)
    objections = select(func.count()).where(Scheme.scan_digest == row.digest)
    proofs = select(func.count()).where(FeeRelief.digest == row.digest)
    return any(s.exec(query).one() for query in (twins, papers, scans, proofs, objections))
