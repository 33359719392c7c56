"""Clocks of the law: when they run out and how they explain it."""

from __future__ import annotations

import json

import pytest

from odr import clock
from odr.errors import BadInput
from odr.rules import clocks, pack
from odr.rules.words import Track
from tests.make import day, moment

MONDAY = moment("2026-03-02 09:00")


@pytest.mark.parametrize(
    ("rule", "end"),
    [
        ("T-REG", "2026-03-09"),
        ("T-PICK", "2026-03-04"),
        ("T-APPT", "2026-03-05"),
        ("T-ACC", "2026-03-05"),
        ("T-CONT", "2026-03-05"),
        ("T-LINK", "2026-03-05"),
        ("T-MED-A", "2026-04-01"),
        ("T-MED-O", "2026-03-17"),
        ("T-MED-S", "2026-03-09"),
        ("T-JC-APPLY", "2026-04-01"),
        ("T-JC-ACC", "2026-03-05"),
        ("T-JC-DEC", "2026-03-17"),
        ("T-JC-MAX", "2026-04-01"),
        ("T-JC-SUP", "2026-03-09"),
        ("T-JC-OBJ-P", "2026-03-17"),
        ("T-JC-OBJ-T", "2026-09-02"),
        ("T-ENF", "2028-03-02"),
        ("T-FEE", "2026-03-09"),
        ("T-PRES", "2026-03-04"),
        ("T-12368", "2026-03-04"),
    ],
)
def test_a_clock_started_on_a_plain_monday(rule: str, end: str):
    assert clock.court_date(clocks.due(rule, MONDAY).due_at) == day(end)


@pytest.mark.parametrize(
    ("track", "summary", "rule"),
    [
        (Track.PARTY_APPLIED, False, "T-MED-A"),
        (Track.PRE_FILING_DELEGATED, False, "T-MED-A"),
        (Track.POST_FILING_COMMISSIONED, False, "T-MED-O"),
        (Track.POST_FILING_COMMISSIONED, True, "T-MED-S"),
        (Track.JUDGE_LED, True, "T-MED-S"),
        (Track.ADMIN_OR_OTHER, True, "T-MED-A"),
    ],
)
def test_the_mediation_clock_is_the_track_s(track: Track, summary: bool, rule: str):
    assert clocks.resolve("T-MED", track=track, summary=summary).id == rule


def test_a_mediation_clock_without_a_track_is_refused():
    with pytest.raises(BadInput):
        clocks.due("T-MED", MONDAY)


def test_an_unknown_clock_is_refused():
    with pytest.raises(BadInput):
        clocks.due("T-NEVER", MONDAY)


def test_every_end_explains_itself():
    told = clocks.due("T-JC-APPLY", moment("2026-01-20 09:30")).explanation

    assert told["article"] == "《中华人民共和国民事诉讼法》第205条；《中华人民共和国人民调解法》第33条"
    assert (told["start"], told["since"]) == ("调解协议生效", "2026-01-20T09:30:00+08:00")
    assert (told["first_day"], told["length"], told["unit"]) == ("2026-01-21", 30, "d")
    assert told["counted_to"] == "2026-02-19"
    assert [d["on"][8:] for d in told["rolled"]] == ["19", "20", "21", "22", "23"]
    assert told["due"] == "2026-02-24T23:59:59.999999+08:00"
    assert told["calendar"] == [{"year": 2026, "version": "2026-1"}]
    assert told["in_force"] == "2024-01-01"
    assert told["provisional"] is False


def test_working_days_name_the_days_they_skip():
    told = clocks.due("T-PICK", moment("2026-04-03 09:30")).explanation

    assert [(d["on"], d["why"]) for d in told["skipped"]] == [
        ("2026-04-04", "星期六"),
        ("2026-04-05", "清明节"),
        ("2026-04-06", "清明节"),
    ]


def test_an_end_in_a_year_without_a_notice_is_provisional():
    assert clocks.due("T-ENF", MONDAY).explanation["provisional"] is True


@pytest.mark.parametrize("rule", list(pack.load().clocks))
def test_every_explanation_is_plain_json(rule: str):
    told = clocks.due(rule, MONDAY).explanation

    assert json.loads(json.dumps(told)) == told


def test_days_of_a_pause_do_not_count():
    pause = (moment("2026-03-05 15:00"), moment("2026-03-12 10:00"))

    told = clocks.due("T-MED-O", MONDAY, paused=[pause]).explanation

    assert told["due"][:10] == "2026-03-24"
    assert [d["on"] for d in told["skipped"]] == [f"2026-03-{n:02d}" for n in range(5, 12)]
    assert {d["why"] for d in told["skipped"]} == {"期限中止"}


def test_two_pauses_that_overlap_count_once():
    first = (moment("2026-03-05 15:00"), moment("2026-03-09 10:00"))
    second = (moment("2026-03-07 15:00"), moment("2026-03-12 10:00"))
    both = (moment("2026-03-05 15:00"), moment("2026-03-12 10:00"))

    assert (
        clocks.due("T-MED-O", MONDAY, paused=[first, second]).due_at
        == clocks.due("T-MED-O", MONDAY, paused=[both]).due_at
    )


def test_an_extension_begins_where_the_period_ended():
    since = moment("2026-03-06 09:00")  # 15 days end on Saturday the 21st, so on Monday the 23rd

    told = clocks.due("T-MED-O", since, extra_days=30).explanation

    assert told["due"][:10] == "2026-04-22"
    assert told["extended"] == 30


def test_a_court_may_promise_to_be_quicker():
    told = clocks.due("T-JC-DEC", MONDAY, court_settings={"clocks": {"T-JC-DEC": 7}}).explanation

    assert told["due"][:10] == "2026-03-09"
    assert (told["length"], told["law"]) == (7, 15)


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"T-JC-DEC": 16}, "wider-than-law"),
        ({"T-JC-APPLY": 15}, "cuts-a-right"),
        ({"T-JC-OBJ-P": 3}, "cuts-a-right"),
        ({"T-REG": 0}, "not-a-length"),
        ({"T-REG": True}, "not-a-length"),
        ({"T-REG": "3"}, "not-a-length"),
        ({"T-NEVER": 3}, "unknown"),
    ],
)
def test_a_court_cannot_widen_the_law_or_cut_a_right(settings: dict[str, object], code: str):
    with pytest.raises(BadInput) as refused:
        clocks.check_settings({"clocks": settings})

    assert list(refused.value.details.values()) == [code]


def test_the_judge_sets_the_time_for_supplements():
    assert clock.court_date(clocks.due("T-JC-SUP", MONDAY, length=3).due_at) == day("2026-03-05")


def test_nobody_sets_the_time_that_the_law_fixes():
    with pytest.raises(BadInput):
        clocks.due("T-JC-DEC", MONDAY, length=3)


def test_hours_stop_for_a_pause():
    pause = (moment("2026-03-02 10:00"), moment("2026-03-02 13:00"))

    assert clocks.due("T-PRES", MONDAY, paused=[pause]).due_at == moment("2026-03-04 12:00")
