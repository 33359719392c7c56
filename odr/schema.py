"""Brings a database to the schema of this release: forward only, all or nothing."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import odr.tables  # noqa: F401  # fills the metadata
from odr import outbox_dbos
from odr.db import Database

MIGRATIONS = Path(__file__).parent / "migrations"
VERSIONS = MIGRATIONS / "versions"


def upgrade(db: Database) -> None:
    """Apply what is missing."""
    outbox_dbos.prepare(db)
    with db.writer.begin() as connection:
        if not db.embedded:  # SQLite has its write lock from BEGIN on
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(20250101)")
        command.upgrade(config(connection), "head")


def is_current(db: Database) -> bool:
    """Whether the database has exactly the schema of this release."""
    with db.writer.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == _head()


def config(connection: sa.Connection) -> Config:
    """Alembic on this connection."""
    made = Config(attributes={"connection": connection})
    made.set_main_option("script_location", str(MIGRATIONS))
    return made


def _head() -> str | None:
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()
