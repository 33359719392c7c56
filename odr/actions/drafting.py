"""The agreement while it is made: clauses proposed, changed, agreed to by each side, then frozen for signing.

A clause that changes loses every consent; a frozen agreement changes only by a new version.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from odr import db, deadlines, letterhead, matters, outbox, standing
from odr import facts as forms
from odr.digests import canonical, digest
from odr.errors import BadInput, NotAllowed, NotFound, WrongStage
from odr.facts import AgreementFacts, printable
from odr.rules import clauses, pack
from odr.rules.access import Actor
from odr.rules.moves import AGREEMENT, CASE, AgreementStage
from odr.rules.words import ClauseKind, Do, Side
from odr.sitting_papers import agreed_facts, cause_of
from odr.tables.agreements import Agreement, Clause
from odr.tables.mediations import MediationCase, Sitting

MOST = 40  # clauses of one agreement
LONG = 2000
CLOSED = 8000


def current(s: Session, case_id: str) -> Agreement | None:
    """The newest version of a case's agreement that was not replaced or refused."""
    gone = (AgreementStage.SUPERSEDED, AgreementStage.REFUSED)
    query = select(Agreement).where(Agreement.case_id == case_id, col(Agreement.stage).not_in(gone))
    return s.exec(query.order_by(col(Agreement.version).desc())).first()


def clauses_of(s: Session, agreement_id: str) -> Sequence[Clause]:
    """The clauses that stand, in order."""
    query = select(Clause).where(Clause.agreement_id == agreement_id, col(Clause.removed_at).is_(None))
    return s.exec(query.order_by(col(Clause.position))).all()


def propose(
    s: Session, sitting_id: str, *, by: Actor, at: datetime, kind: ClauseKind, fields: Mapping[str, Any]
) -> Clause:
    """One more clause; the first one opens the draft. Who proposes for a side agrees for that side."""
    sitting, case = _at(s, sitting_id, Do.DRAFT_CLAUSE, by=by)
    agreement = _draft(s, case) or _new(s, case, sitting)
    known = s.exec(select(Clause).where(Clause.agreement_id == agreement.id)).all()
    if len(known) >= MOST:
        raise BadInput(kind="too-large")
    side = standing.side_of(s, by, case.dispute_id)
    clause = Clause(
        agreement_id=agreement.id,
        position=len(known) + 1,
        kind=kind,
        fields=_plain(fields),
        text=_text(s, case, kind, fields),
        proposed_by=side.value if side else "mediator",
        agreed_by=[side.value] if side else [],
    )
    s.add(clause)
    s.flush()
    _note(s, case, "clause.proposed", clause, by=by, at=at)
    return clause


def change(
    s: Session, sitting_id: str, clause_id: str, *, by: Actor, at: datetime, fields: Mapping[str, Any]
) -> Clause:
    """Other words for a clause: a counter-proposal that both sides have to agree to again."""
    _sitting, case = _at(s, sitting_id, Do.DRAFT_CLAUSE, by=by)
    clause = _clause(s, case, clause_id)
    side = standing.side_of(s, by, case.dispute_id)
    clause.fields, clause.text = _plain(fields), _text(s, case, clause.kind, fields)
    clause.version += 1
    clause.proposed_by = side.value if side else "mediator"
    clause.agreed_by = [side.value] if side else []
    s.add(clause)
    _note(s, case, "clause.changed", clause, by=by, at=at)
    return clause


def agree(s: Session, sitting_id: str, clause_id: str, *, by: Actor, at: datetime, version: int) -> Clause:
    """A side agrees to a clause as it was shown; a clause that changed meanwhile is not agreed to."""
    _sitting, case = _at(s, sitting_id, Do.AGREE_CLAUSE, by=by)
    clause = _clause(s, case, clause_id)
    if clause.version != version:
        raise WrongStage(was=str(clause.version), wanted=str(version))
    side = standing.side_of(s, by, case.dispute_id)
    if side is None:
        raise NotAllowed(side="none")
    clause.agreed_by = sorted({*clause.agreed_by, side.value})
    s.add(clause)
    _note(s, case, "clause.agreed", clause, by=by, at=at, side=side)
    return clause


