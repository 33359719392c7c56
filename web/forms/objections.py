"""Forms of objections and enforcement."""

from __future__ import annotations

from typing import Literal

from web.forms.base import Form, lines_of
from web.forms.calculators import Day


class Objection(Form):
    number: str
    name: str
    claim: str
    known_on: Day | None = None


class Decision(Form):
    findings: str = ""
    opinion: str = ""
    orders: str = ""

    @property
    def lines(self) -> list[str]:
        return lines_of(self.orders)


class Enforcement(Form):
    breach: str
    venue: Literal["ruling-court", "property-court"] = "ruling-court"


class Enforced(Form):
    side: Literal["applicant", "respondent"]


class Part(Form):
    amount: str
