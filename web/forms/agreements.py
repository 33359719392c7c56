"""Forms of signing, performance and rating."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from web.forms.base import Form


class Sign(Form):
    longest = 300_000  # a drawn signature is a picture

    method: Literal["drawn", "typed"] = "typed"
    image: str = ""
    typed: str = ""
    shown_hash: str
    page: str = ""  # digest of the page that was shown
    reached: Literal["seen", "declared"] = "declared"
    read_to_end: bool = False
    code_id: str = ""
    code: str


class OnPaper(Form):
    promise: list[str] = Field(default_factory=list)


class Apply(Form):
    reasons: str = ""
    declared: bool = False


class Claim(Form):
    proof_id: str = ""


class Rate(Form):
    score: int
    remark: str = ""


class Complain(Form):
    ground: str
    text: str
