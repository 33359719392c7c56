"""Forms of judicial confirmation."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from odr.rules.words import Dismissal, Mode, NotAccepted
from web.forms.agreements import Competence
from web.forms.base import Form, lines_of
from web.forms.calculators import Day, Moment


class Join(Form):
    declared: bool = False


class Check(Form):
    ok: list[str] = Field(default_factory=list)


class Supplement(Form):
    items: str
    days: int = 7
    about: Literal["material", "good-faith"] = "material"

    @property
    def lines(self) -> list[str]:
        return lines_of(self.items)


class Answer(Form):
    text: str


class Dismiss(Form):
    ground: Dismissal | NotAccepted
    reasons: str


class NotAccept(Form):
    ground: NotAccepted
    reasons: str


class Withdrawn(Form):
    reasons: str = ""


class SendPaper(Form):
    service_id: str


class Receipt(Form):
    service_id: str
    on: Day


class Reasons(Form):
    reasons: str


class Extension(Form):
    rule: str
    days: int
    reason: str


class Decision(Form):
    granted: bool
    opinion: str = ""


class Opinion(Form):
    opinion: str


class Inquiry(Form):
    starts_at: Moment
    mode: Mode = Mode.SYNC
    place: str = ""


class Question(Form):
    question: str


class Oral(Competence):
    reasons: str = ""
    signed: bool = False
