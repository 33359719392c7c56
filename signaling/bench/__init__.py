"""`odr bench media`: `odr media` and Janus under the same packets, on one core each.

    odr bench media                      both scenarios, three repetitions, a table
    odr bench media --json               the same as JSON: `ratios`, and every run's figures beside them
    odr bench media --quick              one short repetition, to see that everything works
    odr bench media --scenario 10x3      one scenario only; also --repetitions, --seconds, --loads 1,2,4

Janus comes from Debian (`apt-get install janus`); without it only our own figures are taken. Each server
runs on one core and the generator on another; the CPU seconds are the kernel's. Scenarios: ten rooms of
three, everybody sending 100 video packets of about 1112 bytes in frames of four and 50 audio packets of
112 bytes each second; and one such person before thirty. A load of 2 means twice as many packets.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Sequence
from typing import TextIO

from signaling.bench import runs, table

LOADS = {"10x3": "1,2,4,8,16", "1to30": "1,4,8,16,24"}


def main(words: Sequence[str], out: TextIO) -> int:
    """The command: measure, and write a table or JSON."""
    parser = argparse.ArgumentParser(
        prog="odr bench media", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="figures instead of a table")
    parser.add_argument("--quick", action="store_true", help="one short repetition at the usual load")
    parser.add_argument("--scenario", choices=[*LOADS, "recording"], action="append", help="default: all")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each load")
    parser.add_argument("--loads", help="multiples of the usual load")
    parser.add_argument("--host", default=runs.own_address(), help="address of this machine both sides use")
    chosen = parser.parse_args(list(words))
    if chosen.quick:
        chosen.repetitions, chosen.seconds, chosen.loads = 1, 1.0, chosen.loads or "1"
    scenarios = chosen.scenario or [*LOADS, "recording"]
    loads = {
        name: [float(one) for one in (chosen.loads or usual).split(",")] for name, usual in LOADS.items()
    }
    taken = asyncio.run(runs.take(scenarios, loads, chosen.repetitions, chosen.seconds, chosen.host))
    result = table.result(taken, chosen.host)
    out.write(json.dumps(result, indent=1) + "\n" if chosen.json else table.text(result))
    return 0
