"""A server under test: pinned to one core, its time on it read from the operating system."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

PATIENCE = 30.0


def free_port() -> int:
    """A port nobody uses now, for either transport."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Process:
    """Runs for the length of a `with`; ended by its own number only."""

    def __init__(self, command: list[str], core: int, environment: Mapping[str, str] | None = None) -> None:
        before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {core})  # inherited before the first thread of the server starts
        try:
            self._process = subprocess.Popen(
                command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
            )
        finally:
            os.sched_setaffinity(0, before)
        self.pid = self._process.pid

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for the server to be ready."""
        end = time.monotonic() + PATIENCE
        while not condition():
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{self._process.args!r} did not start")
            await asyncio.sleep(0.05)

    def cpu(self) -> float:
        """CPU seconds of all its threads so far, as the kernel's scheduler counts them."""
        return time.clock_gettime((~self.pid << 3) | 2)  # CPUCLOCK_SCHED of another process

    def memory(self) -> int:
        """Resident memory in bytes."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGESIZE")
