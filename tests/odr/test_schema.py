"""Migrations lead exactly to the tables that the code speaks of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

from odr import schema
from odr.db import Database
from odr.rules.jurisdiction import OWN, Basis
from odr.rules.words import Track


def test_an_upgraded_database_is_what_the_code_expects(db: Database) -> None:
    with db.writer.connect() as connection:
        options = {"include_name": lambda name, kind, _: kind != "table" or name in SQLModel.metadata.tables}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, SQLModel.metadata) == []


def test_upgrading_again_changes_nothing(db: Database) -> None:
    schema.upgrade(db)

    assert schema.is_current(db)


def test_an_older_confirmation_learns_from_its_track_what_the_court_is_competent_by(tmp_path: Path) -> None:
    with sa.create_engine(f"sqlite:///{tmp_path / 'old.db'}").begin() as connection:
        command.upgrade(schema.config(connection), "0015")
        for track in Track:
            _insert(connection, "mediation_case", id=track.value, track=track.value)
            _insert(connection, "confirmation_case", id=track.value, case_id=track.value, applied="{}")

        command.upgrade(schema.config(connection), "head")

        found = dict(connection.execute(sa.text("SELECT case_id, basis FROM confirmation_case")).all())
    assert {track: Basis(found[track]) for track in Track} == {
        track: Basis.ORGANISATION if track in OWN else Basis.INVITED for track in Track
    }


def test_what_a_side_once_applied_for_each_party_of_it_has_applied(tmp_path: Path) -> None:
    with sa.create_engine(f"sqlite:///{tmp_path / 'old.db'}").begin() as connection:
        command.upgrade(schema.config(connection), "0017")
        _insert(connection, "mediation_case", id="m", dispute_id="d")
        for key, side in (("a", "applicant"), ("b", "applicant"), ("c", "respondent")):
            _insert(connection, "party", id=key, dispute_id="d", side=side)
        given = json.dumps({"applicant": {"name": "张三"}})
        _insert(connection, "confirmation_case", id="k", case_id="m", applied=given)

        command.upgrade(schema.config(connection), "head")

        (found,) = connection.execute(sa.text("SELECT applied FROM confirmation_case")).one()
    told = {"name": "张三", "side": "applicant"}
    assert json.loads(found) == {"a": told, "b": told}


def _insert(connection: sa.Connection, name: str, **known: str) -> None:
    """A row as an older release left it, whatever its other columns were."""
    table = sa.Table(name, sa.MetaData(), autoload_with=connection, resolve_fks=False)
    needed: dict[str, Any] = {
        column.name: f"{known['id']}-{column.name}" for column in table.columns if not column.nullable
    }
    connection.exec_driver_sql(
        f"INSERT INTO {name} ({', '.join(needed | known)}) VALUES ({', '.join('?' * len(needed | known))})",
        tuple((needed | known).values()),
    )