def remove(s: Session, sitting_id: str, clause_id: str, *, by: Actor, at: datetime) -> Clause:
    """Take a clause out; a party only its own proposal, and none that both agreed to."""
    _sitting, case = _at(s, sitting_id, Do.DRAFT_CLAUSE, by=by)
    clause = _clause(s, case, clause_id)
    side = standing.side_of(s, by, case.dispute_id)
    if side is not None and (clause.proposed_by != side or len(clause.agreed_by) == len(Side)):
        raise NotAllowed(side=side.value)
    clause.removed_at = at
    s.add(clause)
    _note(s, case, "clause.removed", clause, by=by, at=at)
    return clause


def freeze(
    s: Session,
    agreement_id: str,
    *,
    by: Actor,
    at: datetime,
    brief: str = "",
    wants_confirmation: bool = True,
) -> Agreement:
    """Fix the words that all agreed to: a number, the facts, and the digest of what signers will be shown."""
    agreement = db.lock(s, Agreement, agreement_id)
    standing.require(s, by, Do.FREEZE_AGREEMENT, agreement)
    move = AGREEMENT.take(agreement, Do.FREEZE_AGREEMENT)
    case = db.lock(s, MediationCase, agreement.case_id)
    of_case = CASE.take(case, Do.REACH_AGREEMENT)
    standing_clauses = clauses_of(s, agreement.id)
    _ensure_agreed(standing_clauses)
    if not brief:
        brief = "".join(agreed_facts(s, case.id))
    if not 0 < len(brief) <= CLOSED:
        raise BadInput(brief="too-long" if brief else "needed")
    fix(s, case, agreement, brief=brief, wants_confirmation=wants_confirmation, at=at)
    agreement.stage = move.target
    case.stage = of_case.target
    s.add_all([agreement, case])
    deadlines.apply(s, move, court_id=case.court_id, subject=f"agreement:{agreement.id}", since=at)
    matters.note(
        s,
        case,
        "agreement.frozen",
        by=by,
        at=at,
        agreement=agreement.id,
        number=agreement.number,
        shown=agreement.shown_hash,
        clauses={clause.id: clause.version for clause in standing_clauses},
    )
    outbox.add(s, "case.examine", key=agreement.id, case=case.id)
    words = "双方同意的条款已经定稿，请阅读全文并签名。签名前您可以要求修改，也可以不签。"
    matters.tell_parties(s, case, "请签署调解协议", words, about=f"/agreements/{agreement.id}/sign", at=at)
    return agreement


def fix(
    s: Session,
    case: MediationCase,
    agreement: Agreement,
    *,
    brief: str,
    wants_confirmation: bool,
    at: datetime,
) -> None:
    """Give the words their number and their digest; the paper itself comes when they bind."""
    agreement.number = letterhead.series_number(
        s, case.court_id, "调协", "〔{year}〕{court}调协字第{serial}号", at=at
    )
    agreement.wants_confirmation = wants_confirmation
    agreement.on_paper = is_of_status(s, case)
    facts = _facts(s, case, agreement, clauses_of(s, agreement.id), brief, at=at)
    printable.require(forms.to_json(facts))
    agreement.facts = json.loads(forms.to_json(facts))
    agreement.facts_hash = agreement.shown_hash = forms.digest(facts)
    agreement.frozen_at = at


def reopen(s: Session, agreement_id: str, *, by: Actor, at: datetime) -> Agreement:
    """Back to drafting: what was frozen is superseded, a new version begins with the same clauses."""
    old = db.lock(s, Agreement, agreement_id)
    standing.require(s, by, Do.REOPEN_AGREEMENT, old)
    move = AGREEMENT.take(old, Do.REOPEN_AGREEMENT)
    case = db.lock(s, MediationCase, old.case_id)
    of_case = CASE.take(case, Do.REOPEN_AGREEMENT)
    old.stage, case.stage = move.target, of_case.target
    s.add_all([old, case])
    new = renew(s, old)
    deadlines.apply(s, move, court_id=case.court_id, subject=f"agreement:{old.id}", since=at)
    matters.note(s, case, "agreement.reopened", by=by, at=at, agreement=new.id, supersedes=old.id)
    return new


