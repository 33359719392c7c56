"""What stands before every page: headers, same origin, methods, sizes, ceilings; on every row of the table."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from starlette.datastructures import MutableHeaders
from starlette.testclient import TestClient

from odr.rules.words import Role
from tests.web.conftest import Made, once
from web.ask import Site, local
from web.gate import Guarded
from web.routes import ROUTES

HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
POLICY = (
    "default-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'self'",
    "style-src 'self'",
)
FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": ""},
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://testserver"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "https://testserver.evil.example"},
    {},
]
LEAVING = [
    "//evil.example",
    "///evil.example",
    "https://evil.example",
    "https:evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/ /evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "",
    "/\x00/evil",
    "/\u2028/evil",
]


def filled(path: str) -> str:
    return re.sub(r"{[^}]+}", "none", path)


GETS = sorted({filled(row.path) for row in ROUTES if row.method == "GET"})
POSTS = sorted({filled(row.path) for row in ROUTES if row.method == "POST"})


def test_every_page_carries_every_header(client: TestClient) -> None:
    for path in [*GETS, "/nowhere"]:
        answer = client.get(path)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, path
        policy = answer.headers["content-security-policy"]
        assert all(part in policy for part in POLICY), path
        assert "unsafe" not in policy.split("script-src")[1].split(";")[0], path


def test_a_secure_site_demands_tls_of_browsers() -> None:
    headers = MutableHeaders()
    Guarded(lambda *_: None, secure=True)._add(headers, "n", "/")
    assert "max-age=63072000; includeSubDomains" in headers["strict-transport-security"]


def test_camera_and_microphone_are_for_the_room_only(client: TestClient) -> None:
    for path in GETS:
        allowed = "camera=(self)" in client.get(path).headers["permissions-policy"]
        assert allowed == path.startswith(("/sittings/", "/device-test")), path


def test_no_two_answers_share_a_nonce(client: TestClient) -> None:
    found = [
        re.search(r"'nonce-([^']+)'", client.get("/nowhere").headers["content-security-policy"])[1]
        for _ in range(200)
    ]
    assert len(set(found)) == 200
    assert all(len(nonce) >= 21 for nonce in found)


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_no_form_is_taken_from_another_site(
    app, made: Made, client_for: Callable[..., TestClient], headers: dict[str, str]
) -> None:
    client = client_for(made(lambda make: make.account("张三", Role.SYSADMIN)))
    del client.headers["Sec-Fetch-Site"]
    for path in [*POSTS[::10], "/logout", "/login"]:
        app.middleware_stack = None  # a fresh ceiling: this counts refusals, not tries
        answer = client.post(path, data=once(), headers=headers)
        assert answer.status_code in (403, 429), path
    assert client.get("/home").status_code == 200


def test_every_form_is_closed_to_other_sites(client: TestClient, app) -> None:
    for path in POSTS:
        app.middleware_stack = None
        answer = client.post(path, headers={"Sec-Fetch-Site": "cross-site"})
        assert (answer.status_code, "其他" in answer.text or "被拒绝" in answer.text) == (403, True), path


def test_cookies_are_host_bound_and_out_of_reach_of_scripts(client: TestClient) -> None:
    answer = client.post("/logout", data=once())
    cookies = answer.headers.get_list("set-cookie")
    assert any(cookie.startswith("__Host-odr=") for cookie in cookies)
    for cookie in [*cookies, *client.get("/language/ko").headers.get_list("set-cookie")]:
        assert "Secure" in cookie
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Domain" not in cookie
        assert "Path=/" in cookie
        assert len(cookie) < 4096


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "OPTIONS"])
def test_other_methods_are_not_known(client: TestClient, method: str) -> None:
    answer = client.request(method, "/home", headers={"X-HTTP-Method-Override": "GET"})
    assert answer.status_code == 405


def test_headers_of_a_proxy_are_not_believed(client: TestClient, made: Made) -> None:
    answer = client.get(
        "/home",
        headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "ftp"},
    )
    assert answer.headers["location"] == "/login?next=%2Fhome"
    for _ in range(20):
        client.post("/login", data=once() | {"name": "13800000000"}, headers={"X-Forwarded-For": "1.2.3.4"})
    last = client.post(
        "/login", data=once() | {"name": "13811111111"}, headers={"X-Forwarded-For": "5.6.7.8"}
    )
    assert last.status_code == 429


def test_the_ceiling_is_where_the_documents_say(client: TestClient) -> None:
    answers = [client.post("/login", data=once() | {"name": "x"}).status_code for _ in range(21)]
    assert answers[:5] == [303] * 5
    assert set(answers[5:20]) == {429}, "five codes to one destination an hour"
    slow = client.post("/login", data=once() | {"name": "another"})
    assert slow.status_code == 429
    assert 0 < int(slow.headers["retry-after"]) <= 60
    assert "操作太频繁" in slow.text


@pytest.mark.parametrize("path", LEAVING)
def test_no_next_leads_away(path: str) -> None:
    assert local(path) == "/home"


@pytest.mark.parametrize("path", ["/", "/cases/x?tab=1", "/disputes/abc#now"])
def test_a_next_within_the_site_is_kept(path: str) -> None:
    assert local(path) == path


def test_a_body_too_large_is_refused_in_words(client: TestClient) -> None:
    answer = client.post("/login", data=once() | {"name": "x" * 300_000})
    assert answer.status_code == 413
    assert "太大" in answer.text


def test_a_thousand_fields_are_refused(client: TestClient) -> None:
    parts = {f"f{n}": (None, "x") for n in range(1000)}
    answer = client.post("/login", files=parts)
    assert answer.status_code == 400


def test_reading_changes_nothing(client: TestClient, site: Site) -> None:
    def rows() -> dict[str, int]:
        with site.db.reading() as s:
            names = sa.inspect(s.connection()).get_table_names()
            return {
                name: s.connection().exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one()
                for name in names
            }

    before = rows()
    for path in GETS:
        client.get(path)
    assert rows() == before


def test_a_fault_of_ours_tells_a_reference_and_nothing_else(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("SELECT * FROM account WHERE path='/srv/odr'")

    monkeypatch.setattr("odr.queries.verify.by_number", broken)
    answer = client.get("/verify?n=1&h=12345678")
    assert answer.status_code == 500
    assert re.search(r">[0-9a-f]{8}<", answer.text)
    assert "SELECT" not in answer.text
    assert "Traceback" not in answer.text
