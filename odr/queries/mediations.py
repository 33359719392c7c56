"""A mediation case for its people: the mediator's desk, the case page, choosing, times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from odr import matters, standing
from odr.actions import mediation, mediators
from odr.queries import clocks, dispute_parts, turn
from odr.queries.clocks import ClockView
from odr.queries.dispute_parts import PaperView, PartyView
from odr.queries.turn import Turn
from odr.rules import filing
from odr.rules.access import GRANTS, Actor, may_read
from odr.rules.law import Words
from odr.rules.moves import CASE, ENDS, CaseStage
from odr.rules.words import Do, EndReason, Hat, Side, Track, Zone
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
from odr.tables.roster import Mediator, Organisation


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One row of a list of cases."""

    id: str
    number: str
    cause: Words
    stage: CaseStage
    amount_fen: int
    names: str
    due: ClockView | None
    next_sitting: datetime | None


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """A span of time and who can come."""

    starts_at: datetime
    ends_at: datetime
    names: tuple[str, ...]
    both: bool  # somebody of each side
    mine: bool


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything the case page shows."""

    id: str
    dispute_id: str
    number: str
    stage: CaseStage
    track: Track
    cause: Words
    amount_fen: int
    story: str
    parties: tuple[PartyView, ...]
    turn: Turn
    mediator: Mediator | None
    organisation: Organisation | None
    assignment: Assignment | None
    cleared: bool
    must_waive: bool  # the reader has yet to answer what was disclosed
    clocks: tuple[ClockView, ...]
    sittings: tuple[Sitting, ...]
    times: tuple[FreeSlot, ...]
    extensions: tuple[tuple[Extension, bool], ...]  # and whether the reader has yet to answer
    papers: tuple[PaperView, ...]
    notes: tuple[Note, ...]
    end_reason: EndReason | None
    may: frozenset[Do]
    side: Side | None


def desk(s: Session, by: Actor) -> list[CaseLine]:
    """The mediator's open cases, nearest deadline first."""
    query = select(MediationCase).where(_hosted(by), col(MediationCase.stage).not_in(ENDS))
    lines = [_line(s, case) for case in s.exec(query)]
    return sorted(lines, key=lambda line: clocks.urgency(line.due))


def _hosted(by: Actor) -> sa.ColumnElement[bool]:
    """Cases of this mediator; who is none has none, and not those that nobody has."""
    return col(MediationCase.mediator_id) == (by.mediator_id or "")


def closed(s: Session, by: Actor, *, limit: int = 20) -> list[CaseLine]:
    """The mediator's last ended cases."""
    query = select(MediationCase).where(_hosted(by), col(MediationCase.stage).in_(ENDS))
    return [
        _line(s, case) for case in s.exec(query.order_by(col(MediationCase.ended_at).desc()).limit(limit))
    ]


def today(s: Session, by: Actor, at: datetime) -> list[tuple[Sitting, CaseLine]]:
    """The mediator's coming sittings."""
    rows = s.exec(
        select(Sitting, MediationCase)
        .join(MediationCase, col(MediationCase.id) == col(Sitting.case_id))
        .where(_hosted(by))
        .where(col(Sitting.stage).in_(["planned", "gathering", "live", "frozen", "paused"]))
        .order_by(col(Sitting.starts_at))
        .limit(20)
    ).all()
    return [(sitting, _line(s, case)) for sitting, case in rows]


