"""After the agreement: what is owed by when, proof, acknowledgement, reminders, rating, complaint (PML-31)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from odr import clock, db, deadlines, file_papers, matters, notices, standing
from odr.actions import enforcement
from odr.errors import BadInput, Conflict, NotAllowed
from odr.facts import printable
from odr.rules import pack
from odr.rules.access import Actor
from odr.rules.moves import PERFORMANCE, PerformanceStage
from odr.rules.words import ClauseKind, Do, Role, Side, Zone
from odr.tables.agreements import Agreement, Clause, Complaint, Obligation, Rating
from odr.tables.disputes import Evidence
from odr.tables.mediations import MediationCase

OPEN = (PerformanceStage.PENDING, PerformanceStage.PARTIAL)
AHEAD = (7, 3, 1)  # days before the day


def plan(s: Session, agreement: Agreement) -> list[Obligation]:
    """The obligations of an effective agreement, one for each day something is due."""
    clauses = s.exec(
        select(Clause)
        .where(Clause.agreement_id == agreement.id, col(Clause.removed_at).is_(None))
        .order_by(col(Clause.position))
    ).all()
    owed = [row for clause in clauses for row in _of(clause)]
    s.add_all(owed)
    s.flush()
    return owed


def _of(clause: Clause) -> list[Obligation]:
    fields: dict[str, Any] = clause.fields
    if "debtor" not in fields or clause.kind is ClauseKind.DEFAULT:
        return []
    common: dict[str, Any] = {
        "agreement_id": clause.agreement_id,
        "clause_id": clause.id,
        "debtor": Side(fields["debtor"]),
        "text": clause.text,
    }
    if clause.kind is ClauseKind.INSTALMENTS:
        return [
            Obligation(**common, amount_fen=part["amount_fen"], due_on=_day(part["due_on"]))
            for part in fields["parts"]
        ]
    return [Obligation(**common, amount_fen=fields.get("amount_fen") or 0, due_on=_day(fields.get("due_on")))]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def owes(s: Session, agreement_id: str, side: Side | None) -> bool:
    """Whether a side has something to perform under this agreement."""
    query = select(Obligation.id).where(Obligation.agreement_id == agreement_id, Obligation.debtor == side)
    return side is not None and s.exec(query).first() is not None


def close_all(s: Session, agreement_id: str, *, at: datetime) -> None:
    """Everything owed was performed on the spot."""
    for row in s.exec(select(Obligation).where(Obligation.agreement_id == agreement_id).with_for_update()):
        row.stage, row.performed_on, row.changed_at = PerformanceStage.PERFORMED, clock.court_date(at), at
        row.performed_fen = row.amount_fen
        s.add(row)


def claim(
    s: Session, obligation_id: str, *, by: Actor, at: datetime, proof_id: str | None = None
) -> Obligation:
    """The debtor says it is done and may show proof."""
    obligation, case = _lock(s, obligation_id)
    standing.require(s, by, Do.PERFORM, obligation)
    move = PERFORMANCE.take(obligation, Do.PERFORM)
    if standing.side_of(s, by, case.dispute_id) is not obligation.debtor:
        raise NotAllowed(side="debtor")
    if proof_id is not None and not _own_proof(s, proof_id, by, case.dispute_id):
        raise BadInput(proof_id="wrong")
    obligation.stage, obligation.proof_id, obligation.changed_at = move.target, proof_id, at
    s.add(obligation)
    matters.note(s, case, "performance.claimed", by=by, at=at, obligation=obligation.id)
    return obligation


def acknowledge(s: Session, obligation_id: str, *, by: Actor, at: datetime) -> Obligation:
    """The creditor has received it."""
    obligation, case = _lock(s, obligation_id)
    standing.require(s, by, Do.ACKNOWLEDGE_PERFORMANCE, obligation)
    standing.ensure_checked(s, by, case.dispute_id)
    move = PERFORMANCE.take(obligation, Do.ACKNOWLEDGE_PERFORMANCE)
    if standing.side_of(s, by, case.dispute_id) is obligation.debtor:
        raise NotAllowed(side="creditor")
    obligation.stage, obligation.performed_on, obligation.changed_at = move.target, clock.court_date(at), at
    obligation.performed_fen = obligation.amount_fen
    s.add(obligation)
    matters.note(s, case, "performance.acknowledged", by=by, at=at, obligation=obligation.id)
    enforcement.stop_if_nothing_owed(s, obligation.agreement_id, at=at)
    s.flush()
    file_papers.performance(s, db.get(s, Agreement, obligation.agreement_id), case, by=by, at=at)
    return obligation


def acknowledge_part(
    s: Session, obligation_id: str, *, by: Actor, at: datetime, amount_fen: int
) -> Obligation:
    """The creditor has received a part; the rest stays owed."""
    obligation, case = _lock(s, obligation_id)
    standing.require(s, by, Do.ACKNOWLEDGE_PART, obligation)
    standing.ensure_checked(s, by, case.dispute_id)
    move = PERFORMANCE.take(obligation, Do.ACKNOWLEDGE_PART)
    if standing.side_of(s, by, case.dispute_id) is obligation.debtor:
        raise NotAllowed(side="creditor")
    rest = obligation.amount_fen - obligation.performed_fen
    if not 0 < amount_fen < rest:
        raise BadInput(amount="too-small" if amount_fen <= 0 else "too-large")
    obligation.performed_fen += amount_fen
    obligation.stage, obligation.changed_at = move.target, at
    s.add(obligation)
    matters.note(s, case, "performance.partly", by=by, at=at, obligation=obligation.id, fen=amount_fen)
    return obligation


def remind(s: Session, obligation_id: str, *, by: Actor, at: datetime) -> Obligation:
    """Seven, three and one day before: who owes is told once a day at most."""
    obligation, case = _lock(s, obligation_id)
    standing.require(s, by, Do.REMIND, obligation)
    obligation.stage = PERFORMANCE.take(obligation, Do.REMIND).target
    obligation.reminded_on = clock.court_date(at)
    s.add(obligation)
    matters.note(s, case, "performance.reminded", by=by, at=at, obligation=obligation.id)
    words = "您有约定事项应于%(on)s前履行，请按时履行。"
    on = obligation.due_on or obligation.reminded_on
    for party in matters.parties(s, case.dispute_id, obligation.debtor):
        about = f"/agreements/{obligation.agreement_id}/performance"
        notices.tell(s, party, "履行期限临近", words, about=about, at=at, on=on)
    return obligation


def urge(s: Session, obligation_id: str, *, by: Actor, at: datetime) -> Obligation:
    """The day has passed: both are told, the organisation supervises (PML-31)."""
    obligation, case = _lock(s, obligation_id)
    standing.require(s, by, Do.URGE, obligation)
    move = PERFORMANCE.take(obligation, Do.URGE)
    obligation.stage, obligation.changed_at = move.target, at
    s.add(obligation)
    matters.note(s, case, "performance.urged", by=by, at=at, obligation=obligation.id)
    words = "有约定事项已到期尚未履行，请尽快履行；已经履行的，请上传凭证。"
    matters.tell_parties(
        s, case, "履行提醒", words, about=f"/agreements/{obligation.agreement_id}/performance", at=at
    )
    return obligation


def due_and_open(s: Session, on: date) -> list[str]:
    """Obligations whose day has passed and that nobody has claimed."""
    query = select(Obligation.id).where(col(Obligation.stage).in_(OPEN), col(Obligation.due_on) < on)
    return list(s.exec(query).all())


def due_soon(s: Session, on: date) -> list[str]:
    """Obligations that end in seven, three or one day and whose debtor was not told today."""
    days = [on + timedelta(days=ahead) for ahead in AHEAD]
    query = select(Obligation.id).where(
        col(Obligation.stage).in_(OPEN),
        col(Obligation.due_on).in_(days),
        col(Obligation.reminded_on).is_(None) | (col(Obligation.reminded_on) < on),
    )
    return list(s.exec(query).all())


def rate(
    s: Session, case_id: str, *, by: Actor, at: datetime, score: int, text: str, about: str = "case"
) -> Rating:
    """好差评: once for each side and thing, five levels."""
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.RATE, case)
    party = standing.party_of(s, by, case.dispute_id)
    if party is None or case.ended_at is None:
        raise NotAllowed(rating="not-yet")
    if score not in range(1, 6):
        raise BadInput(score="choose-one")
    known = select(Rating).where(
        Rating.case_id == case.id, Rating.party_id == party.id, Rating.about == about
    )
    if s.exec(known).first():
        raise Conflict(rating="already")
    rating = Rating(
        case_id=case.id, party_id=party.id, side=party.side, about=about, score=score, text=text, at=at
    )
    s.add(rating)
    matters.note(s, case, "case.rated", by=by, at=at, score=score, side=party.side)
    return rating


def complain(s: Session, case_id: str, *, by: Actor, at: datetime, ground: str, text: str) -> Complaint:
    """A complaint on one of the grounds of ODM-29."""
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.COMPLAIN, case)
    party = standing.party_of(s, by, case.dispute_id)
    if party is None:
        raise NotAllowed(party="none")
    if ground not in pack.load().grounds["complaint"]:
        raise BadInput(ground="choose-one")
    if not text:
        raise BadInput(text="reason-needed")
    printable.require(text)  # the decision repeats it
    complaint = Complaint(case_id=case.id, party_id=party.id, ground=ground, text=text, at=at)
    s.add(complaint)
    s.flush()
    deadlines.start(s, "T-COMPL-MED", court_id=case.court_id, subject=f"complaint:{complaint.id}", since=at)
    matters.note(s, case, "complaint.made", by=by, at=at, ground=ground)
    words = f"{case.number}的当事人投诉调解员，请在15日内核查答复。"
    matters.tell_office(s, case.court_id, Role.TRIAGE, "收到投诉", words, about="/complaints", at=at)
    return complaint


def _own_proof(s: Session, evidence_id: str, by: Actor, dispute_id: str) -> bool:
    """Whether it is on record of the actor's own party and was not taken back."""
    party = standing.party_of(s, by, dispute_id)
    query = select(Evidence.id).where(
        Evidence.id == evidence_id,
        Evidence.party_id == (party.id if party else ""),
        Evidence.zone == Zone.RECORD,
        col(Evidence.withdrawn_at).is_(None),
    )
    return s.exec(query).first() is not None


def _lock(s: Session, obligation_id: str) -> tuple[Obligation, MediationCase]:
    """The agreement first: who settles the last sum has to see what others settle at the same moment."""
    agreement = db.lock(s, Agreement, db.get(s, Obligation, obligation_id).agreement_id)
    return db.lock(s, Obligation, obligation_id), db.get(s, MediationCase, agreement.case_id)
