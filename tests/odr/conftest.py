"""The court's own tests run on both databases."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from odr.db import Database
from tests.odr import beside, bureau, door, early, ends, inside, judging
from tests.odr.life import AT, Begun, Life, begin
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
    return _made(empty_database, tmp_path_factory.mktemp("begun"), begin)


@pytest.fixture(scope="session")
def drafted(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Begun:
    """A draft with one question left, made once."""
    return _made(empty_database, tmp_path_factory.mktemp("drafted"), early.begin)


@pytest.fixture(scope="session")
def in_force(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Begun:
    """An agreement that everybody signed, made once."""
    return _made(empty_database, tmp_path_factory.mktemp("in-force"), judging.begin)


@pytest.fixture(scope="session")
def opened(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Begun:
    """A sitting that is on, made once."""
    return _made(empty_database, tmp_path_factory.mktemp("opened"), inside.begin)


@pytest.fixture(scope="session")
def shut(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Begun:
    """A court into which only the administrator has come, made once."""
    return _made(empty_database, tmp_path_factory.mktemp("shut"), door.begin)


@pytest.fixture(scope="session")
def settled(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Begun:
    """An agreement of a registered case that is to be signed by hand, made once."""
    return _made(empty_database, tmp_path_factory.mktemp("settled"), ends.begin)


@pytest.fixture(scope="session")
def kept(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Begun:
    """A court with its roster and its law, made once."""
    return _made(empty_database, tmp_path_factory.mktemp("kept"), bureau.begin)


@pytest.fixture(scope="session")
def staying(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Begun:
    """A matter that a mediator has accepted, made once."""
    return _made(empty_database, tmp_path_factory.mktemp("staying"), beside.begin)


def _made(empty: Path, folder: Path, how: Callable[[Database, datetime], Life]) -> Begun:
    path = folder / "odr.db"
    shutil.copy(empty, path)
    db = Database(f"sqlite:///{path}")
    life = how(db, AT)
    db.close()
    return Begun(path, life)
