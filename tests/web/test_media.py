"""What the media workers are told, and who gets in: tickets, logins, rooms."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from livekit.protocol import rtc
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from odr import clock, presence, settings
from odr.actions import accounts, rooms, sittings
from odr.errors import NotAllowed
from odr.rules.access import Actor
from odr.rules.moves import CaseStage, SittingStage
from odr.rules.words import Room, Side
from odr.tables.disputes import Dispute
from odr.tables.mediations import MediationCase, Sitting
from odr.tables.people import Account, Login
from odr.tables.roster import Mediator
from signaling import seats
from tests.make import Make, moment
from tests.web.conftest import Made, once
from web import logins, media
from web.ask import Site

SECRET = "a-secret-of-at-least-32-characters"
AT = moment("2026-03-10 09:00")


@pytest.fixture
def data_settings() -> settings.Settings:
    return settings.read({"ODR_MEDIA_SECRET": SECRET})


class Live:
    """A sitting that runs, built in one session."""

    def __init__(self, make: Make) -> None:
        self.s = make.s
        mediator = make.mediator()
        case = make.case(CaseStage.SCHEDULED, to=mediator)
        dispute = make.s.get_one(Dispute, case.dispute_id)
        self.sitting: Sitting = make.sitting(case=case, starts_at=AT, ends_at=AT + timedelta(hours=1))
        self.mediator = make.person(mediator)
        self.applicant, self.respondent = (make.side(dispute, side) for side in Side)
        for one in (self.mediator, self.applicant, self.respondent):
            sittings.enter(self.s, self.sitting.id, by=one, at=AT)

    def begin(self) -> None:
        for one in (self.applicant, self.respondent):
            sittings.check_identity(
                self.s, self.sitting.id, one.ref, by=self.mediator, at=AT, how="document-on-camera"
            )
            sittings.read_notices(self.s, self.sitting.id, by=one, at=AT, ticked=sittings.NOTICES)
        sittings.begin(self.s, self.sitting.id, by=self.mediator, at=AT)

    def record(self) -> None:
        for one in (self.mediator, self.applicant, self.respondent):
            rooms.consent(self.s, self.sitting.id, by=one, at=AT, given=True)
        rooms.record(self.s, self.sitting.id, by=self.mediator, at=AT)

    def desired(self, given: settings.Settings) -> seats.Desired:
        """What the worker would read, in the worker's own eyes."""
        wish = media.desired(self.s, self.sitting, given)
        return seats.read({"sitting": self.sitting.id, **wish})

    def rooms(self, given: settings.Settings) -> dict[str, str]:
        """Where people are."""
        seated = self.desired(given).seats.items()
        return {identity: seat.room for identity, seat in seated if identity != media.DEVICE}


@pytest.fixture
def live(site: Site) -> Live:
    with site.db.transaction() as s:
        yield Live(Make(s))  # type: ignore[misc]  # a fixture that yields


def test_everybody_begins_in_their_own_lobby(live: Live, data_settings: settings.Settings) -> None:
    assert live.rooms(data_settings) == {
        live.mediator.ref: "desk",
        live.applicant.ref: "lobby-a",
        live.respondent.ref: "lobby-b",
    }


def test_only_the_mediator_is_a_host_and_each_has_a_lobby_to_fall_back_to(
    live: Live, data_settings: settings.Settings
) -> None:
    live.begin()

    desired = live.desired(data_settings)

    assert desired.hosts == {live.mediator.ref}
    assert desired.fallback[live.respondent.ref] == "lobby-b"
    assert {seat.room for seat in desired.seats.values()} == {"joint"}


def test_only_the_joint_room_is_ever_recorded(live: Live, data_settings: settings.Settings) -> None:
    live.begin()
    live.record()

    wishes = {name: room["record"] for name, room in live.desired(data_settings).rooms.items()}

    assert wishes.pop("joint")["dir"].startswith(str(data_settings.recordings))
    assert set(wishes.values()) == {None}


