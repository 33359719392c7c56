"""`odr serve`: one parent that starts every process of the product, and starts again what dies.

The parent itself holds nothing: no database, no socket, no thread. A process that dies takes no other
with it; when the parent dies, its children are told to end; when it is told to end, it waits for them.
"""

from __future__ import annotations

import ctypes
import fcntl
import logging
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from documents.authority import Authority
from odr import clock
from odr.settings import BadSetting, Settings

DRAIN = 10.0  # seconds the children get to end
LOOK = 0.1  # seconds between two looks at them
SPARES = 5.0  # seconds in which what answers people is loaded first
CALM = 60.0  # a life this long forgives earlier deaths
_PDEATHSIG = 1  # prctl(2)

log = logging.getLogger("odr.serve")


class Taken(BadSetting):
    """Another server works on this data directory."""


@dataclass(slots=True)
class Child:
    """One process that shall always run."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    born: float = 0.0
    deaths: int = 0
    not_before: float = 0.0

    def look(self, now: float) -> None:
        """Start it, if it is not there and its time has come."""
        if self.process is not None and self.process.poll() is not None:
            self._bury(now)
        if self.process is None and now >= self.not_before:
            self.process = subprocess.Popen(
                [*self.command], env=dict(self.env), stdin=subprocess.DEVNULL, preexec_fn=die_with_parent
            )
            self.born = now

    def end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def _bury(self, now: float) -> None:
        assert self.process is not None
        self.deaths = 1 if now - self.born > CALM else self.deaths + 1
        pause = 0.0 if self.deaths == 1 else min(0.25 * 2**self.deaths, 5.0)
        log.warning("%s ended with %s, again in %.1f s", self.name, self.process.returncode, pause)
        self.not_before = now + pause
        self.process = None


@dataclass(slots=True)
class Family:
    """All children, and the word to stop."""

    children: list[Child] = field(default_factory=list)
    stopping: bool = False

    def stop(self, *_signal: object) -> None:
        self.stopping = True

    def keep(self, ready: Callable[[], bool], address: str) -> None:
        """Keep everyone alive until told to stop; says once, for people, that the pages answer."""
        said = False
        while not self.stopping:
            now = time.monotonic()
            for child in self.children:
                child.look(now)
            if not said and ready():
                said = True
                print(f"odr: {address}", flush=True)
            time.sleep(LOOK)

    def end(self) -> None:
        """Tell all to end; whoever has not after the time allowed is killed."""
        for child in self.children:
            child.end()
        until = time.monotonic() + DRAIN
        for child in self.children:
            if child.process is None:
                continue
            try:
                child.process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("%s did not end in time", child.name)
                child.process.kill()
                child.process.wait()


def serve(settings: Settings, host: str, port: int) -> int:
    """Run the whole product until told to stop."""
    os.umask(0o077)
    settings.run.mkdir(parents=True, exist_ok=True)
    lock = _alone(settings.run / "serve.lock")
    Authority.open(
        settings.keys, clock.now()
    )  # a key that may not be used is said now, not at the first paper
    family = Family(household(settings, host, port))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, family.stop)
    try:
        family.keep(lambda: _answers(host, port), settings.origin)
    finally:
        family.end()
        lock.close()
    return os.EX_OK


def household(settings: Settings, host: str, port: int) -> list[Child]:
    """Who shall run: pages, jobs, and media unless a LiveKit cluster does that.

    Each media worker is there twice: one works, the other has loaded everything and waits for its death.
    """
    if not settings.media_url and host in ("0.0.0.0", "::") and not settings.media_public:  # noqa: S104
        raise BadSetting("ODR_MEDIA_PUBLIC must be the address people reach this machine at")
    env = {**os.environ, "ODR_MEDIA_SECRET": settings.media_secret or media_secret(settings.keys)}
    env |= {
        "ODR_DATA": str(settings.data),
        "ODR_ORIGIN": settings.origin,
        "ODR_MEDIA_KEY": settings.media_key,
    }
    env |= {"ODR_TURN_SECRET": settings.turn_secret} if settings.turn else {}
    env |= {"ODR_DEMO": "1" if settings.demo else "", "ODR_MEDIA_WORKERS": str(settings.media_workers)}
    own = [sys.executable, "-m", "web"]
    children = [
        Child("web", [*own, "web", "--host", host, "--port", str(port)], env),
        Child("jobs", [*own, "work"], env),
    ]
    if settings.media_url:
        return children
    return children + [
        Child(
            f"media-{number}{twin}", _media(settings, host, port + 1 + number, number), env, not_before=when
        )
        for number in range(settings.media_workers)
        for twin, when in (("a", 0.0), ("b", time.monotonic() + SPARES))
    ]


def _media(settings: Settings, host: str, port: int, number: int) -> list[str]:
    """A media worker. Pages relay its signalling, so only its media port listens to the world."""
    control, lock = (settings.run / f"media-{number}.{kind}" for kind in ("sock", "lock"))
    public = [word for address in settings.media_public for word in ("--public", address)]
    relays = [word for address in settings.turn for word in ("--turn", address)]
    own = str(port + settings.media_workers)  # the media port takes TCP as well
    ports = ["--host", "127.0.0.1", "--port", own, "--udp-host", host, "--udp", str(port), *public, *relays]
    files = ["--control", str(control), "--after", str(lock)]
    return [
        sys.executable,
        "-m",
        "signaling.worker",
        *ports,
        *files,
        *["--compiled"] * settings.media_compiled,
    ]


def media_secret(keys: Path) -> str:
    """The secret that pages and media workers share, made on first use and readable by nobody else."""
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = keys / "media.secret"
    if not path.exists():
        draft = path.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        draft.replace(path)
    return path.read_text()


def die_with_parent() -> None:
    """Runs in the child: SIGTERM when the parent is gone."""
    ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGTERM)


def _alone(path: Path) -> IO[bytes]:
    lock = path.open("wb")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Taken(f"ODR_DATA: another server works on {path.parent.parent}") from None
    return lock


def _answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=LOOK).close()
    except OSError:
        return False
    return True
