"""A Merkle tree that grows (RFC 6962 §2.1): its peaks are enough to go on, its root stands for all leaves.

Leaves and nodes are digests as text; a leaf here is already the digest of its entry (see `odr.journal`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from odr.digests import digest

_NODE = b"\x01"
EMPTY = digest(b"")


def grow(peaks: Sequence[str], count: int, leaves: Iterable[str]) -> tuple[list[str], int]:
    """The peaks and the count after more leaves. Peaks are whole subtrees, the largest first."""
    grown = list(peaks)
    for leaf in leaves:
        size = count
        while size & 1:
            leaf = _node(grown.pop(), leaf)
            size >>= 1
        grown.append(leaf)
        count += 1
    return grown, count


def root(peaks: Sequence[str]) -> str:
    """The digest over all leaves below the peaks."""
    if not peaks:
        return EMPTY
    top = peaks[-1]
    for peak in reversed(peaks[:-1]):
        top = _node(peak, top)
    return top


def path(leaves: Sequence[str], index: int, peaks: Sequence[str] = (), before: int = 0) -> list[str]:
    """The siblings on the way from one leaf to the root: the proof that it is among them.

    With the peaks over the first `before` leaves only the later ones are needed: a proof in a long
    journal costs what was added between two checkpoints, not the journal.
    """
    standing = dict(
        zip((n for n in range(before.bit_length(), -1, -1) if before >> n & 1), peaks, strict=True)
    )
    level, first, siblings, height = list(leaves), before, [], 0
    count = before + len(leaves)
    while count > 1:
        if height in standing:  # the whole subtree just left of what is known
            level, first = [standing[height], *level], first - 1
        sibling = (index ^ 1) - first
        if index ^ 1 < count:
            siblings.append(level[sibling])
        level = [
            _node(*level[n : n + 2]) if n + 1 < len(level) else level[n] for n in range(0, len(level), 2)
        ]  # one left over rises as it is
        index, first, count, height = index // 2, first // 2, (count + 1) // 2, height + 1
    return siblings


def climb(leaf: str, index: int, count: int, siblings: Sequence[str]) -> str | None:
    """The root that a leaf and its siblings lead to; None if their number is wrong."""
    rest, value = list(siblings), leaf
    if not 0 <= index < count:
        return None
    while count > 1:
        if index ^ 1 < count:
            if not rest:
                return None
            value = _node(rest.pop(0), value) if index & 1 else _node(value, rest.pop(0))
        index, count = index // 2, (count + 1) // 2
    return None if rest else value


def _node(left: str, right: str) -> str:
    return digest(_NODE + _raw(left) + _raw(right), left.partition(":")[0])


def _raw(value: str) -> bytes:
    return bytes.fromhex(value.partition(":")[2])
