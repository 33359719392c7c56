"""Counters in Prometheus text."""

import asyncio
from collections import Counter
from statistics import median

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
    told = [f"odr_media_{name} {value}" for name, value in gauges.items()] + lines(house)
    told += [f"odr_media_{name}_total {value}" for name, value in sorted(port.counts.items())]
    return "\n".join(told) + "\n"


def lines(house: House) -> list[str]:
    """How people's lines do: what they are believed to carry, and which pictures they are sent."""
    people = [person for one in house.sittings.values() for person in one.people()]
    pictures = [down for person in people for down in person.downs.values() if down.track.kind == "video"]
    flowing = Counter(down.layer.rid or "only" for down in pictures
                      if down.layer is not None and not (down.paused or down.starved))  # fmt: skip
    told = [f'odr_media_pictures{{layer="{layer}"}} {count}' for layer, count in sorted(flowing.items())]
    told.append(f"odr_media_pictures_starved {sum(down.starved for down in pictures)}")
    if people:
        told.append(f"odr_media_round_trip_seconds {median(one.receiver.rtt for one in people):.4f}")
        told.append(f"odr_media_narrowest_line_bits {min(one.receiver.room() for one in people):.0f}")
    return told