def show(s: Session, case: MediationCase, by: Actor) -> CaseView:
    """The case as this reader may see it."""
    hats = standing.hats(s, by, case)
    dispute = matters.dispute_of(s, case)
    is_mediator = Hat.MEDIATOR in hats
    side, own = standing.side_of(s, by, dispute.id), standing.parties_of(s, by, dispute.id)
    assignment = mediators.current(s, case) if case.mediator_id else None
    return CaseView(
        id=case.id,
        dispute_id=dispute.id,
        number=case.number,
        stage=case.stage,
        track=case.track,
        cause=filing.cause_words(dispute.cause),
        amount_fen=dispute.amount_fen,
        story=dispute.story if may_read(Zone.RECORD, hats) else "",
        parties=dispute_parts.parties(s, dispute.id, by, hats),
        turn=turn.of(s, dispute, by),
        mediator=s.get(Mediator, case.mediator_id) if case.mediator_id else None,
        organisation=s.get(Organisation, case.org_id) if case.org_id else None,
        assignment=assignment,
        cleared=assignment is not None and mediators.is_cleared(s, case),
        must_waive=assignment is not None and matters.awaits(own, assignment.waived_by),
        clocks=clocks.running(s, f"case:{case.id}"),
        sittings=tuple(
            s.exec(select(Sitting).where(Sitting.case_id == case.id).order_by(col(Sitting.starts_at))).all()
        ),
        times=_times(s, case, dispute, by),
        extensions=tuple(
            (one, one.granted_at is None and matters.awaits(own, one.agreed_by))
            for one in s.exec(select(Extension).where(Extension.case_id == case.id))
        ),
        papers=dispute_parts.papers(s, dispute.id, hats, standing.papers_of(s, by, dispute.id)),
        notes=_notes(s, case, by) if is_mediator else (),
        end_reason=case.end_reason,
        may=_may(s, case, own, hats),
        side=side,
    )


def choices(s: Session, case: MediationCase, side: Side | None) -> list[str]:
    """The mediators this side has named in the current round, best first."""
    asked = select(func.count()).select_from(Assignment).where(Assignment.case_id == case.id)
    query = select(MediatorChoice.mediator_id).where(
        MediatorChoice.case_id == case.id,
        MediatorChoice.side == side,
        MediatorChoice.round == s.exec(asked).one() + 1,
    )
    return list(s.exec(query.order_by(col(MediatorChoice.rank)))) if side else []


def _may(s: Session, case: MediationCase, own: Sequence[Party], hats: frozenset[Hat]) -> frozenset[Do]:
    found = frozenset(do for do in CASE.may_do(case.stage) if GRANTS[do] & hats)
    return found - {Do.SELF_SETTLE} if own and not mediation.brings_all(s, case, own) else found


def _line(s: Session, case: MediationCase) -> CaseLine:
    dispute = matters.dispute_of(s, case)
    running = clocks.running(s, f"case:{case.id}")
    coming = s.exec(
        select(Sitting.starts_at)
        .where(Sitting.case_id == case.id, col(Sitting.stage).in_(["planned", "gathering", "live"]))
        .order_by(col(Sitting.starts_at))
    ).first()
    return CaseLine(
        id=case.id,
        number=case.number,
        cause=filing.cause_words(dispute.cause),
        stage=case.stage,
        amount_fen=dispute.amount_fen,
        names=" / ".join(party.name for party in matters.parties(s, dispute.id)),
        due=running[0] if running else None,
        next_sitting=coming,
    )


def _times(s: Session, case: MediationCase, dispute: Dispute, by: Actor) -> tuple[FreeSlot, ...]:
    """The spans somebody offered, those that suit both sides first."""
    names = {
        account: party.name
        for party in matters.parties(s, dispute.id)
        for account in (party.account_id, party.agent_account_id)
        if account
    }
    rows = s.exec(select(FreeTime).where(FreeTime.case_id == case.id).order_by(col(FreeTime.starts_at))).all()
    spans: dict[tuple[datetime, datetime], list[FreeTime]] = {}
    for row in rows:
        spans.setdefault((row.starts_at, row.ends_at), []).append(row)
    slots = [
        FreeSlot(
            starts_at=span[0],
            ends_at=span[1],
            names=tuple(names.get(row.account_id, "") for row in free if row.account_id in names),
            both={row.side for row in free} >= set(Side),
            mine=any(row.account_id == by.account_id for row in free),
        )
        for span, free in spans.items()
    ]
    return tuple(sorted(slots, key=lambda slot: (not slot.both, slot.starts_at)))


def _notes(s: Session, case: MediationCase, by: Actor) -> tuple[Note, ...]:
    """The mediator's own; those of one before stay with that one."""
    query = select(Note).where(Note.case_id == case.id, Note.account_id == by.account_id)
    return tuple(s.exec(query.order_by(col(Note.at))).all())
