"""The journal of a recording: whole after a kill, cheap to write, safe on a full disk."""

from __future__ import annotations

import multiprocessing
import os
import random
import resource
import signal
import struct
import subprocess
import threading
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from signaling import bundle, chain, contents, records
from signaling.contents import JOURNAL
from signaling.mux import mux
from signaling.recorder import FULL, Recorder
from signaling.records import Kind, Record
from tests.signaling import filmed
from tests.signaling.filmed import CAMERA, MICROPHONE, SECOND, SERVER

STARTED = 1_790_000_000 * SECOND


def begun(directory: Path, algorithm: str = "sha256") -> Recorder:
    recorder = Recorder(directory, {"case": "（2026）沪0115诉前调1号"}, lambda: STARTED, algorithm)
    filmed.announce(recorder, MICROPHONE)
    filmed.announce(recorder, CAMERA)
    return recorder


def all_records(directory: Path) -> list[Record]:
    segments = [each for each in chain.walk(directory / JOURNAL) if isinstance(each, chain.Segment)]
    return [record for segment in segments for record in records.unpack(segment.content)]


def packets_of(directory: Path) -> list[Record]:
    return [record for record in all_records(directory) if record.kind == Kind.PACKET]


def test_what_was_recorded_is_read_back_as_it_came(tmp_path: Path) -> None:
    recorder = begun(tmp_path)
    sent = list(MICROPHONE.packets(filmed.sounds(2)))
    recorder.event("consent", SERVER, identity="li-na")
    filmed.play(recorder, sent)
    head = recorder.close(SERVER + 3 * SECOND)

    assert [(one.at_ns, one.body) for one in packets_of(tmp_path)] == [(p.arrival_ns, p.rtp) for p in sent]
    whole = contents.read(tmp_path / JOURNAL)
    assert whole.about == {"case": "（2026）沪0115诉前调1号"}
    assert whole.started_ns == STARTED
    assert whole.ms(whole.last_ns) == 3_000
    assert head == whole.head
    assert [track.identity for track in whole.tracks.values()] == ["li-na", "li-na"]


@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
def test_the_head_names_its_algorithm_and_moves_with_each_flush(tmp_path: Path, algorithm: str) -> None:
    recorder = begun(tmp_path, algorithm)
    before = recorder.head
    recorder.packet("mic", SERVER, b"any bytes")
    assert recorder.head == before
    recorder.flush(SERVER)
    after = recorder.head
    assert before.startswith(f"{algorithm}:")
    assert after != before
    assert recorder.bytes == (tmp_path / JOURNAL).stat().st_size
    assert bundle.verify(tmp_path, [before, after, recorder.close(SERVER)]) == []


def test_packets_cost_no_system_call_until_the_flush(tmp_path: Path) -> None:
    recorder = begun(tmp_path)
    before = write_calls()
    for number in range(5_000):
        recorder.packet("mic", SERVER + number, bytes(1_000))
    assert write_calls() == before
    recorder.flush(SERVER + SECOND)
    assert write_calls() <= before + 2
    recorder.close(SERVER + SECOND)


def write_calls() -> int:
    lines = Path("/proc/self/io").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("syscw")).split()[1])


def test_a_second_recording_does_not_overwrite_the_first(tmp_path: Path) -> None:
    begun(tmp_path).close(SERVER)
    with pytest.raises(FileExistsError):
        begun(tmp_path)


def test_closing_twice_gives_the_same_head_and_later_packets_change_nothing(tmp_path: Path) -> None:
    recorder = begun(tmp_path)
    recorder.packet("mic", SERVER, b"in time")
    head = recorder.close(SERVER + SECOND)
    recorder.packet("mic", SERVER + 2 * SECOND, b"too late")
    recorder.flush(SERVER + 2 * SECOND)
    assert recorder.close(SERVER + 3 * SECOND) == head
    assert bundle.verify(tmp_path, [head]) == []


def test_packets_that_come_during_a_flush_in_another_thread_are_kept_in_order(tmp_path: Path) -> None:
    recorder = begun(tmp_path)
    ended = threading.Event()

    def flush_without_rest() -> None:
        while not ended.is_set():
            recorder.flush(SERVER)

    flushing = threading.Thread(target=flush_without_rest)
    flushing.start()
    for number in range(20_000):
        recorder.packet(("mic", "cam")[number % 2], SERVER + number, struct.pack(">I", number))
    ended.set()
    flushing.join()
    recorder.close(SERVER + SECOND)

    assert [struct.unpack(">I", one.body)[0] for one in packets_of(tmp_path)] == list(range(20_000))
    assert bundle.verify(tmp_path) == []


def test_each_segment_names_the_tracks_it_carries(tmp_path: Path) -> None:
    recorder = begun(tmp_path)
    filmed.play(recorder, list(MICROPHONE.packets(filmed.sounds(3))))
    recorder.close(SERVER + 3 * SECOND)
    segments = [each for each in chain.walk(tmp_path / JOURNAL) if isinstance(each, chain.Segment)]
    for segment in segments[1:-1]:
        found = records.unpack(segment.content)
        assert {one.track for one in found if one.kind == Kind.PACKET} <= {
            one.track for one in found if one.kind == Kind.TRACK
        }


