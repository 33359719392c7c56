"""Whole calls in simulated time: nothing tears, nothing crosses, nothing grows."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from livekit.protocol import models
from livekit.protocol import rtc as messages

from signaling import arrivals, metrics, rows, rtcp
from signaling.allocator import UPWARD, Demand, allocate, insist
from signaling.arrivals import Arrived
from signaling.bandwidth import Estimator, LossRule
from signaling.pacer import Pacer
from signaling.recording import Recording
from signaling.room import Room
from signaling.rows import Row
from tests.signaling.guest import TAG
from tests.signaling.simulated import Simulation
from tests.signaling.ways import Way, Weather

SIX = tuple("abcdef")
FAIR = Weather()
BAD = Weather(latency=0.03, jitter=0.03, loss=0.02, burst=2, reorder=0.01, copies=0.005)
AWFUL = Weather(latency=0.08, jitter=0.05, loss=0.08, burst=3, reorder=0.02, copies=0.01)
SEEDS = [1, 2, 3]  # 1: counters in the upper half; 2: a keyframe whose first packet comes late, and alone
HOUR = float(os.environ.get("SIMULATED_SECONDS", "3600"))


def call(seed: int, way: Weather, people: tuple[str, ...] = SIX, **how: Any) -> Simulation:
    """People in one room, one of whom talks; everybody else is mostly silent."""
    simulation = Simulation(seed)
    simulation.seat(**dict.fromkeys(people, "joint"))
    for name in people:
        simulation.join(name, up=way, down=way, **how)
        simulation.guests[name].talks = name == people[0]
    return simulation


def torn(simulation: Simulation) -> list[str]:
    """Every place where a receiver saw counters, clocks or numbers not run on."""
    return [wrong for view in simulation.views() for wrong in view.wrong]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("way", [FAIR, BAD, AWFUL], ids=["fair", "bad", "awful"])
def test_a_call_never_tears(seed: int, way: Weather) -> None:
    simulation = call(seed, way, SIX[:4], layers=2, fps=10, scale=0.5)
    simulation.run(20)
    pictures = [view for view in simulation.views() if view.kind == "video"]
    assert len(pictures) == 12
    assert torn(simulation) == []
    assert simulation.crossed == []
    lost = sum(way.lost for way in (*simulation.up.values(), *simulation.down.values()))
    assert sum(view.given_up for view in pictures) <= lost / 20  # repaired, nearly all of it
    assert all(view.whole and view.longest < 3 for view in pictures)


def test_the_same_seed_gives_the_same_call_and_another_does_not() -> None:
    def outcome(seed: int) -> list[Any]:
        simulation = call(seed, BAD, SIX[:3], layers=2, fps=5, scale=0.1)
        simulation.run(8)
        ways = [*simulation.up.values(), *simulation.down.values()]
        seen = [(one.kind, one.received, one.repaired, one.longest) for one in simulation.views()]
        return [simulation.passed, seen, [(one.lost, one.carried, one.octets) for one in ways]]

    assert outcome(5) == outcome(5) != outcome(6)


def test_an_hour_of_six_stays_whole_and_its_memory_flat() -> None:
    _long_call(100.0)


@pytest.mark.slow
@pytest.mark.timeout(1200)  # a minute of one quiet core
def test_a_whole_hour_of_six_stays_whole_and_its_memory_flat() -> None:
    _long_call(HOUR)


def _long_call(seconds: float) -> None:
    """Each sends 3 pictures a second in two layers and tells 8 times when packets came; one speaks 16 times a second.

    The lines lose a fiftieth each way in bursts, delay unevenly, reorder and copy, and all of it is asked for again.
    """
    simulation = Simulation(5, tick=0.05)
    simulation.seat(**dict.fromkeys(SIX, "joint"))
    for name in SIX:
        simulation.join(name, layers=2, fps=3, scale=0.08, up=BAD, down=BAD)
        simulation.guests[name].beat_every = 0.06
        simulation.guests[name].talks = name == "a"
    simulation.run(seconds / 4)
    before = _objects()
    simulation.run(seconds * 3 / 4)
    assert _objects() < before * 1.05 + 2000
    assert simulation.passed > 330 * seconds  # packets of media sent out, besides reports and requests
    assert sum(way.carried for way in simulation.up.values()) > 135 * seconds  # with reports and requests
    assert sum(way.lost for way in simulation.down.values()) > 5 * seconds
    assert torn(simulation) == []
    assert simulation.crossed == []
    assert all(view.whole and view.longest < 2 for view in simulation.views() if view.kind == "video")


@given(
    st.builds(
        Weather,
        latency=st.floats(0.001, 0.2),
        jitter=st.floats(0, 0.08),
        loss=st.floats(0, 0.3),
        burst=st.floats(1, 5),
        reorder=st.floats(0, 0.2),
        copies=st.floats(0, 0.05),
        rate=st.sampled_from([0, 300_000, 1_000_000]),
    ),
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from([0, 200, 500, 1200])), max_size=6),
    st.integers(0, 1000),
)
@settings(max_examples=20, deadline=None)
def test_in_any_weather_and_whatever_is_looked_at_nothing_tears(
    way: Weather, looks: list[tuple[str, int]], seed: int
) -> None:
    simulation = call(seed, way, ("a", "b"), layers=3, fps=10, scale=0.2)
    simulation.run(2)
    for name, width in looks:
        other = simulation.guests["b" if name == "a" else "a"]
        wish = messages.UpdateTrackSettings(track_sids=[other.camera], width=width, disabled=not width)
        simulation.guests[name].say(track_setting=wish)
        simulation.run(0.7)
    simulation.run(1)
    assert torn(simulation) == []
    assert simulation.counts["malformed"] == 0


def test_people_who_come_and_go_leave_nothing_behind() -> None:
    simulation = call(12, Weather(latency=0.01), ("a", "b"), layers=2, fps=5, scale=0.05)
    sizes = []
    for turn in range(30):
        name = "cd"[turn % 2]
        if name in simulation.people:
            simulation.part(name)
        simulation.seat(**{name: "joint"})
        simulation.join(name, layers=2, fps=5, scale=0.05)
        simulation.run(1)
        sizes += [_objects()] if turn % 10 == 9 else []
        for view in simulation.guests["a"].ended:
            assert not view.wrong
        simulation.guests["a"].ended.clear()
        simulation.guests["b"].ended.clear()
        simulation.events.clear()
    assert simulation.guests["a"].frames["c"] + simulation.guests["a"].frames["d"] > 150
    assert sizes[2] < sizes[0] * 1.05
    assert max(len(person.peer.sections) for person in simulation.people.values()) <= 2 + 2 * 4 + 6


def _objects() -> int:
    gc.collect()
    return len(gc.get_objects())


# ---- rooms


def test_who_has_no_room_for_more_is_asked_now_and_then_and_not_without_end() -> None:
    simulation = call(4, FAIR, SIX, layers=2, fps=5, scale=0.2)
    simulation.guests["a"].full = True
    simulation.run(20)
    asked = simulation.guests["a"].told["media_sections_requirement"]

    assert 2 <= asked <= 12

    simulation.guests["a"].full = False
    simulation.run(4)
    assert {view.kind for view in simulation.guests["a"].views.values()} == {"audio", "video"}
    assert len(simulation.guests["a"].views) == 2 * (len(SIX) - 1)


def test_nothing_crosses_in_500_random_moves(tmp_path: Path) -> None:
    recordings: list[Recording] = []

    def record(room: Room, about: dict[str, Any], now: float) -> Recording:
        recordings.append(Recording(room, about, now))
        return recordings[-1]

    places = ("joint", "caucus-a", "caucus-b")
    simulation = Simulation(11, recorders=record)
    simulation.rooms = {place: {"record": {"dir": str(tmp_path / place)}} for place in places}
    simulation.seat(**dict.fromkeys(SIX[:4], "joint"))
    close = Weather(latency=0, loss=0.02)  # said and heard in one moment: the room is where the speaker sits
    for name in SIX[:4]:
        simulation.join(name, layers=2, fps=10, scale=0.1, up=close, down=FAIR)
    said = 0
    for move in range(500):
        moving = simulation.random.sample(SIX[:4], simulation.random.randint(1, 2))
        simulation.seat(**{name: simulation.random.choice(places) for name in moving})
        simulation.run(simulation.random.choice([0.01, 0.05, 0.3]))
        speaker = SIX[move % 4]
        person, room = (
            simulation.people[speaker],
            simulation.house.sitting("s").room_of(simulation.people[speaker]),
        )
        room.relay(
            person,
            0,
            models.DataPacket(user=models.UserPacket(payload=simulation.guests[speaker].tag("d", move))),
            simulation.now,
        )
        for name, guest in simulation.guests.items():
            for data in guest.data:
                said += 1
                assert TAG.search(data)[4].decode() == simulation.places[name]  # type: ignore[index]
            guest.data.clear()
    assert simulation.crossed == []
    assert torn(simulation) == []
    assert simulation.passed > 10_000
    assert said > 100
    for recording in recordings:
        recording.flush()
        recording.close(simulation.now)
    for place in places:
        written = b"".join(path.read_bytes() for path in sorted(tmp_path.glob(f"{place}*/*")))
        assert {tag[3].decode() for tag in TAG.findall(written)} == {place}


# ---- narrow lines


def shown(simulation: Simulation, name: str, owner: str) -> tuple[str, float]:
    """Which layer of somebody a person saw last, and how long ago."""
    seen = [one for view in simulation.guests[name].views.values() for one in view.shown if one[2] == owner]
    at, rid, _ = max(seen, default=(0.0, b"", ""))
    return rid.decode(), simulation.now - at


def three(seed: int) -> Simulation:
    simulation = call(seed, FAIR, ("a", "b", "c"), layers=3, fps=20)
    for guest in simulation.guests.values():
        guest.keeps = True
    return simulation


@pytest.mark.parametrize("seed", SEEDS[:2])
def test_a_thin_line_gets_small_pictures_and_clean_sound_and_recovers(seed: int) -> None:
    simulation = three(seed)
    simulation.run(6)
    assert all(shown(simulation, name, owner) < ("f~", 0.3) for name, owner in ("ab", "ba", "ca", "ac", "cb"))
    assert {shown(simulation, "c", owner)[0] for owner in "ab"} == {"f"}
    simulation.down["c"].weather = Weather(rate=400_000)
    simulation.run(5)
    simulation.guests["c"].listen("a", simulation.now)
    layers = [shown(simulation, "c", owner) for owner in "ab"]
    assert min(ago for _, ago in layers) < 0.5
    assert all(rid == "q" or ago > 2 for rid, ago in layers)  # small, or standing still
    simulation.run(15)
    assert simulation.guests["c"].worst_sound < 0.25  # seconds between two packets of who talks
    assert simulation.guests["c"].told["stream_state_update"] > 0
    told = metrics.lines(simulation.house)
    assert 'odr_media_pictures{layer="f"} 4' in told
    assert 'odr_media_pictures{layer="q"} 1' in told
    assert "odr_media_pictures_starved 1" in told
    for name, owner in ("ab", "ba"):  # nobody else noticed
        assert shown(simulation, name, owner)[0] == "f"
        assert simulation.guests[name].worst_picture(owner) < 0.3
    simulation.down["c"].weather = FAIR
    simulation.run(20)
    assert [shown(simulation, "c", owner)[0] for owner in "ab"] == ["f", "f"]
    assert torn(simulation) == []


@pytest.mark.parametrize("rate", [700_000, 3_000_000])
def test_a_line_is_used_and_not_flooded(rate: int) -> None:
    simulation = three(4)
    simulation.down["c"].weather = Weather(rate=rate, jitter=0.02)
    simulation.run(10)
    way, before = simulation.down["c"], simulation.down["c"].octets
    lost = way.lost
    simulation.run(10)
    assert 0.35 * rate < (way.octets - before) * 8 / 10 < rate
    assert way.lost - lost == 0


def test_a_muted_microphone_takes_no_room_from_pictures() -> None:
    simulation = Simulation(14)
    simulation.seat(**dict.fromkeys(SIX, "joint"))
    for name in SIX:
        simulation.join(name, layers=2, fps=5, scale=0.3, down=Weather(rate=800_000))
        simulation.guests[name].muted = True
        simulation.guests[name].keeps = True
    simulation.run(5)
    assert all(shown(simulation, "a", owner)[1] < 2.0 for owner in SIX[1:])


def test_clocks_are_told_each_second_and_the_way_there_and_back_is_measured() -> None:
    simulation = call(8, Weather(latency=0.11), ("a", "b"), layers=2, fps=5, scale=0.1)
    simulation.run(15)
    assert all(0.2 < person.peer.rtt < 0.27 for person in simulation.people.values())
    assert all(12 <= view.clocks <= 16 for view in simulation.views())


def test_sound_survives_a_line_that_loses_a_sixth_each_way() -> None:
    simulation = call(9, Weather(loss=0.15), ("a", "b"), layers=2, fps=5, scale=0.1)
    simulation.run(20)
    heard = [view for view in simulation.views() if view.kind == "audio" and view.received > 500]
    assert len(heard) == 1
    assert heard[0].given_up <= heard[0].received / 500


def test_a_line_that_loses_whatever_we_do_keeps_its_pictures() -> None:
    simulation = three(6)
    simulation.down["c"].weather = Weather(loss=0.2)
    simulation.run(20)
    assert simulation.people["c"].peer.room() > 2_000_000
    assert {shown(simulation, "c", owner)[0] for owner in "ab"} <= {"h", "f"}


def test_what_nobody_can_use_is_not_encoded_and_comes_back_when_somebody_can() -> None:
    simulation = three(7)
    simulation.run(3)
    first, second = simulation.guests["a"], simulation.guests["b"]
    for guest in (second, simulation.guests["c"]):
        setting = messages.UpdateTrackSettings(track_sids=[first.camera], width=300, height=170)
        guest.say(track_setting=setting)
    simulation.run(6)
    assert [layer.active for layer in first.layers] == [True, False, False]
    assert shown(simulation, "b", "a")[0] == "q"
    second.say(track_setting=messages.UpdateTrackSettings(track_sids=[first.camera], width=1200, height=700))
    simulation.run(2)
    assert [layer.active for layer in first.layers] == [True, True, True]
    assert shown(simulation, "b", "a")[0] == "f"
    assert shown(simulation, "c", "a")[0] == "q"
    second.say(track_setting=messages.UpdateTrackSettings(track_sids=[first.camera], disabled=True))
    simulation.run(1)
    assert shown(simulation, "b", "a")[1] > 0.9
    assert torn(simulation) == []


@given(
    st.floats(0, 5e6),
    st.lists(
        st.tuples(st.lists(st.floats(1e4, 3e6), max_size=3), st.integers(0, 3), st.integers(-1, 2)),
        max_size=8,
    ),
)
@settings(max_examples=200, deadline=None)
def test_what_is_given_out_fits_and_nothing_that_fits_is_withheld(
    budget: float, wishes: list[tuple[list[float], int, int]]
) -> None:
    demands = [
        Demand(number, tuple(sorted(rates)), float(weight), min(current, len(rates) - 1))
        for number, (rates, weight, current) in enumerate(wishes)
    ]
    given_out = allocate(budget, demands)
    cost = sum(one.rates[given_out[one.key]] for one in demands if given_out[one.key] >= 0)
    assert cost <= budget + 1
    for one in demands:
        if one.rates and given_out[one.key] < 0:
            assert cost + one.rates[0] * UPWARD > budget - 1
    insist(given_out, demands, budget)
    moves = any(size >= 0 for size in given_out.values())
    assert moves or all(not one.rates or one.rates[0] > 2 * budget for one in demands)


@given(
    st.integers(300, 4000),
    st.floats(0, 0.05),
    st.integers(1, 1000),
)
@settings(max_examples=25, deadline=None)
def test_an_estimate_settles_below_what_a_line_carries(kilobits: int, jitter: float, seed: int) -> None:
    """A sender that always sends what it believes ends up near the truth, and the queue empties."""
    random, estimator, collector = Random(seed), Estimator(Row(rows.PEER)), arrivals.Arrivals()
    way = Way(random, Weather(rate=kilobits * 1000, jitter=jitter, queue=0.6))
    coming: list[tuple[float, int]] = []
    believed, room = [], 0.0
    for step in range(1500):  # ticks of 20 ms
        now = 100 + step / 50
        room = min(room + estimator.rate / 50 / 8, 20_000)
        while room >= 1000:
            room -= 1000
            number = estimator.sent([1000], now)
            coming += [(at, number) for at in way.arrivals(1000, now)]
        for at, number in sorted(coming):
            if at <= now:
                collector.note(number, at)
        coming = [one for one in coming if one[0] > now]
        if step % 5 == 0 and (report := collector.report()) is not None:
            estimator.acknowledged(report, now)
        if step > 750:
            believed.append(estimator.rate)
    assert 0.5 * kilobits * 1000 < sum(believed) / len(believed) < 1.05 * kilobits * 1000
    assert way.free_at - now < 0.3


def test_a_receiver_without_reports_of_arrival_is_judged_by_loss() -> None:
    rule = LossRule(1_000_000)
    for second in range(10):
        rule.hear(0.3, 900_000, second)
    poor = rule.rate
    for second in range(10, 40):
        rule.hear(0.0, rule.rate, second)
    assert poor < 400_000
    assert rule.rate > 3 * poor


@given(st.lists(st.tuples(st.booleans(), st.integers(50, 1400), st.integers(0, 40)), max_size=200))
@settings(max_examples=100, deadline=None)
def test_a_burst_is_spread_in_order_and_loses_nothing(steps: list[tuple[bool, int, int]]) -> None:
    left: list[bytes] = []
    pacer, now, sent = Pacer(left.extend, Row(rows.PEER)), 100.0, []
    for number, (urgent, size, pause) in enumerate(steps):
        data = number.to_bytes(4, "big") + bytes([urgent]) + bytes(size)
        sent.append(data)
        pacer.take([data], False, urgent, now)
        now += pause / 1000
        pacer.tick(now)
    for _ in range(200):
        now += 0.02
        pacer.tick(now)
    assert sorted(left) == sorted(sent)
    assert [one for one in left if not one[4]] == [one for one in sent if not one[4]]


@given(
    st.integers(0, 65535),
    st.integers(0, 1 << 30),
    st.lists(st.one_of(st.none(), st.integers(-500, 3000)), min_size=1, max_size=300),
)
@settings(max_examples=200, deadline=None)
def test_a_report_of_arrivals_written_is_read(first: int, start: int, steps: list[int | None]) -> None:
    tick, ticks = start + 150_000, []
    for step in [0, *steps]:
        tick += step or 0
        ticks.append(None if step is None else tick)
    report = Arrived(first, ticks, 7)
    assert rtcp.parse(rtcp.transport_feedback(1, 2, report)) == [report]


def test_transport_numbers_far_apart_fill_no_memory() -> None:
    collector = arrivals.Arrivals()
    for number in range(10_000):
        collector.note(number * 30_000 & 0xFFFF, number / 1000)
        if number % 100 == 0:
            collector.report()
    collector.report()
    assert len(collector._ticks) < 2000
    collector.note(10_000 * 30_000 & 0xFFFF, 10.0)
    report = collector.report()
    assert report is not None
    assert report.ticks[-1] == 40_000


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=1, max_size=200), st.integers(0, 65535))
@settings(max_examples=100, deadline=None)
def test_each_arrival_is_reported_once_and_each_loss_too(steps: list[tuple[bool, int]], first: int) -> None:
    collector, told, came = arrivals.Arrivals(), {}, set()
    for number, (lost, pause) in enumerate(steps):
        if not lost or number == 0:
            came.add(number)
            collector.note(first + number & 0xFFFF, number / 100)
        if pause == 0 and (report := collector.report()) is not None:
            for place, tick in enumerate(report.ticks):
                told[report.first + place - first & 0xFFFF] = tick
    if (report := collector.report()) is not None:
        told |= {report.first + place - first & 0xFFFF: tick for place, tick in enumerate(report.ticks)}
    assert {number for number, tick in told.items() if tick is not None} == came
    assert set(told) == set(range(max(came) + 1))
