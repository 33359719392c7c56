"""The written scheme of a case, as one reader may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, select

from odr import matters, standing
from odr.actions import drafting, paper_objections, schemes
from odr.errors import NotFound
from odr.rules.access import GRANTS, Actor, may_read
from odr.rules.moves import CASE, AgreementStage
from odr.rules.words import Do, Zone
from odr.sitting_papers import agreed_facts
from odr.tables.incidents import Scheme
from odr.tables.mediations import MediationCase


@dataclass(frozen=True, slots=True)
class OnPaper:
    """What who receives papers needs to enter an objection; nothing of what is proposed."""

    parties: tuple[tuple[str, str], ...]  # whose objection can be entered: id, name
    scanned: bool
    given_on: date | None


DOS = (Do.OFFER_SCHEME, Do.AGREE_TO_SCHEME, Do.SERVE_SCHEME, Do.OBJECT_TO_SCHEME)


@dataclass(frozen=True, slots=True)
class SchemeView:
    """What is proposed, who has yet to answer, and what this reader can do."""

    gap: str
    facts: tuple[str, ...]
    terms: tuple[str, ...]
    open: bool  # asked and not refused
    waits_for: tuple[str, ...]
    answered: bool
    served_at: datetime | None
    document_id: str | None
    may: frozenset[Do]


def show(s: Session, case: MediationCase, by: Actor) -> SchemeView | None:
    """The scheme and its acts; nothing for whoever may not read what is offered to settle."""
    hats = standing.hats(s, by, case)
    if not may_read(Zone.JOINT, hats):
        return None
    row = schemes.current(s, case.id)
    is_open = row is not None and row.refused_at is None
    waiting = matters.unanswered(s, case, row.agreed) if row is not None and is_open else []
    own = standing.parties_of(s, by, case.dispute_id)
    draft = drafting.current(s, case.id)
    answered = row is not None and bool(own) and all(one.id in row.agreed for one in own)
    found = {do for do in _possible(s, case, row, draft is not None and draft.stage) if GRANTS[do] & hats}
    if waiting or answered:
        found -= {Do.SERVE_SCHEME} if waiting else set()
        found -= {Do.AGREE_TO_SCHEME} if answered else set()
    return SchemeView(
        gap=row.gap if row else "",
        facts=tuple(row.facts if row and is_open else agreed_facts(s, case.id)),
        terms=tuple(one.text for one in drafting.clauses_of(s, draft.id)) if draft and is_open else (),
        open=is_open,
        waits_for=tuple(party.name for party in waiting),
        answered=answered,
        served_at=row.served_at if row else None,
        document_id=row.document_id if row else None,
        may=frozenset(found),
    )


def _possible(
    s: Session, case: MediationCase, row: Scheme | None, drafted: AgreementStage | bool
) -> tuple[Do, ...]:
    """What the stage and the state of the scheme allow to anybody."""
    here = [do for do in DOS if do in CASE.may_do(case.stage)]
    asked = row is not None and row.refused_at is None
    if drafted is not AgreementStage.DRAFTING or drafting.is_of_status(s, case):
        return tuple(do for do in here if do is Do.OBJECT_TO_SCHEME)
    return tuple(do for do in here if (do is Do.OFFER_SCHEME) is not asked)


def on_paper(s: Session, case: MediationCase, by: Actor) -> OnPaper | None:
    """The form, or the objection that was entered; nothing for whoever enters none."""
    if not GRANTS[Do.RECORD_SCHEME_OBJECTION] & standing.hats(s, by, case):
        return None
    row = _objected_on_paper(s, case.id)
    if row is None and not paper_objections.is_open(s, case):
        return None
    people = () if row else matters.parties(s, case.dispute_id)
    return OnPaper(
        tuple((one.id, one.name) for one in people), row is not None, row.given_on if row else None
    )


def scan(s: Session, case_id: str) -> Scheme:
    """The scheme whose objection came on paper; NotFound if none did."""
    row = _objected_on_paper(s, case_id)
    if row is None:
        raise NotFound(scan=case_id)
    return row


def _objected_on_paper(s: Session, case_id: str) -> Scheme | None:
    return s.exec(select(Scheme).where(Scheme.case_id == case_id, Scheme.scan_digest != "")).first()
