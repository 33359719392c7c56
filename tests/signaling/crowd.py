"""`make calls`, a full room: people whom nobody paints and two browsers that see all of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import Any

import av

from signaling import wire
from signaling.access import Access, Gate
from signaling.batch import Outlet
from signaling.bench import ours
from signaling.bench.descriptions import VP8
from signaling.bench.load import MARK, Load, Publisher
from signaling.bench.scene import Member, Scene
from signaling.lane import translated
from tests.signaling.browsers import open_peer
from tests.signaling.calling import CAMERA, OWN, Sizes, chromium, flows, row
from tests.signaling.peers import Server
from tests.signaling.test_chromium import stats

PART = 1080  # bytes of a picture in one packet
SHARE = 0.6  # of the benchmark's usual load: 15 pictures a second, each a tile of 180 lines


class Painter(Publisher):
    """Sends pictures that a decoder takes."""

    def __init__(self, member: Member, random: Random, pictures: Sequence[bytes]) -> None:
        super().__init__(member, random)
        self._pictures = pictures

    def frame(self, outlet: Outlet) -> int:
        """The next picture, in as many packets as it needs; behind its end stands the mark, which no decoder reads."""
        picture = self._pictures[self.frames % len(self._pictures)]
        parts = [picture[at : at + PART] for at in range(0, len(picture), PART)]
        self.picture = self.picture + 1 & 0x7FFF
        for number, part in enumerate(parts):
            descriptor = bytes(
                (0x80 if number else 0x90, 0x80, 0x80 | self.picture >> 8, self.picture & 0xFF)
            )
            start, last = self._frame_extension + descriptor + part, number == len(parts) - 1
            size = wire.HEADER.size + len(start) + (MARK.size if last else 0)
            self._lay(outlet, number, 1, last, VP8, self.frames * 3600, self.video, start, size)
        self.frames += 1
        return len(parts)


def encoded() -> list[bytes]:
    """Two seconds of small pictures that a decoder takes, some 180 kb/s of them, the first of them whole."""
    encoder = av.CodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt, encoder.bit_rate = 320, 180, "yuv420p", 180_000
    encoder.time_base, encoder.gop_size = Fraction(1, 15), 1000
    encoder.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0", "error-resilient": "1"}
    pictures = []
    for number in range(30):
        frame = av.VideoFrame(320, 180, "yuv420p")
        luma, *chroma = frame.planes
        width = luma.line_size
        line = bytes(96 + (at + 3 * number) % width // 2 & 255 for at in range(width))
        luma.update(
            b"".join(line[7 * (row // 4) % width :] + line[: 7 * (row // 4) % width] for row in range(180))
        )
        for plane in chroma:
            plane.update(bytes([128]) * plane.buffer_size)
        frame.pts = number
        pictures += [bytes(packet) for packet in encoder.encode(frame)]
    return pictures + [bytes(packet) for packet in encoder.encode(None)]


async def twenty(sizes: Sizes) -> list[dict[str, Any]]:
    """A full room: synthetic people who send small pictures, and two Chromium."""
    wide = ("--line", "100000000")  # synthetic people have no need to be taken gently
    own = ("--key", ours.KEY, "--secret", ours.SECRET)
    translated()  # the first time takes longer than a start may
    server = Server(public=OWN, more=("--compiled", "--udp-host", OWN, *wide, *own))
    scene = Scene(OWN, ours.certificate(), [Member(number, "twenty") for number in range(sizes.people)])
    seats = [ours.Seat(member, scene, server.http) for member in scene.members]
    gate = Gate(ours.KEY, ours.SECRET)

    def cpu() -> float:
        return time.clock_gettime((~server.process.pid << 3) | 2)

    try:
        for seat in seats:
            await seat.join()
        await asyncio.gather(*(seat.complete() for seat in seats))
        async with chromium() as (browser, address):
            people = {}
            for who in ("x", "y"):
                people[who] = await open_peer(browser, address)
                bearer = gate.issue(Access(who, "twenty"), time.time())
                await people[who].evaluate(f"peer.join('{server.url}', '{bearer}')")
                await people[who].evaluate(f"peer.publish({CAMERA})")
            await flows(people)
            before = [await stats(people[who]) for who in "xy"]
            pictures = encoded()
            load = Load(scene, lambda member, random: Painter(member, random, pictures))
            figures = await asyncio.to_thread(load.run, SHARE, sizes.crowd, cpu)
            after = [await stats(people[who]) for who in "xy"]
            load.close()
        for seat in seats:
            await seat.close()
        passed = server.counts()["datagrams_passed"]
    finally:
        server.stop()
    freezes = sum(now[who]["freezes"] - past[who]["freezes"]
                  for past, now, who in zip(before, after, "yx", strict=True))  # fmt: skip
    return [{**row("full room, share of a core", figures.cpu / figures.seconds, 0.35, ""),
             "passed by compiled code": passed},
            row("full room, freezes", freezes, 0, "")]  # fmt: skip
