"""`odr serve` as an operator starts it: a process tree of its own on a data directory."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import httpx2 as httpx

from odr import clock, demo, outbox, schema, seals, settings
from odr.db import Database
from odr.demo import Cast
from odr.outbox_dbos import Dbos

ODR = Path(sys.executable).with_name("odr")
T = TypeVar("T")
PATIENCE = 150  # seconds until everything answers, on a machine that does much else


class Served:
    """One running `odr serve`."""

    def __init__(self, data: Path, cast: Cast) -> None:
        self.data, self.cast = data, cast
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until pages, jobs and media all work."""
        with (self.data / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                [ODR, "serve", "--data", self.data, "--port", str(self.port)],
                env={**os.environ, "ODR_DEMO": "1"},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait()

    def wait(self) -> None:
        """Until everything is ready."""
        until = time.monotonic() + PATIENCE
        while not self.ready():
            assert self.process is not None
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < until, self.log()
            time.sleep(0.1)

    def ready(self) -> bool:
        try:
            return httpx.get(f"{self.address}/readyz", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def stop(self) -> int:
        """Tell it to end, as an operator does; its exit status."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(20)

    def log(self) -> str:
        return (self.data / "serve.log").read_text(errors="replace")[-4000:]

    def child(self, name: str) -> int | None:
        """The process that is `web`, `work` or the media worker now; none while it is being started again."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for pid in map(int, children):
            if name in _words(pid):
                return pid
        return None

    def kill(self, name: str) -> bool:
        """kill -9; whether there was something to kill."""
        pid = self.child(name)
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
        return pid is not None


def found(data: Path) -> Cast:
    """An empty court: its people and its roster, no matter yet."""
    with acting(data) as db:
        schema.upgrade(db)
        with db.transaction() as s:
            return demo.people(s, clock.now() - timedelta(days=90))


@contextmanager
def acting(data: Path) -> Iterator[Database]:
    """The court's database in the hands of one more of its own processes: same keys, same outbox."""
    chosen = settings.read({}, data=data)
    db = Database(chosen.database_url)
    outbox.use(Dbos(db))
    seals.use(seals.key_in(chosen.keys))
    try:
        yield db
    finally:
        outbox.use(outbox.Held())
        seals.use(b"")
        db.close()


def brought(court: Served, step: Callable[..., T], days: float, **who: int) -> T:
    """A matter as far as this step, begun so many days ago by real actions."""
    with acting(court.data) as db, db.transaction() as s:
        return step(s, court.cast, clock.now() - timedelta(days=days), **who)


def verify(path: Path, *more: str | Path) -> tuple[int, str]:
    """What `odr verify` says of a path: its exit status and its words."""
    done = subprocess.run(
        [ODR, "verify", path, *more], capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, done.stdout + done.stderr


def free_port() -> int:
    """A port whose two successors are free as well: pages take the one, media the others."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as one:
            port: int = one.getsockname()[1]
            if port < 65534 and all(_is_free(port + more) for more in (1, 2)):
                return port


def _is_free(port: int) -> bool:
    with socket.socket() as other:
        return other.connect_ex(("127.0.0.1", port)) != 0


def _words(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return []
