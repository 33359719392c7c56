"""The middle of a walk: a sitting by video, from the lobbies to an agreement that waits for its signatures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from playwright.sync_api import Locator, expect

from odr import clock
from tests.walks.people import Person

BRIEF = "被申请人向申请人借款一万二千元，至今未还，双方对还款时间发生争议。"
SEEN = """others => {
  const tiles = [...document.querySelectorAll('.tile-live[data-local=false]')];
  window.begun ??= new Map();
  const plays = tiles.filter(tile => {
    const video = tile.querySelector('video');
    if (!video.srcObject || !video.videoWidth) return false;
    const [at, of] = window.begun.get(video) ?? [video.currentTime, video.srcObject];
    window.begun.set(video, of === video.srcObject ? [at, of] : [video.currentTime, video.srcObject]);
    return of === video.srcObject && video.currentTime > at + 0.2;
  });
  return plays.length === others && tiles.length === others;
}"""


@dataclass(frozen=True)
class Table:
    """The three people of a sitting."""

    mediator: Person
    applicant: Person
    respondent: Person

    @property
    def all(self) -> tuple[Person, Person, Person]:
        return self.mediator, self.applicant, self.respondent

    @property
    def parties(self) -> tuple[Person, Person]:
        return self.applicant, self.respondent


def gather(table: Table, sitting: str) -> None:
    """Everybody comes to the own lobby, tests nothing, is checked and told, and says yes to being recorded."""
    for one in table.all:
        one.go(f"/sittings/{sitting}")
        one.page.get_by_role("button", name="进入", exact=True).click()
        expect(one.page.locator("#line")).to_have_text("网络正常")
    watches(table.applicant, 0)
    for one in table.parties:
        open_sheet(one)
        one.look_closely()
        one.page.get_by_label("证件号码后四位").fill(one.number[-4:])
        one.page.get_by_role("button", name="提交", exact=True).click()
        expect(one.page.locator("#people").get_by_text("号码一致，等调解员核对")).to_be_visible()
        for box in one.page.locator("input[name=notice]").all():
            box.check()
        one.page.get_by_role("button", name="我已阅读全部事项").click()
        expect(one.page.get_by_role("button", name="我已阅读全部事项")).to_have_count(0)
        say_yes_to_recording(one)
        one.page.keyboard.press("Escape")
    say_yes_to_recording(table.mediator)
    checks = table.mediator.page.get_by_role("button", name="号码和本人一致")
    for waiting in (2, 1):
        expect(checks).to_have_count(waiting)
        checks.first.click()
    expect(checks).to_have_count(0)


def say_yes_to_recording(one: Person) -> None:
    one.page.get_by_role("button", name="同意录制", exact=True).click()
    expect(one.page.locator("#people button[name=given][value=true]")).to_have_count(0)


def open_joint(table: Table, words: str = "开始联合会谈") -> None:
    press(table.mediator, words)
    together(table)


def together(table: Table) -> None:
    for one in table.all:
        sits_in(one, "joint")
    for one in table.all:
        watches(one, 2)


def talk(table: Table) -> None:
    """The joint room: all see and hear all; silence, darkness, a hand, a written word."""
    open_joint(table)
    press(table.applicant, "静音")
    expect(tile(table.respondent, table.applicant).locator(".states")).to_contain_text("已静音")
    press(table.applicant, "打开麦克风")
    press(table.respondent, "关摄像头")
    expect(tile(table.applicant, table.respondent).locator(".states")).to_contain_text("摄像头已关")
    press(table.respondent, "打开摄像头")
    watches(table.applicant, 2)
    press(table.applicant, "举手")
    expect(table.mediator.page.locator("#people").get_by_text("举手")).to_be_visible()
    writes(table.applicant, "我希望一次付清。")
    expect(table.respondent.page.locator("#chat")).to_contain_text("我希望一次付清。")


def record(table: Table, seconds: float = 3) -> None:
    """On by the mediator with everybody's yes, its state in words before everybody; off again."""
    press(table.mediator, "开始录制")
    for one in table.all:
        expect(one.page.locator("#status")).to_contain_text("正在录制（联合会谈）")
    table.mediator.page.wait_for_timeout(seconds * 1000)
    press(table.mediator, "停止录制")
    for one in table.all:
        expect(one.page.locator("#status")).to_contain_text("未录制")


def caucus(table: Table) -> None:
    """Alone with one side: the other sees, hears and reads nothing of it."""
    press(table.mediator, "与申请人私谈")
    sits_in(table.applicant, "caucus-a")
    sits_in(table.respondent, "lobby-b")
    watches(table.mediator, 1)
    watches(table.applicant, 1)
    watches(table.respondent, 0)
    expect(table.respondent.page.locator("#sounds audio")).to_have_count(0)
    expect(table.respondent.page.locator("#status")).to_contain_text("调解员正在与对方私谈")
    writes(table.applicant, "最低可以收一万元。")
    expect(table.mediator.page.locator("#chat")).to_contain_text("最低可以收一万元。")
    table.respondent.page.wait_for_timeout(1500)
    expect(table.respondent.page.locator("#chat")).not_to_contain_text("最低可以收一万元。")
    assert (
        "最低可以收一万元" not in table.respondent.page.request.get(table.respondent.path + "/panel").text()
    )
    press(table.mediator, "全体请回")
    together(table)
    expect(table.respondent.page.locator("#chat")).not_to_contain_text("最低可以收一万元。")


