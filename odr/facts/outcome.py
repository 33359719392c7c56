"""Facts of the papers that end a mediation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from odr.facts.parts import (
    HIDDEN,
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
