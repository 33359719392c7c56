"""Fee relief on the pages: a party asks with proof, a judge examines, the president decides."""

from __future__ import annotations

import re

import pytest
from sqlmodel import select

from odr.rules.relief import Relief
from odr.rules.words import Role
from odr.tables.companions import Mandate
from odr.tables.people import Account
from tests.make import Make
from tests.odr.test_fee_relief import Suit
from tests.web.conftest import once
from tests.web.worlds import send

PROOF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


def _suit(make: Make):
    suit = Suit(make.s, make)
    people = [suit.applicant, suit.respondent, suit.judge, suit.leader]
    return suit.dispute.id, *(one.account_id for one in people)


def _waiting(make: Make):
    suit = Suit(make.s, make)
    suit.ask()
    other = Suit(make.s, make)
    other.examined()
    return suit.dispute.id, suit.applicant.account_id, suit.judge.account_id, suit.leader.account_id


def _ask(client, dispute, **fields):
    said = {"relief": "exempt", "ground": "welfare", "reason": "无其他收入。", "proofs": "低保证；"} | fields
    files = {"file": ("低保证.pdf", PROOF, "application/pdf")}
    return client.post(f"/disputes/{dispute}/fee-relief", data=once() | said, files=files)


def test_a_party_asks_a_judge_examines_the_president_decides(client_for, made):
    dispute, *people = made(_suit)
    mine, other, judge, leader = (client_for(one) for one in people)
    here = f"/disputes/{dispute}/fee-relief"

    assert here in mine.get(f"/disputes/{dispute}").text
    assert "?relief=reduce" in mine.get(here).text
    assert "法定事由" in _ask(mine, dispute, ground="").text
    assert _ask(mine, dispute).status_code == 303
    proof = re.search(r"/fee-relief/\w+/proof", mine.get(here).text)[0]
    assert judge.get(proof).content == PROOF
    assert (other.get(proof).status_code, other.get(here).status_code) == (403, 403)

    path = re.search(r"/fee-relief/\w+/examine", judge.get("/fee-relief").text)[0]
    assert "/decide" not in leader.get("/fee-relief").text
    assert send(judge, path, fee_fen="100", supported="true", opinion="").status_code == 422
    assert send(judge, path, fee_fen="100", supported="true", opinion="符合条件。").status_code == 303
    path = re.search(r"/fee-relief/\w+/decide", leader.get("/fee-relief").text)[0]
    assert send(leader, path, granted="false").status_code == 422
    assert send(leader, path, granted="true", relieved_fen="100.00").status_code == 303

    told = mine.get(here).text
    assert "您不用交案件受理费" in told
    document = re.search(r"/documents/\w+", told)[0]
    assert "同意免交" in mine.get(document).text
    assert other.get(document).status_code in (403, 404)
    assert "费救" not in other.get(f"/disputes/{dispute}").text


def test_a_day_beyond_every_calendar_is_shown_beside_its_field(client_for, made):
    def _examined(make: Make):
        suit = Suit(make.s, make)
        return suit.leader.account_id, suit.examined(Relief.DEFER).id

    leader, row = made(_examined)
    for until in ("9999-12-31", "2090-01-01"):
        answer = send(client_for(leader), f"/fee-relief/{row}/decide", granted="true", until=until)
        assert answer.status_code == 422
        assert 'id="until-wrong"' in answer.text


def test_CPL_47_who_was_an_agent_reads_no_proof_as_a_judge(client_for, made):
    def _former(make: Make):
        suit = Suit(make.s, make)
        agent = make.agent(make.parties(suit.case)[0])
        make.s.exec(select(Mandate)).one().ended_at = make.at
        make.grant(make.s.get_one(Account, agent.account_id), Role.JUDGE)
        return agent.account_id, suit.judge.account_id, suit.ask().id

    former, judge, row = made(_former)
    assert (
        client_for(judge).get(f"/fee-relief/{row}/proof").status_code == 404
    )  # let in; the file is only named here
    assert client_for(former).get(f"/fee-relief/{row}/proof").status_code == 403


def test_who_acts_for_several_chooses_for_whom(client_for, made):
    def _company(make: Make):
        suit = Suit(make.s, make)
        company = make.company_of(make.parties(suit.case)[0])
        return suit.dispute.id, suit.applicant.account_id, company.id

    dispute, leads, company = made(_company)
    mine, here = client_for(leads), f"/disputes/{dispute}/fee-relief?relief=reduce"
    assert f'value="{company}"' in mine.get(here).text

    sent = {"relief": "reduce", "ground": "disaster", "asked_fen": "50", "party_id": company}
    assert _ask(mine, dispute, **sent).status_code == 303

    again = mine.get(here).text
    assert f'value="{company}"' not in again
    assert "天河商贸有限公司" in again


@pytest.mark.parametrize("language", ["zh_CN", "ko", "en"])
def test_the_pages_can_be_read_by_everybody(page_for, axe, made, language):
    dispute, party, judge, leader = made(_waiting)
    open_ = made(_suit)

    for who, path in (
        (party, f"/disputes/{dispute}/fee-relief"),
        (open_[1], f"/disputes/{open_[0]}/fee-relief?relief=reduce"),
        (judge, "/fee-relief"),
        (leader, "/fee-relief"),
    ):
        page = page_for(who, width=360, language=language)
        assert page.goto(path).ok, path
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
