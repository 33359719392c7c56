"""The first pass through a journal: what each track holds and where it lies in time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from signaling.depacket import Frame, codec
from signaling.lipsync import PersonClock
from signaling.playback import Playback
from signaling.records import Track


@dataclass(slots=True)
class Reel:
    """What one track turned out to hold."""

    index: int
    track: Track
    first: Frame
    last: Frame
    frames: int = 0
    from_ns: int = 0
    until_ns: int = 0

    @property
    def is_sound(self) -> bool:
        return codec(self.track) == "opus"

    @property
    def is_screen(self) -> bool:
        return self.track.name.lower().startswith("screen")


class Survey(Playback):
    """The first pass: what there is, and when."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.clocks: dict[str, PersonClock] = defaultdict(PersonClock)
        self.events: list[tuple[int, dict[str, object]]] = []
        self.reels: dict[int, Reel] = {}
        for index, frame in self.frames():
            self._seen(index, frame)
        for reel in self.reels.values():
            reel.from_ns = self.at(reel.index, reel.first)
            reel.until_ns = self.at(reel.index, reel.last) + reel.last.duration_ns

    def reported(self, index: int, run: int, time: int, ntp_ns: int, at_ns: int) -> None:
        """Notes a sender report."""
        track = self.tracks[index]
        self.clocks[track.identity].report((index, run), _ns(track, time), ntp_ns, at_ns)

    def happened(self, at_ns: int, fields: dict[str, object]) -> None:
        """Notes an event."""
        self.events.append((at_ns, fields))

    def at(self, index: int, frame: Frame) -> int:
        """When a frame was, on the server's clock."""
        track = self.tracks[index]
        return self.clocks[track.identity].at((index, frame.run), _ns(track, frame.time), frame.arrival_ns)

    def _seen(self, index: int, frame: Frame) -> None:
        track = self.tracks[index]
        self.clocks[track.identity].packet((index, frame.run), _ns(track, frame.time), frame.arrival_ns)
        reel = self.reels.setdefault(index, Reel(index, track, frame, frame))
        reel.last = frame
        reel.frames += 1


def _ns(track: Track, time: int) -> int:
    return time * 1_000_000_000 // track.clock_rate
