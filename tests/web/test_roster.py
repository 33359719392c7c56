"""The roster in pages: public search, the organisation's edits and sheets, the court's approval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page
from sqlmodel import select
from starlette.testclient import TestClient

from odr import roster_sheet, sheets
from odr.queries import roster
from odr.rules.words import Role
from odr.tables.people import Account
from odr.tables.roster import Mediator, RosterChange
from tests.make import Make, day
from tests.web.conftest import Made, once
from web.ask import Site

HEADS = "编号,姓名,身份证号码,手机号码,类别,擅长的纠纷,语言\n"
NEW = ",金美兰,11010519491231002X,13800001234,人民调解员,民间借贷纠纷,朝鲜语\n"


@dataclass
class Cast:
    """One organisation with a mediator, its administrator, and the court's people."""

    org: str
    mediator: str
    admin: Account
    officer: Account
    leader: Account


@pytest.fixture
def cast(made: Made) -> Cast:
    def build(make: Make) -> Cast:
        org = make.organisation("天河区人民调解委员会", scope=["private-lending"], languages=["zh"])
        mediator = make.mediator(
            "李和平",
            org,
            kind="people",
            scope=["private-lending"],
            languages=["zh", "ko"],
            identity_number="360426199101010071",
            certificate_number="（2026）粤0106特邀调解员1号",
            listed_on=day("2026-01-05"),
            term_until=day("2026-02-01"),
        )
        admin = make.account("赵主任")
        make.grant(admin, Role.ORG_ADMIN, org_id=org.id)
        return Cast(
            org.id,
            mediator.id,
            admin,
            make.account("周立案", Role.TRIAGE),
            make.account("陈院长", Role.LEADER),
        )

    return made(build)


def _send(client: TestClient, path: str, **fields: object):
    return client.post(path, data=once() | fields)


def _upload(client: TestClient, text: str, **fields: str):
    files = {"file": ("名册.csv", text.encode("utf-8-sig"), "text/csv")}
    return client.post("/organisation/import", data=once() | fields, files=files)


def _changes(site: Site) -> list[RosterChange]:
    with site.db.reading() as s:
        return list(s.exec(select(RosterChange)).all())


def test_anybody_searches_the_roster_without_logging_in(client, cast):
    page = client.get("/roster?cause=private-lending&language=ko&free=1&video=1").text

    assert "李和平" in page
    assert "找到 1 位调解员" in page
    assert "李和平" not in client.get("/roster?cause=traffic").text


def test_the_public_entry_shows_no_number_and_no_telephone(client, cast):
    page = client.get(f"/roster/mediators/{cast.mediator}").text

    assert "特邀调解员1号" in page
    assert page.count("广州市天河区人民法院") > 1  # in the head, and as the court that invited them
    assert "36042619910101" not in page
    assert "0071" not in page
    assert "1390000" not in page


def test_who_is_not_listed_is_not_found(client, made, cast):
    made(lambda make: setattr(make.s.get_one(Mediator, cast.mediator), "status", "removed"))

    assert client.get(f"/roster/mediators/{cast.mediator}").status_code == 404


@pytest.mark.parametrize("query", ["page=-1", "page=9999999", "page=x", "on=gestern", "kind=x", "court=x"])
def test_an_odd_address_is_still_a_page(client, cast, query):
    assert client.get(f"/roster?{query}").status_code == 200


def test_an_edit_waits_for_the_court_and_then_is_public(client, client_for, cast):
    admin, officer = client_for(cast.admin), client_for(cast.officer)
    form = {"name": "李和平", "phone": "13800009999", "kind": "people", "region": "石牌街", "has_video": "是"}
    form |= {"identity_number": "360426199101010071", "scope": ["private-lending", "traffic"]}

    sent = _send(admin, f"/organisation/mediators/{cast.mediator}", **form)

    assert sent.headers["location"] == "/organisation"
    assert "待审核" in admin.get("/organisation").text
    assert "石牌街" not in client.get(f"/roster/mediators/{cast.mediator}").text
    batch = officer.get("/roster-approvals").text.split("/roster-approvals/")[1].split('"')[0]
    assert "石牌街" in officer.get(f"/roster-approvals/{batch}").text
    assert _send(officer, f"/roster-approvals/{batch}/approve").status_code == 303
    assert "石牌街" in client.get(f"/roster/mediators/{cast.mediator}").text


def test_a_wrong_field_keeps_what_was_typed(client_for, cast):
    answer = _send(client_for(cast.admin), "/organisation/mediators", name="金美兰", phone="1380000")

    assert answer.status_code == 422
    assert "位数不对" in answer.text
    assert 'value="金美兰"' in answer.text


