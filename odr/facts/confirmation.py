"""Facts of the papers of judicial confirmation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from odr.facts.parts import HIDDEN, ClauseFacts, DocumentFacts, PartyFacts, SignatureFacts

RULINGS = ("confirm", "dismiss", "not_accepted", "withdrawn")


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
    """民事裁定书 of a confirmation case (F17 a-d)."""

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
