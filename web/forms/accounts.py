"""Forms of logging in, registering and one's own account."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from odr.rules import identity
from odr.rules.words import PersonKind, Role
from web.forms.base import Form
from web.words import LANGUAGES


def _telephone(text: str) -> str:
    return _or("bad-phone", identity.telephone(text))


def _mailbox(text: str) -> str:
    return _or("bad-email", identity.mailbox(text)) if text else ""


def _way(text: str) -> str:
    """A telephone number or mailbox; anything else stays as typed and fits nobody."""
    return identity.telephone(text) or identity.mailbox(text) or text


def _or(code: str, value: str | None) -> str:
    if value is None:
        raise ValueError(code)
    return value


def _language(text: str) -> str:
    return _or("choose-one", text if text in LANGUAGES else None)


Telephone = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_telephone)]
Mailbox = Annotated[str, Field(max_length=254), AfterValidator(_mailbox)]
Way = Annotated[str, Field(min_length=1, max_length=254), AfterValidator(_way)]
Code = Annotated[str, Field(min_length=1, max_length=16)]
Secret = Annotated[str, Field(min_length=1, max_length=200)]
Key = Annotated[str, Field(max_length=40)]


class Named(Form):
    """Who wants to log in."""

    name: Way
    next: str = "/home"


class Password(Form):
    name: Way
    password: Secret
    next: str = "/home"


class Coded(Form):
    """A one-time code of an attempt."""

    attempt: Key = ""
    code: Code
    next: str = "/home"


class Phone(Form):
    phone: Telephone
    next: str = "/home"


class Registration(Form):
    """A person with their real name; the number must fit the kind of person."""

    attempt: Key
    code: Code
    kind: PersonKind
    name: Annotated[str, Field(min_length=1, max_length=120)]
    identity_number: Annotated[str, Field(min_length=1, max_length=40)]
    email: Mailbox = ""
    true_name: Annotated[str, Field(validate_default=True)] = ""
    next: str = "/home"

    @field_validator("identity_number")
    @classmethod
    def _fits_its_kind(cls, text: str, info: ValidationInfo) -> str:
        kind = info.data.get("kind", PersonKind.NATURAL)
        code = "bad-credit-code" if kind is PersonKind.LEGAL else "bad-identity"
        return _or(code, identity.number_of(kind, text))

    @field_validator("true_name")
    @classmethod
    def _ticked(cls, text: str) -> str:
        return _or("tick-needed", text or None)


class Preferences(Form):
    locale: Annotated[str, AfterValidator(_language)]
    large_type: Literal["1"] | None = None


class NewPassword(Form):
    password: Secret


class Colleague(Form):
    """A new account of the court's staff."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    phone: Telephone
    email: Mailbox = ""
    roles: list[Role]