def test_a_sheet_is_compared_confirmed_and_approved(client, client_for, cast, site):
    admin, leader = client_for(cast.admin), client_for(cast.leader)

    compared = _upload(admin, HEADS + NEW).headers["location"]
    page = admin.get(compared).text

    assert "表格没有错误" in page
    assert "金美兰" in page
    assert _changes(site) == []
    assert _send(admin, compared).headers["location"] == "/organisation"
    (change,) = _changes(site)
    assert change.status == "proposed"
    assert _send(leader, f"/roster-approvals/{change.batch}/approve", link="1").status_code == 303
    assert "金美兰" in client.get("/roster").text
    undone = _send(leader, f"/roster-approvals/{change.batch}/undo", reason="材料有误")
    assert undone.status_code == 303
    assert "金美兰" not in client.get("/roster").text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh_CN", "第 3 行 手机号码 位数不对"),
        ("ko", "3행 휴대전화 번호 자릿수가 맞지 않습니다"),
        ("en", "Row 3 Mobile number Wrong number of digits"),
    ],
)
def test_a_fault_is_named_by_row_and_column_in_the_readers_language(client_for, cast, language, words):
    admin = client_for(cast.admin)
    admin.cookies.set("language", language)
    broken = ",甲,11010519491231002X,138000,人民调解员,,\n"

    page = admin.get(
        _upload(admin, HEADS + NEW.replace("11010519491231002X", "") + broken).headers["location"]
    )

    assert words in page.text


def test_a_sheet_with_faults_changes_nothing_unless_the_good_rows_are_wanted(client_for, cast, site):
    admin = client_for(cast.admin)
    compared = _upload(admin, HEADS + NEW + ",乙,1,1,人民调解员,,\n").headers["location"]

    refused = _send(admin, compared)
    assert refused.status_code == 422
    assert _changes(site) == []

    assert _send(admin, compared, good_rows="1").status_code == 303
    assert [change.after["name"] for change in _changes(site)] == ["金美兰"]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_export_imports_without_a_difference(client_for, cast, site, kind):
    data = client_for(cast.admin).get(f"/organisation/export/{kind}").content

    with site.db.reading() as s:
        found = roster_sheet.difference(sheets.read(data), roster.known(s, cast.org), whole=True)

    assert [line.change for line in found.lines] == ["same"]


def test_what_is_no_sheet_is_refused_and_not_kept(client_for, cast, site):
    before = list(site.vault.all())

    answer = client_for(cast.admin).post(
        "/organisation/import", data=once(), files={"file": ("x.xlsx", b"PK\x03\x04junk", sheets.XLSX)}
    )

    assert answer.status_code == 422
    assert "无法读取" in answer.text
    assert list(site.vault.all()) == before


def test_a_sheet_of_another_organisation_does_not_exist(client_for, made, cast):
    compared = _upload(client_for(cast.admin), HEADS + NEW).headers["location"]

    def stranger(make: Make) -> Account:
        account = make.account("外人")
        make.grant(account, Role.ORG_ADMIN, org_id=make.organisation("越秀区人民调解委员会").id)
        return account

    assert client_for(made(stranger)).get(compared).status_code == 404


def test_an_ending_term_is_shown(client_for, cast):
    assert "已到期" in client_for(cast.admin).get("/organisation").text


@pytest.mark.parametrize("path", ["/organisation", "/roster-approvals", "/figures"])
def test_strangers_and_parties_do_not_get_in(client, client_for, made, path):
    party = client_for(made(lambda make: make.account("张三")))

    assert client.get(path).headers["location"].startswith("/login")
    assert party.get(path).status_code in (403, 404)


def test_the_figures_open_into_what_they_count_and_leave_as_a_sheet(client_for, made, cast):
    case = made(lambda make: make.case(to=make.s.get_one(Mediator, cast.mediator), created_at=make.at))
    leader = client_for(cast.leader)

    board = leader.get("/figures?period=2026-03").text
    one = leader.get("/figures/participation?period=2026-03").text
    rows = sheets.read(leader.get("/figures/export/xlsx?period=2026-03").content)

    assert "双方参与率" in board
    assert case.number in one
    assert f"/cases/{case.id}" in one
    assert [row[4:6] for _, row in rows if row[0] == "双方参与率"] == [["0", "1"]]
    assert leader.get("/figures/unknown").status_code == 404
    assert leader.get("/figures/export/pdf").status_code == 404


def test_the_auditor_counts_cases_but_does_not_open_them(client_for, made, cast):
    case = made(lambda make: make.case(to=make.s.get_one(Mediator, cast.mediator), created_at=make.at))
    auditor = made(lambda make: make.account("审计员", Role.AUDITOR))

    page = client_for(auditor).get("/figures/participation?period=2026-03").text

    assert case.number in page
    assert f"/cases/{case.id}" not in page


def test_every_page_reads_well_for_everybody(page_for: Callable[..., Page], axe, cast, client_for, made):
    admin = client_for(cast.admin)
    compared = _upload(admin, HEADS + NEW + ",乙,1,1,人民调解员,,\n").headers["location"]
    _send(admin, compared, good_rows="1")
    made(lambda make: make.case(to=make.s.get_one(Mediator, cast.mediator), created_at=make.at))

    public = page_for(width=360)
    for path in ("/roster", f"/roster/mediators/{cast.mediator}", f"/roster/organisations/{cast.org}"):
        public.goto(path)
        axe(public)
    organisation = page_for(cast.admin)
    for path in ("", "/entry", "/mediators/new", f"/mediators/{cast.mediator}", "/import"):
        organisation.goto(f"/organisation{path}")
        axe(organisation)
    organisation.goto(compared)
    axe(organisation)
    court = page_for(cast.leader, language="ko")
    for path in ("/roster-approvals", "/figures?period=2026-03", "/figures/participation?period=2026-03"):
        court.goto(path)
        axe(court)
    court.goto("/roster-approvals")
    court.get_by_role("cell").get_by_role("link").first.click()
    axe(court)
