"""The rule pack as it was imported, what a court narrows of it, and the years of the State Council's calendar."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from odr.tables.columns import instant, key, maybe_instant, maybe_ref, prose, record, ref, rows


class RulePack(SQLModel, table=True):
    """One version of the rule pack, as this court system took it over."""

    __tablename__ = "rule_pack"

    version: str = Field(primary_key=True, max_length=24)
    digest: str = Field(max_length=160)
    imported_at: datetime = instant(index=True)


class Rule(SQLModel, table=True):
    """One rule of a version: what it rests on, since when, and whether the court still has to confirm it."""

    __tablename__ = "rule"
    __table_args__ = (sa.UniqueConstraint("pack", "rule"),)

    id: str = key()
    pack: str = Field(foreign_key="rule_pack.version", index=True, max_length=24)
    rule: str = Field(max_length=64)  # e.g. T-REG, JC-02, end.wide-gap
    kind: str = Field(max_length=24)
    words: str = prose()
    articles: list[str] = rows()
    effective_from: date | None = None
    effective_until: date | None = None
    verified: bool = True  # false: to be confirmed by the court
    enforced: bool = True
    body: dict[str, Any] = record()


class RuleOverride(SQLModel, table=True):
    """A court's own, narrower length of a clock: who set it, why, from when until when."""

    __tablename__ = "rule_override"

    id: str = key()
    court_id: str = ref("court")
    rule: str = Field(index=True, max_length=64)
    value: dict[str, Any] = record()  # length, extra_days
    reason: str = prose()
    from_on: date
    until_on: date | None = None
    made_by: str | None = maybe_ref("account")
    made_at: datetime = instant()
    ended_by: str | None = maybe_ref("account")
    ended_at: datetime | None = maybe_instant()


class CalendarNotice(SQLModel, table=True):
    """A year's days off and make-up working days, as a notice of the State Council says. The newest counts."""

    __tablename__ = "calendar_notice"
    __table_args__ = (sa.UniqueConstraint("year", "version"),)

    id: str = key()
    year: int = Field(index=True)
    version: str = Field(max_length=24)
    notice: str
    workdays: list[str] = rows()
    holidays: list[dict[str, Any]] = rows()  # name, days
    imported_by: str | None = maybe_ref("account")
    imported_at: datetime = instant()
