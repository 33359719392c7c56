"""What stands in a segment of a recording: packets as they came, and what happened.

    record   length of the body u32 · kind u8 · track u16 · time (ns) u64 · body

START, TRACK, EVENT and END carry JSON, PACKET a decrypted RTP packet, REPORT the NTP and RTP times of
a sender report. Each segment names the tracks it carries, so that a part can stand alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import IntEnum
from struct import Struct
from typing import NamedTuple

_HEAD = Struct(">IBHQ")
_REPORT = Struct(">QI")


class Malformed(Exception):
    """A body that no recorder of ours writes."""


class Kind(IntEnum):
    START = 1
    TRACK = 2
    PACKET = 3
    REPORT = 4
    EVENT = 5
    END = 6


class Record(NamedTuple):
    kind: int
    track: int
    at_ns: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Track:
    """One stream of one person: a camera, a microphone, a screen."""

    track_id: str
    identity: str
    kind: str
    codec: str
    clock_rate: int
    payload_type: int
    name: str


def pack(kind: Kind, track: int, at_ns: int, body: bytes) -> bytes:
    """One record as bytes."""
    return _HEAD.pack(len(body), kind, track, at_ns) + body


def unpack(content: bytes) -> list[Record]:
    """The records of one segment."""
    found, at = [], 0
    while at < len(content):
        if len(content) - at < _HEAD.size:
            raise Malformed(f"a record is cut at byte {at}")
        length, kind, track, at_ns = _HEAD.unpack_from(content, at)
        at += _HEAD.size
        if at + length > len(content):
            raise Malformed(f"a record is longer than its segment at byte {at}")
        found.append(Record(kind, track, at_ns, content[at : at + length]))
        at += length
    return found


def words(fields: Mapping[str, object]) -> bytes:
    """Fields as one line of JSON; the same fields always give the same bytes."""
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()


def fields(body: bytes) -> dict[str, object]:
    """The fields that `words` wrote."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("fields that are not JSON") from None
    if not isinstance(found, dict):
        raise Malformed("fields without names")
    return found


def track_words(track: Track) -> bytes:
    """The body of a TRACK record."""
    return words(asdict(track))


def track(body: bytes) -> Track:
    """The track that a TRACK record names."""
    found = fields(body)
    try:
        named = Track(**found)  # type: ignore[arg-type]  # the types are looked at below
    except TypeError:
        raise Malformed("a track with other fields") from None
    texts = (named.track_id, named.identity, named.kind, named.codec, named.name)
    if not all(isinstance(text, str) for text in texts) or not _is_rate(named):
        raise Malformed("a track with fields of another type")
    return named


def _is_rate(named: Track) -> bool:
    rate, payload_type = named.clock_rate, named.payload_type
    return type(rate) is int and 0 < rate < 1 << 32 and type(payload_type) is int and 0 <= payload_type < 128


def report_body(ntp: int, rtp_ts: int) -> bytes:
    """The body of a REPORT record: NTP as its 64 bits (32.32 s), RTP time as its 32."""
    return _REPORT.pack(ntp & 0xFFFF_FFFF_FFFF_FFFF, rtp_ts & 0xFFFF_FFFF)


def report(body: bytes) -> tuple[int, int]:
    """The NTP time in ns and the RTP time of a sender report."""
    if len(body) != _REPORT.size:
        raise Malformed("a sender report of another length")
    ntp, rtp_ts = _REPORT.unpack(body)
    return (ntp * 1_000_000_000) >> 32, rtp_ts
