"""kill -9 of pages, jobs and media while people work: nothing acknowledged is lost, nothing happens twice."""

from __future__ import annotations

import asyncio
import random
import re
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from odr import clock, demo
from odr.rules.words import Role
from odr.tables.agreements import Agreement, ConfirmationCase, Ruling
from odr.tables.disputes import Dispute
from odr.tables.mediations import ChatLine, MediationCase, Recording
from odr.tables.people import Message
from odr.tables.records import Document
from signaling import contents
from signaling.mux import mux
from tests.faults.hand import Hand
from tests.signaling.peers import Client
from tests.walks.serving import Served, acting, found, verify
from tests.web.test_filing import PDF

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("walks"), pytest.mark.timeout(300)]

KILLS, SEED = 21, 20260302
STORY = "2025年1月借给对方一万二千元，约定三个月归还，至今没有归还。"
SAID = [f"第{number}句话" for number in range(1, 6)]


@pytest.fixture
def court(tmp_path: Path) -> Iterator[Served]:
    data = tmp_path / "court"
    data.mkdir()
    served = Served(data, found(data))
    try:
        served.start()
        yield served
    finally:
        served.stop()


class Reaper(threading.Thread):
    """Kills one process after another, each name as often, in an order and at moments drawn by lot."""

    def __init__(self, served: Served) -> None:
        super().__init__(daemon=True)
        self.served, self.chance = served, random.Random(SEED)
        self.order = ["web", "work", "signaling.worker"] * (KILLS // 3)
        self.chance.shuffle(self.order)
        self.killed = 0

    def run(self) -> None:
        for name in self.order:
            time.sleep(self.chance.uniform(0.4, 1.6))
            while not self.served.kill(name):  # it is being started again
                time.sleep(0.05)
            self.killed += 1


class Cameras(threading.Thread):
    """The parties' cameras: unmodified LiveKit clients, that come back whenever they are cut off."""

    def __init__(self, court: Served, sitting: str, hands: list[Hand]) -> None:
        super().__init__(daemon=True)
        self.court, self.sitting, self.hands = court, sitting, hands
        self.stop = threading.Event()

    def run(self) -> None:
        asyncio.run(self._all())

    async def _all(self) -> None:
        await asyncio.gather(*(self._stay(hand) for hand in self.hands))

    async def _stay(self, hand: Hand) -> None:
        while not self.stop.is_set():
            client = Client(hand.account)
            with suppress(Exception):  # whatever ends a call here, it is begun again
                ticket = await asyncio.to_thread(hand.ask, "POST", f"/sittings/{self.sitting}/ticket")
                address = f"ws://127.0.0.1:{self.court.port + 2}"
                await asyncio.wait_for(client.room.connect(address, ticket.json()["token"]), 5)
                await client.publish()
                while client.room.isconnected() and not self.stop.is_set():
                    await asyncio.sleep(0.1)
            with suppress(Exception):
                await asyncio.wait_for(client.leave(), 2)


class Matter:
    """One dispute, from its first page to the judge's ruling, by the forms of the pages."""

    def __init__(self, court: Served, hands: dict[str, Hand], parties: tuple[str, str]) -> None:
        self.court, self.hands = court, hands
        self.applicant, self.respondent = (hands[name] for name in parties)
        self.names = parties
        self.mediator = hands["李文"]

    def walk(self) -> None:
        self.file()
        self.mediate()
        self.sit()
        self.sign()
        self.confirm()

    def file(self) -> None:
        me = self.applicant
        start = me.send("/file?cause=private-lending", "/file", court=self.court.cast.court.id)
        self.dispute = start.split("/")[2]
        other = next(row for row in demo.PARTIES if row[0] == self.names[1])
        for step, answers in (
            ("cause", {"cause": "private-lending"}),
            ("way", {"asks": "mediation"}),
            ("me", {"capacity": "self", "kind": "natural", "name": self.names[0], "phone": me.phone,
                    "identity_number": next(row[1] for row in demo.PARTIES if row[0] == self.names[0]),
                    "address": "广州市天河区某路1号"}),
            ("other", {"kind": "natural", "name": other[0], "phone": other[2], "position": "1"}),
            ("elements", {"e-lent_on": "2025-01-05", "e-principal": "12000", "e-paid_by": "transfer",
                          "e-note": "yes", "story": STORY}),
            ("claims", {"claim-1": "返还借款本金", "amount-1": "12000"}),
            ("taking-part", {"mode": "video", "agrees": ["mediation", "video"]}),
            ("service", {"address": "广州市天河区某路1号", "phone": me.phone, "e_service": "1"}),
        ):  # fmt: skip
            me.send(f"{start}/{step}", f"{start}/{step}", **answers)
        files = {"file": ("借条.pdf", PDF, "application/pdf")}
        me.send(f"{start}/evidence", f"{start}/evidence/add", title="借条", files=files)
        me.send(f"{start}/evidence", f"{start}/evidence")
        me.send(f"{start}/declare", f"{start}/submit", truth="1", no_collusion="1")

    def mediate(self) -> None:
        here = f"/triage/{self.dispute}"
        organisation = self.court.cast.organisation.id
        self.hands["周敏"].send(here, f"{here}/delegate", organisation=organisation, track="party-applied")
        page = self.applicant.open(f"/disputes/{self.dispute}")
        code = "".join(re.search(r'<strong class="number">(\w{4}) (\w{4})', page).groups())  # type: ignore[union-attr]
        self.respondent.send(f"/i/{code}", f"/i/{code}/claim")
        consent = f"/disputes/{self.dispute}/consent"
        for hand in (self.respondent, self.applicant):
            hand.send(consent, consent, agrees=["mediation", "video", "e-sign", "e-service"])
        with acting(self.court.data) as db, db.reading() as s:
            query = select(MediationCase.id).where(MediationCase.dispute_id == self.dispute)
            self.case = s.exec(query).one()
        here = f"/cases/{self.case}"
        wanted = self.court.cast.mediators[0].mediator_id
        for hand in (self.applicant, self.respondent):
            hand.send(f"{here}/choose", f"{here}/choose", first=wanted)
        self.mediator.send(f"{here}/offer", f"{here}/accept", relation="none", promised="true")
        now = clock.court_time(clock.now())
        self.sitting = self.mediator.send(
            f"{here}/schedule", f"{here}/schedule", on=now.strftime("%Y-%m-%d"),
            starts_at=now.strftime("%H:%M"), minutes="30", mode="sync", short_notice="true",
        ).split("/")[2]  # fmt: skip

    def sit(self) -> None:
        here = f"/sittings/{self.sitting}"
        parties = [self.applicant, self.respondent]
        for hand in (self.mediator, *parties):
            hand.send(here, f"{here}/enter")
            hand.send(here, f"{here}/consent-recording", given="true")
        cameras = Cameras(self.court, self.sitting, [self.mediator, *parties])
        cameras.start()
        for hand in parties:
            notices = re.findall(r'name="notice" value="([^"]+)"', hand.open(here))
            hand.send(here, f"{here}/notices", notice=notices)
            check = f"{here}/people/{hand.account}/check"
            self.mediator.send(here, check, how="document-on-camera")
        self.in_joint(lambda: self.mediator.send(here, f"{here}/record"))
        for text in SAID:
            self.applicant.send(here, f"{here}/chat", text=text)
            time.sleep(0.3)
        self.draft(here)
        cameras.stop.set()
        cameras.join(10)
        self.mediator.send(here, f"{here}/close", outcome="agreed")

    def in_joint(self, act) -> None:  # type: ignore[no-untyped-def]
        """Open the room, as often as a lost connection freezes it, until the act was possible in it."""
        here = f"/sittings/{self.sitting}"
        for _ in range(60):
            page = self.mediator.open(here)
            if f'action="{here}/open"' in page:
                self.mediator.send(here, f"{here}/open")
            try:
                act()
                return
            except AssertionError:  # frozen or closed to it meanwhile
                time.sleep(0.3)
        raise AssertionError("the joint room could not be held open")

    def draft(self, here: str) -> None:
        due = (clock.court_date(clock.now()) + timedelta(days=20)).isoformat()
        self.mediator.send(
            f"{here}/panel?kind=payment", f"{here}/clauses", debtor="respondent", creditor="applicant",
            about="借款本金", amount_fen="12000", due_on=due, method="transfer", payee=self.names[0],
            bank="中国工商银行", account="6222020000000000000",
        )  # fmt: skip
        panel = self.applicant.open(f"{here}/panel")
        clause = re.search(rf'action="{here}/clauses/(\w+)/agree"', panel).group(1)  # type: ignore[union-attr]
        for hand in (self.applicant, self.respondent):
            hand.send(f"{here}/panel", f"{here}/clauses/{clause}/agree")
        brief = "被申请人向申请人借款，至今未还。"
        self.mediator.send(
            f"{here}/panel", f"{here}/agreement/freeze", brief=brief, wants_confirmation="true"
        )

    def sign(self) -> None:
        with acting(self.court.data) as db, db.reading() as s:
            query = select(Agreement.id).where(Agreement.case_id == self.case)
            self.agreement = s.exec(query).one()
        here = f"/agreements/{self.agreement}"
        for hand, act in (
            (self.applicant, "sign"), (self.respondent, "sign"), (self.mediator, "countersign"),
        ):  # fmt: skip
            page = hand.send(f"{here}/sign", f"{here}/sign-code").split("#")[0]
            hand.send(page, f"{here}/{act}", typed="本人", code=hand.code(), read_to_end="true")

    def confirm(self) -> None:
        apply = f"/agreements/{self.agreement}/apply"
        here = self.applicant.send(apply, apply, reasons="双方自愿，请求确认。", declared="true")
        self.respondent.send(here, f"{here}/join", declared="true")
        self.hands["林晓"].send(here, f"{here}/accept")
        page = self.hands["林晓"].open(here)
        judge = next(self.hands[name] for name in ("陈静", "何伟") if name in page)
        judge.send(here, f"{here}/review")
        grounds = re.findall(r'name="ok" value="([^"]+)"', judge.open(here))
        judge.send(here, f"{here}/check", ok=grounds)
        judge.send(here, f"{here}/confirm")


def hands_of(court: Served) -> dict[str, Hand]:
    """Everybody, logged in while all is quiet."""
    hands = {}
    staff = [
        (name, phone) for name, role, phone in demo.STAFF if role in (Role.TRIAGE, Role.JUDGE, Role.CLERK)
    ]
    for place, (name, phone) in enumerate([*staff, demo.MEDIATORS[0][:2]], 1):
        hands[name] = Hand(court.address, phone, place)
        hands[name].log_in()
    for place, (name, _number, phone) in enumerate(demo.PARTIES[:2], 101):
        hands[name] = Hand(court.address, phone, place)
        hands[name].come_in()
    everybody = [*court.cast.staff.values(), *court.cast.mediators, *court.cast.parties]
    for actor in everybody:
        if actor.name in hands:
            hands[actor.name].account = actor.account_id or ""
    return hands


def test_a_court_killed_again_and_again_does_everything_once(court: Served, tmp_path: Path) -> None:
    hands = hands_of(court)
    matter = Matter(court, hands, (demo.PARTIES[0][0], demo.PARTIES[1][0]))
    reaper = Reaper(court)
    reaper.start()
    matter.walk()
    reaper.join(120)
    court.wait()

    assert reaper.killed == KILLS
    assert sum(hand.unanswered for hand in hands.values()) > 0
    with acting(court.data) as db:
        wait_for_papers(db)
        with db.reading() as s:
            everything_once(s, matter)
            nobody_told_twice(s)
            recordings = s.exec(select(Recording)).all()
    for number, recording in enumerate(recordings):
        plays(court.data / "recordings" / recording.folder, tmp_path / str(number))
    assert verify(court.data) == (0, "valid\n")


def wait_for_papers(db) -> None:  # type: ignore[no-untyped-def]
    until = time.monotonic() + 90
    unfinished = select(Document.id).where(
        col(Document.published_at).is_(None), col(Document.void_at).is_(None)
    )
    while True:
        with db.reading() as s:
            left = s.exec(unfinished).all()
        if not left:
            return
        assert time.monotonic() < until, f"papers {left} were never issued"
        time.sleep(0.5)


def everything_once(s: Session, matter: Matter) -> None:
    papers = Counter(s.exec(select(Document.kind).where(Document.dispute_id == matter.dispute)).all())
    assert {kind: papers[kind] for kind in ("agreement", "minutes", "registration")} == {
        "agreement": 1, "minutes": 1, "registration": 1,
    }  # fmt: skip
    assert papers["service_certificate"] == len(served(s, matter))
    confirmation = s.exec(select(ConfirmationCase).where(ConfirmationCase.case_id == matter.case)).one()
    ruling = s.exec(select(Ruling).where(Ruling.confirmation_id == confirmation.id)).one()
    assert ruling.document_id
    lines = s.exec(
        select(ChatLine.text).where(ChatLine.sitting_id == matter.sitting).order_by(col(ChatLine.at))
    )
    assert list(lines) == SAID
    assert s.get_one(Dispute, matter.dispute).number


def served(s: Session, matter: Matter) -> list[str]:
    from odr.tables.agreements import Service

    query = select(Service.id).join(Document, col(Document.id) == col(Service.document_id))
    rows = s.exec(query.where(Document.dispute_id == matter.dispute, Service.channel == "platform"))
    return list(rows)


def nobody_told_twice(s: Session) -> None:
    told = s.exec(select(Message.destination, Message.channel, Message.subject, Message.body, Message.about))
    twice = [message for message, times in Counter(told.all()).items() if times > 1]
    assert twice == []
    assert s.exec(select(Message.id).where(col(Message.sent_at).is_(None))).all() == []


def plays(folder: Path, films: Path) -> None:
    """What was recorded gives films that play, also where the recorder was killed."""
    if not (folder / contents.JOURNAL).is_file():
        return  # killed before its first packet
    films.mkdir()
    for film in mux(folder, films).files:
        told = subprocess.run(
            ["ffprobe", "-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", films / film.name],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert told.stdout.split()
