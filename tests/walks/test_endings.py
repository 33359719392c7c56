"""The other ways a matter can end. Each begins where a step of the demonstration leaves it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from odr import clock, demo
from odr.tables.mediations import MediationCase
from tests.walks.outcome import paper_of, reviews, sealed, signs
from tests.walks.people import Person
from tests.walks.serving import Served, acting, brought

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("walks"), pytest.mark.timeout(300)]

ZHANG, WANG, LIU, ZHAO = (name for name, *_ in demo.PARTIES)


def dispute_of(court: Served, case: str) -> str:
    with acting(court.data) as db, db.reading() as s:
        return s.get_one(MediationCase, case).dispute_id


def test_a_failed_mediation_leaves_a_report_the_undisputed_facts_and_a_number_for_the_suit(
    court: Served, person: Callable[..., Person]
) -> None:
    case, host, sitting = brought(court, demo.sat, 2, a=0, b=1)
    mediator, applicant = person(host.name), person(ZHANG, width=360)
    mediator.log_in()
    mediator.go(f"/cases/{case.id}/end")
    mediator.tick("分歧")
    mediator.fill(situation="双方对还款期限分歧较大。")
    mediator.press("终结调解")
    mediator.sees("调解已终结")
    applicant.come_in()
    sealed(applicant, court, paper_of(applicant, case.dispute_id, "终止调解"), ZHANG, WANG, host.name)
    sealed(applicant, court, paper_of(applicant, case.dispute_id, "无争议事实"), "12,000")
    applicant.go(f"/cases/{case.id}")
    applicant.press("移送立案")
    applicant.sees("民初")
    mediator.go(f"/sittings/{sitting.id}")
    expect(mediator.page.get_by_role("button", name="进入", exact=True)).to_have_count(0)


def test_a_judge_dismisses_on_a_ground_of_the_law(court: Served, person: Callable[..., Person]) -> None:
    row, _ = brought(court, demo.applied, 4, a=2, b=3)
    clerk = person("林晓")
    clerk.log_in()
    clerk.go(f"/confirmations/{row.id}")
    clerk.press("受理并随机分案")
    clerk.go(f"/confirmations/{row.id}")
    judge = person(next(name for name, *_ in demo.STAFF[1:3] if name in clerk.page.inner_text("main")))
    reviews(judge, row.id)
    judge.unfold("裁定驳回")
    judge.page.locator("#dismiss input[name=ground]").nth(4).check()
    judge.page.locator("#dismiss textarea").fill("协议未载明收款账户，付款方式不明确，无法执行。")
    judge.press("签发驳回裁定")
    judge.sees("已作出裁定")
    respondent = person(ZHAO, width=360)
    respondent.come_in()
    dispute = dispute_of(court, row.case_id)
    sealed(respondent, court, paper_of(respondent, dispute, "民事裁定书"), LIU, ZHAO, "驳回", judge.name)


def test_a_respondent_who_says_no_ends_it_at_once(court: Served, person: Callable[..., Person]) -> None:
    dispute, _case = brought(court, demo.invited, 0.2, a=0, b=3)
    applicant, respondent = person(ZHANG, width=360), person(ZHAO, width=360)
    applicant.come_in()
    applicant.go(f"/disputes/{dispute.id}")
    code = applicant.page.locator("strong.number").inner_text().replace(" ", "")
    respondent.come_in()
    respondent.go(f"/i/{code}")
    respondent.press("我是受邀人，进入")
    respondent.go(f"/disputes/{dispute.id}/refuse")
    respondent.page.locator("input[name=reason]").first.check()
    respondent.press("确认不同意调解")
    applicant.go(f"/disputes/{dispute.id}")
    applicant.sees("还可以怎样做")


def test_a_side_that_did_not_come_gets_another_time(court: Served, person: Callable[..., Person]) -> None:
    case, host = brought(court, demo.accepted, 1, a=2, b=1)
    mediator = person(host.name)
    mediator.log_in()
    for _ in range(2):
        mediator.go(f"/cases/{case.id}/schedule")
        now = clock.court_time(clock.now())
        mediator.fill(on=now.strftime("%Y-%m-%d"), starts_at=now.strftime("%H:%M"))
        mediator.tick("各方均同意缩短通知时间")
        mediator.press("确定并通知各方")
        sitting = mediator.id_in("sittings")
        mediator.page.get_by_role("button", name="进入", exact=True).click()
        mediator.unfold("有人没有到场")
        mediator.page.get_by_label("被申请人").check()
        mediator.page.get_by_role("button", name="记为未到场").click()
        expect(mediator.page.get_by_text("有一方没有到场").first).to_be_visible()
        mediator.go(f"/sittings/{sitting}")


def test_what_is_performed_at_once_needs_no_other_number(
    court: Served, person: Callable[..., Person]
) -> None:
    agreement, host, _ = brought(court, demo.agreed, 3, a=2, b=1)
    creditor, debtor, mediator = person(LIU, width=360), person(WANG, width=360), person(host.name)
    for one in (creditor, debtor):
        one.come_in()
        signs(one, agreement.id)
    mediator.log_in()
    signs(mediator, agreement.id)
    creditor.go(f"/agreements/{agreement.id}")
    creditor.unfold("已经当场全部履行")
    creditor.press("已全部履行")
    creditor.sees("已记录：全部内容已当场履行")
    expect(creditor.page.get_by_role("link", name="申请司法确认")).to_have_count(0)
