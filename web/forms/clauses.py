"""The form of a clause: its fields are rows of the rule pack, so is what they are read as."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from starlette.datastructures import FormData

from odr.errors import BadInput
from odr.rules import calendar, money, pack
from odr.rules.law import Element
from odr.rules.words import ClauseKind, Side

LONGEST = 500


def read(kind: ClauseKind, sent: FormData) -> dict[str, Any]:
    """The fields as a clause keeps them; BadInput names each that does not fit."""
    fields: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for element in pack.load().clauses[kind].fields:
        try:
            fields[element.key] = _READERS[element.type](element, sent)
        except ValueError as error:
            wrong[element.key] = str(error)
    if wrong:
        raise BadInput(**wrong)
    return fields


def _one(element: Element, sent: FormData) -> str:
    value = sent.get(element.key)
    text = value.strip() if isinstance(value, str) else ""
    if not text and element.required:
        raise ValueError("needed")
    if len(text) > LONGEST:
        raise ValueError("too-long")
    return text


def _money(element: Element, sent: FormData) -> int | None:
    return _fen(_one(element, sent))


def _fen(text: str) -> int | None:
    if not text:
        return None
    fen = money.parse(text)
    if fen is None:
        raise ValueError("not-a-number")
    return fen


def _date(element: Element, sent: FormData) -> str:
    return _day(_one(element, sent))


def _day(text: str) -> str:
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError("not-a-date") from None
    if day is not None and not calendar.in_reach(day):
        raise ValueError("not-a-date")
    return day.isoformat() if day else ""


def _side(element: Element, sent: FormData) -> str:
    text = _one(element, sent)
    if text and text not in list(Side):
        raise ValueError("choose-one")
    return text


def _choice(element: Element, sent: FormData) -> str:
    text = _one(element, sent)
    if text and text not in [option.key for option in element.options]:
        raise ValueError("choose-one")
    return text


def _yes(element: Element, sent: FormData) -> bool:
    return bool(sent.get(element.key))


def _parts(element: Element, sent: FormData) -> list[dict[str, Any]]:
    """Rows of a day and an amount; an empty row is no row."""
    days = [str(value).strip() for value in sent.getlist(f"{element.key}-day")]
    amounts = [str(value).strip() for value in sent.getlist(f"{element.key}-amount")]
    rows = [(day, amount) for day, amount in zip(days, amounts, strict=False) if day or amount]
    if not rows and element.required:
        raise ValueError("needed")
    return [{"due_on": _day(day), "amount_fen": _fen(amount)} for day, amount in rows]


_READERS: dict[str, Callable[[Element, FormData], Any]] = {
    "side": _side,
    "money": _money,
    "date": _date,
    "text": _one,
    "number": _one,
    "choice": _choice,
    "yes": _yes,
    "parts": _parts,
}
