"""Who may do what: one row per act, naming the hats that may. Zones say who may read content.

A person who wears no hat that sees the subject learns nothing of it: NotFound, never NotAllowed.
"""

from __future__ import annotations

from dataclasses import dataclass

from odr.rules.words import Do, Hat, Role, Zone

H = Hat


@dataclass(frozen=True, slots=True)
class Actor:
    """The person (or the court's own machine) who acts, as the login knows them."""

    account_id: str | None = None
    name: str = ""
    roles: frozenset[Role] = frozenset()
    court_id: str | None = None
    org_id: str | None = None
    mediator_id: str | None = None
    login_id: str | None = None
    strong: bool = False  # a second factor was shown in this login
    machine: bool = False

    @property
    def ref(self) -> str:
        """How the journal names the actor: an account id, `machine` or `stranger`."""
        return self.account_id or ("machine" if self.machine else "stranger")


MACHINE = Actor(name="法院系统", machine=True)
STRANGER = Actor()

_PARTIES = frozenset({H.APPLICANT, H.RESPONDENT})
_CASE = _PARTIES | {H.MEDIATOR}
_HOSTS = frozenset({H.MEDIATOR, H.PRESIDING})  # who leads a sitting: a mediation or an inquiry
_STAFF = frozenset({H.TRIAGE, H.BENCH, H.CLERK, H.LEADER, H.AUDITOR, H.SYSADMIN})

