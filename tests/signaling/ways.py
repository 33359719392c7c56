"""A way from one end to another as a seeded model: latency, jitter, bursts of loss, reordering, copies, a rate."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from random import Random

OVERHEAD = 52  # bytes of IP, UDP and authentication around each packet


@dataclass(frozen=True)
class Weather:
    """What a way does to packets; another may take its place while the way is used."""

    latency: float = 0.02
    jitter: float = 0.0  # seconds on top, evenly spread; order is kept
    loss: float = 0.0  # share of packets, in bursts
    burst: float = 1.0  # packets lost in a row on average (Gilbert–Elliott with loss 1 in the bad state)
    reorder: float = 0.0
    copies: float = 0.0
    rate: float = 0.0  # bits per second; 0 is no limit
    queue: float = 1.0  # seconds a packet may wait for the rate before it is dropped

    @cached_property
    def leave(self) -> float:
        """How likely a burst of loss ends with the next packet."""
        return 1 / self.burst

    @cached_property
    def enter(self) -> float:
        """How likely a burst of loss begins with the next packet."""
        return self.leave * self.loss / (1 - self.loss) if self.loss < 1 else 1.0


class Way:
    """One direction of one line."""

    def __init__(self, random: Random, weather: Weather) -> None:
        self.random, self.weather = random, weather
        self.bad = False
        self.free_at = self.last = 0.0
        self.carried = self.lost = self.octets = 0

    def arrivals(self, size: int, now: float) -> tuple[float, ...]:
        """When a packet sent now arrives: never, once, or twice."""
        weather, chance = self.weather, self.random.random
        at = now
        if weather.rate:
            start = max(now, self.free_at)
            if start - now > weather.queue:
                self.lost += 1
                return ()
            at = self.free_at = start + (size + OVERHEAD) * 8 / weather.rate
        if weather.loss:
            drawn = chance()
            self.bad = drawn >= weather.leave if self.bad else drawn < weather.enter
            if self.bad or weather.loss >= 1:
                self.lost += 1
                return ()
        self.carried += 1
        self.octets += size
        at += weather.latency
        if weather.jitter:
            at += chance() * weather.jitter
        if weather.reorder and chance() < weather.reorder:
            return (at + 0.015,)
        if at < self.last:
            at = self.last
        self.last = at
        if weather.copies and chance() < weather.copies:
            return (at, at + 0.003)
        return (at,)
