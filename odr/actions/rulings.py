"""Review and ruling of a confirmation case: checklist, supplements, six ways to decide (CPLI-355..358, CPL-186, 206)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from odr import confirmation_papers, db, deadlines, file_papers, matters, standing
from odr.actions import enforcement, halts, inquiries, judges, sittings
from odr.actions.confirmation import give_number
from odr.actions.judges import lock
from odr.errors import BadInput, Conflict, NotAllowed
from odr.rules.access import Actor
from odr.rules.moves import AGREEMENT, CONFIRMATION, ConfirmationStage
from odr.rules.words import Dismissal, Do, NotAccepted, RulingKind
from odr.tables.agreements import Agreement, ConfirmationCase, Ruling, Supplement
from odr.tables.mediations import MediationCase, Sitting

ABOUT = ("material", "good-faith", "correction")  # what a supplement is asked for
# What the judge ticks before confirming; `other` has nothing to tick
CHECKS = tuple(ground.value for ground in (*NotAccepted, *Dismissal) if ground is not Dismissal.OTHER)


def review(s: Session, confirmation_id: str, *, by: Actor, at: datetime) -> ConfirmationCase:
    """The drawn judge takes up the file."""
    confirmation, case = lock(s, confirmation_id)
    standing.require(s, by, Do.REVIEW, confirmation)
    move = CONFIRMATION.take(confirmation, Do.REVIEW)
    confirmation.stage = move.target
    s.add(confirmation)
    matters.note(s, case, "confirmation.reviewed", by=by, at=at, confirmation=confirmation.id)
    return confirmation


def check(
    s: Session, confirmation_id: str, *, by: Actor, at: datetime, checklist: dict[str, dict[str, Any]]
) -> ConfirmationCase:
    """The judge's ticks and notes, ground by ground (CPLI-355, 358); kept until the ruling."""
    confirmation, case = lock(s, confirmation_id)
    standing.require(s, by, Do.REVIEW, confirmation)
    CONFIRMATION.take(confirmation, Do.CONFIRM)
    confirmation.checklist = checklist
    s.add(confirmation)
    matters.note(s, case, "confirmation.checked", by=by, at=at, confirmation=confirmation.id)
    return confirmation


def ask_supplement(
    s: Session,
    confirmation_id: str,
    *,
    by: Actor,
    at: datetime,
    items: list[str],
    days: int,
    about: str = "material",
) -> Supplement:
    """The judge asks both for more, by a day (CPLI-356); `good-faith` is proof against collusion (ODM-23)."""
    return _ask(s, confirmation_id, Do.ASK_SUPPLEMENT, items, days, about, by=by, at=at)


def ask_correction(
    s: Session, confirmation_id: str, *, by: Actor, at: datetime, items: list[str], days: int
) -> Supplement:
    """Before acceptance something is missing: the clerk lists all of it, once, with a day (CPLI-354)."""
    return _ask(s, confirmation_id, Do.ASK_CORRECTION, items, days, "correction", by=by, at=at)


def _ask(
    s: Session,
    confirmation_id: str,
    do: Do,
    items: list[str],
    days: int,
    about: str,
    *,
    by: Actor,
    at: datetime,
) -> Supplement:
    confirmation, case = lock(s, confirmation_id)
    standing.require(s, by, do, confirmation)
    move = CONFIRMATION.take(confirmation, do)
    if not items:
        raise BadInput(items="needed")
    if not 1 <= days <= 15:
        raise BadInput(days="wrong")
    if about not in ABOUT:
        raise BadInput(about="choose-one")
    subject = f"confirmation:{confirmation.id}"
    deadlines.apply(s, move, court_id=case.court_id, subject=subject, since=at, lengths={"T-JC-SUP": days})
    limit = deadlines.find(s, subject, "T-JC-SUP")
    supplement = Supplement(
        confirmation_id=confirmation.id,
        items=items,
        about=about,
        due_at=limit.due_at if limit else at + timedelta(days=days),
        asked_at=at,
    )
    confirmation.stage = move.target
    s.add_all([confirmation, supplement])
    s.flush()
    supplement.document_id = confirmation_papers.supplement(
        s, confirmation, case, supplement, by=by, at=at
    ).id
    matters.note(
        s, case, "supplement.asked", by=by, at=at, confirmation=confirmation.id, days=days, about=about
    )
    return supplement


