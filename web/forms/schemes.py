"""Forms of a written scheme."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from web.forms.base import Form, lines_of
from web.forms.calculators import Day

Text = Annotated[str, Field(max_length=2000)]


class Offer(Form):
    gap: Text = ""
    known: Text = ""

    @property
    def lines(self) -> list[str]:
        """One fact a line."""
        return lines_of(self.known)


class Agree(Form):
    yes: bool
    understood: bool = False


class Objection(Form):
    text: Text = ""


class OnPaper(Form):
    party_id: Annotated[str, Field(max_length=40)]
    given_on: Day
