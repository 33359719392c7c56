"""Migrations lead exactly to the tables that the code speaks of."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

from odr import schema
from odr.db import Database


def test_an_upgraded_database_is_what_the_code_expects(db: Database) -> None:
    with db.writer.connect() as connection:
        options = {"include_name": lambda name, kind, _: kind != "table" or name in SQLModel.metadata.tables}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, SQLModel.metadata) == []


def test_upgrading_again_changes_nothing(db: Database) -> None:
    schema.upgrade(db)

    assert schema.is_current(db)