def answer_supplement(s: Session, confirmation_id: str, *, by: Actor, at: datetime, text: str) -> Supplement:
    """A party answers; the review goes on."""
    confirmation, case = lock(s, confirmation_id)
    standing.require(s, by, Do.ANSWER_SUPPLEMENT, confirmation)
    move = CONFIRMATION.take(confirmation, Do.ANSWER_SUPPLEMENT)
    if not text:
        raise BadInput(text="needed")
    supplement = open_supplement(s, confirmation)
    supplement.answer, supplement.answered_by, supplement.answered_at = text, by.account_id, at
    confirmation.stage = move.target
    s.add_all([confirmation, supplement])
    deadlines.apply(s, move, court_id=case.court_id, subject=f"confirmation:{confirmation.id}", since=at)
    matters.note(s, case, "supplement.answered", by=by, at=at, confirmation=confirmation.id)
    return supplement


def withdraw(s: Session, confirmation_id: str, *, by: Actor, at: datetime) -> ConfirmationCase:
    """A party withdraws before the ruling (CPLI-357); once accepted, the court permits it by ruling (JCR-5)."""
    confirmation, case = lock(s, confirmation_id)
    standing.require(s, by, Do.WITHDRAW_APPLICATION, confirmation)
    standing.ensure_checked(s, by, case.dispute_id)
    move = CONFIRMATION.take(confirmation, Do.WITHDRAW_APPLICATION)
    if not any(party.id in confirmation.applied for party in standing.parties_of(s, by, case.dispute_id)):
        raise NotAllowed(applied="none")  # another's application is not theirs
    confirmation.stage = move.target
    if confirmation.stage is ConfirmationStage.WITHDRAWN:
        confirmation.decided_at = at
        _reopen(s, confirmation, case, at)
    s.add(confirmation)
    deadlines.apply(s, move, court_id=case.court_id, subject=f"confirmation:{confirmation.id}", since=at)
    matters.note(s, case, "confirmation.withdrawn", by=by, at=at, confirmation=confirmation.id)
    return confirmation


def _reopen(s: Session, confirmation: ConfirmationCase, case: MediationCase, at: datetime) -> None:
    """The court had accepted nothing: the thirty days run on as if nobody had applied (CPL-205)."""
    agreement = db.lock(s, Agreement, confirmation.agreement_id)
    back = AGREEMENT.find(agreement.stage, Do.WITHDRAW_APPLICATION)
    if back is not None:
        agreement.stage = back.target
        s.add(agreement)
        since, subject = agreement.effective_at or at, f"agreement:{agreement.id}"
        deadlines.apply(s, back, court_id=case.court_id, subject=subject, since=since)


def confirm(s: Session, confirmation_id: str, *, by: Actor, at: datetime) -> Ruling:
    """The agreement is valid and may be enforced (CPL-206). Every ground must have been checked."""
    confirmation, case = lock(s, confirmation_id)
    standing.require(s, by, Do.CONFIRM, confirmation)
    CONFIRMATION.take(confirmation, Do.CONFIRM)
    if not all(confirmation.checklist.get(key, {}).get("ok") for key in CHECKS):
        raise BadInput(checklist="unchecked")
    if in_doubt(s, confirmation):
        raise BadInput(checklist="proof-needed")
    made = _rule(s, confirmation, case, Do.CONFIRM, RulingKind.CONFIRMED, by=by, at=at)
    agreement = db.get(s, Agreement, confirmation.agreement_id)
    enforcement.let_run(s, agreement, court_id=case.court_id, effective=agreement.effective_at)
    return made


def in_doubt(s: Session, confirmation: ConfirmationCase) -> bool:
    """Collusion is suspected in this dispute and nobody has proven the contrary: no confirmation (ODM-23)."""
    dispute_id = db.get(s, MediationCase, confirmation.case_id).dispute_id
    newest = halts.suspected_at(s, dispute_id)
    proof = select(Supplement.answered_at).where(
        Supplement.confirmation_id == confirmation.id, Supplement.about == "good-faith"
    )
    return newest is not None and not any(given and given > newest for given in s.exec(proof))


def dismiss(
    s: Session,
    confirmation_id: str,
    *,
    by: Actor,
    at: datetime,
    ground: Dismissal | NotAccepted,
    reasons: str,
) -> Ruling:
    """Dismissed on one of six grounds (CPLI-358), or of five that had forbidden acceptance (CPLI-355).

    Both may mediate again or sue.
    """
    confirmation, case = lock(s, confirmation_id)
    standing.require(s, by, Do.DISMISS, confirmation)
    CONFIRMATION.take(confirmation, Do.DISMISS)
    if not reasons:
        raise BadInput(reasons="reason-needed")
    return _rule(
        s,
        confirmation,
        case,
        Do.DISMISS,
        RulingKind.DISMISSED,
        by=by,
        at=at,
        ground=ground.value,
        reasons=reasons,
    )


