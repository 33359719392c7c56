"""The diagrams of the court's work: dispute, case, sitting, agreement, confirmation, performance, objection.

`starts` and `stops` name clocks of the rule pack; T-MED stands for the mediation clock of the case's track.
A clock that runs already is not started anew.
"""

from __future__ import annotations

from enum import StrEnum

from odr.rules.stages import Move, Moves, anywhere_but, at
from odr.rules.words import Do


class DisputeStage(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    REGISTERED = "registered"
    DIVERTED = "diverted"
    INVITING = "inviting"
    IN_MEDIATION = "in-mediation"
    REFUSED = "refused"
    SETTLED = "settled"
    FAILED = "failed"
    HANDED_OVER = "handed-over"


D = DisputeStage
DISPUTE = Moves(
    D,
    (
        Move(Do.SUBMIT, at(D.DRAFT, D.RETURNED), D.SUBMITTED, starts=("T-REG",)),
        Move(Do.RETURN, at(D.SUBMITTED), D.RETURNED, stops=("T-REG",)),
        Move(Do.DIVERT, at(D.SUBMITTED), D.DIVERTED, stops=("T-REG",)),
        Move(Do.REGISTER_CASE, at(D.SUBMITTED), D.REGISTERED, stops=("T-REG", "T-PRES-SUE")),
        Move(Do.DELEGATE, at(D.SUBMITTED, D.REGISTERED), D.INVITING, starts=("T-LINK",), stops=("T-REG",)),
        Move(Do.CONSENT, at(D.INVITING), D.IN_MEDIATION, stops=("T-LINK",)),
        Move(Do.REFUSE_MEDIATION, at(D.INVITING, D.IN_MEDIATION), D.REFUSED, stops=("T-LINK",)),
        Move(Do.TAKE_EFFECT, at(D.IN_MEDIATION), D.SETTLED),
        Move(Do.SELF_SETTLE, at(D.INVITING, D.IN_MEDIATION), D.SETTLED, stops=("T-LINK",)),
        Move(Do.END_MEDIATION, at(D.INVITING, D.IN_MEDIATION), D.FAILED, stops=("T-LINK",)),
        Move(Do.RECORD_SCHEME_OBJECTION, at(D.SETTLED), D.IN_MEDIATION),
        Move(Do.HAND_OVER, at(D.REFUSED, D.FAILED), D.HANDED_OVER, stops=("T-PRES-SUE",)),
    ),
)


class CaseStage(StrEnum):
    CREATED = "created"
    CHOOSING = "choosing"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    IN_MEDIATION = "in-mediation"
    SUSPENDED = "suspended"
    SCHEME_SERVED = "scheme-served"  # whoever does not object in writing agrees
    AGREED = "agreed"
    SETTLED = "settled"
    ENDED = "ended"
    HANDED_OVER = "handed-over"


C = CaseStage
ENDS = (C.SETTLED, C.ENDED, C.HANDED_OVER)
WORKING = (C.ACCEPTED, C.SCHEDULED, C.IN_MEDIATION)
CASE_CLOCKS = ("T-PICK", "T-APPT", "T-ACC", "T-CONT", "T-RECUSE", "T-OBJ-SCHEME", "T-MED")
CASE = Moves(
    C,
    (
        Move(Do.CONSENT, at(C.CREATED), C.CHOOSING, starts=("T-PICK", "T-APPT")),
        Move(Do.AGREE_MEDIATOR, at(C.CHOOSING), C.OFFERED, starts=("T-ACC",), stops=("T-PICK", "T-APPT")),
        Move(Do.APPOINT, at(C.CHOOSING), C.OFFERED, starts=("T-ACC",), stops=("T-PICK", "T-APPT")),
        Move(Do.ACCEPT, at(C.OFFERED), C.ACCEPTED, starts=("T-CONT", "T-MED"), stops=("T-ACC",)),
        Move(Do.DECLINE, at(C.OFFERED), C.CHOOSING, starts=("T-PICK", "T-APPT"), stops=("T-ACC",)),
        # T-MED runs on: a new mediator is no new period (OPN forbids endless mediation)
        Move(
            Do.REPLACE_MEDIATOR,
            at(C.OFFERED, *WORKING),
            C.CHOOSING,
            starts=("T-PICK", "T-APPT"),
            stops=("T-ACC", "T-CONT", "T-RECUSE"),
        ),
        *(Move(Do.CONTACT, at(stage), stage, stops=("T-CONT",)) for stage in WORKING),
        Move(Do.SCHEDULE, at(C.ACCEPTED, C.SCHEDULED), C.SCHEDULED, stops=("T-CONT",)),
        Move(Do.SCHEDULE, at(C.IN_MEDIATION), C.IN_MEDIATION, stops=("T-CONT",)),
        Move(Do.OPEN_SITTING, at(C.SCHEDULED, C.IN_MEDIATION), C.IN_MEDIATION),
        *(Move(Do.EXTEND, at(stage), stage) for stage in WORKING),
        *(Move(Do.RECUSE, at(stage), stage) for stage in WORKING),
        Move(
            Do.DECIDE_RECUSAL,
            at(*WORKING),
            C.CHOOSING,
            starts=("T-PICK", "T-APPT"),
            stops=("T-RECUSE", "T-CONT"),
        ),
        # what was agreed while falsity is suspected is not signed: it opens anew (SIM-18)
        Move(Do.SUSPEND, at(*WORKING, C.AGREED), C.SUSPENDED),
        Move(Do.SUSPEND, at(C.SCHEME_SERVED), C.SUSPENDED, stops=("T-OBJ-SCHEME",)),
        Move(Do.RESUME, at(C.SUSPENDED), C.IN_MEDIATION),
        *(Move(Do.OFFER_SCHEME, at(stage), stage) for stage in WORKING),
        *(Move(Do.AGREE_TO_SCHEME, at(stage), stage) for stage in WORKING),
        # T-OBJ-SCHEME begins when the last party has received it
        Move(Do.SERVE_SCHEME, at(*WORKING), C.SCHEME_SERVED, stops=("T-CONT",)),
        Move(Do.OBJECT_TO_SCHEME, at(C.SCHEME_SERVED), C.ENDED, stops=CASE_CLOCKS),
        # on paper: what came in time counts although the days have run out meanwhile; then mediation ends
        Move(Do.RECORD_SCHEME_OBJECTION, at(C.SCHEME_SERVED, C.SETTLED), C.SCHEME_SERVED),
        *(Move(Do.RECORD_ORALLY, at(stage), stage) for stage in WORKING),
        Move(Do.AGREE_ORALLY, at(*WORKING), C.SETTLED, stops=CASE_CLOCKS),  # with the last party's yes
        Move(Do.REACH_AGREEMENT, at(*WORKING), C.AGREED, stops=("T-CONT",)),
        Move(Do.REOPEN_AGREEMENT, at(C.AGREED), C.IN_MEDIATION),
        Move(Do.TAKE_EFFECT, at(C.AGREED, C.SCHEME_SERVED), C.SETTLED, stops=CASE_CLOCKS),
        Move(Do.SELF_SETTLE, anywhere_but(C, *ENDS), C.SETTLED, stops=CASE_CLOCKS),
        Move(Do.END_MEDIATION, anywhere_but(C, *ENDS), C.ENDED, stops=CASE_CLOCKS),
        Move(Do.HAND_OVER, at(C.ENDED), C.HANDED_OVER),
    ),
)


class SittingStage(StrEnum):
    PLANNED = "planned"
    GATHERING = "gathering"  # lobbies open: identity, notices
    LIVE = "live"
    FROZEN = "frozen"  # the mediator was lost
    PAUSED = "paused"
    CLOSED = "closed"
    NO_SHOW = "no-show"
    RESCHEDULED = "rescheduled"


T = SittingStage
SITTING = Moves(
    T,
    (
        Move(Do.JOIN_SITTING, at(T.PLANNED), T.GATHERING),
        Move(Do.OPEN_SITTING, at(T.PLANNED, T.GATHERING, T.FROZEN, T.PAUSED), T.LIVE),
        Move(Do.FREEZE, at(T.LIVE), T.FROZEN),
        Move(Do.PAUSE, at(T.LIVE), T.PAUSED),
        Move(Do.RESCHEDULE, at(T.PLANNED, T.GATHERING), T.RESCHEDULED),
        Move(Do.NO_SHOW, at(T.PLANNED, T.GATHERING), T.NO_SHOW),
        Move(Do.CLOSE_SITTING, at(T.GATHERING, T.LIVE, T.FROZEN, T.PAUSED), T.CLOSED),
    ),
)


class AgreementStage(StrEnum):
    DRAFTING = "drafting"
    SERVED = "served"  # as a written scheme
    SIGNING = "signing"
    REFUSED = "refused"
    EFFECTIVE = "effective"
    PERFORMED = "performed"
    APPLIED = "applied"
    LAPSED = "lapsed"
    COURT_PAPER = "court-paper"  # the court has made its 民事调解书 of it
    SUPERSEDED = "superseded"


A = AgreementStage
AGREEMENT = Moves(
    A,
    (
        Move(Do.FREEZE_AGREEMENT, at(A.DRAFTING), A.SIGNING),
        Move(Do.REOPEN_AGREEMENT, at(A.SIGNING), A.SUPERSEDED),
        Move(Do.SERVE_SCHEME, at(A.DRAFTING), A.SERVED),
        Move(Do.SUSPEND, at(A.SIGNING, A.SERVED), A.SUPERSEDED),
        Move(Do.SIGN, at(A.SIGNING), A.SIGNING),
        Move(Do.REFUSE_TO_SIGN, at(A.SIGNING), A.REFUSED),
        Move(Do.TAKE_EFFECT, at(A.SIGNING, A.SERVED), A.EFFECTIVE, starts=("T-JC-APPLY",)),
        Move(Do.RECORD_SCHEME_OBJECTION, at(A.EFFECTIVE), A.SERVED, stops=("T-JC-APPLY",)),
        Move(Do.PERFORMED_ON_SPOT, at(A.EFFECTIVE), A.PERFORMED, stops=("T-JC-APPLY",)),
        # CPL-205: only the application of both together keeps the thirty days
        Move(Do.APPLY_CONFIRMATION, at(A.EFFECTIVE), A.EFFECTIVE),
        Move(Do.JOIN_APPLICATION, at(A.EFFECTIVE), A.APPLIED, stops=("T-JC-APPLY",)),
        # nothing was decided: until the thirty days are over both may apply anew (CPL-205)
        Move(Do.WITHDRAW_APPLICATION, at(A.APPLIED), A.EFFECTIVE, starts=("T-JC-APPLY",)),
        Move(Do.LAPSE, at(A.EFFECTIVE), A.LAPSED, stops=("T-JC-APPLY",)),
        *(Move(Do.ASK_COURT_PAPER, at(stage), stage) for stage in (A.EFFECTIVE, A.LAPSED)),
        Move(Do.ISSUE_COURT_PAPER, at(A.EFFECTIVE, A.LAPSED), A.COURT_PAPER, stops=("T-JC-APPLY",)),
        *(Move(Do.REFUSE_COURT_PAPER, at(stage), stage) for stage in (A.EFFECTIVE, A.LAPSED)),
        Move(Do.END_MEDIATION, at(A.DRAFTING, A.SERVED, A.SIGNING), A.REFUSED),
    ),
)


class ConfirmationStage(StrEnum):
    PREPARED = "prepared"  # one side has applied, the other not yet
    SUBMITTED = "submitted"
    CORRECTING = "correcting"  # something is missing in the application (CPLI-354)
    NOT_ACCEPTED = "not-accepted"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    REVIEW = "review"
    SUPPLEMENTING = "supplementing"
    WITHDRAWING = "withdrawing"  # a side withdraws, the judge has yet to permit it (CPLI-357)
    CONFIRMED = "confirmed"
    REVOKED = "revoked"  # on an objection (CPLI-372)
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"
    TERMINATED = "terminated"


F = ConfirmationStage
_DECIDING = at(F.REVIEW, F.SUPPLEMENTING)
_OPEN = (F.ASSIGNED, F.REVIEW, F.SUPPLEMENTING, F.WITHDRAWING)
_RUN = ("T-JC-DEC", "T-JC-MAX")
_END = (*_RUN, "T-RECUSE")  # with the case ends whatever was asked of its judge
CONFIRMATION = Moves(
    F,
    (
        Move(Do.JOIN_APPLICATION, at(F.PREPARED), F.SUBMITTED, starts=("T-JC-ACC",)),
        Move(Do.ACCEPT_APPLICATION, at(F.SUBMITTED), F.ACCEPTED, starts=_RUN, stops=("T-JC-ACC",)),
        Move(Do.ASK_CORRECTION, at(F.SUBMITTED), F.CORRECTING, starts=("T-JC-SUP",), stops=("T-JC-ACC",)),
        Move(Do.ANSWER_SUPPLEMENT, at(F.CORRECTING), F.SUBMITTED, starts=("T-JC-ACC",), stops=("T-JC-SUP",)),
        Move(Do.NOT_ACCEPT, at(F.SUBMITTED), F.NOT_ACCEPTED, stops=("T-JC-ACC",)),
        Move(Do.DRAW_JUDGE, at(F.ACCEPTED), F.ASSIGNED),
        Move(Do.REVIEW, at(F.ASSIGNED), F.REVIEW),
        Move(Do.ASK_SUPPLEMENT, at(F.REVIEW), F.SUPPLEMENTING, starts=("T-JC-SUP",)),
        Move(Do.ANSWER_SUPPLEMENT, at(F.SUPPLEMENTING), F.REVIEW, stops=("T-JC-SUP",)),
        Move(Do.CONFIRM, at(F.REVIEW), F.CONFIRMED, stops=_END),
        Move(Do.DISMISS, at(F.REVIEW), F.DISMISSED, stops=_END),
        Move(Do.CALL_INQUIRY, at(F.REVIEW), F.REVIEW),
        Move(Do.VERIFY_WITH_ORGANISATION, at(F.REVIEW), F.REVIEW),
        *(Move(Do.ANSWER_VERIFICATION, at(stage), stage) for stage in _OPEN),
        *(Move(Do.ASK_REVIEW_EXTENSION, at(stage), stage) for stage in (F.REVIEW, F.SUPPLEMENTING)),
        *(Move(Do.DECIDE_REVIEW_EXTENSION, at(stage), stage) for stage in _OPEN),
        *(Move(Do.ASK_JUDGE_RECUSAL, at(stage), stage, starts=("T-RECUSE",)) for stage in _OPEN),
        *(Move(Do.REFUSE_JUDGE_RECUSAL, at(stage), stage, stops=("T-RECUSE",)) for stage in _OPEN),
        # the new judge takes the file up from the beginning; what waits for the parties goes on waiting
        Move(Do.REPLACE_JUDGE, at(F.ASSIGNED, F.REVIEW), F.ASSIGNED, stops=("T-RECUSE",)),
        *(
            Move(Do.REPLACE_JUDGE, at(stage), stage, stops=("T-RECUSE",))
            for stage in (F.SUPPLEMENTING, F.WITHDRAWING)
        ),
        Move(Do.RULE_WITHDRAWN, at(*_DECIDING, F.CORRECTING), F.WITHDRAWN, stops=(*_END, "T-JC-SUP")),
        Move(Do.TERMINATE, _DECIDING, F.TERMINATED, stops=(*_END, "T-JC-SUP")),  # CPL-186
        Move(Do.LAPSE, at(F.PREPARED), F.WITHDRAWN),  # the other side never joined
        # withdrawn before it was joint; what was submitted leaves the agreement in APPLIED, which allows none
        Move(Do.APPLY_CONFIRMATION, at(F.WITHDRAWN), F.PREPARED),
        Move(
            Do.WITHDRAW_APPLICATION,
            at(F.PREPARED, F.SUBMITTED, F.CORRECTING),
            F.WITHDRAWN,
            stops=("T-JC-ACC", "T-JC-SUP"),
        ),
        Move(
            Do.WITHDRAW_APPLICATION,
            at(F.ACCEPTED, F.ASSIGNED, F.REVIEW, F.SUPPLEMENTING),
            F.WITHDRAWING,
            stops=("T-JC-SUP",),
        ),
        Move(Do.PERMIT_WITHDRAWAL, at(F.WITHDRAWING), F.WITHDRAWN, stops=_END),
        Move(Do.UPHOLD_OBJECTION, at(F.CONFIRMED), F.REVOKED),
        Move(Do.CHANGE_RULING, at(F.CONFIRMED), F.CONFIRMED),
    ),
)


class PerformanceStage(StrEnum):
    PENDING = "pending"
    CLAIMED = "claimed"  # the obligor says it is done and shows proof
    PARTIAL = "partial"  # the creditor has received a part
    PERFORMED = "performed"
    OVERDUE = "overdue"
    ENFORCING = "enforcing"  # enforcement was applied for
    ENFORCED = "enforced"


P = PerformanceStage
PERFORMANCE = Moves(
    P,
    (
        Move(Do.REMIND, at(P.PENDING), P.PENDING),
        Move(Do.REMIND, at(P.PARTIAL), P.PARTIAL),
        Move(Do.PERFORM, at(P.PENDING, P.PARTIAL, P.OVERDUE, P.ENFORCING), P.CLAIMED),
        Move(Do.ACKNOWLEDGE_PART, at(P.PENDING, P.CLAIMED, P.PARTIAL, P.OVERDUE, P.ENFORCING), P.PARTIAL),
        Move(
            Do.ACKNOWLEDGE_PERFORMANCE,
            at(P.PENDING, P.CLAIMED, P.PARTIAL, P.OVERDUE, P.ENFORCING),
            P.PERFORMED,
        ),
        Move(Do.URGE, at(P.PENDING, P.PARTIAL, P.OVERDUE), P.OVERDUE),
        Move(Do.APPLY_ENFORCEMENT, at(P.PENDING, P.CLAIMED, P.PARTIAL, P.OVERDUE), P.ENFORCING),
        Move(Do.RECORD_ENFORCEMENT, at(P.CLAIMED, P.PARTIAL, P.OVERDUE, P.ENFORCING), P.ENFORCED),
    ),
)


class ObjectionStage(StrEnum):
    FILED = "filed"
    ASSIGNED = "assigned"
    UPHELD = "upheld"
    CHANGED = "changed"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"


O = ObjectionStage  # noqa: E741  # one letter for each table, as above
# CPLI-372: at the court that ruled, under the same special procedure and its limit
OBJECTION = Moves(
    O,
    (
        Move(Do.DRAW_JUDGE, at(O.FILED), O.ASSIGNED, starts=("T-JC-MAX",)),
        Move(Do.UPHOLD_OBJECTION, at(O.ASSIGNED), O.UPHELD, stops=("T-JC-MAX",)),
        Move(Do.CHANGE_RULING, at(O.ASSIGNED), O.CHANGED, stops=("T-JC-MAX",)),
        Move(Do.DISMISS_OBJECTION, at(O.ASSIGNED), O.DISMISSED, stops=("T-JC-MAX",)),
        Move(Do.WITHDRAW_OBJECTION, at(O.FILED, O.ASSIGNED), O.WITHDRAWN, stops=("T-JC-MAX",)),
    ),
)

ALL = (DISPUTE, CASE, SITTING, AGREEMENT, CONFIRMATION, PERFORMANCE, OBJECTION)
