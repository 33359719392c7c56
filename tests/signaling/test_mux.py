"""Recordings that anybody can play: in step, without holes in the sound, the same each time."""

from __future__ import annotations

import random
import subprocess
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

import av
import numpy as np
import pytest

from signaling import chain, depacket
from signaling.lipsync import PersonClock
from signaling.mux import mux
from tests.signaling import filmed
from tests.signaling.filmed import CAMERA, MICROPHONE, MS, SECOND, SERVER, Take

FILM_S = 6


@pytest.fixture
def take(tmp_path: Path) -> Take:
    return Take(tmp_path)


def probed(path: Path) -> list[tuple[str, int, int]]:
    """What ffprobe says: stream kind, time in ms, whether key, of each packet; it must not complain."""
    wanted = "packet=codec_type,pts_time,dts_time,flags"
    asked = ["ffprobe", "-v", "warning", "-of", "csv=p=0", "-show_entries", wanted, path]
    said = subprocess.run(asked, capture_output=True, text=True, check=True)
    assert said.stderr == ""
    lines = [line.split(",") for line in said.stdout.splitlines() if line]
    return [(kind, round(float(dts) * 1_000), flags[0] == "K") for kind, _, dts, flags, *_ in lines]


def times(path: Path, kind: str) -> list[int]:
    return [at_ms for of_kind, at_ms, _ in probed(path) if of_kind == kind]


def flashes(path: Path) -> list[float]:
    """When pictures turn white, in seconds."""
    with av.open(str(path)) as film:
        seen = [(frame.time, frame.to_ndarray(format="gray").mean() > 180) for frame in film.decode(video=0)]
    return [at for (at, white), (_, before) in zip(seen[1:], seen, strict=False) if white and not before]


def beeps(path: Path) -> list[float]:
    """When sound begins, in seconds, counted as players count: packet after packet."""
    with av.open(str(path)) as film:
        parts = [frame.to_ndarray()[0] for frame in film.decode(audio=0)]
    loud = np.abs(np.concatenate(parts)) > 0.1
    starts = np.flatnonzero(loud)
    return [
        float(at) / 48_000 for at, before in zip(starts[1:], starts, strict=False) if at - before > 24_000
    ]


def assert_in_step(path: Path, at_least: int, within_s: float = 0.04) -> None:
    heard, seen = beeps(path), flashes(path)
    assert len(seen) >= at_least
    apart = [min(abs(beep - flash) for beep in heard) for flash in seen]
    assert max(apart) < within_s, apart


def test_sound_and_picture_are_in_step_by_the_reports_though_the_picture_comes_later(take: Take) -> None:
    slow = replace(CAMERA, delay_ms=180)
    take.add(MICROPHONE, filmed.worn(list(MICROPHONE.packets(filmed.sounds(FILM_S))), 1, jitter_ms=40))
    take.add(slow, filmed.worn(list(slow.packets(filmed.pictures(FILM_S))), 2, jitter_ms=60))
    take.reports(MICROPHONE, (1, 3, 5))
    take.reports(slow, (2, 4))
    result = take.muxed(FILM_S)
    assert_in_step(take.directory / result.files[0].name, at_least=FILM_S - 1)


def test_sound_and_picture_are_in_step_without_reports(take: Take) -> None:
    take.add(MICROPHONE, filmed.worn(list(MICROPHONE.packets(filmed.sounds(FILM_S))), 1, jitter_ms=40))
    take.add(CAMERA, filmed.worn(list(CAMERA.packets(filmed.pictures(FILM_S))), 2, jitter_ms=40))
    result = take.muxed(FILM_S)
    assert_in_step(take.directory / result.files[0].name, at_least=FILM_S - 1)


def test_clocks_that_drift_apart_for_three_hours_stay_within_20_ms() -> None:
    clock, drift = PersonClock(), 1 + 100e-6
    for second in range(0, 3 * 3_600, 5):
        at_ns = second * SECOND
        for track, rate in ((0, drift), (1, 1.0)):
            clock.packet((track, 0), int(at_ns * rate), at_ns + 30 * MS)
            ntp_ns = int(at_ns * (1 + 50e-6)) + filmed.NTP
            clock.report((track, 0), int(at_ns * rate), ntp_ns, at_ns + 30 * MS)
    for second in range(0, 3 * 3_600, 7):
        at_ns = second * SECOND
        sound = clock.at((0, 0), int(at_ns * drift), at_ns + 30 * MS)
        picture = clock.at((1, 0), at_ns, at_ns + 30 * MS)
        assert abs(sound - picture) < 20 * MS
        assert abs(picture - at_ns - 30 * MS) < 20 * MS


