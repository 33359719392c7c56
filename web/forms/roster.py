"""Forms of the roster: a wish about a mediator's status, a sheet, the court's decision."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from web.forms.base import Form


class StatusWish(Form):
    """Suspend, reinstate or remove a mediator."""

    status: Literal["listed", "suspended", "removed"]
    reason: str = Field(min_length=1, max_length=200)


class Sheet(Form):
    """What goes with an uploaded sheet."""

    whole: bool = False


class Import(Form):
    """Propose what the sheet changes; with faults in it, only the good rows."""

    good_rows: bool = False


class Decision(Form):
    """The court's word on a batch, or on the ticked rows of it."""

    which: Literal["all", "ticked"] = "all"
    change: list[str] = Field(default_factory=list)
    link: bool = False
    reason: str = Field(default="", max_length=200)


class Undo(Form):
    reason: str = Field(min_length=1, max_length=200)
