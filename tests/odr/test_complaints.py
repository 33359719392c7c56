"""What the court answers a complaint, and what an organisation and its mediators are given on paper."""

from __future__ import annotations

import pytest
from sqlmodel import select

from odr import file_papers, standing
from odr.actions import complaints, mediators, performance, roster
from odr.errors import BadInput, Conflict, DeadlinePassed, NotAllowed, NotFound, WrongStage
from odr.papers import facts_of
from odr.queries import dispute_parts, whole_case
from odr.queries import papers as reading
from odr.rules.access import MACHINE
from odr.rules.moves import CaseStage, ConfirmationStage
from odr.rules.words import Do, Role, Side
from odr.tables.people import Message
from odr.tables.records import Document
from odr.tables.roster import Mediator
from tests.make import day, moment

AT = moment("2026-03-02 10:00")


@pytest.fixture
def case(make):
    return make.case(CaseStage.IN_MEDIATION)


@pytest.fixture
def applicant(make, case):
    return make.side(make.dispute_of(case), Side.APPLICANT)


@pytest.fixture
def officer(make):
    return make.staff(Role.TRIAGE, "周分流")


@pytest.fixture
def complaint(s, case, applicant, officer):
    return performance.complain(s, case.id, by=applicant, at=AT, ground="forced", text="催我当场签字。")


def answer(s, complaint, by, **changed):
    said = {"findings": "调取录像，未见强迫。", "decisions": ["提醒谈话；", "重新告知权利。"]} | changed
    return complaints.answer(s, complaint.id, by=by, at=AT, **said)


def paper(s, kind):
    return s.exec(select(Document).where(Document.kind == kind)).one()


def test_ODM_29_the_court_hears_of_a_complaint_and_answers_on_paper(s, complaint, officer):
    assert s.exec(select(Message).where(Message.subject == "收到投诉")).first()

    answer(s, complaint, officer)

    facts = facts_of(paper(s, "complaint"))
    assert (facts.claim, facts.findings) == ("催我当场签字。", "调取录像，未见强迫。")
    assert facts.decisions == ("提醒谈话；", "重新告知权利。")


def test_ODM_29_only_who_complained_reads_the_decision(s, make, case, complaint, applicant, officer):
    answer(s, complaint, officer)
    other = make.side(make.dispute_of(case), Side.RESPONDENT)

    assert reading.readable(s, paper(s, "complaint").id, applicant)
    with pytest.raises(NotFound):
        reading.readable(s, paper(s, "complaint").id, other)


def test_ODM_29_neither_the_mediator_nor_co_parties_judge_or_clerk_read_the_decision(
    s, make, case, complaint, officer
):
    answer(s, complaint, officer)
    dispute, leader = make.dispute_of(case), make.staff(Role.LEADER, "院长")
    beside = make.person(make.party(dispute, Side.APPLICANT, account=make.account("同案申请人")))
    judge = make.staff(Role.JUDGE)
    make.confirmation(
        ConfirmationStage.REVIEW, agreement=make.agreement(case=case), judge_id=judge.account_id
    )
    mediator = make.person(s.get_one(Mediator, case.mediator_id))
    document = paper(s, "complaint")
    document.published_at = AT
    s.add(document)

    for reader in (mediator, beside, judge, make.staff(Role.CLERK)):
        hats, mine = standing.hats(s, reader, dispute), standing.papers_of(s, reader, dispute.id)
        assert document.id not in [row.id for row in dispute_parts.papers(s, dispute.id, hats, mine)]
        assert document not in whole_case.gather(s, dispute, reader).papers
        with pytest.raises(NotFound):
            reading.readable(s, document.id, reader)
    for reader in (officer, leader):
        assert standing.require(s, reader, Do.SEE_DOCUMENT, document)
        assert reading.readable(s, document.id, reader)


def test_ODM_29_a_decision_on_a_complaint_is_not_in_the_file_of_the_case(s, case, complaint, officer):
    answer(s, complaint, officer)

    index = file_papers.case_file(s, case, outcome="调解不成", by=MACHINE, at=AT)

    assert "投诉处理决定书" not in [entry.title for entry in facts_of(index).entries]


