"""Forms of an oral agreement."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from web.forms.base import Form
from web.forms.calculators import Day


class Record(Form):
    contents: Annotated[str, Field(max_length=2000)] = ""
    performed: bool = False
    perform_by: Day | None = None


class Answer(Form):
    yes: bool
