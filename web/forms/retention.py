"""The form that keeps something longer."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from web.forms.base import Form


class Keep(Form):
    until: date | None = None
    reason: Annotated[str, Field(max_length=500)] = ""
