"""What stands in the way of a case, as one reader may see it; signs of falsity are for mediator and court only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from odr import matters, standing
from odr.actions import appraisals, halts, recusals
from odr.queries import signs
from odr.rules import pack
from odr.rules.access import GRANTS, Actor
from odr.rules.falsity import Sign
from odr.rules.halts import Halt
from odr.rules.law import Words
from odr.rules.moves import CASE, ENDS
from odr.rules.words import Do, Hat, Side
from odr.tables.incidents import Appraisal
from odr.tables.mediations import MediationCase

SEE_SIGNS = frozenset({Hat.MEDIATOR, Hat.TRIAGE, Hat.LEADER})


@dataclass(frozen=True, slots=True)
class RecusalView:
    """A request that waits for its decision."""

    by_mediator: bool
    side: Side | None
    ground: Words
    facts: str
    asked_at: datetime
    awaited: bool  # the reader has yet to say whether they agree all the same


@dataclass(frozen=True, slots=True)
class SuspicionView:
    """A report that waits for the court's answer."""

    signs: tuple[Sign, ...]
    facts: str
    by_machine: bool
    own: bool
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class Incidents:
    """Everything that may come between, and what this reader can do about it."""

    recusal: RecusalView | None
    why: Halt | None  # the case stands still
    since: datetime | None
    suspicion: SuspicionView | None
    signs: tuple[Sign, ...]
    appraisal: Appraisal | None
    may: frozenset[Do]


def show(s: Session, case: MediationCase, by: Actor) -> Incidents:
    """What has come between in this case, for this reader."""
    hats = standing.hats(s, by, case)
    sees = bool(hats & SEE_SIGNS)
    halt = halts.current(s, case.id)
    side = standing.side_of(s, by, case.dispute_id)
    hidden = halt is not None and halt.why is Halt.FALSITY and not sees
    return Incidents(
        recusal=_recusal(s, case, by) if side or hats & {Hat.MEDIATOR, Hat.ORG_ADMIN, Hat.TRIAGE} else None,
        why=halt.why if halt and not hidden else None,
        since=halt.since if halt else None,
        suspicion=_suspicion(s, case, by) if sees else None,
        signs=signs.of(s, case) if sees and case.stage not in ENDS else (),
        appraisal=appraisals.current(s, case.id),
        may=_may(s, case, by, hats),
    )


def _may(s: Session, case: MediationCase, by: Actor, hats: frozenset[Hat]) -> frozenset[Do]:
    found = {do for do in (Do.RECUSE, Do.SUSPEND, Do.RESUME) if CASE.find(case.stage, do)}
    recusal, suspicion, appraisal = (
        recusals.pending(s, case),
        halts.pending(s, case.id),
        appraisals.current(s, case.id),
    )
    if recusal is not None:
        found = (found - {Do.RECUSE}) | {Do.DECIDE_RECUSAL}
    if suspicion is not None:
        found = found - {Do.RESUME} | (
            {Do.JUDGE_SUSPICION} if suspicion.reported_by != by.account_id else set()
        )
    if appraisal is None and Do.SUSPEND in found:
        found.add(Do.APPRAISE)
    if appraisal is not None and appraisal.begun_at is not None:
        found = (found - {Do.RESUME}) | {Do.END_APPRAISAL}
    return frozenset(do for do in found if GRANTS[do] & hats)


def _recusal(s: Session, case: MediationCase, by: Actor) -> RecusalView | None:
    row = recusals.pending(s, case)
    if row is None:
        return None
    ground = pack.load().grounds[recusals.GROUNDS][row.ground].words
    awaited = matters.awaits(standing.parties_of(s, by, case.dispute_id), row.waived_by)
    return RecusalView(row.side is None, row.side, ground, row.facts, row.asked_at, awaited)


def _suspicion(s: Session, case: MediationCase, by: Actor) -> SuspicionView | None:
    row = halts.pending(s, case.id)
    if row is None:
        return None
    return SuspicionView(
        signs=tuple(Sign(sign) for sign in row.signs),
        facts=row.facts,
        by_machine=row.reported_by is None,
        own=row.reported_by == by.account_id,
        reported_at=row.reported_at,
    )
