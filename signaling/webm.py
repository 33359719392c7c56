"""One person's sound and picture in a WebM file, as they were encoded.

Players run sound packets on without looking at their times, so a hole in the sound would shift
everything after it. Holes are therefore filled with silence, which in Opus is three bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
from av.stream import Stream

MS = 1_000_000
# 20, 10, 5 and 2.5 ms of stereo silence (RFC 6716: CELT, full band, silence flag).
_SILENCES = (
    (20 * MS, b"\xfc\xff\xfe"),
    (10 * MS, b"\xf4\xff\xfe"),
    (5 * MS, b"\xec\xff\xfe"),
    (2_500_000, b"\xe4\xff\xfe"),
)
# Sound may be this far from its place before it is moved; well below what an eye sees.
_SLACK_NS = 20 * MS
# Reordering holds sound back at most this long behind the picture.
_LAG_NS = 4_000 * MS
_PICTURE_NS = 33 * MS
# Shorter than what Opus leaves out in silence (DTX, 400 ms) is no gap.
HOLE_NS = 500 * MS
_OPTIONS = {"fflags": "+bitexact", "cluster_time_limit": "2000"}

Hole = Callable[[str, int, int], None]


class WebM:
    """A file being written; times are the server's, the file begins at `origin_ns`."""

    def __init__(
        self, path: Path, origin_ns: int, sound: bool, size: tuple[int, int] | None, hole: Hole
    ) -> None:
        self._origin_ns = origin_ns
        self._hole = hole
        self._sounded_until = self._silent_since = origin_ns
        self._pictured_at = origin_ns
        self._last_ms = -1
        # Bit-exact: no date and no random number, so that the same journal always gives the same file.
        self._file = av.open(str(path), "w", format="webm", container_options=_OPTIONS)
        self._picture = self._picture_stream(*size) if size else None
        self._sound = self._sound_stream() if sound else None

    @property
    def until_ns(self) -> int:
        """Up to where the file goes."""
        return max(self._sounded_until, self._pictured_at + _PICTURE_NS if self._last_ms >= 0 else 0)

    def sound(self, at_ns: int, data: bytes, duration_ns: int) -> None:
        """Adds sound at its time, after silence if there is a hole; what would overlap is left out."""
        if at_ns < self._sounded_until - _SLACK_NS:
            return
        if at_ns >= self._sounded_until + _SLACK_NS or self._sounded_until == self._origin_ns:
            self._fill(at_ns)
        self._end_silence(self._sounded_until)
        self._sounding(data, duration_ns)
        self._silent_since = self._sounded_until

    def picture(self, at_ns: int, data: bytes, key: bool) -> None:
        """Adds a picture at its time; pictures build on each other, so none is left out."""
        if at_ns - self._pictured_at > HOLE_NS:
            self._hole("video", self._pictured_at, at_ns)
        self._pictured_at = max(self._pictured_at, at_ns)
        if self._sound is not None:
            self._fill(at_ns - _LAG_NS)
        at_ms = max(self._last_ms + 1, round((at_ns - self._origin_ns) / MS))
        self._last_ms = at_ms
        self._mux(self._picture, data, at_ms, _PICTURE_NS, key)

    def close(self) -> None:
        """Ends the file, with sound as long as the picture."""
        if self._sound is not None:
            self._fill(self.until_ns)
            self._end_silence(self._sounded_until)
        self._file.close()

    def _picture_stream(self, width: int, height: int) -> Stream:
        return self._file.add_mux_stream("libvpx", width=width, height=height)

    def _sound_stream(self) -> Stream:
        # Nothing is encoded with it: the encoder only writes the header (OpusHead) that players ask for.
        return self._file.add_stream("libopus", rate=48_000, layout="stereo")

    def _fill(self, until_ns: int) -> None:
        for duration_ns, silence in _SILENCES:
            while self._sounded_until + duration_ns <= until_ns:
                self._sounding(silence, duration_ns)

    def _end_silence(self, until_ns: int) -> None:
        if until_ns - self._silent_since > HOLE_NS:
            self._hole("audio", self._silent_since, until_ns)

    def _sounding(self, data: bytes, duration_ns: int) -> None:
        at_ms = round((self._sounded_until - self._origin_ns) / MS)
        self._mux(self._sound, data, at_ms, duration_ns, True)
        self._sounded_until += duration_ns

    def _mux(self, stream: Stream | None, data: bytes, at_ms: int, duration_ns: int, key: bool) -> None:
        assert stream is not None
        packet = av.Packet(data)
        packet.stream = stream
        packet.time_base = Fraction(1, 1000)
        packet.pts = packet.dts = at_ms
        packet.duration = duration_ns // MS
        packet.is_keyframe = key
        self._file.mux_one(packet)
