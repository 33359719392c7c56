"""Writes what a room's people send, as it came, so that nobody can change it afterwards.

The media loop calls `track`, `packet`, `sender_report` and `event`; they only append to a list. Once a
second `flush` writes what has gathered as one segment of the chain and waits for the disk; it may run
in another thread. A kill therefore costs at most the second that was not yet flushed.
If the disk refuses, `flush` raises OSError and keeps what it has: try again, or stop the recording visibly.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from signaling import bundle, chain, disk, records
from signaling.contents import JOURNAL, Contents, end_fields
from signaling.records import Kind, Track

# One segment holds no more, however late the flush comes.
FULL = 8 << 20
# `Recorder.bytes` hides the type's own name inside the class.
Octets = bytes


class Recorder:
    """One recording of one room, from on to off."""

    def __init__(
        self, directory: Path, about: dict[str, object], clock: Callable[[], int], algorithm: str = "sha256"
    ) -> None:
        started_ns = clock()
        opening = chain.opening(algorithm)
        start = records.words({"about": about, "started_ns": started_ns})
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._directory = directory
        self._contents = Contents(algorithm, about, started_ns, size=len(opening))
        self._indexes: dict[str, int] = {}
        self._gathering = _Gathering()
        self._writing = Lock()
        self._is_open = True
        self._file = os.open(directory / JOURNAL, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        disk.write_all(self._file, [opening])
        self._gathering.add(records.pack(Kind.START, 0, 0, start))
        self.flush(0)
        disk.sync(directory)

    @property
    def head(self) -> str:
        """The digest that stands for everything written so far."""
        return self._contents.head

    @property
    def bytes(self) -> int:
        """How much of the journal is written."""
        return self._contents.size

    def track(
        self,
        track_id: str,
        identity: str,
        kind: str,
        codec: str,
        clock_rate: int,
        payload_type: int,
        name: str,
    ) -> None:
        """A person's stream begins; `name` is its source: camera, microphone, screen."""
        index = len(self._contents.tracks)
        self._indexes[track_id] = index
        self._contents.tracks[index] = Track(track_id, identity, kind, codec, clock_rate, payload_type, name)
        self._gathering.add(self._naming(index))

    def packet(self, track_id: str, arrival_ns: int, rtp: Octets) -> None:
        """A decrypted RTP packet of a track that was announced."""
        self._add(Kind.PACKET, track_id, arrival_ns, rtp)

    def index(self, track_id: str) -> int:
        """Under which number the packets of a track are written."""
        return self._indexes[track_id]

    def packets(self, indexes: list[int], first_ns: int, last_ns: int, packed: Octets) -> None:
        """Packets of some tracks, as records already."""
        self._contents.timed(first_ns)
        self._contents.timed(last_ns)
        self._gathering.add_of(indexes, packed, self._naming)

    def sender_report(self, track_id: str, arrival_ns: int, ntp: int, rtp_ts: int) -> None:
        """The sender says which moment (64-bit NTP) its RTP time stands for."""
        self._add(Kind.REPORT, track_id, arrival_ns, records.report_body(ntp, rtp_ts))

    def event(self, kind: str, arrival_ns: int, **fields: object) -> None:
        """Something people must find in the record: joined, left, muted, consent, recording on or off."""
        self._contents.timed(arrival_ns)
        self._gathering.add(records.pack(Kind.EVENT, 0, arrival_ns, records.words({**fields, "kind": kind})))

    def flush(self, now_ns: int) -> None:
        """Writes what has gathered and waits until the disk has it."""
        with self._writing:
            if self._is_open:
                self._write_gathered(now_ns)
                os.fsync(self._file)

    def close(self, now_ns: int) -> str:
        """Ends the recording and gives the head for the case journal; if the disk refuses, it stays torn."""
        with self._writing:
            if self._is_open:
                self._is_open = False
                try:
                    self._end(now_ns)
                finally:
                    os.close(self._file)
        return self.head

    def _end(self, now_ns: int) -> None:
        self._write_gathered(now_ns)
        contents = self._contents
        # The end is a segment of its own, so that it can be shown with any part without showing more.
        end = records.words(end_fields(contents.root, len(contents.digests)))
        self._write(now_ns, records.pack(Kind.END, 0, now_ns, end))
        os.fsync(self._file)
        contents.timed(now_ns)
        contents.closed = True
        bundle.write_manifest(self._directory, contents, {})

    def _add(self, kind: Kind, track_id: str, at_ns: int, body: Octets) -> None:
        index = self._indexes[track_id]
        self._contents.timed(at_ns)
        self._gathering.add_of([index], records.pack(kind, index, at_ns, body), self._naming)

    def _naming(self, index: int) -> Octets:
        return records.pack(Kind.TRACK, index, 0, records.track_words(self._contents.tracks[index]))

    def _write_gathered(self, now_ns: int) -> None:
        batches = self._gathering.take()
        while batches:
            try:
                self._write(now_ns, batches[0])
            except OSError:
                self._gathering.give_back(batches)
                raise
            batches.pop(0)

    def _write(self, now_ns: int, content: Octets) -> None:
        contents = self._contents
        number, previous = len(contents.digests), contents.head_digest
        header, digest = chain.segment(contents.algorithm, number, previous, now_ns, content)
        try:
            disk.write_all(self._file, [header, content, digest])
        except OSError:
            # Half a segment is taken back, or the next one would stand after rubble.
            os.ftruncate(self._file, contents.size)
            raise
        contents.linked(digest, len(header) + len(content) + len(digest))


class _Gathering:
    """Records that wait for the next flush; the only thing two threads share."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._fresh()

    def _fresh(self) -> None:
        self._batches: list[list[bytes]] = [[]]
        self._size = 0
        self._named: set[int] = set()

    def add(self, record: bytes) -> None:
        with self._lock:
            self._append(record)

    def add_of(self, indexes: list[int], record: bytes, naming: Callable[[int], bytes]) -> None:
        """Adds records of some tracks, after the names of those this segment does not have yet."""
        with self._lock:
            names = [naming(index) for index in indexes if index not in self._named]
            self._append(b"".join([*names, record]) if names else record)
            self._named.update(indexes)

    def take(self) -> list[bytes]:
        with self._lock:
            batches = self._batches
            self._fresh()
        return [b"".join(batch) for batch in batches if batch]

    def give_back(self, batches: list[bytes]) -> None:
        with self._lock:
            self._batches[:0] = [[batch] for batch in batches]

    def _append(self, record: bytes) -> None:
        self._batches[-1].append(record)
        self._size += len(record)
        if self._size > FULL:
            self._batches.append([])
            self._size = 0
            self._named.clear()
