"""Forms of a written scheme."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from web.forms.base import Form

Text = Annotated[str, Field(max_length=2000)]


class Offer(Form):
    gap: Text = ""
    known: Text = ""

    @property
    def lines(self) -> list[str]:
        """One fact a line."""
        return [line.strip() for line in self.known.splitlines() if line.strip()]


class Agree(Form):
    yes: bool
    understood: bool = False


class Objection(Form):
    text: Text = ""
