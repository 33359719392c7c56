"""Pages for everybody, and the desks of auditor and administrator."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pikepdf import Pdf
from playwright.sync_api import Page
from sqlmodel import select
from starlette.testclient import TestClient

import documents
from documents import containers, standalone, verifying
from documents.authority import Authority
from odr import clock, journal
from odr.actions import accounts
from odr.digests import digest
from odr.rules.access import MACHINE
from odr.rules.moves import DisputeStage
from odr.rules.words import Role
from odr.tables.people import Account, RoleGrant
from odr.tables.records import Document, JournalEntry
from tests.make import Make
from tests.odr.test_verify import FACTS
from tests.web.conftest import Made, once
from web.ask import Site
from web.words import language, say

ClientFor = Callable[..., TestClient]
OPEN = [
    "/",
    "/how",
    "/verify",
    "/verify?n=1&h=12345678",
    "/transparency",
    "/accessibility",
    "/letterbox",
    "/nowhere",
]
STAFF = [("/audit?check=1", Role.AUDITOR), ("/admin", Role.SYSADMIN), ("/home", Role.TRIAGE)]


@pytest.mark.parametrize("language", ["zh_CN", "ko", "en"])
def test_open_pages_fit_a_phone_and_can_be_used_by_everybody(
    page_for: Callable[..., Page], axe: Callable[[Page], None], language: str
) -> None:
    page = page_for(width=360, language=language)
    for path in OPEN:
        page.goto(path)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") == 360, path


@pytest.mark.parametrize(("path", "role"), STAFF)
def test_staff_pages_fit_and_can_be_used_by_everybody(
    page_for: Callable[..., Page], axe: Callable[[Page], None], made: Made, path: str, role: Role
) -> None:
    person = made(lambda make: make.account("何某", role))
    for width in (360, 1280):
        page = page_for(person, width=width)
        page.goto(path)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_large_type_still_fits_the_smallest_phone(page_for: Callable[..., Page]) -> None:
    page = page_for(width=320)
    page.goto("/type/large")
    for path in OPEN:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") == 320, path


# checking a paper


def paper(make: Make, **changes: object) -> Document:
    dispute = make.dispute()
    row = Document(
        court_id=dispute.court_id,
        dispute_id=dispute.id,
        subject=f"dispute:{dispute.id}",
        kind="agreement",
        title="调解协议",
        number="〔2026〕粤0106调协字第1号",
        facts_hash="sha256:" + "ab12" * 16,
        frozen_at=make.at,
        published_at=make.at,
        **changes,
    )
    make.s.add(row)
    make.s.flush()
    return row


def ask(client: TestClient, number: str, beginning: str) -> str:
    return client.get("/verify", params={"n": number, "h": beginning}).text


def test_a_paper_is_found_by_number_and_digest_together(client: TestClient, made: Made) -> None:
    number = made(paper).number
    assert "本院签发，现在有效" in ask(client, number, "ab12ab12")
    assert "本院签发，现在有效" in ask(client, number, "AB12AB12AB12")
    for wrong in ("ab12", "ab12ab13", "%", "________"):
        assert "没有查到这份文书" in ask(client, number, wrong), wrong
    assert "调解协议</dd>" not in client.get("/verify", params={"n": number}).text


def test_a_void_paper_says_so(client: TestClient, made: Made) -> None:
    number = made(lambda make: paper(make, void_at=make.at)).number
    assert "已经作废" in ask(client, number, "ab12ab12")


def test_a_paper_not_yet_out_is_nobodys_business(client: TestClient, made: Made) -> None:
    def unpublished(make: Make) -> str:
        row = paper(make)
        row.published_at = None
        return row.number

    assert "没有查到这份文书" in ask(client, made(unpublished), "ab12ab12")


@pytest.mark.parametrize("data", [b"", b"hello", b"%PDF-1.7\nnot really"], ids=["empty", "text", "broken"])
def test_a_file_that_is_no_paper_of_ours_gets_a_plain_answer(client: TestClient, data: bytes) -> None:
    answer = client.post("/verify", data=once(), files={"file": ("x.pdf", data, "application/pdf")})
    assert answer.status_code == 200
    assert "不能认定为真" in answer.text


def test_checking_without_a_file_asks_for_one(client: TestClient) -> None:
    answer = client.post("/verify", data=once())
    assert answer.status_code == 422
    assert "请选择文件" in answer.text


# home


def test_home_tells_each_role_what_waits(made: Made, client_for: ClientFor) -> None:
    def build(make: Make) -> tuple[Account, Account]:
        make.dispute(DisputeStage.SUBMITTED)
        make.dispute(DisputeStage.SUBMITTED)
        triage = make.account("周分流", Role.TRIAGE)
        party = make.side(make.dispute(DisputeStage.IN_MEDIATION), "applicant").account_id
        return triage, make.s.get_one(Account, party)

    triage, party = made(build)
    assert "2 件纠纷等待分流" in client_for(triage).get("/home").text
    assert "1 件纠纷正在办理" in client_for(party).get("/home").text


# audit


def test_the_auditor_reads_the_journal_of_a_matter(made: Made, client_for: ClientFor) -> None:
    def build(make: Make) -> Account:
        for number in ("甲1号", "乙2号"):
            dispute = make.dispute(number=number)
            journal.append(
                make.s, dispute.court_id, f"dispute:{dispute.id}", "dispute.submitted", by=MACHINE, at=make.at
            )
        return make.account("何审计", Role.AUDITOR)

    client = client_for(made(build))
    page = client.get("/audit", params={"matter": "甲1号"}).text
    assert "甲1号</td>" in page
    assert "乙2号" not in page
    assert "没有符合条件的记录" in client.get("/audit", params={"kind": "sitting."}).text


def test_the_auditor_is_told_the_entry_that_was_changed(made: Made, client_for: ClientFor) -> None:
    def build(make: Make) -> Account:
        court = make.court()
        for _ in range(5):
            journal.append(make.s, court.id, "court", "test.noted", by=MACHINE, at=make.at)
        return make.account("何审计", Role.AUDITOR)

    client = client_for(made(build))
    assert "首尾相连，没有改动" in client.get("/audit?check=1").text

    def tamper(make: Make) -> None:
        connection = make.s.connection()
        connection.exec_driver_sql("DROP TRIGGER journal_entry_no_update")
        connection.exec_driver_sql(
            "UPDATE journal_entry SET body = replace(body, 'test', 'text') WHERE seq = 3"
        )

    made(tamper)
    assert "第 3 条与前文不符" in client.get("/audit?check=1").text


# administration


def test_a_colleague_is_given_an_account_and_told_how_to_get_in(
    made: Made, client_for: ClientFor, site: Site
) -> None:
    client = client_for(made(lambda make: make.account("钱管理", Role.SYSADMIN)))
    sent = once() | {"name": "赵书记员", "phone": "13800000001", "roles": ["clerk", "triage"]}
    assert client.post("/admin/accounts", data=sent).status_code == 303
    assert "赵书记员" in client.get("/admin").text
    assert "工作账户已开通" in client.get("/letterbox", params={"to": "13800000001"}).text
    with site.db.reading() as s:
        assert s.exec(select(JournalEntry).where(JournalEntry.kind == "account.created")).one()


@pytest.mark.parametrize("role", ["mediator", "org-admin", "party", "emperor"])
def test_roles_of_the_roster_are_not_given_by_hand(made: Made, client_for: ClientFor, role: str) -> None:
    client = client_for(made(lambda make: make.account("钱管理", Role.SYSADMIN)))
    sent = once() | {"name": "某人", "phone": "13800000001", "roles": [role]}
    assert client.post("/admin/accounts", data=sent).status_code == 422


def test_a_disabled_colleague_is_out_with_the_next_request(made: Made, client_for: ClientFor) -> None:
    clerk, admin = made(lambda make: (make.account("赵", Role.CLERK), make.account("钱", Role.SYSADMIN)))
    theirs, ours = client_for(clerk), client_for(admin)
    assert ours.post(f"/admin/accounts/{clerk.id}/disable", data=once()).status_code == 303
    assert theirs.get("/home").headers["location"].startswith("/login")
    assert ours.post(f"/admin/accounts/{admin.id}/disable", data=once()).status_code == 403
    assert ours.post(f"/admin/accounts/{clerk.id}/enable", data=once()).status_code == 303


def test_an_administrator_reaches_colleagues_of_the_own_court_only(made: Made, client_for: ClientFor) -> None:
    def build(make: Make) -> tuple[Account, Account, Account]:
        other = make.court("吉7502", "另一法院")
        return (
            make.account("钱", Role.SYSADMIN),
            make.account("外地", Role.CLERK, court=other),
            make.account("当事人"),
        )

    admin, foreign, party = made(build)
    client = client_for(admin)
    for stranger in (foreign, party):
        assert client.post(f"/admin/accounts/{stranger.id}/disable", data=once()).status_code == 404
    assert "外地" not in client.get("/admin").text


def test_nobody_gives_themselves_a_role_by_sending_more_fields(
    made: Made, site: Site, client: TestClient
) -> None:
    made(lambda make: make.court())
    client.post("/register", data=once() | {"phone": "13800000001", "roles": "sysadmin", "verified_at": "1"})
    with site.db.reading() as s:
        assert s.exec(select(RoleGrant)).all() == []


def test_a_staff_login_is_in_the_courts_journal(made: Made, site: Site) -> None:
    clerk = made(lambda make: make.account("赵", Role.CLERK))
    made(lambda make: accounts.log_in(make.s, clerk, at=clock.now(), strong=False, address="a", agent="b"))
    with site.db.reading() as s:
        entry = s.exec(select(JournalEntry).where(JournalEntry.kind == "login.opened")).one()
    assert (entry.subject, entry.actor) == (f"account:{clerk.id}", clerk.id)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """A key folder, and one paper under its court's seal."""
    keys = tmp_path_factory.mktemp("keys")
    authority = Authority.open(keys, clock.now())
    pdf = Pdf.new()
    pdf.add_blank_page()
    plain = BytesIO()
    pdf.save(plain)
    seal = authority.seal_for("粤0106", "广州市天河区人民法院")
    return keys, documents.seal(plain.getvalue(), seal, authority, reason="签发", at=clock.now())


