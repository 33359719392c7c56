"""A flash and a beep each second, encoded once, as RTP packets on a network that loses and shuffles."""

from __future__ import annotations

import json
import random
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from aiortc.codecs.opus import OpusEncoder
from aiortc.codecs.vpx import Vp8Encoder
from av import AudioFrame, VideoFrame

from signaling.mux import MuxResult, mux
from signaling.recorder import Recorder

SECOND = 1_000_000_000
MS = 1_000_000
# The server's clock does not begin at zero, the person's clock is another one again.
SERVER = 5_000 * SECOND
NTP = 3_900_000_000 * SECOND
AUDIO, VIDEO = 111, 96
FLASH_EVERY_MS, FLASH_MS = 1_000, 100
TONE = (np.sin(np.arange(960) * 2 * np.pi / 48) * 20_000).astype(np.int16)


@dataclass(frozen=True)
class Sent:
    """One packet on its way: when it was made, when it arrives."""

    track: str
    at_ns: int
    arrival_ns: int
    rtp: bytes


@cache
def _dark(size: tuple[int, int]) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 60, (size[1], size[0], 3), dtype=np.uint8)


def image(at_ms: int, size: tuple[int, int]) -> np.ndarray:
    """White for a tenth of each second, else darkness that moves with each of 25 pictures a second."""
    dark = _dark(size)
    return np.full_like(dark, 255) if _flashes(at_ms) else np.roll(dark, at_ms // 40, axis=1)


def samples(at_ms: int) -> np.ndarray:
    """20 ms of a tone of 1 kHz while it flashes, else of silence."""
    return (TONE * _flashes(at_ms)).reshape(1, -1)


def _flashes(at_ms: int) -> bool:
    return at_ms % FLASH_EVERY_MS < FLASH_MS


@cache
def pictures(
    seconds: int, width: int = 160, height: int = 120, keys: tuple[int, ...] = (0,)
) -> list[tuple[int, list[bytes]]]:
    """VP8, 25 pictures a second; `keys`: seconds with a keyframe."""
    encoder, made = Vp8Encoder(), []
    for number in range(seconds * 25):
        at_ms = number * 40
        frame = VideoFrame.from_ndarray(image(at_ms, (width, height)), format="rgb24")
        frame.pts, frame.time_base = at_ms * 90, Fraction(1, 90_000)
        payloads, _ = encoder.encode(frame, force_keyframe=at_ms in [key * 1_000 for key in keys])
        made.append((at_ms * MS, payloads))
    return made


@cache
def sounds(seconds: int) -> list[tuple[int, list[bytes]]]:
    """Opus in 20 ms packets."""
    encoder, made = OpusEncoder(), []
    for number in range(seconds * 50):
        at_ms = number * 20
        frame = AudioFrame.from_ndarray(samples(at_ms), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, number * 960, Fraction(1, 48_000)
        payloads, _ = encoder.encode(frame)
        made += [(at_ms * MS, [payload]) for payload in payloads]
    return made


@dataclass(frozen=True)
class Stream:
    """How one track is numbered and timed on the wire."""

    track: str
    payload_type: int
    rate: int
    ssrc: int = 7
    first_number: int = 65_500
    first_time: int = 0xFFFF_F000
    delay_ms: int = 20

    def packets(self, made: list[tuple[int, list[bytes]]], from_ns: int = 0) -> Iterator[Sent]:
        """The packets of this track, made from `from_ns` on."""
        number = self.first_number
        for at_ns, payloads in made:
            for place, payload in enumerate(payloads):
                marker = (place == len(payloads) - 1) << 7
                fields = (0x80, self.payload_type | marker, number & 0xFFFF, self.rtp_ts(at_ns), self.ssrc)
                sent_ns = SERVER + from_ns + at_ns
                yield Sent(
                    self.track,
                    sent_ns,
                    sent_ns + self.delay_ms * MS,
                    struct.pack("!BBHII", *fields) + payload,
                )
                number += 1

    def rtp_ts(self, at_ns: int) -> int:
        """The RTP time of a moment."""
        return (self.first_time + at_ns * self.rate // SECOND) & 0xFFFF_FFFF


MICROPHONE = Stream("mic", AUDIO, 48_000, ssrc=1)
CAMERA = Stream("cam", VIDEO, 90_000, ssrc=2, first_number=12, first_time=77)


def worn(
    sent: list[Sent], seed: int, lost: float = 0.0, twice: float = 0.0, jitter_ms: int = 0
) -> list[Sent]:
    """The same packets after a bad network: some lost, some doubled, all late by another amount."""
    chance = random.Random(seed)
    through = [packet for packet in sent if chance.random() >= lost]
    through += [packet for packet in through if chance.random() < twice]
    late = [replace(one, arrival_ns=one.arrival_ns + chance.randrange(jitter_ms + 1) * MS) for one in through]
    return sorted(late, key=lambda one: one.arrival_ns)


def announce(recorder: Recorder, stream: Stream, identity: str = "li-na", name: str = "") -> None:
    """Tells the recorder of a track."""
    is_audio = stream.payload_type == AUDIO
    kind, codec, source = (
        ("audio", "audio/opus", "microphone") if is_audio else ("video", "video/VP8", "camera")
    )
    recorder.track(stream.track, identity, kind, codec, stream.rate, stream.payload_type, name or source)


def report(recorder: Recorder, stream: Stream, at_ns: int, from_ns: int = 0) -> None:
    """A sender report made `at_ns` after the track began."""
    made_ns = from_ns + at_ns
    ntp = ((NTP + made_ns) << 32) // SECOND
    arrival_ns = SERVER + made_ns + stream.delay_ms * MS
    recorder.sender_report(stream.track, arrival_ns, ntp, stream.rtp_ts(at_ns))


def play(recorder: Recorder, sent: list[Sent]) -> None:
    """Hands the packets over in the order of arrival, with a flush each second."""
    flush_ns = SERVER + SECOND
    for packet in sorted(sent, key=lambda one: one.arrival_ns):
        while packet.arrival_ns >= flush_ns:
            recorder.flush(flush_ns)
            flush_ns += SECOND
        recorder.packet(packet.track, packet.arrival_ns, packet.rtp)


class Take:
    """A recording in the making."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.recorder = Recorder(directory, {"case": "一"}, lambda: 1_790_000_000 * SECOND)
        self.recorder.event("recording.on", SERVER)
        self.sent: list[Sent] = []

    def add(self, stream: Stream, sent: Iterable[Sent], identity: str = "li-na", name: str = "") -> None:
        announce(self.recorder, stream, identity, name)
        self.sent += sent

    def reports(self, stream: Stream, seconds: Iterable[int], from_ns: int = 0) -> None:
        for second in seconds:
            # The first packet of a track comes before its first report.
            play(self.recorder, [one for one in self.sent if one.track == stream.track][:1])
            report(self.recorder, stream, second * SECOND, from_ns)

    def muxed(self, seconds: int) -> MuxResult:
        play(self.recorder, self.sent)
        self.recorder.close(SERVER + seconds * SECOND)
        return mux(self.directory, self.directory)

    def timeline(self) -> dict[str, Any]:
        shown: dict[str, Any] = json.loads((self.directory / "timeline.json").read_text())
        return shown