def test_reports_that_are_late_by_chance_leave_sound_and_picture_in_step() -> None:
    clock, chance = PersonClock(), random.Random(3)
    step_ns = 5 * SECOND  # by which the person's machine sets its clock right, in the end
    for second in range(600):
        at_ns = second * SECOND
        for track in (0, 1):
            late_ns = 2 * SECOND if second in (200, 350, 351, 352) else int(chance.random() ** 3 * 400 * MS)
            clock.packet((track, 0), at_ns, at_ns + late_ns)
            ntp_ns = filmed.NTP + at_ns + late_ns + step_ns * (second >= 500)
            clock.report((track, 0), at_ns, ntp_ns, at_ns + late_ns + 30 * MS)
    for second in range(600):
        sound, picture = (clock.at((track, 0), second * SECOND, second * SECOND) for track in (0, 1))
        assert abs(sound - picture) < 30 * MS
        assert abs(picture - second * SECOND - 30 * MS) < 30 * MS or 499 <= second <= 506


def test_the_file_is_as_long_as_the_person_was_there(take: Take) -> None:
    take.add(MICROPHONE, MICROPHONE.packets(filmed.sounds(FILM_S)))
    take.add(CAMERA, CAMERA.packets(filmed.pictures(FILM_S)))
    result = take.muxed(FILM_S)
    with av.open(str(take.directory / result.files[0].name)) as film:
        assert film.duration is not None
        assert abs(film.duration / av.time_base - FILM_S) < 0.2
        assert film.start_time == 0
    assert abs(result.files[0].duration_ms - FILM_S * 1_000) < 200


def test_a_bad_network_leaves_a_clean_file(take: Take) -> None:
    every_second = tuple(range(FILM_S))
    sounds, pictures = filmed.sounds(FILM_S), filmed.pictures(FILM_S, keys=every_second)
    take.add(
        MICROPHONE, filmed.worn(list(MICROPHONE.packets(sounds)), 5, lost=0.05, twice=0.1, jitter_ms=120)
    )
    take.add(CAMERA, filmed.worn(list(CAMERA.packets(pictures)), 6, lost=0.01, twice=0.1, jitter_ms=120))
    result = take.muxed(FILM_S)
    path = take.directory / result.files[0].name
    for kind in ("audio", "video"):
        at_ms = times(path, kind)
        assert at_ms == sorted(set(at_ms)), "times must grow"
    assert len(times(path, "video")) > 60
    assert_decodes_without_complaint(path)
    assert_in_step(path, at_least=2, within_s=0.06)


def assert_decodes_without_complaint(path: Path) -> None:
    # Times as they are: pictures that come unevenly are no fault of the file.
    asked = ["ffmpeg", "-v", "warning", "-i", path, "-enc_time_base", "1:1000", "-f", "null", "-"]
    said = subprocess.run(asked, capture_output=True, text=True, check=True)
    assert said.stderr == ""


def test_packets_in_any_order_give_the_same_file(tmp_path: Path) -> None:
    made = []
    for name, jitter_ms in (("calm", 0), ("shuffled", 300)):
        take = Take(tmp_path / name)
        sent = list(CAMERA.packets(filmed.pictures(2)))
        take.add(CAMERA, filmed.worn(sent, 15, twice=0.2, jitter_ms=jitter_ms))
        assert (take.sent[0].rtp == sent[0].rtp) == (name == "calm")
        take.muxed(3)
        with av.open(str(next(take.directory.glob("*.webm")))) as film:
            made.append([bytes(packet) for packet in film.demux(video=0)])
    assert made[0] == made[1]
    assert len(made[0]) >= 50


def test_after_a_loss_there_is_no_picture_until_the_next_keyframe(take: Take) -> None:
    pictures = filmed.pictures(FILM_S, keys=(0, 4))
    sent = [one for one in CAMERA.packets(pictures) if not 2.0 <= (one.at_ns - SERVER) / SECOND < 2.1]
    take.add(MICROPHONE, MICROPHONE.packets(filmed.sounds(FILM_S)))
    take.add(CAMERA, sent)
    result = take.muxed(FILM_S)
    path = take.directory / result.files[0].name
    assert [at_ms for at_ms in times(path, "video") if 1_960 < at_ms < 4_000] == []
    assert [at_ms for kind, at_ms, key in probed(path) if kind == "video" and key] == [0, 4_000]
    assert_in_step(path, at_least=3)
    gap = next(gap for gap in take.timeline()["gaps"] if gap["kind"] == "video")
    assert (gap["from_ms"], gap["until_ms"]) == (1_980, 4_020)


