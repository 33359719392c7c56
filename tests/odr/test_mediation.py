"""The run of a mediation: contact, meeting, more time, standing still, and each way it ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from odr import clock, deadlines, presence
from odr.actions import calendar, mediation, mediators, sittings
from odr.errors import BadInput, Conflict, NotAllowed, NotFound, WrongStage
from odr.papers import facts_of
from odr.rules.moves import CaseStage, DisputeStage, SittingStage
from odr.rules.words import EndReason, Mode, Room, Side, Track
from odr.tables.mediations import Attendance, Note, UndisputedFact
from odr.tables.people import Message
from odr.tables.records import Document
from tests.make import day, moment

AT = moment("2026-03-02 10:00")
SOON = moment("2026-03-05 14:00")
FREE, COMMISSIONED = Track.PARTY_APPLIED, Track.POST_FILING_COMMISSIONED


class Matter:
    """A case that its mediator has accepted, and its people."""

    def __init__(self, s, make, track=FREE, disclosure=""):
        self.mediator = make.mediator()
        self.case = make.offered(self.mediator)
        self.case.track = track
        self.host = make.person(self.mediator)
        dispute = make.dispute_of(self.case)
        self.applicant, self.respondent = (make.side(dispute, side) for side in Side)
        mediators.accept(s, self.case.id, by=self.host, at=AT, disclosure=disclosure, promised=True)

    @property
    def id(self):
        return self.case.id


@pytest.fixture
def matter(s, make):
    return Matter(s, make)


def end_of(s, matter):
    return clock.court_date(deadlines.find(s, f"case:{matter.id}", "T-MED").due_at)


def papers(s, kind):
    return [facts_of(row) for row in s.exec(select(Document).where(Document.kind == kind))]


def extended(s, matter, days, *, at=AT):
    asked = mediation.ask_extension(s, matter.id, by=matter.applicant, at=at, days=days, reason="等待鉴定")
    return mediation.agree_extension(s, matter.id, asked.id, by=matter.respondent, at=at)


# contact


def test_reaching_the_other_side_stops_the_clock_of_contact(s, matter):
    mediation.contact(s, matter.id, by=matter.host, at=AT, channel="phone", reached=False)
    tried = deadlines.find(s, f"case:{matter.id}", "T-CONT")
    mediation.contact(s, matter.id, by=matter.host, at=AT, channel="phone", reached=True)

    assert tried is not None
    assert deadlines.find(s, f"case:{matter.id}", "T-CONT") is None
    assert matter.case.contacted_at == AT


def test_a_party_does_not_log_contacts(s, matter):
    with pytest.raises(NotAllowed):
        mediation.contact(s, matter.id, by=matter.applicant, at=AT, channel="phone", reached=True)


# more time


def test_one_side_alone_extends_nothing(s, matter):
    before = end_of(s, matter)

    asked = mediation.ask_extension(s, matter.id, by=matter.applicant, at=AT, days=10, reason="")
    again = mediation.agree_extension(s, matter.id, asked.id, by=matter.applicant, at=AT)

    assert again.granted_at is None
    assert end_of(s, matter) == before


def test_both_sides_together_extend_and_have_it_in_writing(s, matter):
    before = end_of(s, matter)

    extended(s, matter, 10)

    (paper,) = papers(s, "extension")
    assert end_of(s, matter) >= before + timedelta(days=10)
    assert (paper.reason, paper.new_end_on) == ("等待鉴定", end_of(s, matter))


def test_what_the_mediator_asks_for_needs_both_sides_as_well(s, matter):
    asked = mediation.ask_extension(s, matter.id, by=matter.host, at=AT, days=10, reason="")

    mediation.agree_extension(s, matter.id, asked.id, by=matter.applicant, at=AT)

    assert asked.agreed_by == ["applicant"]
    with pytest.raises(NotAllowed):
        mediation.agree_extension(s, matter.id, asked.id, by=matter.host, at=AT)


def test_where_the_parties_chose_mediation_they_extend_as_they_like(s, matter):
    extended(s, matter, 60)
    extended(s, matter, 45)

    assert len(papers(s, "extension")) == 2


def test_a_commissioned_case_is_extended_once_and_no_further_than_the_law_lets_it(s, make):
    matter = Matter(s, make, COMMISSIONED)

    with pytest.raises(BadInput):
        mediation.ask_extension(s, matter.id, by=matter.applicant, at=AT, days=31, reason="")
    extended(s, matter, 30)
    with pytest.raises(Conflict):
        mediation.ask_extension(s, matter.id, by=matter.applicant, at=AT, days=1, reason="")


@pytest.mark.parametrize("days", [0, -5])
def test_no_extension_is_shorter_than_a_day(s, matter, days):
    with pytest.raises(BadInput):
        mediation.ask_extension(s, matter.id, by=matter.applicant, at=AT, days=days, reason="")


def test_an_extension_of_another_case_is_not_agreed_to_here(s, make, matter):
    other = Matter(s, make)
    asked = mediation.ask_extension(s, other.id, by=other.applicant, at=AT, days=5, reason="")

    with pytest.raises(NotAllowed):
        mediation.agree_extension(s, matter.id, asked.id, by=matter.respondent, at=AT)


def test_a_note_is_the_mediators_own(s, matter):
    mediation.write_note(s, matter.id, by=matter.host, at=AT, text="可分三期")

    assert [note.text for note in s.exec(select(Note))] == ["可分三期"]
    with pytest.raises(NotAllowed):
        mediation.write_note(s, matter.id, by=matter.applicant, at=AT, text="x")


# meeting


def schedule(s, matter, **changes):
    wanted = {"starts_at": SOON, "minutes": 60, "mode": Mode.SYNC} | changes
    return calendar.schedule(s, matter.id, by=matter.host, at=AT, **wanted)


def test_a_sitting_has_a_seat_and_a_notice_for_everybody(s, matter):
    sitting = schedule(s, matter)

    seats = s.exec(select(Attendance).where(Attendance.sitting_id == sitting.id)).all()
    assert {seat.side for seat in seats} == {None, Side.APPLICANT, Side.RESPONDENT}
    assert [paper.addressee for paper in papers(s, "sitting_notice")] == ["张三", "李四"]
    assert matter.case.stage is CaseStage.SCHEDULED
    assert deadlines.find(s, f"case:{matter.id}", "T-CONT") is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"starts_at": AT - timedelta(hours=1)}, "starts_at"),
        ({"starts_at": AT + timedelta(hours=3)}, "short_notice"),
        ({"minutes": 5}, "minutes"),
        ({"minutes": 600}, "minutes"),
        ({"mode": Mode.ONSITE}, "place"),
        ({"mode": Mode.ASSISTED}, "place"),
    ],
)
def test_a_sitting_that_cannot_be(s, matter, wrong, field):
    with pytest.raises(BadInput) as refused:
        schedule(s, matter, **wrong)

    assert list(refused.value.details) == [field]


def test_less_than_a_days_notice_if_everybody_gives_it_up(s, matter):
    sitting = schedule(s, matter, starts_at=AT + timedelta(hours=3), short_notice=True)

    assert sitting.stage is SittingStage.PLANNED


def test_a_mediator_is_not_in_two_sittings_at_once(s, make, matter):
    other = make.offered(matter.mediator)
    mediators.accept(s, other.id, by=matter.host, at=AT, disclosure="", promised=True)
    schedule(s, matter)
    after = SOON + timedelta(minutes=60)

    with pytest.raises(BadInput):
        calendar.schedule(
            s,
            other.id,
            by=matter.host,
            at=AT,
            starts_at=SOON + timedelta(minutes=59),
            minutes=30,
            mode=Mode.SYNC,
        )
    assert calendar.schedule(s, other.id, by=matter.host, at=AT, starts_at=after, minutes=30, mode=Mode.SYNC)


def test_nobody_meets_before_both_sides_know_what_was_disclosed(s, make):
    matter = Matter(s, make, disclosure="与纠纷有利害关系")
    mediators.waive(s, matter.id, by=matter.applicant, at=AT)

    with pytest.raises(Conflict):
        schedule(s, matter)
    mediators.waive(s, matter.id, by=matter.respondent, at=AT)
    assert schedule(s, matter)


def test_a_sitting_is_moved_with_a_reason_and_everybody_is_told(s, matter):
    sitting = schedule(s, matter)

    with pytest.raises(BadInput):
        calendar.reschedule(s, sitting.id, by=matter.respondent, at=AT, reason="")
    calendar.reschedule(s, sitting.id, by=matter.respondent, at=AT, reason="当天住院")

    told = s.exec(select(Message).where(Message.subject == "调解改期")).all()
    assert sitting.stage is SittingStage.RESCHEDULED
    assert len({message.destination for message in told}) == 3


def test_free_times_replace_ones_own_and_nobody_elses(s, matter):
    span = (SOON, SOON + timedelta(hours=3))
    calendar.offer_times(s, matter.id, by=matter.respondent, at=AT, times=[span])
    calendar.offer_times(s, matter.id, by=matter.applicant, at=AT, times=[span, span])

    kept = calendar.offer_times(s, matter.id, by=matter.applicant, at=AT, times=[span])

    assert len(kept) == 1
    assert len(s.exec(select(calendar.FreeTime)).all()) == 2


@pytest.mark.parametrize("span", [(SOON, SOON), (AT - timedelta(days=1), SOON)])
def test_a_free_time_lies_ahead_and_has_a_length(s, matter, span):
    with pytest.raises(BadInput):
        calendar.offer_times(s, matter.id, by=matter.applicant, at=AT, times=[span])


# endings


@pytest.mark.parametrize("reason", [EndReason.AGREEMENT, EndReason.SETTLED])
def test_an_ending_with_an_act_of_its_own_is_none_of_these(s, matter, reason):
    with pytest.raises(BadInput):
        mediation.end(s, matter.id, by=matter.host, at=AT, reason=reason)


def test_any_other_reason_is_explained(s, matter):
    with pytest.raises(BadInput):
        mediation.end(s, matter.id, by=matter.host, at=AT, reason=EndReason.OTHER)


def test_the_report_says_the_reason_of_the_law_and_who_came(s, matter):
    sitting = schedule(s, matter)
    for person in (matter.host, matter.applicant):
        sittings.enter(s, sitting.id, by=person, at=SOON)
    sitting.opened_at = SOON
    s.add(sitting)

    mediation.end(s, matter.id, by=matter.host, at=SOON, reason=EndReason.UNWILLING, tips="请注意时效")

    (report,) = papers(s, "failure_report")
    assert report.end_reason == "当事人一方明确表示不愿意继续调解"
    assert (report.sittings[0].mode, report.sittings[0].attended) == ("同时在线视频", "张三")
    assert (report.ended_on, report.tips) == (day("2026-03-05"), "请注意时效")
    assert not deadlines.running(s, f"case:{matter.id}")


def test_only_facts_of_both_sides_are_recorded_as_undisputed(s, matter):
    for text, sides in (("借款已交付", ["applicant", "respondent"]), ("利率为百分之十", ["applicant"])):
        s.add(UndisputedFact(case_id=matter.id, text=text, agreed_by=sides, position=1, stated_at=AT))
    s.flush()

    mediation.end(s, matter.id, by=matter.host, at=AT, reason=EndReason.WIDE_GAP)

    (record,) = papers(s, "undisputed")
    (report,) = papers(s, "failure_report")
    assert record.facts == ("借款已交付",)
    assert report.undisputed_number == record.number


def test_planned_sittings_fall_with_the_case(s, matter):
    sitting = schedule(s, matter)

    mediation.end(s, matter.id, by=matter.host, at=AT, reason=EndReason.UNWILLING)

    assert sitting.stage is SittingStage.RESCHEDULED


@pytest.mark.parametrize("ending", ["end", "settle"])
def test_a_sitting_that_is_on_ends_with_the_mediation(s, matter, ending):
    sitting = schedule(s, matter)
    for person in (matter.host, matter.applicant):
        sittings.enter(s, sitting.id, by=person, at=SOON)
    sitting.stage, sitting.opened_at = SittingStage.LIVE, SOON
    presence.seat(s, presence.of(s, sitting.id, matter.applicant.ref), Room.JOINT)

    if ending == "end":
        mediation.end(s, matter.id, by=matter.host, at=SOON, reason=EndReason.UNWILLING)
    else:
        mediation.settle(s, matter.id, by=matter.host, at=SOON, performed=True)

    assert (sitting.stage, sitting.closed_at) == (SittingStage.CLOSED, SOON)
    assert presence.in_room(s, sitting.id, Room.JOINT) == []
    assert len(papers(s, "minutes")) == 1


def test_what_was_planned_falls_away_when_the_parties_settle(s, matter):
    sitting = schedule(s, matter)

    mediation.settle(s, matter.id, by=matter.applicant, at=AT, performed=False)

    assert sitting.stage is SittingStage.RESCHEDULED


def test_handing_over_gives_one_filing_number(s, make, matter):
    mediation.end(s, matter.id, by=matter.host, at=AT, reason=EndReason.UNWILLING)

    mediation.hand_over(s, matter.id, by=matter.applicant, at=AT)

    dispute = make.dispute_of(matter.case)
    assert dispute.stage is DisputeStage.HANDED_OVER
    assert dispute.filing_number.startswith("（2026）粤0106")
    with pytest.raises(WrongStage):
        mediation.hand_over(s, matter.id, by=matter.applicant, at=AT)


def test_a_matter_filed_before_keeps_its_number(s, make, matter):
    dispute = make.dispute_of(matter.case)
    dispute.filing_number = "（2026）粤0106民初88号"
    s.add(dispute)
    mediation.end(s, matter.id, by=matter.host, at=AT, reason=EndReason.UNWILLING)

    mediation.hand_over(s, matter.id, by=matter.host, at=AT)

    assert dispute.filing_number == "（2026）粤0106民初88号"


def test_the_respondent_does_not_bring_the_applicants_case_to_court(s, matter):
    mediation.end(s, matter.id, by=matter.host, at=AT, reason=EndReason.UNWILLING)

    with pytest.raises(NotAllowed):
        mediation.hand_over(s, matter.id, by=matter.respondent, at=AT)


def test_settled_on_the_spot_takes_no_number_and_no_paper(s, make, matter):
    mediation.settle(s, matter.id, by=matter.applicant, at=AT, performed=True)

    dispute = make.dispute_of(matter.case)
    assert (matter.case.stage, matter.case.on_spot) == (CaseStage.SETTLED, True)
    assert (dispute.stage, dispute.filing_number) == (DisputeStage.SETTLED, "")
    assert papers(s, "failure_report") == []


def test_a_stranger_finds_no_case(s, make, matter):
    with pytest.raises(NotFound):
        mediation.settle(s, matter.id, by=make.actor(make.account("路人")), at=AT, performed=False)
