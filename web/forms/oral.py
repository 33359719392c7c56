"""Forms of an oral agreement."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from web.forms.base import Form


class Record(Form):
    contents: Annotated[str, Field(max_length=2000)] = ""
    performed: bool = False
    perform_by: date | None = None


class Answer(Form):
    yes: bool
