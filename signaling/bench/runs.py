"""The runs of the benchmark: servers take turns, so that what else the machine does meets all alike."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass
from pathlib import Path

from signaling.bench import janus, ours
from signaling.bench.load import Figures, Load
from signaling.bench.process import Process
from signaling.bench.scene import Scene, one_to_many, rooms_of_three

SCENES = {"10x3": rooms_of_three, "1to30": one_to_many}
SERVERS = ("odr", "janus_default", "janus_tuned")
EVENT_LOOPS = 1  # Janus tuned: as many as it has cores
WARMING = 1.5  # seconds before the first figures
SATURATED = 0.05  # share of packets lost from which a higher load tells nothing more
SERVER_CORE, OWN_CORE = 0, 1


@dataclass(frozen=True, slots=True)
class Run:
    """One server under one load once."""

    scenario: str
    server: str
    repetition: int
    load: float
    seconds: float
    sent_per_second: float
    received_per_second: float
    loss: float  # share of the packets that should have come
    cpu: float  # of one core
    packets_per_cpu_second: float
    delay_p50_ms: float
    delay_p99_ms: float
    sampled: int
    wrong: int
    generator_cpu: float
    memory_mb: float


def own_address() -> str:
    """An address of this machine that is no loopback: Janus does not use those."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: the kernel only chooses an address
        except OSError:
            return "127.0.0.1"
        address: str = probe.getsockname()[0]
        return address


async def take(
    scenarios: Sequence[str],
    loads: Mapping[str, Sequence[float]],
    repetitions: int,
    seconds: float,
    host: str,
) -> list[Run]:
    """All runs, in turn."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        raise RuntimeError("the benchmark needs two cores: one for the server, one for itself")
    os.sched_setaffinity(0, {cores[OWN_CORE]})
    try:
        runs: list[Run] = []
        for repetition in range(repetitions):
            for scenario in scenarios:
                for server in _servers(scenario):
                    print(f"{scenario} {server} {repetition + 1}", file=sys.stderr)
                    steps = loads.get(scenario, [1.0])
                    runs += await _measure(scenario, server, repetition, steps, seconds, host, cores)
        return runs
    finally:
        os.sched_setaffinity(0, set(cores))


def _servers(scenario: str) -> tuple[str, ...]:
    if scenario == "recording":
        return "odr", "odr_recording"
    return SERVERS if janus.installed() else SERVERS[:1]


async def _measure(
    scenario: str,
    server: str,
    repetition: int,
    steps: Sequence[float],
    seconds: float,
    host: str,
    cores: Sequence[int],
) -> list[Run]:
    scene = SCENES.get(scenario, rooms_of_three)(host, ours.certificate())
    runs = []
    with tempfile.TemporaryDirectory() as folder:
        async with _started(server, scene, cores[SERVER_CORE], Path(folder)) as process:
            load = Load(scene)
            load.run(1.0, min(WARMING, seconds), process.cpu)
            for step in steps:
                figures = load.run(step, seconds, process.cpu)
                runs.append(_run(scenario, server, repetition, step, figures, process))
                await asyncio.sleep(0)  # keep-alives of the signalling
                if figures.expected and 1 - figures.received / figures.expected > SATURATED:
                    break
            load.close()
    return runs


def _started(server: str, scene: Scene, core: int, folder: Path) -> AbstractAsyncContextManager[Process]:
    if server == "janus_default":
        return janus.running(scene, core)
    if server == "janus_tuned":
        return janus.running(scene, core, EVENT_LOOPS)
    return ours.running(scene, core, folder if server == "odr_recording" else None)


def _run(scenario: str, server: str, repetition: int, load: float, figures: Figures, process: Process) -> Run:
    return Run(
        scenario,
        server,
        repetition + 1,
        load,
        figures.seconds,
        figures.sent / figures.seconds,
        figures.received / figures.seconds,
        max(0.0, 1 - figures.received / max(figures.expected, 1)),
        figures.cpu / figures.seconds,
        figures.received / max(figures.cpu, 1e-9),
        figures.delay(0.5) * 1000,
        figures.delay(0.99) * 1000,
        figures.sampled,
        figures.wrong,
        figures.own / figures.seconds,
        process.memory() / 1e6,
    )


def as_row(run: Run) -> dict[str, object]:
    """A run as JSON."""
    return {
        name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(run).items()
    }
