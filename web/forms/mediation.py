"""Forms of a mediation case."""

from __future__ import annotations

from datetime import date, datetime, time

from pydantic import Field

from odr import clock
from odr.rules.words import EndReason, Mode
from web.forms.base import Form


class Choose(Form):
    first: str = ""
    second: str = ""
    third: str = ""
    trust_court: bool = False

    @property
    def wanted(self) -> list[str]:
        """The mediators in the order they were named, each once."""
        return list(dict.fromkeys(filter(None, (self.first, self.second, self.third))))


class Appoint(Form):
    mediator_id: str = ""
    reason: str = ""


class Accept(Form):
    relation: str
    disclosure: str = ""
    promised: bool = False


class Reason(Form):
    reason: str = ""


class Decline(Form):
    reason: str


class Contact(Form):
    channel: str
    reached: bool = False


class Schedule(Form):
    on: date = Field(
        ge=date(2000, 1, 1), le=date(2200, 1, 1)
    )  # an hour before the first day is no time at all
    starts_at: time
    minutes: int = 60
    mode: Mode
    place: str = ""
    short_notice: bool = False

    @property
    def begins(self) -> datetime:
        return clock.from_court(datetime.combine(self.on, self.starts_at))


class Times(Form):
    slot: list[str] = Field(default_factory=list)


class AskExtension(Form):
    days: int
    reason: str = ""


class End(Form):
    reason: EndReason
    situation: str = ""
    cost_acts: str = ""
    tips: str = ""


class Settle(Form):
    performed: bool = False


class NoteText(Form):
    text: str
