"""A dispute from its first draft to triage: parties, evidence, invitation, consent."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from odr.rules.moves import DisputeStage
from odr.rules.words import PersonKind, Side, Step, Track, Zone
from odr.tables.columns import (
    big,
    instant,
    key,
    maybe_instant,
    maybe_ref,
    maybe_word,
    prose,
    record,
    ref,
    rows,
    word,
)


class Dispute(SQLModel, table=True):
    """What one person brings against another. Amounts are integers in 分 (0.01 yuan)."""

    __tablename__ = "dispute"

    id: str = key()
    court_id: str = ref("court")
    number: str = Field(default="", index=True)
    stage: DisputeStage = word(DisputeStage, DisputeStage.DRAFT, index=True)
    track: Track | None = maybe_word(Track)
    cause: str = ""  # key of the rule pack's list of causes
    elements: dict[str, Any] = record()  # answers of the cause's element form
    claims: list[dict[str, Any]] = rows()  # {"text": str, "amount_fen": int | None}
    amount_fen: int = big()
    story: str = prose()
    wishes: dict[str, Any] = record()  # mode, interpreter, safety, chosen organisation
    draft: dict[str, Any] = record()  # the wizard's answers until submission
    created_by: str = ref("account")
    created_at: datetime = instant()
    submitted_at: datetime | None = maybe_instant()
    filing_number: str = ""  # 民初 number when registered first
    summary: bool = False  # summary procedure: seven days of mediation instead of fifteen (ODM-24)
    closed_at: datetime | None = maybe_instant()


class Party(SQLModel, table=True):
    """One side's person in a dispute. `account_id` is empty until the person comes in."""

    __tablename__ = "party"

    id: str = key()
    dispute_id: str = ref("dispute")
    side: Side = word(Side)
    position: int = 1
    kind: PersonKind = word(PersonKind, PersonKind.NATURAL)
    name: str
    identity_number: str = Field(default="", index=True)
    legal_representative: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    service_address: str = ""
    e_service: bool = False
    account_id: str | None = maybe_ref("account")
    agent_account_id: str | None = maybe_ref("account")  # the agent who acts on the platform, CPL-61
    agent_special: bool = False  # special authority, checked on its paper: may settle and sign, CPL-62


class Triage(SQLModel, table=True):
    """The algorithm's proposal and the officer's decision, both with reasons (PIPL-24)."""

    __tablename__ = "triage"

    id: str = key()
    dispute_id: str = ref("dispute")
    proposal: dict[str, Any] = record()  # {"route": str, "reasons": [...], "options": [...]}
    proposed_at: datetime = instant()
    decision: str = ""
    overrides: bool = False
    reason: str = ""
    decided_by: str | None = maybe_ref("account")
    decided_at: datetime | None = maybe_instant()
    objection: str = ""
    objected_by: str | None = maybe_ref("party")


class Invitation(SQLModel, table=True):
    """The way in for a party without an account: a link and a short code on paper."""

    __tablename__ = "invitation"

    id: str = key()
    party_id: str = ref("party")
    code: str = Field(unique=True, max_length=16)
    token_hash: str = Field(unique=True, max_length=80)
    created_at: datetime = instant()
    expires_at: datetime = instant()
    opened_at: datetime | None = maybe_instant()
    claimed_at: datetime | None = maybe_instant()


class Consent(SQLModel, table=True):
    """One step a party agreed to or refused, with the version of the text shown (ODM-4)."""

    __tablename__ = "consent"

    id: str = key()
    party_id: str = ref("party")
    step: Step = word(Step)
    given: bool
    text_version: str = "1"
    sitting_id: str | None = Field(default=None, index=True)  # recording: per sitting
    at: datetime = instant()
    withdrawn_at: datetime | None = maybe_instant()
    reason: str = ""


class Evidence(SQLModel, table=True):
    """A file a party showed: its hash was taken on arrival. A caucus file belongs to one side."""

    __tablename__ = "evidence"
    __table_args__ = (sa.Index("ix_evidence_dispute_zone", "dispute_id", "zone"),)

    id: str = key()
    dispute_id: str = ref("dispute")
    party_id: str = ref("party")
    zone: Zone = word(Zone, Zone.RECORD)
    title: str
    proves: str = ""
    file_name: str
    media_type: str
    size: int = big()
    digest: str
    added_at: datetime = instant()
    withdrawn_at: datetime | None = maybe_instant()
    destroyed_at: datetime | None = maybe_instant()  # its time of keeping was over
