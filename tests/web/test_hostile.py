"""What a hand-made request gets: an answer in words, and nothing that is not its sender's."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.testclient import TestClient

from odr.actions import invitations
from odr.rules.moves import AgreementStage, CaseStage, SittingStage
from odr.rules.words import Do, Role, Side
from odr.tables.disputes import Dispute, Invitation
from odr.tables.mediations import Assignment, MediationCase
from odr.tables.people import Login, OneTimeCode
from odr.tables.records import Repeat
from odr.tables.roster import Mediator
from tests.make import Make
from tests.web.asking import ask
from tests.web.conftest import Made, once, token_for
from web import logins, whip
from web.ask import Site
from web.pages import agreements
from web.routes import ROUTES
from web.table import Page

ClientFor = Callable[..., TestClient]
ROWS = {row.name: row for row in ROUTES if isinstance(row, Page)}
PART = '--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n{}\r\n--x--\r\n'


# bytes that are no text


@pytest.mark.parametrize(
    ("charset", "said"),
    [("utf-7", "+2AA-"), ("raw_unicode_escape", "\\ud800"), ("punycode", "\\ud800"), ("no-such", "x")],
)
def test_a_form_in_a_charset_of_its_own_gets_an_answer(client: TestClient, charset: str, said: str) -> None:
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    answer = client.post("/login", content=PART.format(said), headers={"Content-Type": kind})

    assert answer.status_code in (303, 400, 422)


def test_no_address_and_no_field_brings_a_nul_into_the_court(client_for: ClientFor, made: Made) -> None:
    client = client_for(made(lambda make: make.account("审计员", Role.AUDITOR)))

    assert client.get("/disputes/a%00b").status_code == 404
    assert client.get("/audit?matter=%00&kind=a%00").status_code == 200
    assert client.post("/login", data=once() | {"name": "a\x00b"}).status_code == 303


def test_a_device_asks_for_no_sitting_that_a_database_cannot_be_asked_for() -> None:
    scope = {"type": "http", "path_params": {"room": "a\0\udc80b", "stay": "x"}}

    room = whip.room_of(Request(scope))

    assert "\0" not in room
    assert room.encode()


@pytest.mark.parametrize("page", ["-1", "0", "x", "9" * 5000, "٣", "1.5", ""])
def test_any_page_of_a_long_list_may_be_asked_for(client_for: ClientFor, made: Made, page: str) -> None:
    client = client_for(made(lambda make: make.account("审计员", Role.AUDITOR)))

    assert client.get("/audit", params={"page": page}).status_code == 200


@pytest.mark.parametrize("origin", ["http://[", "https://[::1", "null", "x" * 5000])
def test_an_origin_that_is_no_address_is_another_site(client: TestClient, origin: str) -> None:
    del client.headers["Sec-Fetch-Site"]

    assert client.post("/login", data=once(), headers={"Origin": origin}).status_code == 403


def test_a_referer_that_is_no_address_leads_home(client: TestClient) -> None:
    answer = client.post("/account", data=once(), headers={"Referer": "http://["})

    assert answer.headers["location"] == "/login?next=%2F"


def test_a_forms_key_is_no_place_to_keep_things(site: Site, client_for: ClientFor, made: Made) -> None:
    client = client_for(made(lambda make: make.account()))
    for key in ("k" * 65, "\x00", ""):
        assert client.post("/account", data={"locale": "ko", "once": key}).status_code == 303

    with site.db.reading() as s:
        assert max(len(row.key) for row in s.exec(select(Repeat))) <= 64


# a fault while a form is shown again


def test_a_fault_in_showing_a_form_again_is_told_like_any_other(site: Site) -> None:
    def broken(_ask: Any) -> Any:
        raise ZeroDivisionError

    row = Page("POST", "/login", ROWS["POST /login"].handler, ROWS["POST /login"].do, again=broken)

    answer = ask(site, row, None, {}, sent=FormData())

    assert answer.status_code == 500
    assert "ZeroDivision" not in bytes(answer.body).decode()


# lists and codes of others


def test_a_desk_without_a_mediator_is_empty(client_for: ClientFor, made: Made) -> None:
    """A case that nobody has was listed, with its names, for everybody of any court's staff."""
    number = made(lambda make: make.case(CaseStage.CHOOSING).number)
    for role in (Role.SYSADMIN, Role.AUDITOR, Role.ORG_ADMIN):
        account = made(lambda make, role=role: make.account(role.value, role))

        assert number not in client_for(account).get("/desk").text


def test_only_who_signs_is_sent_a_code_to_sign_with(site: Site, client_for: ClientFor, made: Made) -> None:
    def build(make: Make) -> tuple[str, str]:
        agreement = make.agreement(AgreementStage.EFFECTIVE)
        return agreement.id, make.account("书记员", Role.CLERK).id

    agreement, clerk = made(build)

    assert client_for(clerk).post(f"/agreements/{agreement}/sign-code", data=once()).status_code == 403
    with site.db.reading() as s:
        assert s.exec(select(OneTimeCode)).all() == []


def test_a_role_counts_in_its_own_court_only(made: Made) -> None:
    def build(make: Make) -> tuple[Any, Any]:
        ours, theirs = make.court("粤0106"), make.court("吉7502", "和龙林区基层法院")
        account = make.account("两院工作的人", Role.MEDIATOR, Role.CLERK, court=theirs)
        make.grant(account, Role.TRIAGE, court=ours)
        login = Login(account_id=account.id, token_hash="x", created_at=make.at, seen_at=make.at)
        return logins.actor_of(make.s, account, login), theirs.id

    actor, theirs = made(build)

    assert actor.court_id == theirs
    assert actor.roles == {Role.PARTY, Role.MEDIATOR, Role.CLERK}


