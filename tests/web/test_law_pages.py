"""The rules in the open, a court's own promises, and the calendar, in pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from odr import clock, rulebook
from odr.rules.words import Role
from odr.tables.law import CalendarNotice, RuleOverride
from tests.web.conftest import Made, once
from web.ask import Site

ClientFor = Callable[..., TestClient]
PROMISE = {"rule": "T-JC-DEC", "length": "7", "reason": "司法确认绿色通道", "from_on": "2026-11-01"}


@pytest.fixture
def leader(made: Made, client_for: ClientFor) -> TestClient:
    return client_for(made(lambda make: make.account("王院长", Role.LEADER)))


@pytest.fixture
def admin(made: Made, client_for: ClientFor) -> TestClient:
    return client_for(made(lambda make: make.account("管理员", Role.SYSADMIN)))


@pytest.mark.parametrize("language", ["zh_CN", "ko", "en"])
def test_anybody_reads_every_rule_with_its_basis_and_its_mark(client: TestClient, language: str):
    client.cookies.set("language", language)

    page = client.get("/rules?kind=all").text

    assert 'id="JC-02"' in page
    assert 'id="T-JC-APPLY"' in page
    assert "《中华人民共和国民事诉讼法》第205条" in page


def test_what_is_to_be_confirmed_can_be_listed_alone(client: TestClient, site: Site, made: Made):
    with site.db.transaction() as s:
        rulebook.take_over(s, at=clock.now())

    page = client.get("/rules?kind=clock&mark=confirm").text

    assert 'id="T-OBJ-SCHEME"' in page
    assert 'id="T-JC-APPLY"' not in page
    assert "起使用" in page


def test_the_leader_promises_less_time_and_takes_it_back(leader: TestClient, site: Site):
    assert leader.post("/court/rules", data=PROMISE | once()).status_code == 303
    assert "司法确认绿色通道" in leader.get("/court/rules").text
    with site.db.reading() as s:
        (row,) = s.exec(select(RuleOverride)).all()

    assert leader.post(f"/court/rules/{row.id}/lift", data=once()).status_code == 303
    assert "已停用" in leader.get("/court/rules").text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"length": "16"}, "length"),
        ({"rule": "T-JC-APPLY", "length": "7"}, "length"),
        ({"length": ""}, "length"),
        ({"reason": ""}, "reason"),
        ({"until_on": "2026-10-01"}, "until_on"),
        ({"rule": "T-NEVER"}, "rule"),
    ],
)
def test_a_promise_the_law_does_not_allow_comes_back(leader: TestClient, wrong: dict[str, str], field: str):
    page = leader.post("/court/rules", data=PROMISE | wrong | once())

    assert page.status_code == 422
    assert f'id="{field}-wrong"' in page.text


def test_the_administrator_imports_a_year(admin: TestClient, site: Site):
    draft = (
        admin.get("/court/calendar")
        .text.partition('rows="18"')[2]
        .partition(">")[2]
        .partition("</textarea>")[0]
    )
    text = draft.replace("&#34;", '"').replace('notice = ""', 'notice = "国办发明电〔2026〕9号"')

    assert admin.post("/court/calendar", data={"text": text} | once()).status_code == 303
    assert admin.post("/court/calendar", data={"text": text} | once()).status_code == 422
    with site.db.reading() as s:
        assert [(row.year, row.version) for row in s.exec(select(CalendarNotice))] == [(2027, "2027-1")]
    assert "国办发明电〔2026〕9号" in admin.get("/court/calendar").text


def test_what_is_no_calendar_is_shown_again(admin: TestClient):
    page = admin.post("/court/calendar", data={"text": "放假七天"} | once())

    assert page.status_code == 422
    assert "放假七天" in page.text


def test_a_clerk_has_no_part_in_the_court_s_law(made: Made, client_for: ClientFor):
    clerk = client_for(made(lambda make: make.account("书记员", Role.CLERK)))

    assert [clerk.get(path).status_code for path in ("/court/rules", "/court/calendar")] == [403, 403]


@pytest.mark.parametrize(
    ("key", "typed", "shown"),
    [("P-WAGE", "120,000", "120,000.00"), ("P-LPR", "3.1", "3.1%"), ("P-LEND-CAP", "4", "4 倍")],
)
def test_a_published_figure_is_entered_with_its_source(leader: TestClient, key: str, typed: str, shown: str):
    form = {"key": key, "value": typed, "source": "省统计局公报", "counts_from": "2026-01-01"}

    assert leader.post("/court/parameters", data=form | once()).status_code == 303
    page = leader.get("/court/rules").text

    assert shown in page
    assert "省统计局公报" in page


@pytest.mark.parametrize(
    ("wrong", "field"), [({"value": "viel"}, "value"), ({"key": "P-NONE"}, "key"), ({"source": ""}, "source")]
)
def test_a_figure_that_is_none_comes_back(leader: TestClient, wrong: dict[str, str], field: str):
    form = {"key": "P-LPR", "value": "3.1", "source": "公报", "counts_from": "2026-01-01"}

    page = leader.post("/court/parameters", data=form | wrong | once())

    assert page.status_code == 422
    assert f'id="{field}-wrong"' in page.text
