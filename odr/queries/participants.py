"""Those who take part beside parties and agents, for the case's page and for themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from odr import db, matters, standing
from odr.actions import participants
from odr.queries import dispute_parts
from odr.rules.access import Actor
from odr.rules.companions import NEEDS_BOTH, PARTS, Part
from odr.rules.moves import SittingStage
from odr.rules.words import Side
from odr.tables.companions import Participant
from odr.tables.disputes import Party
from odr.tables.mediations import MediationCase, Sitting
from odr.tables.people import Court
from odr.tables.roster import Mediator

COMING = (SittingStage.PLANNED, SittingStage.GATHERING, SittingStage.LIVE, SittingStage.PAUSED)


@dataclass(frozen=True, slots=True)
class Line:
    """One of them, on the case's page."""

    id: str
    name: str
    part: str
    side: Side | None
    language: str
    reason: str
    code: str  # for whoever asked
    inside: bool
    waits: bool
    awaited: bool  # the reader has yet to agree
    own: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person asked sees before and after coming in."""

    code: str
    court: Court
    number: str
    mediator: str
    name: str
    part: str
    kind: Part
    reason: str
    inside: bool
    mine: bool
    over: bool
    waits: bool
    sittings: tuple[tuple[str, datetime], ...]


def of_case(s: Session, case: MediationCase, by: Actor) -> tuple[Line, ...]:
    """Everybody asked in; the code is for whoever asked."""
    mine = standing.parties_of(s, by, case.dispute_id)
    return tuple(_line(row, by, mine) for row in participants.of(s, case.id))


def show(s: Session, code: str, by: Actor) -> Asked:
    """The invitation behind a code."""
    row = participants.get(s, code)
    case = db.get(s, MediationCase, row.case_id)
    mine = row.account_id is not None and row.account_id == by.account_id
    coming = select(Sitting).where(Sitting.case_id == case.id, col(Sitting.stage).in_(COMING))
    rows = s.exec(coming.order_by(col(Sitting.starts_at))).all() if mine else ()
    return Asked(
        code=row.code,
        court=db.get(s, Court, case.court_id),
        number=case.number,
        mediator=dispute_parts.name_of(s, Mediator, case.mediator_id),
        name=row.name,
        part=PARTS[row.part],
        kind=row.part,
        reason=row.reason,
        inside=row.account_id is not None,
        mine=mine,
        over=row.ended_at is not None or case.ended_at is not None,
        waits=_waits(row),
        sittings=tuple((one.id, one.starts_at) for one in rows),
    )


def _waits(row: Participant) -> bool:
    return row.part in NEEDS_BOTH and not Side.both_in(row.agreed_by)


def _line(row: Participant, by: Actor, mine: Sequence[Party]) -> Line:
    own = row.asked_by == by.account_id
    return Line(
        id=row.id,
        name=row.name,
        part=PARTS[row.part],
        side=row.side,
        language=row.language,
        reason=row.reason,
        code=row.code if own else "",
        inside=row.account_id is not None,
        waits=_waits(row),
        awaited=_waits(row) and matters.awaits(mine, row.agreed_by),
        own=own,
    )