def renew(s: Session, old: Agreement) -> Agreement:
    """A new draft with the clauses of a version that no longer counts; everybody agrees anew."""
    new = Agreement(
        case_id=old.case_id, sitting_id=old.sitting_id, version=old.version + 1, supersedes=old.id
    )
    s.add(new)
    s.flush()
    for clause in clauses_of(s, old.id):
        kept = clause.model_dump(include={"position", "kind", "fields", "text", "version", "proposed_by"})
        s.add(Clause(agreement_id=new.id, **kept))
    s.flush()
    return new


def names(s: Session, dispute_id: str) -> dict[Side, str]:
    """How a clause calls each side."""
    return {
        side: "、".join(party.name for party in matters.parties(s, dispute_id, side)) or clauses.ROLES[side]
        for side in Side
    }


def _at(s: Session, sitting_id: str, do: Do, *, by: Actor) -> tuple[Sitting, MediationCase]:
    sitting = db.get(s, Sitting, sitting_id)
    standing.require(s, by, do, sitting)
    case = db.lock(s, MediationCase, sitting.case_id)
    CASE.take(case, Do.REACH_AGREEMENT)  # only while there is something to agree on
    return sitting, case


def _draft(s: Session, case: MediationCase) -> Agreement | None:
    agreement = current(s, case.id)
    if agreement is not None and agreement.stage is not AgreementStage.DRAFTING:
        raise WrongStage(was=str(agreement.stage), wanted=str(AgreementStage.DRAFTING))
    return agreement


def _new(s: Session, case: MediationCase, sitting: Sitting) -> Agreement:
    agreement = Agreement(case_id=case.id, sitting_id=sitting.id)
    s.add(agreement)
    s.flush()
    return agreement


def _clause(s: Session, case: MediationCase, clause_id: str) -> Clause:
    agreement = _draft(s, case)
    clause = db.lock(s, Clause, clause_id)
    if agreement is None or clause.agreement_id != agreement.id or clause.removed_at:
        raise NotFound(kind="clause")
    return clause


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(canonical({k: v for k, v in fields.items() if v not in ("", None)}))
    return plain


def _text(s: Session, case: MediationCase, kind: ClauseKind, fields: Mapping[str, Any]) -> str:
    text = clauses.text_of(kind, _plain(fields), names(s, case.dispute_id))
    if len(text) > LONG:
        raise BadInput(kind="too-long")
    printable.require(text)
    return text


def _ensure_agreed(standing_clauses: Sequence[Clause]) -> None:
    if not standing_clauses:
        raise BadInput(clauses="needed")
    if any(len(clause.agreed_by) < len(Side) for clause in standing_clauses):
        raise BadInput(clauses="not-agreed")
    if any(clauses.BLANK in clause.text for clause in standing_clauses):
        raise BadInput(clauses="blank")


def _facts(
    s: Session, case: MediationCase, agreement: Agreement, rows: Sequence[Clause], brief: str, *, at: datetime
) -> AgreementFacts:
    called = names(s, case.dispute_id)
    apart = (ClauseKind.DEFAULT, ClauseKind.COSTS)
    return AgreementFacts(
        **letterhead.heading(s, case.court_id, number=agreement.number, case_number=case.number, at=at),
        parties=letterhead.party_facts(s, case.dispute_id),
        cause=cause_of(s, case),
        organisation=letterhead.organisation_name(s, case),
        mediators=letterhead.mediator_names(s, case),
        brief=brief,
        clauses=tuple(
            clauses.facts_of(row.kind, row.fields, row.text, called) for row in rows if row.kind not in apart
        ),
        default_clause="".join(row.text for row in rows if row.kind is ClauseKind.DEFAULT),
        costs="".join(row.text for row in rows if row.kind is ClauseKind.COSTS),
        confirmation_wish=agreement.wants_confirmation,
    )


def is_of_status(s: Session, case: MediationCase) -> bool:
    """Marriage, adoption, succession and the like may not be signed electronically (ESL-3)."""
    cause = pack.load().causes.get(matters.dispute_of(s, case).cause)
    return cause is not None and cause.sensitive


def _note(
    s: Session, case: MediationCase, kind: str, clause: Clause, *, by: Actor, at: datetime, **more: object
) -> None:
    known = {"clause": clause.id, "version": clause.version, "digest": digest(clause.text.encode())}
    matters.note(s, case, kind, by=by, at=at, **known, **more)
