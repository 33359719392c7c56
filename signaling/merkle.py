"""A tree of digests (RFC 6962 §2.1): shows that a part belongs to the whole without showing the rest."""

from __future__ import annotations

from collections.abc import Sequence

from signaling.chain import digest

_LEAF, _NODE = b"\x00", b"\x01"


def root(algorithm: str, leaves: Sequence[bytes]) -> bytes:
    """The digest over all leaves."""
    if not leaves:
        return digest(algorithm)
    level = [digest(algorithm, _LEAF, leaf) for leaf in leaves]
    while len(level) > 1:
        level = _above(algorithm, level)
    return level[0]


def path(algorithm: str, leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The siblings on the way from one leaf to the root."""
    level = [digest(algorithm, _LEAF, leaf) for leaf in leaves]
    siblings = []
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            siblings.append(level[sibling])
        level = _above(algorithm, level)
        index //= 2
    return siblings


def rooted(algorithm: str, leaf: bytes, index: int, count: int, siblings: Sequence[bytes]) -> bytes | None:
    """The root that a leaf and its siblings lead to; None if their number is wrong."""
    if not 0 <= index < count:
        return None
    value, rest = digest(algorithm, _LEAF, leaf), list(siblings)
    while count > 1:
        sibling = index ^ 1
        if sibling < count:
            if not rest:
                return None
            pair = (rest.pop(0), value) if index & 1 else (value, rest.pop(0))
            value = digest(algorithm, _NODE, *pair)
        index, count = index // 2, (count + 1) // 2
    return None if rest else value


def _above(algorithm: str, level: list[bytes]) -> list[bytes]:
    """The next level; one left over rises as it is."""
    pairs = zip(level[::2], level[1::2], strict=False)
    above = [digest(algorithm, _NODE, left, right) for left, right in pairs]
    return above + level[-1:] if len(level) & 1 else above
