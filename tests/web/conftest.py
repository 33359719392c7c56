"""The court's site for tests: through a test client, or in a real Chromium on a real port.

made(lambda make: make.case())   rows, in a transaction of their own (the site can write afterwards)
client                           a stranger's client
client_for(account)              a client that is logged in, second factor shown
page_for(account, width=360)     a Chromium page on the served site, logged in; fails on any CSP violation
axe(page)                        no accessibility violation on the page as it stands
"""

from __future__ import annotations

import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from starlette.applications import Starlette
from starlette.testclient import TestClient

from odr import clock, settings
from odr.actions import accounts
from odr.db import Database
from odr.tables.people import Account
from tests.make import Make
from web.app import create_app
from web.ask import Site
from web.logins import COOKIE

T = TypeVar("T")
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]


class Made(Protocol):
    def __call__(self, build: Callable[[Make], T]) -> T: ...


@pytest.fixture
def app(embedded: Callable[[], Database], tmp_path: Path) -> Iterator[Starlette]:
    """The site on this test's own data."""
    embedded().close()
    app = create_app(settings.read({"ODR_DEMO": "1"}, data=tmp_path))
    yield app
    app.state.site.db.close()


@pytest.fixture
def site(app: Starlette) -> Site:
    return app.state.site


@pytest.fixture
def made(site: Site) -> Made:
    """Builds rows now, in one transaction: `case = made(lambda make: make.case())`."""

    def build(how: Callable[[Make], T]) -> T:
        with site.db.transaction() as s:
            return how(Make(s))

    return build


@pytest.fixture
def client(app: Starlette) -> TestClient:
    """A stranger, whose browser says that its forms come from our own pages."""
    return _client(app)


@pytest.fixture
def client_for(app: Starlette, site: Site) -> Callable[..., TestClient]:
    """`client_for(account)`: logged in just now, with the second factor unless `strong=False`."""

    def log_in(account: Account | str, *, strong: bool = True) -> TestClient:
        client = _client(app)
        return wear(client, token_for(site, account, strong=strong))

    return log_in


def wear(client: TestClient, token: str) -> TestClient:
    """Put the cookie of a login on a client, as the site itself would."""
    client.cookies.set(COOKIE, token, domain="testserver.local", path="/")
    return client


def _client(app: Starlette) -> TestClient:
    return TestClient(
        app,
        base_url="https://testserver",
        headers={"Sec-Fetch-Site": "same-origin"},
        follow_redirects=False,
    )


def token_for(site: Site, account: Account | str, *, strong: bool = True) -> str:
    """The cookie of a new login."""
    key = account if isinstance(account, str) else account.id
    with site.db.transaction() as s:
        _, token = accounts.log_in(
            s, s.get_one(Account, key), at=clock.now(), strong=strong, address="test", agent="test"
        )
    return token


def once() -> dict[str, str]:
    """The key of a form, as a page would have put it in."""
    return {"once": secrets.token_urlsafe(18)}


@pytest.fixture
def address(app: Starlette) -> Iterator[str]:
    """The site served on a free port of this machine."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="websockets-sansio"))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the tests of a file; each page gets a profile of its own.

    No longer: while it is there its event loop runs, and no test of coroutines could.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page_for(browser: Browser, address: str, site: Site) -> Iterator[Callable[..., Page]]:
    """`page_for(account, width=360, language="ko")`: a page that goes to the site by path."""
    opened, refused = [], []

    def open_page(
        account: Account | str | None = None,
        *,
        width: int = 1280,
        language: str = "zh_CN",
        strong: bool = True,
        **context: Any,
    ) -> Page:
        profile = browser.new_context(
            base_url=address, viewport={"width": width, "height": 800}, locale="zh-CN", **context
        )
        profile.add_cookies([{"name": "language", "value": language, "url": address}])
        if account is not None:
            token = token_for(site, account, strong=strong)
            secure = address.replace("http:", "https:")  # the loopback counts as secure for a page, not here
            profile.add_cookies([{"name": COOKIE, "value": token, "url": secure, "secure": True}])
        page = profile.new_page()
        page.on(
            "console", lambda said: refused.append(said.text) if "Content Security" in said.text else None
        )
        opened.append(profile)
        return page

    yield open_page
    for profile in opened:
        profile.close()
    assert refused == []


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Fails with axe-core's own words if the page as it stands has an accessibility violation."""

    def check(page: Page) -> None:
        found = Axe().run(page)
        assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"

    return check


@pytest.fixture
def row(site: Site) -> Callable[[type[T], str], T]:
    """A row as it stands now."""

    def read(kind: type[T], key: str) -> T:
        with site.db.reading() as s:
            return s.get_one(kind, key)

    return read


@pytest.fixture
def rows(site: Site) -> Callable[[Any], list[Any]]:
    """What a query finds now."""

    def read(query: Any) -> list[Any]:
        with site.db.reading() as s:
            return list(s.exec(query))

    return read
