"""Outside time-stamps: asked of a real authority on this machine, which falls silent and comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page
from starlette.testclient import TestClient

from documents import stamping
from documents.authority import Authority
from odr import clock, outbox, papers, verify
from odr.outbox import Item
from odr.rules.words import Role
from odr.tables.people import Account
from odr.tables.records import Document
from tests.documents.time_server import TimeServer
from tests.make import Make
from tests.odr.test_verify import FACTS
from tests.web.conftest import Made, once
from tests.web.test_public import sealed_paper
from web import issuing, jobs
from web.ask import Site
from web.jobs import Office
from web.verifying import witness


@dataclass
class Desk:
    """A job worker whose outside authority is at an address, and the items it left."""

    site: Site

    def work(self, url: str, item: Item) -> list[Item]:
        chosen = replace(self.site.settings, tsa_url=url)
        office = Office(chosen, self.site.db, self.site.vault)
        added: list[Item] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(outbox.Held, "add", lambda _engine, _s, one: added.append(one))
            jobs.run(office, item)
        return added


@pytest.fixture
def stranger(site: Site, tmp_path: Path) -> Iterator[Authority]:
    """The outside authority, on which the court relies."""
    found = Authority.open(tmp_path / "stranger", clock.now())
    ours = Authority.open(site.settings.keys, clock.now())
    (ours.directory / "outside").mkdir()
    (ours.directory / "outside" / "roots.pem").write_bytes(found.root_pem)
    yield found
    issuing._silent.clear()


@pytest.fixture
def asked(made: Made) -> tuple[Item, Account]:
    """A frozen paper to be issued, and a clerk who reads it."""

    def build(make: Make) -> tuple[Item, Account]:
        make.document(make.dispute(), FACTS)
        return next(one for one in outbox.held(make.s) if one.kind == "document.issue"), make.account(
            "赵", Role.CLERK
        )

    return made(build)


def test_a_silent_authority_holds_nothing_up_and_is_asked_again_later(
    site: Site, asked: tuple[Item, Account], stranger: Authority, client_for: Callable[..., TestClient]
) -> None:
    issue, clerk = asked
    desk, key = Desk(site), issue.fields["document"]
    with TimeServer(stranger, clock.now(), "down") as server:
        (stamp,) = [one for one in desk.work(server.url, issue) if one.kind == "document.stamp"]
        (again,) = desk.work(server.url, stamp)

    page = client_for(clerk)
    page.app.state.site.settings = replace(site.settings, tsa_url=server.url)
    assert again.run_at is not None
    assert again.run_at > clock.now() + timedelta(seconds=60)
    assert again.key != stamp.key
    assert "外部时间戳机构暂时没有答复" in page.get(f"/documents/{key}").text
    assert page.get(f"/documents/{key}/pdf").status_code == 200

    issuing._silent.clear()  # two minutes later
    with TimeServer(stranger, clock.now()) as server:
        assert desk.work(server.url, again) == []
        assert desk.work(server.url, again) == []
        assert server.asked == 1

    said = page.get(f"/documents/{key}").text
    assert "外部时间戳机构暂时没有答复" not in said
    assert "外部时间戳机构已为文书加盖时间戳" in said


def test_while_an_authority_is_silent_papers_do_not_wait_for_it_one_after_the_other(
    site: Site, asked: tuple[Item, Account], stranger: Authority
) -> None:
    desk, issue = Desk(site), asked[0]
    with TimeServer(stranger, clock.now(), "nonsense") as server:
        (stamp,) = [one for one in desk.work(server.url, issue) if one.kind == "document.stamp"]
        waits = []
        for _ in range(7):
            (stamp,) = desk.work(server.url, stamp)
            waits.append(round((stamp.run_at - clock.now()).total_seconds() / 60))
        assert server.asked == 1
        assert waits == [2, 4, 8, 16, 32, 60, 60]  # minutes: a silent day makes few items


def test_an_authority_that_falls_silent_a_second_time_is_left_alone_a_second_time(
    site: Site, asked: tuple[Item, Account], stranger: Authority
) -> None:
    desk, issue = Desk(site), asked[0]
    with TimeServer(stranger, clock.now(), "nonsense") as server:
        (stamp,) = [one for one in desk.work(server.url, issue) if one.kind == "document.stamp"]
        (stamp,) = desk.work(server.url, stamp)
        issuing._silent[server.url] -= issuing.SILENCE  # two minutes later
        for _ in range(5):
            (stamp,) = desk.work(server.url, stamp)
        assert server.asked == 2


def test_the_register_knows_a_paper_with_and_without_the_outside_time_stamp(
    site: Site, asked: tuple[Item, Account], stranger: Authority, client: TestClient
) -> None:
    desk, issue = Desk(site), asked[0]
    with TimeServer(stranger, clock.now()) as server:
        (stamp,) = [one for one in desk.work(server.url, issue) if one.kind == "document.stamp"]
        desk.work(server.url, stamp)
    with site.db.reading() as s:
        document = s.get_one(Document, issue.fields["document"])
        before, after = (site.vault.read(one) for one in (document.digest, papers.stamped(s, document)))
        assert verify.verify(s, site.vault, witness(site.settings.keys)) == []

    assert after.startswith(before)
    assert len(after) > len(before)
    for pdf in (before, after):
        answer = client.post("/verify", data=once(), files={"file": ("x.pdf", pdf, "application/pdf")})
        assert "真实、完整、有效" in answer.text


def test_a_browser_says_that_it_cannot_check_an_outside_time_stamp_by_itself(
    page_for: Callable[..., Page], site: Site, stranger: Authority, tmp_path: Path
) -> None:
    paper = tmp_path / "paper.pdf"
    with TimeServer(stranger, clock.now()) as server:
        trusted = Authority.open(site.settings.keys, clock.now()).roots()
        paper.write_bytes(stamping.stamp(sealed_paper(site), server.url, trusted))
    page = page_for(language="en")
    page.goto("/verify")
    page.locator('input[name="file"]').set_input_files(paper)
    page.locator("#local:not([hidden])").wait_for()

    said = page.locator("#local").inner_text()
    assert "Your device cannot check all of it" in said
    assert "altered" not in said
