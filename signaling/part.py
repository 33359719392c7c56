"""A part of a recording that proves itself: the signing clip alone, and nothing of the rest.

    part   one line of JSON, then the segments it names, then the closing segment if there is one

The line gives for each segment its siblings in the tree. They lead to the root; the closing segment states
the root; its digest is the head in the case journal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from signaling import chain, contents, merkle, records
from signaling.chain import Segment
from signaling.contents import JOURNAL, Contents
from signaling.records import Kind, Malformed

FORMAT = "odr-part/1"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold, and where."""

    place: str
    what: str

    @property
    def torn(self) -> bool:
        """Writing stopped here; nothing was changed."""
        return self.what.startswith("torn")


@dataclass(frozen=True, slots=True)
class Part:
    """A part as it is read."""

    algorithm: str
    root: str
    count: int
    paths: list[list[bytes]]
    segments: list[Segment]
    closing: Segment | None


def proof(path: Path, segments: Iterable[int]) -> bytes:
    """The chosen segments of a recording with what shows that they belong to it."""
    found, chosen = contents.read(path / JOURNAL), set(segments)
    if found.altered or not chosen or not chosen <= set(range(len(found.leaves))):
        raise ValueError("no such segments in a sound journal")
    closing = len(found.digests) - 1 if found.closed else -1
    every = (each for each in chain.walk(path / JOURNAL) if isinstance(each, Segment))
    kept = [each for each in every if each.number in chosen or each.number == closing]
    return _line(found, kept) + b"\n" + b"".join(each.raw for each in kept)


def verify_part(part: bytes, anchor: str) -> list[Finding]:
    """What does not hold in a part; the anchor is the head (or, of a torn recording, the root) on record."""
    try:
        found = read(part)
    except Malformed as malformed:
        return [Finding("part", f"altered: {malformed}")]
    findings = []
    for segment, siblings in zip(found.segments, found.paths, strict=True):
        led = merkle.rooted(found.algorithm, segment.digest, segment.number, found.count, siblings)
        if led is None or chain.named(found.algorithm, led) != found.root:
            findings.append(Finding(f"segment {segment.number}", "altered: does not belong to the root"))
    if not _is_anchored(found, anchor):
        findings.append(Finding("root", "altered: does not belong to the recording asked for"))
    return findings


def read(part: bytes) -> Part:
    """A part from its bytes; each segment is whole."""
    line, _, rest = part.partition(b"\n")
    said = records.fields(line)
    # Written again, the line must be the same: no byte of a part is without meaning.
    if records.words(said) != line or said.get("format") != FORMAT:
        raise Malformed("not a part")
    algorithm, root, count, closed = (said.get(name) for name in ("algorithm", "root", "count", "closed"))
    if algorithm not in chain.ALGORITHMS or not isinstance(root, str) or type(count) is not int:
        raise Malformed("not a part")
    lengths, paths = _lists(said)
    segments = list(_cut(rest, lengths, str(algorithm)))
    closing = segments.pop() if closed is True and segments else None
    if len(paths) != len(segments):
        raise Malformed("segments without their siblings")
    return Part(str(algorithm), root, count, paths, segments, closing)


def _line(found: Contents, kept: list[Segment]) -> bytes:
    inner = [each for each in kept if each.number < len(found.leaves)]
    paths = [merkle.path(found.algorithm, found.leaves, each.number) for each in inner]
    return records.words(
        {
            "format": FORMAT,
            "algorithm": found.algorithm,
            "root": found.root,
            "count": len(found.leaves),
            "closed": found.closed,
            "lengths": [len(each.raw) for each in kept],
            "paths": [[sibling.hex() for sibling in path] for path in paths],
        }
    )


def _lists(said: dict[str, object]) -> tuple[list[int], list[list[bytes]]]:
    lengths, paths = said.get("lengths"), said.get("paths")
    if not isinstance(lengths, list) or not isinstance(paths, list):
        raise Malformed("not a part")
    if not all(type(length) is int and length > 0 for length in lengths):
        raise Malformed("lengths that are none")
    try:
        siblings = [[bytes.fromhex(sibling) for sibling in path] for path in paths]
    except (TypeError, ValueError):
        raise Malformed("siblings that are no digests") from None
    if [[sibling.hex() for sibling in path] for path in siblings] != paths:
        raise Malformed("siblings written otherwise")
    return lengths, siblings


def _cut(rest: bytes, lengths: list[int], algorithm: str) -> Iterable[Segment]:
    if sum(lengths) != len(rest):
        raise Malformed("more or fewer bytes than it names")
    at = 0
    for place, length in enumerate(lengths):
        segment = chain.one(rest[at : at + length], algorithm)
        if segment is None:
            raise Malformed(f"the content of its segment at place {place}")
        yield segment
        at += length


def _is_anchored(found: Part, anchor: str) -> bool:
    if found.closing is None:
        return anchor == found.root
    if chain.named(found.algorithm, found.closing.digest) != anchor:
        return False
    said = [record for record in records.unpack(found.closing.content) if record.kind == Kind.END]
    return len(said) == 1 and records.fields(said[0].body) == contents.end_fields(found.root, found.count)
