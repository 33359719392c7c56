"""What was said in a room stays in it: every page, for everybody, searched for words that are not for them.

The matters are those of the demonstration, gone their way by real actions; each zone then holds a word of its own.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, select
from starlette.applications import Starlette
from starlette.responses import FileResponse

from odr import clock, demo, settings
from odr.actions import complaints
from odr.demo import steps
from odr.rules.access import Actor
from odr.rules.words import Role, Room, Side, Zone
from odr.tables.agreements import Agreement, Complaint, ConfirmationCase, Obligation
from odr.tables.disputes import Dispute, Evidence, Party
from odr.tables.mediations import (
    ChatLine,
    MediationCase,
    MinutesLine,
    Note,
    Recording,
    Sitting,
    UndisputedFact,
)
from odr.tables.people import Account
from odr.tables.records import Document, Look
from odr.tables.roster import Mediator
from tests.web.asking import ask
from tests.web.conftest import token_for
from web.app import create_app
from web.routes import ROUTES
from web.table import Page

OURS = {"applicant", "respondent", "mediator"}
OFFICE = {"triage", "clerk", "judge"}
ANSWERERS = {"triage", "leader"}  # of complaints
JUDGED = "已到期借款三万元整待还"  # of the matter that a judge reviews
FAILED = "双方尚未签名的让步方案"  # of the matter whose agreement nobody has signed

# word -> what it is, and who may ever read it in the matter under review
WORDS = {
    "借条原件一份": ("evidence", OURS | OFFICE),
    "共同会谈里的话": ("said in the joint room", OURS),
    "只对调解员说的话甲": ("said in the applicant's caucus", {"applicant", "mediator"}),
    "只对调解员说的话乙": ("said in the respondent's caucus", {"respondent", "mediator"}),
    "调解员自己的判断": ("the mediator's note", {"mediator"}),
    "前任调解员的判断": ("the note of the mediator before", set()),
    "只对前任调解员说的话": ("said in a caucus with the mediator before", {"applicant"}),
    "笔录里的一句话": ("minutes", OURS),
    "一方尚未认可的事实": ("a fact nobody has agreed to", OURS),
    "对调解员的投诉内容": ("a complaint", ANSWERERS | {"applicant"}),
    "投诉核查的结论": ("what the court answers it", ANSWERERS | {"applicant"}),
}

Reading = Callable[[str, str], tuple[tuple[str, str], ...]]
PAGES = [row for row in ROUTES if isinstance(row, Page) and row.method == "GET" and row.path != "/letterbox"]


@dataclass(frozen=True, slots=True)
class Scene:
    """Two matters of one court, and everybody there."""

    reviewed: dict[str, list[str]]  # path parameter -> ids of the matter under review
    unsigned: dict[str, list[str]]  # the same of a matter that waits for signatures
    people: dict[str, str]  # who -> account
    numbers: dict[str, tuple[str, str]]  # side -> telephone, identity number


@pytest.fixture(scope="module")
def served(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starlette]:
    """One site for all of these: nothing here writes but the looks of those who look."""
    data = tmp_path_factory.mktemp("zones")
    shutil.copy(empty_database, data / "odr.db")
    app = create_app(settings.read({"ODR_DEMO": "1"}, data=data))
    yield app
    app.state.site.db.close()


@pytest.fixture(scope="module")
def scene(served: Starlette) -> Scene:
    with served.state.site.db.transaction() as s:
        return _played(s)


def _played(s: Session) -> Scene:
    now = clock.now()
    cast = demo.people(s, now - timedelta(days=90))
    confirmation, judge, _then = steps.in_review(s, cast, now - timedelta(days=8), a=0, b=1)
    agreement, _same, _at = steps.agreed(s, cast, now - timedelta(days=2, hours=1), a=0, b=1)
    case = s.get_one(MediationCase, confirmation.case_id)
    host = next(one for one in cast.mediators if one.mediator_id == case.mediator_id)
    before = next(one for one in cast.mediators if one is not host)
    officer = cast.staff[Role.TRIAGE]
    _whisper(s, case, host, before, cast.parties, officer)
    _whisper(s, s.get_one(MediationCase, agreement.case_id), host, before, cast.parties, officer)
    agreement.facts = agreement.facts | {"brief": FAILED}
    s.add(agreement)
    s.flush()
    people = {role.value: actor.account_id or "" for role, actor in cast.staff.items()}
    people |= {
        "judge": judge.account_id or "",
        "mediator": host.account_id or "",
        "before": before.account_id or "",
    }
    people |= {"applicant": cast.parties[0].account_id or "", "respondent": cast.parties[1].account_id or ""}
    people |= {"another": cast.parties[2].account_id or ""}
    return Scene(
        reviewed=_keys(s, case) | {"": [""]},  # and the pages of no matter at all
        unsigned=_keys(s, s.get_one(MediationCase, agreement.case_id)),
        people=people,
        numbers={
            side: (account.phone, account.identity_number)
            for side in ("applicant", "respondent")
            for account in [s.get_one(Account, people[side])]
        },
    )


def _whisper(
    s: Session, case: MediationCase, host: Actor, before: Actor, parties: list[Actor], officer: Actor
) -> None:
    sitting = s.exec(select(Sitting).where(Sitting.case_id == case.id)).one()
    party = s.exec(
        select(Party).where(Party.dispute_id == case.dispute_id, Party.side == Side.APPLICANT)
    ).one()
    now = clock.now()
    earlier = Sitting(
        case_id=case.id, ordinal=0, stage=sitting.stage, starts_at=sitting.starts_at, ends_at=sitting.ends_at
    )
    s.add(earlier)
    s.flush()
    said = (
        (sitting, Room.JOINT, Zone.JOINT, parties[0], "共同会谈里的话"),
        (sitting, Room.CAUCUS_A, Zone.CAUCUS, parties[0], "只对调解员说的话甲"),
        (sitting, Room.CAUCUS_B, Zone.CAUCUS, parties[1], "只对调解员说的话乙"),
        (earlier, Room.CAUCUS_A, Zone.CAUCUS, parties[0], "只对前任调解员说的话"),
    )
    s.add_all(
        ChatLine(sitting_id=where.id, room=room, zone=zone, account_id=by.ref, text=text, at=now)
        for where, room, zone, by, text in said
    )
    s.add_all(
        Note(case_id=case.id, account_id=by.ref, text=text, at=now)
        for by, text in ((host, "调解员自己的判断"), (before, "前任调解员的判断"))
    )
    s.add(MinutesLine(sitting_id=sitting.id, position=1, speaker="mediator", text="笔录里的一句话", at=now))
    s.add(UndisputedFact(case_id=case.id, position=9, text="一方尚未认可的事实", stated_at=now))
    complaint = Complaint(
        case_id=case.id, party_id=party.id, ground="forced", text="对调解员的投诉内容", at=now
    )
    s.add(complaint)
    s.flush()
    complaints.answer(
        s, complaint.id, by=officer, at=now, findings="投诉核查的结论", decisions=("提醒谈话。",)
    )
    s.add(
        Evidence(
            dispute_id=case.dispute_id,
            party_id=party.id,
            title="借条原件一份",
            file_name="a.pdf",
            media_type="application/pdf",
            size=1,
            digest="sha256:" + "0" * 64,
            added_at=now,
        )
    )
    s.add(Recording(sitting_id=sitting.id, room=Room.JOINT, folder="x", started_at=now, stopped_at=now))
    dispute = s.get_one(Dispute, case.dispute_id)
    dispute.story = JUDGED
    s.add(dispute)
    s.flush()


def _keys(s: Session, case: MediationCase) -> dict[str, list[str]]:
    def ids(kind: Any, *where: Any) -> list[str]:
        return [row.id for row in s.exec(select(kind).where(*where))]

    papers = s.exec(select(Document).where(Document.dispute_id == case.dispute_id))
    found = ids(Sitting, Sitting.case_id == case.id)
    agreements = ids(Agreement, Agreement.case_id == case.id)
    return {
        "dispute": [case.dispute_id],
        "case": [case.id],
        "sitting": found,
        "agreement": agreements,
        "confirmation": ids(ConfirmationCase, ConfirmationCase.case_id == case.id),
        "document": list({(row.kind, row.side): row.id for row in papers}.values()),
        "evidence": ids(Evidence, Evidence.dispute_id == case.dispute_id),
        "recording": ids(Recording, col(Recording.sitting_id).in_(found)),
        "obligation": ids(Obligation, col(Obligation.agreement_id).in_(agreements)),
        "organisation": [case.org_id or ""],
        "mediator": [case.mediator_id or ""],
    }


@pytest.fixture(scope="module")
def reading(served: Starlette, scene: Scene) -> Reading:
    """Every page that somebody can open in a matter: its address and what it says, without its markup."""
    site = served.state.site

    @cache
    def read(who: str, matter: str) -> tuple[tuple[str, str], ...]:
        token = token_for(site, scene.people[who])
        keys: dict[str, list[str]] = getattr(scene, matter)
        answers = [
            (f"{row.path} {key}", ask(site, row, token, {row.subject or "": key}))
            for row in PAGES
            for key in keys.get(row.subject or "", [])
        ]
        return tuple(
            (place, re.sub(r"<[^>]+>|\s|&#?\w+;", "", bytes(answer.body).decode(errors="replace")))
            for place, answer in answers
            if answer.status_code == 200 and not isinstance(answer, FileResponse)  # the same for everybody
        )

    return read


def leaks(scene: Scene, reading: Reading, matter: str, words: dict[str, set[str]]) -> list[str]:
    return [
        f"{who} reads {word} at {path}"
        for who in scene.people
        for path, text in reading(who, matter)
        for word, may in words.items()
        if word in text and who not in may
    ]


def test_nobody_reads_what_is_not_for_them(scene: Scene, reading: Reading) -> None:
    words = {word: may for word, (_what, may) in WORDS.items()} | {JUDGED: OURS | OFFICE}

    assert leaks(scene, reading, "reviewed", words) + leaks(scene, reading, "unsigned", words) == []


def test_everybody_reads_what_is_for_them(scene: Scene, reading: Reading) -> None:
    """Else the search above would find nothing because nothing is shown."""
    read = {
        (who, word)
        for who in (*OURS, *OFFICE, "leader")
        for _path, text in (*reading(who, "reviewed"), *reading(who, "unsigned"))
        for word in WORDS
        if word in text
    }

    missing = {
        (who, word) for word, (_what, may) in WORDS.items() for who in may if "前任" not in word
    } - read
    assert missing == set()


def test_what_nobody_has_signed_is_no_outcome(scene: Scene, reading: Reading) -> None:
    assert leaks(scene, reading, "unsigned", {FAILED: OURS}) == []


def test_telephones_and_identity_numbers_stay_with_their_owner_and_the_court(
    scene: Scene, reading: Reading
) -> None:
    office = OFFICE | {"mediator", "org-admin"}
    words = {number: office | {side} for side, numbers in scene.numbers.items() for number in numbers}
    words[scene.numbers["respondent"][0]].add("applicant")  # who wrote it into the form

    assert leaks(scene, reading, "reviewed", words) == []


def test_a_mediators_private_numbers_are_not_for_parties(
    scene: Scene, reading: Reading, served: Starlette
) -> None:
    with served.state.site.db.reading() as s:
        row = s.get_one(Mediator, scene.reviewed["mediator"][0])
    numbers = {
        word: set(scene.people) - {"applicant", "respondent", "another"} for word in (row.phone,) if word
    }

    assert leaks(scene, reading, "reviewed", numbers) == []


def test_the_parties_see_who_of_the_court_opened_what(
    scene: Scene, reading: Reading, served: Starlette
) -> None:
    for who in scene.people:
        reading(who, "reviewed")
    with served.state.site.db.reading() as s:
        rows = s.exec(select(Look).where(Look.subject == f"dispute:{scene.reviewed['dispute'][0]}")).all()
    seen = {
        (who, row.what) for row in rows for who, account in scene.people.items() if account == row.account_id
    }

    assert {("judge", "司法确认"), ("judge", "文书"), ("judge", "证据目录")} <= seen
    assert {("clerk", "司法确认"), ("clerk", "调解协议"), ("clerk", "纠纷页面")} <= seen
    assert {("org-admin", "调解案件"), ("triage", "分流审查"), ("mediator", "调解案件")} <= seen
    assert not {who for who, _what in seen} & {"applicant", "respondent", "another", "before"}
