"""The form that answers a complaint."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from web.forms.base import Form, lines_of

Text = Annotated[str, Field(max_length=4000)]


class Answer(Form):
    findings: Text = ""
    decisions: Text = ""

    @property
    def lines(self) -> list[str]:
        """One decision a line."""
        return lines_of(self.decisions)
