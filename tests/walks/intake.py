"""The first part of a walk: from looking around to a sitting that is fixed."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from odr import clock
from tests.walks.people import Person
from tests.web.test_filing import PDF, png

STORY = "2025年1月5日借给对方一万二千元，约定三个月归还，多次催要，至今没有归还。"


def looks_around(person: Person) -> None:
    """Everything public, and the explorer for three causes."""
    for path in ("/", "/how", "/verify", "/transparency", "/accessibility", "/device-test"):
        person.go(path)
    for cause in ("劳务合同纠纷", "物业服务合同纠纷", "民间借贷纠纷"):
        person.go("/options")
        person.tick(cause)
        person.press("继续")
        while not person.page.locator("[name=amount]").count():
            person.page.locator("main input[type=radio]").first.check()
            person.press("继续")
        person.fill(amount="12000")
        person.press("看看有哪些办法")
        person.sees("不预测结果")
    person.follow("用这个办法：申请调解")


def files(person: Person, folder: Path) -> str:
    """Register on the way, answer every question, upload, declare; the new dispute's key."""
    person.follow("注册")
    person.register()
    person.press("开始填写")
    person.follow("继续填写")
    person.tick("申请调解")
    person.press("保存并继续")
    person.fill(address="广州市天河区某路1号")
    person.press("保存并继续")
    person.fill(name="周强", phone="13700000002", address="广州市天河区另一路2号")
    person.press("保存，以后再填")
    person.follow("继续填写")
    person.fill(**{"e-lent_on": "2025-01-05", "e-principal": "12000", "story": STORY})
    person.tick("银行转账")
    person.page.get_by_role("group", name="有无借条或合同").get_by_label("有", exact=True).check()
    person.press("保存并继续")
    person.fill(**{"amount-1": "12000"})
    person.press("保存并继续")
    for name, data in (("借条.pdf", PDF), ("转账记录.png", png())):
        (folder / name).write_bytes(data)
        person.page.get_by_label("文件").first.set_input_files(folder / name)
        person.fill(title=name.split(".")[0])
        person.press("上传这份文件")
    person.press("保存并继续")
    person.page.get_by_label("视频", exact=True).check()
    person.tick("同意调解")
    person.press("保存并继续")
    person.tick("同意电子送达")
    person.press("保存并继续")
    person.follow("内容无误，继续")
    person.tick("我填写的内容和提交的材料都是真实的")
    person.tick("我已阅读上面的提示")
    person.press("提交给法院")
    person.sees("法院已收到")
    return person.id_in("file")


def delegates(officer: Person, dispute: str) -> None:
    """The officer sees the proposal with its reasons and sends the matter to the organisation."""
    officer.log_in()
    officer.go("/triage")
    officer.go(f"/triage/{dispute}")
    officer.sees("系统建议")
    officer.press("签发委派、委托调解函")
    officer.sees("已移交调解")


def invitation_code(applicant: Person, dispute: str) -> str:
    """The short code that the applicant may pass on."""
    applicant.go(f"/disputes/{dispute}")
    found = re.search(r"(\w{4}) (\w{4})", applicant.page.locator("strong.number").inner_text())
    assert found
    return "".join(found.groups())


def answers_the_invitation(respondent: Person, code: str, dispute: str) -> None:
    """A person without an account opens the link, registers and says yes, step by step."""
    respondent.go("/i")
    respondent.fill(code=code)
    respondent.press("查看")
    respondent.sees("不必须")
    respondent.follow("第一次来：注册")
    respondent.register()
    respondent.press("我是受邀人，进入")
    assert respondent.id_in("disputes") == dispute
    for words in ("同意调解", "视频", "电子签名", "电子送达"):
        respondent.page.locator("fieldset label", has_text=words).first.click()
    respondent.press("保存我的选择")


def choose_together(applicant: Person, respondent: Person, dispute: str) -> str:
    """Each side names a mediator without seeing the other's choice; the case's key."""
    for one in (respondent, applicant):
        one.go(f"/disputes/{dispute}")
        one.follow("选择调解员")
        case = one.id_in("cases")
        wanted = one.page.locator("[name=first] option", has_text="李文").get_attribute("value")
        one.page.locator("[name=first]").select_option(wanted)
        one.press("提交我的选择")
    applicant.sees("等待调解员")
    return case


def accepts(mediator: Person, case: str) -> None:
    """The mediator sees the offer on the desk, promises and takes it."""
    mediator.log_in()
    mediator.go("/desk")
    mediator.go(f"/cases/{case}/offer")
    mediator.tick("没有")
    mediator.tick("我承诺中立")
    mediator.press("接受本案")
    mediator.sees("已接受本案")


def schedules(mediator: Person, applicant: Person, case: str) -> str:
    """A party says when it can come; the mediator fixes a sitting for now, all having given up the notice."""
    applicant.go(f"/cases/{case}/times")
    applicant.page.locator("input[name=slot]").first.check(force=True)
    applicant.press("告诉调解员")
    mediator.go(f"/cases/{case}/schedule")
    soon = clock.court_time(clock.now() + timedelta(minutes=1))
    mediator.fill(on=soon.strftime("%Y-%m-%d"), starts_at=soon.strftime("%H:%M"))
    mediator.tick("各方均同意缩短通知时间")
    mediator.press("确定并通知各方")
    calendar = mediator.page.request.get(f"{mediator.path}/calendar.ics")
    assert calendar.status == 200
    assert "BEGIN:VEVENT" in calendar.text()
    return mediator.id_in("sittings")
