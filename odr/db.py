"""The database: one writer at a time, full durability, foreign keys on.

SQLite takes its write lock at BEGIN (a deferred transaction that reads first loses updates
silently); PostgreSQL locks rows with FOR NO KEY UPDATE through `lock`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool
from sqlmodel import Session, SQLModel

from odr.errors import BadInput, Conflict, NotFound

PATIENCE = 15_000  # milliseconds that anybody waits for a lock

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    f"busy_timeout={PATIENCE}",
    "cache_size=-16000",
    "temp_store=MEMORY",
    "trusted_schema=OFF",
    "journal_size_limit=67108864",
)

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# What the database says to whoever was second: serialization failure, deadlock, no lock in time, twice
LATE = frozenset({"40001", "40P01", "55P03", "23505", "SQLITE_BUSY", "SQLITE_LOCKED"})

Row = TypeVar("Row", bound=SQLModel)


class Utc(sa.TypeDecorator[datetime]):
    """An instant; SQLite forgets the zone, so only UTC goes in and comes out."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


class Json(sa.TypeDecorator[Any]):
    """Any JSON value; JSONB on PostgreSQL."""

    impl = sa.JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        return dialect.type_descriptor(JSONB() if dialect.name == "postgresql" else sa.JSON())


class Word(sa.TypeDecorator[StrEnum]):
    """A member of a StrEnum, stored as its plain text so that a new member needs no migration."""

    impl = sa.String(40)
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.kind(value)


class Database:
    """Transactions for actions, read-only sessions for queries."""

    def __init__(self, url: str) -> None:
        self.url = re.sub(r"^postgresql://", "postgresql+psycopg://", url)
        self.embedded = self.url.startswith("sqlite")
        self.writer = self._engine(writes=True)
        self.reader = self._engine(writes=False) if self.embedded else self.writer

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One transaction: committed and durable when the block ends, gone if it raises."""
        try:
            with Session(self.writer, expire_on_commit=False) as s, s.begin():
                yield s
        except DBAPIError as error:
            if _code(error.orig) in LATE:
                raise Conflict(database=type(error.orig).__name__) from error
            raise

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that cannot write (SQLite refuses, PostgreSQL is told read-only)."""
        with Session(self.reader, expire_on_commit=False) as s:
            if not self.embedded:
                s.connection(execution_options={"postgresql_readonly": True})
            yield s

    def close(self) -> None:
        self.writer.dispose()
        self.reader.dispose()

    def _engine(self, *, writes: bool) -> Engine:
        if not self.embedded:
            patient = {"options": f"-c lock_timeout={PATIENCE}"}
            return sa.create_engine(
                self.url, pool_size=8, max_overflow=8, pool_pre_ping=True, connect_args=patient
            )
        engine = sa.create_engine(
            self.url,
            poolclass=QueuePool,
            pool_size=1 if writes else 8,
            max_overflow=0,
            pool_timeout=30,
            connect_args={"timeout": PATIENCE / 1000, "check_same_thread": False},
        )
        extra = () if writes else ("query_only=ON",)
        begin = "BEGIN IMMEDIATE" if writes else "BEGIN"

        @event.listens_for(engine, "connect")
        def _pragmas(connection: Any, _record: object) -> None:
            connection.isolation_level = None
            cursor = connection.cursor()
            for pragma in PRAGMAS + extra:
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

        return engine


def existing(url: str) -> Database:
    """A database that is there already: a command that only asks makes none."""
    path = sa.make_url(url).database or ""
    if url.startswith("sqlite") and not Path(path).exists():
        raise BadInput(court="no-database")
    return Database(url)


def _code(error: BaseException | None) -> str:
    """What went wrong in the database's own words: PostgreSQL's state, or SQLite's name."""
    return getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None) or ""


def lock(s: Session, kind: type[Row], key: str | None) -> Row:
    """The row, locked until the transaction ends; NotFound if there is none."""
    s.flush()  # populate_existing would drop what this transaction has not written yet
    row = s.get(kind, key, with_for_update={"key_share": True}, populate_existing=True) if key else None
    if row is None:
        raise NotFound(kind=kind.__name__)
    return row


def get(s: Session, kind: type[Row], key: str | None) -> Row:
    """The row for reading; NotFound if there is none."""
    row = s.get(kind, key) if key else None
    if row is None:
        raise NotFound(kind=kind.__name__)
    return row
