"""无异议调解方案: where little divides the parties, the mediator serves written terms; who does not object agrees.

Silence binds only those who agreed to that beforehand, each for itself and knowing what it means, and only
after proven service; a written objection within seven days ends mediation without an agreement (PRE16).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from odr import clock, db, deadlines, matters, scheme_papers, standing
from odr.actions import drafting, mediation, signing
from odr.errors import BadInput, Conflict, NotAllowed, WrongStage
from odr.facts import printable
from odr.rules import clauses
from odr.rules.access import MACHINE, Actor
from odr.rules.moves import AGREEMENT, CASE, AgreementStage, CaseStage
from odr.rules.words import Do, EndReason
from odr.sitting_papers import agreed_facts
from odr.tables.agreements import Agreement, Service
from odr.tables.disputes import Party
from odr.tables.incidents import Scheme
from odr.tables.mediations import MediationCase
from odr.tables.records import Document

LONG = 2000


def offer(
    s: Session, case_id: str, *, by: Actor, at: datetime, gap: str, known: Sequence[str] = ()
) -> Scheme:
    """The mediator asks every party whether it will take a written scheme, and says what silence would mean."""
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.OFFER_SCHEME, case)
    CASE.take(case, Do.OFFER_SCHEME)
    earlier = current(s, case.id)
    if earlier is not None and earlier.refused_at is None:
        raise Conflict(scheme="open")
    draft = _draft(s, case)
    told = [line for line in known if line.strip()] or agreed_facts(s, case.id)
    for name, text in (("known", "".join(told)), ("gap", gap)):
        if not 0 < len(text.strip()) <= LONG:
            raise BadInput(**{name: "too-long" if text.strip() else "needed"})
    printable.require(gap, *told)
    row = Scheme(case_id=case.id, agreement_id=draft.id, facts=told, gap=gap, offered_at=at)
    s.add(row)
    s.flush()
    matters.note(s, case, "scheme.offered", by=by, at=at, scheme=row.id)
    words = "调解员拟提出书面调解方案。您同意采用的，收到方案后七日内不提出书面异议，即视为同意方案。是否采用，请您答复。"
    matters.tell_parties(s, case, "是否采用书面调解方案", words, about=_page(case), at=at)
    return row


def agree(s: Session, case_id: str, *, by: Actor, at: datetime, agrees: bool, understood: bool) -> Scheme:
    """A party answers, in writing and knowing that its silence will bind it; one no is enough to drop it."""
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.AGREE_TO_SCHEME, case)
    CASE.take(case, Do.AGREE_TO_SCHEME)
    row = _waiting(s, case)
    own = [one for one in standing.all_disposing(s, by, case.dispute_id) if one.id not in row.agreed]
    if agrees and not understood:
        raise BadInput(understood="tick-needed")
    if not own:
        raise Conflict(scheme="answered")
    if agrees:
        row.agreed = row.agreed | {party.id: at.isoformat() for party in own}
    else:
        row.refused_at = at
    s.add(row)
    matters.note(s, case, "scheme.answered", by=by, at=at, scheme=row.id, side=own[0].side, agrees=agrees)
    if not agrees or not matters.unanswered(s, case, row.agreed):
        words = "各方均已同意采用书面方案，可以送达。" if agrees else "有一方不同意采用书面方案，调解继续。"
        matters.tell_mediator(s, case, "书面调解方案的答复", words, about=_page(case), at=at)
    return row


def serve(s: Session, case_id: str, *, by: Actor, at: datetime) -> Scheme:
    """Fix the terms of the draft as a scheme and have it served on every party."""
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.SERVE_SCHEME, case)
    move = CASE.take(case, Do.SERVE_SCHEME)
    row = _waiting(s, case)
    if matters.unanswered(s, case, row.agreed):
        raise Conflict(scheme="not-agreed")
    draft = _draft(s, case)
    terms = AGREEMENT.take(draft, Do.SERVE_SCHEME)
    rows = drafting.clauses_of(s, draft.id)
    if not rows or any(clauses.BLANK in one.text for one in rows):
        raise BadInput(clauses="blank" if rows else "needed")
    drafting.fix(s, case, draft, brief="".join(row.facts), wants_confirmation=True, at=at)
    draft.stage, case.stage, row.served_at = terms.target, move.target, at
    row.agreement_id = draft.id
    s.add_all([draft, case, row])
    deadlines.apply(s, move, court_id=case.court_id, subject=f"case:{case.id}", since=at)
    row.document_id = scheme_papers.scheme(s, case, row, draft, by=by, at=at).id
    matters.note(s, case, "scheme.served", by=by, at=at, scheme=row.id, shown=draft.shown_hash)
    return row


def let_objection_run(s: Session, document: Document) -> None:
    """Seven days from the day when the last party has received the scheme (PRE16)."""
    row = s.exec(select(Scheme).where(Scheme.document_id == document.id)).first()
    case = db.lock(s, MediationCase, row.case_id) if row else None
    if case is None or case.stage is not CaseStage.SCHEME_SERVED:
        return
    arrived = s.exec(select(Service.arrived_at).where(Service.document_id == document.id)).all()
    told = [instant for instant in arrived if instant is not None]
    if len(told) == len(arrived) == len(matters.parties(s, case.dispute_id)):
        subject = f"case:{case.id}"
        deadlines.start(s, "T-OBJ-SCHEME", court_id=case.court_id, subject=subject, since=max(told))


def object_to(s: Session, case_id: str, *, by: Actor, at: datetime, text: str) -> Scheme:
    """A party objects in writing: there is no agreement, mediation has failed. It needs no reason."""
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.OBJECT_TO_SCHEME, case)
    CASE.take(case, Do.OBJECT_TO_SCHEME)
    standing.ensure_checked(s, by, case.dispute_id)
    deadlines.ensure_in_time(s, f"case:{case.id}", "T-OBJ-SCHEME", at=at)
    party = standing.party_of(s, by, case.dispute_id)
    row = current(s, case.id)
    if row is None or party is None:
        raise NotAllowed(scheme="none")
    if len(text) > LONG:
        raise BadInput(text="too-long")
    matters.note(s, case, "scheme.objected", by=by, at=at, scheme=row.id, side=party.side)
    fail(s, case, row, party, text=text, at=at)
    return row


def fail(s: Session, case: MediationCase, row: Scheme, party: Party, *, text: str, at: datetime) -> None:
    """This party objects: mediation has failed, whichever way its words came."""
    row.objected_by, row.objected_at, row.objection = party.id, at, text
    s.add(row)
    mediation.end(
        s, case.id, by=MACHINE, at=at, reason=EndReason.OTHER, situation="当事人对调解方案提出书面异议"
    )


def stand(s: Session, case: MediationCase, *, at: datetime, since: datetime) -> None:
    """The days are over and nobody objected: the scheme is their agreement."""
    row = current(s, case.id)
    if case.stage is not CaseStage.SCHEME_SERVED or row is None:
        return
    agreement = db.lock(s, Agreement, row.agreement_id)
    signing.take_effect(s, agreement, case, by=MACHINE, at=at, since=since)
    paper = scheme_papers.standing(s, case, row, agreement, due_on=clock.court_date(since), at=at)
    agreement.document_id = row.document_id = paper.id
    s.add_all([agreement, row])


def current(s: Session, case_id: str) -> Scheme | None:
    """The newest scheme whose terms were neither replaced nor refused."""
    dead = (AgreementStage.SUPERSEDED, AgreementStage.REFUSED)
    query = (
        select(Scheme)
        .join(Agreement, col(Agreement.id) == col(Scheme.agreement_id))
        .where(Scheme.case_id == case_id, col(Agreement.stage).not_in(dead))
    )
    return s.exec(query.order_by(col(Scheme.offered_at).desc())).first()


def _draft(s: Session, case: MediationCase) -> Agreement:
    draft = drafting.current(s, case.id)
    if draft is None or draft.stage is not AgreementStage.DRAFTING:
        raise BadInput(clauses="needed")  # the terms of a scheme are the clauses that were talked about
    if drafting.is_of_status(s, case):
        raise Conflict(route="paper")  # ESL-3
    return db.lock(s, Agreement, draft.id)


def _waiting(s: Session, case: MediationCase) -> Scheme:
    row = current(s, case.id)
    if row is None or row.refused_at is not None or row.served_at is not None:
        raise WrongStage(was=case.stage.value, wanted=Do.SERVE_SCHEME.value)
    return db.lock(s, Scheme, row.id)


def _page(case: MediationCase) -> str:
    return f"/cases/{case.id}"
