"""Digests that carry their algorithm: `sha256:…` or `sm3:…`, so that one can follow the other."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum

ALGORITHM = "sha256"
ALGORITHMS = ("sha256", "sm3")
_chosen = ALGORITHM


def use(algorithm: str) -> None:
    """Choose, once at start, what new digests are made with; old ones name their own."""
    global _chosen
    if algorithm not in ALGORITHMS:
        raise ValueError(f"no digest {algorithm}")
    _chosen = algorithm


def current() -> str:
    """What new digests are made with."""
    return _chosen


def digest(data: bytes, algorithm: str = "") -> str:
    """The digest of bytes, `algorithm:hex`."""
    name = algorithm or _chosen
    made = hashlib.sha256(data) if name == "sha256" else hashlib.new(name, data)
    return f"{name}:{made.hexdigest()}"


def matches(data: bytes, expected: str) -> bool:
    """Whether bytes have this digest, under the algorithm it names."""
    algorithm, _, _ = expected.partition(":")
    return algorithm in ALGORITHMS and digest(data, algorithm) == expected


def canonical(value: object) -> bytes:
    """Canonical JSON: sorted keys, NFC, no spaces, integers only, instants in UTC microseconds."""
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _plain(value: object) -> object:
    match value:
        case None | bool() | int():
            return value
        case Enum():
            return _plain(value.value)
        case str():
            return unicodedata.normalize("NFC", value)
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case date():
            return value.isoformat()
        case Mapping():
            return {str(_plain(k)): _plain(v) for k, v in value.items()}
        case frozenset() | set():
            return sorted(str(_plain(v)) for v in value)
        case Sequence():
            return [_plain(v) for v in value]
    raise TypeError(f"no canonical form for {type(value).__name__}")