def test_ODM_29_a_complaint_is_decided_once_and_by_the_court(s, make, complaint, applicant, officer):
    with pytest.raises(NotAllowed):
        answer(s, complaint, applicant)
    with pytest.raises(BadInput):
        answer(s, complaint, officer, findings=" ")
    answer(s, complaint, officer)
    with pytest.raises(Conflict):
        answer(s, complaint, make.staff(Role.LEADER, "院长"))


def test_ODM_29_what_no_paper_can_print_is_sent_back_when_complaining_not_when_answered(s, case, applicant):
    with pytest.raises(BadInput):
        performance.complain(s, case.id, by=applicant, at=AT, ground="forced", text="催我当场签字😡")


def test_ODM_12_who_declines_sends_the_case_back_with_its_reason(s, make):
    mediator = make.mediator()
    case = make.offered(mediator)

    mediators.decline(s, case.id, by=make.person(mediator), at=AT, reason="outside-charter")

    facts = facts_of(paper(s, "return_note"))
    assert facts.organisation == "天河区人民调解委员会"
    assert facts.reason == "不属于章程规定或者本行业的调解范围"
    assert facts.files == ("纠纷登记表",)
    with pytest.raises(NotFound):
        reading.readable(s, paper(s, "return_note").id, make.side(make.dispute_of(case), Side.APPLICANT))


def test_ODM_12_the_organisation_and_the_court_read_why_it_was_sent_back(s, make, org, admin):
    mediator = make.mediator(org=org)
    case = make.offered(mediator)
    mediators.decline(s, case.id, by=make.person(mediator), at=AT, reason="outside-charter")
    document = paper(s, "return_note")

    assert case.org_id == org.id
    for reader in (admin, make.staff(Role.TRIAGE), make.staff(Role.CLERK)):
        assert reading.readable(s, document.id, reader)


def test_ODM_12_silence_sends_nothing_back(s, make):
    case = make.offered(make.mediator())

    mediators.decline(s, case.id, by=MACHINE, at=AT, reason="no-answer")

    assert s.exec(select(Document).where(Document.kind == "return_note")).first() is None


@pytest.fixture
def org(make):
    return make.organisation()


@pytest.fixture
def admin(make, org):
    account = make.account("组织管理员")
    make.grant(account, Role.ORG_ADMIN, org_id=org.id)
    return make.actor(account)


def listed(make, org, **changed):
    known = {
        "certificate_number": "（2026）粤0106特邀调解员1号",
        "listed_on": day("2026-01-01"),
        "term_until": day("2027-12-31"),
    }
    return make.mediator("陈玥堃", org, **(known | changed))


def test_SIM_8_a_listed_mediator_has_a_certificate(s, make, org, admin):
    mediator = listed(make, org)

    document = roster.certify(s, mediator.id, by=admin, at=AT)

    facts = facts_of(document)
    assert (facts.holder, facts.organisation) == ("陈玥堃", org.name)
    assert (facts.valid_from, facts.valid_until) == (day("2026-01-01"), day("2027-12-31"))
    assert reading.readable(s, document.id, admin).number == "（2026）粤0106特邀调解员1号"


def test_SIM_8_a_certificate_is_issued_again_only_if_it_says_something_else(s, make, org, admin):
    mediator = listed(make, org)
    first = roster.certify(s, mediator.id, by=admin, at=AT)
    again = roster.certify(s, mediator.id, by=admin, at=AT)
    mediator.term_until = day("2029-12-31")
    s.add(mediator)

    renewed = roster.certify(s, mediator.id, by=admin, at=AT)

    assert (again.id, renewed.supersedes) == (first.id, first.id)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"status": "suspended"}, WrongStage),
        ({"certificate_number": ""}, WrongStage),
        ({"term_until": day("2026-03-01")}, DeadlinePassed),
    ],
)
def test_SIM_10_who_is_not_on_the_roster_gets_none(s, make, org, admin, changed, error):
    with pytest.raises(error):
        roster.certify(s, listed(make, org, **changed).id, by=admin, at=AT)


def test_nobody_certifies_for_another_organisation(s, make, org, admin):
    with pytest.raises(NotFound):
        roster.certify(s, listed(make, make.organisation("别的组织")).id, by=admin, at=AT)
