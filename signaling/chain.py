"""Segments that hold each other: the file under a recording.

    file     the line "ODR journal 1 sha256", then segments
    segment  header · content · digest
    header   "ODRS", number, length of the content, time (ns), digest before, CRC-32 of these
    digest   H(header · content): covers the digest before it, and with it everything before

The CRC stops no forger, the digest does. The CRC tells a damaged header from a damaged content,
so that a reader can name the place, find the next segment and go on.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from struct import Struct
from typing import BinaryIO
from zlib import crc32

ALGORITHMS = ("sha256", "sm3")
DIGEST_SIZE = 32
MAGIC = b"ODRS"
_FIELDS = Struct(">4sIIQ32s")
_CRC = Struct(">I")
HEADER_SIZE = _FIELDS.size + _CRC.size
# A recorder writes each second and at 8 MiB; a longer length can only be damage.
LONGEST = 64 << 20
_STRETCH = 1 << 20


class NotAJournal(Exception):
    """The file does not begin as a journal does."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One link, whole and in its place."""

    number: int
    offset: int
    at_ns: int
    raw: bytes

    @property
    def content(self) -> bytes:
        return self.raw[HEADER_SIZE:-DIGEST_SIZE]

    @property
    def digest(self) -> bytes:
        return self.raw[-DIGEST_SIZE:]


@dataclass(frozen=True, slots=True)
class Fault:
    """A place where the chain does not hold; torn means only that writing stopped there."""

    number: int
    offset: int
    what: str
    torn: bool = False


@dataclass(frozen=True, slots=True)
class _Header:
    number: int
    length: int
    at_ns: int
    previous: bytes

    @property
    def whole(self) -> int:
        return HEADER_SIZE + self.length + DIGEST_SIZE


def opening(algorithm: str) -> bytes:
    """The first line of a journal."""
    if algorithm not in ALGORITHMS:
        raise ValueError(f"unknown digest algorithm: {algorithm}")
    return f"ODR journal 1 {algorithm}\n".encode()


def digest(algorithm: str, *parts: bytes) -> bytes:
    """H over the parts put together."""
    running = hashlib.new(algorithm)
    for part in parts:
        running.update(part)
    return running.digest()


def genesis(algorithm: str) -> bytes:
    """What stands as the digest before the first segment."""
    return digest(algorithm, opening(algorithm))


def named(algorithm: str, value: bytes) -> str:
    """A digest as it is stored: with its algorithm."""
    return f"{algorithm}:{value.hex()}"


def segment(algorithm: str, number: int, previous: bytes, at_ns: int, content: bytes) -> tuple[bytes, bytes]:
    """The header and the digest that enclose this content."""
    fields = _FIELDS.pack(MAGIC, number, len(content), at_ns, previous)
    header = fields + _CRC.pack(crc32(fields))
    return header, digest(algorithm, header, content)


def algorithm_of(path: Path) -> str:
    """The digest algorithm that a journal names in its first line; the usual one if that is torn."""
    with path.open("rb") as file:
        return ALGORITHMS[0] if _is_torn_opening(file) else _opened(file)


def one(raw: bytes, algorithm: str) -> Segment | None:
    """The segment that these bytes are, if they are exactly one and its digest holds."""
    header = _header(raw[:HEADER_SIZE])
    if header is None or header.whole != len(raw) or not _holds(raw, algorithm):
        return None
    return Segment(header.number, 0, header.at_ns, raw)


