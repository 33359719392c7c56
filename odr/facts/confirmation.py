"""Facts of the papers of judicial confirmation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from odr.facts.parts import (
    HIDDEN,
    AttendeeFacts,
    ClauseFacts,
    DocumentFacts,
    EvidenceFacts,
    PartyFacts,
    QuestionFacts,
    SignatureFacts,
)

RULINGS = ("confirm", "dismiss", "not_accepted", "withdrawn", "terminated")
OBJECTION_RESULTS = ("revoked", "changed", "dismissed")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationApplicationFacts(DocumentFacts):
    """司法确认申请书, by all parties together (F13; CPL art. 205; CPLI art. 351-354)."""

    kind: ClassVar[str] = "confirmation_application"

    applicants: tuple[PartyFacts, ...]
    cause: str
    organisation: str
    agreement_number: str
    agreement_on: date
    reasons: str
    jurisdiction: str = ""  # what the court's competence rests on
    attachments: tuple[str, ...]
    signatures: tuple[SignatureFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementNoticeFacts(DocumentFacts):
    """补充材料通知书 (F14; CPLI art. 354, 356, 357)."""

    kind: ClassVar[str] = "supplement_notice"

    addressees: tuple[str, ...]
    cause: str
    items: tuple[str, ...]
    due_on: date
    judge: str
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptanceNoticeFacts(DocumentFacts):
    """受理通知书 (F15; JCR art. 4)."""

    kind: ClassVar[str] = "acceptance_notice"

    addressees: tuple[str, ...]
    cause: str
    organisation: str
    received_on: date
    accepted_on: date
    judge: str
    clerk: str
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingFacts(DocumentFacts):
    """民事裁定书 of a confirmation case (F17 a-e)."""

    kind: ClassVar[str] = "ruling"

    ruling: str = field(metadata=HIDDEN)  # one of RULINGS
    applicants: tuple[PartyFacts, ...]
    cause: str
    organisation: str
    received_on: date
    accepted_on: date | None = None  # none: refused before acceptance
    agreement_number: str = ""
    agreement_on: date
    clauses: tuple[ClauseFacts, ...] = ()
    findings: str = ""  # facts found; the ground in the judge's own words
    ground: str = ""  # the statutory ground of a refusal
    article: str = ""  # 第三百五十八条第五项
    deemed: bool = field(default=False, metadata=HIDDEN)  # withdrawn by silence, not by request
    judge: str
    assistant: str = ""
    clerk: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionRulingFacts(DocumentFacts):
    """民事裁定书 on an objection to a confirmation ruling (CPLI art. 372)."""

    kind: ClassVar[str] = "objection_ruling"

    result: str = field(metadata=HIDDEN)  # one of OBJECTION_RESULTS
    objectors: tuple[PartyFacts, ...]  # role: 异议人（原申请人） / 异议人（利害关系人）
    others: tuple[PartyFacts, ...]  # the applicants who did not object
    cause: str
    ruled_number: str
    ruled_on: date
    raised_on: date
    claim: str  # 请求撤销…; with its reasons
    findings: str
    opinion: str  # 本院认为: the judge's own words
    orders: tuple[str, ...]  # the disposition, one line each
    judge: str
    assistant: str = ""
    clerk: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryFacts(DocumentFacts):
    """询问笔录 of a confirmation case (F16; CPLI art. 356)."""

    kind: ClassVar[str] = "inquiry"

    cause: str
    started_at: datetime
    ended_at: datetime
    mode: str
    place: str
    judge: str
    clerk: str
    attendees: tuple[AttendeeFacts, ...]
    notices_given: tuple[str, ...]
    questions: tuple[QuestionFacts, ...]
    evidence: tuple[EvidenceFacts, ...] = ()
    outcome: str = ""
    recording: str = ""
    recording_digest: str = ""
    corrections: tuple[str, ...] = ()
    signatures: tuple[SignatureFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionApprovalFacts(DocumentFacts):
    """延长审理期限审批表: asked by the judge, approved by the president (CPL art. 187; JCR art. 5)."""

    kind: ClassVar[str] = "extension_approval"

    parties: tuple[PartyFacts, ...]
    cause: str
    accepted_on: date
    due_on: date
    new_due_on: date
    days: str  # 十日
    reason: str
    article: str
    judge: str
    asked_on: date
    approver: str
    approver_post: str = "院长"
    decision: str = "同意延长"
    opinion: str = ""
    decided_on: date | None = None
    signatures: tuple[SignatureFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EnforcementApplicationFacts(DocumentFacts):
    """强制执行申请书 of a confirmed agreement or a court's own paper (CPLI art. 460; CPL art. 250)."""

    kind: ClassVar[str] = "enforcement_application"

    applicants: tuple[PartyFacts, ...]
    respondents: tuple[PartyFacts, ...]
    cause: str
    title: str = "民事裁定书"  # or 民事调解书
    ruling_number: str  # of the title
    ruled_on: date
    requests: tuple[str, ...]
    facts: str  # what was performed, what is due
    unpaid_fen: int | None = field(default=None, metadata=HIDDEN)
    apply_until: date | None = None
    attachments: tuple[str, ...]
    signatures: tuple[SignatureFacts, ...] = ()
