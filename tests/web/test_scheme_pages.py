"""The written scheme on the page of a case: each sees what is theirs to do, in three languages."""

from __future__ import annotations

import re

import pytest

from odr import clock
from odr.actions import drafting, mediators
from odr.rules.moves import CaseStage, SittingStage
from odr.rules.words import ClauseKind, Role, Side
from odr.tables.mediations import MediationCase
from tests.web.conftest import once
from tests.web.test_fee_relief_pages import PROOF
from tests.web.worlds import send

TERMS = {
    "debtor": "respondent",
    "creditor": "applicant",
    "about": "货款",
    "amount_fen": 1_200_000,
    "due_on": "2027-06-30",
    "method": "cash",
}


def _matter(make):
    mediator = make.mediator()
    case = make.offered(mediator)
    host = make.person(mediator)
    mediators.accept(make.s, case.id, by=host, at=make.at, disclosure="", promised=True)
    sitting = make.sitting(SittingStage.CLOSED, case=case)
    drafting.propose(make.s, sitting.id, by=host, at=make.at, kind=ClauseKind.PAYMENT, fields=TERMS)
    sides = [make.side(make.dispute_of(case), side).account_id for side in Side]
    return case.id, host.account_id, *sides


def test_PRE16_a_scheme_is_asked_for_agreed_to_served_and_objected_to(client_for, made):
    case, *people = made(_matter)
    host, applicant, respondent = (client_for(one) for one in people)
    here = f"/cases/{case}"

    assert "征求各方是否采用" in host.get(here).text
    assert send(host, f"{here}/scheme", known="欠款属实。", gap="").status_code == 422
    assert send(host, f"{here}/scheme", known="欠款属实。", gap="期限差一个月。").status_code == 303
    for one in (applicant, respondent):
        assert "视为同意方案" in one.get(here).text
        assert send(one, f"{here}/scheme/agree", yes="true").status_code == 422  # not ticked
        assert send(one, f"{here}/scheme/agree", yes="true", understood="1").status_code == 303
    assert send(host, f"{here}/scheme/serve").status_code == 303
    assert "书面提出异议" in respondent.get(here).text
    assert "书面提出异议" not in host.get(here).text
    assert send(respondent, f"{here}/scheme/object", text="").status_code == 303
    assert made(lambda make: make.s.get_one(MediationCase, case).stage) is CaseStage.ENDED


def test_PRE16_the_clerk_enters_an_objection_that_came_on_paper(client_for, made):
    case, *people = made(_matter)
    host, applicant, respondent = (client_for(one) for one in people)
    clerk = client_for(made(lambda make: make.account("林晓", Role.CLERK).id))
    here = f"/cases/{case}"
    send(host, f"{here}/scheme", known="欠款属实。", gap="期限差一个月。")
    for one in (applicant, respondent):
        send(one, f"{here}/scheme/agree", yes="true", understood="1")
    assert "登记异议" not in clerk.get(here).text
    send(host, f"{here}/scheme/serve")

    shown = clerk.get(here).text
    assert "登记异议" in shown
    assert "付款" not in shown  # what is offered to settle is not for the office
    assert "登记异议" not in applicant.get(here).text
    party = re.search(r'<option value="(\w+)">李四', shown)[1]
    today = clock.court_date(clock.now()).isoformat()
    files = {"file": ("异议.pdf", PROOF, "application/pdf")}
    fields = {"party_id": party, "given_on": today}
    assert clerk.post(f"{here}/scheme/paper", data=once() | fields).status_code == 422
    assert clerk.post(f"{here}/scheme/paper", data=once() | fields, files=files).status_code == 303
    assert clerk.get(f"{here}/scheme/paper").content == PROOF
    assert "下载异议扫描件" in host.get(here).text
    assert made(lambda make: make.s.get_one(MediationCase, case).stage) is CaseStage.ENDED


@pytest.mark.parametrize("language", ["zh_CN", "ko", "en"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_scheme_can_be_read_by_everybody(page_for, axe, made, language, width):
    case, host, applicant, _ = made(_matter)
    page = page_for(host, width=width, language=language)
    page.goto(f"/cases/{case}")
    page.locator("form[action$='/scheme']").evaluate("form => form.closest('details').open = true")
    page.fill("#known", "申请人交付六批货物，货款共计223456元。\n被申请人已付100000元。")
    page.fill("#gap", "申请人要求年内一次付清，被申请人请求分三期支付。")
    page.locator("form[action$='/scheme'] button").click()
    other = page_for(applicant, width=width, language=language)
    other.goto(f"/cases/{case}")

    assert other.locator("#understood").count() == 1
    axe(other)
    assert other.evaluate("document.documentElement.scrollWidth") <= width
