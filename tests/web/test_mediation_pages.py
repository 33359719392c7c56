"""The pages of a mediation case: each form's way and its refusal, and who does not get in at all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlmodel import select

from odr import clock, demo
from odr.actions import calendar, mediation, mediators
from odr.rules import pack
from odr.rules.moves import CaseStage, SittingStage
from odr.rules.words import EndReason, Mode, Role
from odr.tables.disputes import Dispute
from odr.tables.mediations import (
    Assignment,
    Extension,
    FreeTime,
    MediationCase,
    MediatorChoice,
    Note,
    Sitting,
)
from tests.web import worlds
from tests.web.worlds import send
from web import words

NOW = clock.now()


@dataclass(frozen=True, slots=True)
class World:
    applicant: str
    respondent: str
    stranger: str
    triage: str
    host: str  # of everything that has a mediator
    idle: str  # a mediator without these cases
    names: tuple[str, ...]  # ids of the listed mediators
    choosing: str
    offered: str
    scheduled: str
    sitting: str
    sat: str
    ended: str


def build(s) -> World:
    cast = demo.people(s, NOW - timedelta(days=90))
    at = NOW - timedelta(days=3)
    first, second, *_ = cast.parties
    host, idle = cast.mediators[:2]
    choosing = demo.consented(s, cast, at)
    offered = demo.consented(s, cast, at)
    for party in (first, second):
        mediators.choose(s, offered.id, by=party, at=at, mediator_ids=[host.mediator_id])
    scheduled, _ = demo.accepted(s, cast, at)
    sitting = calendar.schedule(
        s, scheduled.id, by=host, at=at, starts_at=NOW + timedelta(days=2), minutes=60, mode=Mode.SYNC
    )
    sat, *_ = demo.sat(s, cast, at)
    ended, _, held = demo.sat(s, cast, at - timedelta(days=9))
    mediation.end(s, ended.id, by=host, at=held.starts_at, reason=EndReason.UNWILLING)
    return World(
        applicant=first.account_id,
        respondent=second.account_id,
        stranger=cast.parties[2].account_id,
        triage=cast.staff[Role.TRIAGE].account_id,
        host=host.account_id,
        idle=idle.account_id,
        names=tuple(one.mediator_id for one in cast.mediators),
        choosing=choosing.id,
        offered=offered.id,
        scheduled=scheduled.id,
        sitting=sitting.id,
        sat=sat.id,
        ended=ended.id,
    )


empty_database, world = worlds.shared(build)


# who gets in


def test_a_stranger_learns_nothing_of_a_case(client_for, world):
    stranger = client_for(world.stranger)

    answers = [
        stranger.get(f"/cases/{world.scheduled}{page}")
        for page in ("", "/choose", "/times", "/extend", "/rate", "/end", "/schedule", "/offer")
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert stranger.get(f"/sittings/{world.sitting}/reschedule").status_code == 404


def test_a_mediator_of_other_cases_is_a_stranger_too(client_for, world):
    assert client_for(world.idle).get(f"/cases/{world.scheduled}").status_code == 404


def test_a_party_sees_its_own_number_and_not_the_others(client_for, world):
    page = client_for(world.applicant).get(f"/cases/{world.scheduled}").text

    assert "13900000001" in page
    assert "13900000002" not in page


def test_the_mediator_can_call_both(client_for, world):
    page = client_for(world.host).get(f"/cases/{world.scheduled}").text

    assert "13900000001" in page
    assert "13900000002" in page


def test_the_desk_lists_what_is_open_and_what_ended(client_for, world, row):
    page = client_for(world.host).get("/desk").text

    assert f"/cases/{world.offered}/offer" in page
    assert f"/sittings/{world.sitting}" in page
    assert row(MediationCase, world.ended).number in page


def test_a_mediator_without_cases_is_told_so(client_for, world):
    assert client_for(world.idle).get("/desk").text.count('class="empty"') == 2


# choosing and accepting


def test_a_choice_is_kept_in_the_order_of_the_wishes(client_for, world, rows):
    one, two, three = world.names
    path = f"/cases/{world.choosing}/choose"

    answer = send(client_for(world.applicant), path, first=three, second=one, third="")

    assert answer.status_code == 303
    query = select(MediatorChoice).where(MediatorChoice.case_id == world.choosing)
    kept = sorted(rows(query), key=lambda choice: choice.rank)
    assert [choice.mediator_id for choice in kept] == [three, one]
    assert two not in [choice.mediator_id for choice in kept]


def test_choosing_nobody_comes_back_with_what_was_chosen(client_for, world):
    answer = send(client_for(world.applicant), f"/cases/{world.choosing}/choose", first="", second="")

    assert answer.status_code == 422
    assert 'href="#first"' in answer.text


def test_the_others_choice_is_not_shown_before_ones_own(client_for, world):
    path = f"/cases/{world.choosing}/choose"
    send(client_for(world.applicant), path, first=world.names[0])

    page = client_for(world.respondent).get(path).text

    assert "对方已经作出选择" in page
    assert "selected" not in page


def test_both_choosing_the_same_asks_that_mediator(client_for, world, row):
    path = f"/cases/{world.choosing}/choose"

    send(client_for(world.applicant), path, first=world.names[1])
    send(client_for(world.respondent), path, first=world.names[2], second=world.names[1])

    case = row(MediationCase, world.choosing)
    assert (case.stage, case.mediator_id) == (CaseStage.OFFERED, world.names[1])


def test_leaving_it_to_the_court_draws_one_by_lot(client_for, world, row, rows):
    send(client_for(world.applicant), f"/cases/{world.choosing}/choose", trust_court="1")

    assert row(MediationCase, world.choosing).stage is CaseStage.OFFERED
    (assignment,) = rows(select(Assignment).where(Assignment.case_id == world.choosing))
    assert assignment.how == "drawn"


def test_the_court_names_a_mediator_only_with_a_reason(client_for, world, row):
    triage, path = client_for(world.triage), f"/cases/{world.choosing}/appoint"

    refused = send(triage, path, mediator_id=world.names[2], reason="")
    send(triage, path, mediator_id=world.names[2], reason="熟悉朝鲜语")

    assert refused.status_code == 422
    assert row(MediationCase, world.choosing).mediator_id == world.names[2]


def test_a_promise_is_needed_and_what_was_written_stays(client_for, world):
    answer = send(
        client_for(world.host), f"/cases/{world.offered}/accept", relation="interest", disclosure="同乡"
    )

    assert answer.status_code == 422
    assert "同乡" in answer.text
    assert re.search(r'value="interest"\s+checked', answer.text)


def test_a_disclosure_says_the_relation_in_the_words_of_the_law(client_for, world, rows):
    host, path = client_for(world.host), f"/cases/{world.offered}"

    send(host, f"{path}/accept", relation="interest", disclosure="同乡", promised="1")

    (assignment,) = rows(select(Assignment).where(Assignment.case_id == world.offered))
    assert assignment.disclosure == "与纠纷有利害关系：同乡"
    assert "与纠纷有利害关系：同乡" in client_for(world.applicant).get(path).text


def test_an_unknown_relation_is_refused(client_for, world):
    answer = send(client_for(world.host), f"/cases/{world.offered}/accept", relation="friend", promised="1")

    assert answer.status_code == 422


def test_after_a_disclosure_both_sides_decide(client_for, world, rows):
    path = f"/cases/{world.offered}"
    send(client_for(world.host), f"{path}/accept", relation="other", promised="1")

    send(client_for(world.applicant), f"{path}/waive")
    send(client_for(world.respondent), f"{path}/waive")

    (assignment,) = rows(select(Assignment).where(Assignment.case_id == world.offered))
    assert assignment.waived_by == ["applicant", "respondent"]


def test_a_mediator_declines_with_a_reason(client_for, world, row):
    host, path = client_for(world.host), f"/cases/{world.offered}/decline"

    refused = send(host, path, reason="")
    send(host, path, reason="outside-strengths")

    assert refused.status_code == 422
    assert row(MediationCase, world.offered).stage is CaseStage.CHOOSING


def test_a_party_asks_for_another_mediator_and_says_why(client_for, world, row):
    applicant, path = client_for(world.applicant), f"/cases/{world.scheduled}/replace"

    refused = send(applicant, path, reason="")
    send(applicant, path, reason="与对方代理人相识")

    assert refused.status_code == 422
    assert row(MediationCase, world.scheduled).stage is CaseStage.CHOOSING


# meeting


def test_free_times_are_kept_and_shown_again(client_for, world, rows):
    applicant, path = client_for(world.applicant), f"/cases/{world.scheduled}/times"
    day = (clock.court_date(NOW) + timedelta(days=3)).isoformat()

    send(applicant, path, slot=[f"{day}_morning", f"{day}_evening"])

    assert len(rows(select(FreeTime).where(FreeTime.case_id == world.scheduled))) == 2
    assert f'value="{day}_morning" checked' in applicant.get(path).text


@pytest.mark.parametrize("slot", ["someday_morning", "2026-11-24_night", "morning", "2020-01-01_morning"])
def test_a_time_that_is_none_is_refused(client_for, world, slot):
    answer = send(client_for(world.applicant), f"/cases/{world.scheduled}/times", slot=slot)

    assert answer.status_code == 422


def test_a_time_that_suits_both_comes_first_and_fills_the_form(client_for, world):
    early = (clock.court_date(NOW) + timedelta(days=3)).isoformat()
    late = (clock.court_date(NOW) + timedelta(days=5)).isoformat()
    path = f"/cases/{world.scheduled}"
    send(client_for(world.applicant), f"{path}/times", slot=[f"{early}_morning", f"{late}_afternoon"])
    send(client_for(world.respondent), f"{path}/times", slot=[f"{late}_afternoon"])
    host = client_for(world.host)

    link = re.search(r'href="(\?at=[^"]+)#on"', host.get(f"{path}/schedule").text)[1]
    page = host.get(f"{path}/schedule{link}").text

    assert f'value="{late}"' in page
    assert 'value="14:00"' in page


def schedule_form(days: int = 4, **changes: str) -> dict[str, str]:
    day = (clock.court_date(NOW) + timedelta(days=days)).isoformat()
    return {"on": day, "starts_at": "10:00", "minutes": "60", "mode": "sync"} | changes


def test_a_sitting_is_arranged_and_everybody_has_a_notice(client_for, world, rows):
    answer = send(client_for(world.host), f"/cases/{world.scheduled}/schedule", **schedule_form())

    (sitting,) = rows(select(Sitting).where(Sitting.case_id == world.scheduled, Sitting.id != world.sitting))
    assert answer.headers["location"] == f"/sittings/{sitting.id}"
    page = client_for(world.respondent).get(f"/cases/{world.scheduled}").text
    assert f"/sittings/{sitting.id}/calendar.ics" in page
    assert "调解通知书" in page


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"starts_at": "later"}, "starts_at"),
        ({"on": ""}, "on"),
        ({"mode": "onsite"}, "place"),
        ({"minutes": "5"}, "minutes"),
    ],
)
def test_a_sitting_that_cannot_be_comes_back_as_it_was_written(client_for, world, wrong, field):
    form = schedule_form(place="") | wrong

    answer = send(client_for(world.host), f"/cases/{world.scheduled}/schedule", **form)

    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert f'value="{form["mode"]}" checked' in answer.text


def test_two_sittings_at_once_are_named_as_such(client_for, world, row):
    taken = clock.court_time(row(Sitting, world.sitting).starts_at)
    form = schedule_form() | {"on": taken.date().isoformat(), "starts_at": taken.strftime("%H:%M")}

    answer = send(client_for(world.host), f"/cases/{world.sat}/schedule", **form)

    assert answer.status_code == 422
    assert "已有别的调解" in answer.text


def test_a_party_moves_a_sitting_with_a_reason(client_for, world, row):
    respondent, path = client_for(world.respondent), f"/sittings/{world.sitting}/reschedule"

    page = respondent.get(path)
    refused = send(respondent, path, reason=" ")
    done = send(respondent, path, reason="当天住院")

    assert page.status_code == 200
    assert refused.status_code == 422
    assert done.status_code == 303
    assert row(Sitting, world.sitting).stage is SittingStage.RESCHEDULED
    assert "不能改期" in respondent.get(path).text


def test_contact_is_logged(client_for, world, row):
    path = f"/cases/{world.offered}"
    host = client_for(world.host)
    send(host, f"{path}/accept", relation="none", promised="1")

    send(host, f"{path}/contact", channel="phone", reached="1")

    assert row(MediationCase, world.offered).contacted_at is not None


# on the way


def test_an_extension_runs_when_both_sides_agree(client_for, world, row, rows):
    path = f"/cases/{world.sat}/extend"

    send(client_for(world.applicant), path, days="10", reason="等待鉴定")
    (asked,) = rows(select(Extension).where(Extension.case_id == world.sat))
    halfway = client_for(world.respondent).get(path).text
    send(client_for(world.respondent), f"{path}/{asked.id}")

    assert f"{path}/{asked.id}" in halfway
    assert row(Extension, asked.id).granted_at is not None
    assert row(MediationCase, world.sat).extended_until is not None


@pytest.mark.parametrize("days", ["", "soon", "0"])
def test_an_extension_of_no_days_comes_back(client_for, world, days):
    answer = send(client_for(world.applicant), f"/cases/{world.sat}/extend", days=days, reason="等待鉴定")

    assert answer.status_code == 422
    assert "等待鉴定" in answer.text


def test_a_case_is_suspended_and_goes_on(client_for, world, row):
    host, path = client_for(world.host), f"/cases/{world.sat}"

    refused = send(host, f"{path}/suspend", why="force-majeure", reason="")
    send(host, f"{path}/suspend", why="force-majeure", reason="台风停运")
    waiting = host.get(path).text
    send(host, f"{path}/resume")

    assert refused.status_code == 422
    assert "已中止" in waiting
    assert row(MediationCase, world.sat).stage is CaseStage.IN_MEDIATION


def test_SIM_18_a_suspicion_is_seen_by_mediator_and_court_and_judged_by_the_court(client_for, world, row):
    host, triage, path = client_for(world.host), client_for(world.triage), f"/cases/{world.sat}"

    send(host, f"{path}/suspend", why="falsity", reason="双方毫无争执")
    party, officer = client_for(world.applicant).get(path).text, triage.get(path).text
    own = send(host, f"{path}/suspicion", yes="false", reason="查无实据")
    send(triage, f"{path}/suspicion", yes="false", reason="有银行流水")

    assert "双方毫无争执" in officer
    assert "虚假" not in party
    assert "毫无争执" not in party
    assert own.status_code == 403
    assert row(MediationCase, world.sat).stage is CaseStage.IN_MEDIATION


def test_SIM_15_a_recusal_is_asked_for_and_decided(client_for, world, row):
    party, triage, path = client_for(world.applicant), client_for(world.triage), f"/cases/{world.sat}"

    empty = send(party, f"{path}/recusal", ground="kin", facts="")
    send(party, f"{path}/recusal", ground="kin", facts="是对方的表哥")
    seen = triage.get(path).text
    send(triage, f"{path}/recusal/decide", yes="true", reason="属近亲属")

    assert empty.status_code == 422
    assert "是对方的表哥" in seen
    assert row(MediationCase, world.sat).stage is CaseStage.CHOOSING


def test_ODM_26_an_appraisal_is_asked_for_answered_and_ended(client_for, world, row):
    party, other, path = client_for(world.applicant), client_for(world.respondent), f"/cases/{world.sat}"

    send(party, f"{path}/appraisal", matter="签名真伪", reason="对方否认")
    asked = other.get(path).text
    send(other, f"{path}/appraisal/answer", yes="true")
    stopped = row(MediationCase, world.sat).stage
    send(client_for(world.host), f"{path}/appraisal/finish", outcome="笔迹一致")

    assert "签名真伪" in asked
    assert stopped is CaseStage.SUSPENDED
    assert row(MediationCase, world.sat).stage is CaseStage.IN_MEDIATION


def test_the_mediators_notes_are_read_by_nobody_else(client_for, world, rows):
    host, path = client_for(world.host), f"/cases/{world.sat}"

    empty = send(host, f"{path}/notes", text="")
    send(host, f"{path}/notes", text="申请人可接受分三期")

    assert empty.status_code == 422
    assert [note.text for note in rows(select(Note))] == ["申请人可接受分三期"]
    assert "分三期" in host.get(path).text
    assert "分三期" not in client_for(world.applicant).get(path).text
    assert send(client_for(world.applicant), f"{path}/notes", text="x").status_code == 403


# endings


def test_an_ending_for_another_reason_is_explained(client_for, world):
    answer = send(
        client_for(world.host), f"/cases/{world.sat}/end", reason="other", situation="", tips="请注意时效"
    )

    assert answer.status_code == 422
    assert "请注意时效" in answer.text


def test_ending_makes_the_papers_and_offers_the_way_on(client_for, world, row):
    path = f"/cases/{world.sat}"

    send(client_for(world.host), f"{path}/end", reason="wide-gap")

    page = client_for(world.applicant).get(path).text
    assert row(MediationCase, world.sat).stage is CaseStage.ENDED
    assert "终止调解暨移送函" in page
    assert f"{path}/hand-over" in page


def test_handing_over_gives_the_dispute_its_filing_number(client_for, world, row):
    send(client_for(world.applicant), f"/cases/{world.ended}/hand-over")

    case = row(MediationCase, world.ended)
    assert case.stage is CaseStage.HANDED_OVER
    assert row(Dispute, case.dispute_id).filing_number


def test_the_respondent_cannot_hand_over(client_for, world):
    assert send(client_for(world.respondent), f"/cases/{world.ended}/hand-over").status_code == 403


def test_settling_by_themselves_closes_the_case(client_for, world, row):
    send(client_for(world.applicant), f"/cases/{world.sat}/settle", performed="1")

    case = row(MediationCase, world.sat)
    assert (case.stage, case.on_spot) == (CaseStage.SETTLED, True)


# words


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_beginning_of_every_clock_is_said_in_every_language(language):
    known = words.catalogue(language)

    assert [law.id for law in pack.load().clocks.values() if law.start not in known] == []


@pytest.mark.parametrize("language", ["zh_CN", "ko", "en"])
def test_a_deadline_explains_itself(client_for, world, language):
    host = client_for(world.host)
    host.cookies.set("language", language)

    page = host.get(f"/cases/{world.sat}").text

    why = re.search(r'<details class="why">.*?</details>', page, re.DOTALL)[0]
    assert "30" in why
    assert "人民法院在线调解规则" in why
    assert ("起算" in why) == (language == "zh_CN")
