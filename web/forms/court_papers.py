"""Forms of the court's own paper of an agreement."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from web.forms.base import Form

Text = Annotated[str, Field(max_length=4000)]


class Issue(Form):
    brief: Text = ""
    procedure: Annotated[str, Field(max_length=20)] = ""
    fee_rule: Annotated[str, Field(max_length=200)] = ""


class Refuse(Form):
    ground: Annotated[str, Field(max_length=40)] = ""
    reason: Text = ""
