"""The pages of agents: claimed on line by the respondent's lawyer, checked by the court, ended by the party."""

from __future__ import annotations

import re

from odr.rules.moves import DisputeStage
from odr.rules.words import Role, Side
from tests.web.conftest import once
from tests.web.test_filing import PDF
from tests.web.worlds import send


def test_CPL_62_a_lawyer_claims_the_invitation_and_the_court_checks_the_paper(client_for, made):
    party, lawyer, officer = made(_people)
    mine, theirs, court = (client_for(one) for one in (party[0], lawyer, officer))
    page = f"/disputes/{party[1]}/agents"
    code = re.search(r"短码 ([0-9a-z-]+)", _followed(mine, send(mine, page, phone="")))[1]

    without = theirs.post(f"/i/{code}/agent", data=once() | {"capacity": "lawyer", "power": "settle"})
    sent = theirs.post(
        f"/i/{code}/agent",
        data=once() | {"capacity": "lawyer", "of": "某律师事务所", "power": "settle"},
        files={"file": ("委托书.pdf", PDF, "application/pdf")},
    )
    seen = court.get(page).text
    mandate = re.search(r"/mandates/(\w+)/check", seen)[1]
    checked = send(court, f"/mandates/{mandate}/check", accepted="true", capacity="lawyer", power="settle")

    assert without.status_code == 422
    assert sent.status_code == 303
    assert "某律师事务所" in seen
    assert checked.status_code == 303
    assert "已核对" in mine.get(page).text
    assert send(theirs, f"/mandates/{mandate}/check", accepted="true", capacity="lawyer").status_code == 403
    assert send(mine, f"/mandates/{mandate}/end").status_code == 303
    assert theirs.get(page).status_code == 404


def _people(make):
    dispute = make.dispute(DisputeStage.INVITING)
    party = make.side(dispute, Side.RESPONDENT).account_id
    return (party, dispute.id), make.account("周律师").id, make.account("陈分流", Role.TRIAGE).id


def _followed(client, answer):
    return client.get(answer.headers["location"]).text