GRANTS: dict[Do, frozenset[Hat]] = {
    Do.READ_PUBLIC: frozenset(H),
    Do.REGISTER: frozenset(H),
    Do.LOG_IN: frozenset(H),
    Do.SEE_OWN: frozenset({H.SOMEONE}),
    Do.CHANGE_OWN: frozenset({H.SOMEONE}),
    Do.DRAFT: frozenset({H.SOMEONE}),
    Do.SUBMIT: frozenset({H.APPLICANT}),
    Do.SEE_DISPUTE: _CASE | {H.TRIAGE, H.CLERK, H.LEADER, H.JUDGE, H.ORG_ADMIN},
    Do.ADD_EVIDENCE: _PARTIES,
    Do.WITHDRAW_EVIDENCE: _PARTIES,
    Do.SEE_EVIDENCE: _CASE | {H.TRIAGE, H.JUDGE, H.CLERK},
    Do.SEE_TRIAGE: _PARTIES | {H.TRIAGE, H.LEADER},
    Do.TRIAGE: frozenset({H.TRIAGE}),
    Do.RETURN: frozenset({H.TRIAGE}),
    Do.DIVERT: frozenset({H.TRIAGE}),
    Do.REGISTER_CASE: frozenset({H.TRIAGE, H.CLERK, H.MACHINE}),  # after seven days by itself (LRR-8)
    Do.DELEGATE: frozenset({H.TRIAGE}),
    Do.OPEN_INVITATION: frozenset(H),
    Do.CONSENT: _PARTIES,
    Do.REFUSE_MEDIATION: _PARTIES,
    Do.OBJECT_TO_TRIAGE: _PARTIES,
    Do.REPORT_PRESERVATION: frozenset({H.APPLICANT}),
    Do.ACKNOWLEDGE_RISKS: _PARTIES,
    Do.ASK_FEE_RELIEF: frozenset({H.APPLICANT}),  # who sues pays in advance (FEE-20)
    Do.SEE_FEE_RELIEF: frozenset({H.SELF, H.BENCH, H.LEADER}),
    Do.EXAMINE_FEE_RELIEF: frozenset({H.BENCH}),
    Do.DECIDE_FEE_RELIEF: frozenset({H.LEADER}),  # never who examined: two people
    Do.SEE_CASE: _CASE | {H.TRIAGE, H.ORG_ADMIN, H.CLERK, H.LEADER},
    Do.CHOOSE_MEDIATOR: _PARTIES,
    Do.AGREE_MEDIATOR: _PARTIES,
    Do.APPOINT: frozenset({H.TRIAGE, H.MACHINE}),
    Do.ACCEPT: frozenset({H.MEDIATOR}),
    Do.DECLINE: frozenset({H.MEDIATOR, H.MACHINE}),  # silence is a no as well (ODM-12)
    Do.WAIVE_DISCLOSURE: _PARTIES,
    Do.REPLACE_MEDIATOR: _PARTIES | {H.TRIAGE},
    Do.RECUSE: _CASE,
    Do.DECIDE_RECUSAL: frozenset({H.ORG_ADMIN, H.TRIAGE}),
    Do.CONTACT: frozenset({H.MEDIATOR}),
    Do.EXTEND: _CASE,
    Do.SUSPEND: frozenset({H.MEDIATOR, H.TRIAGE, H.MACHINE}),
    Do.RESUME: frozenset({H.MEDIATOR, H.TRIAGE}),
    Do.JUDGE_SUSPICION: frozenset({H.TRIAGE, H.LEADER}),  # SIM-18: whoever reported does not judge
    Do.APPRAISE: _PARTIES,
    Do.END_APPRAISAL: frozenset({H.MEDIATOR, H.TRIAGE}),
    Do.OFFER_SCHEME: frozenset({H.MEDIATOR}),
    Do.AGREE_TO_SCHEME: _PARTIES,
    Do.SERVE_SCHEME: frozenset({H.MEDIATOR}),
    Do.OBJECT_TO_SCHEME: _PARTIES,
    Do.RECORD_SCHEME_OBJECTION: frozenset({H.MEDIATOR, H.CLERK}),  # it came on paper
    Do.RECORD_ORALLY: frozenset({H.MEDIATOR}),
    Do.AGREE_ORALLY: _PARTIES,
    Do.REACH_AGREEMENT: frozenset({H.MEDIATOR}),
    Do.SELF_SETTLE: frozenset({H.APPLICANT, H.MEDIATOR}),  # who brought it, not who is asked to pay
    Do.END_MEDIATION: frozenset({H.MEDIATOR, H.MACHINE}),
    Do.HAND_OVER: frozenset({H.APPLICANT, H.MEDIATOR, H.TRIAGE}),
    Do.WRITE_NOTES: frozenset({H.MEDIATOR}),
    Do.CHECK_MANDATE: frozenset({H.MEDIATOR, H.TRIAGE, H.CLERK}),
    Do.END_MANDATE: _PARTIES,
    Do.ADD_PARTICIPANT: _CASE,
    Do.AGREE_PARTICIPANT: _PARTIES,
    Do.TAKE_PART: frozenset({H.SOMEONE}),
    Do.OFFER_TIMES: _CASE,
    Do.SCHEDULE: frozenset({H.MEDIATOR}),
    Do.RESCHEDULE: _CASE,
    Do.JOIN_SITTING: _CASE | {H.PARTICIPANT, H.PRESIDING},
    Do.CHECK_IDENTITY: _HOSTS,
    Do.READ_NOTICES: _CASE | {H.PARTICIPANT, H.PRESIDING},
    Do.OPEN_SITTING: _HOSTS,
    Do.MOVE_PERSON: _HOSTS,
    Do.HUSH: _HOSTS,
    Do.SPEAK: _CASE | {H.PARTICIPANT, H.PRESIDING},
    Do.CONSENT_RECORDING: _CASE | {H.PARTICIPANT, H.PRESIDING},
    Do.RECORD: _HOSTS,
    Do.STOP_RECORDING: _CASE | {H.PARTICIPANT, H.PRESIDING, H.MACHINE},
    Do.FREEZE: frozenset({H.MACHINE}),
    Do.PAUSE: _HOSTS,
    Do.CLOSE_SITTING: _HOSTS,
    Do.NO_SHOW: _HOSTS,
    Do.WRITE_MINUTES: _HOSTS,
    Do.CONFIRM_MINUTES: _PARTIES,
    Do.STATE_FACT: frozenset({H.MEDIATOR}),
    Do.AGREE_FACT: _PARTIES,
    Do.PLAY_RECORDING: _CASE,
    Do.PLAY_SIGNING_CLIP: _CASE | {H.JUDGE},
    Do.DRAFT_CLAUSE: _CASE,
    Do.AGREE_CLAUSE: _PARTIES,
    Do.FREEZE_AGREEMENT: frozenset({H.MEDIATOR}),
    Do.REOPEN_AGREEMENT: frozenset({H.MEDIATOR}),
    Do.SIGN: _PARTIES,
    Do.SIGN_ON_PAPER: frozenset({H.MEDIATOR}),
    Do.REFUSE_TO_SIGN: _PARTIES,
    Do.COUNTERSIGN: frozenset({H.MEDIATOR}),
    Do.SEAL: frozenset({H.MACHINE}),
    Do.TAKE_EFFECT: _PARTIES,
    Do.PERFORMED_ON_SPOT: _CASE,
    Do.ASK_COURT_PAPER: _PARTIES,
    Do.ISSUE_COURT_PAPER: frozenset({H.BENCH}),
    Do.REFUSE_COURT_PAPER: frozenset({H.BENCH}),
    Do.LAPSE: frozenset({H.MACHINE}),
    Do.SEE_AGREEMENT: _CASE | {H.ORG_ADMIN, H.JUDGE, H.CLERK},
    Do.APPLY_CONFIRMATION: _PARTIES,
    Do.JOIN_APPLICATION: _PARTIES,
    Do.ACCEPT_APPLICATION: frozenset({H.CLERK}),
    Do.NOT_ACCEPT: frozenset({H.BENCH}),
    Do.DRAW_JUDGE: frozenset({H.CLERK, H.MACHINE}),
    Do.SEE_CONFIRMATION: _PARTIES | {H.JUDGE, H.CLERK, H.LEADER, H.ORG_ADMIN},
    Do.REVIEW: frozenset({H.JUDGE}),
    Do.ASK_SUPPLEMENT: frozenset({H.JUDGE}),
    Do.ANSWER_SUPPLEMENT: _PARTIES,
    Do.WITHDRAW_APPLICATION: _PARTIES,
    Do.CONFIRM: frozenset({H.JUDGE}),
    Do.DISMISS: frozenset({H.JUDGE}),
    Do.RULE_WITHDRAWN: frozenset({H.JUDGE}),
    Do.TERMINATE: frozenset({H.JUDGE}),
    Do.APPLY_ORALLY: frozenset({H.CLERK}),
    Do.ASK_CORRECTION: frozenset({H.CLERK}),
    Do.PERMIT_WITHDRAWAL: frozenset({H.JUDGE}),
    Do.ASK_JUDGE_RECUSAL: _PARTIES,
    Do.REFUSE_JUDGE_RECUSAL: frozenset({H.LEADER}),
    Do.REPLACE_JUDGE: frozenset({H.JUDGE, H.LEADER}),
    Do.ASK_REVIEW_EXTENSION: frozenset({H.JUDGE}),
    Do.DECIDE_REVIEW_EXTENSION: frozenset({H.LEADER}),
    Do.CALL_INQUIRY: frozenset({H.JUDGE}),
    Do.VERIFY_WITH_ORGANISATION: frozenset({H.JUDGE}),
    Do.ANSWER_VERIFICATION: frozenset({H.ORG_ADMIN}),
    Do.OBJECT_TO_RULING: frozenset({H.SOMEONE}),
    Do.SEE_OBJECTION: _PARTIES | {H.SELF, H.JUDGE, H.CLERK, H.LEADER},
    Do.WITHDRAW_OBJECTION: frozenset({H.SELF}),
    Do.UPHOLD_OBJECTION: frozenset({H.JUDGE}),
    Do.CHANGE_RULING: frozenset({H.JUDGE}),
    Do.DISMISS_OBJECTION: frozenset({H.JUDGE}),
    Do.SERVE: frozenset({H.CLERK, H.MACHINE}),
    Do.ASK_FOR_PAPER: _PARTIES,
    Do.PERFORM: _PARTIES,
    Do.ACKNOWLEDGE_PERFORMANCE: _PARTIES,
    Do.ACKNOWLEDGE_PART: _PARTIES,
    Do.REMIND: frozenset({H.MACHINE}),
    Do.URGE: frozenset({H.MEDIATOR, H.ORG_ADMIN, H.MACHINE}),
    Do.APPLY_ENFORCEMENT: _PARTIES,
    Do.RECORD_ENFORCEMENT: frozenset({H.CLERK}),
    Do.RATE: _PARTIES,
    Do.COMPLAIN: _PARTIES,
    Do.ANSWER_COMPLAINT: frozenset({H.TRIAGE, H.LEADER}),
    Do.EDIT_ROSTER: frozenset({H.ORG_ADMIN}),
    Do.IMPORT_ROSTER: frozenset({H.ORG_ADMIN}),
    Do.EXPORT_ROSTER: frozenset({H.ORG_ADMIN, H.TRIAGE, H.LEADER}),
    Do.APPROVE_ROSTER: frozenset({H.TRIAGE, H.LEADER}),
    Do.ISSUE_CERTIFICATE: frozenset({H.ORG_ADMIN}),  # the court has approved the entry before
    Do.SEE_QUEUE: _STAFF | {H.MEDIATOR, H.ORG_ADMIN},
    Do.SEE_FIGURES: frozenset({H.LEADER, H.TRIAGE, H.AUDITOR}),
    Do.SEE_JOURNAL: frozenset({H.AUDITOR}),
    Do.MANAGE_ACCOUNTS: frozenset({H.SYSADMIN}),
    Do.IMPORT_CALENDAR: frozenset({H.SYSADMIN, H.MACHINE}),
    Do.NARROW_RULE: frozenset({H.LEADER, H.SYSADMIN}),
    Do.SEE_RETENTION: frozenset({H.CLERK, H.LEADER, H.AUDITOR}),
    Do.ASK_DISPOSAL: frozenset({H.CLERK}),
    Do.KEEP_LONGER: frozenset({H.CLERK, H.LEADER}),
    Do.APPROVE_DISPOSAL: frozenset({H.LEADER}),  # never who asked: two people
    Do.SEE_LETTERBOX: frozenset(H),
    Do.SEE_DOCUMENT: _CASE | {H.ORG_ADMIN, H.TRIAGE, H.LEADER, H.JUDGE, H.CLERK},
    Do.EXPORT_CASE: _PARTIES | {H.JUDGE, H.CLERK},
}

