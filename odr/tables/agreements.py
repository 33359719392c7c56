"""Agreement, signatures, judicial confirmation, ruling, performance, rating."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from odr.rules.jurisdiction import Basis
from odr.rules.moves import AgreementStage, ConfirmationStage, PerformanceStage
from odr.rules.words import ClauseKind, RulingKind, Side
from odr.tables.columns import big, instant, key, maybe_instant, maybe_ref, prose, record, ref, rows, word


class Agreement(SQLModel, table=True):
    """One version of the agreement. Frozen facts are never edited; a change is a new row."""

    __tablename__ = "agreement"

    id: str = key()
    case_id: str = ref("mediation_case")
    sitting_id: str | None = maybe_ref("sitting")
    version: int = 1
    stage: AgreementStage = word(AgreementStage, AgreementStage.DRAFTING, index=True)
    number: str = ""
    facts: dict[str, Any] = record()  # AgreementFacts without signatures, fixed when signing begins
    facts_hash: str = ""
    shown_hash: str = ""  # of the exact pages the signers were shown
    document_id: str | None = maybe_ref("document")
    frozen_at: datetime | None = maybe_instant()
    effective_at: datetime | None = maybe_instant()  # last party's signature (ODM-19)
    supersedes: str | None = maybe_ref("agreement")
    wants_confirmation: bool = True
    on_paper: bool = False  # family status or succession: signed on paper (ESL-3)
    scan_digest: str = ""  # the signed paper as the court keeps it


class Clause(SQLModel, table=True):
    """One clause as structured fields with its text; each side agrees to it by itself."""

    __tablename__ = "clause"

    id: str = key()
    agreement_id: str = ref("agreement")
    position: int
    kind: ClauseKind = word(ClauseKind)
    fields: dict[str, Any] = record()
    text: str = prose()
    version: int = 1
    proposed_by: str = "mediator"
    agreed_by: list[str] = rows()  # sides
    removed_at: datetime | None = maybe_instant()


class Signature(SQLModel, table=True):
    """Who signed what, how authenticated, what was shown (ESL-13)."""

    __tablename__ = "signature"
    __table_args__ = (sa.UniqueConstraint("agreement_id", "account_id"),)

    id: str = key()
    agreement_id: str = ref("agreement")
    account_id: str = ref("account")
    party_id: str | None = maybe_ref("party")
    role: str = "party"  # party, agent, mediator
    name: str
    method: str = "drawn"  # drawn, typed, paper
    image: str = prose()  # PNG as base64
    shown_hash: str
    scrolled_to_end: bool
    code_id: str  # the one-time code that was used
    signed_at: datetime = instant()
    address_hash: str = ""
    agent: str = ""
    proof: dict[str, Any] = record()  # how the signer was known, what was shown for how long


class ConfirmationCase(SQLModel, table=True):
    """The joint application and its review (CPL-205/206)."""

    __tablename__ = "confirmation_case"

    id: str = key()
    agreement_id: str = Field(foreign_key="agreement.id", unique=True, max_length=32)
    case_id: str = ref("mediation_case")
    court_id: str = ref("court")
    number: str = Field(default="", index=True)
    stage: ConfirmationStage = word(ConfirmationStage, ConfirmationStage.PREPARED, index=True)
    applied: dict[str, Any] = record()  # party -> {"account", "name", "side", "at"}
    facts_reasons: str = prose()
    basis: Basis = word(Basis, Basis.INVITED)  # what the court's competence rests on (CPL-205)
    place: str = ""  # the address that shows it
    application_document_id: str | None = maybe_ref("document")
    submitted_at: datetime | None = maybe_instant()
    accepted_at: datetime | None = maybe_instant()
    judge_id: str | None = maybe_ref("account")
    draw: dict[str, Any] = record()
    checklist: dict[str, Any] = record()  # ground -> {"ok": bool, "note": str}
    decided_at: datetime | None = maybe_instant()


class Supplement(SQLModel, table=True):
    """A request for further material with a time limit (CPLI-356, 357)."""

    __tablename__ = "supplement"

    id: str = key()
    confirmation_id: str = ref("confirmation_case")
    items: list[str] = rows()
    due_at: datetime = instant()
    asked_at: datetime = instant()
    answer: str = prose()
    answered_by: str | None = maybe_ref("account")
    answered_at: datetime | None = maybe_instant()
    document_id: str | None = maybe_ref("document")
    about: str = "material"  # or good-faith: proof against suspected collusion (ODM-23)


class CourtPaper(SQLModel, table=True):
    """A party's wish that the court make a 民事调解书 of the agreement, and a judge's answer (SIM-20, CMR-10)."""

    __tablename__ = "court_paper"

    id: str = key()
    agreement_id: str = Field(foreign_key="agreement.id", unique=True, max_length=32)
    asked_by: str = ref("party")
    asked_at: datetime = instant()
    judge_id: str | None = maybe_ref("account")
    decided_at: datetime | None = maybe_instant()
    granted: bool | None = None
    ground: str = ""  # key of the pack's list `court_paper_refusal`
    reason: str = prose()
    document_id: str | None = maybe_ref("document")


class Ruling(SQLModel, table=True):
    """A judge's ruling; first instance final, no appeal (CPL-185)."""

    __tablename__ = "ruling"

    id: str = key()
    confirmation_id: str = ref("confirmation_case")
    kind: RulingKind = word(RulingKind)
    ground: str = ""
    reasons: str = prose()
    judge_id: str = ref("account")
    issued_at: datetime = instant()
    document_id: str | None = maybe_ref("document")
    supersedes: str | None = maybe_ref("ruling")


