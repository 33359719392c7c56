"""A mediation case for its people: the mediator's desk, the case page, choosing, times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from odr import deadlines, matters, standing
from odr.actions import mediators
from odr.rules import filing
from odr.rules.access import GRANTS, Actor
from odr.rules.moves import CASE, ENDS, CaseStage
from odr.rules.words import Do, EndReason, Hat, Side, Track
from odr.tables.disputes import Dispute, Party
from odr.tables.mediations import (
    Assignment,
    Extension,
    FreeTime,
    MediationCase,
    MediatorChoice,
    Note,
    Sitting,
)
from odr.tables.records import Deadline, Document
from odr.tables.roster import Mediator, Organisation


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One row of a list of cases."""

    id: str
    number: str
    cause: str
    stage: CaseStage
    amount_fen: int
    names: str
    due: Deadline | None
    next_sitting: datetime | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mediator as parties may choose one."""

    id: str
    name: str
    organisation: str
    scope: tuple[str, ...]
    languages: tuple[str, ...]
    about: str
    open_cases: int
    reasons: tuple[str, ...]
    suggested: bool


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything the case page shows."""

    id: str
    dispute_id: str
    number: str
    stage: CaseStage
    track: Track
    cause: str
    amount_fen: int
    story: str
    parties: tuple[Party, ...]
    mediator: Mediator | None
    organisation: Organisation | None
    assignment: Assignment | None
    cleared: bool
    deadlines: tuple[Deadline, ...]
    sittings: tuple[Sitting, ...]
    times: tuple[tuple[str, FreeTime], ...]
    extensions: tuple[Extension, ...]
    papers: tuple[Document, ...]
    notes: tuple[Note, ...]
    end_reason: EndReason | None
    may: frozenset[Do]
    side: Side | None


def desk(s: Session, by: Actor) -> list[CaseLine]:
    """The mediator's open cases, nearest deadline first."""
    query = select(MediationCase).where(
        MediationCase.mediator_id == by.mediator_id, col(MediationCase.stage).not_in(ENDS)
    )
    lines = [_line(s, case) for case in s.exec(query)]
    return sorted(lines, key=lambda line: line.due.due_at.timestamp() if line.due else float("inf"))


def closed(s: Session, by: Actor, *, limit: int = 20) -> list[CaseLine]:
    """The mediator's last ended cases."""
    query = select(MediationCase).where(
        MediationCase.mediator_id == by.mediator_id, col(MediationCase.stage).in_(ENDS)
    )
    return [
        _line(s, case) for case in s.exec(query.order_by(col(MediationCase.ended_at).desc()).limit(limit))
    ]


def today(s: Session, by: Actor, at: datetime) -> list[tuple[Sitting, CaseLine]]:
    """The mediator's coming sittings."""
    rows = s.exec(
        select(Sitting, MediationCase)
        .join(MediationCase, col(MediationCase.id) == col(Sitting.case_id))
        .where(MediationCase.mediator_id == by.mediator_id)
        .where(col(Sitting.stage).in_(["planned", "gathering", "live", "frozen", "paused"]))
        .order_by(col(Sitting.starts_at))
        .limit(20)
    ).all()
    return [(sitting, _line(s, case)) for sitting, case in rows]


def show(s: Session, case: MediationCase, by: Actor) -> CaseView:
    """The case as this reader may see it."""
    hats = standing.hats(s, by, case)
    dispute = matters.dispute_of(s, case)
    is_mediator = by.mediator_id is not None and by.mediator_id == case.mediator_id
    assignment = mediators.current(s, case) if case.mediator_id else None
    return CaseView(
        id=case.id,
        dispute_id=dispute.id,
        number=case.number,
        stage=case.stage,
        track=case.track,
        cause=filing.cause_name(dispute.cause),
        amount_fen=dispute.amount_fen,
        story=dispute.story,
        parties=tuple(matters.parties(s, dispute.id)),
        mediator=s.get(Mediator, case.mediator_id) if case.mediator_id else None,
        organisation=s.get(Organisation, case.org_id) if case.org_id else None,
        assignment=assignment,
        cleared=assignment is not None and mediators.is_cleared(s, case),
        deadlines=tuple(deadlines.running(s, f"case:{case.id}")),
        sittings=tuple(
            s.exec(select(Sitting).where(Sitting.case_id == case.id).order_by(col(Sitting.starts_at))).all()
        ),
        times=_times(s, case, dispute),
        extensions=tuple(s.exec(select(Extension).where(Extension.case_id == case.id)).all()),
        papers=_papers(s, dispute, standing.side_of(s, by, dispute.id), is_mediator),
        notes=tuple(s.exec(select(Note).where(Note.case_id == case.id)).all()) if is_mediator else (),
        end_reason=case.end_reason,
        may=_may(case, hats),
        side=standing.side_of(s, by, dispute.id),
    )


def choices(s: Session, case: MediationCase, side: Side | None) -> list[str]:
    """The mediators this side has named in the current round, best first."""
    if side is None:
        return []
    rows = s.exec(
        select(MediatorChoice)
        .where(MediatorChoice.case_id == case.id, MediatorChoice.side == side)
        .order_by(col(MediatorChoice.round).desc(), col(MediatorChoice.rank))
    ).all()
    return [row.mediator_id for row in rows if row.round == rows[0].round]


def _may(case: MediationCase, hats: frozenset[Hat]) -> frozenset[Do]:
    return frozenset(do for do in CASE.may_do(case.stage) if GRANTS[do] & hats)


def _line(s: Session, case: MediationCase) -> CaseLine:
    dispute = matters.dispute_of(s, case)
    running = sorted(deadlines.running(s, f"case:{case.id}"), key=lambda d: d.due_at)
    coming = s.exec(
        select(Sitting.starts_at)
        .where(Sitting.case_id == case.id, col(Sitting.stage).in_(["planned", "gathering", "live"]))
        .order_by(col(Sitting.starts_at))
    ).first()
    return CaseLine(
        id=case.id,
        number=case.number,
        cause=filing.cause_name(dispute.cause),
        stage=case.stage,
        amount_fen=dispute.amount_fen,
        names=" / ".join(party.name for party in matters.parties(s, dispute.id)),
        due=running[0] if running else None,
        next_sitting=coming,
    )


def _times(s: Session, case: MediationCase, dispute: Dispute) -> tuple[tuple[str, FreeTime], ...]:
    names = {
        account: party.name
        for party in matters.parties(s, dispute.id)
        for account in (party.account_id, party.agent_account_id)
        if account
    }
    rows = s.exec(select(FreeTime).where(FreeTime.case_id == case.id).order_by(col(FreeTime.starts_at))).all()
    return tuple((names.get(row.account_id, "调解员"), row) for row in rows)


def _papers(s: Session, dispute: Dispute, side: Side | None, is_mediator: bool) -> tuple[Document, ...]:
    rows = s.exec(
        select(Document)
        .where(Document.dispute_id == dispute.id, col(Document.void_at).is_(None))
        .order_by(col(Document.frozen_at))
    ).all()
    return tuple(row for row in rows if is_mediator or not row.side or (side and row.side == side.value))
