"""What hangs on a confirmation case: verification, extension, recusal, objection, enforcement."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from odr.rules.moves import ObjectionStage
from odr.rules.words import Side
from odr.tables.columns import big, instant, key, maybe_instant, maybe_ref, prose, record, ref, rows, word


class Verification(SQLModel, table=True):
    """The judge asks the mediation organisation what happened (CPLI-356)."""

    __tablename__ = "verification"

    id: str = key()
    confirmation_id: str = ref("confirmation_case")
    org_id: str = ref("organisation")
    question: str = prose()
    asked_by: str = ref("account")
    asked_at: datetime = instant()
    answer: str = prose()
    answered_by: str | None = maybe_ref("account")
    answered_at: datetime | None = maybe_instant()


class ReviewExtension(SQLModel, table=True):
    """More time for the ruling: asked for by the judge, decided by the president (JCR-5, CPL-187)."""

    __tablename__ = "review_extension"

    id: str = key()
    confirmation_id: str = ref("confirmation_case")
    rule: str = Field(max_length=24)  # T-JC-DEC or T-JC-MAX
    days: int
    reason: str = prose()
    asked_by: str = ref("account")
    asked_at: datetime = instant()
    granted: bool | None = None
    decided_by: str | None = maybe_ref("account")
    decided_at: datetime | None = maybe_instant()
    opinion: str = prose()
    document_id: str | None = maybe_ref("document")


class JudgeRecusal(SQLModel, table=True):
    """A party asks that the drawn judge step back (CPL-47, 50)."""

    __tablename__ = "judge_recusal"

    id: str = key()
    confirmation_id: str = ref("confirmation_case")
    judge_id: str = ref("account")
    asked_by: str = ref("account")
    asked_at: datetime = instant()
    reasons: str = prose()
    granted: bool | None = None
    decided_by: str | None = maybe_ref("account")
    decided_at: datetime | None = maybe_instant()
    opinion: str = prose()


class Objection(SQLModel, table=True):
    """A party or a third person objects to a confirming ruling (CPLI-372)."""

    __tablename__ = "objection"

    id: str = key()
    confirmation_id: str = ref("confirmation_case")
    court_id: str = ref("court")
    ruling_id: str = ref("ruling")
    stage: ObjectionStage = word(ObjectionStage, ObjectionStage.FILED, index=True)
    number: str = Field(default="", index=True)
    account_id: str = ref("account")
    party_id: str | None = maybe_ref("party")  # none: a third person
    claim: str = prose()
    known_on: date | None = None  # a third person: when they came to know of the harm
    raised_at: datetime = instant()
    judge_id: str | None = maybe_ref("account")
    draw: dict[str, Any] = record()
    decided_at: datetime | None = maybe_instant()
    result_id: str | None = maybe_ref("ruling")


class Enforcement(SQLModel, table=True):
    """One side's bundle for the enforcement court: what is owed, by when, with which papers (CPLI-460)."""

    __tablename__ = "enforcement"
    __table_args__ = (  # one at a time
        sa.Index(
            "uq_enforcement_open",
            "agreement_id",
            "side",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    id: str = key()
    agreement_id: str = ref("agreement")
    confirmation_id: str | None = maybe_ref("confirmation_case")  # it rests on a ruling
    court_paper_id: str | None = maybe_ref("court_paper")  # or on the court's own paper
    side: Side = word(Side)  # the creditor
    account_id: str = ref("account")
    venue: str = "ruling-court"  # or where the property is
    breach: str = prose()
    obligations: list[str] = rows()
    owed_fen: int = big()
    interest_fen: int = big()
    applied_at: datetime = instant()
    document_id: str | None = maybe_ref("document")
    ended_at: datetime | None = maybe_instant()
