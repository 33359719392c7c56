"""Forms of filing a dispute: one for each step of the wizard."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator
from starlette.datastructures import FormData

from odr.errors import BadInput
from odr.rules import filing, identity, pack
from odr.rules.law import Element
from odr.rules.words import PersonKind, Step
from web.forms.accounts import Mailbox
from web.forms.base import Form

MOST_YUAN = Decimal(10**10)

Name = Annotated[str, Field(min_length=1, max_length=120)]
Line = Annotated[str, Field(max_length=200)]
Prose = Annotated[str, Field(min_length=1, max_length=5000)]


def _cause(key: str) -> str:
    if key not in pack.load().causes:
        raise ValueError("choose-one")
    return key


def _maybe_phone(text: str) -> str:
    if not text:
        return ""
    if (number := identity.telephone(text)) is None:
        raise ValueError("bad-phone")
    return number


Phone = Annotated[str, Field(max_length=40), AfterValidator(_maybe_phone)]


class Begin(Form):
    court: Annotated[str, Field(max_length=40)]
    cause: Annotated[str, Field(max_length=40)] = ""


class Cause(Form):
    cause: Annotated[str, AfterValidator(_cause)]


class Way(Form):
    asks: Literal["mediation", "suit"]


class Person(Form):
    """A party as somebody names it: the number may stay empty, a wrong one may not."""

    kind: PersonKind
    name: Name
    identity_number: Line = ""
    legal_representative: Line = ""
    phone: Phone = ""
    email: Mailbox = ""
    address: Line = ""

    @field_validator("identity_number")
    @classmethod
    def _fits(cls, text: str, info: ValidationInfo) -> str:
        kind = info.data.get("kind", PersonKind.NATURAL)
        if not text:
            return ""
        if (number := identity.number_of(kind, text)) is None:
            raise ValueError("bad-credit-code" if kind is PersonKind.LEGAL else "bad-identity")
        return number


class Me(Person):
    """Who asks: the person of the account, or somebody they act for (CPL-61)."""

    capacity: Literal["self", "agent"]
    special: Literal["1"] | None = None
    phone: Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_maybe_phone)]
    address: Annotated[str, Field(min_length=1, max_length=200)]


class Other(Person):
    """Who it is about: at least one way to reach them, else nobody can ask them (ODM-15)."""

    position: Annotated[int, Field(ge=1, le=filing.MOST_PEOPLE)] = 1

    @model_validator(mode="after")
    def _reachable(self) -> Other:
        if not (self.phone or self.email or self.address):
            raise BadInput(phone="channel-needed")
        return self


class TakingPart(Form):
    mode: Literal["video", "phone", "onsite"]
    support: list[str]
    note: Annotated[str, Field(max_length=500)] = ""
    agrees: list[Step]

    @field_validator("support")
    @classmethod
    def _known(cls, keys: list[str]) -> list[str]:
        return [key for key in keys if key in filing.SUPPORT]


class ServiceAddress(Form):
    receiver: Line = ""
    address: Annotated[str, Field(min_length=1, max_length=200)]
    postcode: Annotated[str, Field(max_length=6, pattern=r"^(\d{6})?$")] = ""
    phone: Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_maybe_phone)]
    email: Mailbox = ""
    e_service: Literal["1"] | None = None
    keep_confidential: Literal["1"] | None = None


class Declaration(Form):
    """The declaration of truth and the warning of false mediation (CPL-115, ODM-17), each ticked by itself."""

    truth: Annotated[str, Field(validate_default=True)] = ""
    no_collusion: Annotated[str, Field(validate_default=True)] = ""

    @field_validator("truth", "no_collusion")
    @classmethod
    def _ticked(cls, text: str) -> str:
        if not text:
            raise ValueError("tick-needed")
        return text


FORMS: Mapping[str, type[Form]] = {
    "cause": Cause,
    "way": Way,
    "me": Me,
    "taking-part": TakingPart,
    "service": ServiceAddress,
}


def answers(step: str, sent: FormData, draft: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of one step; BadInput names the fields that are wrong."""
    match step:
        case "elements":
            return elements(sent, (draft.get("cause") or {}).get("cause", ""))
        case "claims":
            return {"claims": claims(sent)}
        case "other":
            return {"people": _people(sent, draft)}
        case "evidence":
            return {"seen": True}
    return FORMS[step].read(sent).model_dump(mode="json")


def elements(sent: FormData, cause: str) -> dict[str, Any]:
    """The cause's own questions and the story; only what the cause asks is kept."""
    found = pack.load().causes.get(cause)
    if found is None:
        raise BadInput(story="cause-first")
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for element in found.elements:
        text = _text(sent, f"e-{element.key}")
        try:
            values[element.key] = _value(element, text)
        except ValueError as error:
            wrong[f"e-{element.key}"] = str(error)
    story = _text(sent, "story")
    if not story or len(story) > 5000:
        wrong["story"] = "too-long" if story else "needed"
    if wrong:
        raise BadInput(**wrong)
    return {"values": values, "story": story}


def claims(sent: FormData) -> list[dict[str, Any]]:
    """The claims that were filled in, each with its amount if it is for money."""
    found: list[dict[str, Any]] = []
    wrong: dict[str, str] = {}
    for number in range(1, filing.MOST_CLAIMS + 1):
        text, amount = _text(sent, f"claim-{number}"), _text(sent, f"amount-{number}")
        if not text and not amount:
            continue
        if not text or len(text) > 300:
            wrong[f"claim-{number}"] = "too-long" if text else "needed"
            continue
        try:
            found.append({"text": text, "amount_fen": fen(amount) if amount else None})
        except ValueError as error:
            wrong[f"amount-{number}"] = str(error)
    if wrong:
        raise BadInput(**wrong)
    if not found:
        raise BadInput(**{"claim-1": "needed"})
    return found


def fen(text: str) -> int:
    """Yuan as people type them, to fen; ValueError with an error code."""
    try:
        yuan = Decimal(text.replace(",", "").replace("，", "").removesuffix("元").strip())
    except InvalidOperation:
        raise ValueError("not-a-number") from None
    if not yuan.is_finite():
        raise ValueError("not-a-number")
    if not 0 <= yuan <= MOST_YUAN:
        raise ValueError("too-small" if yuan < 0 else "too-large")
    if yuan != yuan.quantize(Decimal("0.01")):
        raise ValueError("not-a-number")
    return int(yuan * 100)


def _people(sent: FormData, draft: Mapping[str, Any]) -> list[dict[str, Any]]:
    form = Other.read(sent)
    people = list((draft.get("other") or {}).get("people", []))
    person = form.model_dump(mode="json", exclude={"position"})
    if form.position <= len(people):
        people[form.position - 1] = person
    else:
        people.append(person)
    return people


def _text(sent: FormData, name: str) -> str:
    value = sent.get(name)
    return value.strip() if isinstance(value, str) else ""


def _value(element: Element, text: str) -> Any:
    if not text:
        if element.required:
            raise ValueError("needed")
        return ""
    match element.type:
        case "money":
            return fen(text)
        case "date":
            return _date(text)
        case "number":
            return _number(text)
        case "choice":
            if text not in {option.key for option in element.options}:
                raise ValueError("choose-one")
    if len(text) > 500:
        raise ValueError("too-long")
    return text


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("not-a-date") from None


def _number(text: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError("not-a-number") from None
    if not number.is_finite() or abs(number) > MOST_YUAN:
        raise ValueError("not-a-number")
    return format(number, "f")