def not_accept(
    s: Session, confirmation_id: str, *, by: Actor, at: datetime, ground: NotAccepted, reasons: str
) -> Ruling:
    """The application is not accepted on one of five grounds (CPLI-355)."""
    confirmation, case = lock(s, confirmation_id)
    standing.require(s, by, Do.NOT_ACCEPT, confirmation)
    CONFIRMATION.take(confirmation, Do.NOT_ACCEPT)
    if not reasons:
        raise BadInput(reasons="reason-needed")
    give_number(s, confirmation, case, at)
    confirmation.judge_id = by.account_id
    return _rule(
        s,
        confirmation,
        case,
        Do.NOT_ACCEPT,
        RulingKind.NOT_ACCEPTED,
        by=by,
        at=at,
        ground=ground.value,
        reasons=reasons,
    )


def rule_withdrawn(s: Session, confirmation_id: str, *, by: Actor, at: datetime, reasons: str) -> Ruling:
    """The time for supplements or corrections passed without good reason: treated as withdrawn (CPLI-357)."""
    confirmation, case = lock(s, confirmation_id)
    standing.require(s, by, Do.RULE_WITHDRAWN, confirmation)
    CONFIRMATION.take(confirmation, Do.RULE_WITHDRAWN)
    if confirmation.stage is ConfirmationStage.REVIEW:
        if not inquiries.was_missed(s, confirmation, at=at):
            raise Conflict(inquiry="not-missed")
    elif open_supplement(s, confirmation).due_at > at:
        raise Conflict(supplement="not-due")
    if confirmation.judge_id is None:  # before acceptance: any judge of the court
        give_number(s, confirmation, case, at)
        confirmation.judge_id = by.account_id
    return _rule(
        s, confirmation, case, Do.RULE_WITHDRAWN, RulingKind.WITHDRAWN, by=by, at=at, reasons=reasons
    )


def permit_withdrawal(s: Session, confirmation_id: str, *, by: Actor, at: datetime) -> Ruling:
    """The withdrawal is permitted (CPLI-357, JCR-5)."""
    confirmation, case = lock(s, confirmation_id)
    standing.require(s, by, Do.PERMIT_WITHDRAWAL, confirmation)
    return _rule(s, confirmation, case, Do.PERMIT_WITHDRAWAL, RulingKind.WITHDRAWAL, by=by, at=at)


def terminate(s: Session, confirmation_id: str, *, by: Actor, at: datetime, reasons: str) -> Ruling:
    """A contested civil right shows itself: the special procedure ends, both are told to sue (CPL-186)."""
    confirmation, case = lock(s, confirmation_id)
    standing.require(s, by, Do.TERMINATE, confirmation)
    CONFIRMATION.take(confirmation, Do.TERMINATE)
    if not reasons:
        raise BadInput(reasons="reason-needed")
    made = _rule(s, confirmation, case, Do.TERMINATE, RulingKind.TERMINATED, by=by, at=at, reasons=reasons)
    words = "本案特别程序已终结。对争议的民事权益，您可以另行提起诉讼。"
    matters.tell_parties(s, case, "可以另行起诉", words, about=f"/confirmations/{confirmation.id}", at=at)
    return made


def open_supplement(s: Session, confirmation: ConfirmationCase) -> Supplement:
    """The newest request for supplements."""
    query = select(Supplement).where(Supplement.confirmation_id == confirmation.id)
    found = s.exec(query.order_by(col(Supplement.asked_at).desc())).first()
    if found is None:
        raise Conflict(supplement="none")
    return found


def _rule(
    s: Session,
    confirmation: ConfirmationCase,
    case: MediationCase,
    do: Do,
    kind: RulingKind,
    *,
    by: Actor,
    at: datetime,
    ground: str = "",
    reasons: str = "",
) -> Ruling:
    move = CONFIRMATION.take(confirmation, do)
    judges.ensure_free(s, by, case.dispute_id)
    if judges.open_recusal(s, confirmation.id) is not None:  # CPL-48: until decided, the judge rests
        raise Conflict(recusal="open")
    ruling = Ruling(
        confirmation_id=confirmation.id,
        kind=kind,
        ground=ground,
        reasons=reasons,
        judge_id=by.account_id or "",
        issued_at=at,
    )
    confirmation.stage, confirmation.decided_at = move.target, at
    s.add_all([ruling, confirmation])
    sittings.call_off(s, col(Sitting.confirmation_id) == confirmation.id)
    s.flush()
    document = confirmation_papers.ruling(s, confirmation, case, ruling, by=by, at=at)
    ruling.document_id = document.id
    outcome = f"达成调解协议；{document.title}"
    file_papers.case_file(s, case, outcome=outcome, ruling_number=document.number, by=by, at=at)
    deadlines.apply(s, move, court_id=case.court_id, subject=f"confirmation:{confirmation.id}", since=at)
    matters.note(
        s,
        case,
        "ruling.issued",
        by=by,
        at=at,
        confirmation=confirmation.id,
        ruling=ruling.id,
        of=kind,
        ground=ground,
    )
    return ruling
