"""Several on one side: nobody says for another what the law asks of every party (ODM-13, 24, SIM-15, 22, PML-20)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from odr import demo, matters, sitting_papers, standing
from odr.actions import mediation, mediators, minutes, participants, recusals
from odr.errors import NotAllowed
from odr.queries import incidents, mediations
from odr.rules.companions import Part
from odr.rules.moves import CaseStage
from odr.rules.words import Do, Side
from odr.tables.companions import Participant
from odr.tables.mediations import Extension
from tests.make import moment
from tests.odr.test_mediation import Matter

AT = moment("2026-03-02 10:00")


@pytest.fixture
def joint(s, make):
    """Two who sue together, and a mediator who has disclosed a relation."""
    matter = Matter(s, make, disclosure="与被申请人曾是同事。")
    dispute = make.dispute_of(matter.case)
    fellow = make.party(dispute, Side.APPLICANT, account=make.account("王五"), position=1)
    matter.fellow = make.person(fellow)
    return matter


def test_ODM_13_each_party_agrees_to_what_was_disclosed(s, joint):
    for who in (joint.applicant, joint.respondent):
        mediators.waive(s, joint.id, by=who, at=AT)
        assert not mediators.is_cleared(s, joint.case)

    assert mediations.show(s, joint.case, joint.fellow).must_waive
    assert not mediations.show(s, joint.case, joint.applicant).must_waive
    mediators.waive(s, joint.id, by=joint.fellow, at=AT)

    assert mediators.is_cleared(s, joint.case)
    assert mediators.current(s, joint.case).waived_by == ["applicant", "respondent"]


def test_SIM_15_the_mediator_stays_only_if_each_party_agrees(s, joint):
    row = recusals.ask(s, joint.id, by=joint.host, at=AT, ground="kin", facts="妻弟系被申请人。")

    recusals.waive(s, joint.id, by=joint.applicant, at=AT)
    recusals.waive(s, joint.id, by=joint.respondent, at=AT)
    assert row.decided_at is None
    assert incidents.show(s, joint.case, joint.fellow).recusal.awaited
    recusals.waive(s, joint.id, by=joint.fellow, at=AT)

    assert row.granted is False


def test_ODM_24_the_time_is_extended_when_each_party_agrees(s, joint):
    asked = mediation.ask_extension(s, joint.id, by=joint.applicant, at=AT, days=10, reason="等待对账")
    mediation.agree_extension(s, joint.id, asked.id, by=joint.respondent, at=AT)
    assert asked.granted_at is None

    ((_, awaited),) = mediations.show(s, joint.case, joint.fellow).extensions
    assert awaited
    mediation.agree_extension(s, joint.id, asked.id, by=joint.fellow, at=AT)

    assert s.exec(select(Extension)).one().granted_at == AT


def test_PML_20_who_helps_comes_in_when_each_party_agrees(s, make, joint):
    row = participants.add(
        s, joint.id, by=joint.applicant, at=AT, part=Part.EXPERT, name="赵工", reason="懂行"
    )
    account = make.account("赵工")
    row.account_id, row.declared_at = account.id, AT
    helper = make.actor(account)

    participants.agree(s, joint.id, row.id, by=joint.respondent, at=AT)
    assert standing.participant_of(s, helper, joint.id) is None
    participants.agree(s, joint.id, row.id, by=joint.fellow, at=AT)

    assert standing.participant_of(s, helper, joint.id) == s.exec(select(Participant)).one()


def test_SIM_22_a_fact_is_undisputed_when_no_party_disputes_it(s, make):
    cast = demo.people(s, AT - timedelta(days=30))
    case, host, sitting = demo.sat(s, cast, AT)
    fellow = make.person(
        make.party(matters.dispute_of(s, case), Side.APPLICANT, account=make.account("王五"), position=1)
    )
    fact = minutes.state_fact(s, sitting.id, by=host, at=AT, text="借款一万元已经交付。")

    for who in cast.parties[:2]:
        minutes.agree_fact(s, sitting.id, fact.id, by=who, at=AT)
    assert fact.text not in sitting_papers.agreed_facts(s, case.id)
    minutes.agree_fact(s, sitting.id, fact.id, by=fellow, at=AT)

    assert fact.text in sitting_papers.agreed_facts(s, case.id)


def test_one_person_says_it_once_for_all_whom_they_act_for(s, make):
    matter = Matter(s, make, disclosure="与被申请人曾是同事。")
    make.company_of(make.parties(matter.case)[0])

    for who in (matter.applicant, matter.respondent):
        mediators.waive(s, matter.id, by=who, at=AT)

    assert mediators.is_cleared(s, matter.case)


def test_nobody_declares_a_fellow_applicants_claim_settled(s, joint):
    assert Do.SELF_SETTLE not in mediations.show(s, joint.case, joint.applicant).may
    with pytest.raises(NotAllowed):
        mediation.settle(s, joint.id, by=joint.applicant, at=AT, performed=False)

    mediation.settle(s, joint.id, by=joint.host, at=AT, performed=False)

    assert joint.case.stage is CaseStage.SETTLED
