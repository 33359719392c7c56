"""The pages of judicial confirmation: both sides, the clerk, the judge by eye and by keys, the ruling, the paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Page
from sqlmodel import select

from odr import clock, demo
from odr.actions import confirmation, rulings
from odr.rules.moves import ConfirmationStage
from odr.rules.words import Role, RulingKind
from odr.tables.agreements import Agreement, ConfirmationCase, Ruling, Service, Supplement
from odr.tables.people import Login
from odr.tables.records import Document
from tests.make import served
from tests.web import worlds
from tests.web.worlds import send
from web.logins import FRESH

NOW = clock.now()
DECLARED = {"declared": "1"}


@dataclass(frozen=True, slots=True)
class World:
    applicant: str
    respondent: str
    stranger: str
    clerk: str
    host: str
    judges: tuple[str, ...]
    effective: str  # agreement
    prepared: str
    submitted: str
    review: str
    assigned: str
    judge: str  # of the case under review
    drawn: str  # of the case assigned


def build(s) -> World:
    cast = demo.people(s, NOW - timedelta(days=90))
    effective, _ = demo.effective(s, cast, NOW - timedelta(days=6))
    other, then = demo.effective(s, cast, NOW - timedelta(days=5))
    prepared = confirmation.apply(s, other.id, by=cast.parties[0], at=then, reasons="自愿", declared=True)
    submitted, _ = demo.applied(s, cast, NOW - timedelta(days=4))
    review, judge, _ = demo.in_review(s, cast, NOW - timedelta(days=8))
    assigned, at = demo.applied(s, cast, NOW - timedelta(days=7))
    confirmation.accept(s, assigned.id, by=cast.staff[Role.CLERK], at=at)
    return World(
        applicant=cast.parties[0].account_id,
        respondent=cast.parties[1].account_id,
        stranger=cast.parties[2].account_id,
        clerk=cast.staff[Role.CLERK].account_id,
        host=cast.mediators[0].account_id,
        judges=tuple(one.account_id for one in demo.judges(s, cast)),
        effective=effective.id,
        prepared=prepared.id,
        submitted=submitted.id,
        review=review.id,
        assigned=assigned.id,
        judge=judge.account_id,
        drawn=assigned.judge_id,
    )


empty_database, world = worlds.shared(build)


@pytest.fixture
def other_judge(world) -> str:
    return next(one for one in world.judges if one != world.judge)


def checked(*left_out: str) -> dict[str, object]:
    return {"ok": [key for key in rulings.CHECKS if key not in left_out], "note-other": ""}


# the parties


def test_a_stranger_sees_no_application(client_for, world):
    assert client_for(world.stranger).get(f"/confirmations/{world.prepared}").status_code == 404


def test_the_mediator_has_no_part_in_it(client_for, world):
    assert client_for(world.host).get(f"/confirmations/{world.review}").status_code in (403, 404)


def test_applying_needs_the_declaration_and_keeps_the_reasons(client_for, world):
    answer = send(
        client_for(world.applicant), f"/agreements/{world.effective}/apply", reasons="请求确认分期付款的效力"
    )

    assert answer.status_code == 422
    assert 'href="#declared"' in answer.text
    assert "请求确认分期付款的效力" in answer.text


def test_one_applies_and_the_other_joins(client_for, world, row):
    applicant, respondent = client_for(world.applicant), client_for(world.respondent)
    here = f"/agreements/{world.effective}/apply"

    application = send(applicant, here, reasons="自愿", **DECLARED).headers["location"]
    led = respondent.get(here).headers["location"]
    unsure = send(respondent, f"{application}/join")
    send(respondent, f"{application}/join", **DECLARED)

    assert led == application
    assert unsure.status_code == 422
    assert row(ConfirmationCase, application.split("/")[-1]).stage is ConfirmationStage.SUBMITTED
    assert "法院正在处理" in applicant.get(application).text


def test_whoever_applied_waits_and_the_other_is_asked(client_for, world):
    here = f"/confirmations/{world.prepared}"

    assert "等待其他当事人共同申请" in client_for(world.applicant).get(here).text
    asked = client_for(world.respondent).get(here).text
    assert f"{here}/join" in asked
    assert f"{here}/withdraw" not in asked
    assert f"{here}/withdraw" in client_for(world.applicant).get(here).text


def test_withdrawing_leaves_the_agreement_in_force(client_for, world, row):
    applicant, here = client_for(world.applicant), f"/confirmations/{world.submitted}"

    send(applicant, f"{here}/withdraw")

    assert row(ConfirmationCase, world.submitted).stage is ConfirmationStage.WITHDRAWN
    assert "协议本身仍然有效" in applicant.get(here).text


# the clerk


def test_the_clerk_accepts_and_a_judge_is_drawn(client_for, world, row):
    clerk = client_for(world.clerk)
    desk = clerk.get("/clerk").text

    send(clerk, f"/confirmations/{world.submitted}/accept")

    case = row(ConfirmationCase, world.submitted)
    assert f"/confirmations/{world.submitted}" in desk
    assert case.stage is ConfirmationStage.ASSIGNED
    assert case.judge_id in world.judges
    assert (
        case.draw["commitment"] in client_for(world.applicant).get(f"/confirmations/{world.submitted}").text
    )


def test_a_party_cannot_accept_its_own_application(client_for, world):
    assert send(client_for(world.applicant), f"/confirmations/{world.submitted}/accept").status_code == 403


# the judge


def test_the_file_is_closed_to_a_judge_who_was_not_drawn(client_for, world, other_judge):
    other, here = client_for(other_judge), f"/confirmations/{world.review}"

    assert other.get(here).status_code in (403, 404)
    assert send(other, f"{here}/check", **checked()).status_code in (403, 404)
    assert here not in other.get("/judge").text


def test_before_acceptance_any_judge_may_rule_not_to_accept(client_for, world, other_judge, row, rows):
    judge, here = client_for(other_judge), f"/confirmations/{world.submitted}"

    listed = judge.get("/judge").text
    refused = send(judge, f"{here}/not-accept", ground="no-jurisdiction", reasons="")
    unnamed = send(judge, f"{here}/not-accept", ground="", reasons="住所地不在本辖区")
    send(judge, f"{here}/not-accept", ground="no-jurisdiction", reasons="住所地不在本辖区")

    assert here in listed
    assert refused.status_code == 422
    assert "住所地不在本辖区" in unnamed.text
    assert row(ConfirmationCase, world.submitted).stage is ConfirmationStage.NOT_ACCEPTED
    assert [one.kind for one in rows(select(Ruling))] == [RulingKind.NOT_ACCEPTED]
    assert judge.get(here).status_code == 200


def test_the_judge_begins_the_review(client_for, world, row):
    judge, here = client_for(world.drawn), f"/confirmations/{world.assigned}"

    assert f"{here}/review" in judge.get(here).text
    send(judge, f"{here}/review")

    assert row(ConfirmationCase, world.assigned).stage is ConfirmationStage.REVIEW


def test_the_file_holds_the_signed_paper_and_nothing_said_in_mediation(client_for, world):
    page = client_for(world.judge).get(f"/confirmations/{world.review}").text

    assert page.count("验证码记录") == 3
    assert "调解笔录" not in page


def test_checks_are_kept_with_their_notes(client_for, world):
    judge, here = client_for(world.judge), f"/confirmations/{world.review}"
    note = {"note-not-voluntary": "录像第三分钟双方均明确表示自愿"}

    send(judge, f"{here}/check", **(checked("content-unclear") | note))

    page = judge.get(here).text
    assert "已核对 9 项，共 10 项" in page
    assert note["note-not-voluntary"] in page
    assert f"{here}/confirm" not in page


def test_confirming_without_every_check_is_refused(client_for, world, row):
    answer = send(client_for(world.judge), f"/confirmations/{world.review}/confirm")

    assert answer.status_code == 422
    assert 'href="#checklist"' in answer.text
    assert row(ConfirmationCase, world.review).stage is ConfirmationStage.REVIEW


def test_the_ruling_is_read_before_it_is_given(client_for, world, row, rows):
    judge, here = client_for(world.judge), f"/confirmations/{world.review}"

    send(judge, f"{here}/check", **checked())
    draft = judge.get(here).text
    send(judge, f"{here}/confirm")

    (ruling,) = rows(select(Ruling))
    assert "裁定如下" in draft
    assert f"{here}/confirm" in draft
    assert row(ConfirmationCase, world.review).stage is ConfirmationStage.CONFIRMED
    assert "裁定如下" in client_for(world.applicant).get(f"/documents/{ruling.document_id}").text


def test_a_dismissal_needs_its_reasons_and_keeps_what_was_written(client_for, world, rows):
    judge, here = client_for(world.judge), f"/confirmations/{world.review}"

    unexplained = send(judge, f"{here}/dismiss", ground="content-unclear", reasons="")
    ungrounded = send(judge, f"{here}/dismiss", reasons="收款账户不明")
    send(judge, f"{here}/dismiss", ground="content-unclear", reasons="收款账户不明")

    assert (unexplained.status_code, ungrounded.status_code) == (422, 422)
    assert "收款账户不明" in ungrounded.text
    assert [(one.kind, one.ground) for one in rows(select(Ruling))] == [
        (RulingKind.DISMISSED, "content-unclear")
    ]


def test_a_stale_proof_keeps_the_reasons(client_for, world, site, rows):
    judge = client_for(world.judge)
    with site.db.transaction() as s:
        for login in s.exec(select(Login).where(Login.account_id == world.judge)):
            login.proved_at = NOW - FRESH - timedelta(minutes=1)
            s.add(login)

    answer = send(
        judge, f"/confirmations/{world.review}/dismiss", ground="content-unclear", reasons="收款账户不明"
    )

    assert answer.status_code == 422
    assert "收款账户不明" in answer.text
    assert rows(select(Ruling)) == []


@pytest.mark.parametrize("wrong", [{"items": ""}, {"days": "0"}, {"days": "many"}])
def test_a_request_for_nothing_comes_back(client_for, world, wrong):
    form = {"items": "借条原件照片", "days": "7"} | wrong

    answer = send(client_for(world.judge), f"/confirmations/{world.review}/supplement", **form)

    assert answer.status_code == 422
    assert f'value="{form["days"]}"' in answer.text


def test_supplements_are_asked_for_and_given(client_for, world, row, rows):
    judge, party, here = (
        client_for(world.judge),
        client_for(world.respondent),
        f"/confirmations/{world.review}",
    )

    send(judge, f"{here}/supplement", items="借条原件照片\n收款账户证明\n", days="7")
    asked = party.get(here).text
    nothing = send(party, f"{here}/answer", text="")
    send(party, f"{here}/answer", text="已上传借条照片")

    (supplement,) = rows(select(Supplement))
    assert supplement.items == ["借条原件照片", "收款账户证明"]
    assert "收款账户证明" in asked
    assert nothing.status_code == 422
    assert "已上传借条照片" in judge.get(here).text
    assert row(ConfirmationCase, world.review).stage is ConfirmationStage.REVIEW


def test_treating_it_as_withdrawn_waits_for_the_day(client_for, world, site, row):
    judge, here = client_for(world.judge), f"/confirmations/{world.review}"
    send(judge, f"{here}/supplement", items="借条原件照片", days="1")
    early = judge.get(here).text
    with site.db.transaction() as s:
        supplement = s.exec(select(Supplement)).one()
        supplement.due_at = NOW - timedelta(hours=1)
        s.add(supplement)

    send(judge, f"{here}/withdrawn", reasons="逾期未补")

    assert f"{here}/withdrawn" not in early
    assert row(ConfirmationCase, world.review).stage is ConfirmationStage.WITHDRAWN


def test_keys_tick_and_move_but_decide_nothing(page_for, world, axe, row):
    page: Page = page_for(world.judge)
    page.goto(f"/confirmations/{world.review}")
    axe(page)
    page.keyboard.press("1")
    page.keyboard.press("3")
    ticked = page.locator("input[name=ok]:checked").count()
    page.keyboard.press("1")
    page.keyboard.press("d")
    open_now = page.locator("#dismiss").get_attribute("open")
    page.get_by_label("理由").first.press_sequentially("j1")

    assert ticked == 2
    assert page.locator("input[name=ok]:checked").count() == 1
    assert open_now is not None
    assert page.url.endswith(world.review)
    assert row(ConfirmationCase, world.review).checklist == {}


def test_the_keys_can_be_switched_off_for_good(page_for, world):
    page: Page = page_for(world.judge)
    page.goto(f"/confirmations/{world.review}")
    page.keyboard.press("?")
    page.get_by_label("使用快捷键").uncheck()
    page.reload()
    page.keyboard.press("1")

    assert page.locator("input[name=ok]:checked").count() == 0


# papers


@pytest.fixture
def paper(rows, world, row) -> str:
    agreement = row(ConfirmationCase, world.review).agreement_id
    return row(Agreement, agreement).document_id


@pytest.fixture
def published(site, paper) -> str:
    """The paper is sealed, published and served."""
    digest = site.vault.keep(b"%PDF-1.7 sealed")
    with site.db.transaction() as s:
        served(s, paper, at=NOW, digest=digest, size=15)
    return paper


def test_a_file_that_is_not_out_cannot_be_fetched(client_for, world, paper):
    assert client_for(world.applicant).get(f"/documents/{paper}/pdf").status_code == 404


def test_the_file_comes_as_a_pdf_that_can_do_nothing(client_for, world, published):
    answer = client_for(world.applicant).get(f"/documents/{published}/pdf")

    assert answer.content == b"%PDF-1.7 sealed"
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("inline; filename*=UTF-8''")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_stranger_gets_neither_page_nor_file(client_for, world, published):
    stranger = client_for(world.stranger)

    assert stranger.get(f"/documents/{published}").status_code == 404
    assert stranger.get(f"/documents/{published}/pdf").status_code == 404


def test_the_first_opening_is_kept_as_read(client_for, world, published, rows):
    client_for(world.applicant).get(f"/documents/{published}/pdf")

    read = [one.read_at is not None for one in rows(select(Service).where(Service.document_id == published))]
    assert sorted(read) == [False, True]


def test_paper_is_asked_for_once_and_posted_by_the_clerk(client_for, world, published, rows):
    party, clerk = client_for(world.applicant), client_for(world.clerk)

    send(party, f"/documents/{published}/paper")
    again = send(party, f"/documents/{published}/paper")
    waiting = party.get(f"/documents/{published}").text
    desk = clerk.get("/clerk").text
    (asked,) = rows(select(Service).where(Service.paper_asked_at.is_not(None)))
    send(clerk, f"/documents/{published}/posted", service_id=asked.id)

    assert again.status_code == 409
    assert "纸质文书待寄出" in waiting
    assert asked.id in desk
    assert rows(select(Service.paper_sent_at).where(Service.id == asked.id)) != [None]
    assert "纸质文书已寄出" in party.get(f"/documents/{published}").text


def test_a_party_cannot_post_papers(client_for, world, published, rows):
    service_id = rows(select(Service.id).where(Service.document_id == published))[0]

    answer = send(client_for(world.applicant), f"/documents/{published}/posted", service_id=service_id)

    assert answer.status_code == 403


def test_the_other_sides_notice_is_not_yours(client_for, world, rows):
    theirs = rows(
        select(Document.id).where(Document.kind == "sitting_notice", Document.side == "respondent")
    )[0]

    assert client_for(world.applicant).get(f"/documents/{theirs}").status_code == 404
    assert client_for(world.respondent).get(f"/documents/{theirs}").status_code == 200


def test_the_clerk_notes_who_signed_for_a_posted_paper(client_for, world, published, rows, site):
    clerk = client_for(world.clerk)
    with site.db.transaction() as s:
        sent = s.exec(select(Service).where(Service.document_id == published)).first()
        sent.arrived_at, sent.paper_sent_at = None, sent.sent_at
        s.add(sent)
    today = str(clock.court_date(sent.sent_at))

    desk = clerk.get("/clerk").text
    wrong = send(clerk, f"/documents/{published}/received", service_id=sent.id, on="2020-01-01")
    right = send(clerk, f"/documents/{published}/received", service_id=sent.id, on=today)

    assert "待登记签收" in desk
    assert (wrong.status_code, right.status_code) == (422, 303)
    assert "待登记签收" not in clerk.get("/clerk").text
