"""Forms of signing, performance and rating."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from odr.actions.confirmation import Where
from odr.rules.jurisdiction import Basis
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


class Competence(Form):
    basis: Basis = Basis.ORGANISATION
    place: Annotated[str, Field(max_length=200)] = ""
    outside: bool = False

    @property
    def where(self) -> Where:
        """What is said to make this court competent."""
        return Where(self.basis, self.place, self.outside)


class Apply(Competence):
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
