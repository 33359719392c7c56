"""What may come between in a mediation: recusal, suspicion of falsity, standing still, appraisal, a written scheme."""

from datetime import date, datetime
from typing import Any

from sqlmodel import SQLModel

from odr.rules.halts import Halt
from odr.rules.words import Side
from odr.tables.columns import (
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


class Recusal(SQLModel, table=True):
    """A request that the mediator step back (SIM-15); `side` is none when the mediator asks."""

    __tablename__ = "recusal"

    id: str = key()
    case_id: str = ref("mediation_case")
    mediator_id: str = ref("mediator")
    side: Side | None = maybe_word(Side)
    ground: str  # one of the three, a key of the rule pack's list `disclosure`
    facts: str = prose()
    asked_by: str = ref("account")
    asked_at: datetime = instant()
    waived_by: list[str] = rows()  # sides (or parties of one) that know of it and still agree
    granted: bool | None = None
    reason: str = prose()
    decided_by: str | None = maybe_ref("account")
    decided_at: datetime | None = maybe_instant()


class Suspicion(SQLModel, table=True):
    """疑似虚假调解 (SIM-18): who saw which signs, and what the court found. Never shown to a party."""

    __tablename__ = "suspicion"

    id: str = key()
    case_id: str = ref("mediation_case")
    signs: list[str] = rows()  # keys of `rules.falsity`
    facts: str = prose()
    reported_by: str | None = maybe_ref("account")  # none: the machine
    reported_at: datetime = instant()
    upheld: bool | None = None
    reason: str = prose()
    decided_by: str | None = maybe_ref("account")
    decided_at: datetime | None = maybe_instant()


class Suspension(SQLModel, table=True):
    """Mediation stood still from `since` to `until`; `pauses` tells whether its clock did as well (ODM-26)."""

    __tablename__ = "suspension"

    id: str = key()
    case_id: str = ref("mediation_case")
    why: Halt = word(Halt)
    pauses: bool = False
    reason: str = prose()
    since: datetime = instant()
    until: datetime | None = maybe_instant()


class Appraisal(SQLModel, table=True):
    """诉前鉴定 during mediation: asked for by one side, begun when the other agrees (APP23, ODM-26)."""

    __tablename__ = "appraisal"

    id: str = key()
    case_id: str = ref("mediation_case")
    matter: str = prose()
    reason: str = prose()
    institution: str = ""  # agreed on by the sides; empty: drawn from the court's roster
    asked_by: Side = word(Side)
    asked_at: datetime = instant()
    agreed_by: list[str] = rows()
    refused: str = ""  # key of the pack's list `appraisal_refusal`
    begun_at: datetime | None = maybe_instant()
    ended_at: datetime | None = maybe_instant()
    outcome: str = prose()


class Scheme(SQLModel, table=True):
    """无异议调解方案: the wish of the mediator to serve one, each party's written yes, the paper, an objection.

    Its terms are the clauses of the draft; it lives as long as that draft does.
    """

    __tablename__ = "scheme"

    id: str = key()
    case_id: str = ref("mediation_case")
    agreement_id: str = ref("agreement")
    facts: list[str] = rows()  # on which the parties do not differ
    gap: str = prose()  # on which they still do
    offered_at: datetime = instant()
    agreed: dict[str, Any] = record()  # party -> when it agreed that silence binds
    refused_at: datetime | None = maybe_instant()
    served_at: datetime | None = maybe_instant()
    objected_by: str | None = maybe_ref("party")
    objected_at: datetime | None = maybe_instant()
    objection: str = prose()
    scan_digest: str = ""  # of an objection that came on paper
    scan_name: str = ""
    scan_type: str = ""
    given_on: date | None = None  # the day it was handed in or posted
    recorded_by: str | None = maybe_ref("account")
    document_id: str | None = maybe_ref("document")


class OralAgreement(SQLModel, table=True):
    """口头协议: what the mediator wrote down of it, and each party's yes (PML-28, SIM-23)."""

    __tablename__ = "oral_agreement"

    id: str = key()
    case_id: str = ref("mediation_case")
    contents: list[str] = rows()
    performance: str = ""  # done at once, or by when
    performed: bool = False
    recorded_at: datetime = instant()
    agreed: dict[str, Any] = record()  # party -> {"name", "at"}
    dropped_at: datetime | None = maybe_instant()  # a party wants it in writing
    document_id: str | None = maybe_ref("document")