def walk(path: Path) -> Iterator[Segment | Fault]:
    """Each segment in its place, and each place where the chain does not hold."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if _is_torn_opening(file):
            yield Fault(0, 0, "torn in its first line", torn=True)
            return
        walker = _Walker(file, size, _opened(file))
        yield from walker.run()


def _opened(file: BinaryIO) -> str:
    line = file.readline(len(opening("sha256")) + 8)
    for algorithm in ALGORITHMS:
        if line == opening(algorithm):
            return algorithm
    raise NotAJournal("altered: the first line is not that of a journal")


def _is_torn_opening(file: BinaryIO) -> bool:
    start = file.read(len(opening("sha256")))
    file.seek(0)
    return any(start != opening(a) and opening(a).startswith(start) for a in ALGORITHMS)


def _header(raw: bytes) -> _Header | None:
    if len(raw) < HEADER_SIZE or _CRC.unpack_from(raw, _FIELDS.size)[0] != crc32(raw[: _FIELDS.size]):
        return None
    magic, number, length, at_ns, previous = _FIELDS.unpack_from(raw)
    return _Header(number, length, at_ns, previous) if magic == MAGIC and length <= LONGEST else None


def _missing(first: int, last: int) -> str:
    return f"segment {first}" if first == last else f"segments {first} to {last}"


def _holds(raw: bytes, algorithm: str) -> bool:
    return digest(algorithm, raw[:-DIGEST_SIZE]) == raw[-DIGEST_SIZE:]


class _Walker:
    """Goes along a file and keeps what the next segment has to be."""

    def __init__(self, file: BinaryIO, size: int, algorithm: str) -> None:
        self.file = file
        self.size = size
        self.algorithm = algorithm
        self.number = 0
        # None after a fault: the next segment shall not be blamed for its neighbour.
        self.head: bytes | None = genesis(algorithm)
        # Rubble may stand for one segment or be put between two.
        self.perhaps_lost = 0

    def run(self) -> Iterator[Segment | Fault]:
        while (offset := self.file.tell()) < self.size:
            header = _header(self.file.read(HEADER_SIZE))
            if header is None:
                yield self._unreadable(offset)
            elif offset + header.whole > self.size:
                yield self._torn(offset)
            else:
                self.file.seek(offset)
                yield from self._placed(header, offset, self.file.read(header.whole))

    def _placed(self, header: _Header, offset: int, raw: bytes) -> Iterator[Segment | Fault]:
        if not _holds(raw, self.algorithm):
            yield self._broken(header, offset, raw)
        elif header.number < self.number:
            yield self._fault(
                header.number, offset, f"altered: segment {header.number} again, or out of its order"
            )
        elif header.number > self.number + self.perhaps_lost:
            yield self._fault(
                self.number, offset, f"altered: {_missing(self.number, header.number - 1)} missing"
            )
            self._go_on(header, raw)
            yield Segment(header.number, offset, header.at_ns, raw)
        elif self.head is not None and header.previous != self.head:
            yield self._fault(
                header.number, offset, f"altered: segment {header.number} belongs to another chain"
            )
            self.number += 1
        else:
            self._go_on(header, raw)
            yield Segment(header.number, offset, header.at_ns, raw)

    def _go_on(self, header: _Header, raw: bytes) -> None:
        self.number = header.number + 1
        self.perhaps_lost = 0
        self.head = raw[-DIGEST_SIZE:]

    def _fault(self, number: int, offset: int, what: str) -> Fault:
        self.head = None
        return Fault(number, offset, what)

    def _broken(self, header: _Header, offset: int, raw: bytes) -> Fault:
        # After a power cut the file may have its length but not yet its last bytes.
        if self.file.tell() == self.size and not any(raw[-DIGEST_SIZE:]):
            return self._torn(offset)
        self.number = max(self.number, header.number + 1)
        return self._fault(header.number, offset, f"altered: the content of segment {header.number}")

    def _torn(self, offset: int) -> Fault:
        self.file.seek(self.size)
        return Fault(
            self.number, offset, f"torn: {self.size - offset} bytes after the last whole segment", torn=True
        )

    def _unreadable(self, offset: int) -> Fault:
        if self.size - offset < HEADER_SIZE or self._is_blank_from(offset):
            return self._torn(offset)
        following = self._next_header(offset + 1)
        self.file.seek(following)
        found = self._fault(self.number, offset, f"altered: bytes {offset} to {following} are no segment")
        self.perhaps_lost = 1
        return found

    def _is_blank_from(self, offset: int) -> bool:
        self.file.seek(offset)
        return not any(any(part) for part in iter(lambda: self.file.read(_STRETCH), b""))

    def _next_header(self, offset: int) -> int:
        """Where the next sound header begins; the end of the file if there is none."""
        while offset < self.size:
            self.file.seek(offset)
            part = self.file.read(_STRETCH)
            found = part.find(MAGIC)
            while found >= 0:
                self.file.seek(offset + found)
                if _header(self.file.read(HEADER_SIZE)) is not None:
                    return offset + found
                found = part.find(MAGIC, found + 1)
            offset += max(1, len(part) - len(MAGIC) + 1)
        return self.size
