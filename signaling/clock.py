"""The media clock: seconds of the calendar that never run backwards."""

import time

START = time.time() - time.monotonic()


def steady() -> float:
    """Seconds since 1970, counted on the monotonic clock since this process began."""
    return START + time.monotonic()
