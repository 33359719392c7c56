"""One film of a whole recording: everybody in a grid, who speaks in a frame, names, clock and case number.

It is made from the files of each person and `timeline.json`, and holds nothing that they do not: a convenience
for those who watch, never the evidence. One core, no hurry: the process that runs it is nice to the calls.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import av
from av.container import OutputContainer

from signaling import disk, mixing, timeline
from signaling.canvas import HEIGHT, WIDTH, Canvas, Place, places
from signaling.mixing import RATE, Sound

NAME = "composite.mp4"
FPS = 25
TICK_MS = Fraction(1000, FPS)
LOUD = 600  # of 32767: somebody speaks


@dataclass(frozen=True, slots=True)
class Wish:
    """What the film shall say. Chapters are (milliseconds since the beginning, title)."""

    title: str
    names: Mapping[str, str]
    zone: str = "Asia/Shanghai"
    screen: str = ""
    chapters: Sequence[tuple[int, str]] = ()


@dataclass(slots=True)
class Strip:
    """One file of one person on the way through the film."""

    label: str
    is_screen: bool
    from_ms: int
    until_ms: int
    sound: Sound | None
    frames: Iterator[av.VideoFrame]
    shown: av.VideoFrame | None = None
    coming: av.VideoFrame | None = None
    spoke_ms: Fraction = field(default_factory=lambda: Fraction(-(10**9)))

    def picture(self, at_ms: Fraction) -> av.VideoFrame | None:
        """The newest frame that was there at this time."""
        while self.coming is not None and self.coming.time * 1000 + self.from_ms <= at_ms:
            self.shown, self.coming = self.coming, next(self.frames, None)
        return self.shown

    def here(self, at_ms: Fraction) -> bool:
        return self.from_ms <= at_ms < self.until_ms


def compose(folder: Path, wish: Wish) -> int:
    """Write the film beside the files; its length in seconds, 0 if nobody was recorded."""
    told = json.loads((folder / timeline.NAME).read_bytes())
    with ExitStack() as stack:
        strips = [_strip(stack, folder, file, wish) for file in told["files"]]
        lasts_ms = max((strip.until_ms for strip in strips), default=0)
        if not lasts_ms:
            return 0
        begun = datetime.fromisoformat(told["started_at"]).astimezone(ZoneInfo(wish.zone))
        path = disk.unfinished(folder / NAME)
        with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as film:
            _write(film, strips, lasts_ms, begun, wish)
    disk.publish(folder / NAME)
    return round(lasts_ms / 1000)


def _write(
    film: OutputContainer, strips: Sequence[Strip], lasts_ms: int, begun: datetime, wish: Wish
) -> None:
    pictures = film.add_stream(
        "libx264", rate=FPS, options={"preset": "veryfast", "crf": "27", "threads": "1"}
    )
    pictures.width, pictures.height, pictures.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    pictures.codec_context.gop_size = FPS * 4  # somebody who jumps waits for little
    sounds = film.add_stream("aac", rate=RATE, layout="mono", bit_rate=64_000)
    film.set_chapters(_chapters(wish.chapters, lasts_ms))
    canvas = Canvas(wish.title)
    for tick in range(int(lasts_ms / TICK_MS) + 1):
        at_ms = tick * TICK_MS
        here = [strip for strip in strips if strip.here(at_ms)]
        chunk, louds = mixing.mix([(one.sound, one.from_ms) for one in here], tick, FPS)
        for strip, loud in zip(here, louds, strict=True):
            if loud > LOUD:
                strip.spoke_ms = at_ms
        canvas.arrange([Place(strip.label, rect) for strip, rect in zip(here, places(here), strict=True)])
        for number, strip in enumerate(here):
            canvas.show(number, strip.picture(at_ms), speaking=at_ms - strip.spoke_ms < 800)
        canvas.clock((begun + timedelta(milliseconds=float(at_ms))).strftime("%Y-%m-%d %H:%M:%S"))
        for packet in [*pictures.encode(canvas.frame(tick, FPS)), *sounds.encode(chunk)]:
            film.mux(packet)
    for packet in [*pictures.encode(None), *sounds.encode(None)]:
        film.mux(packet)


def _strip(stack: ExitStack, folder: Path, file: Mapping[str, Any], wish: Wish) -> Strip:
    path = folder / file["name"]
    watched, heard = (stack.enter_context(av.open(str(path))) for _ in range(2))
    frames = _decoded(watched, "video")
    is_screen = path.stem.endswith("-screen")
    name = wish.names.get(file["identity"], file["identity"])
    strip = Strip(
        label=f"{name} {wish.screen}" if is_screen else name,
        is_screen=is_screen,
        from_ms=file["from_ms"],
        until_ms=file["from_ms"] + file["duration_ms"],
        sound=Sound(_decoded(heard, "audio")) if heard.streams.audio else None,
        frames=frames,
    )
    strip.coming = next(frames, None)
    return strip


def _decoded(file: Any, kind: str) -> Iterator[Any]:
    """The frames of a file; what cannot be decoded is passed over, as a viewer's browser would."""
    for stream in [one for one in file.streams if one.type == kind][:1]:
        for packet in file.demux(stream):
            try:
                yield from packet.decode()
            except av.FFmpegError:
                continue


def _chapters(wanted: Sequence[tuple[int, str]], lasts_ms: int) -> list[Any]:
    marks = sorted((ms, title) for ms, title in wanted if 0 <= ms < lasts_ms)
    ends = [ms for ms, _ in marks[1:]] + [lasts_ms]
    return [
        {"id": number, "start": ms, "end": end, "time_base": Fraction(1, 1000), "metadata": {"title": title}}
        for number, ((ms, title), end) in enumerate(zip(marks, ends, strict=False))
    ]


def main() -> int:
    """`python -m signaling.composite FOLDER`, the wish as JSON on standard input."""
    said = json.load(sys.stdin)
    chapters = [(ms, title) for ms, title in said.pop("chapters")]
    wish = Wish(**said, chapters=chapters)
    print(json.dumps({"name": NAME, "seconds": compose(Path(sys.argv[1]), wish)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
