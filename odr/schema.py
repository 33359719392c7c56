"""Brings a database to the schema of this release."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import SQLModel

import odr.tables  # noqa: F401  # fills the metadata
from odr import outbox_dbos
from odr.db import Database
from odr.tables.records import TRIGGERS


def upgrade(db: Database) -> None:
    """Create what is missing."""
    outbox_dbos.prepare(db)
    with db.writer.begin() as connection:
        if not db.embedded:  # SQLite has its write lock from BEGIN on
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(20250101)")
        if sa.inspect(connection).has_table("court"):
            return
        SQLModel.metadata.create_all(connection)
        for statement in TRIGGERS[connection.dialect.name]:
            connection.exec_driver_sql(statement)


def is_current(db: Database) -> bool:
    """Whether every table of this release is there."""
    with db.writer.connect() as connection:
        return set(SQLModel.metadata.tables) <= set(sa.inspect(connection).get_table_names())
