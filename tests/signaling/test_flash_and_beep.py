"""Somebody flashes and beeps each second through a bad line into a real worker; the film is in step to the end."""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import aiohttp
import av
import numpy as np
import pytest
from aiortc import AudioStreamTrack, VideoStreamTrack
from av import AudioFrame, VideoFrame

from signaling.mux import mux
from tests.signaling import filmed
from tests.signaling.lossy import ADDRESS, Weather
from tests.signaling.peers import Server, until
from tests.signaling.test_mux import assert_decodes_without_complaint, beeps, flashes
from tests.signaling.test_whip import bearer, connected

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]
LONG = int(os.environ.get("FILM_SECONDS", "600"))
PICTURE_MS, SOUND_MS = 40, 20
SMALL, LARGE = (160, 120), (240, 180)


class Source:
    """One clock for a camera and a microphone."""

    def __init__(self) -> None:
        self.began = time.monotonic()

    async def wait(self, at_ms: int) -> None:
        await asyncio.sleep(self.began + at_ms / 1000 - time.monotonic())

    def now_ms(self, step: int) -> int:
        return int((time.monotonic() - self.began) * 1000) // step * step


class Camera(VideoStreamTrack):
    def __init__(self, source: Source, size: tuple[int, int]) -> None:
        super().__init__()
        self.source, self.at_ms = source, source.now_ms(PICTURE_MS)
        self.size = size

    async def recv(self) -> Any:
        self.at_ms += PICTURE_MS
        await self.source.wait(self.at_ms)
        frame = VideoFrame.from_ndarray(filmed.image(self.at_ms, self.size), format="rgb24")
        frame.pts, frame.time_base = self.at_ms * 90, Fraction(1, 90_000)
        return frame


class Microphone(AudioStreamTrack):
    def __init__(self, source: Source) -> None:
        super().__init__()
        self.source, self.at_ms = source, source.now_ms(SOUND_MS)

    async def recv(self) -> Any:
        self.at_ms += SOUND_MS
        await self.source.wait(self.at_ms)
        frame = AudioFrame.from_ndarray(filmed.samples(self.at_ms), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, self.at_ms * 48, Fraction(1, 48_000)
        return frame


async def film(seconds: float, folder: Path) -> tuple[float, float]:
    """Record somebody for so long, who changes the camera in the middle.

    How long they were there when they hung up, and when that was answered.
    """
    server = Server(public=ADDRESS, record=folder)
    try:
        async with Weather(server.udp) as weather, aiohttp.ClientSession() as http:
            source = Source()
            headers, url = bearer("li-na", "film", lasting=3600), f"http://127.0.0.1:{server.http}"
            tracks = Camera(source, SMALL), Microphone(source)
            async with connected(http, f"{url}/whip/film", headers, *tracks) as (peer, location):
                await until(lambda: peer.connectionState == "connected", 20, "the line is there")
                began = tracks[1].at_ms
                weather.loss, weather.delay = 0.03, (0.005, 0.025)
                await asyncio.sleep(seconds / 2)
                (picture,) = [one for one in peer.getSenders() if one.kind == "video"]
                picture.replaceTrack(Camera(source, LARGE))
                await asyncio.sleep(seconds / 2)
                hung_up = tracks[1].at_ms
                await http.delete(url + location, headers=headers)
                answered = tracks[1].at_ms
            await until(lambda: server.counts()["people"] == 0, 30, "they have left")
            assert weather.lost > seconds
        assert "Traceback" not in server.stop()
    finally:
        server.kill()
    return (hung_up - began) / 1000, (answered - began) / 1000


def assert_jumps_lead_to_pictures(path: Path, seconds: float) -> None:
    """A player that jumps finds a keyframe before where it wants to be."""
    with av.open(str(path)) as opened:
        for at in np.linspace(1, seconds - 1, 20):
            opened.seek(int(at * av.time_base))
            first = next(opened.decode(video=0))
            assert first.key_frame
            assert first.time <= at + 0.5


@pytest.mark.parametrize(
    "seconds", [12, pytest.param(LONG, marks=[pytest.mark.long, pytest.mark.timeout(LONG * 3)])]
)
async def test_a_film_of_a_flash_and_a_beep_stays_in_step(seconds: float, tmp_path: Path) -> None:
    hung_up, answered = await film(seconds, tmp_path)
    (folder,) = tmp_path.iterdir()
    (made,) = mux(folder, folder).files
    path = folder / made.name
    heard = np.array(beeps(path))
    # A flash may be in the film whose beep came before the first sound, or was cut off by the hang-up
    seen = [flash for flash in flashes(path) if heard[0] - 0.5 < flash < heard[-1] + 0.5]
    apart = [float(np.abs(heard - flash).min()) for flash in seen]
    print(f"{len(apart)} flashes, {statistics.median(apart):.4f} s from their beeps, at most {max(apart):.4f}; "
          f"{made.duration_ms / 1000:.3f} s of {hung_up:.3f} to {answered:.3f} s")  # fmt: skip
    assert len(seen) > seconds * 0.8
    assert max(apart) < 0.04
    assert hung_up - 0.2 < made.duration_ms / 1000 < answered + 0.2
    assert_decodes_without_complaint(path)
    assert_jumps_lead_to_pictures(path, seconds)
