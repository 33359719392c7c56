"""Which court confirms, on the page of the application (CPL-205): what makes this court competent is said and shown."""

from __future__ import annotations

import re

import pytest

from odr.rules.words import Role
from tests.odr.test_jurisdiction import Settled
from tests.web.worlds import send


def _settled(make):
    settled = Settled(make.s, make)
    clerk = make.account("林晓", Role.CLERK).id
    return settled.agreement.id, *(one.account_id for one in settled.sides), clerk


def test_JC_04_the_basis_is_chosen_and_the_clerk_sees_it(client_for, made):
    agreement, *people = made(_settled)
    first, second, clerk = (client_for(one) for one in people)
    here = f"/agreements/{agreement}/apply"

    assert "调解组织所在地" in first.get(here).text
    answer = send(first, here, reasons="自愿", declared="1", basis="party")
    assert (answer.status_code, "选当事人住所地" in answer.text) == (422, True)
    answer = send(first, here, reasons="自愿", declared="1", basis="party", place="天河区中山大道1号")
    path = answer.headers["location"]
    assert send(second, f"{path}/join", declared="1").status_code == 303
    assert "当事人住所地：天河区中山大道1号" in clerk.get(path).text


def test_CPL_205_what_was_withdrawn_before_acceptance_is_applied_for_again(client_for, made):
    agreement, one, _other, _clerk = made(_settled)
    mine = client_for(one)
    here = f"/agreements/{agreement}/apply"
    path = send(mine, here, reasons="自愿", declared="1").headers["location"]
    assert re.match(r"/confirmations/\w+$", path)

    assert send(mine, f"{path}/withdraw").status_code == 303

    assert mine.get(here).status_code == 200
    assert send(mine, here, reasons="自愿", declared="1").status_code == 303


@pytest.mark.parametrize("language", ["zh_CN", "ko", "en"])
def test_the_page_can_be_read_by_everybody(page_for, axe, made, language):
    agreement, one, *_ = made(_settled)
    page = page_for(one, width=360, language=language)

    assert page.goto(f"/agreements/{agreement}/apply").ok
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