def check(client: TestClient, data: bytes) -> str:
    return client.post("/verify", data=once(), files={"file": ("x.pdf", data, "application/pdf")}).text


def test_a_sealed_paper_is_known_again_and_any_change_is_seen(
    client: TestClient, site: Site, made: Made, sealed: tuple[Path, bytes]
) -> None:
    keys, pdf = sealed
    shutil.copytree(keys, site.settings.keys, dirs_exist_ok=True)
    assert "登记中没有这份文书" in check(client, pdf)
    number = made(lambda make: paper(make, digest=digest(pdf))).number
    page = check(client, pdf)
    assert "真实、完整、有效" in page
    assert number in page
    assert "广州市天河区人民法院" in page
    assert "不能认定为真" in check(client, pdf + b"\n")
    middle = len(pdf) // 3
    assert "不能认定为真" in check(client, pdf[:middle] + bytes([pdf[middle] ^ 1]) + pdf[middle + 1 :])


def test_whatever_is_found_in_a_paper_is_said_in_the_readers_language() -> None:
    texts = [Path(module.__file__).read_text() for module in (verifying, containers)]
    words = {found for text in texts for found in re.findall(r'"([\u4e00-\u9fff][^"]*。)"', text)}
    assert len(words) > 12
    for name in ("ko", "en"):
        token = language.set(name)
        try:
            assert [one for one in words if say(one) == one] == []
        finally:
            language.reset(token)