# Who reads content of a zone. The judge judges the record and the outcome, nothing else.
READERS: dict[Zone, frozenset[Hat]] = {
    Zone.PUBLIC: frozenset(H),
    Zone.RECORD: _CASE | {H.TRIAGE, H.JUDGE, H.CLERK},
    Zone.JOINT: _CASE,
    Zone.CAUCUS: frozenset({H.MEDIATOR}),  # and the own side: decided with the side, see `may_read`
    Zone.OUTCOME: _CASE | {H.ORG_ADMIN, H.JUDGE, H.CLERK},
    Zone.NOTES: frozenset({H.MEDIATOR}),
}

# Hats that count only in a login that has shown a second factor
STRONG = frozenset(
    {
        H.MEDIATOR,
        H.ORG_ADMIN,
        H.TRIAGE,
        H.JUDGE,
        H.PRESIDING,
        H.BENCH,
        H.CLERK,
        H.LEADER,
        H.AUDITOR,
        H.SYSADMIN,
    }
)

# Hats of the court, which nobody wears in a matter of their own (CPL-47)
OFFICE = frozenset({H.TRIAGE, H.BENCH, H.JUDGE, H.PRESIDING, H.CLERK, H.LEADER, H.AUDITOR, H.SYSADMIN})

# Acts that need the person to have proven themselves within the last minutes (ASVS 7.5.3)
STEP_UP = frozenset(
    {
        Do.SIGN,
        Do.AGREE_TO_SCHEME,  # it lets silence bind
        Do.AGREE_ORALLY,  # the last one's yes is the agreement
        Do.ISSUE_COURT_PAPER,
        Do.REFUSE_COURT_PAPER,
        Do.COUNTERSIGN,
        Do.SIGN_ON_PAPER,
        Do.JOIN_APPLICATION,
        Do.CONFIRM,
        Do.DISMISS,
        Do.NOT_ACCEPT,
        Do.RULE_WITHDRAWN,
        Do.TERMINATE,
        Do.PERMIT_WITHDRAWAL,
        Do.DECIDE_REVIEW_EXTENSION,
        Do.DECIDE_FEE_RELIEF,
        Do.UPHOLD_OBJECTION,
        Do.CHANGE_RULING,
        Do.DISMISS_OBJECTION,
        Do.APPROVE_DISPOSAL,
        Do.EXPORT_CASE,
    }
)


