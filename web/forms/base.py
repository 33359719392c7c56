"""A form: a small class whose fields are what a person may send. Everything else sent is ignored."""

from __future__ import annotations

from typing import Any, ClassVar, Self, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.datastructures import FormData

from odr.errors import BadInput

# Pydantic's names for what can be wrong, in the few kinds we have words for
_CODES = {
    "missing": "needed",
    "string_too_short": "needed",
    "string_too_long": "too-long",
    "int_parsing": "not-a-number",
    "decimal_parsing": "not-a-number",
    "float_parsing": "not-a-number",
    "date_from_datetime_parsing": "not-a-date",
    "date_parsing": "not-a-date",
    "datetime_from_date_parsing": "not-a-time",
    "datetime_parsing": "not-a-time",
    "enum": "choose-one",
    "literal_error": "choose-one",
    "bool_parsing": "choose-one",
    "greater_than": "too-small",
    "greater_than_equal": "too-small",
    "less_than": "too-large",
    "less_than_equal": "too-large",
}


class Form(BaseModel):
    """Base of all forms. List fields take every value of their name, others the last one.

    A field validator raises ValueError with an error code of `web.forms.words` as its text.
    """

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True, frozen=True)
    longest: ClassVar[int] = 20_000  # characters of any field; most fields say less

    @classmethod
    def read(cls, sent: FormData) -> Self:
        """The checked form; BadInput names each wrong field and its code."""
        values: dict[str, Any] = {}
        for name, field in cls.model_fields.items():
            given = [v for v in sent.getlist(name) if isinstance(v, str)]
            if get_origin(field.annotation) is list:
                values[name] = [v for v in given if v.strip()]
            elif given and (given[-1].strip() or field.is_required()):
                values[name] = given[-1]
        if long := [name for name in values if len(str(values[name])) > cls.longest]:
            raise BadInput(**dict.fromkeys(long, "too-long"))
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise BadInput(**_codes(error)) from error


def _codes(error: ValidationError) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in error.errors():
        name = str(item["loc"][0]) if item["loc"] else "form"
        code = (
            str(item["ctx"]["error"]) if item["type"] == "value_error" else _CODES.get(item["type"], "wrong")
        )
        found.setdefault(name, code)
    return found


def lines_of(text: str) -> list[str]:
    """What a person wrote one below the other."""
    return [line.strip() for line in text.splitlines() if line.strip()]
