"""The few kinds of column that our tables are made of."""

import secrets
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from odr.db import Json, Utc, Word

_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"  # no 0/o, 1/l/i, u: read aloud over a telephone


def new_id(length: int = 20) -> str:
    """An unguessable id (4.9 bits a character) that is safe in a URL."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def key() -> Any:
    """The opaque primary key."""
    return Field(default_factory=new_id, primary_key=True, max_length=32)


def ref(table: str, *, index: bool = True) -> Any:
    """A required reference to another table."""
    return Field(foreign_key=f"{table}.id", index=index, max_length=32)


def maybe_ref(table: str) -> Any:
    """An optional reference."""
    return Field(default=None, foreign_key=f"{table}.id", index=True, max_length=32)


def instant(*, index: bool = False) -> Any:
    return Field(sa_type=Utc, index=index)


def maybe_instant(*, index: bool = False) -> Any:
    return Field(default=None, sa_type=Utc, index=index)


def word(kind: type[StrEnum], default: StrEnum | None = None, *, index: bool = False) -> Any:
    """A required word of a closed vocabulary."""
    given: dict[str, Any] = {} if default is None else {"default": default}
    return Field(sa_type=Word(kind), index=index, nullable=False, **given)


def maybe_word(kind: type[StrEnum]) -> Any:
    return Field(default=None, sa_type=Word(kind), nullable=True)


def record() -> Any:
    """A JSON object, empty unless given. Replace it whole: changes inside are not noticed."""
    return Field(default_factory=dict, sa_type=Json, nullable=False)


def rows() -> Any:
    """A JSON list, empty unless given. Replace it whole."""
    return Field(default_factory=list, sa_type=Json, nullable=False)


def prose() -> Any:
    return Field(default="", sa_type=sa.Text, nullable=False)


def big() -> Any:
    """Money in 分 and sizes in bytes: past 32 bits for a dispute of 22 million yuan, a file of 2 GB."""
    return Field(default=0, sa_type=sa.BigInteger, nullable=False)
