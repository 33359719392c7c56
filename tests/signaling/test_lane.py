"""The fast lane: compiled code sends, counts, keeps and records what Python would, whatever comes."""

from __future__ import annotations

import gc
import itertools
import os
import socket
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from signaling import (
    batch,
    chain,
    copies,
    datagrams,
    downtrack,
    lane,
    layer,
    pacer,
    person,
    port,
    records,
    rows,
    rtcp,
    speaker,
    wire,
)  # fmt: skip
from signaling.contents import JOURNAL
from signaling.records import Kind
from signaling.uptrack import UpTrack
from tests.signaling.stage import AUDIO, LEVEL, MID, TRANSPORT, VIDEO, Member, Stage

SEEDS = int(os.environ.get("ODR_LANE_SEEDS", "3"))
SO_NO_CHECK = 11  # without checksums the kernel refuses segmentation
pytest.importorskip("numba")
from signaling.machine import counting, leaving, memory, reading, serving  # noqa: E402 (they need numba)


class Source:
    """One stream as an encoder makes it, with everything that happens on the way."""

    def __init__(self, random: Random, who: str, kind: str, ssrc: int) -> None:
        self.random, self.who, self.kind, self.ssrc = random, who, kind, ssrc
        self.seq, self.stamp = random.choice([65_500, random.getrandbits(16)]), random.getrandbits(32)
        self.picture, self.tl0, self.key = (
            random.getrandbits(15),
            random.getrandbits(8),
            random.getrandbits(5),
        )
        self.wide, self.sent, self.transport = random.random() < 0.7, 0, 0

    def burst(self, key: bool | None = None) -> list[bytes]:
        """A sound, or the packets of a picture."""
        if self.kind == "audio":
            self.stamp += 960
            return [
                self.packet(
                    AUDIO, self.random.random() < 0.1, self.random.randbytes(self.random.randrange(1, 160))
                )
            ]
        self.stamp += 3600
        key = self.random.random() < 0.08 if key is None else key
        self.picture, self.tl0, self.key = self.picture + 1, self.tl0 + 1, self.key + 1
        size, count = self.random.randrange(2, 1150), self.random.randrange(1, 7)
        return [
            self.packet(VIDEO, part == count - 1, self.descriptor(part) + bytes([not key])
                        + self.random.randbytes(max(size - self.random.randrange(3), 1)))
            for part in range(count)
        ]  # fmt: skip

    def descriptor(self, part: int) -> bytes:
        number = (
            (0x8000 | self.picture & 0x7FFF).to_bytes(2, "big") if self.wide else bytes([self.picture & 0x7F])
        )
        flags = self.random.choice([0x80, 0xC0, 0xF0, 0xE0])
        body = bytes([0x80 | (0x10 if part == 0 else 0), flags]) + number
        body += bytes([self.tl0 & 0xFF]) if flags & 0x40 else b""
        return body + (bytes([0x20 | self.key & 0x1F]) if flags & 0x30 else b"")

    def packet(self, kind: int, marker: bool, payload: bytes, *, padding: int = 0) -> bytes:
        self.seq, self.transport, self.sent = self.seq + 1 & 0xFFFF, self.transport + 1, self.sent + 1
        elements = {TRANSPORT: (self.transport & 0xFFFF).to_bytes(2, "big"), MID: self.kind.encode()}
        if self.kind == "audio":
            elements[LEVEL] = bytes([self.random.randrange(128)])
        data = bytearray(wire.write(kind, marker, self.seq, self.stamp & 0xFFFFFFFF, self.ssrc,
                                    wire.extension_block(elements), payload))  # fmt: skip
        if padding:
            data[0] |= 0x20
            data += bytes(padding - 1) + bytes([padding])
        return bytes(data)

    def report(self, at: int) -> bytes:
        clock = 48000 if self.kind == "audio" else 90000
        stamp = self.stamp + at * clock // 25
        return rtcp.sender_report(
            rtcp.SenderReport(self.ssrc, at * (1 << 32) // 25, stamp & 0xFFFFFFFF), 1, 1, "x"
        )


def disturbed(random: Random, source: Source, data: list[bytes]) -> list[tuple[bytes, bool]]:
    """What becomes of packets on the way: lost, repeated, out of order, forged, padded, of a rare form."""
    way = [(one, False) for one in data]
    what = random.random()
    if what < 0.05:
        way.pop(random.randrange(len(way)))
    elif what < 0.1:
        way.append(random.choice(way))
    elif what < 0.15:
        random.shuffle(way)
    elif what < 0.2:
        way.insert(random.randrange(len(way) + 1), (random.choice(data), True))
    elif what < 0.25:
        way.append((source.packet(VIDEO if source.kind == "video" else AUDIO, False, b"", padding=20), False))
    elif what < 0.3:
        way.append(
            (
                source.packet(VIDEO if source.kind == "video" else AUDIO, False, b"\x00\x01rest", padding=9),
                False,
            )
        )
    elif what < 0.33:  # a contributing source
        one = bytearray(way[-1][0])
        way[-1] = bytes([one[0] | 1]) + bytes(one[1:12]) + bytes(4) + bytes(one[12:]), False
    elif what < 0.36:  # nobody announced this stream
        way.append((wire.write(VIDEO, 0, 5, 5, 0x77777777, b"", b"stray"), False))
    elif what < 0.38:  # an extension of the long form
        way.append(
            (
                wire.write(
                    VIDEO,
                    0,
                    source.seq,
                    1,
                    source.ssrc,
                    b"\x10\x00\x00\x01\x01\x01\x02\x00",
                    b"\x90\x00\x01x",
                ),
                False,
            )
        )
    elif what < 0.46:
        way.append((junk(random, source), False))
    return way


def junk(random: Random, source: Source) -> bytes:
    """A packet in its turn whose inside means nothing."""
    source.seq = source.seq + 1 & 0xFFFF
    words = random.randrange(5)
    extension = (
        b"\xbe\xde" + (words + random.choice([0, 0, 0, 1])).to_bytes(2, "big") + random.randbytes(4 * words)
    )
    first = 0x90 | random.choice([0, 0, 0x20])
    head = wire.HEADER.pack(first, VIDEO, source.seq, source.stamp & 0xFFFFFFFF, source.ssrc)
    return head + extension + random.randbytes(random.randrange(8, 40))


class Play:
    """The same scene on two stages; every step is done on both."""

    def __init__(self, seed: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.random = Random(seed)
        self.stages = []
        self.numbers = {name: itertools.count(1_000_001, 7919) for name in ("plain", "compiled")}
        self.now = ""
        monkeypatch.setattr(layer, "ALIVE", 1e9)  # what depends on the time is no matter here
        monkeypatch.setattr(downtrack, "REPAIRED_WITHIN", 1e9)
        monkeypatch.setattr(downtrack, "new_ssrc", lambda: next(self.numbers[self.now]))
        for name in self.numbers:
            self.now = name
            self.stages.append(self.stage(name == "compiled", folder / name))
        self.sources = [
            Source(self.random, who, kind, ssrc)
            for number, who in enumerate("abc", 1)
            for kind, ssrc in (("audio", 100 + number), ("video", 200 + number), ("video", 300 + number))
            if ssrc < 300 or who == "a"
        ]
        self.repeated: set[tuple[str, int, int]] = set()

    @staticmethod
    def stage(compiled: bool, folder: Path) -> Stage:
        stage = Stage(compiled, folder)
        for number, name in enumerate("abc", 1):
            member = stage.enter(name, numbered=name == "b")
            member.publish("audio", [100 + number], [])
            member.publish(
                "video", [200 + number] if name != "a" else [201, 301], [] if name != "a" else ["q", "h"]
            )
            member.tracks["video"].sizes = [(320, 180), (640, 360)] if name == "a" else []
        stage.introduce(["audio", "video"])
        for member in stage.members.values():
            for track in member.tracks.values():
                stage.record(track)
        return stage

    def each(self, do: Callable[[Stage], None]) -> None:
        for name, stage in zip(self.numbers, self.stages, strict=True):
            self.now = name
            do(stage)

    def say(self, who: str, data: bytes, *, forged: bool = False) -> None:
        self.each(lambda stage: stage.members[who].send(data, forged=forged))

    def turn(self) -> None:
        self.each(Stage.turn)

    def step(self, number: int) -> None:
        random = self.random
        for source in random.sample(self.sources, random.randrange(1, len(self.sources) + 1)):
            for data, forged in disturbed(random, source, source.burst()):
                self.say(source.who, data, forged=forged)
        if number % 10 == 0:
            for source in self.sources:
                self.say(source.who, source.report(number))
        self.interfere(number)
        self.turn()

    def interfere(self, number: int) -> None:
        random, who, other = self.random, *self.random.sample("abc", 2)
        kind = random.choice(["audio", "video"])
        what = random.random()
        if what < 0.04:
            paused = random.random() < 0.5
            self.each(lambda stage: down_of(stage, who, other, kind).want(paused=paused))
        elif what < 0.08:
            opened = random.random() < 0.6
            self.each(lambda stage: person._gate(stage.members[who].tracks[kind], opened))
        elif what < 0.1:
            self.each(lambda stage: leave_and_come(stage, who, other, kind))
        elif what < 0.13:
            self.each(lambda stage: stage.members[who].move())
        elif what < 0.2:
            quality = random.randrange(2)
            self.each(
                lambda stage: (
                    down_of(stage, who, "a", "video").want(paused=False, quality=quality)
                    if who != "a"
                    else None
                )
            )
        elif what < 0.4:
            self.ask_again(who, other, kind)
        elif what < 0.45:
            self.say(who, rtcp.picture_loss(1, down_of(self.stages[0], who, other, "video").ssrc))
        if number % 7 == 0:
            self.each(lambda stage: stage.members["a"].tracks["video"].choose(lane.steady()))

    def ask_again(self, who: str, other: str, kind: str) -> None:
        down = down_of(self.stages[0], who, other, kind)
        lost = {down.numbers.next - back & 0xFFFF for back in self.random.sample(range(1, 40), 3)}
        lost = {seq for seq in lost if (who, down.ssrc, seq) not in self.repeated}
        self.repeated |= {(who, down.ssrc, seq) for seq in lost}
        if lost:
            self.say(who, rtcp.missing(1, down.ssrc, sorted(lost)))


def down_of(stage: Stage, who: str, other: str, kind: str) -> Any:
    return stage.members[who].downs[stage.members[other].tracks[kind].sid]


def leave_and_come(stage: Stage, who: str, other: str, kind: str) -> None:
    member, track = stage.members[who], stage.members[other].tracks[kind]
    member.peer.release(member.downs.pop(track.sid))
    member.subscribe(track)


def counted(track: UpTrack) -> list[Any]:
    layers = [
        (one.rid, one.highest, one.received, one.octets, sorted(one.missing), one.picture,
         [packet and (packet.payload, packet.marker, packet.timestamp, packet.keyframe)
          for packet in map(one.recent.kept, range(one.highest - 60 & 0xFFFF, one.highest & 0xFFFF))])
        for one in track.layers.values() if one.highest is not None
    ]  # fmt: skip
    return [layers, track.loudness.count, track.loudness.loud, track.loudness.quietest_sum]


def sent(member: Member) -> list[Any]:
    told = []
    for down in member.downs.values():
        down._catch_up()
        told.append((down.track.sid, down.packets, down.octets, down.last[0], down.numbers.next, down.shift,
                     down.layer.rid if down.layer else None))  # fmt: skip
    return told


def recorded(stage: Stage) -> dict[int, list[bytes]]:
    stage.recording.flush()
    packets = defaultdict(list)
    for segment in chain.walk(stage.recording.directory / JOURNAL):
        for record in records.unpack(segment.content):
            if record.kind == Kind.PACKET:
                packets[record.track].append(record.body)
    return packets


@pytest.fixture
def play(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Play]:
    play = Play(request.param, tmp_path, monkeypatch)
    yield play
    play.each(Stage.close)


@pytest.mark.parametrize("play", range(SEEDS), indirect=True)
def test_whatever_comes_and_changes_everybody_gets_the_same_and_the_same_is_counted(play: Play) -> None:
    for number in range(80):
        play.step(number)
        plain, fast = play.stages
        for who, member in plain.members.items():
            assert fast.members[who].got == member.got, (number, who)
            assert sent(fast.members[who]) == sent(member), (number, who)
            for kind, track in member.tracks.items():
                assert counted(fast.members[who].tracks[kind]) == counted(track), (number, who, kind)

    assert recorded(fast) == recorded(plain)
    for numbers in (fast.members["b"].transports, plain.members["b"].transports):
        assert len(set(numbers)) == len(numbers) > max(numbers) - fast.port.counts["not_sealed"] - 1
    for name in ("forged", "malformed", "unbound", "datagrams_in", "repeated", "internal_error"):
        assert fast.port.counts[name] == plain.port.counts[name], name
    assert fast.port.counts["datagrams_passed"] > fast.port.counts["datagrams_in"] / 4


def frames(random: Random, who: str, ssrc: int, count: int) -> list[bytes]:
    """The packets of some pictures, the first of them whole."""
    source = Source(random, who, "video", ssrc)
    source.wide = True
    return [data for number in range(count) for data in source.burst(key=number == 0)]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(True, tmp_path / "tape")
    for number, name in enumerate("ab", 1):
        stage.enter(name).publish("video", [200 + number], [])
    stage.introduce(["video"])
    yield stage
    stage.close()


def test_a_kernel_that_refuses_segments_gets_packets_one_by_one(stage: Stage) -> None:
    stage.port.datagrams.socket.setsockopt(socket.SOL_SOCKET, SO_NO_CHECK, 1)
    given = frames(Random(1), "a", 201, 8)

    for data in given:
        stage.members["a"].send(data)
    stage.turn()

    assert stage.port.counts["not_segmented"]
    assert not stage.port.counts["send_failed"]
    [got] = stage.members["b"].got.values()
    assert [one[4] for one in got] == [wire.Packet(data).payload for data in given]


def test_what_a_narrow_line_cannot_take_waits_its_turn_and_nothing_overtakes(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.signaling.stage.WIDE", 5_000)
    b = stage.members["b"]
    b.peer.pacer.estimator.rate = 400_000.0
    given = frames(Random(2), "a", 201, 12)

    for data in given:
        stage.members["a"].send(data)
    stage.turn()
    assert b.peer.pacer.waits
    while b.peer.pacer.waits:
        b.peer.pacer.tick(lane.steady())
        stage.port.flush()
        stage.turn()

    [got] = b.got.values()
    assert [one[4] for one in got] == [wire.Packet(data).payload for data in given]


def test_who_was_put_out_gets_nothing_of_what_had_come_already(stage: Stage) -> None:
    first, *rest = frames(Random(3), "a", 201, 6)
    stage.members["a"].send(first)
    stage.turn()
    [got] = stage.members["b"].got.values()
    before = len(got)

    for data in rest:
        stage.members["a"].send(data)
    down = down_of(stage, "b", "a", "video")
    stage.members["b"].peer.release(down)
    stage.turn()

    assert len(got) == before


def test_a_connection_that_ended_is_sent_nothing_even_by_rows_that_still_name_it(stage: Stage) -> None:
    given = frames(Random(4), "a", 201, 6)
    for data in given[:4]:
        stage.members["a"].send(data)
    stage.turn()
    b = stage.members["b"]

    stage.port.drop(b.link)  # its rows go on standing in the layer's table
    b.link.srtp = None
    del b.link
    gc.collect()
    out = stage.port.counts["datagrams_out"]
    for data in given[4:]:
        stage.members["a"].send(data)
    stage.turn()

    assert stage.port.counts["datagrams_out"] == out


def test_more_than_the_tape_holds_is_recorded_all_the_same(stage: Stage) -> None:
    stage.record(stage.members["a"].tracks["video"])
    given = frames(Random(5), "a", 201, 150)

    for start in range(0, len(given), 40):
        for data in given[start : start + 40]:
            stage.members["a"].send(data)
        stage.turn()

    [bodies] = recorded(stage).values()
    assert [wire.Packet(one).payload for one in bodies] == [wire.Packet(one).payload for one in given]


def test_more_runs_than_the_outlet_holds_leave_in_turns(stage: Stage) -> None:
    for number in range(12):
        stage.enter(f"w{number}").subscribe(stage.members["a"].tracks["video"])
    given = frames(Random(6), "a", 201, 10)

    for data in given:
        stage.members["a"].send(data)
    stage.turn()

    for name, member in stage.members.items():
        if name != "a":
            assert [one[4] for one in next(iter(member.got.values()))] == [
                wire.Packet(x).payload for x in given
            ]


def test_budgets_hold_in_the_lane(stage: Stage) -> None:
    a = stage.members["a"]
    a.peer.row.words[rows.MOST_PACKETS] = 20
    given = frames(Random(7), "a", 201, 30)

    for data in given:
        a.send(data)
    stage.turn()

    assert stage.port.counts["over_budget"] >= len(given) - 2 * 20  # a second may turn meanwhile
    assert len(next(iter(stage.members["b"].got.values()))) <= 2 * 20


def test_what_is_forgotten_is_in_no_memory_any_more(stage: Stage) -> None:
    for data in frames(Random(8), "a", 201, 6):
        stage.members["a"].send(data)
    stage.turn()
    [layer] = stage.members["a"].tracks["video"].layers.values()
    assert layer.recent.kept(layer.highest & 0xFFFF) is not None
    assert any(layer.recent._memory.content[:5000])

    stage.members["a"].tracks["video"].forget()

    assert layer.recent.kept(layer.highest & 0xFFFF) is None
    assert not any(layer.recent._memory.content[:])


def test_a_packet_that_would_not_fit_its_slot_again_harms_no_other(stage: Stage) -> None:
    for number in range(4):  # what stands before a payload is longer on the way out
        stage.enter(f"w{number}", numbered=True).subscribe(stage.members["a"].tracks["video"])
    bodies = [b"\x80\x80\x80\x01" + bytes([number]) * (2010 if number % 2 else 200) for number in range(12)]
    bodies[0] = b"\x90\x80\x80\x01\x00whole"

    for number, body in enumerate(bodies):
        stage.members["a"].send(wire.write(VIDEO, 0, number, 1, 201, b"", body))
    stage.turn()

    for name in ("b", "w0", "w3"):
        [got] = stage.members[name].got.values()
        assert [one[4] for one in got] == bodies[::2]


def test_compiled_code_goes_by_the_same_sizes() -> None:
    ours = (memory.SLOT, reading.NAME, serving.TAKEN, serving.ROUNDS, leaving.SEGMENTS, leaving.UNEVEN,
            leaving.NUMBER_AT, leaving.PACKET, reading.EXTENSION, counting.BURST, counting.LOUD)  # fmt: skip
    theirs = (batch.SLOT, batch.NAME, datagrams.TAKEN, port.ROUNDS, batch.SEGMENTS, datagrams.UNEVEN,
              copies.NUMBER_AT, Kind.PACKET, wire.ONE_BYTE, pacer.BURST, speaker.ACTIVE_LEVEL)  # fmt: skip
    assert ours == theirs
    assert len(records.pack(Kind.PACKET, 0, 0, b"")) == counting.RECORD
