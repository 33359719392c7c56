"""The court's own tests run on both databases."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from odr.db import Database
from tests.odr.life import AT, Begin, Begun
from tests.postgres import Cluster


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def db(request: pytest.FixtureRequest, embedded: Callable[[], Database]) -> Iterator[Database]:
    """The court's database, empty, once on each engine."""
    if request.param == "sqlite":
        db = embedded()
        yield db
        db.close()
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    db = Database(cluster.database())
    yield db
    db.close()
    cluster.drop(db.url)


@pytest.fixture(scope="session")
def begun(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Begin], Begun]:
    """A life that has begun in this way, made once."""

    @cache
    def made(begin: Begin) -> Begun:
        path = tmp_path_factory.mktemp("begun") / "odr.db"
        shutil.copy(empty_database, path)
        db = Database(f"sqlite:///{path}")
        life = begin(db, AT)
        db.close()
        return Begun(path, life)

    return made
