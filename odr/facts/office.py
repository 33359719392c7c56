"""Facts of the papers around a mediation: mediators, returns, risks, appraisal, complaints, fees, roster."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from odr.facts.parts import HIDDEN, NAMES, DocumentFacts, PartyFacts, SignatureFacts, StatementFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentFacts(DocumentFacts):
    """选定（指定、更换）调解员通知书 (SIM art. 12-14)."""

    kind: ClassVar[str] = "appointment"

    manner: str  # 共同选定 / 指定 / 更换
    addressees: tuple[str, ...]
    parties: tuple[PartyFacts, ...] = field(metadata=NAMES)
    cause: str
    organisation: str
    mediator: str
    former: str = ""  # the mediator who is replaced
    reason: str = ""
    basis: str  # 双方于…共同选定 / 未在期限内共同选定，由本院指定
    object_until: date | None = None  # until when a party may ask for recusal before the start
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecusalFacts(DocumentFacts):
    """回避申请 and the decision on it in one paper (F06; SIM art. 15)."""

    kind: ClassVar[str] = "recusal"

    applicant: PartyFacts
    parties: tuple[PartyFacts, ...] = field(metadata=NAMES)
    cause: str
    mediator: str
    ground: str  # one of the three of SIM art. 15
    facts: str
    asked_on: date
    granted: bool = field(metadata=HIDDEN)
    decision: str
    reason: str
    decided_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnNoteFacts(DocumentFacts):
    """不予接受（退回）委派说明 of an organisation (F23; ODM art. 9, 12)."""

    kind: ClassVar[str] = "return_note"

    organisation: str
    parties: tuple[PartyFacts, ...] = field(metadata=NAMES)
    cause: str
    received_on: date
    reason: str
    article: str
    explanation: str = ""
    files: tuple[str, ...] = ()
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskNoticeFacts(DocumentFacts):
    """诉讼风险提示书 (F24): what may happen in court, no word on who will win."""

    kind: ClassVar[str] = "risk_notice"

    addressee: str
    cause: str
    risks: tuple[StatementFacts, ...]  # heading, explanation
    ways: tuple[StatementFacts, ...] = ()  # mediation, payment order …, and what each needs
    costs: tuple[str, ...] = ()
    law: tuple[str, ...] = ()
    signatures: tuple[SignatureFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AppraisalFacts(DocumentFacts):
    """诉前鉴定申请书 (F25)."""

    kind: ClassVar[str] = "appraisal"

    applicant: PartyFacts
    parties: tuple[PartyFacts, ...] = field(metadata=NAMES)
    cause: str
    matters: tuple[str, ...]  # what is to be appraised
    reason: str
    materials: tuple[str, ...]
    institution: str = ""  # chosen together; empty: the court draws
    consent: str = ""  # the other side's answer
    signatures: tuple[SignatureFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintFacts(DocumentFacts):
    """投诉处理决定书 (F27; ODM art. 29)."""

    kind: ClassVar[str] = "complaint"

    complainant: str
    subject: str  # the mediator or organisation complained of
    received_on: date
    ground: str
    claim: str
    findings: str
    decisions: tuple[str, ...]
    article: str
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterCertificateFacts(DocumentFacts):
    """特邀调解员（组织）证书 (F28; SIM art. 5, 8)."""

    kind: ClassVar[str] = "roster_certificate"

    holder: str
    role: str  # 特邀调解员 / 特邀调解组织
    fields: tuple[str, ...] = ()  # what the holder mediates
    organisation: str = ""
    valid_from: date
    valid_until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeReliefFacts(DocumentFacts):
    """诉讼费用缓交、减交、免交申请审批表 (F30; FEE art. 44-49)."""

    kind: ClassVar[str] = "fee_relief"

    applicant: PartyFacts
    cause: str
    relief: str  # 缓交 / 减交 / 免交
    fee_fen: int
    asked_fen: int
    ground: str
    article: str
    reason: str
    proofs: tuple[str, ...] = ()
    asked_on: date
    judge: str = ""
    opinion: str = ""
    approver: str = ""
    decision: str = ""
    decided_on: date | None = None
    signatures: tuple[SignatureFacts, ...] = ()
