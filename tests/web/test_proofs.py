"""Proving who one is: the second factor, step-up, one's own logins and preferences."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlmodel import select
from starlette.testclient import TestClient

from odr import clock
from odr.actions import accounts
from odr.rules.words import Role
from odr.tables.people import Login
from tests.make import Make
from tests.web.conftest import Made
from tests.web.door import PASSWORD, PHONE, ask_code, attempt_of, current, last_code, send
from web.ask import Site
from web.logins import COOKIE, FRESH

ClientFor = Callable[..., TestClient]


def test_staff_see_nothing_before_their_second_factor(made: Made, client_for: ClientFor) -> None:
    clerk = made(lambda make: make.account("赵书记员", Role.CLERK))
    client = client_for(clerk, strong=False)
    for path in ("/home", "/clerk", "/account", "/disputes"):
        answer = client.get(path)
        assert answer.status_code in (303, 404), path
        assert not answer.headers.get("location", "/second-factor").startswith(path)
    assert client.get("/home").headers["location"] == "/second-factor?next=%2Fhome"


def test_staff_enrol_with_a_square_code_and_get_in(made: Made, client_for: ClientFor) -> None:
    clerk = made(lambda make: make.account("赵书记员", Role.CLERK))
    client = client_for(clerk, strong=False)
    before = client.cookies.get(COOKIE)
    assert "<img" not in client.get("/second-factor").text
    assert send(client, "/second-factor/begin").status_code == 303
    assert 'src="data:image/svg+xml' in client.get("/second-factor").text
    answer = send(client, "/second-factor", code=current(made, clerk))
    assert answer.headers["location"] == "/home"
    assert client.cookies.get(COOKIE) != before
    assert client.get("/home").status_code == 200


def test_a_code_of_the_second_factor_works_once(made: Made, client_for: ClientFor) -> None:
    clerk = made(lambda make: make.account("赵书记员", Role.CLERK))
    made(lambda make: accounts.offer_second_factor(make.s, clerk.id))
    code = current(made, clerk)
    assert send(client_for(clerk, strong=False), "/second-factor", code=code).status_code == 303
    assert send(client_for(clerk, strong=False), "/second-factor", code=code).status_code == 422


def test_guessing_the_second_factor_is_slowed_down(made: Made, client_for: ClientFor) -> None:
    clerk = made(lambda make: make.account("赵书记员", Role.CLERK))
    made(lambda make: accounts.offer_second_factor(make.s, clerk.id))
    client = client_for(clerk, strong=False)
    answers = [send(client, "/second-factor", code="000000").status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


def test_a_stale_proof_is_renewed_by_a_code(made: Made, client_for: ClientFor, site: Site) -> None:
    account = made(lambda make: make.account(phone=PHONE))
    client = client_for(account)

    def age(make: Make) -> None:
        login = make.s.exec(select(Login).where(Login.account_id == account.id)).one()
        login.proved_at = clock.now() - FRESH - timedelta(seconds=1)

    made(age)
    stale = send(client, "/account/password", password=PASSWORD)
    assert stale.status_code == 422
    assert "/prove?next=" in stale.text
    attempt = attempt_of(send(client, "/prove/code", next="/account"))
    answer = send(client, "/prove", attempt=attempt, code=last_code(site, PHONE), next="/account")
    assert answer.headers["location"] == "/account"
    assert send(client, "/account/password", password=PASSWORD).headers["location"] == "/account"


def test_a_new_password_ends_the_other_logins(made: Made, client_for: ClientFor) -> None:
    account = made(lambda make: make.account())
    here, there = client_for(account), client_for(account)
    send(here, "/account/password", password=PASSWORD)
    assert here.get("/home").status_code == 200
    assert there.get("/home").status_code == 303


def test_a_person_ends_their_own_logins_and_nobody_elses(made: Made, client_for: ClientFor) -> None:
    account, other = made(lambda make: (make.account(), make.account()))
    here, there, stranger = client_for(account), client_for(account), client_for(other)

    def login_of(client: TestClient) -> str:
        held = accounts.token_hash(client.cookies.get(COOKIE))
        return made(lambda make: make.s.exec(select(Login.id).where(Login.token_hash == held)).one())

    assert send(here, f"/account/logins/{login_of(stranger)}/end").status_code == 404
    assert stranger.get("/home").status_code == 200
    send(here, f"/account/logins/{login_of(there)}/end")
    assert there.get("/home").status_code == 303
    assert here.get("/home").status_code == 200


def test_the_letterbox_exists_in_a_demo_only(client: TestClient, site: Site, made: Made) -> None:
    made(lambda make: make.account(phone=PHONE))
    ask_code(client)
    assert last_code(site, PHONE) in client.get("/letterbox").text
    assert last_code(site, PHONE) not in client.get("/letterbox", params={"to": "139"}).text
    object.__setattr__(site.settings, "demo", False)
    assert client.get("/letterbox").status_code == 404


def test_preferences_follow_to_this_device(made: Made, client_for: ClientFor) -> None:
    client = client_for(made(lambda make: make.account()))
    send(client, "/account", locale="ko", large_type="1")
    page = client.get("/account").text
    assert '<html lang="ko" class="large">' in page
