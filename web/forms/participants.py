"""Forms of those who take part beside parties and agents."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from odr.rules.companions import Part
from odr.rules.words import Side
from web.forms.base import Form

Text = Annotated[str, Field(max_length=200)]


class Add(Form):
    part: Part
    name: Annotated[str, Field(max_length=50)] = ""
    phone: Annotated[str, Field(max_length=20)] = ""
    side: Side | None = None
    language: Annotated[str, Field(max_length=40)] = ""
    reason: Text = ""


class TakePart(Form):
    declared: bool = False
