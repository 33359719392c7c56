"""The pages around a review: clerk, judge, president and organisation, each by their own forms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from odr import clock, demo
from odr.rules.moves import ConfirmationStage
from odr.rules.words import Role
from odr.tables.agreements import ConfirmationCase
from tests.web import worlds
from tests.web.worlds import send

NOW = clock.now()


@dataclass(frozen=True, slots=True)
class World:
    applicant: str
    clerk: str
    leader: str
    org_admin: str
    submitted: str
    review: str
    judge: str


def build(s) -> World:
    cast = demo.people(s, NOW - timedelta(days=90))
    submitted, _ = demo.applied(s, cast, NOW - timedelta(days=4))
    review, judge, _ = demo.in_review(s, cast, NOW - timedelta(days=8))
    return World(
        cast.parties[0].account_id,
        cast.staff[Role.CLERK].account_id,
        cast.staff[Role.LEADER].account_id,
        cast.staff[Role.ORG_ADMIN].account_id,
        submitted.id,
        review.id,
        judge.account_id,
    )


empty_database, world = worlds.shared(build)


@pytest.fixture
def stage(site):
    def read(key: str) -> ConfirmationStage:
        with site.db.reading() as s:
            return s.get_one(ConfirmationCase, key).stage

    return read


def test_the_clerk_asks_once_for_what_is_missing_and_the_party_hands_it_in(client_for, world, stage):
    clerk, applicant = client_for(world.clerk), client_for(world.applicant)
    here = f"/confirmations/{world.submitted}"

    empty = send(clerk, f"{here}/correction", items="", days="5")
    send(clerk, f"{here}/correction", items="身份证明\n授权委托书", days="5")
    asked = applicant.get(here).text
    send(applicant, f"{here}/answer", text="已上传")

    assert empty.status_code == 422
    assert "请补正申请" in asked
    assert "授权委托书" in asked
    assert stage(world.submitted) is ConfirmationStage.SUBMITTED


def test_the_judge_asks_for_more_time_and_the_president_grants_it(client_for, world):
    judge, leader = client_for(world.judge), client_for(world.leader)
    here = f"/confirmations/{world.review}"

    send(judge, f"{here}/extension", rule="T-JC-DEC", days="10", reason="需要核实")
    own = send(judge, f"{here}/extension/decide", granted="true", opinion="")
    listed = leader.get("/approvals").text
    before = leader.get(here).text
    send(leader, f"{here}/extension/decide", granted="true", opinion="同意")

    assert own.status_code == 403
    assert here in listed
    assert "请审批" in before
    assert "已批准" in judge.get(here).text
    assert here not in leader.get("/approvals").text


def test_the_organisation_answers_what_the_judge_asks(client_for, world):
    judge, organisation = client_for(world.judge), client_for(world.org_admin)
    here = f"/confirmations/{world.review}"

    send(judge, f"{here}/verify", question="双方是否亲自到场？")
    asked = organisation.get(here).text
    send(organisation, f"{here}/verification", text="均本人到场")

    assert "双方是否亲自到场？" in asked
    assert "均本人到场" in judge.get(here).text


def test_a_party_asks_for_another_judge_and_the_president_has_one_drawn(client_for, world, site):
    applicant, leader = client_for(world.applicant), client_for(world.leader)
    here = f"/confirmations/{world.review}"

    send(applicant, f"{here}/recusal", reasons="法官与对方是亲属")
    waits = applicant.get(here).text
    send(leader, f"{here}/replace", reasons="理由成立")

    with site.db.reading() as s:
        assert s.get_one(ConfirmationCase, world.review).judge_id != world.judge
    assert "法院正在决定" in waits
    assert client_for(world.judge).get(here).status_code != 200


def test_withdrawing_under_review_waits_for_the_judge(client_for, world, stage):
    applicant, judge = client_for(world.applicant), client_for(world.judge)
    here = f"/confirmations/{world.review}"

    send(applicant, f"{here}/withdraw")
    waits = applicant.get(here).text
    send(judge, f"{here}/permit-withdrawal")

    assert "等待法官裁定" in waits
    assert stage(world.review) is ConfirmationStage.WITHDRAWN


def test_the_judge_ends_the_special_procedure(client_for, world, stage):
    judge = client_for(world.judge)
    here = f"/confirmations/{world.review}"

    send(judge, f"{here}/terminate", reasons="存在民事权益争议")

    assert stage(world.review) is ConfirmationStage.TERMINATED
