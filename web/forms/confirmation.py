"""Forms of judicial confirmation."""

from __future__ import annotations

from pydantic import Field

from odr.rules.words import Dismissal, NotAccepted
from web.forms.base import Form


class Join(Form):
    declared: bool = False


class Check(Form):
    ok: list[str] = Field(default_factory=list)


class Supplement(Form):
    items: str
    days: int = 7

    @property
    def lines(self) -> list[str]:
        return [line.strip() for line in self.items.splitlines() if line.strip()]


class Answer(Form):
    text: str


class Dismiss(Form):
    ground: Dismissal
    reasons: str


class NotAccept(Form):
    ground: NotAccepted
    reasons: str


class Withdrawn(Form):
    reasons: str = ""


class SendPaper(Form):
    service_id: str