def reload(table: Table) -> None:
    """Whoever loads the page anew comes back to the same seat; in their own language as well."""
    for one, language in ((table.applicant, "en"), (table.respondent, "ko")):
        one.look_in(language)
        sits_in(one, "joint")
        one.look_in("zh_CN")
        sits_in(one, "joint")
    for one in table.all:
        watches(one, 2)


def share(table: Table) -> None:
    """The mediator's screen before everybody, as one picture more, and away again."""
    press(table.mediator, "共享屏幕")
    for one in table.parties:
        watches(one, 3)
        expect(one.page.locator("#tiles")).to_contain_text("共享的屏幕")
    press(table.mediator, "停止共享")
    for one in table.parties:
        watches(one, 2)


def caucus_with_respondent(table: Table) -> None:
    press(table.mediator, "与被申请人私谈")
    sits_in(table.respondent, "caucus-b")
    sits_in(table.applicant, "lobby-a")
    watches(table.respondent, 1)
    watches(table.applicant, 0)
    press(table.mediator, "全体请回")
    together(table)


def lose_line(table: Table, one: Person) -> None:
    """The network of one of them is gone for a while: it comes back to the same seat by itself."""
    one.page.context.set_offline(True)
    one.page.wait_for_timeout(4000)
    one.page.context.set_offline(False)
    expect(one.page.locator("#line")).to_have_text("网络正常")
    together(table)


def lose_mediator(table: Table) -> None:
    """The mediator is gone: everybody waits in the own lobby until the mediator is back and opens again."""
    table.mediator.page.goto("about:blank")
    for one, lobby in zip(table.parties, ("lobby-a", "lobby-b"), strict=True):
        sits_in(one, lobby)
        expect(one.page.locator("#status")).to_contain_text("调解员的连接中断")
        watches(one, 0)
    table.mediator.page.go_back()
    open_joint(table, "恢复联合会谈")


def agree(table: Table) -> None:
    """Clauses by structured fields, agreed to by each side; a fact that nobody disputes; minutes; frozen."""
    mediator = table.mediator.page
    mediator.get_by_role("link", name="付款", exact=True).click()
    due = clock.court_date(clock.now()) + timedelta(days=20)
    draft = mediator.locator("form.draft")
    for name, value in (("debtor", "respondent"), ("creditor", "applicant"), ("method", "transfer")):
        draft.locator(f"[name={name}]").select_option(value)
    fields = {"about": "借款本金", "amount_fen": "12000", "due_on": due.isoformat(), "payee": "孙丽",
              "bank": "中国工商银行广州天河支行", "account": "6222020000000000000"}  # fmt: skip
    for name, value in fields.items():
        draft.locator(f"[name={name}]").fill(value)
    press(table.mediator, "提出这一条")
    expect(mediator.locator("#clauses")).to_contain_text("12,000")
    mediator.locator("#fact-text").fill("双方对借款本金人民币12,000元及交付均无异议。")
    press(table.mediator, "记下")
    mediator.locator("#minutes-text").fill("双方确认借款事实，愿意协商还款时间。")
    press(table.mediator, "记入笔录")
    for one in table.parties:
        open_sheet(one)
        for words in ("同意这一条", "我确认没有争议", "我已阅读，确认无误"):
            press(one, words)
        expect(one.page.get_by_role("button", name="我确认没有争议")).to_have_count(0)
        one.look_closely()
    table.mediator.look_closely()
    table.mediator.unfold("定稿并交各方签名")
    mediator.locator("#brief").fill(BRIEF)
    press(table.mediator, "定稿")
    for one in table.all:
        expect(one.page.locator("#status")).to_contain_text("阅读并签署协议")


def film(table: Table, ceremony: Callable[[], None]) -> None:
    """What happens now is recorded as the signing, in the outcome's zone."""
    press(table.mediator, "进入签署环节")
    for one in table.all:
        expect(one.page.locator("#status")).to_contain_text("签署：请阅读全文")
    press(table.mediator, "开始录制")
    for one in table.all:
        expect(one.page.locator("#status")).to_contain_text("正在录制（签署过程）")
    ceremony()
    press(table.mediator, "停止录制")
    press(table.mediator, "结束签署环节")


def close(table: Table) -> None:
    """The mediator ends the sitting; the minutes are made."""
    table.mediator.unfold("结束本次调解")
    table.mediator.page.get_by_label("达成协议").check()
    table.mediator.page.locator("#host button", has_text="结束本次调解").click()
    for one in table.all:
        expect(one.page.get_by_text("本次调解已结束").first).to_be_visible(timeout=15000)


# small things


def press(one: Person, words: str) -> None:
    one.page.get_by_role("button", name=words, exact=True).first.click()


def writes(one: Person, text: str) -> None:
    """A written word to the room one is in."""
    open_sheet(one)
    one.page.locator("#chat-text").fill(text)
    press(one, "发送")
    expect(one.page.locator("#chat")).to_contain_text(text)
    one.page.keyboard.press("Escape")


def open_sheet(one: Person) -> None:
    """On a telephone the column is a sheet that has to be pulled up."""
    button = one.page.locator(".sheet-button")
    if button.is_visible() and button.get_attribute("aria-expanded") == "false":
        button.click()


def sits_in(one: Person, room: str) -> None:
    expect(one.page.locator("#status")).to_have_attribute("data-room", room)


def watches(one: Person, others: int) -> None:
    """So many other people's pictures move before this person, who looks at them, and nobody else's."""
    one.page.locator("#tiles").evaluate("tiles => tiles.scrollIntoView({ block: 'center' })")
    one.page.wait_for_function(SEEN, arg=others, timeout=60_000)


def tile(one: Person, of: Person) -> Locator:
    return one.page.locator(".tile-live", has_text=of.name)
