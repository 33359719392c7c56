"""How Alembic sees our tables; run by `odr.schema` on a connection of its own choosing."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import String
from sqlalchemy.types import TypeEngine
from sqlmodel import SQLModel

import odr.tables  # noqa: F401  # fills the metadata
from odr.db import Json, Utc, Word


def ours(name: str | None, kind: str, _parents: object) -> bool:
    """Only our own tables: the outbox keeps others beside them."""
    return kind != "table" or name in SQLModel.metadata.tables


def spelled(kind: str, thing: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Our column types as a migration may name them for ever."""
    if kind != "type" or not isinstance(thing, TypeEngine):
        return False
    if isinstance(thing, Utc | Json):
        autogen.imports.add("from odr.db import Json, Utc")
        return f"{type(thing).__name__}()"
    if isinstance(thing, Word):
        return "sa.String(40)"  # a new word needs no migration
    if type(thing).__name__ == "AutoString" and isinstance(thing, String | TypeEngine):
        length = getattr(thing, "length", None)
        return f"sa.String({length or ''})"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    include_name=ours,
    render_item=spelled,
    transactional_ddl=True,
    transaction_per_migration=False,
)
if connection.dialect.name == "sqlite":
    connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")  # a rebuilt table has no rows for a moment
with context.begin_transaction():
    context.run_migrations()
