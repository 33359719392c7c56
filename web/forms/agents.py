"""Forms of agents: asking one, claiming to be one, checking the paper."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from odr.rules.companions import Capacity, Power
from web.forms.base import Form

Text = Annotated[str, Field(max_length=200)]


class Ask(Form):
    phone: Annotated[str, Field(max_length=20)] = ""


class Claim(Form):
    capacity: Capacity
    of: Text = ""
    power: list[Power] = Field(default_factory=list)


class Check(Form):
    accepted: bool
    capacity: Capacity
    power: list[Power] = Field(default_factory=list)
    remark: Text = ""
