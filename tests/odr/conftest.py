"""The court's own tests run on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from odr.db import Database
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
