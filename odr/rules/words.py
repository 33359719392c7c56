"""The closed vocabularies of the court's work. Chinese terms and glossary: docs/lifecycle.md."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum


class Role(StrEnum):
    """What an account is in a court; `PARTY` needs no grant."""

    PARTY = "party"
    MEDIATOR = "mediator"
    ORG_ADMIN = "org-admin"
    TRIAGE = "triage"
    JUDGE = "judge"
    CLERK = "clerk"
    LEADER = "leader"
    AUDITOR = "auditor"
    SYSADMIN = "sysadmin"


class Hat(StrEnum):
    """What an actor is in relation to one subject; decided by `odr.standing`, judged by `rules.access`."""

    PUBLIC = "public"
    SOMEONE = "someone"
    SELF = "self"
    APPLICANT = "applicant"
    RESPONDENT = "respondent"
    AGENT = "agent"  # acts for one side; wears APPLICANT or RESPONDENT as well
    MEDIATOR = "mediator"
    PARTICIPANT = "participant"  # third person, interpreter, support … of a sitting
    ORG_ADMIN = "org-admin"
    TRIAGE = "triage"
    JUDGE = "judge"  # the judge the confirmation was drawn for
    PRESIDING = "presiding"  # the drawn judge in an inquiry of theirs
    BENCH = "bench"  # any judge of the court
    CLERK = "clerk"
    LEADER = "leader"
    AUDITOR = "auditor"
    SYSADMIN = "sysadmin"
    MACHINE = "machine"  # the court's own job worker


class Zone(StrEnum):
    """Confidentiality zone of every stored thing (product.md 2.4)."""

    PUBLIC = "z0"
    RECORD = "z1"
    JOINT = "z2"
    CAUCUS = "z3"
    OUTCOME = "z4"
    NOTES = "z5"


class Side(StrEnum):
    APPLICANT = "applicant"
    RESPONDENT = "respondent"

    @property
    def other(self) -> Side:
        return Side.RESPONDENT if self is Side.APPLICANT else Side.APPLICANT

    @classmethod
    def both_in(cls, said: Collection[str]) -> bool:
        """Whether each side is among those who have said it."""
        return all(side.value in said for side in cls)


class Track(StrEnum):
    """How a dispute came to mediation (domain.md 0.1); regime and clocks hang on it."""

    PARTY_APPLIED = "party-applied"
    PRE_FILING_DELEGATED = "pre-filing-delegated"
    POST_FILING_COMMISSIONED = "post-filing-commissioned"
    JUDGE_LED = "judge-led"
    ADMIN_OR_OTHER = "admin-or-other"


class PersonKind(StrEnum):
    NATURAL = "natural"
    LEGAL = "legal"


class Step(StrEnum):
    """What a party consents to, each by itself (ODM-4, OLR-4)."""

    MEDIATION = "mediation"
    VIDEO = "video"
    RECORDING = "recording"
    E_SIGN = "e-sign"
    E_SERVICE = "e-service"
    SHARE_WITH_ORG = "share-with-org"


class Room(StrEnum):
    LOBBY_A = "lobby-a"  # applicant's side
    LOBBY_B = "lobby-b"  # respondent's side
    LOBBY_C = "lobby-c"  # who belongs to no side
    DESK = "desk"  # the mediator, before opening or between talks
    JOINT = "joint"
    CAUCUS_A = "caucus-a"
    CAUCUS_B = "caucus-b"
    SIGNING = "signing"


class Mode(StrEnum):
    """ODM-16: all at once by video, one after the other, equipment provided, or on site."""

    SYNC = "sync"
    SPLIT = "split"
    ASSISTED = "assisted"
    ONSITE = "onsite"


class EndReason(StrEnum):
    """The eight reasons of ODM-25."""

    AGREEMENT = "agreement"
    SETTLED = "settled"
    UNREACHABLE = "unreachable"
    UNWILLING = "unwilling"
    WIDE_GAP = "wide-gap"
    PERIOD_OVER = "period-over"
    REFUSED_TO_SIGN = "refused-to-sign"
    OTHER = "other"


class ClauseKind(StrEnum):
    PAYMENT = "payment"
    INSTALMENTS = "instalments"
    ACT = "act"
    HANDOVER = "handover"
    APOLOGY = "apology"
    FORBEARANCE = "forbearance"
    DEFAULT = "default"  # what follows non-performance, CMR-8
    COSTS = "costs"
    OTHER = "other"


class NotAccepted(StrEnum):
    """Five grounds of non-acceptance, CPLI-355."""

    OUT_OF_SCOPE = "out-of-scope"
    NO_JURISDICTION = "no-jurisdiction"
    STATUS_RELATION = "status-relation"
    OTHER_SPECIAL_PROCEDURE = "other-special-procedure"
    TITLE_DETERMINATION = "title-determination"


class Dismissal(StrEnum):
    """Six grounds of dismissal, CPLI-358."""

    MANDATORY_LAW = "mandatory-law"
    HARMS_OTHERS = "harms-others"
    PUBLIC_ORDER = "public-order"
    NOT_VOLUNTARY = "not-voluntary"
    CONTENT_UNCLEAR = "content-unclear"
    OTHER = "other"


class RulingKind(StrEnum):
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    NOT_ACCEPTED = "not-accepted"
    WITHDRAWN = "withdrawn"  # treated as withdrawn, CPLI-357
    WITHDRAWAL = "withdrawal"  # the parties withdrew and the court permits it
    TERMINATED = "terminated"
    REVOKED = "revoked"  # on an objection, CPLI-372
    CHANGED = "changed"
    OBJECTION_DISMISSED = "objection-dismissed"


class Do(StrEnum):
    """Every act of the product. One vocabulary for routes, access, moves, journal and buttons."""

    # public and account
    READ_PUBLIC = "read-public"
    REGISTER = "register"
    LOG_IN = "log-in"
    SEE_OWN = "see-own"
    CHANGE_OWN = "change-own"
    # dispute
    DRAFT = "draft"
    SUBMIT = "submit"
    SEE_DISPUTE = "see-dispute"
    ADD_EVIDENCE = "add-evidence"
    WITHDRAW_EVIDENCE = "withdraw-evidence"
    SEE_TRIAGE = "see-triage"
    TRIAGE = "triage"
    RETURN = "return"
    DIVERT = "divert"
    REGISTER_CASE = "register-case"
    DELEGATE = "delegate"
    OPEN_INVITATION = "open-invitation"
    CONSENT = "consent"
    REFUSE_MEDIATION = "refuse-mediation"
    OBJECT_TO_TRIAGE = "object-to-triage"
    REPORT_PRESERVATION = "report-preservation"
    ACKNOWLEDGE_RISKS = "acknowledge-risks"
    ASK_FEE_RELIEF = "ask-fee-relief"
    SEE_FEE_RELIEF = "see-fee-relief"
    EXAMINE_FEE_RELIEF = "examine-fee-relief"
    DECIDE_FEE_RELIEF = "decide-fee-relief"
    # mediation case
    SEE_CASE = "see-case"
    CHOOSE_MEDIATOR = "choose-mediator"
    AGREE_MEDIATOR = "agree-mediator"
    APPOINT = "appoint"
    ACCEPT = "accept"
    DECLINE = "decline"
    WAIVE_DISCLOSURE = "waive-disclosure"
    REPLACE_MEDIATOR = "replace-mediator"
    RECUSE = "recuse"
    DECIDE_RECUSAL = "decide-recusal"
    CONTACT = "contact"
    EXTEND = "extend"
    SUSPEND = "suspend"
    RESUME = "resume"
    JUDGE_SUSPICION = "judge-suspicion"
    APPRAISE = "appraise"
    END_APPRAISAL = "end-appraisal"
    OFFER_SCHEME = "offer-scheme"
    AGREE_TO_SCHEME = "agree-to-scheme"
    SERVE_SCHEME = "serve-scheme"
    OBJECT_TO_SCHEME = "object-to-scheme"
    RECORD_SCHEME_OBJECTION = "record-scheme-objection"
    RECORD_ORALLY = "record-orally"
    AGREE_ORALLY = "agree-orally"
    REACH_AGREEMENT = "reach-agreement"
    SELF_SETTLE = "self-settle"
    END_MEDIATION = "end-mediation"
    HAND_OVER = "hand-over"
    WRITE_NOTES = "write-notes"
    # agents and others beside the parties
    CHECK_MANDATE = "check-mandate"
    END_MANDATE = "end-mandate"
    ADD_PARTICIPANT = "add-participant"
    AGREE_PARTICIPANT = "agree-participant"
    TAKE_PART = "take-part"
    # sitting
    OFFER_TIMES = "offer-times"
    SCHEDULE = "schedule"
    RESCHEDULE = "reschedule"
    JOIN_SITTING = "join-sitting"
    CHECK_IDENTITY = "check-identity"
    READ_NOTICES = "read-notices"
    OPEN_SITTING = "open-sitting"
    MOVE_PERSON = "move-person"
    HUSH = "hush"
    SPEAK = "speak"  # chat, hand
    CONSENT_RECORDING = "consent-recording"
    RECORD = "record"
    STOP_RECORDING = "stop-recording"
    FREEZE = "freeze"
    PAUSE = "pause"
    CLOSE_SITTING = "close-sitting"
    NO_SHOW = "no-show"
    WRITE_MINUTES = "write-minutes"
    CONFIRM_MINUTES = "confirm-minutes"
    STATE_FACT = "state-fact"
    AGREE_FACT = "agree-fact"
    PLAY_RECORDING = "play-recording"
    PLAY_SIGNING_CLIP = "play-signing-clip"
    # agreement
    DRAFT_CLAUSE = "draft-clause"
    AGREE_CLAUSE = "agree-clause"
    FREEZE_AGREEMENT = "freeze-agreement"
    REOPEN_AGREEMENT = "reopen-agreement"
    SIGN = "sign"
    SIGN_ON_PAPER = "sign-on-paper"
    REFUSE_TO_SIGN = "refuse-to-sign"
    COUNTERSIGN = "countersign"
    SEAL = "seal"
    TAKE_EFFECT = "take-effect"
    PERFORMED_ON_SPOT = "performed-on-spot"
    ASK_COURT_PAPER = "ask-court-paper"
    ISSUE_COURT_PAPER = "issue-court-paper"
    REFUSE_COURT_PAPER = "refuse-court-paper"
    LAPSE = "lapse"
    SEE_AGREEMENT = "see-agreement"
    # judicial confirmation
    APPLY_CONFIRMATION = "apply-confirmation"
    JOIN_APPLICATION = "join-application"
    ACCEPT_APPLICATION = "accept-application"
    DRAW_JUDGE = "draw-judge"
    SEE_CONFIRMATION = "see-confirmation"
    REVIEW = "review"
    ASK_SUPPLEMENT = "ask-supplement"
    ANSWER_SUPPLEMENT = "answer-supplement"
    WITHDRAW_APPLICATION = "withdraw-application"
    CONFIRM = "confirm"
    DISMISS = "dismiss"
    NOT_ACCEPT = "not-accept"
    RULE_WITHDRAWN = "rule-withdrawn"
    TERMINATE = "terminate"
    APPLY_ORALLY = "apply-orally"
    ASK_CORRECTION = "ask-correction"
    PERMIT_WITHDRAWAL = "permit-withdrawal"
    ASK_JUDGE_RECUSAL = "ask-judge-recusal"
    REFUSE_JUDGE_RECUSAL = "refuse-judge-recusal"
    REPLACE_JUDGE = "replace-judge"
    ASK_REVIEW_EXTENSION = "ask-review-extension"
    DECIDE_REVIEW_EXTENSION = "decide-review-extension"
    CALL_INQUIRY = "call-inquiry"
    VERIFY_WITH_ORGANISATION = "verify-with-organisation"
    ANSWER_VERIFICATION = "answer-verification"
    OBJECT_TO_RULING = "object-to-ruling"
    SEE_OBJECTION = "see-objection"
    WITHDRAW_OBJECTION = "withdraw-objection"
    UPHOLD_OBJECTION = "uphold-objection"
    CHANGE_RULING = "change-ruling"
    DISMISS_OBJECTION = "dismiss-objection"
    SERVE = "serve"
    ASK_FOR_PAPER = "ask-for-paper"
    # after
    PERFORM = "perform"
    ACKNOWLEDGE_PERFORMANCE = "acknowledge-performance"
    ACKNOWLEDGE_PART = "acknowledge-part"
    REMIND = "remind"
    URGE = "urge"
    APPLY_ENFORCEMENT = "apply-enforcement"
    RECORD_ENFORCEMENT = "record-enforcement"
    RATE = "rate"
    COMPLAIN = "complain"
    ANSWER_COMPLAINT = "answer-complaint"
    # roster
    EDIT_ROSTER = "edit-roster"
    IMPORT_ROSTER = "import-roster"
    EXPORT_ROSTER = "export-roster"
    APPROVE_ROSTER = "approve-roster"
    ISSUE_CERTIFICATE = "issue-certificate"
    # court
    SEE_QUEUE = "see-queue"
    SEE_FIGURES = "see-figures"
    SEE_JOURNAL = "see-journal"
    MANAGE_ACCOUNTS = "manage-accounts"
    IMPORT_CALENDAR = "import-calendar"
    NARROW_RULE = "narrow-rule"
    SEE_RETENTION = "see-retention"
    ASK_DISPOSAL = "ask-disposal"
    KEEP_LONGER = "keep-longer"
    APPROVE_DISPOSAL = "approve-disposal"
    SEE_LETTERBOX = "see-letterbox"
    SEE_DOCUMENT = "see-document"
    EXPORT_CASE = "export-case"
    SEE_EVIDENCE = "see-evidence"
