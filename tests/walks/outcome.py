"""The last part of a walk: signatures, the judge's ruling, what is owed, what both thought of it."""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path

from odr.demo import STAFF
from odr.rules.words import Role
from tests.walks.people import Person
from tests.walks.serving import Served, verify

JUDGES = [name for name, role, _phone in STAFF if role is Role.JUDGE]


def signs(person: Person, agreement: str, *, drawn: bool = False) -> None:
    """Reads the paper to its end, asks for a code, signs by hand or by name."""
    person.go(f"/agreements/{agreement}/sign")
    if not person.page.locator("[name=code_id]").count():
        person.press("读完了，获取验证码")
    person.tick("我已从头到尾阅读协议全文")
    if drawn:
        scribbles(person)
    else:
        person.fill(typed=person.name)
    person.fill(code=person.code())
    person.press("确认签名")


def scribbles(person: Person) -> None:
    """A signature with the finger."""
    ink = person.page.locator("canvas.ink")
    ink.scroll_into_view_if_needed()
    box = ink.bounding_box()
    assert box
    mouse = person.page.mouse
    mouse.move(box["x"] + 20, box["y"] + 40)
    mouse.down()
    for step in range(1, 9):
        mouse.move(box["x"] + 20 + step * 22, box["y"] + 40 + (step % 2) * 30, steps=4)
    mouse.up()


def agreement_of(person: Person, dispute: str) -> str:
    person.go(f"/disputes/{dispute}")
    link = person.page.locator("a[href^='/agreements/']").first.get_attribute("href")
    assert link
    return link.split("/")[2]


def sealed(person: Person, court: Served, address: str, *words: str) -> None:
    """Waits for a paper's seal, downloads it, and checks it as anybody can."""
    until = time.monotonic() + 90
    while not person.page.request.get(f"{address}/pdf").ok:
        assert time.monotonic() < until, f"{address} was not sealed"
        time.sleep(0.5)
    person.go(address)
    pdf = court.data.parent / "paper.pdf"
    pdf.write_bytes(person.page.request.get(f"{address}/pdf").body())
    code, told = verify(pdf, "--root", court.data / "keys/root.pem")
    assert (code, told.partition("\n")[0]) == (0, "valid"), told
    plain = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, check=True).stdout.decode()
    missing = [word for word in words if word not in re.sub(r"\s", "", plain)]
    assert not missing, f"{address} says nothing of {missing}"


def comes_to(person: Person, words: str) -> None:
    """A sealed paper is served a moment later: looks again until this can be pressed."""
    until = time.monotonic() + 60
    while not person.page.get_by_role("button", name=words, exact=True).count():
        assert time.monotonic() < until, f"nobody served it on {person.name}"
        time.sleep(0.5)
        person.page.reload()


def paper_of(person: Person, dispute: str, title: str) -> str:
    """The address of the newest paper with this title."""
    until = time.monotonic() + 60
    while True:
        person.page.goto(f"/disputes/{dispute}")
        links = person.page.locator("main a[href^='/documents/']", has_text=title)
        if links.count():
            return str(links.first.get_attribute("href"))
        assert time.monotonic() < until, f"{person.name} has no {title}"
        time.sleep(0.5)


def applies_together(first: Person, second: Person, agreement: str) -> str:
    """One side applies, the other joins; the confirmation's key."""
    first.go(f"/agreements/{agreement}/apply")
    first.tick("我声明")
    first.press("提出申请")
    confirmation = first.id_in("confirmations")
    second.go(f"/confirmations/{confirmation}")
    second.tick("我声明")
    second.press("共同申请并提交法院")
    return confirmation


def accepts_application(clerk: Person, confirmation: str) -> None:
    """The formal check; the number, and a judge by lot."""
    clerk.log_in()
    clerk.go("/clerk")
    clerk.go(f"/confirmations/{confirmation}")
    clerk.press("受理并随机分案")
    clerk.go(f"/confirmations/{confirmation}")
    clerk.unfold("法官是怎样确定的？")


def judge_of(clerk: Person) -> str:
    text = clerk.page.locator("main").inner_text()
    return next(name for name in JUDGES if name in text)


def confirms(judge: Person, confirmation: str) -> None:
    """Queue, file, checklist, ruling."""
    reviews(judge, confirmation)
    for box in judge.page.locator("input[name=ok]").all():
        box.check()
    judge.press("保存核对情况")
    judge.press("签发：确认协议有效")
    judge.sees("已作出裁定")


def reviews(judge: Person, confirmation: str) -> None:
    judge.log_in()
    judge.go("/judge")
    judge.go(f"/confirmations/{confirmation}")
    judge.press("开始审查")
    judge.sees("法官看不到")


def performs(debtor: Person, creditor: Person, agreement: str) -> None:
    """The debtor says it is done, the creditor has received it."""
    debtor.go(f"/agreements/{agreement}/performance")
    debtor.press("我已履行")
    creditor.go(f"/agreements/{agreement}/performance")
    creditor.press("确认已收到")
    creditor.sees("已确认收到")


def rates(person: Person, case: str, words: str) -> None:
    person.go(f"/cases/{case}/rate")
    person.tick(words)
    person.press("提交评价")
    person.sees("您已评价")


def plays(person: Person, sitting: str, folder: Path) -> str:
    """The recording as a party plays it: the film of all and a WebM for each, which ffprobe takes; its address."""
    (address,) = recordings_of(person, sitting, 1)
    _wait_for_film(person, address)
    person.go(address)
    sources = [one.get_attribute("src") for one in person.page.locator("video").all()]
    assert [Path(str(source)).suffix for source in sources] == [".mp4", ".webm", ".webm", ".webm"]
    for number, source in enumerate(sources):
        file = folder / f"{number}{Path(str(source)).suffix}"
        file.write_bytes(person.page.request.get(str(source)).body())
        told = subprocess.run(
            ["ffprobe", "-v", "error", "-show_entries", "stream=codec_name:format=duration", "-of", "csv=p=0", file],
            capture_output=True, text=True, check=True,
        ).stdout.split()  # fmt: skip
        assert {"h264", "aac"} <= set(told) or {"vp8", "opus"} <= set(told), told
        assert float(told[-1]) > 2
    return address


def _wait_for_film(person: Person, address: str) -> None:
    until = time.monotonic() + 90
    while "data-film" not in person.page.request.get(address).text():
        assert time.monotonic() < until, "the film of all did not come"
        time.sleep(1)


def recordings_of(person: Person, sitting: str, count: int) -> set[str]:
    """The addresses of a sitting's recordings, when so many are made."""
    until = time.monotonic() + 90
    while True:
        person.page.goto(f"/sittings/{sitting}")
        links = person.page.locator("main a[href^='/recordings/']").all()
        if len(links) == count:
            return {str(link.get_attribute("href")) for link in links}
        assert time.monotonic() < until, f"{len(links)} recordings came"
        time.sleep(1)