def test_the_picture_begins_with_a_keyframe(take: Take) -> None:
    sent = list(CAMERA.packets(filmed.pictures(FILM_S, keys=(0, 1))))
    take.add(CAMERA, [one for one in sent if one.at_ns >= SERVER + 500 * MS])
    result = take.muxed(FILM_S)
    first = probed(take.directory / result.files[0].name)[0]
    assert first == ("video", 0, True)
    assert result.files[0].from_ms == 1_020


def test_a_hole_in_the_sound_is_silence_and_what_follows_is_in_step(take: Take) -> None:
    sent = list(MICROPHONE.packets(filmed.sounds(FILM_S)))
    take.add(MICROPHONE, [one for one in sent if not 1.5 <= (one.at_ns - SERVER) / SECOND < 3.5])
    take.add(CAMERA, CAMERA.packets(filmed.pictures(FILM_S)))
    result = take.muxed(FILM_S)
    path = take.directory / result.files[0].name
    assert len([at_ms for at_ms in times(path, "audio") if 1_500 <= at_ms < 3_500]) == 100
    late = [min(abs(beep - flash) for beep in beeps(path)) for flash in flashes(path) if flash > 3.5]
    assert len(late) == 2
    assert max(late) < 0.04
    gap = take.timeline()["gaps"][0]
    assert (gap["kind"], gap["identity"]) == ("audio", "li-na")
    assert abs(gap["from_ms"] - 1_520) < 25
    assert abs(gap["until_ms"] - 3_520) < 25


def test_sound_that_begins_late_stands_beside_its_picture_in_the_file(take: Take) -> None:
    take.add(CAMERA, CAMERA.packets(filmed.pictures(25)))
    take.add(MICROPHONE, MICROPHONE.packets(filmed.sounds(1), from_ns=24 * SECOND))
    path = take.directory / take.muxed(25).files[0].name
    at_ms = [at_ms for _, at_ms, _ in probed(path)]
    behind = [latest - now for latest, now in zip(accumulate(at_ms, max), at_ms, strict=True)]
    assert max(behind) < 5_000
    assert len(times(path, "audio")) == 25 * 50


def test_a_camera_changed_in_the_middle_goes_on_in_the_same_file(take: Take) -> None:
    second = replace(CAMERA, track="cam-2", ssrc=9)
    take.add(MICROPHONE, MICROPHONE.packets(filmed.sounds(FILM_S)))
    take.add(CAMERA, CAMERA.packets(filmed.pictures(3)))
    take.add(second, second.packets(filmed.pictures(2, 240, 180), from_ns=4 * SECOND))
    result = take.muxed(FILM_S)
    assert [file.identity for file in result.files] == ["li-na"]
    path = take.directory / result.files[0].name
    assert_in_step(path, at_least=4)
    with av.open(str(path)) as film:
        assert {frame.width for frame in film.decode(video=0)} == {160, 240}


def test_of_two_cameras_that_overlap_only_the_newer_is_shown(take: Take) -> None:
    second = replace(CAMERA, track="cam-2", ssrc=9)
    take.add(CAMERA, CAMERA.packets(filmed.pictures(3)))
    take.add(second, second.packets(filmed.pictures(2, 240, 180), from_ns=2_500 * MS))
    path = take.directory / take.muxed(FILM_S).files[0].name
    assert_decodes_without_complaint(path)
    with av.open(str(path)) as film:
        widths = [(frame.width, frame.time >= 2.5) for frame in film.decode(video=0)]
    assert set(widths) == {(160, False), (240, True)}


def test_a_sender_that_begins_again_goes_on_in_the_same_track(take: Take) -> None:
    again = replace(CAMERA, ssrc=99, first_number=40_000, first_time=1 << 31)
    take.add(CAMERA, CAMERA.packets(filmed.pictures(2)))
    take.sent += again.packets(filmed.pictures(2), from_ns=3 * SECOND)
    take.muxed(FILM_S)
    path = next(take.directory.glob("*.webm"))
    assert len(times(path, "video")) == 100
    assert abs(times(path, "video")[50] - 3_000) < 25


