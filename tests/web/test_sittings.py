"""A sitting in real browsers: lobbies, the joint room, a caucus, recording, the panel beside the video."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from socket import SOCK_DGRAM

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from odr import clock, settings
from odr.db import Database
from odr.queries import drafting, sittings
from odr.rules.moves import AgreementStage, CaseStage, ConfirmationStage
from odr.rules.words import Role, Side
from odr.tables.disputes import Dispute
from odr.tables.mediations import MediationCase, Recording, Sitting
from odr.tables.people import Account
from tests import ports
from tests.make import Make
from tests.web.conftest import Made, once
from web.app import create_app
from web.ask import Site
from web.filming import film, project
from web.jobs import Work

SECRET = "a-secret-of-at-least-32-characters"
PATIENCE = 20_000  # three browsers, a site and a media worker share two cores
expect.set_options(timeout=PATIENCE)


@pytest.fixture
def app(embedded: Callable[[], Database], tmp_path: Path) -> Iterator[Starlette]:
    """The site with the secret of a media worker."""
    embedded().close()
    app = create_app(settings.read({"ODR_DEMO": "1", "ODR_MEDIA_SECRET": SECRET}, data=tmp_path))
    yield app
    app.state.site.db.close()


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A real media worker under the site's control."""
    (tmp_path / "run").mkdir(exist_ok=True)
    process = subprocess.Popen(
        [
            *(
                sys.executable,
                "-m",
                "signaling.worker",
                "--port",
                str(ports.free()),
                "--udp",
                str(ports.free(SOCK_DGRAM)),
            ),
            *("--control", str(tmp_path / "run/media-0.sock"), "--key", "odr", "--secret", SECRET),
        ]
    )
    yield process
    process.terminate()
    process.wait(10)


@dataclass(frozen=True)
class Scene:
    sitting: str
    mediator: str
    applicant: str
    respondent: str


def build(make: Make) -> Scene:
    mediator = make.mediator()
    case = make.case(CaseStage.SCHEDULED, to=mediator)
    now = clock.now()
    sitting = make.sitting(case=case, starts_at=now, ends_at=now + timedelta(hours=1))
    dispute = make.s.get_one(Dispute, case.dispute_id)
    sides = [make.side(dispute, side).ref for side in Side]
    for account, digits in zip(sides, ("1234", "567X"), strict=True):
        make.s.get_one(Account, account).identity_number = f"44010619900101{digits}"
    return Scene(sitting.id, str(mediator.account_id), *sides)


@pytest.fixture
def scene(made: Made) -> Scene:
    return made(build)


@dataclass(frozen=True)
class Three:
    """The three people's pages."""

    mediator: Page
    applicant: Page
    respondent: Page

    @property
    def all(self) -> tuple[Page, Page, Page]:
        return self.mediator, self.applicant, self.respondent


@pytest.fixture
def three(scene: Scene, worker: subprocess.Popen[bytes], page_for: Callable[..., Page]) -> Three:
    """Everybody has come in: the mediator at the desk, each side in its lobby."""
    pages = Three(
        *(
            page_for(account, permissions=["camera", "microphone"])
            for account in (scene.mediator, scene.applicant, scene.respondent)
        )
    )
    for page in pages.all:
        page.goto(f"/sittings/{scene.sitting}")
        page.get_by_role("button", name="进入", exact=True).click()
        page.wait_for_selector("#status")
    return pages


def get_ready(three: Three) -> None:
    for page, digits in ((three.applicant, "1234"), (three.respondent, "567x")):
        page.get_by_label("证件号码后四位").fill(digits)
        page.get_by_role("button", name="提交").click()
        for box in page.locator("input[name=notice]").all():
            box.check()
        page.get_by_role("button", name="我已阅读全部事项").click()
        expect(page.locator("#people").get_by_text("号码一致，等调解员核对")).to_be_visible()
    checks = three.mediator.get_by_role("button", name="号码和本人一致")
    for waiting in (2, 1):
        expect(checks).to_have_count(waiting)
        checks.first.click()
    expect(checks).to_have_count(0)


