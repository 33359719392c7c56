"""Who somebody says they are, as far as digits can tell: identity number, credit code, telephone, mailbox."""

from __future__ import annotations

import re

import phonenumbers
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from odr.rules.words import PersonKind

_MAILBOX = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")


def number_of(kind: PersonKind, text: str) -> str | None:
    """The identity number (natural) or unified social credit code (legal) in its one spelling, if its digits fit."""
    check = ric if kind is PersonKind.NATURAL else uscc
    try:
        return str(check.validate(text.upper()))
    except ValidationError:
        return None


def telephone(text: str) -> str | None:
    """A telephone number as we keep it: 11 digits at home, +… abroad."""
    try:
        number = phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    if number.country_code == 86:
        home = str(number.national_number)
        return home if re.fullmatch(r"1[3-9]\d{9}", home) else None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def mailbox(text: str) -> str | None:
    """A mail address in lower case; whether it exists, only a letter can tell."""
    return text.lower() if len(text) <= 254 and _MAILBOX.fullmatch(text) else None


def masked(text: str) -> str:
    """A number or mailbox with its middle hidden, as pages show it."""
    if "@" in text:
        name, _, host = text.partition("@")
        return f"{name[:1]}***@{host}"
    keep = 4 if len(text) > 8 else 1
    return text if len(text) <= keep else f"{text[: keep - 1]}{'*' * 4}{text[-keep:]}"