def test_a_shared_screen_and_each_person_have_their_own_file(take: Take) -> None:
    screen = replace(CAMERA, track="screen", ssrc=5)
    theirs = replace(MICROPHONE, track="mic-2", ssrc=6)
    take.add(MICROPHONE, MICROPHONE.packets(filmed.sounds(3)))
    take.add(CAMERA, CAMERA.packets(filmed.pictures(3)))
    take.add(screen, screen.packets(filmed.pictures(2), from_ns=SECOND), name="screen")
    take.add(theirs, theirs.packets(filmed.sounds(2), from_ns=2 * SECOND), identity="王/五")
    result = take.muxed(4)
    assert [(file.name, file.from_ms, file.duration_ms) for file in result.files] == [
        ("01-li-na.webm", 20, 3_000),
        ("02-li-na-screen.webm", 1_020, 1_993),
        ("03----.webm", 2_020, 2_000),
    ]
    assert [file.identity for file in result.files] == ["li-na", "li-na", "王/五"]


def test_muxing_again_gives_the_same_bytes_and_leaves_nothing_else(take: Take) -> None:
    take.add(MICROPHONE, MICROPHONE.packets(filmed.sounds(2)))
    take.add(CAMERA, CAMERA.packets(filmed.pictures(2)))
    first = take.muxed(2)
    before = {path.name: path.read_bytes() for path in take.directory.iterdir()}
    (take.directory / ".01-li-na.webm.unfinished").write_bytes(b"left by a kill")
    assert mux(take.directory, take.directory) == first
    assert {path.name: path.read_bytes() for path in take.directory.iterdir()} == before


def test_a_damaged_segment_is_a_hole_and_is_told(take: Take) -> None:
    take.add(MICROPHONE, MICROPHONE.packets(filmed.sounds(FILM_S)))
    take.muxed(FILM_S)
    journal = take.directory / "journal.odr"
    third = next(each for each in chain.walk(journal) if each.number == 3)
    damaged = bytearray(journal.read_bytes())
    damaged[third.offset + 500] ^= 1
    journal.write_bytes(damaged)
    mux(take.directory, take.directory)
    timeline = take.timeline()
    assert timeline["faults"][0].endswith("altered: the content of segment 3")
    assert [(gap["from_ms"], gap["until_ms"]) for gap in timeline["gaps"]] == [(2_000, 3_000)]
    assert timeline["files"][0]["duration_ms"] == FILM_S * 1_000
    assert len(times(take.directory / "01-li-na.webm", "audio")) == FILM_S * 50


def test_the_timeline_tells_what_happened_when(take: Take) -> None:
    take.recorder.event("joined", SERVER + 500 * MS, identity="li-na")
    take.recorder.event("muted", SERVER + 1_500 * MS, identity="li-na", track="mic")
    take.add(MICROPHONE, MICROPHONE.packets(filmed.sounds(2)))
    take.muxed(2)
    timeline = take.timeline()
    assert [(event["at_ms"], event["kind"]) for event in timeline["events"]] == [
        (0, "recording.on"),
        (500, "joined"),
        (1_500, "muted"),
    ]
    assert timeline["started_at"] == "2026-09-21T14:13:20.000+00:00"
    assert timeline["tracks"][0]["codec"] == "audio/opus"


def test_a_clock_that_leaps_by_years_does_not_fill_the_disk_with_silence(take: Take) -> None:
    sent = list(MICROPHONE.packets(filmed.sounds(1)))
    take.add(MICROPHONE, sent)
    filmed.play(take.recorder, sent)
    take.recorder.packet("mic", SERVER + 10**17, sent[-1].rtp[:2] + b"\x99\x99" + sent[-1].rtp[4:])
    take.recorder.close(SERVER + 10**17)
    assert mux(take.directory, take.directory).files[0].duration_ms == 1_000


def test_a_codec_that_cannot_be_muxed_is_left_in_the_journal(take: Take) -> None:
    take.recorder.track("odd", "li-na", "video", "video/AV1", 90_000, 45, "camera")
    take.recorder.packet("odd", SERVER, b"\x80\x2d" + bytes(30))
    take.recorder.close(SERVER + SECOND)
    assert mux(take.directory, take.directory).files == ()


def test_opus_says_how_long_it_lasts() -> None:
    assert depacket.opus_duration_ns(b"\xfc\xff\xfe") == 20 * MS
    assert depacket.opus_duration_ns(b"\xe4\xff\xfe") == 2_500_000
    assert depacket.opus_duration_ns(b"\x19abc") == 120 * MS
    assert depacket.opus_duration_ns(b"\xff\x03abc") == 60 * MS
    assert [depacket.opus_duration_ns(packet) for packet in (b"", b"\xff", b"\xff\x3f")] == [0, 0, 0]
