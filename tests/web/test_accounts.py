"""The door: registering, one-time codes, passwords, logins that end."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page
from sqlmodel import select
from starlette.testclient import TestClient

from odr import clock
from odr.actions import accounts, codes
from odr.errors import CodeWrong, TooMany
from odr.rules.words import Role
from odr.tables.people import Account, Login, Message, OneTimeCode
from tests.make import Make
from tests.web.conftest import Made, wear
from tests.web.door import PASSWORD, PERSON, PHONE, ask_code, attempt_of, last_code, register, send
from web.ask import Site
from web.guesses import EVEN
from web.logins import ABSOLUTE, COOKIE, IDLE, IDLE_STAFF

ClientFor = Callable[..., TestClient]


# registering


def test_somebody_registers_and_is_logged_in(client: TestClient, site: Site) -> None:
    answer = register(client, site)
    assert (answer.status_code, answer.headers["location"]) == (303, "/home")
    assert "王小明" in client.get("/home").text


def test_a_wrong_digit_in_the_identity_number_is_named(client: TestClient, site: Site) -> None:
    answer = register(client, site, identity_number="110105194912310021")
    assert answer.status_code == 422
    assert "身份证号码不正确" in answer.text


def test_a_company_registers_with_its_credit_code(client: TestClient, site: Site) -> None:
    assert register(client, site, kind="legal").status_code == 422
    other = register(client, site, kind="legal", identity_number="91110000600037341L")
    assert other.status_code == 303


def test_what_was_typed_is_still_there_after_an_error(client: TestClient, site: Site) -> None:
    answer = register(client, site, name="欧阳娜娜", identity_number="1")
    assert 'value="欧阳娜娜"' in answer.text


def test_who_is_registered_hears_it_on_their_telephone_only(
    client: TestClient, site: Site, made: Made
) -> None:
    made(lambda make: make.account(phone=PHONE))
    answer = send(client, "/register", phone=PHONE)
    assert answer.status_code == 303
    assert last_code(site, PHONE) == ""
    page = client.get(answer.headers["location"]).text
    assert "已注册" not in page


def test_numbers_of_others_cannot_be_searched_for(client: TestClient, site: Site, made: Made) -> None:
    made(lambda make: make.account(identity_number=PERSON))
    attempt = attempt_of(send(client, "/register", phone=PHONE))
    given = {
        "attempt": attempt,
        "code": last_code(site, PHONE),
        "kind": "natural",
        "name": "李",
        "true_name": "1",
    }
    for _ in range(codes.TRIES):
        answer = send(client, "/register/details", identity_number=PERSON, **given)
        assert "已经注册" in answer.text
    answer = send(client, "/register/details", identity_number="11010519491231002X", **given)
    assert "验证码不正确" in answer.text


# logging in


def test_a_code_opens_the_door_once(client: TestClient, site: Site, made: Made) -> None:
    made(lambda make: make.account("张三", phone=PHONE))
    attempt = ask_code(client)
    code = last_code(site, PHONE)
    first = send(client, "/login/code", attempt=attempt, code=code)
    assert (first.status_code, first.headers["location"]) == (303, "/home")
    again = send(client, "/login/code", attempt=attempt, code=code)
    assert again.status_code == 422


def test_five_wrong_tries_spend_a_code(client: TestClient, site: Site, made: Made) -> None:
    made(lambda make: make.account(phone=PHONE))
    attempt = ask_code(client)
    right = last_code(site, PHONE)
    for _ in range(codes.TRIES):
        assert send(client, "/login/code", attempt=attempt, code="x").status_code == 422
    assert send(client, "/login/code", attempt=attempt, code=right).status_code == 422


def test_a_code_lives_ten_minutes_and_serves_one_purpose(make: Make) -> None:
    at = clock.now()
    row = codes.send_code(make.s, purpose="login", destination=PHONE, at=at)
    code = re.findall(r"\d{6}", make.s.exec(select(Message)).one().body)[0]
    with pytest.raises(CodeWrong):
        codes.use_code(make.s, row.id, code, purpose="sign:1", at=at)
    with pytest.raises(CodeWrong):
        codes.use_code(make.s, row.id, code, purpose="login", at=at + codes.LIFE)
    codes.use_code(make.s, row.id, code, purpose="login", at=at + codes.LIFE - timedelta(seconds=1))


def test_one_telephone_gets_five_codes_an_hour_and_ten_a_day(make: Make) -> None:
    at = clock.now()
    for hour in range(2):
        for _ in range(5):
            codes.send_code(make.s, purpose="login", destination=PHONE, at=at + timedelta(hours=hour))
        with pytest.raises(TooMany):
            codes.send_code(make.s, purpose="login", destination=PHONE, at=at + timedelta(hours=hour))
    with pytest.raises(TooMany):
        codes.send_code(make.s, purpose="login", destination=PHONE, at=at + timedelta(hours=5))


def test_an_unknown_name_gets_the_same_answer(client: TestClient, site: Site, made: Made) -> None:
    made(lambda make: make.account(phone=PHONE))

    def walk(name: str) -> tuple[int, str]:
        attempt = ask_code(client, name)
        page = client.get("/login/code", params={"attempt": attempt})
        wrong = send(client, "/login/code", attempt=attempt, code="000000")
        text = re.sub(r'(name="once" value|nonce)="[^"]+"', "", page.text + wrong.text)
        return wrong.status_code, text.replace(attempt, "ATTEMPT").replace(name[-4:], "")

    assert walk(PHONE) == walk("13800009999")
    with site.db.reading() as s:
        assert s.exec(select(Message).where(Message.destination == "13800009999")).all() == []
        assert len(s.exec(select(OneTimeCode)).all()) == 2


def test_the_clock_does_not_tell_who_has_an_account(client: TestClient, made: Made) -> None:
    made(lambda make: make.account(phone=PHONE))
    for name in (PHONE, "13800009999"):
        begun = time.monotonic()
        ask_code(client, name)
        assert time.monotonic() - begun >= EVEN


def test_a_new_login_has_a_new_token_and_ends_the_old_one(client: TestClient, site: Site, made: Made) -> None:
    made(lambda make: make.account(phone=PHONE))
    wear(client, "planted-by-an-attacker")
    send(client, "/login/code", attempt=ask_code(client), code=last_code(site, PHONE))
    first = client.cookies.get(COOKIE)
    assert first != "planted-by-an-attacker"
    send(client, "/login/code", attempt=ask_code(client), code=last_code(site, PHONE))
    wear(client, first)
    assert client.get("/home").headers["location"].startswith("/login")


def test_passwords_are_slowed_down_after_five_while_codes_still_work(
    client: TestClient, site: Site, made: Made
) -> None:
    account = made(lambda make: make.account(phone=PHONE))
    made(lambda make: accounts.set_password(make.s, account.id, accounts.hashed(PASSWORD), at=clock.now()))
    for _ in range(5):
        assert send(client, "/login/password", name=PHONE, password="wrong").status_code == 422
    slowed = send(client, "/login/password", name=PHONE, password=PASSWORD)
    assert (slowed.status_code, slowed.headers["retry-after"]) == (429, "900")
    answer = send(client, "/login/code", attempt=ask_code(client), code=last_code(site, PHONE))
    assert answer.status_code == 303


def test_a_password_opens_the_door(client: TestClient, made: Made) -> None:
    account = made(lambda make: make.account(phone=PHONE))
    made(lambda make: accounts.set_password(make.s, account.id, accounts.hashed(PASSWORD), at=clock.now()))
    assert send(client, "/login/password", name=PHONE, password=PASSWORD).status_code == 303
    assert client.get("/home").status_code == 200


@pytest.mark.parametrize(
    "weak", ["short1!", "aaaaaaaaaa1", "password-2026", "1234567890", "a13800000001b", "王小明-2026-wang"]
)
def test_weak_passwords_are_refused(weak: str) -> None:
    account = Account(name="王小明", phone=PHONE, created_at=clock.now())
    assert not accounts.strong_password(weak, account)


@pytest.mark.parametrize(
    "next_",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "",
    ],
)
def test_nobody_is_sent_to_another_site(client: TestClient, site: Site, made: Made, next_: str) -> None:
    made(lambda make: make.account(phone=PHONE))
    answer = send(client, "/login/code", attempt=ask_code(client), code=last_code(site, PHONE), next=next_)
    assert answer.headers["location"] == "/home"


def test_logging_out_ends_the_login_on_the_server(made: Made, client_for: ClientFor) -> None:
    client = client_for(made(lambda make: make.account()))
    token = client.cookies.get(COOKIE)
    assert send(client, "/logout").headers["location"] == "/"
    wear(client, token)
    assert client.get("/home").status_code == 303


@pytest.mark.parametrize(
    ("field", "age", "roles"),
    [("seen_at", IDLE, ()), ("seen_at", IDLE_STAFF, (Role.CLERK,)), ("created_at", ABSOLUTE, ())],
)
def test_logins_end_by_themselves(
    made: Made, client_for: ClientFor, field: str, age: timedelta, roles: tuple[Role, ...]
) -> None:
    account = made(lambda make: make.account("林晓", *roles))

    def shift(by: timedelta) -> None:
        def change(make: Make) -> None:
            login = make.s.exec(select(Login).where(Login.account_id == account.id)).one()
            setattr(login, field, clock.now() - by)

        made(change)

    client = client_for(account)
    shift(age - timedelta(seconds=5))
    assert client.get("/home").status_code == 200
    shift(age + timedelta(seconds=5))
    assert client.get("/home").headers["location"] == "/login?next=%2Fhome"


def test_a_closed_account_is_out_at_once(made: Made, client_for: ClientFor) -> None:
    account = made(lambda make: make.account())
    client = client_for(account)
    made(lambda make: setattr(make.s.get_one(Account, account.id), "disabled_at", clock.now()))
    assert client.get("/home").status_code == 303


def test_somebody_registers_on_a_phone_without_javascript(page_for: Callable[..., Page], site: Site) -> None:
    page = page_for(width=360, java_script_enabled=False)
    page.goto("/register?next=/account")
    page.get_by_label("手机号码").fill("138 0000 0001")
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_label("验证码").fill(last_code(site, PHONE))
    page.get_by_label("姓名或单位名称").fill("王小明")
    page.get_by_label("证件号码").fill(PERSON)
    page.get_by_role("button", name="完成注册").click()
    assert page.get_by_text("请先阅读并勾选").count() == 2, "in the summary and beside the field"
    page.get_by_label("我确认以上").check()
    page.get_by_role("button", name="完成注册").click()
    assert page.url.endswith("/account")
    assert page.get_by_text("注册完成，您已登录。").is_visible()
    page.get_by_role("button", name="退出登录").click()
    page.goto("/account")
    assert "/login?next=" in page.url


@pytest.mark.parametrize(
    "path", ["/login", "/login/password", "/register", "/account", "/home", "/second-factor"]
)
def test_the_doors_pages_can_be_used_by_everybody(
    page_for: Callable[..., Page], axe: Callable[[Page], None], made: Made, path: str
) -> None:
    page = page_for(made(lambda make: make.account()), width=360)
    page.goto(path)
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
