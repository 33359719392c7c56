"""The oral agreement of a case, as its people see it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from odr import matters, standing
from odr.actions import oral
from odr.rules.access import GRANTS, Actor, may_read
from odr.rules.moves import CASE
from odr.rules.words import Do, Zone
from odr.tables.mediations import MediationCase


@dataclass(frozen=True, slots=True)
class OralView:
    """What was written down, who has yet to say yes, and what this reader can do."""

    contents: tuple[str, ...]
    performance: str
    waits_for: tuple[str, ...]
    document_id: str | None
    may: frozenset[Do]


def show(s: Session, case: MediationCase, by: Actor) -> OralView | None:
    hats = standing.hats(s, by, case)
    if not may_read(Zone.JOINT, hats):
        return None
    row = oral.current(s, case.id)
    own = standing.parties_of(s, by, case.dispute_id)
    answered = row is not None and all(one.id in row.agreed for one in own)
    open_to = Do.RECORD_ORALLY if row is None else None if answered else Do.AGREE_ORALLY
    here = open_to in CASE.may_do(case.stage) and open_to is not None and bool(GRANTS[open_to] & hats)
    return OralView(
        contents=tuple(row.contents) if row else (),
        performance=row.performance if row else "",
        waits_for=tuple(party.name for party in matters.unanswered(s, case, row.agreed)) if row else (),
        document_id=row.document_id if row else None,
        may=frozenset({open_to} if here and open_to else ()),
    )
