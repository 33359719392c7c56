"""Who has left says nothing any more: late words and late data fall on nobody."""

from __future__ import annotations

from typing import Any

import pytest
from livekit.protocol import models, rtc

from signaling.access import Gate
from signaling.endpoint import Endpoint, Meter
from signaling.entrance import Visit
from signaling.house import House
from signaling.peer import Outbox
from signaling.port import Port
from signaling.seats import read
from signaling.sitting import Sitting
from signaling.turn import Relays
from tests.signaling.offers import newcomer, publish

SEATS = {"a": {"room": "joint"}, "b": {"room": "joint"}}
PING = rtc.SignalRequest(ping_req=rtc.Ping(timestamp=1)).SerializeToString()
DATA = models.DataPacket(user=models.UserPacket(payload=b"late")).SerializeToString()


@pytest.fixture
def endpoint() -> Any:
    house = House(lambda event: None, _never, is_open=False)
    house.apply(read({"sitting": "s", "version": 1, "rooms": {"joint": {}}, "seats": SEATS}), 0.0)
    port = Port("127.0.0.1", 0, ["127.0.0.1"])
    yield Endpoint(Gate("key", "a-secret-of-at-least-32-characters"), house, port, Relays())
    port.datagrams.close()


def test_words_said_after_the_sitting_ended_break_nothing(endpoint: Endpoint) -> None:
    person, paper = newcomer(endpoint.house.sittings["s"], "a", Outbox())
    assert endpoint.house.close("s", 1.0)
    said = len(paper.said)
    for _ in range(10):
        assert endpoint._message(person, paper, PING, Meter())
    assert paper.closed
    assert len(paper.said) == said
    assert "internal_error" not in endpoint.counts


def test_data_that_arrives_after_its_sender_left_reaches_nobody(endpoint: Endpoint) -> None:
    sitting = endpoint.house.sittings["s"]
    (first, _), (_, second) = newcomer(sitting, "a", Outbox()), newcomer(sitting, "b", Outbox())
    publish(sitting, first, 5)
    visit = Visit(first, endpoint.house, endpoint.counts)
    visit.data(0, DATA)
    assert len(second.data) == 1
    sitting.remove(first, models.DisconnectReason.PARTICIPANT_REMOVED, 1.0)
    visit.data(0, DATA)
    visit.connected()
    visit.broken()
    assert len(second.data) == 1


def test_the_last_to_leave_an_open_room_may_be_cut_off_twice() -> None:
    sitting = Sitting("open", lambda event: None, _never, is_open=True)
    person, _ = newcomer(sitting, "a", Outbox())
    sitting.remove(person, models.DisconnectReason.CLIENT_INITIATED, 1.0)
    sitting.remove(person, models.DisconnectReason.MEDIA_FAILURE, 1.0)
    assert not sitting.rooms


def _never(*_: Any) -> Any:
    raise AssertionError("nobody asked for a recording")
