"""Membership in the pure core: who receives whom after any order of moves."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from livekit.protocol import models, room, rtc

from signaling import chain, records, roomservice, rtcp, seats, wire
from signaling.access import Access, Gate, Refused
from signaling.contents import JOURNAL
from signaling.house import House
from signaling.peer import Outbox, written
from signaling.person import Person
from signaling.recording import Recording
from signaling.room import Room
from signaling.roomservice import Call, Failed
from signaling.sitting import Sitting
from signaling.wire import Malformed
from tests.signaling.offers import Paper, newcomer, owners, publish, renew, say

ROOMS = ("joint", "lobby-a", "lobby-b", "caucus-a", "caucus-b")
IDENTITIES = ("m", "a", "b", "c", "d", "e")


def desired(number: object, places: dict[str, str], **more: Any) -> seats.Desired:
    message = {"sitting": "s", "version": number, "rooms": {room: {} for room in ROOMS},
               "seats": {who: {"room": room, "role": "party"} for who, room in places.items()}}  # fmt: skip
    return seats.read({**message, **more})


def closed_sitting(events: list[dict[str, Any]] | None = None) -> Sitting:
    return Sitting("s", (events if events is not None else []).append, recorders=never)


def never(*_: Any) -> Any:
    raise AssertionError("nobody asked for a recording")


def speak(people: dict[str, Person], outbox: Outbox, now: float) -> dict[str, set[str]]:
    """Everybody sends one packet that says who spoke; who received whose."""
    del outbox[:]
    for number, (identity, person) in enumerate(people.items()):
        packet = wire.write(111, 1, int(now * 10) & 0xFFFF, 0, 100 + number, b"", identity.encode())
        person.peer.receive(packet, now)
    names = {person.peer: identity for identity, person in people.items()}
    heard: dict[str, set[str]] = {identity: set() for identity in people}
    for peer, data in written(outbox):
        if not 192 <= data[1] <= 223:
            heard[names[peer]].add(wire.parse(data).payload.decode())
    return heard


def test_after_500_random_moves_nobody_got_a_packet_of_another_room() -> None:
    random, outbox, sitting = Random(7), Outbox(), closed_sitting()
    places = dict.fromkeys(IDENTITIES, "joint")
    sitting.apply(desired(0, places), 0.0)
    people = {who: newcomer(sitting, who, outbox)[0] for who in IDENTITIES}
    for number, person in enumerate(people.values()):
        publish(sitting, person, 100 + number)
    received = 0
    for move in range(1, 501):
        now = float(move)
        for who in random.sample(IDENTITIES, random.randint(1, 3)):
            places[who] = random.choice(ROOMS)
        sitting.apply(desired(move, places), now)
        for who, heard in speak(people, outbox, now).items():
            assert heard <= {other for other in IDENTITIES if places[other] == places[who]}
        for number, person in enumerate(people.values()):
            renew(sitting, person, 100 + number, now)
            renew(sitting, person, 100 + number, now)
            person.offers.clear()
        for who, heard in speak(people, outbox, now + 0.5).items():
            assert heard == {other for other in IDENTITIES if places[other] == places[who]} - {who}
            received += len(heard)
    assert received > 1000


def test_a_moved_person_is_told_and_asked_to_come_with_a_new_offer() -> None:
    outbox, sitting = Outbox(), closed_sitting()
    sitting.apply(desired(1, {"a": "joint", "b": "caucus-a"}), 0.0)
    first, paper = newcomer(sitting, "a", outbox)
    second, _ = newcomer(sitting, "b", outbox)
    publish(sitting, second, 20)
    sitting.apply(desired(2, {"a": "caucus-a", "b": "caucus-a"}), 1.0)
    moved = paper.last("room_moved")
    assert (moved.room.name, [one.identity for one in moved.other_participants]) == ("s.caucus-a", ["b"])
    assert moved.token == "token of a"
    assert owners(first) == {"b"}


def test_an_older_or_repeated_state_changes_nothing() -> None:
    sitting = closed_sitting()
    assert sitting.apply(desired(5, {"a": "joint"}), 0.0)
    assert not sitting.apply(desired(5, {"a": "lobby-a"}), 1.0)
    assert not sitting.apply(desired(4, {"a": "lobby-a"}), 1.0)
    assert sitting.seat(Access("a", "s")).room == "joint"


def test_losing_the_seat_ends_the_stay() -> None:
    events: list[dict[str, Any]] = []
    outbox, sitting = Outbox(), closed_sitting(events)
    sitting.apply(desired(1, {"a": "joint", "b": "joint"}), 0.0)
    newcomer(sitting, "a", outbox)
    _, paper = newcomer(sitting, "b", outbox)
    sitting.apply(desired(2, {"a": "joint"}), 1.0)
    assert paper.last("leave").reason == models.DisconnectReason.PARTICIPANT_REMOVED
    assert paper.closed
    assert events[-1] == {"event": "left", "sitting": "s", "identity": "b", "reason": "participant_removed"}
    with pytest.raises(Refused):
        sitting.seat(Access("b", "s"))


def test_the_second_of_one_identity_replaces_the_first() -> None:
    outbox, sitting = Outbox(), closed_sitting()
    sitting.apply(desired(1, {"a": "joint"}), 0.0)
    _, paper = newcomer(sitting, "a", outbox)
    second, _ = newcomer(sitting, "a", outbox)
    assert paper.last("leave").reason == models.DisconnectReason.DUPLICATE_IDENTITY
    assert sitting.people() == [second]


def test_the_hosts_absence_freezes_after_the_grace_and_not_before() -> None:
    events: list[dict[str, Any]] = []
    outbox, sitting = Outbox(), closed_sitting(events)
    more = {"hosts": ["m"], "fallback": {"a": "lobby-a", "b": "lobby-b"}, "host_grace_s": 10}
    sitting.apply(desired(1, {"m": "joint", "a": "joint", "b": "joint"}, **more), 0.0)
    host, _ = newcomer(sitting, "m", outbox)
    people = [newcomer(sitting, who, outbox)[0] for who in "ab"]
    host.heard_at = 20.0
    sitting.tick(20.0)
    sitting.remove(host, models.DisconnectReason.CLIENT_INITIATED, 20.0)
    sitting.tick(29.9)
    assert [one.seat.room for one in people] == ["joint", "joint"]
    sitting.tick(30.1)
    assert [one.seat.room for one in people] == ["lobby-a", "lobby-b"]
    assert events[-1]["event"] == "frozen"
    newcomer(sitting, "m", outbox, 31.0)
    sitting.tick(60.0)
    assert [one.seat.room for one in people] == ["lobby-a", "lobby-b"]
    sitting.apply(desired(2, {"m": "joint", "a": "joint", "b": "joint"}, **more), 61.0)
    assert [one.seat.room for one in people] == ["joint", "joint"]


def test_what_was_said_while_hushed_is_not_heard_however_late_it_is_repaired() -> None:
    outbox, sitting = Outbox(), closed_sitting()
    sitting.apply(desired(1, {"a": "joint", "b": "joint"}), 0.0)
    first, second = (newcomer(sitting, who, outbox)[0] for who in "ab")
    publish(sitting, first, 100)
    renew(sitting, second, 101)
    silent = {"a": {"room": "joint", "hushed": True}, "b": {"room": "joint"}}
    for version, (seats_now, numbers) in enumerate(
        [({}, (1,)), (silent, (2, 5)), ({}, (3, 4, 6))], start=2
    ):  # 3 and 4 come late: they were said in between
        places = {"a": "joint", "b": "joint"}
        sitting.apply(desired(version, places, **({"seats": seats_now} if seats_now else {})), float(version))
        for seq in numbers:
            first.peer.receive(wire.write(111, 1, seq, 0, 100, b"", b"%d" % seq), float(version))
    heard = [wire.parse(data).payload for peer, data in outbox if peer is second.peer and data[1] > 223]
    assert heard == [b"1", b"6"]


def test_the_hushed_cannot_open_their_own_microphone() -> None:
    outbox, sitting = Outbox(), closed_sitting()
    sitting.apply(desired(1, {"a": "joint", "b": "joint"}), 0.0)
    first, paper = newcomer(sitting, "a", outbox)
    second, _ = newcomer(sitting, "b", outbox)
    publish(sitting, first, 100)
    publish(sitting, second, 101)
    renew(sitting, second, 101)
    places = {"a": {"room": "joint", "hushed": True}, "b": {"room": "joint"}}
    sitting.apply(desired(2, {}, seats=places), 1.0)
    sid = next(iter(first.publications))
    assert paper.last("mute") == rtc.MuteTrackRequest(sid=sid, muted=True)
    del paper.said[:]
    say(sitting, first, mute=rtc.MuteTrackRequest(sid=sid, muted=False))
    assert paper.last("mute").muted
    assert speak({"a": first, "b": second}, outbox, 2.0)["b"] == set()


def word(number: int, text: bytes) -> models.DataPacket:
    return models.DataPacket(sequence=number, user=models.UserPacket(payload=text))


def heard(paper: Paper) -> list[bytes]:
    return [models.DataPacket.FromString(data).user.payload for _, data in paper.data]


def test_who_comes_back_is_sent_what_they_have_not_seen_and_nothing_of_another_room() -> None:
    outbox, sitting = Outbox(), closed_sitting()
    sitting.apply(desired(1, {"a": "joint", "b": "joint", "m": "joint"}), 0.0)
    (first, _), (second, paper), (third, _) = (newcomer(sitting, who, outbox) for who in "abm")
    joint = sitting.rooms["joint"]
    for number in range(1, 6):
        joint.relay(first, 0, word(number, b"a%d" % number), float(number))
    joint.relay(third, 0, word(1, b"m1"), 5.5)
    joint.relay(first, 1, word(0, b"lossy"), 5.6)
    del paper.data[:]
    state = rtc.SyncState(datachannel_receive_states=[
        rtc.DataChannelReceiveState(publisher_sid=first.sid, last_seq=3)])  # fmt: skip
    say(sitting, second, 6.0, sync_state=state)
    assert heard(paper) == []  # who never was away has missed nothing
    second.returned = True
    say(sitting, second, 6.0, sync_state=state)
    say(sitting, second, 6.0, sync_state=state)
    assert heard(paper) == [b"a4", b"a5", b"m1"]
    del paper.data[:]
    second.returned = True
    say(sitting, second, 20.2, sync_state=state)
    assert heard(paper) == [b"m1"]  # the others are older than clients remember
    del paper.data[:]
    sitting.apply(desired(2, {"a": "joint", "b": "caucus-b", "m": "joint"}), 20.3)
    second.returned = True
    say(sitting, second, 20.4, sync_state=rtc.SyncState())
    assert heard(paper) == []


def test_a_word_that_is_repeated_is_passed_on_once() -> None:
    outbox, sitting = Outbox(), closed_sitting()
    sitting.apply(desired(1, {"a": "joint", "b": "joint"}), 0.0)
    (first, _), (_, paper) = (newcomer(sitting, who, outbox) for who in "ab")
    for number in (1, 2, 2, 1, 3, 0, 0):
        sitting.rooms["joint"].relay(first, 0, word(number, b"%d" % number), 1.0)
    assert heard(paper) == [b"1", b"2", b"3", b"0", b"0"]
    assert first.said == 3


def test_words_kept_for_those_who_come_back_fill_no_memory() -> None:
    outbox, sitting = Outbox(), closed_sitting()
    sitting.apply(desired(1, {"a": "joint", "b": "joint"}), 0.0)
    (first, _), (second, paper) = (newcomer(sitting, who, outbox) for who in "ab")
    for number in range(1, 101):
        sitting.rooms["joint"].relay(first, 0, word(number, bytes(50_000)), 1.0)
    del paper.data[:]
    second.repeat({}, 1.0)
    assert 10 < len(paper.data) < 20


class Torn(Paper):
    """A line that fails whenever something is said."""

    def send(self, message: rtc.SignalResponse) -> None:
        raise ConnectionError("torn")


def test_the_trouble_of_one_person_stops_nobody_elses_clock() -> None:
    house = House(lambda event: None, never, is_open=True)
    outbox, sitting = Outbox(), house.sitting("r")
    people = [newcomer(sitting, who, outbox)[0] for who in "abc"]
    for number, person in enumerate(people):
        publish(sitting, person, 100 + number)
        person.peer.receive(wire.write(111, 1, 1, 0, 100 + number, b"", b"x"), 0.0)
    people[0].line, people[0].changed_at = Torn(), 0.0
    del outbox[:]
    house.tick(0.6)
    reported = {peer for peer, data in outbox if data[1] == rtcp.RR}
    assert {people[1].peer, people[2].peer} <= reported
    assert house.counts["internal_error"] > 0


def test_who_cannot_be_moved_into_a_full_room_stays_where_they_are() -> None:
    house = House(lambda event: None, never, is_open=True)
    grants = {"roomCreate": True, "roomAdmin": True, "room": "here", "destinationRoom": "there"}
    made = room.CreateRoomRequest(name="there", max_participants=1)
    roomservice.create_room(Call(house, made, grants, 0.0))
    newcomer(house.sitting("there"), "b", Outbox())
    person, paper = newcomer(house.sitting("here"), "a", Outbox())
    asked = room.MoveParticipantRequest(room="here", identity="a", destination_room="there")
    with pytest.raises(Failed) as failed:
        roomservice.move_participant(Call(house, asked, grants, 1.0))
    assert failed.value.code == "failed_precondition"
    assert house.sitting("here").find("a") is person
    assert not paper.closed


def test_a_microphone_muted_by_the_server_is_noted_in_the_recording(tmp_path: Path) -> None:
    recordings: list[Recording] = []

    def record(here: Room, about: dict[str, Any], now: float) -> Recording:
        recordings.append(Recording(here, about, now))
        return recordings[-1]

    house = House(lambda event: None, record, is_open=True, record=tmp_path)
    person, paper = newcomer(house.sitting("r"), "a", Outbox())
    publish(house.sitting("r"), person, 100)
    sid = next(iter(person.publications))
    grants = {"roomAdmin": True, "room": "r"}
    asked = room.MuteRoomTrackRequest(room="r", identity="a", track_sid=sid, muted=True)
    roomservice.mute_published_track(Call(house, asked, grants, 1.0))
    assert paper.last("mute").muted
    recordings[0].close(2.0)
    found = [one for segment in chain.walk(recordings[0].directory / JOURNAL)
             if isinstance(segment, chain.Segment) for one in records.unpack(segment.content)]  # fmt: skip
    assert [one for one in found if b'"muted"' in bytes(one.body)]


@pytest.mark.parametrize("source", [models.TrackSource.SCREEN_SHARE, models.TrackSource.CAMERA])
def test_a_source_the_token_does_not_name_is_refused(source: Any) -> None:
    outbox, sitting = Outbox(), closed_sitting()
    sitting.apply(desired(1, {"a": "joint"}), 0.0)
    person, paper = newcomer(sitting, "a", outbox)
    person.access = Access("a", "s", sources=frozenset({models.TrackSource.MICROPHONE}))
    say(sitting, person, add_track=rtc.AddTrackRequest(cid="x", type=models.TrackType.VIDEO, source=source))
    assert paper.last("request_response").reason == rtc.RequestResponse.Reason.NOT_ALLOWED
    assert not person.publications


def test_nobody_subscribes_into_another_room() -> None:
    outbox, sitting = Outbox(), closed_sitting()
    sitting.apply(desired(1, {"a": "joint", "b": "caucus-b"}), 0.0)
    first, _ = newcomer(sitting, "a", outbox)
    second, _ = newcomer(sitting, "b", outbox)
    publish(sitting, second, 101)
    sid = next(iter(second.publications))
    say(sitting, first, subscription=rtc.UpdateSubscription(track_sids=[sid], subscribe=True))
    assert not first.downs


def test_unknown_requests_are_answered() -> None:
    outbox, sitting = Outbox(), closed_sitting()
    sitting.apply(desired(1, {"a": "joint"}), 0.0)
    person, paper = newcomer(sitting, "a", outbox)
    say(sitting, person, simulate=rtc.SimulateScenario(node_failure=True))
    assert paper.last("request_response").reason == rtc.RequestResponse.Reason.UNSUPPORTED_TYPE


@pytest.mark.parametrize(
    "spoilt",
    [
        {"version": "1"},
        {"version": True},
        {"rooms": []},
        {"seats": {"a": {"room": "cellar"}}},
        {"seats": {"a": {"room": "joint", "hushed": 1}}},
        {"fallback": {"a": "cellar"}},
        {"host_grace_s": 0},
        {"rooms": {"joint": {"record": {"about": {}}}}},
        {"sitting": ""},
        {"sitting": "x" * 200},
    ],
)
def test_a_wish_out_of_shape_is_refused(spoilt: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        desired(1, {"a": "joint"}, **spoilt)


def test_tokens_admit_their_bearer_until_they_end() -> None:
    gate = Gate("key", "s" * 32)
    access = Access("a", "s", sources=frozenset({2}), publish=False)
    token = gate.issue(access, 1000.0)
    assert gate.admit(token, 1500.0) == access
    for gone in (lambda: gate.admit(token, 1700.0), lambda: gate.admit(token, 900.0),
                 lambda: Gate("key", "t" * 32).admit(token, 1001.0), lambda: Gate("other", "s" * 32).admit(token, 1001.0),
                 lambda: gate.admit(token[:-2] + "xx", 1001.0), lambda: gate.admit("", 1001.0)):  # fmt: skip
        with pytest.raises(Refused):
            gone()


def test_a_line_that_goes_silent_or_loses_packets_is_shown_to_the_room() -> None:
    outbox, sitting = Outbox(), closed_sitting()
    sitting.apply(desired(1, {"a": "joint", "b": "joint"}), 0.0)
    first, _ = newcomer(sitting, "a", outbox)
    second, paper = newcomer(sitting, "b", outbox)
    publish(sitting, first, 100)
    renew(sitting, second, 101)
    second.heard_at = first.heard_at = 1.0
    next(iter(second.downs.values())).loss = 10
    sitting.rooms["joint"].grade(1.0)
    told = paper.last("connection_quality").updates
    assert [(one.participant_sid, one.quality) for one in told] == [
        (second.sid, models.ConnectionQuality.GOOD)
    ]
    second.heard_at = 7.0
    sitting.rooms["joint"].grade(7.0)
    told = paper.last("connection_quality").updates
    assert [(one.participant_sid, one.quality) for one in told] == [
        (first.sid, models.ConnectionQuality.LOST)
    ]


def test_the_room_is_told_who_speaks_and_who_stopped() -> None:
    outbox, sitting = Outbox(), closed_sitting()
    sitting.apply(desired(1, {"a": "joint", "b": "joint"}), 0.0)
    first, _ = newcomer(sitting, "a", outbox)
    _, paper = newcomer(sitting, "b", outbox)
    publish(sitting, first, 100)
    for loud, speaking in ((20, True), (127, False)):
        for interval in range(6):
            for seq in range(20):
                level = wire.extension_block({1: bytes([loud])})
                number = 1000 * speaking + interval * 20 + seq
                first.peer.receive(wire.write(111, 1, number, 0, 100, level, b"x"), 1.0)
            sitting.rooms["joint"].listen(1.0)
        told = paper.last("speakers_changed").speakers
        assert [(one.sid, one.active) for one in told] == [(first.sid, speaking)]
