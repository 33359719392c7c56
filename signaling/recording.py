"""The recorder as a subscriber: it receives a room like a person and writes down what it receives."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from livekit.protocol import models

from signaling import bundle, rows
from signaling.clock import steady
from signaling.copies import Copy
from signaling.downtrack import DownTrack
from signaling.person import Person, Publication
from signaling.recorder import Recorder
from signaling.room import Room
from signaling.rows import Pages, Row

TAPE = 262_144  # bytes that compiled code may write before we take them over
log = logging.getLogger("signaling")


def nanoseconds(now: float) -> int:
    """The media clock as the journal keeps it."""
    return int(now * 1_000_000_000)


def _unused(wanted: Path) -> Path:
    """The directory asked for; after a worker's death its torn journal stays, and the next one stands beside it."""
    beside = (wanted.with_name(f"{wanted.name}.{number}") for number in itertools.count(2))
    return next(path for path in itertools.chain([wanted], beside) if not bundle.is_bundle(path))


class Recording:
    """One recording of one room; a tap of the room and a sink of its tracks."""

    def __init__(self, room: Room, about: dict[str, Any], now: float) -> None:
        self.about = about
        self.directory = _unused(Path(about["dir"]))
        self.failed = ""
        self.ended = False
        self._downs: dict[str, DownTrack] = {}
        self._row, self._tape = Row(rows.RECORDING), Pages(TAPE)
        self._row.words[rows.BUFFER], self._row.words[rows.BUFFER_SIZE] = self._tape.at, TAPE
        self._handle, self._row.words[rows.OWNER] = rows.handle(self)
        self._recorder = Recorder(
            self.directory,
            {"room": room.name, **(about.get("about") or {})},
            lambda: nanoseconds(steady()),
        )
        for identity in room.people:
            self.note("present", now, identity=identity)

    def opened(self, person: Person, publication: Publication) -> None:
        """Receive a track of the room."""
        up = publication.up
        assert up is not None
        if up.sid in self._downs:
            return
        self._recorder.track(
            up.sid,
            person.identity,
            up.kind,
            up.codec.name,
            up.clock_rate,
            up.codec.payload_type,
            models.TrackSource.Name(publication.info.source).lower(),
        )
        self._downs[up.sid] = DownTrack(up, self, from_now=True)
        self._downs[up.sid].attach()

    def closed(self, person: Person, publication: Publication) -> None:
        """A track left the room: nothing of it is written any more."""
        if down := self._downs.pop(publication.info.sid, None):
            down.detach()

    def take(self, down: DownTrack, packets: Sequence[bytes], now: float) -> None:
        """Sink: write packets."""
        for data in packets:
            self._recorder.packet(down.track.sid, nanoseconds(now), data)

    def copy(self, one: Copy, octets: int, now: float) -> bool:
        """Sink: the same."""
        self.take(one.down, one.written(), now)
        return True

    def lay(self, down: DownTrack, words: memoryview) -> bool:
        """Sink: let compiled code write packets as `records.pack` does."""
        words[rows.RECORDED], words[rows.TRACK] = self._row.at, self._recorder.index(down.track.sid)
        return words[rows.TRACK] < rows.MOST_TRACKS

    def settle(self) -> None:
        """Take over what compiled code wrote."""
        words = self._row.words
        tracks = [index for index in range(rows.MOST_TRACKS) if words[rows.TRACKS] >> index & 1]
        packed = bytes(self._tape.content[: words[rows.BUFFER_USED]])
        self._recorder.packets(tracks, words[rows.FIRST_NS], words[rows.LAST_NS], packed)
        words[rows.MOVED] = words[rows.BUFFER_USED] = words[rows.TRACKS] = 0

    def clock(self, down: DownTrack, now: float) -> None:
        """Sink: write what time it was at the sender."""
        if report := down.report(now):
            self._recorder.sender_report(down.track.sid, nanoseconds(now), report.ntp, report.timestamp)

    def note(self, kind: str, now: float, **fields: object) -> None:
        """Write an event of the room."""
        self._recorder.event(kind, nanoseconds(now), **fields)

    def summary(self) -> dict[str, Any]:
        """What is written so far."""
        return {"dir": str(self.directory), "head": self._recorder.head, "bytes": self._recorder.bytes}

    def flush(self) -> None:
        """Bring what gathered to the disk; runs in a thread."""
        try:
            self._recorder.flush(nanoseconds(steady()))
            self.failed = ""
        except OSError as wrong:
            self.failed = str(wrong)
            log.error("recording %s cannot be written: %s", self.directory, wrong)

    def close(self, now: float) -> dict[str, Any]:
        """Stop for good."""
        for down in self._downs.values():
            down.detach()
        self._downs.clear()
        self.ended = True
        try:
            self._recorder.close(nanoseconds(now))
        except OSError as wrong:
            log.error("recording %s stays torn: %s", self.directory, wrong)
        return self.summary()
