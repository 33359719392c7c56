"""How often somebody may be wrong about one secret: five tries in a quarter of an hour, whoever they are."""

from __future__ import annotations

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from odr.errors import TooMany

TRIES = parse("5/15 minutes")


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
