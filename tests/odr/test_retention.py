"""What was kept long enough: found by the machine, asked for by one, approved by another, gone from the shelves."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlmodel import select

from odr import clock, holdings, journal, outbox
from odr.actions import complaints, disposal, mediation, performance
from odr.errors import BadInput, Conflict, NotAllowed, WrongStage
from odr.rules import retention
from odr.rules.access import MACHINE
from odr.rules.moves import CaseStage, ConfirmationStage, DisputeStage, SittingStage
from odr.rules.words import EndReason, Role, Room, Side, Zone
from odr.tables.incidents import Suspicion
from odr.tables.mediations import ChatLine, Note, Recording
from odr.tables.people import Message
from odr.tables.records import JournalEntry
from tests.make import day, moment

CLOSED = moment("2026-03-02 09:00")
OVER = moment("2028-03-02 09:00")  # two years later


@pytest.fixture
def matter(s, make):
    """A closed mediation in which one side was heard apart."""
    case = make.case(CaseStage.ENDED, ended_at=CLOSED)
    sitting = make.sitting(SittingStage.CLOSED, case=case)
    dispute = make.dispute_of(case)
    dispute.stage, dispute.closed_at = DisputeStage.FAILED, CLOSED
    apart = Recording(
        sitting_id=sitting.id, room=Room.CAUCUS_A, zone=Zone.CAUCUS, folder="apart", started_at=CLOSED
    )
    joint = Recording(
        sitting_id=sitting.id, room=Room.JOINT, zone=Zone.JOINT, folder="joint", started_at=CLOSED
    )
    said = ChatLine(
        sitting_id=sitting.id,
        room=Room.CAUCUS_A,
        zone=Zone.CAUCUS,
        account_id=make.side(dispute, Side.APPLICANT).account_id,
        text="底线是八万",
        at=CLOSED,
    )
    note = Note(case_id=case.id, account_id=make.account("李调解").id, text="对方可让步", at=CLOSED)
    shown = make.evidence(dispute, "sha256:" + "a" * 64, 9, zone=Zone.CAUCUS)
    s.add_all([dispute, apart, joint, said, note])
    s.flush()
    return SimpleNamespace(
        court=dispute.court_id,
        case=case,
        dispute=dispute,
        apart=apart,
        joint=joint,
        said=said,
        note=note,
        shown=shown,
        clerk=make.staff(Role.CLERK, "赵书记员"),
        leader=make.staff(Role.LEADER, "王院长"),
    )


def found(s, matter, at=OVER):
    return disposal.find(s, matter.court, at=at)


def kinds(s):
    return list(s.exec(select(JournalEntry.kind).order_by(JournalEntry.seq)))


@pytest.mark.parametrize(
    ("kind", "since", "last"),
    [
        ("caucus", "2026-03-02", "2028-03-02"),
        ("caucus", "2024-02-29", "2026-02-28"),
        ("caucus", "2025-12-31", "2027-12-31"),
        ("recording", "2024-02-29", "2054-02-28"),
    ],
)
def test_a_time_of_keeping_ends_on_the_same_day_so_many_months_later(kind: str, since: str, last: str):
    assert retention.over(kind, day(since)) == day(last)


def test_pipl47_what_was_said_apart_is_found_on_its_day_and_not_before(s, matter):
    assert found(s, matter, OVER - timedelta(days=1)) == []

    (row,) = found(s, matter)

    assert (row.kind, row.since, row.due_on) == ("caucus", clock.court_date(CLOSED), clock.court_date(OVER))
    assert found(s, matter, OVER + timedelta(days=1)) == []  # once is enough
    assert s.exec(select(Message.subject)).all() == ["材料保管期限届满"]


def test_pipl47_a_mediation_that_failed_and_was_not_handed_over_is_found_as_well(s, make):
    case = make.case(CaseStage.IN_MEDIATION)
    s.add(Note(case_id=case.id, account_id=make.account("李调解").id, text="对方可让步", at=CLOSED))
    mediation.end(s, case.id, by=MACHINE, at=CLOSED, reason=EndReason.UNWILLING)

    assert disposal.find(s, case.court_id, at=OVER - timedelta(days=1)) == []
    (row,) = disposal.find(s, case.court_id, at=OVER)

    assert (row.dispute_id, row.since) == (case.dispute_id, clock.court_date(CLOSED))


def test_an_earlier_mediation_that_failed_says_nothing_while_another_goes_on(s, make, matter):
    matter.dispute.closed_at = None
    s.add(matter.dispute)
    make.case(CaseStage.IN_MEDIATION, dispute=matter.dispute)

    assert found(s, matter) == []


@pytest.mark.parametrize("open_", ["confirmation", "dispute"])
def test_nothing_is_due_while_anything_about_the_matter_goes_on(s, make, matter, open_: str):
    if open_ == "confirmation":
        agreement = make.agreement(case=matter.case)
        make.confirmation(ConfirmationStage.REVIEW, agreement=agreement)
    else:
        matter.dispute.closed_at = matter.case.ended_at = None
        s.add_all([matter.dispute, matter.case])

    assert found(s, matter, OVER + timedelta(days=400)) == []


def test_what_a_judge_recorded_in_an_inquiry_is_no_recording_of_the_mediation(s, make, matter):
    inquiry = make.sitting(
        SittingStage.CLOSED, case=matter.case, confirmation_id=make.confirmation().id, ordinal=2
    )
    filmed = Recording(
        sitting_id=inquiry.id, room=Room.JOINT, zone=Zone.RECORD, folder="inquiry", started_at=CLOSED
    )
    s.add(filmed)
    s.flush()

    assert filmed not in holdings.of(s, matter.dispute.id, "recording").recordings
    s.delete(matter.apart)
    s.delete(matter.joint)
    assert matter.dispute.id not in s.exec(holdings.with_any("recording")).all()


def test_pipl47_destroying_takes_two_people(s, make, matter):
    (row,) = found(s, matter)
    both = make.account("周全能", Role.CLERK)
    make.grant(both, Role.LEADER)

    with pytest.raises(WrongStage):
        disposal.approve(s, row.id, by=matter.leader, at=OVER)
    with pytest.raises(NotAllowed):
        disposal.ask(s, row.id, by=matter.leader, at=OVER)
    disposal.ask(s, row.id, by=make.actor(both), at=OVER)
    with pytest.raises(NotAllowed):
        disposal.approve(s, row.id, by=make.actor(both), at=OVER)
    disposal.approve(s, row.id, by=matter.leader, at=OVER)

    assert [item.kind for item in outbox.held(s)][-1] == "holdings.destroy"
    with pytest.raises(Conflict):
        disposal.keep(s, row.id, by=matter.leader, at=OVER, until=day("2029-01-01"), reason="案件重审")


def test_what_is_held_longer_is_asked_about_again_after_that_day(s, matter):
    (row,) = found(s, matter)
    disposal.ask(s, row.id, by=matter.clerk, at=OVER)

    for until, reason in ((None, "检察监督"), (day("2028-03-02"), "检察监督"), (day("2028-06-01"), " ")):
        with pytest.raises(BadInput):
            disposal.keep(s, row.id, by=matter.leader, at=OVER, until=until, reason=reason)
    disposal.keep(s, row.id, by=matter.leader, at=OVER, until=day("2028-06-01"), reason="检察监督")

    with pytest.raises(Conflict):
        disposal.ask(s, row.id, by=matter.clerk, at=OVER)
    disposal.ask(s, row.id, by=matter.clerk, at=moment("2028-06-01 09:00"))


def test_a_matter_taken_up_again_is_not_destroyed(s, matter):
    (row,) = found(s, matter)
    disposal.ask(s, row.id, by=matter.clerk, at=OVER)
    matter.dispute.closed_at = OVER
    s.add(matter.dispute)

    with pytest.raises(Conflict):
        disposal.approve(s, row.id, by=matter.leader, at=OVER)


def test_pipl47_rows_forget_what_was_said_and_the_journal_remembers_that_it_was(s, make, matter):
    twin = make.evidence(matter.dispute, "sha256:" + "b" * 64, 9, zone=Zone.CAUCUS)
    make.evidence(matter.dispute, twin.digest, 9)  # the same file, shown to both as well
    (row,) = found(s, matter)
    disposal.ask(s, row.id, by=matter.clerk, at=OVER)
    disposal.approve(s, row.id, by=matter.leader, at=OVER)

    disposal.finish(s, row.id, at=OVER)
    disposal.finish(s, row.id, at=OVER)  # done again

    assert (matter.apart.destroyed_at, matter.joint.destroyed_at) == (OVER, None)
    assert (matter.said.text, matter.note.text, matter.shown.title) == ("", "", disposal.GONE)
    assert matter.shown.digest == "sha256:" + "a" * 64
    assert kinds(s)[-4:] == ["disposal.found", "disposal.asked", "disposal.approved", "holdings.destroyed"]
    told = journal.fields_of(s.exec(select(JournalEntry).order_by(JournalEntry.seq.desc())).first())
    assert told["counts"] == {"recordings": 1, "evidence": 2, "lines": 1, "notes": 1}
    assert (told["recordings"], told["digests"]) == ([matter.apart.id], [matter.shown.digest])
    assert found(s, matter, OVER + timedelta(days=9)) == []


def complained(s, make, matter, at):
    party = make.parties(matter.case)[0]
    return performance.complain(
        s, matter.case.id, by=make.person(party), at=at, ground="forced", text="调解员在单独谈话中强迫我。"
    )


def test_odm29_a_complaint_without_an_answer_keeps_what_it_is_decided_on(s, make, matter):
    (row,) = found(s, matter)
    complaint = complained(s, make, matter, OVER)

    with pytest.raises(Conflict):
        disposal.ask(s, row.id, by=matter.clerk, at=OVER)
    complaints.answer(
        s,
        complaint.id,
        by=matter.leader,
        at=OVER,
        findings="调取单独谈话录音，未见强迫。",
        decisions=["不予支持。"],
    )
    assert holdings.over_since(s, matter.dispute) == clock.court_date(OVER)


def test_pipl47_what_was_taken_up_again_after_the_approval_waits_for_two_people_anew(s, make, matter):
    (row,) = found(s, matter)
    disposal.ask(s, row.id, by=matter.clerk, at=OVER)
    disposal.approve(s, row.id, by=matter.leader, at=OVER)
    before = disposal.recall(s, row.id, at=OVER)
    complained(s, make, matter, OVER)

    assert (before, disposal.recall(s, row.id, at=OVER)) == (False, True)
    assert (row.asked_at, row.approved_at) == (None, None)
    with pytest.raises(WrongStage):
        disposal.finish(s, row.id, at=OVER)


def test_a_worker_that_died_calls_it_back_once_and_the_next_approval_has_an_item_of_its_own(s, make, matter):
    (row,) = found(s, matter)
    suspicion = Suspicion(case_id=matter.case.id, reported_at=OVER)
    disposal.ask(s, row.id, by=matter.clerk, at=OVER)
    disposal.approve(s, row.id, by=matter.leader, at=OVER)
    s.add(suspicion)
    again = [disposal.recall(s, row.id, at=OVER) for _ in range(2)]
    suspicion.decided_at = OVER
    disposal.ask(s, row.id, by=matter.clerk, at=OVER + timedelta(days=1))
    disposal.approve(s, row.id, by=matter.leader, at=OVER + timedelta(days=1))

    assert (again, kinds(s).count("disposal.recalled")) == ([True, False], 1)
    items = [item.key for item in outbox.held(s) if item.kind == "holdings.destroy"]
    assert len(items) == len(set(items)) == 2