def open_joint(three: Three) -> None:
    get_ready(three)
    three.mediator.get_by_role("button", name="开始联合会谈").click()
    for page in three.all:
        expect(page.locator("#status")).to_have_attribute("data-room", "joint")


def sees(page: Page, others: int) -> None:
    """So many other people's pictures move on this page."""
    page.wait_for_function(
        """others => [...document.querySelectorAll('.tile-live[data-local=false] video')]
             .filter(one => one.srcObject && one.videoWidth > 0 && one.currentTime > 0.3).length === others
           && document.querySelectorAll('.tile-live[data-local=false]').length === others""",
        arg=others,
        timeout=PATIENCE * 2,
    )


def room(page: Page, name: str) -> None:
    expect(page.locator("#status")).to_have_attribute("data-room", name)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


@pytest.mark.slow
def test_the_way_from_the_lobby_to_the_joint_room_a_caucus_and_back(three: Three, scene: Scene) -> None:
    for page in three.all:
        sees(page, 0)

    open_joint(three)
    for page in three.all:
        sees(page, 2)

    press(three.mediator, "与申请人私谈")
    room(three.applicant, "caucus-a")
    room(three.respondent, "lobby-b")
    sees(three.mediator, 1)
    sees(three.applicant, 1)
    sees(three.respondent, 0)
    expect(three.respondent.locator("#status")).to_contain_text("调解员正在与对方私谈")

    press(three.mediator, "全体请回")
    for page in three.all:
        sees(page, 2)

    three.applicant.reload()
    room(three.applicant, "joint")
    sees(three.applicant, 2)
    sees(three.respondent, 2)


def recorded(site: Site, scene: Scene) -> str:
    """Make the files of the sitting's recording as the job worker would."""
    with site.db.reading() as s:
        recording = s.exec(select(Recording).where(Recording.sitting_id == scene.sitting)).one()
    fields = {"recording": recording.id}
    film(Work(site.settings, site.db, site.vault, "recording.mux:x", fields))
    project(Work(site.settings, site.db, site.vault, "recording.film:x", fields))
    return recording.id


@pytest.mark.slow
def test_a_recording_is_shown_to_all_ends_with_one_no_and_can_be_played(
    three: Three,
    scene: Scene,
    site: Site,
    page_for: Callable[..., Page],
    made: Made,
    axe: Callable[[Page], None],
) -> None:
    open_joint(three)
    for page in three.all:
        sees(page, 2)
        expect(page.locator("#status")).to_contain_text("未录制")
        page.locator("#people").get_by_role("button", name="同意录制", exact=True).click()
    press(three.mediator, "开始录制")
    for page in three.all:
        expect(page.locator("#status")).to_contain_text("正在录制（联合会谈）")
    three.mediator.wait_for_timeout(2500)

    three.respondent.locator("#people summary").click()
    press(three.respondent, "撤回同意")
    for page in three.all:
        expect(page.locator("#status")).to_contain_text("未录制")
    expect(three.mediator.locator("#host")).to_contain_text("李四没有同意")

    three.mediator.wait_for_timeout(1500)
    recording = recorded(site, scene)
    player = page_for(scene.applicant)
    player.goto(f"/recordings/{recording}")
    player.locator("video").first.evaluate("one => { one.muted = true; return one.play(); }")
    player.wait_for_function("() => document.querySelector('video').currentTime > 0.5")
    assert player.locator("video").count() == 4
    assert "同意录制" in player.locator(".moments").inner_text()
    player.locator(".moments a").last.click()
    player.wait_for_function("() => !document.querySelector('video[data-film]').paused")
    axe(player)
    part = player.request.get(
        player.locator("video").first.get_attribute("src"), headers={"Range": "bytes=0-99"}
    )
    assert (part.status, len(part.body())) == (206, 100)

    judge = page_for(made(lambda make: drawn_judge(make, scene)))
    assert judge.goto(f"/recordings/{recording}").status == 404


