"""Filing and answering as people see them: a telephone's width, a keyboard, a screen reader."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlmodel import col, select

from odr.rules.words import Role
from odr.tables.disputes import Dispute
from odr.tables.people import Account, Message
from tests.make import Make
from tests.odr.test_intake import filed
from tests.web.conftest import Made
from tests.web.test_filing import PDF, ZHANG
from web.ask import Site

pytestmark = pytest.mark.slow
Look = Callable[[Page, str], None]


@pytest.fixture
def look(axe: Callable[[Page], None], tmp_path: Path) -> Look:
    """Keeps a picture of the page; no accessibility violation, nothing wider than the screen."""

    def check(page: Page, name: str) -> None:
        page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
        axe(page)
        width = page.viewport_size["width"] if page.viewport_size else 0
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name

    return check


def test_a_dispute_is_filed_and_answered_on_a_telephone(
    page_for: Callable[..., Page], made: Made, site: Site, look: Look, tmp_path: Path
) -> None:
    zhang = made(lambda make: (make.mediator(), make.account("张三", identity_number=ZHANG))[1])
    page = page_for(zhang, width=360, java_script_enabled=True)
    _ask_for_options(page, look)
    _file(page, look, tmp_path)
    officer = made(lambda make: make.account("陈分流", Role.TRIAGE))
    _delegate(page_for(officer, width=1280), look)
    li = made(lambda make: make.account("李四"))
    _answer(page_for(li, width=360), site, look)
    page.goto("/disputes")
    look(page, "50-mine")
    page.get_by_role("link", name="民间借贷纠纷").click()
    look(page, "51-chosen")


def _ask_for_options(page: Page, look: Look) -> None:
    page.goto("/options")
    look(page, "01-options")
    page.get_by_label("民间借贷纠纷").check()
    page.get_by_role("button", name="继续").click()
    look(page, "02-question")
    page.get_by_label("有", exact=True).check()
    page.get_by_role("button", name="继续").click()
    look(page, "03-amount")
    page.get_by_label("金额").fill("10000")
    page.get_by_role("button", name="看看有哪些办法").click()
    look(page, "04-ways")
    page.get_by_role("link", name="用这个办法：申请调解").first.click()


def _file(page: Page, look: Look, tmp_path: Path) -> None:
    look(page, "10-start")
    page.get_by_role("button", name="开始填写").click()
    look(page, "11-tasks")
    page.get_by_role("link", name="继续填写").click()
    page.get_by_label("申请调解").check()
    _next(page, look, "12-way")
    page.get_by_label("住址").fill("广州市天河区某路1号")
    _next(page, look, "13-me")
    page.get_by_label("姓名或者名称").fill("李四")
    page.get_by_role("button", name="保存并继续").click()
    look(page, "14-other-wrong")
    page.get_by_label("手机号码").fill("13800000002")
    _next(page, look, "15-other")
    page.get_by_label("借款日期").fill("2025-01-05")
    page.get_by_label("借款本金").fill("10000")
    page.get_by_label("银行转账").check()
    page.get_by_role("group", name="有无借条或合同").get_by_label("有", exact=True).check()
    page.get_by_label("事情经过").fill("2025年1月5日借给对方一万元，约定三个月归还，多次催要，至今没有归还。")
    _next(page, look, "16-elements")
    page.locator("#amount-1").fill("10000")
    _next(page, look, "17-claims")
    paper = tmp_path / "借条.pdf"
    paper.write_bytes(PDF)
    page.get_by_label("文件").first.set_input_files(paper)
    page.get_by_label("名称").fill("借条")
    page.get_by_role("button", name="上传这份文件").click()
    _next(page, look, "18-evidence")
    page.get_by_label("视频", exact=True).check()
    page.get_by_label("同意调解").check()
    _next(page, look, "19-taking-part")
    page.get_by_label("同意电子送达").check()
    _next(page, look, "20-service")
    look(page, "21-check")
    page.get_by_role("link", name="内容无误，继续").click()
    look(page, "22-declare")
    page.get_by_label("我填写的内容和提交的材料都是真实的").check()
    page.get_by_label("我已阅读上面的提示").check()
    page.get_by_role("button", name="提交给法院").click()
    look(page, "23-receipt")
    page.get_by_role("link", name="查看我的纠纷").click()
    look(page, "24-space")
    page.get_by_role("link", name="上传、撤回或者提交书面意见").click()
    look(page, "25-evidence")


def _next(page: Page, look: Look, name: str) -> None:
    look(page, name)
    page.get_by_role("button", name="保存并继续").click()


def _delegate(page: Page, look: Look) -> None:
    page.goto("/triage")
    look(page, "30-queue")
    page.get_by_role("link", name="网登").click()
    look(page, "31-triage")
    page.get_by_role("button", name="签发委派、委托调解函").click()
    assert page.get_by_text("已移交调解").is_visible()


def _answer(page: Page, site: Site, look: Look) -> None:
    page.goto("/i")
    look(page, "40-enter")
    with site.db.reading() as s:
        query = select(Message.about).where(col(Message.about).startswith("/i/"))
        link = s.exec(query.order_by(col(Message.created_at).desc())).first()
    page.goto(str(link))
    look(page, "41-invitation")
    page.get_by_role("button", name="我是受邀人，进入").click()
    look(page, "42-consent")
    page.get_by_label("同意调解").check()
    page.get_by_role("button", name="保存我的选择").click()
    assert page.get_by_text("请选择调解员").is_visible()
    look(page, "43-choose-next")
    page.get_by_role("link", name="我不想调解").click()
    look(page, "44-refuse")


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_same_pages_fit_in_other_languages(
    page_for: Callable[..., Page], made: Made, look: Look, language: str
) -> None:
    def build(make: Make) -> tuple[Dispute, Account]:
        make.mediator()
        return filed(make.s, make)[0], make.account("陈分流", Role.TRIAGE)

    dispute, officer = made(build)
    page = page_for(dispute.created_by, width=360, language=language)
    paths = (
        "/options?cause=private-lending&note=yes&amount=10000",
        "/file",
        "/disputes",
        f"/disputes/{dispute.id}",
        f"/disputes/{dispute.id}/evidence",
        f"/disputes/{dispute.id}/address",
    )
    for number, path in enumerate(paths):
        page.goto(path)
        look(page, f"{language}-{number}")
    staff = page_for(officer, width=1280, language=language)
    staff.goto(f"/triage/{dispute.id}")
    look(staff, f"{language}-triage")
