"""Who is speaking, from the loudness each microphone packet declares (RFC 6464)."""

ACTIVE_LEVEL = 35  # −dBov; quieter packets are silence
ACTIVE_SHARE = 0.4  # of the packets of one interval
INTERVAL = 0.4  # seconds
SMOOTHING = 0.5  # two intervals of exponential average


class Loudness:
    """The loudness of one microphone over the last moments."""

    def __init__(self) -> None:
        self.count = self.loud = 0
        self.quietest_sum = 0
        self.level = 0.0  # 0…1, smoothed
        self.active = False

    def hear(self, declared: int) -> None:
        """Take the declared level of one packet (0 is loudest, 127 is silence)."""
        self.count += 1
        level = declared & 127
        if level <= ACTIVE_LEVEL:
            self.loud += 1
            self.quietest_sum += level

    def add(self, count: int, loud: int, quietest_sum: int) -> None:
        """Take the levels of so many packets."""
        self.count += count
        self.loud += loud
        self.quietest_sum += quietest_sum

    def close_interval(self) -> None:
        """Judge the interval that just ended."""
        current = 0.0
        if self.count and self.loud >= self.count * ACTIVE_SHARE:
            current = 10 ** (-(self.quietest_sum / self.loud) / 20)
        self.level += (current - self.level) * SMOOTHING
        self.active = self.level > 10 ** (-ACTIVE_LEVEL / 20) / 2
        self.count = self.loud = self.quietest_sum = 0
