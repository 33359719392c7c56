"""Forms of objections and enforcement."""

from __future__ import annotations

from datetime import date
from typing import Literal

from web.forms.base import Form


class Objection(Form):
    number: str
    name: str
    claim: str
    known_on: date | None = None


class Decision(Form):
    findings: str = ""
    opinion: str = ""
    orders: str = ""

    @property
    def lines(self) -> list[str]:
        return [line.strip() for line in self.orders.splitlines() if line.strip()]


class Enforcement(Form):
    breach: str
    venue: Literal["ruling-court", "property-court"] = "ruling-court"


class Enforced(Form):
    side: Literal["applicant", "respondent"]


class Part(Form):
    amount: str
