"""Who mediates: choice by both, lot, answer, disclosure."""

from __future__ import annotations

from datetime import timedelta

import pytest

from odr import clock
from odr.actions import mediators
from odr.errors import BadInput, Conflict, NotFound, WrongStage
from odr.rules import draw
from odr.rules.access import MACHINE
from odr.rules.moves import CaseStage
from odr.rules.words import Side
from tests.make import moment

AT = moment("2026-03-02 10:00")


def test_the_mediator_both_sides_named_is_asked(s, make):
    org = make.organisation()
    li, huang = make.mediator("李文", org), make.mediator("黄丽", org)
    case = make.case(CaseStage.CHOOSING, org_id=org.id)
    dispute = make.dispute_of(case)

    mediators.choose(s, case.id, by=make.side(dispute, Side.APPLICANT), at=AT, mediator_ids=[huang.id, li.id])
    mediators.choose(s, case.id, by=make.side(dispute, Side.RESPONDENT), at=AT, mediator_ids=[li.id])

    assert case.stage is CaseStage.OFFERED
    assert case.mediator_id == li.id


def test_one_side_alone_chooses_nobody(s, make):
    li = make.mediator("李文")
    case = make.case(CaseStage.CHOOSING, org_id=li.org_id)
    dispute = make.dispute_of(case)

    mediators.choose(s, case.id, by=make.side(dispute, Side.APPLICANT), at=AT, mediator_ids=[li.id])

    assert case.stage is CaseStage.CHOOSING


def test_the_court_draws_by_a_lot_that_anybody_can_repeat(s, make):
    org = make.organisation()
    for name in ("甲", "乙", "丙"):
        make.mediator(name, org)
    case = make.case(CaseStage.CHOOSING, org_id=org.id)

    mediators.appoint(s, case.id, by=MACHINE, at=AT)

    log = mediators.current(s, case).draw
    assert draw.check(log)
    assert log["chosen"] == case.mediator_id


def test_a_party_is_never_drawn_as_its_own_mediator(s, make):
    org = make.organisation()
    other = make.mediator("乙", org)
    own = make.mediator("甲", org)
    case = make.case(CaseStage.CHOOSING, org_id=org.id)
    party = make.parties(case)[0]
    party.account_id = own.account_id
    s.add(party)

    mediators.appoint(s, case.id, by=MACHINE, at=AT)

    assert case.mediator_id == other.id


def test_accepting_needs_the_promise(s, make):
    li = make.mediator("李文")
    case = make.offered(li)

    with pytest.raises(BadInput):
        mediators.accept(s, case.id, by=make.person(li), at=AT, disclosure="", promised=False)


def test_a_disclosed_relation_waits_for_both_sides(s, make):
    li = make.mediator("李文")
    case = make.offered(li)
    dispute = make.dispute_of(case)

    mediators.accept(s, case.id, by=make.person(li), at=AT, disclosure="曾是申请人的同事", promised=True)
    before = mediators.is_cleared(s, case)
    mediators.waive(s, case.id, by=make.side(dispute, Side.APPLICANT), at=AT)
    mediators.waive(s, case.id, by=make.side(dispute, Side.RESPONDENT), at=AT)

    assert not before
    assert mediators.is_cleared(s, case)


def test_declining_opens_the_choice_again_and_the_same_one_is_not_asked_twice(s, make):
    li = make.mediator("李文")
    case = make.offered(li)

    mediators.decline(s, case.id, by=make.person(li), at=AT, reason="outside-strengths")

    assert case.stage is CaseStage.CHOOSING
    with pytest.raises(BadInput):
        mediators.appoint(s, case.id, by=MACHINE, at=AT, mediator_id=li.id, reason="只有一人")


def test_a_stranger_learns_nothing_of_a_case(s, make):
    case = make.case(CaseStage.CHOOSING)
    stranger = make.actor(make.account("路人"))

    with pytest.raises(NotFound):
        mediators.choose(s, case.id, by=stranger, at=AT, mediator_ids=["x"])


def test_nobody_chooses_after_acceptance(s, make):
    case = make.case(CaseStage.ACCEPTED)
    dispute = make.dispute_of(case)

    with pytest.raises(WrongStage):
        mediators.choose(s, case.id, by=make.side(dispute, Side.APPLICANT), at=AT, mediator_ids=["x"])


def test_sim_7_whose_term_has_ended_since_the_case_came_in_is_not_asked(s, make):
    org = make.organisation()
    make.mediator("甲", org, term_until=clock.court_date(AT))
    case = make.case(CaseStage.CHOOSING, org_id=org.id, created_at=AT - timedelta(days=20))

    with pytest.raises(Conflict):
        mediators.appoint(s, case.id, by=MACHINE, at=AT + timedelta(days=1))
    mediators.appoint(s, case.id, by=MACHINE, at=AT)  # on its last day

    assert case.stage is CaseStage.OFFERED
