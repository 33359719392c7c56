"""Forms of the court's own law: a narrower period, a year of the calendar."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from web.forms.base import Form
from web.forms.calculators import Day

Days = Annotated[int, Field(ge=0, le=10_000)]


class Narrow(Form):
    rule: Annotated[str, Field(min_length=1, max_length=24)]
    length: Days | None = None
    extra_days: Days | None = None
    reason: Annotated[str, Field(min_length=1, max_length=500)]
    from_on: Day
    until_on: Day | None = None


class Figure(Form):
    key: Annotated[str, Field(min_length=1, max_length=24)]
    value: Annotated[str, Field(min_length=1, max_length=40)]
    source: Annotated[str, Field(min_length=1, max_length=200)]
    counts_from: Day


class Notice(Form):
    text: Annotated[str, Field(min_length=1, max_length=20_000)]
