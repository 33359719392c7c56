"""Forms of evidence, consent, invitation and triage."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from odr.rules.words import Step, Track
from web.forms.base import Form
from web.forms.calculators import Day

Reason = Annotated[str, Field(min_length=1, max_length=1000)]
Key = Annotated[str, Field(min_length=1, max_length=40)]


class Shown(Form):
    """One file of evidence, beside the file itself."""

    title: Annotated[str, Field(min_length=1, max_length=80)]
    proves: Annotated[str, Field(max_length=300)] = ""


class Statement(Form):
    text: Annotated[str, Field(min_length=1, max_length=5000)]


class Preservation(Form):
    taken_on: Day


class Agreed(Form):
    """The steps that were ticked; what is not ticked is a no."""

    agrees: list[Step]


class Refusal(Form):
    reason: Key
    note: Annotated[str, Field(max_length=500)] = ""


class ShortCode(Form):
    code: Annotated[str, Field(min_length=8, max_length=64)]


class Delegation(Form):
    organisation: Annotated[str, Field(max_length=40)] = ""
    track: Track
    reason: Annotated[str, Field(max_length=1000)] = ""


class Registering(Form):
    route: Literal["suit", "small-claims"]
    reason: Annotated[str, Field(max_length=1000)] = ""


class Return(Form):
    ground: Key
    what: Reason


class Diversion(Form):
    route: Key
    reason: Annotated[str, Field(max_length=1000)] = ""


class Objection(Form):
    text: Reason
