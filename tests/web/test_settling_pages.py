"""How a mediation settles beside the signed agreement: by word of mouth, and by the court's own paper."""

from __future__ import annotations

import re

import pytest

from odr.actions import court_papers, mediators, service
from odr.rules.moves import CaseStage
from odr.rules.words import Side
from odr.tables.mediations import MediationCase
from odr.tables.people import Account
from tests.make import day
from tests.odr.test_court_papers import Matter, debt, handed_out
from tests.web.worlds import send


def _talking(make):
    mediator = make.mediator()
    case = make.offered(mediator)
    host = make.person(mediator)
    mediators.accept(make.s, case.id, by=host, at=make.at, disclosure="", promised=True)
    sides = [make.side(make.dispute_of(case), side).account_id for side in Side]
    return case.id, mediator.account_id, *sides


def _asked(make):
    matter = Matter(make.s, make)
    return matter.agreement.id, matter.sides[0].account_id, matter.judge.account_id


def test_SIM_23_an_oral_agreement_is_written_down_and_confirmed(client_for, made):
    case, *people = made(_talking)
    host, applicant, respondent = (client_for(one) for one in people)
    here = f"/cases/{case}"

    assert send(host, f"{here}/oral", contents="", performed="1").status_code == 422
    assert send(host, f"{here}/oral", contents="当场支付运费500元。", performed="1").status_code == 303
    for one in (applicant, respondent):
        assert "内容无误，确认" in one.get(here).text
        assert send(one, f"{here}/oral/answer", yes="true").status_code == 303
    assert "口头协议已经生效" in applicant.get(here).text
    assert made(lambda make: make.s.get_one(MediationCase, case).stage) is CaseStage.SETTLED


def test_SIM_20_a_party_asks_and_a_judge_makes_the_courts_paper(client_for, made):
    agreement, party, judge = made(_asked)
    mine, bench = client_for(party), client_for(judge)
    here = f"/agreements/{agreement}"

    assert "向法院申请" in mine.get(here).text
    assert send(mine, f"{here}/court-paper").status_code == 303
    assert not re.search("on-spot|/apply", mine.get(here).text)  # the judge looks at it
    path = re.search(r"/court-papers/\w+/issue", bench.get("/court-papers").text)[0]
    assert send(bench, path, brief="", procedure="简易程序").status_code == 422
    assert "/issue" not in bench.get("/court-papers?one=decided-meanwhile").text  # nobody else's case instead
    assert send(bench, path, brief="尚欠货款。", procedure="简易程序").status_code == 303
    document = re.search(r"/documents/\w+", mine.get(here).text)[0]
    assert "本院予以确认" in mine.get(document).text
    told = mine.get(f"{here}/enforcement").text
    assert "各方签收后生效" in told
    assert "没有经过司法确认" not in told
    assert send(mine, path, brief="x", procedure="简易程序").status_code == 403


def test_CPL_100_what_both_signed_for_is_enforced_from_the_page(client_for, made):
    agreement, creditor, _debtor, clerk = made(_signed_for)
    mine, office = client_for(creditor), client_for(clerk)
    here = f"/agreements/{agreement}/enforcement"

    assert "制作调解书的法院" in mine.get(here).text
    assert send(mine, here, breach="多次催要，至今未付清。").status_code == 303
    told = mine.get(here).text
    assert "（2026）粤0106民初9号" in told
    assert "强制执行申请书" in told
    assert "（2026）粤0106民初9号" in office.get("/clerk").text
    assert send(office, f"/agreements/{agreement}/enforced", side="applicant").status_code == 303


def _signed_for(make):
    matter = Matter(make.s, make)
    debt(make.s, matter, due_on=day("2026-03-20"))
    document, _ = handed_out(make.s, matter, online=True)
    for side in matter.sides:
        service.read(make.s, document, by=side, at=make.at)
    people = (*matter.sides, matter.clerk)
    return matter.agreement.id, *(one.account_id for one in people)


@pytest.mark.parametrize("language", ["zh_CN", "ko", "en"])
def test_the_pages_can_be_read_by_everybody(page_for, axe, made, language):
    case, host, _applicant, _respondent = made(_talking)
    agreement, party, judge = made(_asked)
    made(lambda make: court_papers.ask(make.s, agreement, by=make.actor(_account(make, party)), at=make.at))

    signed, creditor, _debtor, clerk = made(_signed_for)

    for who, path in (
        (creditor, f"/agreements/{signed}/enforcement"),
        (clerk, "/clerk"),
        (host, f"/cases/{case}"),
        (judge, "/court-papers"),
        (party, f"/agreements/{agreement}"),
    ):
        page = page_for(who, width=360, language=language)
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path


def _account(make, key):
    return make.s.get_one(Account, key)
