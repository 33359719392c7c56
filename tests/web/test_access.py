"""Every route, as every kind of person, with the own matter, another's and another court's.

The oracle is the table of docs/security.md and what each person is towards a matter, written down here;
nothing of it is taken from the code that decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlmodel import SQLModel, select
from starlette.datastructures import FormData, Headers, QueryParams
from starlette.testclient import TestClient

from odr import clock
from odr.errors import LoginNeeded, NotAllowed, NotFound, SecondFactorNeeded, StepUpNeeded
from odr.rules.companions import Capacity
from odr.rules.moves import AgreementStage, CaseStage, ConfirmationStage
from odr.rules.relief import Relief
from odr.rules.words import Hat, Role, Room, RulingKind, Side
from odr.tables.agreements import Complaint, CourtPaper, Obligation, Ruling
from odr.tables.companions import Mandate
from odr.tables.confirmation import Objection
from odr.tables.disputes import Dispute, Party
from odr.tables.fees import FeeRelief
from odr.tables.mediations import MediationCase, Recording
from odr.tables.people import Account
from odr.tables.records import Document
from odr.tables.retention import Disposal
from odr.tables.roster import Mediator
from tests.house.test_security import acts
from tests.make import Make
from tests.web.conftest import Made, once, token_for
from web.ask import Ask, Site
from web.logins import COOKIE, NOBODY
from web.routes import ROUTES
from web.table import Page, admit

H = Hat
ANYBODY = {H.PUBLIC}
KNOWN = {H.PUBLIC, H.SOMEONE}
MATTER = {
    "dispute",
    "case",
    "sitting",
    "agreement",
    "confirmation",
    "ruling",
    "obligation",
    "document",
    "evidence",
    "recording",
    "mandate",
    "objection",
    "complaint",
    "court_paper",
    "fee_relief",
    "disposal",
}
STAFF = {
    "triage": H.TRIAGE,
    "bench": H.BENCH,
    "clerk": H.CLERK,
    "leader": H.LEADER,
    "auditor": H.AUDITOR,
    "sysadmin": H.SYSADMIN,
}
# What each person of our matter is: towards the matter, towards its organisation, towards its mediator's entry
INVOLVED: dict[str, dict[str, set[Hat]]] = {
    "applicant": {"matter": {H.APPLICANT}},
    "respondent": {"matter": {H.RESPONDENT}},
    "agent": {"matter": {H.APPLICANT, H.AGENT}},
    "mediator": {"matter": {H.MEDIATOR}, "mediator": {H.SELF}, "": {H.MEDIATOR}},
    "org-admin": {
        "matter": {H.ORG_ADMIN},
        "organisation": {H.ORG_ADMIN},
        "mediator": {H.ORG_ADMIN},
        "": {H.ORG_ADMIN},
    },
    "judge": {"matter": {H.JUDGE, H.BENCH}, "organisation": {H.BENCH}, "mediator": {H.BENCH}, "": {H.BENCH}},
}
ASKED = ("applicant", "agent")  # whose application for fee relief it is
WEAK = ("mediator", "sysadmin")
ORACLE = acts()


@dataclass(frozen=True, slots=True)
class World:
    """One matter with its people, and the court around it."""

    keys: dict[str, str]  # path parameter -> id
    people: dict[str, str]  # kind of person -> account id


def world(make: Make, court: str) -> World:
    """A matter with everything that can hang on one, in a court of its own."""
    place = make.court(court, court)
    org = make.organisation(court_id=place.id)
    mediator = make.mediator(org=org)
    case = make.case(CaseStage.AGREED, to=mediator, **_in(make, place.id))
    agreement = make.agreement(AgreementStage.APPLIED, case=case)
    judge = _staff(make, Role.JUDGE, place)
    confirmation = make.confirmation(ConfirmationStage.REVIEW, agreement=agreement, judge_id=judge)
    dispute = make.s.get_one(Dispute, case.dispute_id)
    rows: dict[str, Any] = {
        "dispute": dispute,
        "case": case,
        "sitting": make.sitting(case=case),
        "agreement": agreement,
        "confirmation": confirmation,
        "evidence": make.evidence(dispute, "sha256:" + "0" * 64, 1),
        "organisation": org,
        "mediator": mediator,
        "ruling": Ruling(
            confirmation_id=confirmation.id, kind=RulingKind.CONFIRMED, judge_id=judge, issued_at=make.at
        ),
        "obligation": Obligation(agreement_id=agreement.id, debtor=Side.RESPONDENT, text="付款"),
    }
    rows["recording"] = Recording(
        sitting_id=rows["sitting"].id, room=Room.JOINT, folder="x", started_at=make.at
    )
    rows["document"] = Document(
        court_id=place.id,
        dispute_id=dispute.id,
        subject=f"dispute:{dispute.id}",
        kind="ruling",
        title="裁定",
        facts_hash="x",
        frozen_at=make.at,
    )
    rows["mandate"] = Mandate(
        party_id=make.parties(case)[0].id,
        account_id=dispute.created_by,
        capacity=Capacity.KIN,
        since=make.at,
        ended_at=make.at,
    )
    rows["court_paper"] = CourtPaper(
        agreement_id=agreement.id, asked_by=make.parties(case)[0].id, asked_at=make.at
    )
    rows["fee_relief"] = FeeRelief(
        dispute_id=dispute.id,
        party_id=make.parties(case)[0].id,
        account_id=dispute.created_by,
        relief=Relief.DEFER,
        ground="legal-aid",
        asked_at=make.at,
    )
    rows["complaint"] = Complaint(
        case_id=case.id, party_id=make.parties(case)[0].id, ground="forced", text="投诉", at=make.at
    )
    rows["disposal"] = Disposal(
        court_id=place.id,
        dispute_id=dispute.id,
        kind="caucus",
        since=make.at.date(),
        due_on=make.at.date(),
        found_at=make.at,
    )
    make.s.add_all(rows.values())
    make.s.flush()
    rows["objection"] = Objection(
        confirmation_id=confirmation.id,
        court_id=place.id,
        ruling_id=rows["ruling"].id,
        account_id=make.account("异议人").id,
        judge_id=judge,
        claim="撤销",
        raised_at=make.at,
    )
    make.s.add(rows["objection"])
    make.s.flush()
    return World({name: row.id for name, row in rows.items()}, _people(make, place, dispute, mediator, judge))


def _in(make: Make, court_id: str) -> dict[str, Any]:
    dispute = make.dispute(court_id=court_id)
    return {"dispute": dispute}


def _people(make: Make, place: SQLModel, dispute: Dispute, mediator: Mediator, judge: str) -> dict[str, str]:
    people = {
        "applicant": make.side(dispute, Side.APPLICANT).account_id,
        "respondent": make.side(dispute, Side.RESPONDENT).account_id,
        "agent": make.account("代理人").id,
        "mediator": mediator.account_id,
        "org-admin": make.account("管理员").id,
        "judge": judge,
        "someone": make.account("路人").id,
    }
    make.grant(
        make.s.get_one(Account, people["org-admin"]), Role.ORG_ADMIN, court=place, org_id=mediator.org_id
    )
    mine = select(Party).where(Party.dispute_id == dispute.id, Party.side == Side.APPLICANT)
    party = make.s.exec(mine).one()
    party.agent_account_id = people["agent"]
    roles = {"bench": Role.JUDGE} | {name: Role(name) for name in STAFF if name != "bench"}
    return people | {name: _staff(make, role, place) for name, role in roles.items()}


def _staff(make: Make, role: Role, place: Any) -> str:
    return make.account(role.value, role, court=place).id


@pytest.fixture
def worlds(made: Made) -> dict[str, World]:
    """Our matter, a second one in the same court, and one in another court."""
    return made(
        lambda make: {
            "own": world(make, "粤0106"),
            "other": world(make, "粤0106"),
            "foreign": world(make, "吉7502"),
        }
    )


def expected_hats(person: str, subject: str | None, where: str) -> set[Hat]:
    """What somebody of our own world is towards a subject in a world."""
    if person == "stranger":
        return ANYBODY
    if subject is None:
        return (
            KNOWN | INVOLVED.get(person, {}).get("", set()) | ({STAFF[person]} if person in STAFF else set())
        )
    if where == "own":
        kind = "matter" if subject in MATTER else subject
        asked = {H.SELF} if subject == "fee_relief" and person in ASKED else set()
        return KNOWN | asked | INVOLVED.get(person, {}).get(kind, set()) | _court_hat(person)
    return KNOWN | (_court_hat(person) if where == "other" else set())


def _court_hat(person: str) -> set[Hat]:
    """Staff hats reach every matter of their court; a judge is one of the bench for all of them."""
    if person == "judge":
        return {H.BENCH}
    return {STAFF[person]} if person in STAFF else set()


def expected(row: Any, person: str, where: str) -> str:
    may, _ = ORACLE[row.do]
    worn = expected_hats(person, row.subject, where)
    if may & worn:
        return "in"
    if person == "stranger":
        return "login"
    return "403" if row.subject is None or worn - KNOWN else "404"


ANSWERS = {LoginNeeded: "login", NotFound: "404", NotAllowed: "403", SecondFactorNeeded: "factor"}


def found(site: Site, row: Any, token: str | None, keys: dict[str, str]) -> str:
    """What the door says to this person on this route."""
    ask = Ask(
        site=site,
        route=row.name,
        method=row.method,
        path=row.path,
        params=dict.fromkeys(re.findall(r"{(\w+)", row.path), "none") | keys,
        query=QueryParams(),
        sent=FormData(),
        headers=Headers(),
        cookies={COOKIE: token} if token else {},
        address="test",
        now=clock.now(),
        nonce="",
        actor=NOBODY,
    )
    try:
        admit(ask, row)
    except tuple(ANSWERS) as refused:
        return ANSWERS[type(refused)]
    except StepUpNeeded:
        return "in"
    return "in"


def test_every_route_opens_to_exactly_whom_the_document_says(site: Site, worlds: dict[str, World]) -> None:
    people = worlds["own"].people
    tokens = {name: token_for(site, key) for name, key in people.items()} | {"stranger": None}
    # who may is decided by the act and the kind of subject alone, so one route of each pair speaks for all
    rows = {(row.subject, row.do): row for row in ROUTES}.values()
    wrong = [
        f"{row.name} as {person} on {where}: {said}, should be {should}"
        for row in rows
        for where in (("own", "other", "foreign") if row.subject else ("own",))
        for person, token in tokens.items()
        if (said := found(site, row, token, worlds[where].keys)) != (should := expected(row, person, where))
    ]
    assert wrong == []


def test_the_courts_people_get_no_further_without_their_second_factor(
    site: Site, worlds: dict[str, World]
) -> None:
    for person in WEAK:
        token = token_for(site, worlds["own"].people[person], strong=False)
        for row in ROUTES:
            said = found(site, row, token, worlds["own"].keys)
            assert said == ("in" if H.PUBLIC in ORACLE[row.do][0] else "factor"), (row.name, person)


def test_people_of_another_court_find_nothing_of_ours(
    site: Site, client_for: Callable[..., TestClient], worlds: dict[str, World]
) -> None:
    """Through the whole stack, streams and sockets' pages included."""
    for person in ("judge", "mediator"):
        client = client_for(worlds["foreign"].people[person])
        for row in ROUTES:
            if row.subject and H.PUBLIC not in ORACLE[row.do][0]:
                answer = _visit(client, row, worlds["own"].keys)
                assert answer in (404, 429), (row.name, person, answer)


