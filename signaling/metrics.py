"""Counters in Prometheus text."""

import asyncio

from signaling.house import House
from signaling.port import Port


def text(house: House, port: Port) -> str:
    """Everything countable, one line each."""
    gauges = {
        "sittings": len(house.sittings),
        "people": house.load(),
        "tracks": sum(len(person.publications) for one in house.sittings.values() for person in one.people()),
        "links": port.links(),
        "tasks": len(asyncio.all_tasks()),
    }
    lines = [f"odr_media_{name} {value}" for name, value in gauges.items()]
    lines += [f"odr_media_{name}_total {value}" for name, value in sorted(port.counts.items())]
    return "\n".join(lines) + "\n"
