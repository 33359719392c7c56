"""Makes files that anybody can play from a journal, without decoding anything.

One WebM per person; a second one when they share a screen. Read twice: first to learn where everything lies
in time, then to write. The same journal always gives the same bytes, so a job may run again after a kill.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from signaling import contents, disk, timeline
from signaling.contents import JOURNAL, Contents
from signaling.depacket import Frame, codec, vp8_size
from signaling.playback import Playback
from signaling.survey import Reel, Survey
from signaling.timeline import Hole, MuxedFile
from signaling.webm import WebM

# A camera that is published anew may begin while the old one still sends its last packets.
OVERLAP_NS = 1_000_000_000
# No sitting lasts longer; a broken clock shall not be answered with years of silence.
LONGEST_NS = 24 * 3_600 * 1_000_000_000


@dataclass(frozen=True, slots=True)
class MuxResult:
    """What was made; `torn` bytes at the journal's end belong to no whole segment."""

    files: tuple[MuxedFile, ...]
    timeline: str
    torn: int


@dataclass
class Plan:
    """One file: the tracks that follow each other in it."""

    name: str
    identity: str
    sound: list[Reel] = field(default_factory=list)
    picture: list[Reel] = field(default_factory=list)

    @property
    def from_ns(self) -> int:
        return min(reel.from_ns for reel in self.sound + self.picture)

    @property
    def size(self) -> tuple[int, int] | None:
        return vp8_size(self.picture[0].first.data) if self.picture else None


class Writing:
    """One file while it is written."""

    def __init__(self, plan: Plan, out: Path) -> None:
        self.plan = plan
        self.path = out / plan.name
        self.holes: list[Hole] = []
        self._followed_ns = dict(_followed(plan.sound) + _followed(plan.picture))
        self._file = WebM(disk.unfinished(self.path), plan.from_ns, bool(plan.sound), plan.size, self._hole)

    @property
    def tracks(self) -> Iterable[int]:
        return self._followed_ns.keys()

    def frame(self, reel: Reel, frame: Frame, at_ns: int) -> None:
        """Adds a frame, unless its track has been followed by another at that time."""
        if at_ns >= min(self._followed_ns[reel.index], self.plan.from_ns + LONGEST_NS):
            return
        if reel.is_sound:
            self._file.sound(at_ns, frame.data, frame.duration_ns)
        else:
            self._file.picture(at_ns, frame.data, frame.key)

    def close(self, whole: Contents) -> MuxedFile:
        """Ends the file and gives it its name."""
        self._file.close()
        disk.publish(self.path)
        lasts_ms = (self._file.until_ns - self.plan.from_ns) // 1_000_000
        return MuxedFile(self.plan.name, self.plan.identity, whole.ms(self.plan.from_ns), lasts_ms)

    def _hole(self, kind: str, from_ns: int, until_ns: int) -> None:
        self.holes.append(Hole(self.plan.name, self.plan.identity, kind, from_ns, until_ns))


def mux(directory: Path, out: Path, known: Sequence[dict[str, object]] = ()) -> MuxResult:
    """Writes a WebM file for each person and `timeline.json`; a damaged segment is a hole, not an end."""
    journal = directory / JOURNAL
    whole = contents.read(journal)
    survey = Survey(journal)
    out.mkdir(parents=True, exist_ok=True)
    writings = [Writing(plan, out) for plan in plans(list(survey.reels.values()))]
    writing_of = {index: writing for writing in writings for index in writing.tracks}
    for index, frame in Playback(journal).frames():
        writing_of[index].frame(survey.reels[index], frame, survey.at(index, frame))
    files = tuple(writing.close(whole) for writing in writings)
    holes = [hole for writing in writings for hole in writing.holes]
    shown = timeline.build(whole, survey.events, survey.reels.values(), files, holes, known)
    disk.put(out / timeline.NAME, shown)
    return MuxResult(files, timeline.NAME, whole.torn)


def plans(reels: list[Reel]) -> list[Plan]:
    """Which track goes into which file: one that begins after another ended follows it."""
    found: list[Plan] = []
    lanes: dict[tuple[str, bool], list[Plan]] = defaultdict(list)
    for reel in sorted(reels, key=lambda reel: (reel.from_ns, reel.index)):
        lane = lanes[reel.track.identity, reel.is_screen]
        plan = next((plan for plan in lane if _is_free(plan, reel)), None)
        if plan is None:
            plan = Plan(_name(len(found) + 1, reel), reel.track.identity)
            found.append(plan)
            lane.append(plan)
        _side(plan, reel).append(reel)
    return found


def _followed(reels: list[Reel]) -> list[tuple[int, float]]:
    """Each track with the time at which the next takes its place."""
    begins = [*(reel.from_ns for reel in reels[1:]), math.inf]
    return [(reel.index, at_ns) for reel, at_ns in zip(reels, begins, strict=False)]


def _is_free(plan: Plan, reel: Reel) -> bool:
    return all(
        before.until_ns <= reel.from_ns + OVERLAP_NS and codec(before.track) == codec(reel.track)
        for before in _side(plan, reel)
    )


def _side(plan: Plan, reel: Reel) -> list[Reel]:
    return plan.sound if reel.is_sound else plan.picture


def _name(number: int, reel: Reel) -> str:
    safe = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in reel.track.identity)
    return f"{number:02}-{safe[:40]}{'-screen' if reel.is_screen else ''}.webm"
