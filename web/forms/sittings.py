"""Forms of a sitting and of the panel beside it."""

from __future__ import annotations

from pydantic import Field

from odr.rules.words import ClauseKind, Room, Side
from web.forms.base import Form


class DeviceTest(Form):
    camera: str = ""
    microphone: str = ""
    speaker: str = ""
    network: str = ""

    @property
    def result(self) -> str:
        """What the journal keeps: words of the page, never device names."""
        told = {name: getattr(self, name) for name in ("camera", "microphone", "speaker", "network")}
        return " ".join(f"{name}={value[:12]}" for name, value in told.items() if value.isalnum())


class Identity(Form):
    last_digits: str


class Notices(Form):
    notice: list[str] = Field(default_factory=list)


class ConsentToRecord(Form):
    given: bool
    minutes_instead: bool = False


class CheckIdentity(Form):
    how: str


class Move(Form):
    room: Room


class Hush(Form):
    hushed: bool = False
    camera_off: bool = False


class Caucus(Form):
    side: Side


class Switch(Form):
    on: bool


class Text(Form):
    text: str


class MinutesText(Form):
    speaker: str
    text: str


class AnswerWish(Form):
    adopted: bool
    text: str = ""


class Close(Form):
    outcome: str
    remark: str = ""


class NoShow(Form):
    absent: list[Side] = Field(default_factory=list)


class ClauseOf(Form):
    kind: ClauseKind


class AgreeClause(Form):
    version: int


class Freeze(Form):
    brief: str = ""
    wants_confirmation: bool = False
