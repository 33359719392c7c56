"""The film of a whole recording: everybody, in step, labelled, with chapters."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from signaling.canvas import BAR, HEIGHT, WIDTH, places
from signaling.composite import FPS, NAME, Wish, compose
from tests.signaling import filmed
from tests.signaling.filmed import CAMERA, MICROPHONE, SECOND, Stream, Take

SECONDS = 6
SCREEN = Stream("screen", filmed.VIDEO, 90_000, ssrc=9)
LATER = Stream("later", filmed.VIDEO, 90_000, ssrc=10)
WISH = Wish(
    "（2026）粤0106网调1号",
    {"li-na": "李娜 申请人", "wang": "王强"},
    chapters=[(0, "开始"), (3000, "共享屏幕")],
)


@pytest.fixture
def take(tmp_path: Path) -> Take:
    take = Take(tmp_path)
    take.add(MICROPHONE, MICROPHONE.packets(filmed.sounds(SECONDS)))
    take.add(CAMERA, CAMERA.packets(filmed.pictures(SECONDS)))
    return take


def brightness(film: Any, x: int, y: int) -> list[tuple[float, float]]:
    """The light of one place over time."""
    frames = film.decode(video=0)
    return [
        (frame.time, float(frame.to_ndarray(format="gray")[y - 4 : y + 4, x - 4 : x + 4].mean()))
        for frame in frames
    ]


def loudness(film: Any) -> list[tuple[float, float]]:
    """The loudness of each five milliseconds."""
    found = []
    for frame in film.decode(audio=0):
        samples = np.abs(frame.to_ndarray().reshape(-1))
        found += [
            (frame.time + at / 48_000, float(samples[at : at + 240].max()))
            for at in range(0, len(samples), 240)
        ]
    return found


def begins(told: list[tuple[float, float]], level: float) -> list[float]:
    """When it goes over the level."""
    return [at for (_, before), (at, now) in pairwise(told) if before <= level < now]


def test_flash_and_beep_are_in_step_and_the_film_is_as_long_as_the_talk(take: Take, tmp_path: Path) -> None:
    take.muxed(SECONDS)

    seconds = compose(tmp_path, WISH)

    film = av.open(str(tmp_path / NAME))
    flashes = begins(brightness(film, WIDTH // 2, HEIGHT // 2), 180)
    film.seek(0)
    beeps = begins(loudness(av.open(str(tmp_path / NAME))), 0.1)
    assert len(flashes) >= SECONDS - 1
    assert all(min(abs(flash - beep) for beep in beeps) <= 1.5 / FPS for flash in flashes)
    assert seconds == SECONDS
    assert abs((film.duration or 0) / av.time_base - SECONDS) < 0.2
    assert [(c["start"] * float(c["time_base"] or 0), c["metadata"]["title"]) for c in film.chapters()] == [
        (0, "开始"),
        (3, "共享屏幕"),
    ]


def test_who_comes_later_and_a_shared_screen_get_their_place(take: Take, tmp_path: Path) -> None:
    from_ns = 2 * SECOND
    take.add(LATER, LATER.packets(filmed.pictures(2), from_ns), "wang")
    take.add(SCREEN, SCREEN.packets(filmed.pictures(2, 320, 180), from_ns), "wang", "screen_share")
    take.muxed(SECONDS)

    compose(tmp_path, WISH)

    alone = brightness(av.open(str(tmp_path / NAME)), WIDTH // 2, HEIGHT // 2)
    screen_ground = brightness(av.open(str(tmp_path / NAME)), 40, BAR + 60)
    assert {round(at) for at in begins(alone, 180)} >= {1, 2, 3, 5}
    assert max(light for at, light in screen_ground if 2.2 < at < 3.8) > 180
    assert not (tmp_path / f".{NAME}").exists()


def test_nobody_recorded_makes_no_film(tmp_path: Path) -> None:
    Take(tmp_path).muxed(1)

    assert compose(tmp_path, WISH) == 0
    assert not (tmp_path / NAME).exists()


def test_another_process_films(take: Take, tmp_path: Path) -> None:
    take.muxed(SECONDS)
    said = {"title": "x", "names": {}, "zone": "Asia/Seoul", "screen": "屏幕", "chapters": []}

    done = subprocess.run(
        [sys.executable, "-m", "signaling.composite", tmp_path],
        input=json.dumps(said),
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(done.stdout) == {"name": NAME, "seconds": SECONDS}


@pytest.mark.parametrize("count", range(1, 21))
@pytest.mark.parametrize("screens", [0, 1])
def test_tiles_are_equal_even_and_apart(count: int, screens: int) -> None:
    class One:
        def __init__(self, is_screen: bool) -> None:
            self.is_screen = is_screen

    rects = places([One(number < screens) for number in range(count + screens)])

    assert len({(rect.width, rect.height) for rect in rects[screens:]}) == 1
    assert not any(side % 2 for rect in rects for side in rect)
    assert all(
        rect.y >= BAR and rect.x + rect.width <= WIDTH and rect.y + rect.height <= HEIGHT for rect in rects
    )
    for place, one in enumerate(rects):
        for other in rects[place + 1 :]:
            assert (
                one.x + one.width <= other.x
                or other.x + other.width <= one.x
                or one.y + one.height <= other.y
                or other.y + other.height <= one.y
            )
