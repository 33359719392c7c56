"""Ten thousand mutations of everything we read: counters move, nothing else does."""

from __future__ import annotations

import base64
import gzip
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from aioice import stun
from livekit.protocol import models, rtc

from signaling import ice, protocol, rtcp, wire
from signaling.arrivals import Arrived
from signaling.control import COMMANDS
from signaling.house import House
from signaling.offering import Offering
from signaling.peer import Outbox, Peer
from signaling.session import ask
from signaling.sitting import Sitting
from signaling.wire import Malformed
from tests.signaling.offers import newcomer, offer, owners, publish, renew, say, section
from tests.signaling.test_packets import asked, frame, publisher, rtp, subscriber

MANY = 10_000


def mutations(seeds: list[bytes], seed: int, count: int = MANY) -> Iterator[bytes]:
    """Bytes flipped, cut, doubled, inserted; every twentieth is noise."""
    random = Random(seed)
    for number in range(count):
        if number % 20 == 0:
            yield random.randbytes(random.randint(1, 80))
            continue
        data = bytearray(random.choice(seeds))
        for _ in range(random.randint(1, 4)):
            at = random.randrange(len(data)) if data else 0
            change = random.randrange(4)
            if change == 0 and data:
                data[at] = random.randrange(256)
            elif change == 1:
                del data[at:]
            elif change == 2:
                data[at:at] = random.randbytes(random.randint(1, 8))
            else:
                data[at:at] = data[at : at + 16]
        yield bytes(data)


def binding(password: str, username: str = "ours:theirs") -> bytes:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, attributes={"USERNAME": username})
    message.attributes |= {"PRIORITY": 1, "ICE-CONTROLLING": 5, "USE-CANDIDATE": None}
    message.add_message_integrity(password.encode())
    return bytes(message)


def test_a_check_passes_with_the_password_only() -> None:
    known = {"ours": ("password", "owner")}
    passed = ice.check(binding("password"), ("192.0.2.7", 5000), known.get)
    assert passed is not None
    assert (passed.owner, passed.nominated) == ("owner", True)
    answer = stun.parse_message(passed.response)
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == ("192.0.2.7", 5000)
    assert answer.check_message_integrity(b"password")
    assert ice.check(binding("guess"), ("192.0.2.7", 5000), known.get) is None
    assert ice.check(binding("password", "other:x"), ("192.0.2.7", 5000), known.get) is None


def test_mutated_checks_pass_nobody() -> None:
    known = {"ours": ("password", "owner")}
    original = binding("password")
    passed = [
        data for data in mutations([original], 1)
        if ice.check(data, ("192.0.2.7", 5000), known.get) and data[: len(original) - 8] != original[:-8]
    ]  # fmt: skip
    assert passed == []


def test_mutated_media_breaks_neither_the_sender_nor_anybody_else() -> None:
    peer, track, _ = publisher()
    _, paper = subscriber(track)
    names = wire.extension_block({4: b"0", 10: b"f", 1: b"\x20"})
    seeds = [rtp(1, frame(1, key=True)), wire.write(96, 1, 2, 3, 9, names, frame(2)),
             wire.write(97, 1, 2, 3, 6, b"\x10\x00\x00\x02\x04\x03mid\x0a\x01f", b"\x00\x02" + frame(1))]  # fmt: skip
    for number, data in enumerate(mutations(seeds, 2)):
        peer.receive(data, number / 100)
    assert peer.counts["malformed"] > 100
    del paper.packets[:]
    for seq in range(3):
        peer.receive(rtp(40_000 + seq, frame(seq, key=True)), 200.0)
    assert paper.packets


def test_mutated_reports_break_nothing() -> None:
    peer, track, outbox = publisher()
    down, _ = subscriber(track)
    seeds = [
        rtcp.sender_report(rtcp.SenderReport(5, 1 << 40, 99), 1, 2, "someone"),
        rtcp.receiver_report(1, [(rtcp.Reception(down.ssrc, 12, 1000, 3, 4, 5), 6)]),
        rtcp.picture_loss(1, down.ssrc) + rtcp.missing(1, down.ssrc, [1, 2, 3]),
        rtcp.estimate(1, 4_000_000, [9]),
        rtcp.transport_feedback(1, down.ssrc, Arrived(7, [None, 30_000, 30_009, *[None] * 9, 32_000], 3)),
    ]
    for number, data in enumerate(mutations(seeds, 3)):
        peer.pacer.estimator.sent([1000], number / 100)
        if len(data) > 1:
            peer.receive(bytes([data[0], 192 + data[1] % 32]) + data[2:], number / 100)
    assert peer.counts["malformed"] > 1000
    assert 0 < peer.room() < 1e9
    peer.receive(rtp(1, frame(1)), 200.0)
    peer.tick(201.0)
    assert asked(outbox, rtcp.KeyframeWanted)


def test_mutated_offers_are_answered_or_refused_and_the_person_stays() -> None:
    sitting, outbox = Sitting("r", lambda event: None, _never, is_open=True), Outbox()
    first, paper = newcomer(sitting, "a", outbox)
    second, _ = newcomer(sitting, "b", outbox)
    publish(sitting, second, 20)
    good = offer(
        section("audio", "0", "sendonly", "mic", (5,)),
        section("video", "1", "recvonly"),
        section("data", "2"),
    )
    for data in mutations([good.encode()], 4):
        first.offers.clear()
        say(sitting, first, offer=rtc.SessionDescription(type="offer", sdp=data.decode("latin-1")))
        del paper.said[:-1]
    assert first.peer.counts["bad_sdp"] > 1000
    first.offers.clear()
    publish(sitting, first, 10)
    assert paper.last("answer").sdp.startswith("v=0")


