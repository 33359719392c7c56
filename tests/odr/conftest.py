"""The court's own tests run on both databases."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from odr.db import Database
from tests.odr import early
from tests.odr.life import AT, Begun, begin
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
def begun(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Begun:
    """A matter whose parties were asked, made once."""
    path = tmp_path_factory.mktemp("begun") / "odr.db"
    shutil.copy(empty_database, path)
    db = Database(f"sqlite:///{path}")
    life = begin(db, AT)
    db.close()
    return Begun(path, life)


@pytest.fixture(scope="session")
def drafted(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Begun:
    """A draft with one question left, made once."""
    path = tmp_path_factory.mktemp("drafted") / "odr.db"
    shutil.copy(empty_database, path)
    db = Database(f"sqlite:///{path}")
    life = early.begin(db, AT)
    db.close()
    return Begun(path, life)