def test_a_caucus_moves_three_people_and_ends_the_recording(
    live: Live, data_settings: settings.Settings
) -> None:
    live.begin()
    live.record()
    before = live.desired(data_settings).version

    rooms.caucus(live.s, live.sitting.id, Side.RESPONDENT, by=live.mediator, at=AT)

    desired = live.desired(data_settings)
    assert live.rooms(data_settings) == {
        live.mediator.ref: "caucus-b",
        live.applicant.ref: "lobby-a",
        live.respondent.ref: "caucus-b",
    }
    assert desired.rooms["joint"]["record"] is None
    assert desired.version > before


def test_hush_and_camera_are_the_workers_business(live: Live, data_settings: settings.Settings) -> None:
    live.begin()
    rooms.hush(
        live.s, live.sitting.id, live.applicant.ref, by=live.mediator, at=AT, hushed=True, camera_off=True
    )

    seat = live.desired(data_settings).seats[live.applicant.ref]

    assert (seat.hushed, seat.camera) == (True, False)


def test_who_leaves_has_no_seat_any_more(live: Live, data_settings: settings.Settings) -> None:
    sittings.leave(live.s, live.sitting.id, by=live.applicant, at=AT)

    assert live.applicant.ref not in live.rooms(data_settings)


def test_an_event_that_names_a_stranger_changes_nothing(live: Live) -> None:
    rooms.connection(live.s, live.sitting.id, "nobody", at=AT, on=True)

    assert len(presence.seated(live.s, live.sitting.id)) == 3


# ---- tickets


@pytest.fixture
def running(made: Made, site: Site) -> tuple[str, Actor, Actor]:
    """A sitting whose doors are open; the applicant has come in, the respondent not."""

    def build(make: Make) -> tuple[str, Actor, Actor]:
        case = make.case(CaseStage.SCHEDULED)
        dispute = make.s.get_one(Dispute, case.dispute_id)
        sitting = make.sitting(SittingStage.GATHERING, case=case)
        applicant, respondent = (make.side(dispute, side) for side in Side)
        sittings.enter(make.s, sitting.id, by=applicant, at=clock.now())
        return sitting.id, applicant, respondent

    object.__setattr__(site.settings, "media_secret", SECRET)
    return made(build)


def ticket(client: TestClient, sitting: str) -> str:
    answer = client.post(f"/sittings/{sitting}/ticket", data=once())
    assert answer.status_code == 200
    return str(answer.json()["token"])


def test_a_ticket_is_good_for_a_minute_one_sitting_and_one_login(
    running: tuple[str, Actor, Actor], client_for: Callable[..., TestClient]
) -> None:
    sitting, applicant, _ = running

    claims = jwt.decode(ticket(client_for(applicant.ref), sitting), OctKey.import_key(SECRET)).claims

    assert claims["exp"] - claims["nbf"] <= 65
    assert claims["video"]["room"] == sitting
    assert claims["sub"] == applicant.ref
    assert "roomAdmin" not in claims["video"]


def test_no_ticket_before_one_came_in(
    running: tuple[str, Actor, Actor], client_for: Callable[..., TestClient]
) -> None:
    sitting, _, respondent = running

    answer = client_for(respondent.ref).post(f"/sittings/{sitting}/ticket", data=once())

    assert answer.status_code == 404


def test_a_ticket_of_another_login_opens_nothing(
    running: tuple[str, Actor, Actor], client_for: Callable[..., TestClient]
) -> None:
    sitting, applicant, respondent = running
    stolen = ticket(client_for(applicant.ref), sitting)

    for thief in (client_for(respondent.ref), client_for(applicant.ref)):
        answer = thief.get("/rtc/v1/validate", params={"access_token": stolen})
        assert answer.status_code == 401


def test_a_stolen_ticket_opens_no_socket(
    running: tuple[str, Actor, Actor], client_for: Callable[..., TestClient], client: TestClient
) -> None:
    sitting, applicant, _ = running
    stolen = ticket(client_for(applicant.ref), sitting)

    with pytest.raises(WebSocketDisconnect), client.websocket_connect(f"/rtc/v1?access_token={stolen}"):
        pass


