"""Facts of the papers that end a mediation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from odr.facts.parts import (
    HIDDEN,
    NAMES,
    ClauseFacts,
    DocumentFacts,
    EvidenceFacts,
    PartyFacts,
    SignatureFacts,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UndisputedFacts(DocumentFacts):
    """无争议事实记载书 (F09; ODM art. 22)."""

    kind: ClassVar[str] = "undisputed"

    parties: tuple[PartyFacts, ...]
    cause: str
    dispute: str
    facts: tuple[str, ...]
    organisation: str
    mediators: tuple[str, ...]
    signatures: tuple[SignatureFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementFacts(DocumentFacts):
    """调解协议书 (F11; PML art. 29; SIM art. 24; ODM art. 19)."""

    kind: ClassVar[str] = "agreement"

    parties: tuple[PartyFacts, ...]
    cause: str
    organisation: str
    mediators: tuple[str, ...]
    brief: str
    disputed: tuple[str, ...] = ()
    responsibilities: tuple[str, ...] = ()
    clauses: tuple[ClauseFacts, ...]
    default_clause: str = ""
    guarantor: str = ""
    costs: str = ""
    confirmation_wish: bool = field(default=True, metadata=HIDDEN)
    copies: int = 0  # paper copies; 0: electronic only
    signatures: tuple[SignatureFacts, ...] = ()
    effective_on: date | None = None
    text_digest: str = ""  # of the words that each party signed


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingLineFacts:
    at: datetime
    mode: str
    attended: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureReportFacts(DocumentFacts):
    """终止调解通知暨移送函 (F19; ODM art. 21, 25; SIM art. 26)."""

    kind: ClassVar[str] = "failure_report"

    parties: tuple[PartyFacts, ...]
    cause: str
    organisation: str
    mediators: tuple[str, ...]
    end_reason: str
    end_article: str
    ended_on: date
    sittings: tuple[SittingLineFacts, ...] = ()
    cost_acts: tuple[str, ...] = ()  # conduct that raised the cost, for the court's fee decision
    tips: str = ""
    undisputed_number: str = ""
    evidence: tuple[EvidenceFacts, ...] = ()
    suggested_route: str = ""
    signatures: tuple[SignatureFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoObjectionFacts(DocumentFacts):
    """无异议调解方案: binds if nobody objects in writing within seven days (F10)."""

    kind: ClassVar[str] = "no_objection"

    parties: tuple[PartyFacts, ...]
    cause: str
    organisation: str
    mediators: tuple[str, ...]
    facts: tuple[str, ...]
    gap: str  # what the parties still differ on
    clauses: tuple[ClauseFacts, ...]
    consent: str  # when and how all parties agreed to receive a scheme
    period_days: int = field(default=7, metadata=HIDDEN)
    due_on: date | None = None
    effective_on: date | None = None  # nobody objected
    channel: str  # how to object
    signatures: tuple[SignatureFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OralAgreementFacts(DocumentFacts):
    """口头协议登记表 (F12; PML art. 28; SIM art. 23)."""

    kind: ClassVar[str] = "oral_agreement"

    parties: tuple[PartyFacts, ...]
    cause: str
    organisation: str
    mediators: tuple[str, ...]
    agreed_at: datetime
    place: str = ""
    brief: str
    contents: tuple[str, ...]
    performance: str = ""  # done at once, or by when
    signatures: tuple[SignatureFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CivilMediationFacts(DocumentFacts):
    """民事调解书 of a registered case (F18; CPL art. 100)."""

    kind: ClassVar[str] = "civil_mediation"

    parties: tuple[PartyFacts, ...]  # 原告 / 被告 / 第三人
    cause: str
    registered_on: date
    procedure: str = "简易程序"
    claims: tuple[str, ...]
    brief: str
    organisation: str = ""  # commissioned mediation; empty: the court mediated
    clauses: tuple[ClauseFacts, ...]
    fee_fen: int | None = None
    fee_rule: str = ""  # who bears it
    judge: str
    assistant: str = ""
    clerk: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceLineFacts:
    term: str
    due_on: date | None = None
    done_on: date | None = None
    amount_fen: int | None = None
    proof: str = ""
    confirmed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceFacts(DocumentFacts):
    """履行情况记录 with the return visit (F26; PML art. 31)."""

    kind: ClassVar[str] = "performance"

    parties: tuple[PartyFacts, ...] = field(metadata=NAMES)
    cause: str
    organisation: str
    agreement_number: str
    lines: tuple[PerformanceLineFacts, ...]
    result: str
    visited_on: date | None = None
    visit: str = ""
    visitor: str = ""
    signatures: tuple[SignatureFacts, ...] = ()
