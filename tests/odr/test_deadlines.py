"""Clocks as rows: started and stopped by moves, paused, extended, and rung once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import Session

from odr import clock, deadlines, outbox
from odr.errors import BadInput, Conflict, DeadlinePassed, NotFound
from odr.rules.moves import CASE, CaseStage
from odr.rules.words import Do, Track
from odr.tables.records import Deadline
from tests.make import Make, day, moment

AT = moment("2026-03-02 09:00")
CASE_1 = "case:1"


def _apply(
    s: Session, make: Make, stage: CaseStage, do: Do, *, at=AT, track: Track | None = Track.PARTY_APPLIED
):
    move = CASE.find(stage, do)
    deadlines.apply(s, move, court_id=make.court().id, subject=CASE_1, since=at, track=track)


def _start(s: Session, make: Make, rule: str = "T-MED-O", **known) -> Deadline:
    return deadlines.start(s, rule, court_id=make.court().id, subject=CASE_1, since=AT, **known)


def _ends(row: Deadline) -> str:
    return clock.court_date(row.due_at).isoformat()


def _rules(s: Session) -> list[str]:
    return [row.rule for row in deadlines.running(s, CASE_1)]


def _rings(s: Session, row: Deadline) -> list[tuple[int, str]]:
    asked = [i for i in outbox.held(s) if i.kind == "deadline.ring" and i.fields["deadline"] == row.id]
    return [(i.fields["percent"], clock.court_time(i.run_at).isoformat()[:16]) for i in asked]


def test_accepting_starts_the_track_s_mediation_clock(s: Session, make: Make):
    _apply(s, make, CaseStage.OFFERED, Do.ACCEPT, track=Track.POST_FILING_COMMISSIONED)

    assert _rules(s) == ["T-CONT", "T-MED-O"]
    assert _ends(deadlines.find(s, CASE_1, "T-MED")) == "2026-03-17"


def test_ending_stops_every_clock_of_the_case(s: Session, make: Make):
    _apply(s, make, CaseStage.OFFERED, Do.ACCEPT)
    _apply(s, make, CaseStage.ACCEPTED, Do.END_MEDIATION, at=moment("2026-03-03 10:00"), track=None)

    assert _rules(s) == []


def test_a_declined_offer_starts_the_choice_anew(s: Session, make: Make):
    _apply(s, make, CaseStage.CREATED, Do.CONSENT)
    _apply(s, make, CaseStage.CHOOSING, Do.AGREE_MEDIATOR)
    _apply(s, make, CaseStage.OFFERED, Do.DECLINE, at=moment("2026-03-05 10:00"))

    assert [(row.rule, _ends(row)) for row in deadlines.running(s, CASE_1)] == [
        ("T-PICK", "2026-03-09"),
        ("T-APPT", "2026-03-10"),
    ]


def test_a_new_mediator_does_not_get_a_new_period(s: Session, make: Make):
    _apply(s, make, CaseStage.OFFERED, Do.ACCEPT)
    _apply(s, make, CaseStage.IN_MEDIATION, Do.REPLACE_MEDIATOR, at=moment("2026-03-10 10:00"))
    _apply(s, make, CaseStage.CHOOSING, Do.AGREE_MEDIATOR, at=moment("2026-03-11 10:00"))
    _apply(s, make, CaseStage.OFFERED, Do.ACCEPT, at=moment("2026-03-12 10:00"))

    assert _ends(deadlines.find(s, CASE_1, "T-MED")) == "2026-04-01"
    assert _rules(s).count("T-MED-A") == 1


def test_a_clock_asks_to_be_woken_three_times(s: Session, make: Make):
    row = _start(s, make, "T-JC-DEC")

    assert _rings(s, row) == [
        (70, "2026-03-13T07:29"),
        (90, "2026-03-16T10:29"),
        (100, "2026-03-17T23:59"),
    ]


def test_a_stopped_clock_takes_its_wake_ups_back(s: Session, make: Make):
    row = _start(s, make)

    deadlines.stop(s, CASE_1, "T-MED", at=AT)

    assert _rings(s, row) == []
    assert row.stopped_at == AT


def test_another_subject_s_clock_is_left_alone(s: Session, make: Make):
    _start(s, make)

    deadlines.stop(s, "case:2", "T-MED", at=AT)

    assert _rules(s) == ["T-MED-O"]


def test_days_of_waiting_do_not_count(s: Session, make: Make):
    row = _start(s, make)

    deadlines.pause(s, CASE_1, "T-MED", at=moment("2026-03-05 15:00"))
    deadlines.resume(s, CASE_1, "T-MED", at=moment("2026-03-12 10:00"))

    assert (_ends(row), row.paused_at) == ("2026-03-24", None)


def test_two_waits_add_up(s: Session, make: Make):
    row = _start(s, make)

    for began, ended in (("2026-03-03 09:00", "2026-03-04 09:00"), ("2026-03-09 09:00", "2026-03-11 09:00")):
        deadlines.pause(s, CASE_1, "T-MED", at=moment(began))
        deadlines.resume(s, CASE_1, "T-MED", at=moment(ended))

    assert _ends(row) == "2026-03-20"


def test_only_clocks_that_the_law_lets_wait_wait(s: Session, make: Make):
    _start(s, make, "T-JC-DEC")

    with pytest.raises(BadInput):
        deadlines.pause(s, CASE_1, "T-JC-DEC", at=AT)


def test_pausing_what_does_not_run_does_nothing(s: Session):
    assert deadlines.pause(s, CASE_1, "T-MED", at=AT) is None
    assert deadlines.resume(s, CASE_1, "T-MED", at=AT) is None


def test_after_filing_both_may_extend_once_by_thirty_days(s: Session, make: Make):
    row = _start(s, make)

    assert _ends(deadlines.extend(s, CASE_1, "T-MED", 30, at=AT)) == "2026-04-16"
    with pytest.raises(Conflict):
        deadlines.extend(s, CASE_1, "T-MED", 1, at=AT)
    assert _ends(row) == "2026-04-16"


def test_more_than_thirty_days_is_too_long_after_filing(s: Session, make: Make):
    _start(s, make)

    with pytest.raises(BadInput):
        deadlines.extend(s, CASE_1, "T-MED", 31, at=AT)


def test_parties_who_applied_themselves_extend_as_they_agree(s: Session, make: Make):
    _start(s, make, "T-MED-A")

    deadlines.extend(s, CASE_1, "T-MED", 45, at=AT)

    assert _ends(deadlines.extend(s, CASE_1, "T-MED", 10, at=AT)) == "2026-05-26"


def test_an_extension_survives_a_pause(s: Session, make: Make):
    row = _start(s, make)
    deadlines.extend(s, CASE_1, "T-MED", 30, at=AT)

    deadlines.pause(s, CASE_1, "T-MED", at=moment("2026-03-05 15:00"))
    deadlines.resume(s, CASE_1, "T-MED", at=moment("2026-03-06 10:00"))

    assert _ends(row) == "2026-04-17"


def test_a_clock_that_does_not_run_cannot_be_extended(s: Session):
    with pytest.raises(NotFound):
        deadlines.extend(s, CASE_1, "T-MED", 30, at=AT)


def test_a_clock_that_is_over_cannot_be_extended(s: Session, make: Make):
    row = _start(s, make)
    late = row.due_at + timedelta(microseconds=1)

    with pytest.raises(DeadlinePassed):  # whether anybody was woken or not
        deadlines.extend(s, CASE_1, "T-MED", 30, at=late)
    deadlines.ring(s, row.id, 100, at=late)
    with pytest.raises(DeadlinePassed):
        deadlines.extend(s, CASE_1, "T-MED", 30, at=late)


def test_a_moved_clock_asks_to_be_woken_at_its_new_end(s: Session, make: Make):
    row = _start(s, make)

    deadlines.extend(s, CASE_1, "T-MED", 30, at=AT)

    assert [at[:10] for percent, at in _rings(s, row) if percent == 100] == ["2026-03-17", "2026-04-16"]


def test_a_wake_up_tells_once(s: Session, make: Make):
    row = _start(s, make)

    assert deadlines.ring(s, row.id, 70, at=moment("2026-03-14 09:00")) is row
    assert deadlines.ring(s, row.id, 70, at=moment("2026-03-14 09:01")) is None
    assert row.passed_at is None


def test_a_wake_up_of_the_old_end_finds_nothing_to_tell(s: Session, make: Make):
    row = _start(s, make)
    before = row.due_at
    deadlines.extend(s, CASE_1, "T-MED", 30, at=AT)

    assert deadlines.ring(s, row.id, 100, at=before) is None


def test_a_clock_that_waits_or_was_stopped_does_not_ring(s: Session, make: Make):
    row = _start(s, make)
    deadlines.pause(s, CASE_1, "T-MED", at=AT)

    assert deadlines.ring(s, row.id, 100, at=moment("2026-05-01 09:00")) is None

    deadlines.stop(s, CASE_1, "T-MED", at=AT)

    assert deadlines.ring(s, row.id, 100, at=moment("2026-05-01 09:00")) is None


def test_the_last_ring_marks_the_end(s: Session, make: Make):
    row = _start(s, make)

    deadlines.ring(s, row.id, 100, at=row.due_at)

    assert (row.warned, row.passed_at) == (100, row.due_at)
    assert _rules(s) == ["T-MED-O"]


def test_what_comes_on_the_last_day_is_in_time(s: Session, make: Make):
    _start(s, make)

    deadlines.ensure_in_time(s, CASE_1, "T-MED", at=moment("2026-03-17 23:59"))
    with pytest.raises(DeadlinePassed):
        deadlines.ensure_in_time(s, CASE_1, "T-MED", at=moment("2026-03-18 00:00"))


def test_the_judge_s_own_time_for_supplements_is_kept(s: Session, make: Make):
    row = _start(s, make, "T-JC-SUP", length=3)

    assert _ends(row) == "2026-03-05"


def test_a_court_s_promise_holds_for_clocks_that_began_under_it(s: Session, make: Make):
    own = make.override("T-MED-O", length=10)
    row = _start(s, make)
    own.ended_at = AT

    deadlines.pause(s, CASE_1, "T-MED", at=moment("2026-03-03 09:00"))
    deadlines.resume(s, CASE_1, "T-MED", at=moment("2026-03-04 09:00"))

    assert _ends(row) == "2026-03-13"


def test_a_new_calendar_moves_what_was_provisional(s: Session, make: Make):
    row = deadlines.start(
        s, "T-PICK", court_id=make.court().id, subject=CASE_1, since=moment("2027-02-04 09:00")
    )
    row.due_at = moment("2027-02-09 09:00")  # as an older table had it
    s.add(row)
    s.flush()

    assert deadlines.recount(s, make.court().id) == [row]
    assert _ends(row) == "2027-02-12"
    assert deadlines.recount(s, make.court().id) == []


def test_running_clocks_stand_in_the_order_of_their_ends(s: Session, make: Make):
    for rule in ("T-JC-MAX", "T-JC-ACC", "T-JC-DEC"):
        _start(s, make, rule)

    assert _rules(s) == ["T-JC-ACC", "T-JC-DEC", "T-JC-MAX"]
    assert {clock.court_date(r.due_at) for r in deadlines.running(s, CASE_1)} == {
        day("2026-03-05"),
        day("2026-03-17"),
        day("2026-04-01"),
    }
