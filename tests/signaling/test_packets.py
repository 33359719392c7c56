"""The pure packet side: numbers, descriptors, reports, layers."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signaling import h264, rtcp, vp8, wire
from signaling.arrivals import Arrived
from signaling.budget import Budget, Limits
from signaling.copies import Copy
from signaling.downtrack import DownTrack
from signaling.peer import Outbox, Peer, Section, written
from signaling.seqmap import SeqMap
from signaling.uptrack import Codec, UpTrack

VP8 = Codec("vp8", 90000, 96, 97)
OPUS = Codec("opus", 48000, 111)


def frame(picture: int, *, key: bool = False, tl0: int = 0) -> bytes:
    """A VP8 payload that begins a frame: 15-bit picture number, TL0PICIDX, KEYIDX."""
    return (
        bytes([0x90, 0xF0, 0x80 | picture >> 8 & 0x7F, picture & 0xFF, tl0, 0x20, 0 if key else 1])
        + b"picture"
    )


def rtp(seq: int, payload: bytes, ssrc: int = 5, timestamp: int = 0, kind: int = 96) -> bytes:
    return wire.write(kind, 1, seq & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc, b"", payload)


class Paper:
    """A sink that remembers."""

    def __init__(self) -> None:
        self.packets: list[wire.Packet] = []

    def take(self, down: DownTrack, packets: Sequence[bytes], now: float) -> None:
        self.packets += map(wire.parse, packets)

    def copy(self, one: Copy, octets: int, now: float) -> bool:
        self.take(one.down, one.written(), now)
        return True

    def clock(self, down: DownTrack, now: float) -> None: ...


def publisher(codec: Codec = VP8, rids: tuple[str, ...] = ()) -> tuple[Peer, UpTrack, Outbox]:
    outbox: Outbox = []
    peer = Peer(outbox, Counter())
    peer.numbers = {wire.MID: 4, wire.RID: 10, wire.REPAIRED_RID: 11, wire.AUDIO_LEVEL: 1}
    track = UpTrack("TR_1", "a", "PA_1|camera", "audio" if codec is OPUS else "video", codec)
    section = peer.sections["0"] = Section("0", track.kind)
    peer.publish(section, track, list(rids), [] if rids else [5, 6])
    return peer, track, outbox


def subscriber(track: UpTrack) -> tuple[DownTrack, Paper]:
    paper = Paper()
    down = DownTrack(track, paper)
    down.attach()
    return down, paper


def asked(outbox: Outbox, kind: type) -> list[rtcp.Message]:
    return [
        one
        for _, data in written(outbox)
        if 192 <= data[1] <= 223
        for one in rtcp.parse(data)
        if isinstance(one, kind)
    ]


# ---- sequence numbers


def test_what_is_left_out_leaves_no_gap() -> None:
    numbers = SeqMap(100)
    assert numbers.forward(65534) == 100
    numbers.drop(65535)
    assert numbers.forward(0) == 101
    numbers.drop(1)
    numbers.drop(2)
    assert numbers.forward(3) == 102


def test_a_late_packet_keeps_the_place_it_had() -> None:
    numbers = SeqMap(10)
    assert [numbers.forward(seq) for seq in (1, 3)] == [10, 12]
    numbers.drop(4)
    assert numbers.forward(5) == 13
    assert numbers.forward(2) == 11
    assert numbers.forward(4) is None
    assert numbers.forward(0) is None


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3)), max_size=120), st.integers(0, 65535))
@settings(max_examples=150, deadline=None)
def test_no_two_packets_share_a_number(steps: list[tuple[bool, int]], start: int) -> None:
    numbers, out, seq = SeqMap(7), {}, start
    for dropped, back in steps:
        if dropped:
            numbers.drop(seq & 0xFFFF)
        else:
            out[seq] = numbers.forward(seq & 0xFFFF)
        late = seq - back
        if back and late not in out and (number := numbers.forward(late & 0xFFFF)) is not None:
            out[late] = number
        seq += 1
    given_numbers = [number for number in out.values() if number is not None]
    assert len(set(given_numbers)) == len(given_numbers)


@given(st.integers(0, 65535), st.integers(-30000, 30000), st.integers(0, 1 << 40))
def test_unwrapping_finds_the_nearest(value: int, step: int, near: int) -> None:
    target = near + step
    assert wire.unwrap(target & 0xFFFF, near) == target


# ---- formats


def test_a_header_extension_is_read_in_both_forms() -> None:
    block = wire.extension_block({4: b"mid", 10: b"f"})
    packet = wire.parse(wire.write(96, 0, 1, 2, 3, block, b"x"))
    assert wire.extensions(packet.extension) == {4: b"mid", 10: b"f"}
    wide = b"\x10\x00\x00\x02" + bytes([4, 3]) + b"mid" + bytes([10, 1]) + b"f"
    assert wire.extensions(wire.parse(wire.write(96, 0, 1, 2, 3, wide, b"x")).extension) == {
        4: b"mid",
        10: b"f",
    }


@pytest.mark.parametrize("length", range(12))
def test_a_short_packet_is_malformed(length: int) -> None:
    with pytest.raises(wire.Malformed):
        wire.parse(rtp(1, b"")[:length])


def test_a_keyframe_is_known_by_its_first_packet() -> None:
    for payload, expected in ((frame(1, key=True), True), (frame(1), False), (b"\x00\x00", False)):
        descriptor = vp8.parse(payload)
        assert descriptor is not None
        assert vp8.is_keyframe(payload, descriptor) is expected
    assert h264.is_keyframe(bytes([0x18, 0, 1, 0x67, 0, 1, 0x68]))
    assert h264.is_keyframe(bytes([0x7C, 0x85]))
    assert not h264.is_keyframe(bytes([0x7C, 0x05]))
    assert not h264.is_keyframe(b"")


def test_rtcp_written_is_rtcp_read() -> None:
    report = rtcp.SenderReport(7, 1 << 40, 99)
    block = rtcp.Reception(8, 12, 1000, 3, 4, 5)
    data = (
        rtcp.sender_report(report, 1, 2, "someone")
        + rtcp.receiver_report(1, [(block, 6)])
        + rtcp.picture_loss(1, 9)
        + rtcp.missing(1, 9, [65535, 0, 5, 40])
        + rtcp.estimate(1, 4_000_000, [9])
    )
    assert rtcp.parse(data) == [
        report,
        block,
        rtcp.KeyframeWanted(9),
        rtcp.Missing(9, [0, 5, 40, 65535]),
        rtcp.Estimate(4_000_000 >> 4 << 4),
    ]


# ---- forwarding


def test_a_subscriber_starts_with_a_keyframe_and_hears_no_gap() -> None:
    peer, track, outbox = publisher()
    _, paper = subscriber(track)
    for step in range(10):
        peer.receive(rtp(step, frame(step, key=step == 4)), step / 30)
        peer.tick(step / 30)
    assert [packet.payload for packet in paper.packets] == [
        frame(step, key=step == 4) for step in range(4, 10)
    ]
    numbers = [packet.seq for packet in paper.packets]
    assert numbers == list(range(numbers[0], numbers[0] + 6))
    assert len(asked(outbox, rtcp.KeyframeWanted)) == 1


def test_keyframe_requests_of_many_become_two_a_second() -> None:
    peer, track, outbox = publisher()
    peer.receive(rtp(0, frame(0)), 0.0)
    viewer = Peer([], Counter())
    down = DownTrack(track, viewer)
    down.attach()
    viewer.subscribe(Section("1", "video"), down)
    peer.receive(rtp(1, frame(1, key=True)), 0.0)
    for step in range(1000):
        viewer.receive(rtcp.picture_loss(1, down.ssrc), step / 1000)
        peer.tick(step / 1000)
    assert len(asked(outbox, rtcp.KeyframeWanted)) <= 2


def test_a_switch_of_layers_runs_on_without_a_jump() -> None:
    peer, track, _ = publisher(rids=("q", "f"))
    down, paper = subscriber(track)
    down.track.sizes = [(320, 180), (1280, 720)]

    def send(rid: str, ssrc: int, seq: int, picture: int, key: bool, now: float) -> None:
        names = wire.extension_block({4: b"0", 10: rid.encode()})
        clock = {"q": 1_000_000, "f": 77_000_000}[rid] + int(now * 90000)
        peer.receive(
            wire.write(96, 1, seq, clock, ssrc, names, frame(picture, key=key, tl0=picture & 255)), now
        )

    down.want(paused=False, width=320)
    for step in range(5):
        send("q", 11, 500 + step, 100 + step, step == 0, step / 30)
        send("f", 12, 9000 + step, 20000 + step, step == 0, step / 30)
        track.choose(step / 30)
    down.want(paused=False, width=1280)
    track.choose(5 / 30)
    for step in range(5, 10):
        send("q", 11, 500 + step, 100 + step, False, step / 30)
        send("f", 12, 9000 + step, 20000 + step, step == 7, step / 30)
    numbers = [packet.seq for packet in paper.packets]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    pictures = [vp8.parse(packet.payload) for packet in paper.packets]
    assert [one.picture for one in pictures if one] == list(range(100, 111))
    assert [one.tl0 for one in pictures if one] == [number & 255 for number in range(100, 111)]
    stamps = [packet.timestamp for packet in paper.packets]
    assert all(0 < later - earlier < 9000 for earlier, later in itertools.pairwise(stamps))
    assert down.layer is track.layers["f"]


@pytest.mark.parametrize(
    ("tile", "rank"),
    [
        ((300, 170), 0),
        ((350, 190), 0),
        ((660, 370), 1),
        ((1200, 700), 2),
        ((2000, 1200), 99),
        ((170, 300), 0),
    ],
)
def test_a_tile_gets_the_smallest_picture_that_fills_it(tile: tuple[int, int], rank: int) -> None:
    _, track, _ = publisher(rids=("q", "h", "f"))
    down, _ = subscriber(track)
    for sizes in ([(320, 180), (640, 360), (1280, 720)], [(180, 320), (360, 640), (720, 1280)]):
        track.sizes = sizes
        down.want(paused=False, width=tile[0], height=tile[1])
        assert down.rank == rank


def test_a_lost_packet_is_asked_for_and_its_repair_forwarded() -> None:
    peer, track, outbox = publisher()
    _, paper = subscriber(track)
    for seq in (0, 1, 3):
        peer.receive(rtp(seq, frame(seq, key=seq == 0)), 0.0)
    peer.tick(0.03)
    assert asked(outbox, rtcp.Missing) == [rtcp.Missing(5, [2])]
    peer.receive(rtp(77, b"\x00\x02" + frame(2), ssrc=6, kind=97), 0.05)
    peer.receive(rtp(78, b"\x00\x02" + frame(2), ssrc=6, kind=97), 0.06)
    assert [packet.payload for packet in paper.packets] == [frame(0, key=True), frame(1), frame(3), frame(2)]
    assert paper.packets[3].seq == paper.packets[1].seq + 1


def test_a_sender_that_leaves_gap_upon_gap_is_asked_for_no_more_than_a_packet_names() -> None:
    peer, track, outbox = publisher()
    layer = track.layers[""]
    for seq in range(0, 65_000, 64):
        peer.receive(rtp(seq, frame(seq)), seq / 65_000)
        peer.tick(seq / 65_000 + 0.01)
        assert len(layer.missing) <= 512
    assert asked(outbox, rtcp.KeyframeWanted)


def test_numbers_far_apart_are_asked_for_in_as_many_packets_as_they_need() -> None:
    peer, _, outbox = publisher()
    peer.budget = Budget(Limits(packets=10_000, octets=10_000_000), peer.row)
    lost = range(17, 17 * 401, 17)
    for seq in range(17 * 401):
        if seq not in lost:
            peer.receive(rtp(seq, frame(seq)), 1.0)
    for tick in range(3):
        peer.tick(1.02 + tick / 50)
    requests = [data for _, data in outbox if data[1] == rtcp.FEEDBACK]
    assert max(map(len, requests)) <= 1212
    assert sorted(seq for one in asked(outbox, rtcp.Missing) for seq in one.seqs) == list(lost)


def test_missing_numbers_are_named_once_each_in_either_order() -> None:
    numbers = [3, 4, 19, 20, 21, 500, 517, 65_535, 0]
    (read,) = rtcp.parse(rtcp.missing(1, 5, numbers))
    assert isinstance(read, rtcp.Missing)
    assert sorted(read.seqs) == sorted(numbers)


def test_a_subscriber_gets_a_lost_packet_again_but_not_twice_at_once() -> None:
    peer, track, _ = publisher()
    outbox: Outbox = []
    viewer = Peer(outbox, Counter())
    down = DownTrack(track, viewer)
    down.bind("1", VP8, b"")
    viewer.subscribe(Section("1", "video"), down)
    for seq in range(3):
        peer.receive(rtp(seq, frame(seq, key=seq == 0)), 0.0)
    lost = wire.parse(list(written(outbox))[1][1])
    del outbox[:]
    for _ in range(5):
        viewer.receive(rtcp.missing(1, down.ssrc, [lost.seq]), 0.1)
    assert len(outbox) == 1
    repair = wire.parse(next(written(outbox))[1])
    assert (repair.payload_type, repair.ssrc) == (97, down.repair_ssrc)
    assert repair.payload == lost.seq.to_bytes(2, "big") + lost.payload


def test_padding_is_not_missed() -> None:
    peer, track, outbox = publisher()
    _, paper = subscriber(track)
    peer.receive(rtp(0, frame(0, key=True)), 0.0)
    padding = bytearray(rtp(1, bytes(9) + b"\x0a"))
    padding[0] |= 0x20
    peer.receive(bytes(padding), 0.0)
    peer.receive(rtp(2, frame(1)), 0.0)
    assert paper.packets[1].seq == (paper.packets[0].seq + 1) & 0xFFFF
    peer.tick(1.0)
    assert not asked(outbox, rtcp.Missing)


def from_now_on(track: UpTrack) -> Paper:
    """What somebody receives who may have nothing that was sent before."""
    paper = Paper()
    DownTrack(track, paper, from_now=True).attach()
    return paper


def test_a_keyframe_sent_before_a_recording_began_is_not_recorded_however_late_it_is_repaired() -> None:
    peer, track, outbox = publisher()
    peer.receive(rtp(65_533, frame(0)), 0.0)
    peer.receive(rtp(65_535, frame(2)), 0.0)
    paper = from_now_on(track)
    peer.receive(rtp(0, frame(3)), 0.01)
    peer.receive(rtp(77, b"\xff\xfe" + frame(1, key=True), ssrc=6, kind=97), 0.02)
    peer.receive(rtp(1, frame(4)), 0.03)
    assert not paper.packets
    peer.tick(0.6)
    assert asked(outbox, rtcp.KeyframeWanted)
    peer.receive(rtp(2, frame(5, key=True)), 0.7)
    peer.receive(rtp(3, frame(6)), 0.7)
    assert [one.payload for one in paper.packets] == [frame(5, key=True), frame(6)]


def test_sound_sent_before_a_recording_began_is_not_recorded_however_late_it_is_repaired() -> None:
    peer, track, _ = publisher(OPUS)
    for seq in (10, 12):
        peer.receive(rtp(seq, b"%d" % seq, kind=111), 0.0)
    paper = from_now_on(track)
    for seq in (11, 13, 12, 14):
        peer.receive(rtp(seq, b"%d" % seq, kind=111), 0.02)
    assert [one.payload for one in paper.packets] == [b"13", b"14"]


def test_a_recording_follows_a_sender_whose_numbers_jump_back() -> None:
    peer, track, _ = publisher(OPUS)
    peer.receive(rtp(50_000, b"before", kind=111), 0.0)
    paper = from_now_on(track)
    for seq in (30_000, 30_001, 30_002):
        peer.receive(rtp(seq, b"%d" % seq, kind=111), 1.0)
    assert [one.payload for one in paper.packets] == [b"30001", b"30002"]


def test_a_closed_track_forwards_nothing_and_opens_with_a_keyframe() -> None:
    peer, track, _ = publisher()
    down, paper = subscriber(track)
    peer.receive(rtp(0, frame(0, key=True)), 0.0)
    track.is_open = False
    peer.receive(rtp(1, frame(1)), 0.0)
    assert len(paper.packets) == 1
    track.is_open = down.resumed = True
    peer.receive(rtp(2, frame(2)), 0.0)
    peer.receive(rtp(3, frame(3, key=True)), 0.0)
    shown = [(packet.payload[6], packet.payload[3]) for packet in paper.packets]
    assert shown == [(0, 0), (0, 1)]  # two keyframes; picture numbers run on
    assert paper.packets[1].seq == (paper.packets[0].seq + 1) & 0xFFFF


def test_reports_carry_the_publishers_clock() -> None:
    peer, track, _ = publisher(OPUS)
    down, _ = subscriber(track)
    peer.receive(wire.write(111, 0, 1, 48000, 5, b"", b"sound"), 10.0)
    peer.receive(rtcp.sender_report(rtcp.SenderReport(5, 100 << 32, 48000), 1, 1, "a"), 10.0)
    report = down.report(12.0)
    assert report is not None
    assert (report.ntp >> 32, report.timestamp - 48000 & 0xFFFFFFFF) == (102, 96000)


def test_too_many_broken_packets_end_in_a_farewell() -> None:
    peer, _, _ = publisher()
    for _ in range(51):
        peer.receive(b"\x90" + bytes(12), 0.5)
    assert peer.misbehaved


def test_reports_beyond_measure_are_not_read() -> None:
    peer, _, _ = publisher()
    for _ in range(1000):
        peer.receive(rtcp.estimate(1, 100_000, [9]), 0.5)
    peer.receive(rtcp.estimate(1, 200_000, [9]), 0.6)
    assert (peer.estimate, peer.counts["over_budget"]) == (100_000, 701)
    peer.receive(rtcp.estimate(1, 200_000, [9]), 1.5)
    assert peer.estimate == 200_000


def test_of_many_reports_of_arrivals_in_one_packet_one_is_read() -> None:
    never = rtcp.transport_feedback(1, 2, Arrived(7, [30_000, *[None] * 1900], 3))
    read = rtcp.parse(never * 50 + rtcp.picture_loss(1, 9))
    assert [type(one) for one in read] == [Arrived, rtcp.KeyframeWanted]


def test_packets_asked_for_again_beyond_measure_are_not_repeated() -> None:
    peer, track, _ = publisher()
    outbox: Outbox = []
    viewer = Peer(outbox, Counter())
    down = DownTrack(track, viewer)
    down.bind("1", VP8, b"")
    viewer.subscribe(Section("1", "video"), down)
    for seq in range(500):
        peer.receive(rtp(seq, frame(seq, key=seq == 0)), 0.0)
    first = wire.parse(next(written(outbox))[1]).seq
    request = rtcp.missing(1, down.ssrc, [first + seq & 0xFFFF for seq in range(500)])
    del outbox[:]
    for again in range(20):
        viewer.receive(request, 0.1 + again * 0.04)
    assert len(outbox) == 2000


def test_a_sender_whose_numbers_jump_is_followed() -> None:
    peer, track, _ = publisher(OPUS)
    _, paper = subscriber(track)
    for seq in (50_000, 50_001, 30_000, 30_001, 30_002, 31_000, 31_001):
        peer.receive(rtp(seq, b"%d" % seq, kind=111), 1.0)
    numbers = [packet.seq for packet in paper.packets]
    assert [packet.payload for packet in paper.packets] == [
        b"50000",
        b"50001",
        b"30001",
        b"30002",
        b"31000",
        b"31001",
    ]
    assert numbers == list(range(numbers[0], numbers[0] + 6))