def may(do: Do, hats: frozenset[Hat]) -> bool:
    """Whether one of these hats may do this."""
    return bool(GRANTS[do] & hats)


def may_read(zone: Zone, hats: frozenset[Hat], *, own_side: bool = False) -> bool:
    """Whether these hats may read content of a zone; a caucus belongs to one side and the mediator."""
    return bool(READERS[zone] & hats) or (zone is Zone.CAUCUS and own_side)


# Whose paper it is, beside the two sides': a letter between court and organisation, not for the parties
TO_ORGANISATION = "organisation"
TO_COURT = "court"  # papers of the file room: nobody but the office reads them
ALONE = "party:"  # of one party, not of its side, and of those in the court who answer it


def may_read_paper(zone: Zone, whose: str, hats: frozenset[Hat], mine: frozenset[str]) -> bool:
    """Whether these hats may read a paper: by its zone, and if it is somebody's own, only they and the office.

    `mine` is whose papers the reader's own are: those of their side, and of the parties they act for.
    """
    own = whose in mine
    if whose.startswith(ALONE):
        return own or bool({H.TRIAGE, H.LEADER} & hats)
    office = {H.MEDIATOR, H.TRIAGE, H.JUDGE, H.CLERK}
    if whose == TO_ORGANISATION:  # both ends read what goes between them, whatever else they may read
        return bool((office | {H.ORG_ADMIN}) & hats)
    return may_read(zone, hats, own_side=own) and (not whose or own or bool(office & hats))
