"""One warm rendering process, replaced when it dies, hangs or has done its share."""

from __future__ import annotations

import json
import os
import select
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from documents import worker
from odr import errors, facts
from odr.errors import BadInput, DocumentTooLarge, RenderingFailed
from odr.facts import DocumentFacts

SHARE = 300  # documents per process: what a library leaks, ends with it
LARGEST_REQUEST = 8 * 2**20
GRACE = 5  # seconds a cold start may take beyond the rendering time


class Press:
    """Renders one document at a time; safe to share between threads."""

    def __init__(self, seconds: float = worker.SECONDS) -> None:
        self.seconds = seconds
        self.process: subprocess.Popen[bytes] | None = None
        self.done = 0
        self.lock = threading.Lock()
        self.folder = tempfile.TemporaryDirectory(prefix="odr-press-", ignore_cleanup_errors=True)

    def render(self, f: DocumentFacts) -> bytes:
        """The PDF of these facts; a process that died innocently is replaced once."""
        request = facts.to_json(f).encode()
        if len(request) > LARGEST_REQUEST:
            raise DocumentTooLarge(bytes=len(request))
        with self.lock:
            try:
                reply = self._ask(request)
            except (EOFError, BrokenPipeError):
                self.stop()
                reply = self._ask_again(request)
        return _unwrap(reply)

    def _ask_again(self, request: bytes) -> bytes:
        try:
            return self._ask(request)
        except (EOFError, BrokenPipeError):
            self.stop()
            raise RenderingFailed("the rendering process died twice on this document") from None

    def _ask(self, request: bytes) -> bytes:
        process = self._warm()
        assert process.stdin is not None
        worker.write_frame(process.stdin, request)  # type: ignore[arg-type]  # Popen's pipe is a BinaryIO
        self.done += 1
        return self._read(process, time.monotonic() + self.seconds + GRACE)

    def _read(self, process: subprocess.Popen[bytes], until: float) -> bytes:
        assert process.stdout is not None
        (length,) = struct.unpack(">I", self._take(process.stdout.fileno(), 4, until))
        return self._take(process.stdout.fileno(), length, until)

    def _take(self, pipe: int, size: int, until: float) -> bytes:
        taken = bytearray()
        while len(taken) < size:
            left = until - time.monotonic()
            if left <= 0 or not select.select([pipe], [], [], left)[0]:
                self.stop()
                raise DocumentTooLarge(seconds=self.seconds)
            piece = os.read(pipe, size - len(taken))
            if not piece:
                raise EOFError
            taken += piece
        return bytes(taken)

    def _warm(self) -> subprocess.Popen[bytes]:
        if self.process and (self.process.poll() is not None or self.done >= SHARE):
            self.stop()
        if self.process is None:
            self.process, self.done = self._start(), 0
        return self.process

    def _start(self) -> subprocess.Popen[bytes]:
        home = self.folder.name
        return subprocess.Popen(
            [sys.executable, "-m", "documents.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=home,
            env={
                "HOME": home,
                "TMPDIR": home,
                "LANG": "C.UTF-8",
                "PYTHONPATH": str(Path(__file__).parents[1]),
            },
        )

    def stop(self) -> None:
        """End the process; the next document starts another."""
        if self.process:
            self.process.kill()
            self.process.communicate()
            self.process = None


def _unwrap(reply: bytes) -> bytes:
    sort, content = reply[:1], reply[1:]
    if sort == worker.PDF:
        return content
    if sort == worker.REFUSED:
        name, details = json.loads(content)
        refusal: type[BadInput] = getattr(errors, name)
        raise refusal(**details)
    raise RenderingFailed(content.decode(errors="replace"))


_presses: dict[int, Press] = {}
_guard = threading.Lock()


def shared() -> Press:
    """This process's press; a forked child gets its own."""
    with _guard:
        return _presses.setdefault(os.getpid(), Press())
