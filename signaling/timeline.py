"""What happened when, beside the files: who came and left, consent, recording on and off, holes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

from signaling.contents import Contents, instant
from signaling.survey import Reel

NAME = "timeline.json"
FORMAT = "odr-timeline/1"


@dataclass(frozen=True, slots=True)
class MuxedFile:
    """One file of one person and where it lies in the recording."""

    name: str
    identity: str
    from_ms: int
    duration_ms: int


class Hole(NamedTuple):
    """A stretch without sound or picture in one file."""

    file: str
    identity: str
    kind: str
    from_ns: int
    until_ns: int


def build(
    whole: Contents,
    events: Iterable[tuple[int, dict[str, object]]],
    reels: Iterable[Reel],
    files: Sequence[MuxedFile],
    holes: Iterable[Hole],
    known: Sequence[dict[str, object]] = (),
) -> bytes:
    """The timeline as JSON; times are milliseconds since the recording began.

    `known` are events that others know of, such as a consent; they say their own `at_ms`.
    """
    shown = {
        "format": FORMAT,
        "about": whole.about,
        "started_at": instant(whole.started_ns),
        "duration_ms": whole.ms(whole.last_ns),
        "head": whole.head,
        "torn": whole.torn,
        "faults": [f"segment {fault.number}, byte {fault.offset}: {fault.what}" for fault in whole.faults],
        "events": [*known, *({**fields, "at_ms": whole.ms(at_ns)} for at_ns, fields in events)],
        "tracks": [_track(whole, reel) for reel in reels],
        "files": [asdict(file) for file in files],
        "gaps": [_gap(whole, hole) for hole in holes],
    }
    return json.dumps(shown, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n"


def _track(whole: Contents, reel: Reel) -> dict[str, object]:
    track = reel.track
    return {
        "track": track.track_id,
        "identity": track.identity,
        "kind": track.kind,
        "codec": track.codec,
        "name": track.name,
        "from_ms": whole.ms(reel.from_ns),
        "until_ms": whole.ms(reel.until_ns),
        "frames": reel.frames,
    }


def _gap(whole: Contents, hole: Hole) -> dict[str, object]:
    return {
        "file": hole.file,
        "identity": hole.identity,
        "kind": hole.kind,
        "from_ms": whole.ms(hole.from_ns),
        "until_ms": whole.ms(hole.until_ns),
    }