def test_a_browser_checks_a_paper_by_itself_and_without_a_network(
    page_for: Callable[..., Page], site: Site, made: Made, tmp_path: Path
) -> None:
    paper = sealed_paper(site)
    page = page_for(language="en")
    page.goto("/verify")
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("caches.open('verify-1').then(s => s.keys()).then(k => k.length > 3)")
    page.context.set_offline(True)
    page.reload()
    said = page.locator("#local")
    for name, data, verdict, what in (
        ("true", paper, "good", "广州市天河区人民法院"),
        (
            "changed",
            paper[:2000] + bytes([paper[2000] ^ 1]) + paper[2001:],
            "bad",
            "altered after it was sealed",
        ),
        ("appended", paper + b"\n% one more update\n%%EOF\n", "bad", "appended after the last seal"),
        ("hidden", hidden_in_a_container(paper), "bad", "altered after it was sealed"),
        ("cut off", cut_off_in_a_container(paper), "bad", ""),
        ("bare", b"%PDF-1.7\n%%EOF\n", "bad", "no seal"),
    ):
        (tmp_path / f"{name}.pdf").write_bytes(data)
        page.locator('input[name="file"]').set_input_files(tmp_path / f"{name}.pdf")
        said.locator(f".verdict.{verdict}").wait_for()
        assert what in said.inner_text()


def hidden_in_a_container(paper: bytes) -> bytes:
    """Something written among the zeros that fill up the first seal's container."""
    gap = paper.index(b"000000>", paper.index(b"/Contents <"))
    return paper[:gap] + b"hidden" + paper[gap + 6 :]


def cut_off_in_a_container(paper: bytes) -> bytes:
    """A first container that ends in the middle of a length."""
    found = re.search(rb"/Contents <([0-9a-fA-F]+)>", paper)
    assert found
    return paper[: found.start(1)] + b"30023084".ljust(len(found[1]), b"0") + paper[found.end(1) :]


def test_a_browser_does_not_take_a_seal_that_was_revoked_before(
    page_for: Callable[..., Page], site: Site, tmp_path: Path
) -> None:
    (tmp_path / "paper.pdf").write_bytes(sealed_paper(site))
    authority = Authority.open(site.settings.keys, clock.now())
    seal = authority.seal_for("粤0106", "广州市天河区人民法院")
    for revoked_at, verdict in ((timedelta(days=1), "good"), (timedelta(days=-1), "bad")):
        authority.revoke(seal, clock.now() + revoked_at)
        page = page_for(language="en")
        page.goto("/verify")
        page.locator('input[name="file"]').set_input_files(tmp_path / "paper.pdf")
        page.locator(f"#local .verdict.{verdict}").wait_for()
    assert "revoked" in page.locator("#local").inner_text()


def test_the_page_names_the_courts_root_and_gives_the_script_that_compares_it(
    client: TestClient, site: Site
) -> None:
    page = client.get("/verify").text
    fingerprint = Authority.open(site.settings.keys, clock.now()).root_fingerprint

    assert fingerprint in page
    assert 'href="/verify/verify.py"' in page
    answer = client.get("/verify/verify.py")
    assert answer.text == Path(standalone.__file__).read_text()
    assert "attachment" in answer.headers["content-disposition"]


def sealed_paper(site: Site) -> bytes:
    authority = Authority.open(site.settings.keys, clock.now())
    seal = authority.seal_for("粤0106", "广州市天河区人民法院")
    return documents.seal(documents.render(FACTS.kind, FACTS), seal, authority, reason="裁定", at=clock.now())
