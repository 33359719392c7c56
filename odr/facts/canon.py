"""Facts as canonical JSON: one value, one text, one digest, on every machine and in every year.

Fields that still have their default are left out, so a field added later changes no old digest.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from odr import digests
from odr.errors import BadInput

T = TypeVar("T")


def dumps(plain_value: object) -> str:
    """Canonical text of a plain value: sorted keys, no spaces."""
    return json.dumps(plain_value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(text: str) -> str:
    """The digest of canonical text, its algorithm in front."""
    return digests.digest(text.encode())


def fits(text: str, digest: str) -> bool:
    """Whether canonical text has this digest, under the algorithm it names."""
    return digests.matches(text.encode(), digest)


def plain(value: object) -> object:
    """The JSON-able form of facts or of a part of them."""
    if is_dataclass(value) and not isinstance(value, type):
        kept = {f.name: getattr(value, f.name) for f in fields(value)}
        return {f.name: plain(kept[f.name]) for f in fields(value) if kept[f.name] != _default(f)}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise BadInput(at=value.isoformat(), why="no-time-zone")
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, int):
        return value
    raise BadInput(type=type(value).__name__, why="not-a-fact")


def _text(value: str) -> str:
    if any("\ud800" <= c <= "\udfff" for c in value):
        raise BadInput(text="half-a-character")
    return unicodedata.normalize("NFC", value)


def build(form: type[T], raw: object, path: str = "facts") -> T:
    """Facts of one form from decoded JSON; the first thing that does not fit is named by its path."""
    if not isinstance(raw, dict):
        raise BadInput(**{path: "not-an-object"})
    hints = _hints(form)  # type: ignore[arg-type]  # classes are hashable, type[T] does not say so
    if unknown := sorted(set(raw) - set(hints)):
        raise BadInput(**{f"{path}.{unknown[0]}": "unknown"})
    values = {name: _read(hints[name], item, f"{path}.{name}") for name, item in raw.items()}
    try:
        return form(**values)
    except TypeError as missing:
        raise BadInput(**{path: str(missing)}) from None


@cache
def _hints(form: Any) -> dict[str, Any]:
    hints = get_type_hints(form)
    return {f.name: hints[f.name] for f in fields(form)}


def _default(field: Field[Any]) -> object:
    return field.default if field.default is not MISSING else _NO_DEFAULT


_NO_DEFAULT = object()


def _read(hint: Any, raw: object, path: str) -> object:
    if get_origin(hint) is UnionType:
        return None if raw is None else _read(_not_none(hint), raw, path)
    if get_origin(hint) is tuple:
        if not isinstance(raw, list):
            raise BadInput(**{path: "not-a-list"})
        return tuple(_read(get_args(hint)[0], item, f"{path}[{n}]") for n, item in enumerate(raw))
    if is_dataclass(hint):
        return build(hint, raw, path)  # type: ignore[arg-type]  # is_dataclass does not narrow Any to a class
    if hint in (date, datetime):
        return _moment(hint, raw, path)
    if type(raw) is not hint:
        raise BadInput(**{path: f"not-{hint.__name__}"})
    return raw


def _not_none(hint: Any) -> Any:
    return next(part for part in get_args(hint) if part is not NoneType)


def _moment(hint: type[date], raw: object, path: str) -> date:
    try:
        return hint.fromisoformat(str(raw))
    except ValueError:
        raise BadInput(**{path: "not-a-date"}) from None
