"""What people send, made legible: no database keeps a NUL, no page shows half a character, no paper a CR.

Browsers end lines by CR and LF and let people paste what nobody sees; a hand-made request can hold worse.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import FormData, QueryParams, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from odr.rules.texts import legible as text

FIELDS, FILES = 400, 20


def params(given: Mapping[str, str]) -> dict[str, str]:
    """Path parameters."""
    return {name: text(str(value)) for name, value in given.items()}


def query(given: QueryParams) -> QueryParams:
    return QueryParams([(text(name), text(value)) for name, value in given.multi_items()])


async def form(request: Request, largest: int) -> FormData:
    """The form of a request; one that cannot be decoded at all is refused."""
    try:
        sent = await request.form(max_files=FILES, max_fields=FIELDS, max_part_size=largest)
    except UnicodeError:
        raise HTTPException(400) from None
    return FormData([(text(name), _field(value)) for name, value in sent.multi_items()])


def _field(value: str | UploadFile) -> str | UploadFile:
    if isinstance(value, str):
        return text(value)
    value.filename = text(value.filename) if value.filename else value.filename
    return value