def test_mutated_answers_are_taken_or_refused_and_the_person_stays() -> None:
    sitting, outbox = Sitting("r", lambda event: None, _never, is_open=True), Outbox()
    first, paper = newcomer(sitting, "a", outbox)
    first.receive_apart(Peer(outbox, Counter()), paper, Offering())
    second, _ = newcomer(sitting, "b", outbox)
    publish(sitting, second, 20)
    ask(first, 1.0)
    offered = paper.last("offer")
    assert "a=setup:actpass" in offered.sdp
    good = offered.sdp.replace("actpass", "active").replace("a=sendonly", "a=recvonly")
    for number, data in enumerate(mutations([good.encode()], 9, MANY // 4)):
        answer = rtc.SessionDescription(type="answer", sdp=data.decode("latin-1"), id=offered.id)
        say(sitting, first, float(number), answer=answer)
        del paper.said[:-1]
        first.offering.asked_at = 0.0
    assert first.peer.counts["bad_sdp"] > 100
    say(sitting, first, answer=rtc.SessionDescription(type="answer", sdp=good, id=offered.id))
    assert owners(first) <= {"b"}
    assert sitting.find("a") is first


def test_mutated_messages_are_read_or_refused() -> None:
    sitting, outbox = Sitting("r", lambda event: None, _never, is_open=True), Outbox()
    first, paper = newcomer(sitting, "a", outbox)
    second, _ = newcomer(sitting, "b", outbox)
    publish(sitting, second, 20)
    sid = next(iter(second.publications))
    seeds = [
        rtc.SignalRequest(add_track=rtc.AddTrackRequest(cid="c", type=models.TrackType.VIDEO, width=4)),
        rtc.SignalRequest(mute=rtc.MuteTrackRequest(sid=sid, muted=True)),
        rtc.SignalRequest(subscription=rtc.UpdateSubscription(track_sids=[sid], subscribe=True)),
        rtc.SignalRequest(track_setting=rtc.UpdateTrackSettings(track_sids=[sid], width=320, quality=1)),
        rtc.SignalRequest(ping_req=rtc.Ping(timestamp=1)),
        rtc.SignalRequest(sync_state=rtc.SyncState(track_sids_disabled=[sid])),
    ]
    refused = 0
    for number, data in enumerate(mutations([one.SerializeToString() for one in seeds], 5)):
        try:
            say_bytes(sitting, first, data, float(number))
        except Malformed:
            refused += 1
        del paper.said[:]
    assert refused > 1000
    assert len(first.publications) <= 16
    renew(sitting, second, 20, free=2)
    assert sitting.find("b") is second


def say_bytes(sitting: Sitting, person: Any, data: bytes, now: float) -> None:
    request = protocol.read_request(data)
    field = request.WhichOneof("message")
    if field is not None and field != "leave":
        say(sitting, person, now, **{field: getattr(request, field)})


def test_mutated_join_requests_are_read_or_refused() -> None:
    join = rtc.JoinRequest(
        client_info=models.ClientInfo(version="1"), participant_sid="PA_1"
    ).SerializeToString()
    zipped = rtc.WrappedJoinRequest.Compression.GZIP
    seeds = [rtc.WrappedJoinRequest(compression=zipped, join_request=gzip.compress(join)).SerializeToString(),
             rtc.WrappedJoinRequest(join_request=join).SerializeToString()]  # fmt: skip
    assert (
        protocol.read_join({"join_request": base64.urlsafe_b64encode(seeds[0]).decode()}).participant_sid
        == "PA_1"
    )
    refused = 0
    for data in mutations(seeds, 6):
        try:
            protocol.read_join({"join_request": base64.urlsafe_b64encode(data).decode()})
        except Malformed:
            refused += 1
    assert refused > 1000
    bomb = rtc.WrappedJoinRequest(compression=zipped, join_request=gzip.compress(bytes(50_000_000)))
    with pytest.raises(Malformed, match="too large"):
        protocol.read_join({"join_request": base64.urlsafe_b64encode(bomb.SerializeToString()).decode()})


def test_hostile_wishes_are_refused() -> None:
    house = House(lambda event: None, _never, is_open=False)
    random = Random(8)
    pieces: list[Any] = [
        None,
        True,
        -1,
        1e308,
        "x",
        "joint",
        [],
        {},
        {"joint": {}},
        {"a": {"room": "joint"}},
        [1],
        {"": 0},
    ]
    keys = ("sitting", "version", "rooms", "seats", "hosts", "fallback", "host_grace_s")
    outcomes = Counter[str]()
    for _ in range(MANY):
        request = {key: random.choice(pieces) for key in keys}
        try:
            COMMANDS["sync"](house, request)
            outcomes["applied"] += 1
        except Malformed:
            outcomes["refused"] += 1
    assert outcomes["refused"] > MANY // 2


def _never(*_: Any) -> Any:
    raise AssertionError("nobody asked for a recording")
