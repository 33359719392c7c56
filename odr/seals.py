"""A keyed digest of every row, written whenever the product writes the row.

The journal shows what was done; these show that nobody changed, added or took away a row behind it.
Without the key, which is not in the database, a changed row cannot be given a seal that fits.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import UOWTransaction
from sqlmodel import Session, SQLModel

# Rows of the machinery: they come and go, and say nothing about a matter
UNSEALED = frozenset({"login", "one_time_code", "repeat", "wakeup", "row_seal"})

_SEALS = sa.table("row_seal", *map(sa.column, ("kind", "row", "seal")))
_key = b""


def use(key: bytes) -> None:
    """Choose the key, once, at start."""
    global _key
    _key = key


def key_in(folder: Path) -> bytes:
    """The key of a key folder, made on first use and readable by nobody else."""
    path = folder / "rows.key"
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(32))
        with contextlib.suppress(FileExistsError):  # the first of two processes wins
            os.link(draft, path)
        draft.unlink()
    return bytes.fromhex(path.read_text())


def seal(kind: str, values: dict[str, Any]) -> str:
    """The seal of a row with these values."""
    body = json.dumps([kind, values], default=_plain, ensure_ascii=False, sort_keys=True)
    return hmac.new(_key, body.encode(), hashlib.sha256).hexdigest()


def broken(s: Session) -> Iterator[tuple[str, str, str]]:
    """Every (table, row, what) where a row and its seal do not fit."""
    for table in SQLModel.metadata.sorted_tables:
        if table.name not in UNSEALED:
            yield from ((table.name, row, what) for row, what in _broken(s, table))


def _broken(s: Session, table: sa.Table) -> Iterator[tuple[str, str]]:
    query = sa.select(_SEALS.c.row, _SEALS.c.seal).where(_SEALS.c.kind == table.name)
    known: dict[str, str] = {found.row: found.seal for found in s.connection().execute(query)}
    for row, values in _rows(s, table):
        if row not in known:
            yield row, "was added behind the product's back"
        elif values is None or not hmac.compare_digest(known[row], seal(table.name, values)):
            yield row, "is not as the product wrote it"
        known.pop(row, None)
    for row in known:
        yield row, "has disappeared"


def _rows(s: Session, table: sa.Table) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Every row by its key; no values when they cannot even be read."""
    try:
        for values in s.connection().execute(sa.select(table)).mappings().all():
            yield _row(table, dict(values)), dict(values)
    except (ValueError, TypeError, sa.exc.SQLAlchemyError):
        yield from _rows_one_by_one(s, table)


def _rows_one_by_one(s: Session, table: sa.Table) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Slower, and finds out which of them is the unreadable one."""
    keys = list(table.primary_key.columns)
    for key in s.connection().execute(sa.select(*keys)).all():
        query = sa.select(table).where(*(column == part for column, part in zip(keys, key, strict=True)))
        try:
            values = dict(s.connection().execute(query).mappings().one())
        except (ValueError, TypeError, sa.exc.SQLAlchemyError):
            values = None
        yield "/".join(map(str, key)), values


@event.listens_for(Session, "after_flush")
def _after_flush(s: Session, _flush: UOWTransaction) -> None:
    written = [*s.new, *(row for row in s.dirty if s.is_modified(row))]
    rows = [_sealed(row) for row in written if _is_sealed(row)]
    if rows:
        _write(s, rows)
    for row in s.deleted:
        if _is_sealed(row):
            table = sa.inspect(row).mapper.local_table
            gone = sa.text("DELETE FROM row_seal WHERE kind = :kind AND row = :row")
            s.connection().execute(gone, {"kind": table.name, "row": _row(table, _values(row))})


def _write(s: Session, rows: list[dict[str, str]]) -> None:
    from odr.tables.records import RowSeal

    insert = sqlite.insert if s.get_bind().dialect.name == "sqlite" else postgresql.insert
    query = insert(RowSeal)
    changed = {"seal": query.excluded.seal}
    s.connection().execute(query.on_conflict_do_update(index_elements=["kind", "row"], set_=changed), rows)


def _is_sealed(row: object) -> bool:
    return sa.inspect(row).mapper.local_table.name not in UNSEALED


def _sealed(row: object) -> dict[str, str]:
    table = sa.inspect(row).mapper.local_table
    values = _values(row)
    return {"kind": table.name, "row": _row(table, values), "seal": seal(table.name, values)}


def _values(row: object) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in sa.inspect(row).mapper.columns}


def _row(table: sa.Table, values: dict[str, Any]) -> str:
    return "/".join(str(values[column.name]) for column in table.primary_key.columns)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value)
