"""Whose turn it is in a dispute, what to do and by when: the first line of every page about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from odr import deadlines, matters, standing
from odr.actions import inquiries
from odr.queries import agreements
from odr.queries import turn_words as say
from odr.rules.access import Actor
from odr.rules.moves import (
    AgreementStage,
    CaseStage,
    ConfirmationStage,
    DisputeStage,
    PerformanceStage,
    SittingStage,
)
from odr.rules.words import Hat, Side, Step
from odr.tables.agreements import Agreement, ConfirmationCase, Obligation, Signature
from odr.tables.disputes import Consent, Dispute, Party
from odr.tables.mediations import Assignment, FreeTime, MediationCase, MediatorChoice, Sitting
from odr.tables.records import Deadline

COMING = (
    SittingStage.PLANNED,
    SittingStage.GATHERING,
    SittingStage.LIVE,
    SittingStage.FROZEN,
    SittingStage.PAUSED,
)


@dataclass(frozen=True, slots=True)
class Turn:
    """`words` and `act` are Chinese source texts; `mine` says whether the reader has to do something."""

    words: str
    mine: bool = False
    path: str = ""
    act: str = ""
    due: datetime | None = None
    explanation: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class _Scene:
    """What the answer depends on."""

    s: Session
    dispute: Dispute
    case: MediationCase | None
    party: Party | None
    by: Actor
    hats: frozenset[Hat]

    @property
    def side(self) -> Side | None:
        return self.party.side if self.party else None

    def clock(self, *rules: str) -> Deadline | None:
        """The first running clock of these, of the dispute or of its case."""
        subjects = [f"dispute:{self.dispute.id}", *([f"case:{self.case.id}"] if self.case else [])]
        for subject in subjects:
            for rule in rules:
                if found := deadlines.find(self.s, subject, rule):
                    return found
        return None


def of(s: Session, dispute: Dispute, by: Actor) -> Turn:
    """The next step as this reader should hear it."""
    case = current_case(s, dispute.id)
    party = standing.party_of(s, by, dispute.id)
    return _BY_STAGE[dispute.stage](_Scene(s, dispute, case, party, by, standing.hats(s, by, dispute)))


def current_case(s: Session, dispute_id: str) -> MediationCase | None:
    """The latest mediation of a dispute."""
    query = select(MediationCase).where(MediationCase.dispute_id == dispute_id)
    return s.exec(query.order_by(col(MediationCase.created_at).desc()).limit(1)).first()


def _with(
    turn_words: str, clock: Deadline | None, *, mine: bool = False, path: str = "", act: str = ""
) -> Turn:
    due, why = (clock.due_at, clock.explanation) if clock else (None, None)
    return Turn(turn_words, mine, path, act, due, why)


def _draft(a: _Scene) -> Turn:
    words = say.RETURNED if a.dispute.stage is DisputeStage.RETURNED else say.DRAFT
    if a.party is None:
        return Turn(say.WAIT_APPLICANT)
    return Turn(words, True, f"/file/{a.dispute.id}", say.GO_ON_FILING)


def _submitted(a: _Scene) -> Turn:
    clock = a.clock("T-REG")
    if Hat.TRIAGE in a.hats:
        return _with(say.DECIDE, clock, mine=True, path=f"/triage/{a.dispute.id}", act=say.OPEN_TRIAGE)
    return _with(say.COURT_CHECKS, clock)


def _registered(a: _Scene) -> Turn:
    if Hat.TRIAGE in a.hats:
        return Turn(say.COMMISSION, True, f"/triage/{a.dispute.id}", say.OPEN_TRIAGE)
    return Turn(say.REGISTERED)


def _inviting(a: _Scene) -> Turn:
    clock = a.clock("T-LINK")
    if a.party is None:
        return _with(say.WAIT_CONSENTS, clock)
    if all(_agrees(a.s, one) for one in standing.parties_of(a.s, a.by, a.dispute.id)):
        return _with(say.WAIT_OTHER_CONSENT, clock)
    own = clock if a.side is Side.RESPONDENT else None
    return _with(say.CONSENT, own, mine=True, path=f"/disputes/{a.dispute.id}/consent", act=say.GO_CONSENT)


def _in_mediation(a: _Scene) -> Turn:
    if a.case is None:
        return Turn(say.UNDER_WAY)
    return _BY_CASE[a.case.stage](a, a.case)


def _choosing(a: _Scene, case: MediationCase) -> Turn:
    clock = a.clock("T-PICK")
    if a.side and not _has_chosen(a.s, case, a.side):
        return _with(say.CHOOSE, clock, mine=True, path=f"/cases/{case.id}/choose", act=say.GO_CHOOSE)
    return _with(say.WAIT_CHOICE, clock)


def _offered(a: _Scene, case: MediationCase) -> Turn:
    clock = a.clock("T-ACC")
    if Hat.MEDIATOR in a.hats:
        return _with(say.ANSWER_OFFER, clock, mine=True, path=f"/cases/{case.id}/offer", act=say.GO_OFFER)
    return _with(say.WAIT_MEDIATOR, clock)


def _accepted(a: _Scene, case: MediationCase) -> Turn:
    clock = a.clock("T-CONT", "T-MED")
    if a.side and _must_waive(a.s, case, a.by):
        return Turn(say.DISCLOSED, True, f"/cases/{case.id}", say.GO_CASE)
    if a.side and not _has_offered_times(a.s, case, a.by):
        return _with(
            say.OFFER_TIMES, a.clock("T-MED"), mine=True, path=f"/cases/{case.id}/times", act=say.GO_TIMES
        )
    if Hat.MEDIATOR in a.hats:
        return _with(say.SCHEDULE, clock, mine=True, path=f"/cases/{case.id}/schedule", act=say.GO_SCHEDULE)
    return _with(say.WAIT_SCHEDULE, clock)


def _sitting(a: _Scene, case: MediationCase) -> Turn:
    sitting = a.s.exec(
        select(Sitting)
        .where(Sitting.case_id == case.id, col(Sitting.stage).in_(COMING))
        .order_by(col(Sitting.starts_at))
    ).first()
    if sitting is None:
        return _accepted(a, case)
    mine = a.side is not None or Hat.MEDIATOR in a.hats
    path, act = (f"/sittings/{sitting.id}", say.GO_SITTING) if mine else ("", "")
    return Turn(say.ATTEND, mine, path, act, sitting.starts_at)


def _scheme(a: _Scene, case: MediationCase) -> Turn:
    clock = a.clock("T-OBJ-SCHEME")
    return _with(say.SCHEME, clock, mine=a.side is not None, path=f"/cases/{case.id}", act=say.GO_CASE)


def _agreed(a: _Scene, case: MediationCase) -> Turn:
    agreement = _agreement(a.s, case)
    if agreement is None or agreement.stage is AgreementStage.DRAFTING:
        return Turn(say.DRAFTING)
    if _must_sign(a, agreement):
        return Turn(say.SIGN, True, f"/agreements/{agreement.id}/sign", say.GO_SIGN)
    return Turn(say.WAIT_SIGNATURES, path=f"/agreements/{agreement.id}", act=say.GO_READ)


def _settled(a: _Scene) -> Turn:
    agreement = _agreement(a.s, a.case) if a.case else None
    if agreement is None:
        return Turn(say.SETTLED)
    if agreement.document_id is None and Hat.MEDIATOR in a.hats and _must_sign(a, agreement):
        return Turn(say.SIGN, True, f"/agreements/{agreement.id}/sign", say.GO_SIGN)
    confirmation = agreements.confirmation_of(a.s, agreement.id)
    if confirmation is not None and confirmation.stage not in _DECIDED:
        return _confirming(a, agreement, confirmation)
    return _performing(a, agreement, confirmation)


def _confirming(a: _Scene, agreement: Agreement, confirmation: ConfirmationCase) -> Turn:
    here = f"/confirmations/{confirmation.id}"

    def due(rule: str) -> Deadline | None:
        own = deadlines.find(a.s, f"confirmation:{confirmation.id}", rule)
        return own or deadlines.find(a.s, f"agreement:{agreement.id}", rule)

    if confirmation.stage is ConfirmationStage.PREPARED:
        if matters.awaits(standing.parties_of(a.s, a.by, a.dispute.id), confirmation.applied):
            return _with(say.JOIN_APPLICATION, due("T-JC-APPLY"), mine=True, path=here, act=say.GO_APPLY)
        return _with(say.WAIT_JOINT, due("T-JC-APPLY"), path=here, act=say.GO_READ)
    if confirmation.stage is ConfirmationStage.SUPPLEMENTING and a.side:
        return _with(say.SUPPLEMENT, due("T-JC-SUP"), mine=True, path=here, act=say.GO_SUPPLEMENT)
    if confirmation.stage is ConfirmationStage.CORRECTING and a.side:
        return _with(say.CORRECT, due("T-JC-SUP"), mine=True, path=here, act=say.GO_SUPPLEMENT)
    if a.side and (inquiry := inquiries.coming(a.s, confirmation.id)):
        return Turn(say.INQUIRY, True, f"/sittings/{inquiry.id}", say.GO_SITTING, inquiry.starts_at)
    return _with(say.JUDGE_REVIEWS, due("T-JC-DEC") or due("T-JC-ACC"), path=here, act=say.GO_READ)


def _performing(a: _Scene, agreement: Agreement, confirmation: ConfirmationCase | None) -> Turn:
    path = f"/agreements/{agreement.id}/performance"
    owed = a.s.exec(
        select(Obligation)
        .where(Obligation.agreement_id == agreement.id, Obligation.stage != PerformanceStage.PERFORMED)
        .order_by(col(Obligation.due_on))
    ).first()
    if agreement.stage is AgreementStage.EFFECTIVE and confirmation is None and a.side:
        clock = deadlines.find(a.s, f"agreement:{agreement.id}", "T-JC-APPLY")
        return _with(
            say.MAY_APPLY, clock, mine=True, path=f"/agreements/{agreement.id}/apply", act=say.GO_APPLY
        )
    if owed is None:
        return Turn(say.SETTLED, path=path, act=say.GO_READ)
    if owed.debtor is a.side:
        return Turn(say.PERFORM, True, path, say.GO_PERFORM)
    return Turn(say.WAIT_PERFORMANCE, path=path, act=say.GO_READ)


def _has_chosen(s: Session, case: MediationCase, side: Side) -> bool:
    rounds = (
        s.exec(select(func.count()).select_from(Assignment).where(Assignment.case_id == case.id)).one() + 1
    )
    return (
        s.exec(
            select(MediatorChoice.id).where(
                MediatorChoice.case_id == case.id, MediatorChoice.side == side, MediatorChoice.round == rounds
            )
        ).first()
        is not None
    )


def _must_waive(s: Session, case: MediationCase, by: Actor) -> bool:
    accepted = select(Assignment).where(
        Assignment.case_id == case.id,
        Assignment.mediator_id == case.mediator_id,
        col(Assignment.accepted).is_(True),
    )
    row = s.exec(accepted.order_by(col(Assignment.offered_at).desc())).first()
    if row is None or not row.disclosure:
        return False
    return matters.awaits(standing.parties_of(s, by, case.dispute_id), row.waived_by)


def _has_offered_times(s: Session, case: MediationCase, by: Actor) -> bool:
    mine = select(FreeTime.id).where(FreeTime.case_id == case.id, FreeTime.account_id == by.account_id)
    return s.exec(mine).first() is not None


def _agreement(s: Session, case: MediationCase) -> Agreement | None:
    """The version that counts: the latest one not replaced."""
    return s.exec(
        select(Agreement)
        .where(Agreement.case_id == case.id, Agreement.stage != AgreementStage.SUPERSEDED)
        .order_by(col(Agreement.version).desc())
    ).first()


def _must_sign(a: _Scene, agreement: Agreement) -> bool:
    signs = a.side is not None or Hat.MEDIATOR in a.hats
    return signs and not _has_signed(a.s, agreement, a.by)


def _has_signed(s: Session, agreement: Agreement, by: Actor) -> bool:
    mine = select(Signature.id).where(
        Signature.agreement_id == agreement.id, Signature.account_id == by.account_id
    )
    return s.exec(mine).first() is not None


def _agrees(s: Session, party: Party) -> bool:
    return (
        s.exec(
            select(Consent.id).where(
                Consent.party_id == party.id,
                Consent.step == Step.MEDIATION,
                col(Consent.given),
                col(Consent.withdrawn_at).is_(None),
            )
        ).first()
        is not None
    )


def _said(words: str) -> Callable[[_Scene], Turn]:
    return lambda _a: Turn(words)


def _case_said(words: str) -> Callable[[_Scene, MediationCase], Turn]:
    return lambda _a, _case: Turn(words)


_DECIDED = frozenset(
    {
        ConfirmationStage.CONFIRMED,
        ConfirmationStage.DISMISSED,
        ConfirmationStage.NOT_ACCEPTED,
        ConfirmationStage.WITHDRAWN,
        ConfirmationStage.TERMINATED,
        ConfirmationStage.REVOKED,
    }
)
_BY_STAGE: dict[DisputeStage, Callable[[_Scene], Turn]] = {
    DisputeStage.DRAFT: _draft,
    DisputeStage.RETURNED: _draft,
    DisputeStage.SUBMITTED: _submitted,
    DisputeStage.REGISTERED: _registered,
    DisputeStage.DIVERTED: _said(say.DIVERTED),
    DisputeStage.INVITING: _inviting,
    DisputeStage.IN_MEDIATION: _in_mediation,
    DisputeStage.REFUSED: _said(say.REFUSED),
    DisputeStage.SETTLED: _settled,
    DisputeStage.FAILED: _said(say.FAILED),
    DisputeStage.HANDED_OVER: _said(say.HANDED_OVER),
}
_BY_CASE: dict[CaseStage, Callable[[_Scene, MediationCase], Turn]] = {
    CaseStage.CREATED: _case_said(say.UNDER_WAY),
    CaseStage.CHOOSING: _choosing,
    CaseStage.OFFERED: _offered,
    CaseStage.ACCEPTED: _accepted,
    CaseStage.SCHEDULED: _sitting,
    CaseStage.IN_MEDIATION: _sitting,
    CaseStage.SUSPENDED: _case_said(say.SUSPENDED),
    CaseStage.SCHEME_SERVED: _scheme,
    CaseStage.AGREED: _agreed,
    CaseStage.SETTLED: _case_said(say.SETTLED),
    CaseStage.ENDED: _case_said(say.FAILED),
    CaseStage.HANDED_OVER: _case_said(say.HANDED_OVER),
}
