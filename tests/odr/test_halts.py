"""Standing still: appraisal, force majeure, suspected falsity; what the clock does and who may go on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from odr import deadlines, matters
from odr.actions import appraisals, calendar, halts, mediation
from odr.errors import BadInput, Conflict, NotAllowed
from odr.papers import facts_of
from odr.queries import signs
from odr.rules.falsity import Sign
from odr.rules.halts import Halt
from odr.rules.moves import AgreementStage, CaseStage, DisputeStage
from odr.rules.words import Mode, Role
from odr.tables.agreements import Agreement
from odr.tables.disputes import Party
from odr.tables.incidents import Suspicion
from odr.tables.people import Message
from odr.tables.records import Document
from tests.make import moment
from tests.odr.test_mediation import Matter as Accepted
from tests.odr.test_mediation import end_of

AT = moment("2026-03-02 10:00")


class Matter(Accepted):
    """With the two who hear of it."""

    def __init__(self, s, make):
        super().__init__(s, make)
        self.triage, self.leader = make.staff(Role.TRIAGE), make.staff(Role.LEADER, "院长")
        self.dispute, self.parties = make.dispute_of(self.case), make.parties(self.case)


@pytest.fixture
def matter(s, make):
    return Matter(s, make)


def one_telephone(s, matter):
    matter.parties[1].phone = matter.parties[0].phone
    s.add(matter.parties[1])
    s.flush()


def begun(s, matter):
    appraisals.ask(s, matter.id, by=matter.applicant, at=AT, matter="签名真伪", reason="对方否认签名")
    return appraisals.answer(s, matter.id, by=matter.respondent, at=AT + timedelta(days=1), agrees=True)


def test_ODM_26_the_days_of_an_appraisal_do_not_count(s, matter):
    before = end_of(s, matter)
    begun(s, matter)

    appraisals.finish(s, matter.id, by=matter.host, at=AT + timedelta(days=11), outcome="笔迹一致")

    assert matter.case.stage is CaseStage.IN_MEDIATION
    assert end_of(s, matter) >= before + timedelta(days=10)


def test_APP23_nothing_is_appraised_against_a_sides_will(s, matter):
    before = end_of(s, matter)
    appraisals.ask(s, matter.id, by=matter.applicant, at=AT, matter="签名真伪", reason="对方否认签名")

    row = appraisals.answer(s, matter.id, by=matter.respondent, at=AT, agrees=False)

    assert (row.begun_at, matter.case.stage, end_of(s, matter)) == (None, CaseStage.ACCEPTED, before)
    assert appraisals.current(s, matter.id) is None


def test_a_side_does_not_answer_its_own_wish(s, matter):
    appraisals.ask(s, matter.id, by=matter.applicant, at=AT, matter="签名真伪", reason="对方否认签名")

    with pytest.raises(Exception, match="wrong-stage"):
        appraisals.answer(s, matter.id, by=matter.applicant, at=AT, agrees=True)


def test_the_days_of_force_majeure_do_not_count(s, matter):
    before = end_of(s, matter)
    halts.suspend(s, matter.id, by=matter.host, at=AT, why=Halt.FORCE_MAJEURE, reason="台风停运")
    halts.resume(s, matter.id, by=matter.host, at=AT + timedelta(days=5))

    assert end_of(s, matter) >= before + timedelta(days=5)


def test_a_suspension_says_why(s, matter):
    with pytest.raises(BadInput):
        halts.suspend(s, matter.id, by=matter.host, at=AT, why=Halt.FORCE_MAJEURE, reason=" ")


def test_SIM_18_a_suspicion_suspends_and_reports_and_the_period_runs_on(s, matter):
    before = end_of(s, matter)

    halts.suspend(s, matter.id, by=matter.host, at=AT, why=Halt.FALSITY, reason="双方对事实毫无争执")

    told = s.exec(select(Message).where(Message.subject == "疑似虚假调解报告")).all()
    assert matter.case.stage is CaseStage.SUSPENDED
    assert [one.account_id for one in told] == [matter.triage.account_id]
    assert end_of(s, matter) == before
    assert halts.suspected_at(s, matter.dispute.id) == AT


def test_who_has_left_the_court_or_the_organisation_hears_nothing_more(s, make, matter):
    gone = make.account("离任者", Role.TRIAGE)
    make.grant(gone, Role.ORG_ADMIN, org_id=matter.case.org_id)
    gone.disabled_at = AT
    s.add(gone)

    halts.suspend(s, matter.id, by=matter.host, at=AT, why=Halt.FALSITY, reason="双方对事实毫无争执")
    matters.tell_organisation(s, matter.case.org_id, "法院请求核实", "请答复。", about="", at=AT)

    told = {one.account_id for one in s.exec(select(Message))}
    assert matter.triage.account_id in told
    assert gone.id not in told


def test_SIM_18_whoever_reported_does_not_judge_nor_go_on_alone(s, matter):
    halts.suspend(s, matter.id, by=matter.triage, at=AT, why=Halt.FALSITY, reason="可疑")

    with pytest.raises(NotAllowed):
        halts.judge(s, matter.id, by=matter.triage, at=AT, upheld=False, reason="查无实据")
    with pytest.raises(Conflict):
        halts.resume(s, matter.id, by=matter.host, at=AT)


def test_SIM_18_unfounded_lets_mediation_go_on(s, matter):
    halts.suspend(s, matter.id, by=matter.host, at=AT, why=Halt.FALSITY, reason="可疑")

    halts.judge(s, matter.id, by=matter.leader, at=AT, upheld=False, reason="有银行流水")

    assert matter.case.stage is CaseStage.IN_MEDIATION
    assert halts.suspected_at(s, matter.dispute.id) is None


def test_ODM_23_founded_ends_it_and_stays_marked(s, matter):
    halts.suspend(s, matter.id, by=matter.host, at=AT, why=Halt.FALSITY, reason="可疑")

    halts.judge(s, matter.id, by=matter.triage, at=AT, upheld=True, reason="借条系倒签")

    assert (matter.case.stage, matter.dispute.stage) == (CaseStage.ENDED, DisputeStage.FAILED)
    assert halts.suspected_at(s, matter.dispute.id) == AT


def test_CPL_115_one_telephone_on_both_sides_is_reported_by_the_machine(s, matter):
    one_telephone(s, matter)

    row = halts.examine(s, matter.id, at=AT)

    assert Sign.SAME_CONTACT in row.signs
    assert row.reported_by is None
    assert matter.case.stage is CaseStage.SUSPENDED


def test_the_machine_reports_the_same_signs_once(s, matter):
    one_telephone(s, matter)
    halts.examine(s, matter.id, at=AT)
    halts.judge(s, matter.id, by=matter.triage, at=AT, upheld=False, reason="父子共用电话")

    assert halts.examine(s, matter.id, at=AT) is None
    assert len(s.exec(select(Suspicion)).all()) == 1


def test_weak_signs_are_shown_and_stop_nothing(s, make, matter):
    for party in s.exec(select(Party).where(Party.dispute_id == matter.dispute.id)):
        party.address = "天河路1号"
        s.add(party)
    s.flush()

    assert signs.of(s, matter.case) == (Sign.SAME_ADDRESS,)
    assert halts.examine(s, matter.id, at=AT) is None


def test_what_was_frozen_is_not_signed_after_a_suspicion(s, make, matter):
    matter.case.stage = CaseStage.AGREED
    frozen = make.agreement(AgreementStage.SIGNING, case=matter.case)

    halts.suspend(s, matter.id, by=matter.host, at=AT, why=Halt.FALSITY, reason="可疑")

    versions = s.exec(select(Agreement).order_by(Agreement.version)).all()
    assert [one.stage for one in versions] == [AgreementStage.SUPERSEDED, AgreementStage.DRAFTING]
    assert versions[1].supersedes == frozen.id


def test_an_appraisal_that_both_want_is_applied_for_on_paper(s, matter):
    appraisals.ask(s, matter.id, by=matter.applicant, at=AT, matter="签名真伪", reason="对方否认签名")
    before = s.exec(select(Document).where(Document.kind == "appraisal")).all()

    appraisals.answer(s, matter.id, by=matter.respondent, at=AT, agrees=True)

    paper = s.exec(select(Document).where(Document.kind == "appraisal")).one()
    assert before == []
    assert facts_of(paper).matters == ("签名真伪",)


@pytest.mark.parametrize("way", ["contact", "schedule"])
def test_odm_15_after_a_standstill_the_first_contact_still_ends_its_clock(s, matter, way: str):
    halts.suspend(s, matter.id, by=matter.host, at=AT, why=Halt.FORCE_MAJEURE, reason="停电")
    halts.resume(s, matter.id, by=matter.host, at=AT)
    waiting = deadlines.find(s, f"case:{matter.id}", "T-CONT")

    if way == "contact":
        mediation.contact(s, matter.id, by=matter.host, at=AT, channel="phone", reached=True)
    else:
        then = AT + timedelta(days=3)
        calendar.schedule(s, matter.id, by=matter.host, at=AT, starts_at=then, minutes=60, mode=Mode.SYNC)

    assert waiting.stopped_at == AT
