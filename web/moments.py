"""What happened when in a recording, in words: the chapters of its film and the list beside the player."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from signaling import timeline

PRESENT = "%(name)s在场"
JOINED = "%(name)s进入"
LEFT = "%(name)s离开"
SHARES = "%(name)s开始共享屏幕"
MUTED = "%(name)s静音"
UNMUTED = "%(name)s打开麦克风"
CONSENTED = "%(name)s已同意录制"
LOST = "%(name)s的网络中断"
EVENTS = {
    "present": PRESENT,
    "joined": JOINED,
    "left": LEFT,
    "muted": MUTED,
    "unmuted": UNMUTED,
    "consented": CONSENTED,
}
CHAPTERS = frozenset({JOINED, LEFT, SHARES})
BEGINNING = "开始录制"
HOLE_MS = 2000  # shorter ones nobody notices


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened, `ms` after the recording began; before it if negative."""

    ms: int
    words: str  # with %(name)s
    name: str

    @property
    def seconds(self) -> int:
        return max(0, self.ms // 1000)


def read(folder: Path, names: Mapping[str, str]) -> list[Moment]:
    """The moments of a recording in order; none before its files are made."""
    path = folder / timeline.NAME
    return (
        sorted(_moments(json.loads(path.read_bytes()), names), key=lambda one: one.ms)
        if path.is_file()
        else []
    )


def chapters(moments: list[Moment]) -> list[tuple[int, str]]:
    """Those that begin a chapter, in the court's language; the first is the beginning."""
    begun = [one for one in moments if one.words in CHAPTERS and one.ms > 0]
    return [(0, BEGINNING), *((one.ms, one.words % {"name": one.name}) for one in begun)]


def _moments(told: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[Moment]:
    for event in told["events"]:
        if event["kind"] in EVENTS and event.get("identity") in names:
            yield Moment(event["at_ms"], EVENTS[event["kind"]], names[event["identity"]])
    for track in told["tracks"]:
        if track["name"].startswith("screen") and track["kind"] == "video":
            yield Moment(track["from_ms"], SHARES, names.get(track["identity"], ""))
    for gap in told["gaps"]:
        if gap["until_ms"] - gap["from_ms"] > HOLE_MS and gap["kind"] == "audio":
            yield Moment(gap["from_ms"], LOST, names.get(gap["identity"], ""))
