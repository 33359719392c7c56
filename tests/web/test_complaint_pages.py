"""The court's list of complaints and the certificate of a mediator, as their users find them."""

from __future__ import annotations

import re

import pytest

from odr.actions import performance
from odr.rules.moves import CaseStage
from odr.rules.words import Role, Side
from tests.make import day
from tests.web.worlds import send


def _complained(make):
    case = make.case(CaseStage.IN_MEDIATION)
    party = make.side(make.dispute_of(case), Side.APPLICANT)
    officer = make.account("周分流", Role.TRIAGE)
    performance.complain(make.s, case.id, by=party, at=make.at, ground="forced", text="催我当场签字。")
    return case.id, party.account_id, officer.id


def test_ODM_29_the_officer_answers_and_the_author_reads_it(client_for, made):
    case, party, officer = made(_complained)
    court, mine = client_for(officer), client_for(party)
    page = court.get("/complaints").text
    path = re.search(r"/complaints/\w+/answer", page)[0]

    assert "催我当场签字" in page
    assert send(court, path, findings="", decisions="提醒谈话；").status_code == 422
    assert send(court, path, findings="未见强迫。", decisions="提醒谈话；").status_code == 303
    told = mine.get(f"/cases/{case}/rate").text
    document = re.search(r"/documents/\w+", told)[0]
    assert "提醒谈话" in mine.get(document).text
    assert send(mine, path, findings="x", decisions="y").status_code == 403


def test_SIM_8_the_organisation_has_a_mediators_certificate_made(client_for, made):
    def listed(make):
        org = make.organisation()
        admin = make.account("组织管理员")
        make.grant(admin, Role.ORG_ADMIN, org_id=org.id)
        terms = {"listed_on": day("2026-01-01"), "term_until": day("2099-12-31")}
        mediator = make.mediator("陈玥堃", org, certificate_number="（2026）粤0106特邀调解员1号", **terms)
        return admin.id, mediator.id, make.mediator("别人", org).account_id

    admin, mediator, other = made(listed)
    own = client_for(admin)
    assert "开具证书" in own.get(f"/organisation/mediators/{mediator}").text

    answer = send(own, f"/organisation/mediators/{mediator}/certificate")

    assert answer.status_code == 303
    assert "陈玥堃" in own.get(answer.headers["location"]).text
    assert client_for(other).get(answer.headers["location"]).status_code in (403, 404)


@pytest.mark.parametrize("language", ["zh_CN", "ko", "en"])
def test_the_list_can_be_read_by_everybody(page_for, axe, made, language):
    _case, _party, officer = made(_complained)
    page = page_for(officer, width=360, language=language)

    page.goto("/complaints")

    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