def test_however_late_the_flush_a_segment_stays_small(tmp_path: Path) -> None:
    recorder = begun(tmp_path)
    for number in range(2_500):
        recorder.packet("cam", SERVER + number, bytes(10_000))
    recorder.close(SERVER + SECOND)
    segments = [each for each in chain.walk(tmp_path / JOURNAL) if isinstance(each, chain.Segment)]
    assert max(len(segment.raw) for segment in segments) < FULL + 20_000
    assert len(packets_of(tmp_path)) == 2_500
    assert bundle.verify(tmp_path) == []


def test_a_full_disk_is_reported_and_costs_nothing_once_there_is_space(tmp_path: Path) -> None:
    recorder = begun(tmp_path)
    recorder.packet("mic", SERVER, b"before")
    recorder.flush(SERVER + SECOND)
    size, limits = recorder.bytes, resource.getrlimit(resource.RLIMIT_FSIZE)
    recorder.packet("cam", SERVER + SECOND, bytes(5_000))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 1_000, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            recorder.flush(SERVER + 2 * SECOND)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (tmp_path / JOURNAL).stat().st_size == recorder.bytes == size
    assert [finding.what for finding in bundle.verify(tmp_path)] == ["torn: not closed"]

    recorder.packet("mic", SERVER + 2 * SECOND, b"after")
    recorder.close(SERVER + 3 * SECOND)
    assert [len(one.body) for one in packets_of(tmp_path)] == [6, 5_000, 5]
    assert bundle.verify(tmp_path) == []


# ---- kill -9

SPEED = 8
FILM_S = 12
KILLS = 10


def record_until_killed(directory: Path, pipe: int) -> None:
    """A media worker in fast motion: says what it has handed over, never closes."""
    recorder = begun(directory)
    made = list(MICROPHONE.packets(filmed.sounds(FILM_S))) + list(CAMERA.packets(filmed.pictures(FILM_S)))
    flush_ns, began = SERVER + SECOND, time.monotonic_ns()
    for packet in sorted(made, key=lambda one: one.arrival_ns):
        while (time.monotonic_ns() - began) * SPEED < packet.arrival_ns - SERVER:
            time.sleep(0.0005)
        while packet.arrival_ns >= flush_ns:
            recorder.flush(flush_ns)
            flush_ns += SECOND
        recorder.packet(packet.track, packet.arrival_ns, packet.rtp)
        os.write(pipe, struct.pack(">Q", packet.arrival_ns))
    signal.pause()


def killed(directory: Path, after_s: float) -> tuple[BaseProcess, int]:
    read_end, write_end = os.pipe()
    process = multiprocessing.get_context("fork").Process(
        target=record_until_killed, args=(directory, write_end)
    )
    process.start()
    os.close(write_end)
    threading.Timer(after_s, process.kill).start()
    return process, read_end


def test_kill_9_at_any_moment_loses_at_most_a_second_and_the_rest_plays(tmp_path: Path) -> None:
    filmed.sounds(FILM_S), filmed.pictures(FILM_S)
    chance = random.Random(9)
    moments = [chance.uniform(0.15, 1.4) for _ in range(KILLS)]
    running = [killed(tmp_path / str(number), after_s) for number, after_s in enumerate(moments)]
    for number, (process, read_end) in enumerate(running):
        with os.fdopen(read_end, "rb") as pipe:
            handed_over = pipe.read()
        process.join()
        assert process.exitcode == -signal.SIGKILL
        last_ns = struct.unpack(">Q", handed_over[-8:])[0] if handed_over else SERVER
        assert_lost_at_most_a_second(tmp_path / str(number), last_ns)


def assert_lost_at_most_a_second(directory: Path, last_ns: int) -> None:
    assert [finding.torn for finding in bundle.verify(directory)] == [True]
    kept = packets_of(directory)
    kept_until = kept[-1].at_ns if kept else SERVER
    assert last_ns - kept_until <= 1.05 * SECOND
    result = mux(directory, directory)
    sealed = bundle.seal(directory)
    assert bundle.verify(directory, [sealed.head]) == []
    for file in result.files:
        looked = subprocess.run(
            ["ffprobe", "-v", "warning", directory / file.name], capture_output=True, text=True, check=True
        )
        assert looked.stderr == ""
        assert abs(file.duration_ms - (kept_until - SERVER) / 1e6) < 200
    assert bool(result.files) == bool(kept)


def test_a_journal_cut_anywhere_is_torn_and_not_altered(tmp_path: Path) -> None:
    recorder = begun(tmp_path)
    filmed.play(recorder, list(MICROPHONE.packets(filmed.sounds(3))))
    whole = (tmp_path / JOURNAL).read_bytes()
    chance = random.Random(3)
    for cut in [0, 1, 5, 20, *(chance.randrange(len(whole)) for _ in range(150))]:
        (tmp_path / JOURNAL).write_bytes(whole[:cut])
        assert [finding.torn for finding in bundle.verify(tmp_path)] == [True]


def test_a_tail_of_zeros_after_a_power_cut_is_torn_and_not_altered(tmp_path: Path) -> None:
    recorder = begun(tmp_path)
    filmed.play(recorder, list(MICROPHONE.packets(filmed.sounds(2))))
    whole = (tmp_path / JOURNAL).read_bytes()
    (tmp_path / JOURNAL).write_bytes(whole + bytes(5_000))
    assert [finding.torn for finding in bundle.verify(tmp_path)] == [True]
    (tmp_path / JOURNAL).write_bytes(whole[:-500] + bytes(500))
    assert [finding.torn for finding in bundle.verify(tmp_path)] == [True]
