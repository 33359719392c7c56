"""Media workers for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from signaling.port import reachable
from tests.signaling.peers import Server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """An open worker: rooms appear when a token names them."""
    running = Server()
    yield running
    if running.process.poll() is None:
        assert "Traceback" not in running.stop()


@pytest.fixture(scope="session")
def court(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A worker under a control channel: nobody has a place until somebody says so."""
    control: Path = tmp_path_factory.mktemp("control") / "media.sock"
    running = Server(control)
    yield running
    if running.process.poll() is None:
        assert "Traceback" not in running.stop()


@pytest.fixture(scope="session")
def beside() -> Iterator[Server]:
    """An open worker whose media has an address of this machine that is no loopback: not all clients use those."""
    address = reachable("0.0.0.0")[0]
    running = Server(public=address, more=("--udp-host", address))
    yield running
    if running.process.poll() is None:
        assert "Traceback" not in running.stop()
