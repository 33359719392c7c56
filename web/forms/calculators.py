"""What a person types into a calculator. Nothing of it is kept."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator

from odr.rules import calendar, pack
from web.forms.base import Form
from web.forms.filing import fen


def _ppm(text: object) -> int:
    """A percentage as people type it, in millionths."""
    try:
        percent = Decimal(str(text).removesuffix("%").strip())
    except InvalidOperation:
        raise ValueError("not-a-number") from None
    if not percent.is_finite():
        raise ValueError("not-a-number")
    if not 0 <= percent <= 1000:  # before quantize, which cannot hold every number
        raise ValueError("too-small" if percent < 0 else "too-large")
    if percent != percent.quantize(Decimal("0.0001")):
        raise ValueError("not-a-number")
    return int(percent * 10_000)


def figure(unit: str, text: str) -> int:
    """A published figure in its unit; ValueError with an error code."""
    if unit == "fen":
        return fen(text)
    if unit != "times":
        return _ppm(text)
    if not text.isdecimal() or len(text) > 4:
        raise ValueError("not-a-number")
    return int(text)


def _yuan(text: object) -> object:
    return text if isinstance(text, int) else fen(str(text))


def _in_reach(day: date) -> date:
    if not calendar.in_reach(day):
        raise ValueError("not-a-date")
    return day


def _moment(text: object) -> object:
    at = datetime.fromisoformat(str(text)) if text else text
    if not isinstance(at, datetime) or not calendar.in_reach(at.date()) or at.tzinfo is not None:
        raise ValueError("not-a-time")
    return at


Yuan = Annotated[int, BeforeValidator(_yuan)]
Rate = Annotated[int, BeforeValidator(_ppm)]
Day = Annotated[date, AfterValidator(_in_reach)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
KINDS = (
    "property",
    "labour",
    "divorce",
    "personality",
    "ip",
    "other",
    "payment-order",
    "preservation",
    "enforcement",
    "confirmation",
)


class Fee(Form):
    kind: Literal[KINDS]  # type: ignore[valid-type]  # the one list of kinds, also shown as options
    amount: Yuan = 0
    halved: Literal["1"] | None = None


class Interest(Form):
    amount: Yuan
    rate: Rate
    first: Day
    until: Day
    loan: Literal["1"] | None = None
    lpr: Rate | None = None


class Late(Form):
    amount: Yuan
    due_on: Day
    paid_on: Day
    part: Yuan = 0
    part_on: Day | None = None


class Plan(Form):
    amount: Yuan
    times: Annotated[int, Field(ge=1, le=360)]
    first: Day
    every: Literal["month", "fortnight", "week"] = "month"
    down: Yuan = 0


class Period(Form):
    rule: str
    since: Moment

    @field_validator("rule")
    @classmethod
    def _known(cls, rule: str) -> str:
        if rule not in pack.load().clocks:
            raise ValueError("choose-one")
        return rule
