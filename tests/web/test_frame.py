"""The frame around every page: language, size of type, help, assets, keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from starlette.testclient import TestClient

from tests.web.conftest import Made


@pytest.mark.parametrize("language", ["zh_CN", "ko", "en"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_start_page_fits_and_can_be_used_by_everybody(
    page_for: Callable[..., Page], axe: Callable[[Page], None], width: int, language: str
) -> None:
    page = page_for(width=width, language=language)
    page.goto("/")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_first_tab_stop_leads_to_the_text(page_for: Callable[..., Page]) -> None:
    page = page_for()
    page.goto("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_help_stays_in_view_while_the_page_scrolls(page_for: Callable[..., Page]) -> None:
    page = page_for(width=360)
    page.goto("/")
    page.mouse.wheel(0, 3000)
    assert page.get_by_role("link", name="12368").is_visible()
    assert page.evaluate("document.querySelector('.bar').getBoundingClientRect().top") == 0


def test_large_type_is_kept_until_it_is_unwanted(client: TestClient) -> None:
    assert 'class="large"' not in client.get("/").text
    answer = client.get("/type/large", params={"back": "/how"})
    assert answer.headers["location"] == "/how"
    assert 'class="large"' in client.get("/").text
    client.get("/type/normal")
    assert 'class="large"' not in client.get("/").text


def test_the_language_chosen_wins_over_the_browsers(client: TestClient) -> None:
    assert 'lang="ko"' in client.get("/", headers={"accept-language": "ko-KR,ko;q=0.9"}).text
    client.get("/language/en")
    assert '<html lang="en"' in client.get("/", headers={"accept-language": "ko-KR"}).text


def test_libraries_come_with_their_hash_and_may_be_kept_for_good(client: TestClient) -> None:
    manifest = client.get("/static/vendor/manifest.json").json()
    for entry in manifest.values():
        answer = client.get(entry["path"])
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert client.get("/static/vendor/htmx.000000000000.js").status_code == 404


def test_a_person_sees_the_doors_of_their_roles_only(
    made: Made, client_for: Callable[..., TestClient]
) -> None:
    party = made(lambda make: make.account("张三"))
    page = client_for(party).get("/home").text
    assert 'href="/disputes"' in page
    assert 'href="/desk"' not in page
