"""What a journal holds, seen as a whole: whose tracks, since when, how many segments, whether closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from signaling import chain, merkle, records
from signaling.chain import Fault, Segment
from signaling.records import Kind, Malformed, Record, Track

JOURNAL = "journal.odr"
FORMAT = "odr-recording/1"
_TIMED = (Kind.PACKET, Kind.REPORT, Kind.EVENT, Kind.END)


@dataclass
class Contents:
    """The recorder fills it while it writes, the reader while it reads; both must come to the same."""

    algorithm: str
    about: dict[str, object] = field(default_factory=dict)
    started_ns: int = 0
    first_ns: int | None = None
    last_ns: int = 0
    tracks: dict[int, Track] = field(default_factory=dict)
    digests: list[bytes] = field(default_factory=list)
    size: int = 0
    closed: bool = False
    torn: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def head_digest(self) -> bytes:
        return self.digests[-1] if self.digests else chain.genesis(self.algorithm)

    @property
    def head(self) -> str:
        return chain.named(self.algorithm, self.head_digest)

    @property
    def leaves(self) -> Sequence[bytes]:
        """The digests under the root: all but that of the segment which states the root."""
        return self.digests[:-1] if self.closed else self.digests

    @property
    def root(self) -> str:
        return chain.named(self.algorithm, merkle.root(self.algorithm, self.leaves))

    @property
    def altered(self) -> list[Fault]:
        return [fault for fault in self.faults if not fault.torn]

    def ms(self, at_ns: int) -> int:
        """Milliseconds since the recording began."""
        return round((at_ns - (self.first_ns or 0)) / 1_000_000) if self.first_ns is not None else 0

    def timed(self, at_ns: int) -> None:
        """Something happened at this time."""
        self.first_ns = at_ns if self.first_ns is None else min(self.first_ns, at_ns)
        self.last_ns = max(self.last_ns, at_ns)

    def linked(self, digest: bytes, size: int) -> None:
        """A segment was added."""
        self.digests.append(digest)
        self.size += size

    def facts(self) -> dict[str, object]:
        """What the manifest says about the journal."""
        return {
            "format": FORMAT,
            "algorithm": self.algorithm,
            "about": self.about,
            "started_at": instant(self.started_ns),
            "duration_ms": self.ms(self.last_ns),
            "tracks": [asdict(track) for _, track in sorted(self.tracks.items())],
            "segments": len(self.digests),
            "bytes": self.size,
            "head": self.head,
            "root": self.root,
            "closed": self.closed,
            "torn": self.torn,
        }

    def _take(self, segment: Segment) -> None:
        if self.closed:
            raise Malformed("something after the end")
        found = records.unpack(segment.content)
        for record in found:
            self._note(record)
        self.linked(segment.digest, len(segment.raw))

    def _note(self, record: Record) -> None:
        if record.kind in _TIMED:
            self.timed(record.at_ns)
        if record.kind == Kind.START:
            self._started(records.fields(record.body))
        elif record.kind == Kind.TRACK:
            self.tracks.setdefault(record.track, records.track(record.body))
        elif record.kind == Kind.REPORT:
            records.report(record.body)
        elif record.kind == Kind.EVENT:
            records.fields(record.body)
        elif record.kind == Kind.END:
            self._ended(records.fields(record.body))
        elif record.kind != Kind.PACKET:
            raise Malformed(f"a record of unknown kind {record.kind}")

    def _started(self, said: dict[str, object]) -> None:
        about, started = said.get("about"), said.get("started_ns")
        if not isinstance(about, dict) or type(started) is not int or not 0 <= started < 1 << 62:
            raise Malformed("a start that does not say what and when")
        self.about, self.started_ns = about, started

    def _ended(self, said: dict[str, object]) -> None:
        # After a fault the digests are not all there; the fault itself is named already.
        if not self.altered and said != end_fields(self.root, len(self.digests)):
            raise Malformed("an end with another root or number of segments")
        self.closed = True


def end_fields(root: str, segments: int) -> dict[str, object]:
    """What the last record of a closed recording says about everything before it."""
    return {"root": root, "segments": segments}


def instant(at_ns: int) -> str:
    """A time as ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(at_ns / 1e9, UTC).isoformat(timespec="milliseconds")


def read(path: Path) -> Contents:
    """Goes through a whole journal; what does not hold is in `faults`."""
    found = Contents(chain.algorithm_of(path))
    found.size = len(chain.opening(found.algorithm))
    for each in chain.walk(path):
        if isinstance(each, Fault):
            found.faults.append(each)
            continue
        try:
            found._take(each)
        except Malformed as malformed:
            found.faults.append(
                Fault(each.number, each.offset, f"altered: segment {each.number} holds {malformed}")
            )
    found.torn = sum(path.stat().st_size - fault.offset for fault in found.faults if fault.torn)
    return found