def test_a_stranger_reaches_public_pages_only(client: TestClient, worlds: dict[str, World], app: Any) -> None:
    for row in ROUTES:
        if H.PUBLIC not in ORACLE[row.do][0]:
            app.middleware_stack = None
            path = _path(row, worlds["own"].keys)
            answer = client.request(row.method, path, data=once() if row.method == "POST" else None)
            assert answer.status_code in (303, 401), row.name
            assert answer.headers.get("location", "/login").startswith("/login"), row.name


def test_what_is_foreign_looks_like_what_is_missing(
    client_for: Callable[..., TestClient], worlds: dict[str, World]
) -> None:
    client = client_for(worlds["own"].people["someone"])
    for row in ROUTES:
        if row.method == "GET" and row.subject and H.PUBLIC not in ORACLE[row.do][0]:
            theirs = client.get(_path(row, worlds["own"].keys))
            nobodys = client.get(_path(row, dict.fromkeys(worlds["own"].keys, "x" * 20)))
            assert _plain(theirs) == _plain(nobodys), row.name


def test_rights_taken_away_are_gone_with_the_next_request(
    site: Site, made: Made, client_for: Callable[..., TestClient], worlds: dict[str, World]
) -> None:
    own = worlds["own"]
    client = client_for(own.people["mediator"])
    row = next(row for row in ROUTES if row.name == "GET /cases/{case}")
    assert client.get(_path(row, own.keys)).status_code != 404
    made(lambda make: setattr(make.s.get_one(MediationCase, own.keys["case"]), "mediator_id", None))
    assert client.get(_path(row, own.keys)).status_code == 404


def _visit(client: TestClient, row: Page, keys: dict[str, str]) -> int:
    data = once() if row.method == "POST" else None
    return client.request(row.method, _path(row, keys), data=data).status_code


def _path(row: Any, keys: dict[str, str]) -> str:
    return re.sub(r"{(\w+)[^}]*}", lambda m: keys.get(m[1], "none"), row.path)


def _plain(answer: Any) -> tuple[int, str]:
    text = re.sub(r'(name="once" value|nonce|href)="[^"]*"', "", answer.text)
    return answer.status_code, text
