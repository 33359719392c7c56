"""A matter brought to some stage by real actions, made once for a whole file of tests and copied for each.

Such a file has an `empty_database` of its own, which is not empty: it holds the people of the
demonstration and the matter. What `build` said about it is had again by `told(path)`.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from sqlmodel import Session, col, select
from starlette.testclient import TestClient

from odr.db import Database
from odr.tables.people import Message
from tests.web.conftest import once
from web.ask import Site

_TOLD: dict[Path, Any] = {}


def made_once(empty: Path, folder: Path, build: Callable[[Session], Any]) -> Path:
    """A database with what `build` makes in it; it returns ids, never rows."""
    path = folder / "odr.db"
    shutil.copy(empty, path)
    db = Database(f"sqlite:///{path}")
    with db.transaction() as s:
        _TOLD[path] = build(s)
    db.close()
    return path


def shared(build: Callable[[Session], Any]) -> tuple[Any, Any]:
    """The fixtures `empty_database` and `world` of such a file."""

    @pytest.fixture(scope="module")
    def empty_database(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
        return made_once(empty_database, tmp_path_factory.mktemp("world"), build)

    @pytest.fixture
    def world(empty_database: Path) -> Any:
        return told(empty_database)

    return empty_database, world


def told(path: Path) -> Any:
    """What `build` returned for this database."""
    return _TOLD[path]


def send(client: TestClient, path: str, **fields: Any) -> Response:
    """A form as the page of it would send it."""
    return client.post(path, data=once() | fields)


def code_from_message(site: Site, destination: str) -> str:
    """The newest one-time code that somebody was sent."""
    with site.db.reading() as s:
        query = select(Message.body).where(Message.destination == destination)
        bodies = s.exec(query.order_by(col(Message.created_at).desc(), col(Message.id).desc())).all()
    return next(found[1] for body in bodies if (found := re.search(r"验证码 (\d{6})", body)))
