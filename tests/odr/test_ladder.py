"""The ladder of alarms: who hears at 70, 90 and 100 percent of a period, and what is to be done when it is over."""

from __future__ import annotations

import pytest
from sqlmodel import Session, select

import odr.consequences  # noqa: F401  # registers what passed clocks lead to
from odr import alarms, clock, deadlines, ladder
from odr.actions import complaints, performance
from odr.queries import timeline
from odr.rules import pack
from odr.rules.moves import CaseStage, ConfirmationStage, DisputeStage, ObjectionStage
from odr.rules.words import Hat, Role, RulingKind, Side, Track
from odr.tables.agreements import Ruling
from odr.tables.confirmation import Objection
from odr.tables.mediations import MediationCase
from odr.tables.people import Account, Message
from tests.make import Make, day, moment

AT = moment("2026-03-02 09:00")


def _heard(s: Session, subject: str) -> dict[str, set[str]]:
    """Names of the people who have a message, by its subject."""
    rows = s.exec(select(Message, Account).join(Account, Message.account_id == Account.id))
    told: dict[str, set[str]] = {}
    for message, account in rows:
        told.setdefault(message.subject, set()).add(account.name)
    return {key: names for key, names in told.items() if key.startswith(subject)}


def _ring(s: Session, row: deadlines.Deadline) -> None:
    for percent in (70, 90, 100):
        moment_of = row.since + (row.due_at - row.since) * percent / 100
        assert alarms.ring(s, row.id, percent, at=moment_of)


def test_mediation_warns_the_mediator_then_the_sides_then_ends_on_nobody_s_silence(s: Session, make: Make):
    case = make.case(CaseStage.IN_MEDIATION)
    make.account("分流员", Role.TRIAGE)
    row = deadlines.start(
        s, "T-MED", court_id=case.court_id, subject=f"case:{case.id}", since=AT, track=Track.PARTY_APPLIED
    )

    _ring(s, row)

    heard = _heard(s, "调解期限")
    mediator = heard["调解期限（三十日）已过去七成"]
    assert len(mediator) == 1
    assert heard["调解期限（三十日）即将届满"] == mediator | {"张三", "李四", "分流员"}
    assert heard["调解期限（三十日）已经届满"] == mediator | {"张三", "李四", "分流员"}
    bodies = s.exec(select(Message.body).where(Message.subject == "调解期限（三十日）已经届满")).all()
    assert all("2026年4月1日" in body and "请终结调解" in body for body in bodies)


def test_the_seven_days_of_registration_reach_the_leader_at_their_end(s: Session, make: Make):
    dispute = make.dispute(DisputeStage.SUBMITTED)
    make.account("分流员", Role.TRIAGE)
    make.account("王院长", Role.LEADER)
    row = deadlines.start(s, "T-REG", court_id=dispute.court_id, subject=f"dispute:{dispute.id}", since=AT)

    _ring(s, row)

    assert _heard(s, "立案审查期限") == {
        "立案审查期限即将届满": {"分流员"},
        "立案审查期限已经届满": {"分流员", "王院长"},
    }
    assert (
        "先行登记立案"
        in s.exec(select(Message.body).where(Message.subject == "立案审查期限已经届满")).first()
    )


@pytest.mark.parametrize("kind", ["confirmation", "objection"])
def test_the_judge_of_a_confirmation_and_of_an_objection_hears_of_the_limit(
    s: Session, make: Make, kind: str
):
    judge = make.account("钱法官", Role.JUDGE)
    confirmation = make.confirmation(ConfirmationStage.CONFIRMED, judge_id=judge.id)
    subject = f"confirmation:{confirmation.id}"
    if kind == "objection":
        ruling = Ruling(
            confirmation_id=confirmation.id, kind=RulingKind.CONFIRMED, judge_id=judge.id, issued_at=AT
        )
        s.add(ruling)
        s.flush()
        row = Objection(
            confirmation_id=confirmation.id,
            court_id=confirmation.court_id,
            ruling_id=ruling.id,
            account_id=make.account("王五").id,
            claim="房子是我的",
            stage=ObjectionStage.ASSIGNED,
            judge_id=make.account("孙法官", Role.JUDGE).id,
            raised_at=AT,
        )
        s.add(row)
        s.flush()
        subject = f"objection:{row.id}"
    row = deadlines.start(s, "T-JC-MAX", court_id=confirmation.court_id, subject=subject, since=AT)

    _ring(s, row)

    name = {"confirmation": "钱法官", "objection": "孙法官"}[kind]
    assert _heard(s, "特别程序审限")["特别程序审限即将届满"] == {name}
    about = s.exec(select(Message.about).where(Message.subject == "特别程序审限即将届满")).all()
    assert about == [f"/{kind}s/{subject.partition(':')[2]}"]


def test_a_party_s_own_period_tells_the_party_from_the_beginning(s: Session, make: Make):
    dispute = make.dispute(DisputeStage.INVITING)
    row = deadlines.start(s, "T-LINK", court_id=dispute.court_id, subject=f"dispute:{dispute.id}", since=AT)

    _ring(s, row)

    assert list(_heard(s, "身份验证").values()) == [{"李四"}] * 3


@pytest.mark.parametrize("law", pack.load().clocks.values(), ids=lambda law: law.id)
def test_every_step_tells_at_least_whom_the_step_before_told(law):
    steps = [ladder.hats(law, percent) for percent in (70, 90, 100)]

    assert steps[0] <= steps[1] <= steps[2] == {Hat(hat) for hat in law.warns}
    assert Hat.LEADER not in steps[1]


def test_ODM_29_a_complaint_left_unanswered_reaches_the_leader(s: Session, make: Make):
    row, case = _complained(s, make)

    _ring(s, row)

    heard = _heard(s, "调解投诉答复期限")
    assert heard == {"调解投诉答复期限即将届满": {"分流员"}, "调解投诉答复期限已经届满": {"分流员", "王院长"}}
    subject = "调解投诉答复期限已经届满"
    assert set(s.exec(select(Message.about).where(Message.subject == subject))) == {"/complaints"}
    told = timeline.of(s, case.dispute_id, frozenset({Hat.RESPONDENT}))
    assert [event for event in told if "期限" in event.words] == []


def test_ODM_29_an_answer_stops_its_clock(s: Session, make: Make):
    row, _case = _complained(s, make)
    officer = make.staff(Role.TRIAGE)
    assert clock.court_date(row.due_at) == day("2026-03-17")

    key = row.subject.partition(":")[2]
    complaints.answer(s, key, by=officer, at=AT, findings="未见强迫。", decisions=["提醒谈话；"])

    assert row.stopped_at == AT
    assert not alarms.ring(s, row.id, 100, at=row.due_at)


def _complained(s: Session, make: Make) -> tuple[deadlines.Deadline, MediationCase]:
    case = make.case(CaseStage.IN_MEDIATION)
    make.account("分流员", Role.TRIAGE)
    make.account("王院长", Role.LEADER)
    party = make.side(make.dispute_of(case), Side.APPLICANT)
    complaint = performance.complain(s, case.id, by=party, at=AT, ground="forced", text="催我当场签字。")
    (row,) = deadlines.running(s, f"complaint:{complaint.id}")
    return row, case
