"""The real product under `odr serve`, and real browsers in the hands of its people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, StorageState, expect, sync_playwright

from odr.demo import MEDIATORS, PARTIES, STAFF
from tests.walks.people import Person
from tests.walks.serving import Served, found
from tests.web.conftest import CHROMIUM, FLAGS

PHONES = {name: phone for name, phone, *_ in MEDIATORS} | {
    name: phone for name, _, phone in (*STAFF, *PARTIES)
}
PATIENCE = 60_000  # milliseconds: the machine may have much else to do
_addresses = count(1)
_kept: dict[str, StorageState] = {}  # the cookies of each one's browser, from walk to walk


@pytest.fixture(scope="session")
def court(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One court without any matter, served as an operator serves it; all walks happen in it."""
    data = tmp_path_factory.mktemp("court")
    served = Served(data, found(data))
    try:
        served.start()
        yield served
    finally:
        served.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def person(browser: Browser, court: Served, tmp_path: Path) -> Iterator[Callable[..., Person]]:
    """`person("王芳", width=360)`: somebody at a browser; the last thing each one saw is kept as a picture.

    What was wrong with the looks of pages on the way is told at the end, all together.
    """
    people: list[Person] = []
    faults: list[str] = []

    def sit_down(name: str, phone: str = "", *, number: str = "", width: int = 1280) -> Person:
        profile = browser.new_context(
            storage_state=_kept.get(name),
            base_url=court.address,
            viewport={"width": width, "height": 800},
            locale="zh-CN",
            permissions=["camera", "microphone"],
            # each sits at an address of their own, as behind the court's own proxy
            extra_http_headers={"X-Forwarded-For": f"198.51.100.{next(_addresses)}"},
        )
        profile.set_default_timeout(PATIENCE)
        person = Person(name, phone or PHONES[name], profile.new_page(), court.address, number, faults)
        people.append(person)
        return person

    yield sit_down
    for one in people:
        one.page.screenshot(path=tmp_path / f"{one.name}.png")
        _kept[one.name] = one.page.context.storage_state()
        one.page.context.close()
    assert not faults, "\n".join(faults)