def test_what_the_other_side_opens_is_no_proof_of_arrival(made: Made) -> None:
    def build(make: Make) -> tuple[Any, Any]:
        case = make.case(CaseStage.CREATED)
        dispute = make.dispute_of(case)
        applicant = make.side(dispute, Side.APPLICANT)
        absent = make.party(dispute, Side.RESPONDENT, name="钱七", position=2)
        invitation = Invitation(
            party_id=absent.id,
            code="abcd2345",
            token_hash="h",
            created_at=make.at,
            expires_at=make.at + timedelta(days=30),
        )
        make.s.add(invitation)
        make.s.flush()
        invitations.open_(make.s, "abcd2345", by=applicant, at=make.at)
        first = invitation.opened_at
        invitations.open_(make.s, "abcd2345", by=logins.NOBODY, at=make.at)
        return first, invitation.opened_at

    first, then = made(build)

    assert first is None
    assert then is not None


# ceilings


def test_a_house_with_one_address_is_not_shut_out_by_one_of_it(client_for: ClientFor, made: Made) -> None:
    busy, other = (client_for(made(lambda make: make.account())) for _ in range(2))
    answers = [busy.post("/account", data=once() | {"locale": "ko"}).status_code for _ in range(121)]

    assert answers == [303] * 120 + [429]
    assert other.post("/account", data=once() | {"locale": "ko"}).status_code == 303


def test_a_short_code_is_not_tried_by_asking_for_heads(client: TestClient) -> None:
    answers = [client.head("/i/abcd2345").status_code for _ in range(21)]

    assert answers == [404] * 20 + [429]


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-02-30"])
def test_the_roster_of_any_day_may_be_asked_for(client: TestClient, day: str) -> None:
    assert client.get("/roster", params={"on": day}).status_code == 200


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_at_the_end_of_time_is_no_time_to_meet(site: Site, made: Made, day: str) -> None:
    def build(make: Make) -> tuple[str, str]:
        case = make.case(CaseStage.ACCEPTED)
        make.s.add(Assignment(case_id=case.id, mediator_id=case.mediator_id, offered_at=make.at))
        mediator = make.s.get_one(Mediator, case.mediator_id)
        return case.id, mediator.account_id or ""

    case, host = made(build)
    token = token_for(site, host)
    meeting = FormData(
        {"on": day, "starts_at": "00:00", "minutes": "60", "mode": "sync", "short_notice": "1"}
    )
    slots = FormData({"slot": f"{day}_morning"})

    assert (
        ask(site, ROWS["POST /cases/{case}/schedule"], token, {"case": case}, sent=meeting).status_code == 422
    )
    assert ask(site, ROWS["POST /cases/{case}/times"], token, {"case": case}, sent=slots).status_code in (
        303,
        422,
    )
    page = ROWS["GET /cases/{case}/schedule"]
    assert ask(site, page, token, {"case": case}, query=f"at={day}T23:59").status_code == 200


# what papers have to hold


def test_every_line_comes_in_as_papers_print_it(client_for: ClientFor, made: Made, site: Site) -> None:
    """Browsers end lines by CR and LF; no typeface has a CR, and a receipt could not be printed."""
    account = made(lambda make: make.account())
    court = made(lambda make: make.court().id)
    client = client_for(account)
    place = client.post("/file", data=once() | {"court": court}).headers["location"]
    client.post(f"{place}/claims", data=once() | {"claim-1": "一\r\n二\t三\x00\u200b四", "amount-1": "1"})

    with site.db.reading() as s:
        draft = s.get_one(Dispute, place.rpartition("/")[2]).draft
    assert draft["claims"]["claims"][0]["text"] == "一\n二 三四"


def test_a_signature_that_is_no_picture_is_refused_while_it_can_be_drawn_again(
    site: Site, made: Made
) -> None:
    """It was taken, and the paper of all could never be printed."""

    def build(make: Make) -> tuple[str, str]:
        agreement = make.agreement(AgreementStage.SIGNING, shown_hash="h")
        case = make.s.get_one(MediationCase, agreement.case_id)
        return agreement.id, make.side(make.dispute_of(case), Side.APPLICANT).account_id or ""

    agreement, party = made(build)
    junk = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"0" * 400).decode()
    sent = FormData({"method": "drawn", "image": junk, "shown_hash": "h", "read_to_end": "1", "code": "1"})
    row = Page("POST", ROWS["POST /agreements/{agreement}/sign"].path, agreements.sign_send, Do.SIGN)

    answer = ask(site, row, token_for(site, party), {"agreement": agreement}, sent=sent)

    assert answer.status_code == 422


def test_what_cannot_be_printed_is_named(site: Site, made: Made) -> None:
    def build(make: Make) -> tuple[str, str]:
        sitting = make.sitting(SittingStage.LIVE, case=make.case(CaseStage.IN_MEDIATION))
        case = make.s.get_one(MediationCase, sitting.case_id)
        return sitting.id, make.s.get_one(Mediator, case.mediator_id).account_id or ""

    sitting, host = made(build)
    sent = FormData({"speaker": "mediator", "text": "双方到场😀"})

    answer = ask(
        site, ROWS["POST /sittings/{sitting}/minutes"], token_for(site, host), {"sitting": sitting}, sent=sent
    )

    assert answer.status_code == 422
    assert "U+1F600" in bytes(answer.body).decode()