def drawn_judge(make: Make, scene: Scene) -> Account:
    """The judge whom the lot gave the confirmation of this very case."""
    judge = make.account("陈法官", Role.JUDGE)
    case = make.s.get_one(MediationCase, make.s.get_one(Sitting, scene.sitting).case_id)
    agreement = make.agreement(AgreementStage.APPLIED, case=case)
    make.confirmation(ConfirmationStage.REVIEW, agreement=agreement, judge_id=judge.id)
    return judge


def test_lobby_and_panel_work_without_scripts(
    scene: Scene, page_for: Callable[..., Page], axe: Callable[[Page], None]
) -> None:
    page = page_for(scene.applicant, width=360, java_script_enabled=False)
    page.goto(f"/sittings/{scene.sitting}")
    press(page, "进入")
    assert "视频通话需要浏览器开启 JavaScript" in page.content()

    press(page, "我已阅读全部事项")
    expect(page.get_by_text("请先阅读并勾选每一项")).to_be_visible()
    for box in page.locator("input[name=notice]").all():
        box.check()
    press(page, "我已阅读全部事项")
    page.get_by_label("证件号码后四位").fill("0000")
    press(page, "提交")
    expect(page.get_by_text("号码不一致", exact=True)).to_be_visible()

    page.goto(f"/sittings/{scene.sitting}/panel?kind=payment")
    page.get_by_label("付款方", exact=True).select_option("respondent")
    page.get_by_label("收款方").select_option("applicant")
    page.get_by_label("金额（元）").fill("一千")
    press(page, "提出这一条")
    expect(page.get_by_text("请填写数字")).to_be_visible()
    page.get_by_label("金额（元）").fill("1000")
    page.get_by_label("最后付款日期").fill("2099-01-31")
    press(page, "提出这一条")
    expect(page.locator("#clauses")).to_contain_text("李四于2099年1月31日前（含当日）向张三支付")
    expect(page.locator("#clauses")).to_contain_text("申请人已同意")


@pytest.mark.parametrize("language", ["zh_CN", "ko", "en"])
def test_a_sitting_page_has_no_barrier(
    language: str, scene: Scene, page_for: Callable[..., Page], axe: Callable[[Page], None]
) -> None:
    page = page_for(scene.mediator, width=360, language=language)
    for path in (f"/sittings/{scene.sitting}", f"/device-test?sitting={scene.sitting}"):
        page.goto(path)
        axe(page)
    page.goto(f"/sittings/{scene.sitting}")
    page.locator(".turn button").click()
    for path in ("", "/panel?kind=instalments", "/minutes"):
        page.goto(f"/sittings/{scene.sitting}{path}")
        axe(page)


def test_what_is_said_in_a_lobby_does_not_ring_on_the_other_side(
    scene: Scene, client_for: Callable[..., TestClient], site: Site
) -> None:
    for account in (scene.applicant, scene.respondent):
        client_for(account).post(f"/sittings/{scene.sitting}/enter", data=once())
    before = marks(site, scene, scene.applicant), marks(site, scene, scene.respondent)

    said = client_for(scene.applicant).post(
        f"/sittings/{scene.sitting}/chat", data=once() | {"text": "我最多让到八千。"}
    )

    assert said.status_code == 303
    assert marks(site, scene, scene.applicant)["chat"] != before[0]["chat"]
    assert marks(site, scene, scene.respondent) == before[1]
    page = client_for(scene.respondent).get(f"/sittings/{scene.sitting}").text
    assert "八千" not in page
    assert "张三" not in page


def marks(site: Site, scene: Scene, account: str) -> dict[str, str]:
    """What the stream would tell this person."""
    with site.db.reading() as s:
        by = Make(s).actor(s.get_one(Account, account))
        view = sittings.show(s, scene.sitting, by=by)
        panel = drafting.panel(s, scene.sitting, by=by, on=clock.court_date(clock.now()))
    return {"sitting": view.mark} | {part: panel.mark(part) for part in drafting.PARTS}
