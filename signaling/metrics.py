"""Counters in Prometheus text."""

from collections import Counter

from signaling.house import House


def text(house: House, counts: Counter[str]) -> str:
    """Everything countable, one line each."""
    gauges = {
        "sittings": len(house.sittings),
        "people": house.load(),
        "tracks": sum(len(person.publications) for one in house.sittings.values() for person in one.people()),
    }
    lines = [f"odr_media_{name} {value}" for name, value in gauges.items()]
    lines += [f"odr_media_{name}_total {value}" for name, value in sorted(counts.items())]
    return "\n".join(lines) + "\n"
