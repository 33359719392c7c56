"""The voices of a film, added up."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from fractions import Fraction

import av

RATE = 48_000


class Sound:
    """The sound of one file as samples, asked for in order."""

    def __init__(self, frames: Iterator[av.AudioFrame]) -> None:
        self._frames = frames
        self._resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        self._samples = array("h")
        self._at = 0  # position of the first of them since the file's beginning
        self._over = False

    def take(self, first: int, count: int) -> array[int]:
        """So many samples from this position on; silence where there are none."""
        while not self._over and self._at + len(self._samples) < first + count:
            self._more()
        if first > self._at:
            gone = min(first - self._at, len(self._samples))
            del self._samples[:gone]
            self._at += gone
        before = min(max(self._at - first, 0), count)
        found = self._samples[: count - before]
        return array("h", bytes(2 * before)) + found + array("h", bytes(2 * (count - before - len(found))))

    def _more(self) -> None:
        frame = next(self._frames, None)
        if frame is None:
            self._over = True
            return
        begins = round(frame.time * RATE) if frame.time is not None else self._at + len(self._samples)
        hole = begins - self._at - len(self._samples)
        if hole > RATE // 50:  # less is jitter of the clock
            self._samples.frombytes(bytes(2 * hole))
        for each in self._resampler.resample(frame):
            self._samples.frombytes(bytes(each.planes[0])[: each.samples * 2])


def mix(sounds: Sequence[tuple[Sound | None, int]], tick: int, fps: int) -> tuple[av.AudioFrame, list[int]]:
    """The samples of one tick of all of them together, and how loud each was; `sounds` with where each begins, ms."""
    first, count = tick * RATE // fps, RATE // fps
    parts = [
        sound.take(first - from_ms * RATE // 1000, count) if sound else array("h")
        for sound, from_ms in sounds
    ]
    louds = [max(max(part), -min(part)) if part else 0 for part in parts]
    heard = [part for part, loud in zip(parts, louds, strict=True) if loud]
    frame = av.AudioFrame(format="s16", layout="mono", samples=count)
    frame.planes[0].update(_sum(heard, count).tobytes().ljust(frame.planes[0].buffer_size, b"\0"))
    frame.sample_rate, frame.pts, frame.time_base = RATE, first, Fraction(1, RATE)
    return frame, louds


def _sum(heard: Sequence[array[int]], count: int) -> array[int]:
    if not heard:
        return array("h", bytes(2 * count))
    if len(heard) == 1:
        return heard[0]
    return array("h", [max(-32768, min(32767, sum(each))) for each in zip(*heard, strict=True)])
