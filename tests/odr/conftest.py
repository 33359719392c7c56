"""The court's own tests run on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from odr.db import Database


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def db(request: pytest.FixtureRequest, embedded: Callable[[], Database]) -> Iterator[Database]:
    """The court's database, empty, once on each engine."""
    db = embedded() if request.param == "sqlite" else Database(request.getfixturevalue("cluster").database())
    yield db
    db.close()
