"""What guessing may not tell: how often one may be wrong about a secret, and how long an answer takes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from odr.errors import TooMany

TRIES = parse("5/15 minutes")  # for one secret, whoever tries
EVEN = 0.1  # seconds


class Guesses:
    """Counts tries by what is guessed. It slows one way in; a one-time code stays open to the true owner."""

    def __init__(self) -> None:
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def spend(self, secret: str) -> None:
        """Count a try before it is checked, so that many at once are counted too; TooMany after the fifth."""
        if not self._limiter.hit(TRIES, secret):
            raise TooMany(wait=TRIES.get_expiry())

    def right(self, secret: str) -> None:
        """It was the true owner: start again from none."""
        self._limiter.clear(TRIES, secret)


@contextmanager
def evenly() -> Iterator[None]:
    """Answer no sooner than after EVEN: a message written or not written cannot be told by the clock."""
    begun = time.monotonic()
    try:
        yield
    finally:
        time.sleep(max(0.0, begun + EVEN - time.monotonic()))
