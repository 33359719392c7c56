"""What is destroyed when its time of keeping is over."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from odr.tables.columns import instant, key, maybe_instant, maybe_ref, prose, record, ref


class Disposal(SQLModel, table=True):
    """One class of what is held of one dispute: found when due, asked for by one person, approved by another."""

    __tablename__ = "disposal"
    __table_args__ = (  # one at a time
        sa.Index(
            "uq_disposal_open",
            "dispute_id",
            "kind",
            unique=True,
            sqlite_where=sa.text("destroyed_at IS NULL"),
            postgresql_where=sa.text("destroyed_at IS NULL"),
        ),
    )

    id: str = key()
    court_id: str = ref("court")
    dispute_id: str = ref("dispute")
    kind: str = Field(max_length=40)  # key of the rule pack's retention classes
    since: date
    due_on: date
    found_at: datetime = instant()
    kept_until: date | None = None  # held longer, and why
    reason: str = prose()
    asked_by: str | None = maybe_ref("account")
    asked_at: datetime | None = maybe_instant()
    approved_by: str | None = maybe_ref("account")
    approved_at: datetime | None = maybe_instant()
    destroyed_at: datetime | None = maybe_instant()
    counts: dict[str, Any] = record()  # how much of each sort was destroyed
