"""Whole calls in simulated time: nothing tears, nothing crosses, nothing grows."""

from __future__ import annotations

import gc
import os
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signaling import arrivals, rtcp
from signaling.arrivals import Arrived
from tests.signaling.simulated import Simulation
from tests.signaling.ways import Weather

SIX = tuple("abcdef")
FAIR = Weather()
BAD = Weather(latency=0.03, jitter=0.03, loss=0.02, burst=2, reorder=0.01, copies=0.005)
AWFUL = Weather(latency=0.08, jitter=0.05, loss=0.08, burst=3, reorder=0.02, copies=0.01)
SEEDS = [1, 2, 3]
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
    assert all(view.whole and view.longest < 2 for view in pictures)


def test_an_hour_of_six_stays_whole_and_its_memory_flat() -> None:
    _long_call(100.0)


@pytest.mark.slow
def test_a_whole_hour_of_six_stays_whole_and_its_memory_flat() -> None:
    _long_call(HOUR)


def _long_call(seconds: float) -> None:
    simulation = Simulation(5, tick=0.05)
    simulation.seat(**dict.fromkeys(SIX, "joint"))
    for name in SIX:
        simulation.join(name, layers=2, fps=3, scale=0.08, up=BAD, down=BAD)
        simulation.guests[name].beat_every = 0.06
        simulation.guests[name].talks = name == "a"
    simulation.run(seconds / 4)
    gc.collect()
    before = _objects()
    simulation.run(seconds * 3 / 4)
    gc.collect()
    assert _objects() < before * 1.05 + 2000
    assert torn(simulation) == []
    assert all(view.whole and view.longest < 2 for view in simulation.views() if view.kind == "video")


def _objects() -> int:
    return len(gc.get_objects())


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
