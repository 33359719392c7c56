"""What every test may ask for: a database, a session, a vault, a maker of rows."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlmodel import Session

from odr import outbox, schema
from odr.db import Database
from odr.vault import Vault
from tests.make import Make
from tests.postgres import Cluster


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser: its driver keeps an event loop, which others in the process cannot bear."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@pytest.fixture(autouse=True)
def _outbox_of_its_own() -> Iterator[None]:
    """Whatever a command under test chose as outbox ends with the test."""
    before = outbox._engine
    yield
    outbox.use(before)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the schema in it; tests copy it, which costs a millisecond."""
    path = tmp_path_factory.mktemp("schema") / "odr.db"
    db = Database(f"sqlite:///{path}")
    schema.upgrade(db)
    db.close()
    return path


@pytest.fixture
def embedded(empty_database: Path, tmp_path: Path) -> Callable[[], Database]:
    """Opens this test's own SQLite database."""

    def make() -> Database:
        path = tmp_path / "odr.db"
        if not path.exists():
            shutil.copy(empty_database, path)
        return Database(f"sqlite:///{path}")

    return make


@pytest.fixture
def db(embedded: Callable[[], Database]) -> Iterator[Database]:
    """The court's database, empty. The domain tests run on PostgreSQL as well."""
    db = embedded()
    yield db
    db.close()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A private PostgreSQL, reachable through its socket only."""
    cluster = Cluster.start()
    yield cluster
    cluster.stop()


@pytest.fixture
def s(db: Database) -> Iterator[Session]:
    """One transaction, committed when the test ends. On SQLite no other can write meanwhile."""
    with db.transaction() as s:
        yield s


@pytest.fixture
def make(s: Session) -> Make:
    return Make(s)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "vault")
