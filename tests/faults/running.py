"""Real processes of the product on a data directory of the test's own, and ways to end them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from odr import schema, seals
from odr.db import Database


class Running:
    """A data directory and the processes a test started on it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.data.mkdir(parents=True, exist_ok=True)
        self.db = Database(f"sqlite:///{data / 'odr.db'}")
        schema.upgrade(self.db)
        seals.use(seals.key_in(data / "keys"))
        self.processes: list[subprocess.Popen[str]] = []

    def start(self, *words: str) -> subprocess.Popen[str]:
        """`odr …` on this data directory."""
        env = {
            name: value for name, value in os.environ.items() if not name.startswith(("ODR_", "DATABASE_"))
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "web", *words, "--data", str(self.data)],
            env=env,
            stdout=subprocess.PIPE,
            stderr=(self.data / "log").open("a"),
            text=True,
        )
        self.processes.append(process)
        return process

    def end(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()
        self.db.close()
        seals.use(b"")

    @property
    def log(self) -> str:
        return (self.data / "log").read_text()


def wait_until(question: Callable[[], object], seconds: float = 30, log: Callable[[], str] = str) -> None:
    """Ask until the answer is yes; say what the log holds when it never is."""
    until = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < until, log()
        time.sleep(0.05)


def free_port(count: int = 2) -> int:
    """A port of 127.0.0.1 with the next ones free as well, for TCP and UDP."""
    for first in range(19100, 19480, count):
        try:
            for port in range(first, first + count):
                for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                    with socket.socket(socket.AF_INET, kind) as probe:
                        probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first
    raise RuntimeError("no free ports")
