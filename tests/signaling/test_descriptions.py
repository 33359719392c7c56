"""Offers read and answers written."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from livekit.protocol import models, rtc

from signaling import sdp
from signaling.offering import Offering
from signaling.peer import Outbox, Peer
from signaling.sdp import Choice, Local
from signaling.session import ask
from signaling.sitting import Sitting
from signaling.wire import Malformed
from tests.signaling.offers import newcomer, offer, publish, renew, say, section

OURS = Local("ours", "ourpassword", "AA:BB", [("192.0.2.1", 7882)])


def hall() -> Sitting:
    return Sitting("r", lambda event: None, recorders=never, is_open=True)


def never(*_: Any) -> Any:
    raise AssertionError("nobody asked for a recording")


def test_an_offer_is_read() -> None:
    read = sdp.parse(offer(section("video", "3", "sendonly", "cam", (11, 12)), section("data", "4")))
    video, data = read.media
    assert (read.ufrag, read.bundle, data.kind) == ("umAr", ["3", "4"], "application")
    assert [(one.name, one.payload_type, one.repair_type) for one in video.codecs] == [
        ("vp8", 96, 97),
        ("h264", 103, 104),
    ]
    assert (video.track, video.ssrcs, video.direction) == ("cam", [11, 12], "sendonly")


def test_the_answer_keeps_the_clients_numbers_and_flips_directions() -> None:
    read = sdp.parse(offer(section("video", "3", "sendonly", "cam"), section("data", "4")))
    text = sdp.answer(read, {"3": Choice(read.media[0].codecs[:1], "recvonly")}, OURS, 1)
    assert "m=video 7882 UDP/TLS/RTP/SAVPF 96 97\r\n" in text
    assert "a=extmap:10/recvonly urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n" in text
    assert "video-orientation" not in text
    assert "a=rtcp-fb:96 transport-cc\r\n" in text
    assert text.count("a=setup:passive") == 2
    assert "a=group:BUNDLE 3 4\r\n" in text
    assert "m=application 7882 UDP/DTLS/SCTP webrtc-datachannel\r\n" in text


def test_a_section_nobody_can_use_is_refused_and_leaves_the_bundle() -> None:
    rejected = section("video", "1").replace("m=video 9", "m=video 0")
    read = sdp.parse(offer(section("audio", "0"), rejected, section("audio", "2").replace("opus", "speex")))
    text = sdp.answer(read, {one.mid: Choice(one.codecs) for one in read.media}, OURS, 1)
    assert "a=group:BUNDLE 0\r\n" in text
    assert "m=video 0 UDP/TLS/RTP/SAVPF 0\r\n" in text
    assert "m=audio 0 UDP/TLS/RTP/SAVPF 0\r\n" in text


@pytest.mark.parametrize(
    "spoilt",
    [
        "",
        "v=0",
        "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n",
        offer(section("audio", "0"), section("audio", "0")),
        offer(section("audio", "0")).replace("sha-256", "sha-1"),
        offer(section("audio", "0")).replace("a=mid:0", "a=mid:\x01"),
        offer(section("audio", "a b")),
        offer(*[section("audio", str(number)) for number in range(81)]),
        "v=0\r\n" + "a=x\r\n" * 200_000,
    ],
)
def test_what_is_out_of_shape_is_malformed(spoilt: str) -> None:
    with pytest.raises(Malformed):
        sdp.parse(spoilt)


def test_h264_is_matched_by_packetisation_and_profile() -> None:
    base, main = (
        "packetization-mode=1;profile-level-id=42e01f",
        "packetization-mode=1;profile-level-id=4d001f",
    )
    wanted = sdp.Codec("h264", 90000, 103, None, main)
    other, same = sdp.Codec("h264", 90000, 50, None, base), sdp.Codec("h264", 90000, 51, None, main)
    assert sdp.alike([other, same], wanted) is same
    assert sdp.alike([other], wanted) is None


def test_others_learn_of_a_track_before_the_answer_that_carries_it() -> None:
    sitting, outbox = hall(), []
    first, _ = newcomer(sitting, "a", outbox)
    second, paper = newcomer(sitting, "b", outbox)
    renew(sitting, second, 20)
    publish(sitting, first, 10)
    tracks = paper.last("update").participants[0].tracks
    assert [track.type for track in tracks] == [models.TrackType.AUDIO]
    renew(sitting, second, 20)
    answer = paper.last("answer")
    assert answer.id == 7
    assert list(answer.mid_to_track_id.values()) == [tracks[0].sid]
    assert f"a=msid:{first.sid}|camera {tracks[0].sid}" in answer.sdp


def test_a_released_section_rests_for_one_answer_before_it_carries_another_track() -> None:
    sitting, outbox = hall(), []
    listener, paper = newcomer(sitting, "l", outbox)
    first, _ = newcomer(sitting, "a", outbox)
    publish(sitting, first, 10)
    renew(sitting, listener, 20, free=2)
    assert list(paper.last("answer").mid_to_track_id) == ["1"]
    sitting.remove(first, models.DisconnectReason.CLIENT_INITIATED, 0.0)
    second, _ = newcomer(sitting, "b", outbox)
    publish(sitting, second, 11)
    renew(sitting, listener, 20, free=2)
    assert not paper.last("answer").mid_to_track_id
    renew(sitting, listener, 20, free=2)
    assert list(paper.last("answer").mid_to_track_id) == ["1"]


def test_a_published_track_withdrawn_by_description_is_gone_for_all() -> None:
    sitting, outbox = hall(), []
    first, _ = newcomer(sitting, "a", outbox)
    second, paper = newcomer(sitting, "b", outbox)
    publish(sitting, first, 10)
    renew(sitting, second, 20)
    assert second.downs
    quiet = offer(section("audio", "0", "inactive"))
    say(sitting, first, offer=rtc.SessionDescription(type="offer", sdp=quiet))
    assert not second.downs
    assert not paper.last("update").participants[0].tracks


def test_publishers_who_name_their_codecs_strangely_take_nobodys_numbers() -> None:
    sitting, outbox = hall(), Outbox()
    listener, paper = newcomer(sitting, "old", outbox)
    listener.receive_apart(Peer(outbox, Counter()), paper, Offering())
    for number in range(20):
        strange = section("video", "0", "sendonly", "cam", (2 * number + 2, 2 * number + 3))
        strange = strange.replace("97 103 104 45", "104 45").replace(" 96 ", " 103 ")
        strange = strange.replace("packetization-mode=1", f"packetization-mode={number}")
        plain = section("audio", "1", "sendonly", "mic", (100 + number,))
        plain = plain.replace("minptime=10", f"minptime={number}")
        person, _ = newcomer(sitting, f"p{number}", outbox)
        for cid, kind in (("cam", models.TrackType.VIDEO), ("mic", models.TrackType.AUDIO)):
            say(sitting, person, add_track=rtc.AddTrackRequest(cid=cid, type=kind))
        say(sitting, person, offer=rtc.SessionDescription(type="offer", sdp=offer(strange, plain), id=1))
    ask(listener, 1.0)
    offered = sdp.parse(paper.last("offer").sdp)
    sent = Counter((one.kind, one.direction) for one in offered.media)
    assert sent[("audio", "sendonly")] == 20
    assert 0 < sent[("video", "sendonly")] < 20
    assert sent[("video", "sendonly")] + sent[("video", "inactive")] == 20


def test_an_offer_that_cannot_be_read_is_answered_and_harms_nothing() -> None:
    sitting, outbox = hall(), []
    first, paper = newcomer(sitting, "a", outbox)
    say(sitting, first, offer=rtc.SessionDescription(type="offer", sdp="v=0\r\nnonsense"))
    assert paper.last("request_response").reason == rtc.RequestResponse.Reason.INVALID_REQUEST
    publish(sitting, first, 10)
    assert paper.last("answer").type == "answer"
