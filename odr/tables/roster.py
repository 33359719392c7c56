"""The public roster (名册): organisations, mediators, and the history of every change (SIM-5, ODM-5)."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Field, SQLModel

from odr.tables.columns import instant, key, maybe_instant, maybe_ref, prose, record, ref, rows


class Organisation(SQLModel, table=True):
    """A mediation organisation on a court's roster. `status`: applied, listed, suspended, removed."""

    __tablename__ = "organisation"

    id: str = key()
    court_id: str = ref("court")
    name: str = Field(index=True)
    kind: str = "people"  # people, administrative, commercial, industry, lawyer, labour, other
    credit_code: str = ""
    authority: str = ""
    address: str = ""
    phone: str = ""
    contact: str = ""
    scope: list[str] = rows()  # causes it mediates
    languages: list[str] = rows()
    charges: bool = False
    fee_note: str = ""
    has_video: bool = True
    licence_until: date | None = None
    listed_on: date | None = None
    term_until: date | None = None
    certificate_number: str = ""
    status: str = Field(default="applied", index=True)
    about: str = prose()


class Mediator(SQLModel, table=True):
    """A mediator on a court's roster, under an organisation or alone."""

    __tablename__ = "mediator"

    id: str = key()
    court_id: str = ref("court")
    org_id: str | None = maybe_ref("organisation")
    account_id: str | None = maybe_ref("account")
    name: str = Field(index=True)
    sex: str = ""
    born_on: date | None = None
    identity_number: str = ""  # never public
    phone: str = ""  # never public
    education: str = ""
    occupation: str = ""
    employer: str = ""
    kind: str = "people"  # people, lawyer, industry, judicial, expert, retired-legal, grid, other
    licence_number: str = ""
    scope: list[str] = rows()
    languages: list[str] = rows()
    region: str = ""
    has_video: bool = True
    listed_on: date | None = None
    term_until: date | None = None
    certificate_number: str = ""
    status: str = Field(default="applied", index=True)
    max_open_cases: int = 20
    about: str = prose()
    conflicts: list[str] = rows()  # employers, firms, relatives' names declared


class RosterChange(SQLModel, table=True):
    """A proposed or approved change of one entry; the approved ones are its history."""

    __tablename__ = "roster_change"

    id: str = key()
    court_id: str = ref("court")
    org_id: str | None = maybe_ref("organisation")
    batch: str = Field(default="", index=True)  # one import
    entry_kind: str = "mediator"  # mediator, organisation
    entry_id: str | None = Field(default=None, index=True)
    change: str = "change"  # add, change, remove
    before: dict[str, Any] = record()
    after: dict[str, Any] = record()
    proposed_by: str | None = maybe_ref("account")
    proposed_at: datetime = instant()
    decided_by: str | None = maybe_ref("account")
    decided_at: datetime | None = maybe_instant()
    status: str = Field(default="proposed", index=True)  # proposed, approved, refused, withdrawn, undone
    reason: str = ""
