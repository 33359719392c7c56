"""What the runs say: medians, ratios to Janus, delay at half load, the cost of recording."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
from collections.abc import Callable, Sequence
from typing import Any

from signaling.bench.client import PROFILE
from signaling.bench.runs import Run, as_row

CARRIED = 0.01  # share of packets a server may lose and still count as carrying a load
USUAL = 1.0
Key = tuple[str, str, float]


def result(runs: Sequence[Run], host: str) -> dict[str, Any]:
    """Everything, ready for JSON."""
    medians = _medians(runs)
    by_load = _by_load(medians)
    return {
        "machine": {"cores": os.cpu_count(), "kernel": platform.release(), "python": platform.python_version(),
                    "address": host, "srtp_profile": PROFILE, "janus": _janus()},
        "ratios": {key: _overall(steps) for key, steps in by_load.items()},
        "ratios_by_load": by_load,
        "saturation": _saturation(medians),
        "half_load": _half_load(medians),
        "recording": _recording(medians),
        "medians": [dict(zip(("scenario", "server", "load"), key, strict=True), **row)
                    for key, row in medians.items()],
        "runs": [as_row(run) for run in runs],
    }  # fmt: skip


def _janus() -> str:
    asked = ["dpkg-query", "--show", "--showformat", "${Version}", "janus"]
    try:
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return "not installed"


def _medians(runs: Sequence[Run]) -> dict[Key, dict[str, Any]]:
    groups: dict[Key, list[Run]] = {}
    for run in runs:
        groups.setdefault((run.scenario, run.server, run.load), []).append(run)
    return {key: _median(group) for key, group in groups.items()}


def _median(group: Sequence[Run]) -> dict[str, Any]:
    def middle(value: Callable[[Run], float], digits: int = 3) -> float:
        return round(statistics.median(map(value, group)), digits)

    return {
        "repetitions": len(group),
        "packets_per_cpu_second": middle(lambda run: run.packets_per_cpu_second, 0),
        "received_per_second": middle(lambda run: run.received_per_second, 0),
        "cpu": middle(lambda run: run.cpu),
        "loss": middle(lambda run: run.loss, 5),
        "delay_p50_ms": middle(lambda run: run.delay_p50_ms, 2),
        "delay_p99_ms": middle(lambda run: run.delay_p99_ms, 2),
        "memory_mb": middle(lambda run: run.memory_mb, 1),
    }


def _by_load(medians: dict[Key, dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Packets per CPU second against Janus, at each load both carry."""
    found: dict[str, dict[str, float]] = {}
    for (scenario, server, load), row in medians.items():
        mine = medians.get((scenario, "odr", load))
        if not server.startswith("janus") or mine is None or max(row["loss"], mine["loss"]) > CARRIED:
            continue
        ratio = mine["packets_per_cpu_second"] / row["packets_per_cpu_second"]
        found.setdefault(f"{scenario}_vs_{server}", {})[f"{load:g}"] = round(ratio, 2)
    return found


def _overall(steps: dict[str, float]) -> float:
    """The ratio of a scenario: at the usual load, which is what the scenario is."""
    return steps.get(f"{USUAL:g}", next(iter(steps.values())))


def _saturation(medians: dict[Key, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The highest load each server carries, and the most it sends per CPU second at any load."""
    found: dict[str, dict[str, Any]] = {}
    for (scenario, server, load), row in medians.items():
        if scenario == "recording":
            continue
        best = found.setdefault(f"{scenario}_{server}", {"carries": 0.0, "received_per_second": 0.0,
                                                          "packets_per_cpu_second": 0.0})  # fmt: skip
        if row["loss"] <= CARRIED:
            best["carries"] = max(best["carries"], load)
            best["received_per_second"] = max(best["received_per_second"], row["received_per_second"])
        best["packets_per_cpu_second"] = max(best["packets_per_cpu_second"], row["packets_per_cpu_second"])
    return found


def _half_load(medians: dict[Key, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The delay each server adds at the load nearest to half of what it uses its core for."""
    found: dict[str, dict[str, Any]] = {}
    for (scenario, server, load), row in medians.items():
        if scenario == "recording" or row["loss"] > CARRIED:
            continue
        name = f"{scenario}_{server}"
        if name not in found or abs(row["cpu"] - 0.5) < abs(found[name]["cpu"] - 0.5):
            found[name] = {"load": load, **{key: row[key] for key in ("cpu", "delay_p50_ms", "delay_p99_ms")}}
    return found


def _recording(medians: dict[Key, dict[str, Any]]) -> dict[str, Any]:
    off, on = (medians.get(("recording", server, USUAL)) for server in ("odr", "odr_recording"))
    if off is None or on is None:
        return {}
    cost = on["cpu"] / on["received_per_second"] * off["received_per_second"] / off["cpu"] - 1
    return {"cpu_off": off["cpu"], "cpu_on": on["cpu"], "cost": round(cost, 3)}


def text(found: dict[str, Any]) -> str:
    """The same for people."""
    lines = [f"{'scenario':10}{'server':15}{'load':>6}{'packets/s':>11}{'CPU':>7}{'per CPU s':>11}{'loss':>8}"
             f"{'p50 ms':>8}{'p99 ms':>8}"]  # fmt: skip
    for row in found["medians"]:
        lines.append(
            f"{row['scenario']:10}{row['server']:15}{row['load']:>6g}{row['received_per_second']:>11,.0f}"
            f"{row['cpu']:>7.0%}{row['packets_per_cpu_second']:>11,.0f}{row['loss']:>8.2%}"
            f"{row['delay_p50_ms']:>8.2f}{row['delay_p99_ms']:>8.2f}"
        )
    lines += [f"{key}: {ratio}" for key, ratio in found["ratios"].items()]
    if found["recording"]:
        lines.append(f"recording costs {found['recording']['cost']:+.0%} CPU")
    return "\n".join(lines) + "\n"
