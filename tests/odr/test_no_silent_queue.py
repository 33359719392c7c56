"""T-REG, T-PRES-SUE, T-FEE, T-JC-SUP: what follows by itself when a clock has run out, and what is warned of before."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import select

from odr import alarms, clock, consequences, deadlines
from odr.actions import mediation, preservation
from odr.errors import BadInput, Conflict, NotAllowed, NotFound, WrongStage
from odr.rules.moves import CaseStage, ConfirmationStage, DisputeStage
from odr.rules.words import Role, Side, Track
from odr.tables.disputes import Triage
from odr.tables.people import Message
from tests.make import Make, moment

AT = moment("2026-03-02 09:00")


@pytest.fixture
def db(embedded):
    db = embedded()
    yield db
    db.close()


def waiting(make: Make, asks: str):
    """A dispute before triage, with the seven days running and a proposal made."""
    dispute = make.dispute(wishes={"asks": asks}, track=Track.PARTY_APPLIED, cause="private-lending")
    make.s.add(Triage(dispute_id=dispute.id, proposal={"route": "mediation"}, proposed_at=AT))
    row = deadlines.start(
        make.s, "T-REG", court_id=dispute.court_id, subject=f"dispute:{dispute.id}", since=AT
    )
    return dispute, row


def messages(s) -> list[str]:
    return list(s.exec(select(Message.subject)))


def test_t_reg_a_complaint_undecided_after_seven_days_is_registered_by_itself(s, make):
    dispute, row = waiting(make, "suit")

    alarms.ring(s, row.id, 100, at=row.due_at + timedelta(minutes=1))

    assert consequences
    assert dispute.stage is DisputeStage.REGISTERED
    assert dispute.filing_number
    assert deadlines.find(s, f"dispute:{dispute.id}", "T-REG") is None


def test_t_reg_an_application_to_mediate_is_urged_and_not_made_a_suit(s, make):
    make.account("周", Role.TRIAGE)
    make.account("罗", Role.LEADER)
    dispute, row = waiting(make, "mediation")

    alarms.ring(s, row.id, 100, at=row.due_at + timedelta(minutes=1))

    assert (dispute.stage, dispute.filing_number) == (DisputeStage.SUBMITTED, "")
    assert messages(s).count("立案审查超期") == 2


def test_t_pres_sue_runs_from_the_measure_and_warns_when_mediation_may_outlive_it(s, make):
    case = make.case(CaseStage.IN_MEDIATION, created_at=AT)
    dispute = make.dispute_of(case)
    applicant = make.side(dispute, Side.APPLICANT)
    deadlines.start(
        s, "T-MED", court_id=case.court_id, subject=f"case:{case.id}", since=AT, track=Track.PARTY_APPLIED
    )

    with pytest.raises((NotAllowed, NotFound)):
        preservation.report(
            s, dispute.id, by=make.side(dispute, Side.RESPONDENT), at=AT, taken_on=date(2026, 2, 20)
        )
    with pytest.raises(BadInput):
        preservation.report(s, dispute.id, by=applicant, at=AT, taken_on=date(2026, 3, 20))
    row = preservation.report(s, dispute.id, by=applicant, at=AT, taken_on=date(2026, 2, 20))

    assert clock.court_date(row.due_at - timedelta(minutes=1)) >= date(2026, 3, 22)
    assert preservation.outlived(s, dispute.id, case.id).id == row.id
    with pytest.raises(Conflict):
        preservation.report(s, dispute.id, by=applicant, at=AT, taken_on=date(2026, 2, 20))


def test_t_pres_sue_is_no_worry_when_mediation_ends_before(s, make):
    case = make.case(CaseStage.IN_MEDIATION)
    dispute = make.dispute_of(case)
    early = AT - timedelta(days=25)
    deadlines.start(
        s, "T-MED", court_id=case.court_id, subject=f"case:{case.id}", since=early, track=Track.PARTY_APPLIED
    )

    preservation.report(
        s, dispute.id, by=make.side(dispute, Side.APPLICANT), at=AT, taken_on=clock.court_date(AT)
    )

    assert preservation.outlived(s, dispute.id, case.id) is None


def test_t_fee_begins_only_when_a_registered_case_goes_on_to_trial(s, make):
    asked: dict[Track, datetime | None] = {}
    for track in (Track.POST_FILING_COMMISSIONED, Track.PARTY_APPLIED):
        dispute = make.dispute(
            DisputeStage.FAILED,
            track=track,
            filing_number=f"（2026）粤0106民初{track.value}号",
            cause="private-lending",
        )
        case = make.case(CaseStage.ENDED, dispute=dispute, to=make.mediator(), ended_at=AT)

        mediation.hand_over(s, case.id, by=make.side(dispute, Side.APPLICANT), at=AT)

        row = deadlines.find(s, f"dispute:{dispute.id}", "T-FEE")
        asked[track] = row.since if row else None
    assert asked == {Track.POST_FILING_COMMISSIONED: AT, Track.PARTY_APPLIED: None}
    assert messages(s).count("交纳诉讼费通知") == 1


def test_jc15_a_supplement_not_made_is_proposed_to_the_judge_and_ends_nothing(s, make):
    judge = make.account("陈静", Role.JUDGE)
    row = make.confirmation(
        ConfirmationStage.SUPPLEMENTING, judge_id=judge.id, number="（2026）粤0106民特1号"
    )
    sup = deadlines.start(
        s, "T-JC-SUP", court_id=row.court_id, subject=f"confirmation:{row.id}", since=AT, length=5
    )

    alarms.ring(s, sup.id, 100, at=sup.due_at + timedelta(minutes=1))

    assert row.stage is ConfirmationStage.SUPPLEMENTING
    assert "补充期限已满" in messages(s)


def test_a_registered_suit_needs_no_sue_by_warning(s, make):
    dispute = make.dispute(filing_number="（2026）粤0106民初1号")

    with pytest.raises(WrongStage):
        preservation.report(
            s, dispute.id, by=make.side(dispute, Side.APPLICANT), at=AT, taken_on=clock.court_date(AT)
        )
