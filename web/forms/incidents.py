"""Forms of what may come between: recusal, standing still, suspicion, appraisal."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from odr.rules.halts import Halt
from web.forms.base import Form

Text = Annotated[str, Field(max_length=1000)]


class Recuse(Form):
    ground: Annotated[str, Field(max_length=40)] = ""
    facts: Text = ""


class Decide(Form):
    """Yes or no, with the reason."""

    yes: bool
    reason: Text = ""


class Suspend(Form):
    why: Halt
    reason: Text = ""


class AskAppraisal(Form):
    matter: Text = ""
    reason: Text = ""
    institution: Annotated[str, Field(max_length=100)] = ""


class Answer(Form):
    yes: bool


class Finish(Form):
    outcome: Text = ""
