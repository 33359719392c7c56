"""The room's page on a cluster: the same lobbies, joint talk and caucus, and a clear word that nothing is recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from starlette.applications import Starlette

from odr import settings
from odr.db import Database
from tests.signaling.peers import KEY, SECRET, Server
from tests.web.test_sittings import Three, open_joint, press, room, scene, sees, three
from web.app import create_app

__all__ = ["scene", "three"]  # fixtures


@pytest.fixture
def worker() -> Iterator[Server]:
    """A server that speaks LiveKit and knows no court."""
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def app(embedded: Callable[[], Database], tmp_path: Path, worker: Server) -> Iterator[Starlette]:
    embedded().close()
    env = {"ODR_DEMO": "1", "MEDIA_URL": worker.url, "ODR_MEDIA_KEY": KEY, "ODR_MEDIA_SECRET": SECRET}
    app = create_app(settings.read(env, data=tmp_path))
    yield app
    app.state.site.db.close()


@pytest.mark.slow
def test_a_sitting_on_a_cluster_has_its_rooms_and_no_recorder(three: Three) -> None:
    for page in three.all:
        sees(page, 0)
    open_joint(three)
    for page in three.all:
        sees(page, 2)
    expect(three.mediator.locator("#host")).to_contain_text("不能录制")

    press(three.mediator, "与申请人私谈")
    room(three.applicant, "caucus-a")
    sees(three.mediator, 1)
    sees(three.applicant, 1)
    sees(three.respondent, 0)
