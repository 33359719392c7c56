"""Who steps back: three grounds, a decision by somebody else, a waiver by both; replacement without a ground."""

from __future__ import annotations

import pytest
from sqlmodel import select

from odr import clock, deadlines
from odr.actions import calendar, mediators, recusals, sittings
from odr.errors import BadInput, Conflict, NotAllowed
from odr.papers import facts_of
from odr.queries import candidates
from odr.rules import pack
from odr.rules.access import MACHINE
from odr.rules.moves import CaseStage
from odr.rules.words import Mode, Role, Side
from odr.tables.mediations import Assignment
from odr.tables.records import Document
from tests.make import day, moment

AT = moment("2026-03-02 10:00")


class Matter:
    """An accepted case, its people, and two more mediators in the organisation."""

    def __init__(self, s, make):
        self.org = make.organisation()
        self.mediator, self.next, self.third = (make.mediator(name, self.org) for name in ("甲", "乙", "丙"))
        self.case = make.offered(self.mediator)
        self.host = make.person(self.mediator)
        dispute = make.dispute_of(self.case)
        self.applicant, self.respondent = (make.side(dispute, side) for side in Side)
        account = make.account("组织管理员")
        make.grant(account, Role.ORG_ADMIN, org_id=self.org.id)
        self.admin = make.actor(account)
        self.triage = make.staff(Role.TRIAGE)
        mediators.accept(s, self.case.id, by=self.host, at=AT, disclosure="", promised=True)


@pytest.fixture
def matter(s, make):
    return Matter(s, make)


def asked(s, matter, by=None):
    return recusals.ask(
        s, matter.case.id, by=by or matter.applicant, at=AT, ground="kin", facts="是被申请人的表哥"
    )


@pytest.mark.parametrize("ground", ["kin", "interest", "other"])
def test_SIM_15_has_three_grounds(s, matter, ground):
    row = recusals.ask(s, matter.case.id, by=matter.applicant, at=AT, ground=ground, facts="见材料")

    assert row.ground in pack.load().grounds["disclosure"]
    assert len(pack.load().grounds["disclosure"]) == 3


def test_SIM_15_no_other_ground_is_taken(s, matter):
    with pytest.raises(BadInput):
        recusals.ask(s, matter.case.id, by=matter.applicant, at=AT, ground="slow", facts="太慢")


def test_SIM_15_granted_opens_the_choice_and_the_mediator_is_not_asked_again(s, matter):
    asked(s, matter)

    recusals.decide(s, matter.case.id, by=matter.admin, at=AT, granted=True, reason="属近亲属")

    assert matter.case.stage is CaseStage.CHOOSING
    assert matter.mediator.id in candidates.pool(s, matter.case, on=clock.court_date(AT)).exclusions
    assert deadlines.find(s, f"case:{matter.case.id}", "T-RECUSE") is None


def test_SIM_15_refused_leaves_the_mediator(s, matter):
    asked(s, matter)

    recusals.decide(s, matter.case.id, by=matter.triage, at=AT, granted=False, reason="没有根据")

    assert (matter.case.stage, matter.case.mediator_id) == (CaseStage.ACCEPTED, matter.mediator.id)


def test_SIM_15_the_mediator_does_not_decide_about_themselves(s, matter):
    asked(s, matter)

    with pytest.raises(NotAllowed):
        recusals.decide(s, matter.case.id, by=matter.host, at=AT, granted=False, reason="不成立")


def test_SIM_15_a_mediator_steps_back_by_themselves_unless_both_agree(s, matter):
    row = asked(s, matter, by=matter.host)
    recusals.waive(s, matter.case.id, by=matter.applicant, at=AT)
    before = recusals.pending(s, matter.case)
    recusals.waive(s, matter.case.id, by=matter.respondent, at=AT)

    assert row.side is None
    assert before is not None
    assert recusals.pending(s, matter.case) is None
    assert matter.case.mediator_id == matter.mediator.id


def test_T_RECUSE_gives_three_days(s, matter):
    asked(s, matter)

    due = deadlines.find(s, f"case:{matter.case.id}", "T-RECUSE")

    assert clock.court_date(due.due_at) == day("2026-03-05")


def test_nothing_opens_while_a_recusal_is_undecided(s, matter):
    sitting = calendar.schedule(
        s,
        matter.case.id,
        by=matter.host,
        at=AT,
        starts_at=moment("2026-03-05 14:00"),
        minutes=60,
        mode=Mode.SYNC,
    )
    asked(s, matter)

    with pytest.raises(Conflict):
        sittings.begin(s, sitting.id, by=matter.host, at=moment("2026-03-05 14:00"))


def test_ODM_14_a_side_replaces_once(s, matter):
    mediators.replace(s, matter.case.id, by=matter.applicant, at=AT, reason="沟通不便")
    mediators.appoint(s, matter.case.id, by=MACHINE, at=AT)

    with pytest.raises(BadInput) as refused:
        mediators.replace(s, matter.case.id, by=matter.applicant, at=AT, reason="仍不满意")

    assert refused.value.details == {"reason": "replaced-before"}
    assert matter.case.mediator_id != matter.mediator.id


def test_ODM_14_the_other_side_still_may(s, matter):
    mediators.replace(s, matter.case.id, by=matter.applicant, at=AT, reason="沟通不便")
    mediators.appoint(s, matter.case.id, by=MACHINE, at=AT)
    mediators.replace(s, matter.case.id, by=matter.respondent, at=AT, reason="沟通不便")

    ended = {row.ended_by for row in s.exec(select(Assignment))}
    assert ended == {"applicant", "respondent"}


def test_SIM_16_who_mediated_stays_known(s, matter):
    mediators.replace(s, matter.case.id, by=matter.applicant, at=AT, reason="沟通不便")

    assert mediators.has_mediated(s, matter.mediator.account_id, matter.case.dispute_id)
    assert not mediators.has_mediated(s, matter.next.account_id, matter.case.dispute_id)


@pytest.mark.parametrize(("granted", "words"), [(True, "不再主持"), (False, "继续主持")])
def test_the_decision_is_a_paper_that_repeats_nothing_said_of_the_mediator(s, matter, granted, words):
    asked(s, matter)

    recusals.decide(s, matter.case.id, by=matter.admin, at=AT, granted=granted, reason="查证属实")

    paper = s.exec(select(Document).where(Document.kind == "recusal")).one()
    facts = facts_of(paper)
    assert words in facts.decision
    assert facts.mediator == "甲"
    assert "表哥" not in str(paper.facts)
