"""Reliable data that was sent to somebody lately, for when they come back and name what they have not seen."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import NamedTuple

LASTING = 15.0  # seconds; clients remember for thirty whose words they have seen, and take older ones twice
OCTETS = 1_000_000  # for one person; the words themselves are shared by all who were sent them


class Word(NamedTuple):
    """One message with the number its speaker gave it."""

    speaker: str  # sid
    number: int
    at: float
    data: bytes


class Replay:
    """The last words sent to one person."""

    def __init__(self) -> None:
        self._words: deque[Word] = deque()
        self._octets = 0

    def keep(self, word: Word) -> None:
        """Remember a message, and forget what is too old or too much."""
        self._words.append(word)
        self._octets += len(word.data)
        while self._octets > OCTETS or word.at - self._words[0].at > LASTING:
            self._octets -= len(self._words.popleft().data)

    def after(self, seen: Mapping[str, int], now: float) -> Iterator[bytes]:
        """What somebody has not seen who has seen these numbers of these speakers, in order."""
        for word in self._words:
            if now - word.at <= LASTING and word.number > seen.get(word.speaker, 0):
                yield word.data

    def clear(self) -> None:
        """What was sent before is not sent again."""
        self._words.clear()
        self._octets = 0
