"""Calculators and the reasons of a deadline, as people meet them in pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from itertools import product
from urllib.parse import parse_qsl

import pytest
from starlette.testclient import TestClient

from odr import clock, deadlines
from odr.errors import BadInput
from odr.rules import pack
from odr.rules.calendar import Calendar
from odr.rules.moves import CaseStage
from odr.rules.words import Role, Track
from tests.make import Make
from tests.web.conftest import Made
from web import calculations
from web.ask import Site

QUESTIONS = {
    "/calculators": "kind=property&amount=350000&halved=1",
    "/calculators/interest": "amount=100000&rate=24&first=2025-01-01&until=2026-01-01&loan=1&lpr=3.1",
    "/calculators/plan": "amount=10000&times=3&every=month&first=2026-01-31&down=1000",
    "/calculators/late": "amount=100000&due_on=2026-03-01&paid_on=2026-03-31&part=40000&part_on=2026-03-11",
    "/calculators/deadline": "rule=T-JC-APPLY&since=2026-01-20T09:30",
}


@pytest.mark.parametrize("language", ["zh_CN", "ko", "en"])
@pytest.mark.parametrize("path", QUESTIONS)
def test_anybody_gets_a_sum_with_its_steps(client: TestClient, path: str, language: str):
    client.cookies.set("language", language)

    empty, full = client.get(path), client.get(f"{path}?{QUESTIONS[path]}")

    assert (empty.status_code, full.status_code) == (200, 200)
    assert 'class="value"' not in empty.text
    assert 'class="value"' in full.text


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/calculators", ["3,275.00", "6,550.00", "2.5%", "第13条、第15条、第16条"]),
        ("/calculators/interest", ["12,400.00", "12.4%", "24%", "365"]),
        ("/calculators/plan", ["1,000.00", "3,000.00", "2026年4月30日"]),
        ("/calculators/late", ["385.00", "175.00", "210.00", "0.0175%"]),
        ("/calculators/deadline", ["2026年2月24日", "第205条", "春节", "2026-1"]),
    ],
)
def test_the_steps_lead_to_the_result(client: TestClient, path: str, told: list[str]):
    page = client.get(f"{path}?{QUESTIONS[path]}").text

    assert [words for words in told if words not in page] == []


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ("/calculators?kind=bribe&amount=1", "kind"),
        ("/calculators?kind=property&amount=-1", "amount"),
        ("/calculators?kind=property&amount=much", "amount"),
        ("/calculators/interest?amount=1&rate=1001&first=2026-01-01&until=2026-01-02", "rate"),
        ("/calculators/interest?amount=1&rate=1e30&first=2026-01-01&until=2026-01-02", "rate"),
        ("/calculators/interest?amount=1&rate=1&first=2026-01-02&until=2026-01-01", "until"),
        ("/calculators/interest?amount=1&rate=1&first=9999-01-02&until=9999-12-31", "first"),
        ("/calculators/plan?amount=1&times=361&first=2026-01-01", "times"),
        ("/calculators/plan?amount=0.02&times=3&first=2026-01-01", "times"),
        ("/calculators/deadline?rule=T-NEVER&since=2026-01-01T09:00", "rule"),
        ("/calculators/deadline?rule=T-REG&since=yesterday", "since"),
        ("/calculators/deadline?rule=T-ENF&since=9999-12-31T09:00", "since"),
    ],
)
def test_what_cannot_be_worked_out_is_named_beside_its_field(client: TestClient, question: str, field: str):
    page = client.get(question)

    assert page.status_code == 422
    assert f'id="{field}-wrong"' in page.text


JUNK = [
    "", "-1", "-0.00001", "1e30", "1e-30", "1E+9999", "1e999%", "9" * 27, "9" * 4999, "NaN", "sNaN", "-Infinity", "¼", "٣", "十", "1.005",
    "0001-01-01", "9999-12-31", "2026-02-30", "9999-12-31T23:59", "\u202e", "%s",
]  # fmt: skip


BASIS = calculations.Basis(Calendar(pack.load().years), pack.figures())


@pytest.mark.parametrize("path", QUESTIONS)
def test_whatever_is_typed_is_worked_out_or_refused(path: str):
    what, right = path.removeprefix("/calculators").strip("/") or "fee", dict(parse_qsl(QUESTIONS[path]))
    answered = 0
    for field, typed in product(right, JUNK):
        with suppress(BadInput):
            calculations.of(what, right | {field: typed}, BASIS)
            answered += 1
    assert answered < len(right) * len(JUNK)


def test_a_published_figure_is_read_or_refused():
    read = []
    for key, typed in product(pack.load().parameters, JUNK):
        with suppress(BadInput):
            read.append(calculations.read_figure(key, typed))
    assert all(0 <= figure <= 10**12 for figure in read)


def test_a_figure_that_the_court_entered_counts_in_every_calculator(
    client: TestClient, made: Made, site: Site
):
    def build(make: Make) -> None:
        for key, value in (("P-LPR", 31_000), ("P-LEND-CAP", 3), ("P-LATE", 350)):
            make.override(key, value=value)

    made(build)
    loan, late = QUESTIONS["/calculators/interest"].removesuffix("&lpr=3.1"), QUESTIONS["/calculators/late"]

    assert "9,300.00" in client.get(f"/calculators/interest?{loan}").text  # three times 3.1 %
    assert "770.00" in client.get(f"/calculators/late?{late}").text  # twice the daily part
    assert 'value="3.1%"' in client.get("/calculators/interest").text


def test_there_is_no_other_calculator(client: TestClient):
    assert client.get("/calculators/odds").status_code == 404


def test_a_deadline_opens_its_reasons_and_what_would_follow(
    made: Made, client_for: Callable[..., TestClient]
):
    def build(make: Make) -> tuple[str, str]:
        case = make.case(CaseStage.CHOOSING)
        subject = f"case:{case.id}"
        deadlines.start(
            make.s,
            "T-PICK",
            court_id=case.court_id,
            subject=subject,
            since=clock.now(),
            track=Track.PARTY_APPLIED,
        )
        return case.id, make.account("分流员", Role.TRIAGE).id

    case_id, officer = made(build)

    page = client_for(officer).get(f"/cases/{case_id}").text

    why = re.search(r'<details class="why">.*?</details>', page, re.DOTALL)[0]
    assert "《人民法院在线调解规则》第10条" in why
    assert "T-PICK" in why
    assert "“共同选定调解员”的，确认接受调解期限到" in why  # what would follow tomorrow