def test_no_room_is_named_that_the_worker_does_not_know(data_settings: settings.Settings, live: Live) -> None:
    assert set(live.desired(data_settings).rooms) == {room.value for room in Room}


# ---- a right that is taken away


def test_the_leave_is_what_the_protocol_calls_one() -> None:
    assert rtc.SignalRequest(leave=rtc.LeaveRequest()).SerializeToString() == media.LEAVE


def hears(site: Site, sitting: str, login: str) -> list[str]:
    """What the worker hears of a browser that says nothing, until it hears a leave."""

    async def listen() -> list[str]:
        silent = asyncio.Event()

        async def receive() -> dict[str, object]:
            await silent.wait()
            raise AssertionError

        said = media.while_they_may(receive, partial(media._may_stay, site, login, sitting))
        async with asyncio.timeout(2):
            first, then = await said(), await said()
        assert first["bytes"] == media.LEAVE
        return [first["type"], then["type"]]

    return asyncio.run(listen())


@pytest.mark.parametrize("how", ["log-out", "closed-account", "another-mediator"])
def test_whoever_may_not_stay_leaves_within_seconds(
    running: tuple[str, Actor, Actor],
    site: Site,
    made: Made,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
) -> None:
    sitting, applicant, _ = running
    monkeypatch.setattr(media, "LOOK_AGAIN", 0.05)

    def build(make: Make) -> str:
        row = make.s.get_one(Sitting, sitting)
        case = make.s.get_one(MediationCase, row.case_id)
        host = make.s.get_one(Mediator, case.mediator_id).account_id
        account = make.s.get_one(Account, host if how == "another-mediator" else applicant.account_id)
        login, _token = accounts.log_in(make.s, account, at=clock.now(), strong=True, address="a", agent="b")
        return login.id

    login = made(build)
    assert media._may_stay(site, login, sitting)

    def end(make: Make) -> None:
        if how == "log-out":
            accounts.log_out(make.s, login, at=clock.now())
        if how == "closed-account":
            make.s.get_one(Account, applicant.account_id).disabled_at = clock.now()
        if how == "another-mediator":
            case = make.s.get_one(MediationCase, make.s.get_one(Sitting, sitting).case_id)
            case.mediator_id = make.mediator("另一位").id

    made(end)
    assert hears(site, sitting, login) == ["websocket.receive", "websocket.disconnect"]


def test_being_in_a_sitting_keeps_a_login_from_idling_out(
    running: tuple[str, Actor, Actor], site: Site, made: Made
) -> None:
    sitting, applicant, _ = running
    before = clock.now() - logins.IDLE + timedelta(minutes=1)

    def build(make: Make) -> str:
        account = make.s.get_one(Account, applicant.account_id)
        login, _token = accounts.log_in(make.s, account, at=before, strong=False, address="a", agent="b")
        return login.id

    login = made(build)
    assert media._may_stay(site, login, sitting)
    with site.db.reading() as s:
        assert clock.now() - s.get_one(Login, login).seen_at < timedelta(minutes=1)


def test_a_camera_of_the_venue_has_a_place_once_the_sitting_has_begun_and_until_it_is_put_out(
    live: Live, data_settings: settings.Settings
) -> None:
    given = {"by": live.mediator, "at": AT}
    first, second = (rooms.attach_device(live.s, live.sitting.id, **given) for _ in range(2))
    assert first.id not in live.desired(data_settings).seats

    live.begin()

    assert live.desired(data_settings).seats[first.id].room == "joint"
    assert live.desired(data_settings).seats[second.id].name == "现场摄像机2"
    assert first.id not in live.desired(data_settings).hosts
    version = live.desired(data_settings).version
    rooms.end_device(live.s, live.sitting.id, first.id, **given)
    assert live.desired(data_settings).version > version
    assert first.id not in live.desired(data_settings).seats
    assert second.id in live.desired(data_settings).seats
    for _ in range(3):
        rooms.attach_device(live.s, live.sitting.id, **given)
    with pytest.raises(NotAllowed):
        rooms.attach_device(live.s, live.sitting.id, **given)