class Service(SQLModel, table=True):
    """One document to one recipient by one channel (CPL-90, OLR-29..32)."""

    __tablename__ = "service"

    id: str = key()
    document_id: str = ref("document")
    party_id: str = ref("party")
    channel: str = "platform"  # platform, sms, mail, paper
    address: str = ""
    sent_at: datetime = instant()
    arrived_at: datetime | None = maybe_instant()
    read_at: datetime | None = maybe_instant()
    paper_asked_at: datetime | None = maybe_instant()
    paper_sent_at: datetime | None = maybe_instant()
    certificate_id: str | None = maybe_ref("document")


class Obligation(SQLModel, table=True):
    """One thing somebody owes under an effective agreement, with its day."""

    __tablename__ = "obligation"

    id: str = key()
    agreement_id: str = ref("agreement")
    clause_id: str | None = maybe_ref("clause")
    stage: PerformanceStage = word(PerformanceStage, PerformanceStage.PENDING, index=True)
    debtor: Side = word(Side)
    text: str = prose()
    amount_fen: int = big()
    due_on: date | None = None
    proof_id: str | None = maybe_ref("evidence")
    performed_on: date | None = None
    performed_fen: int = big()  # what the creditor acknowledged so far
    reminded_on: date | None = None
    changed_at: datetime | None = maybe_instant()


class Rating(SQLModel, table=True):
    """好差评: one per side and thing rated, 1 (very bad) to 5."""

    __tablename__ = "rating"
    __table_args__ = (sa.UniqueConstraint("case_id", "party_id", "about"),)

    id: str = key()
    case_id: str = ref("mediation_case")
    party_id: str = ref("party")
    side: Side = word(Side)
    about: str = "case"
    score: int
    text: str = prose()
    at: datetime = instant()


class Complaint(SQLModel, table=True):
    """A complaint on one of the five grounds of ODM-29, or 办不成事."""

    __tablename__ = "complaint"

    id: str = key()
    case_id: str = ref("mediation_case")
    party_id: str = ref("party")
    ground: str
    text: str = prose()
    at: datetime = instant()
    answer: str = prose()
    answered_at: datetime | None = maybe_instant()
