"""Forms of fee relief: the application, the judge's opinion, the president's decision."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from odr.rules.relief import Relief
from web.forms.base import Form, lines_of
from web.forms.calculators import Day, Yuan

Text = Annotated[str, Field(max_length=4000)]


class Application(Form):
    relief: Relief
    party_id: Annotated[str, Field(max_length=40)] = ""
    ground: Annotated[str, Field(max_length=40)] = ""
    reason: Text = ""
    proofs: Text = ""
    asked_fen: Yuan = 0

    @property
    def lines(self) -> list[str]:
        """One proof a line."""
        return lines_of(self.proofs)


class Opinion(Form):
    fee_fen: Yuan
    supported: bool
    opinion: Text = ""


class Decision(Form):
    granted: bool
    relieved_fen: Yuan = 0
    until: Day | None = None
    reason: Text = ""
