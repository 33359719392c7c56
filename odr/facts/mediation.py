"""Facts of the papers before and during mediation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from odr.facts.parts import (
    HIDDEN,
    NAMES,
    AttendeeFacts,
    ConsentItemFacts,
    DocumentFacts,
    EvidenceFacts,
    PartyFacts,
    SignatureFacts,
    StatementFacts,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationFacts(DocumentFacts):
    """纠纷登记表, which is also the applicant's receipt (F01)."""

    kind: ClassVar[str] = "registration"

    source: str
    submitted_at: datetime
    parties: tuple[PartyFacts, ...]
    cause: str
    amount_fen: int | None = None
    brief: str
    claims: tuple[str, ...]
    evidence: tuple[EvidenceFacts, ...] = ()
    desired_mode: str = ""
    desired_mediator: str = ""
    needs: tuple[str, ...] = ()  # 未成年人、老年人、残疾人、需要翻译 …
    earlier_handling: str = ""
    service_address: str = ""
    recorder: str = ""
    next_steps: tuple[str, ...] = ()
    signatures: tuple[SignatureFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsNoticeFacts(DocumentFacts):
    """调解告知书: what a party may do, must do and should know (F02; SIM art. 14, ODM art. 7, 17)."""

    kind: ClassVar[str] = "rights_notice"

    addressee: str
    cause: str
    organisation: str
    mediators: tuple[str, ...] = ()
    contact: str
    complaint_channel: str
    period_days: int = 30
    extra: tuple[str, ...] = ()
    invites: bool = field(default=False, metadata=HIDDEN)  # its square code leads to the invitation
    signatures: tuple[SignatureFacts, ...] = ()  # the acknowledgement


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentFacts(DocumentFacts):
    """同意在线调解确认书, step by step (F03; ODM art. 4, 22; OLR art. 4, 20; PIPL art. 29)."""

    kind: ClassVar[str] = "consent"

    party: PartyFacts
    cause: str
    items: tuple[ConsentItemFacts, ...]
    mode: str
    mediator_choice: str
    withdrawal: str
    device: str = ""
    signatures: tuple[SignatureFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralFacts(DocumentFacts):
    """委派调解函 or 委托调解函 to an invited organisation (F04; SIM art. 11, 27)."""

    kind: ClassVar[str] = "referral"

    manner: str = "委派调解"
    addressee: str
    parties: tuple[PartyFacts, ...]
    cause: str
    amount_fen: int | None = None
    brief: str
    files: tuple[str, ...] = ()
    period_days: int
    period_rule: str  # 自特邀调解组织或者特邀调解员签字接收法院移交材料之日起计算
    due_on: date | None = None
    consent: str = ""  # who has agreed to mediate, and who has yet to be asked
    contact_judge: str
    contact_phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureFacts(DocumentFacts):
    """调解员承诺与披露书 (F05; ODM art. 13; SIM art. 15, 16, 28)."""

    kind: ClassVar[str] = "disclosure"

    mediator: str
    organisation: str
    parties: tuple[PartyFacts, ...] = field(metadata=NAMES)
    cause: str
    relation: str = ""  # empty: no relation to disclose
    waiver: str = ""
    signatures: tuple[SignatureFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingNoticeFacts(DocumentFacts):
    """调解通知书 (F07)."""

    kind: ClassVar[str] = "sitting_notice"

    addressee: str
    parties: tuple[PartyFacts, ...] = field(metadata=NAMES)
    cause: str
    sitting_number: int = 1
    starts_at: datetime
    minutes: int
    mode: str
    place: str
    short_code: str = ""
    mediators: tuple[str, ...]
    organisation: str
    bring: tuple[str, ...] = ()
    reschedule: str
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesFacts(DocumentFacts):
    """调解笔录 of one sitting (F08; ODM art. 22; PML art. 27)."""

    kind: ClassVar[str] = "minutes"

    cause: str
    sitting_number: int
    started_at: datetime
    ended_at: datetime
    mode: str
    place: str
    organisation: str
    mediators: tuple[str, ...]
    recorder: str
    attendees: tuple[AttendeeFacts, ...]
    notices_given: tuple[str, ...]
    disclosure: str = ""
    statements: tuple[StatementFacts, ...]
    evidence: tuple[EvidenceFacts, ...] = ()
    issues: tuple[str, ...] = ()
    undisputed: tuple[str, ...] = ()
    outcome: str
    next_at: datetime | None = None
    recording: str = ""
    recording_digest: str = ""
    corrections: tuple[str, ...] = ()
    signatures: tuple[SignatureFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionFacts(DocumentFacts):
    """延期调解同意书 (F22; ODM art. 24)."""

    kind: ClassVar[str] = "extension"

    parties: tuple[PartyFacts, ...]
    cause: str
    organisation: str
    mediators: tuple[str, ...]
    reason: str
    old_end_on: date
    new_end_on: date
    signatures: tuple[SignatureFacts, ...] = ()
