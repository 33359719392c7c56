"""Courts, accounts and what proves who someone is."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from odr.rules.words import PersonKind, Role
from odr.tables.columns import instant, key, maybe_instant, maybe_ref, prose, record, ref, word


class Court(SQLModel, table=True):
    """A tenant: one people's court. `code` is the court code of case numbers, e.g. 粤0106."""

    __tablename__ = "court"

    id: str = key()
    code: str = Field(unique=True, max_length=16)
    name: str
    name_ko: str = ""
    name_en: str = ""
    phone: str = "12368"
    settings: dict[str, Any] = record()  # narrower clocks, case-number codes, bilingual documents


class Account(SQLModel, table=True):
    """A person who can log in; real name and identity number as registered (OLR-7)."""

    __tablename__ = "account"

    id: str = key()
    kind: PersonKind = word(PersonKind, PersonKind.NATURAL)
    name: str
    identity_number: str = Field(default="", index=True)  # 18 digits, or 统一社会信用代码 of a legal person
    phone: str = Field(default="", index=True)
    email: str = Field(default="", index=True)
    password_hash: str = ""  # empty: logs in by one-time code
    locale: str = "zh_CN"
    large_type: bool = False
    verified_at: datetime | None = maybe_instant()
    created_at: datetime = instant()
    disabled_at: datetime | None = maybe_instant()


class RoleGrant(SQLModel, table=True):
    """A role of an account in a court, an organisation's roster or as a mediator."""

    __tablename__ = "role_grant"
    __table_args__ = (sa.UniqueConstraint("account_id", "role", "court_id"),)

    id: str = key()
    account_id: str = ref("account")
    role: Role = word(Role)
    court_id: str = ref("court")
    org_id: str | None = maybe_ref("organisation")
    mediator_id: str | None = maybe_ref("mediator")


class Credential(SQLModel, table=True):
    """A second factor. `last_counter` stops a TOTP code from being used twice."""

    __tablename__ = "credential"

    id: str = key()
    account_id: str = ref("account")
    kind: str = "totp"
    secret: str
    last_counter: int = 0
    confirmed_at: datetime | None = maybe_instant()


class Login(SQLModel, table=True):
    """A browser login, kept on the server; the cookie holds a random token, this row its hash."""

    __tablename__ = "login"

    id: str = key()
    token_hash: str = Field(unique=True, max_length=80)
    account_id: str = ref("account")
    created_at: datetime = instant()
    seen_at: datetime = instant()
    strong_at: datetime | None = maybe_instant()  # second factor shown
    proved_at: datetime | None = maybe_instant()  # last step-up
    address_hash: str = ""
    agent: str = ""
    ended_at: datetime | None = maybe_instant()


class OneTimeCode(SQLModel, table=True):
    """A code sent to a phone or mailbox: single use, ten minutes, five tries, bound to one purpose."""

    __tablename__ = "one_time_code"

    id: str = key()
    purpose: str = Field(max_length=80)  # e.g. login, register, sign:<agreement id>
    destination: str = Field(index=True)
    code_hash: str
    tries: int = 0
    created_at: datetime = instant()
    expires_at: datetime = instant()
    used_at: datetime | None = maybe_instant()


class Message(SQLModel, table=True):
    """A notice to a person (SMS or e-mail), exactly as sent. The letterbox page of a demo shows them."""

    __tablename__ = "message"

    id: str = key()
    account_id: str | None = maybe_ref("account")
    channel: str = Field(max_length=16)  # sms, mail
    destination: str = Field(index=True)
    subject: str = ""
    body: str = prose()
    about: str = ""  # path of the page it speaks of
    locale: str = "zh_CN"  # of the reader
    told: dict[str, Any] = record()  # subject and body with their blanks, and what fills them
    created_at: datetime = instant(index=True)
    sent_at: datetime | None = maybe_instant()
    failure: str = ""
