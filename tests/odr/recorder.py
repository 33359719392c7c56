"""What the recording device and the jobs after it say of a sitting; nobody else can. Part of the model `inside.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlmodel import Session, col, select

from odr.actions import recordings
from odr.errors import NotAllowed
from odr.rules.access import Actor
from odr.tables.mediations import Recording, Sitting
from tests.odr.life import Act, Call, Life

MACHINES = frozenset({"machine"})
FILE = {"name": "a.webm", "identity": "host", "label": "", "digest": "sha256:" + "8" * 64, "seconds": 9}
FILM = {"name": "all.webm", "label": "", "digest": "sha256:" + "9" * 64, "seconds": 9}


def stages(s: Session) -> tuple[str, ...]:
    """How far each recording has come, in turn."""
    return tuple(_stage_of(row).replace("running", "") for row in _films(s))


def acts() -> Iterator[Act]:
    """Every act of the device and of the jobs after it."""
    yield Act(
        "bring the recorder back", MACHINES, lambda m, w: m.recording,
        lambda m, w: {"films": (*m.films, "")}, "recording.restarted", _only_machine(
            lambda v, s: recordings.restart(s, s.exec(select(Sitting.id)).one(), at=v.now)
        ),
    )  # fmt: skip
    yield Act(
        "fail to write", MACHINES, lambda m, w: m.recording, lambda m, w: {"recording": False}, "recording.failed",
        _only_machine(lambda v, s: recordings.fail(s, _film(s, "running"), at=v.now)),
    )  # fmt: skip
    for name, was, becomes, kind, call in (
        ("keep what it wrote", "", "kept", "recording.kept",
         lambda v, s: recordings.keep(s, _film(s, ""), head="a" * 64, size=9, at=v.now)),
        ("seal the files", "kept", "sealed", "recording.sealed",
         lambda v, s: recordings.shelve(
             s, _film(s, "kept"), head="a" * 64, manifest="m", files=[FILE], torn=0, at=v.now
         )),
        ("make one film", "sealed", "filmed", "recording.filmed",
         lambda v, s: recordings.add_film(s, _film(s, "sealed"), film=FILM, manifest="n", at=v.now)),
    ):  # fmt: skip
        yield Act(
            name, MACHINES, lambda m, w, was=was: m.film(was) >= 0,
            lambda m, w, was=was, becomes=becomes: m.put_film(m.film(was), becomes), kind, _only_machine(call),
        )  # fmt: skip


def _only_machine(call: Callable[[Life, Session], Any]) -> Call:
    def act(v: Life, s: Session, by: Actor) -> None:
        if not by.machine:
            raise NotAllowed(do="record")  # the media worker and its jobs, nobody else
        call(v, s)

    return act


def _films(s: Session) -> list[Recording]:
    return list(s.exec(select(Recording).order_by(col(Recording.started_at))))


def _film(s: Session, stage: str) -> str:
    """The first recording that ended and has come so far; or the one that is running."""
    for row in _films(s):
        if _stage_of(row) == stage:
            return row.id
    return "none"


def _stage_of(row: Recording) -> str:
    """How far a recording has come."""
    if row.stopped_at is None:
        return "running"
    if row.files:
        return "sealed" if all(file["identity"] for file in row.files) else "filmed"
    return "kept" if row.head else ""
