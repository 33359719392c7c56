"""Goes through a journal and gives what was recorded, frame by frame."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from signaling import chain, records
from signaling.depacket import ASSEMBLERS, Feed, Frame, codec
from signaling.records import Kind, Malformed, Record, Track


class Playback:
    """One pass through a journal; segments that do not hold are passed over."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.tracks: dict[int, Track] = {}
        self.feeds: dict[int, Feed] = {}

    def frames(self) -> Iterator[tuple[int, Frame]]:
        """Each whole frame with its track, in order within the track and nearly so between tracks."""
        for segment in chain.walk(self._path):
            if isinstance(segment, chain.Segment):
                with suppress(Malformed):
                    for record in records.unpack(segment.content):
                        yield from self._record(record)
                yield from self._settled(segment.at_ns)
        yield from self._settled(None)

    def reported(self, index: int, run: int, time: int, ntp_ns: int, at_ns: int) -> None:
        """A sender report of a track; for those who want them."""

    def happened(self, at_ns: int, fields: dict[str, object]) -> None:
        """An event; for those who want them."""

    def _record(self, record: Record) -> Iterator[tuple[int, Frame]]:
        feed = self.feeds.get(record.track)
        if record.kind == Kind.PACKET and feed is not None:
            for frame in feed.packet(record.body, record.at_ns):
                yield record.track, frame
        elif record.kind == Kind.REPORT and feed is not None and feed.run >= 0:
            ntp_ns, rtp_ts = records.report(record.body)
            self.reported(record.track, feed.run, feed.unwrapped(rtp_ts), ntp_ns, record.at_ns)
        elif record.kind == Kind.TRACK and record.track not in self.tracks:
            self._announced(record.track, records.track(record.body))
        elif record.kind == Kind.EVENT:
            self.happened(record.at_ns, records.fields(record.body))

    def _announced(self, index: int, track: Track) -> None:
        self.tracks[index] = track
        if codec(track) in ASSEMBLERS:
            self.feeds[index] = Feed(track)

    def _settled(self, now_ns: int | None) -> Iterator[tuple[int, Frame]]:
        for index, feed in self.feeds.items():
            for frame in feed.settle(now_ns):
                yield index, frame
