"""From the officer's queue to both sides' consent, through HTTP; who may see what on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import col, select
from starlette.testclient import TestClient

from odr.actions import intake, invitations
from odr.queries import timeline
from odr.rules.moves import CaseStage, DisputeStage
from odr.rules.words import Role, Side, Step
from odr.tables.disputes import Consent, Dispute, Invitation, Party
from odr.tables.mediations import MediationCase
from odr.tables.people import Account, Message
from odr.tables.records import Document
from tests.make import Make
from tests.odr.test_intake import filed
from tests.web.conftest import Made, once
from web.ask import Site

CLIENT = Callable[..., TestClient]


def dispute_of(make: Make, **changed: Any) -> Dispute:
    make.at = make.at.replace(year=2026)
    dispute, _ = filed(make.s, make, **changed)
    return dispute


@pytest.fixture
def dispute(made: Made) -> Dispute:
    return made(dispute_of)


@pytest.fixture
def officer(made: Made, client_for: CLIENT) -> TestClient:
    return client_for(made(lambda make: make.account("陈分流", Role.TRIAGE)))


@pytest.fixture
def applicant(dispute: Dispute, client_for: CLIENT) -> TestClient:
    return client_for(dispute.created_by)


@pytest.fixture
def org_id(made: Made) -> str:
    return str(made(lambda make: make.organisation().id))


@pytest.fixture
def delegated(officer: TestClient, dispute: Dispute, org_id: str) -> Dispute:
    form = {"organisation": org_id, "track": "party-applied"}
    assert officer.post(f"/triage/{dispute.id}/delegate", data=form | once()).status_code == 303
    return dispute


def token(site: Site) -> str:
    """The link in the message to the respondent."""
    with site.db.reading() as s:
        query = select(Message.about).where(col(Message.about).startswith("/i/"))
        return s.exec(query.order_by(col(Message.created_at).desc())).first()


def stage(site: Site, dispute: Dispute) -> DisputeStage:
    with site.db.reading() as s:
        return s.get_one(Dispute, dispute.id).stage


# options


def test_anybody_learns_the_ways_without_an_account(client: TestClient, made: Made) -> None:
    assert "是什么纠纷？" in client.get("/options").text
    assert "有无借条或合同" in client.get("/options?cause=private-lending").text
    assert "涉及多少钱" in client.get("/options?cause=private-lending&note=yes").text
    page = client.get("/options?cause=private-lending&note=yes&amount=10000").text
    assert page.index("在线调解") < page.index("支付令") < page.index("立案起诉")
    assert 'href="/file?cause=private-lending"' in page
    assert "50.00 元" in page


def test_the_explorer_never_predicts_and_keeps_nothing(client: TestClient) -> None:
    questions = "complaint=none&arbitrated=no&wage_note=no&settled=yes&amount=3000"
    causes = ("property-service", "labour-pay", "labour-service")
    pages = [client.get(f"/options?cause={cause}&{questions}") for cause in causes]
    assert ["可以怎样解决" in page.text for page in pages] == [True] * 3
    assert not any(word in page.text for page in pages for word in ("胜诉率", "胜算", "概率"))
    assert not any("set-cookie" in page.headers for page in pages)


def test_a_wrong_amount_is_said_beside_the_field(client: TestClient) -> None:
    answer = client.get("/options?cause=private-lending&note=yes&amount=abc")
    assert answer.status_code == 422
    assert 'id="amount-wrong"' in answer.text


# triage


def test_the_queue_shows_the_proposal_and_the_day(officer: TestClient, dispute: Dispute) -> None:
    page = officer.get("/triage").text
    assert dispute.number in page
    assert "在线调解" in page
    assert officer.get("/triage?which=over&cause=sale&page=9").status_code == 200


def test_the_officer_sees_reasons_and_the_party_sees_the_same(
    officer: TestClient, applicant: TestClient, dispute: Dispute
) -> None:
    assert "属于宜先行调解的纠纷类型" in officer.get(f"/triage/{dispute.id}").text
    assert "属于宜先行调解的纠纷类型" in applicant.get(f"/disputes/{dispute.id}").text


def test_another_way_without_a_reason_is_shown_again(officer: TestClient, dispute: Dispute) -> None:
    answer = officer.post(f"/triage/{dispute.id}/register", data={"route": "suit"} | once())
    assert answer.status_code == 422
    assert 'id="reason-wrong"' in answer.text


def test_every_decision_moves_the_dispute(made: Made, officer: TestClient, site: Site) -> None:
    def three(make: Make) -> tuple[Dispute, ...]:
        return tuple(filed(make.s, make)[0] for _ in range(3))

    a, b, c = made(three)
    officer.post(f"/triage/{a.id}/return", data={"ground": "incomplete", "what": "请补充借条"} | once())
    officer.post(f"/triage/{b.id}/divert", data={"route": "payment-order", "reason": "债务明确"} | once())
    officer.post(f"/triage/{c.id}/register", data={"route": "suit", "reason": "坚持起诉"} | once())
    stages = [stage(site, one) for one in (a, b, c)]
    assert stages == [DisputeStage.RETURNED, DisputeStage.DIVERTED, DisputeStage.REGISTERED]
    assert officer.get(f"/triage/{c.id}").status_code == 200


def test_a_returned_dispute_tells_its_owner_what_to_correct(
    officer: TestClient, applicant: TestClient, dispute: Dispute
) -> None:
    officer.post(f"/triage/{dispute.id}/return", data={"ground": "incomplete", "what": "请补充借条"} | once())
    assert "请补充借条" in applicant.get(f"/file/{dispute.id}").text
    assert "请按下面写明的要求修改" in applicant.get("/disputes").text


def test_a_party_reads_the_risks_of_a_lawsuit_and_says_so(
    applicant: TestClient, officer: TestClient, dispute: Dispute, site: Site
) -> None:
    with site.db.reading() as s:
        notice = s.exec(select(Document.id).where(Document.kind == "risk_notice")).one()
    here, asked = f"/documents/{notice}", "我已阅读”"
    assert asked in applicant.get(f"/disputes/{dispute.id}").text
    assert "不预测案件结果" in applicant.get(here).text

    assert applicant.post(f"{here}/acknowledge", data=once()).status_code == 303

    after = applicant.get(f"/disputes/{dispute.id}").text
    assert asked not in after
    assert "阅读了诉讼风险提示书" in after
    assert officer.post(f"{here}/acknowledge", data=once()).status_code == 403


def test_a_party_objects(applicant: TestClient, officer: TestClient, delegated: Dispute) -> None:
    applicant.post(f"/disputes/{delegated.id}/object", data={"text": "我要直接起诉"} | once())
    assert "我要直接起诉" in officer.get(f"/triage/{delegated.id}").text
    assert "有异议" in officer.get("/triage?which=inviting").text


# invitation


def test_the_invitation_is_readable_without_an_account(
    client: TestClient, site: Site, delegated: Dispute
) -> None:
    page = client.get(token(site)).text
    assert "不必须" in page
    assert "返还借款本金" in page
    assert "2025年借款，至今未还" not in page  # the story waits for the login
    assert "11010519491231002X" not in page
    assert "/register?next=/i/" in page
    with site.db.reading() as s:
        assert s.exec(select(Invitation)).one().opened_at is not None


def test_the_short_code_of_the_paper_leads_to_it(client: TestClient, site: Site, delegated: Dispute) -> None:
    with site.db.reading() as s:
        code = s.exec(select(Invitation.code)).one()
    typed = f" {code[:4].upper()} {code[4:]} "
    assert client.post("/i", data={"code": typed} | once()).headers["location"] == f"/i/{code}"
    assert client.post("/i", data={"code": "22222222"} | once()).status_code == 422
    assert client.get("/i/22222222").status_code == 404


def test_codes_cannot_be_tried_in_a_row(client: TestClient) -> None:
    answers = [client.get(f"/i/2222222{n}").status_code for n in range(25)]
    assert answers[-1] == 429


def test_the_wrong_person_is_told_clearly_and_the_right_one_comes_in(
    made: Made, client_for: CLIENT, site: Site, delegated: Dispute
) -> None:
    link = token(site)
    wrong = client_for(made(lambda make: make.account("赵六")))
    answer = wrong.post(f"{link}/claim", data=once())
    assert answer.status_code == 422
    assert "12368" in answer.text
    assert wrong.get(f"/disputes/{delegated.id}").status_code == 404

    right = client_for(made(lambda make: make.account("李四")))
    assert right.get(f"/disputes/{delegated.id}").status_code == 404
    came = right.post(f"{link}/claim", data=once())
    assert came.headers["location"] == f"/disputes/{delegated.id}/consent"
    assert right.get(came.headers["location"]).status_code == 200
    assert right.get(link).status_code == 303


def test_a_new_invitation_ends_the_old_one(
    officer: TestClient, client: TestClient, site: Site, delegated: Dispute
) -> None:
    old = token(site)
    assert officer.post(f"/triage/{delegated.id}/invite", data=once()).status_code == 303
    assert "已经过期或者已被新的邀请代替" in client.get(old).text


# consent


@pytest.fixture
def respondent(made: Made, client_for: CLIENT, site: Site, delegated: Dispute) -> TestClient:
    account = made(lambda make: make.account("李四"))
    client = client_for(account)
    client.post(f"{token(site)}/claim", data=once())
    return client


def test_both_sides_consent_and_the_choice_begins(
    applicant: TestClient, respondent: TestClient, site: Site, delegated: Dispute
) -> None:
    page = respondent.get(f"/disputes/{delegated.id}/consent").text
    assert "checked" not in page  # default off
    form = {"agrees": ["mediation", "video"]} | once()
    assert respondent.post(f"/disputes/{delegated.id}/consent", data=form).status_code == 303
    with site.db.reading() as s:
        case = s.exec(select(MediationCase)).one()
    assert (stage(site, delegated), case.stage) == (DisputeStage.IN_MEDIATION, CaseStage.CHOOSING)
    for client in (applicant, respondent):
        assert f"/cases/{case.id}/choose" in client.get(f"/disputes/{delegated.id}").text


def test_refusing_says_what_remains_possible(
    applicant: TestClient, respondent: TestClient, site: Site, delegated: Dispute
) -> None:
    path = f"/disputes/{delegated.id}/refuse"
    assert respondent.post(path, data=once()).status_code == 422
    assert respondent.post(path, data={"reason": "sue"} | once()).status_code == 303
    assert stage(site, delegated) is DisputeStage.REFUSED
    page = applicant.get(f"/disputes/{delegated.id}").text
    assert "还可以怎样做" in page
    assert "向法院起诉" in page


def test_the_respondent_answers_in_words(
    applicant: TestClient, respondent: TestClient, delegated: Dispute
) -> None:
    form = {"text": "钱已经还了。<b>"} | once()
    assert respondent.post(f"/disputes/{delegated.id}/statement", data=form).status_code == 303
    assert "钱已经还了。&lt;b&gt;" in applicant.get(f"/disputes/{delegated.id}/evidence").text


def test_the_respondent_confirms_where_papers_go(
    respondent: TestClient, applicant: TestClient, site: Site, delegated: Dispute
) -> None:
    path = f"/disputes/{delegated.id}/address"
    assert respondent.post(path, data={"phone": "13800000002"} | once()).status_code == 422
    form = {"address": "深圳市某路2号", "phone": "13800000002", "e_service": "1"}
    assert respondent.post(path, data=form | once()).status_code == 303
    assert 'value="深圳市某路2号"' in respondent.get(path).text
    with site.db.reading() as s:
        papers = s.exec(select(Document.side).where(Document.kind == "service_address")).all()
        electronic = s.exec(select(Consent.step).join(Party).where(Party.side == Side.RESPONDENT)).all()
    assert sorted(papers) == ["applicant", "respondent"]
    assert electronic == [Step.E_SERVICE]
    assert "深圳市某路2号" not in applicant.get(f"/disputes/{delegated.id}").text


# who sees what


def test_strangers_find_nothing(made: Made, client_for: CLIENT, delegated: Dispute) -> None:
    other = client_for(made(lambda make: make.account("外人")))
    paths = ("", "/consent", "/refuse", "/evidence")
    assert {other.get(f"/disputes/{delegated.id}{path}").status_code for path in paths} == {404}
    assert other.get(f"/triage/{delegated.id}").status_code == 404
    assert other.get("/triage").status_code == 403


def test_a_draft_is_not_even_there_for_the_officer(
    made: Made, officer: TestClient, client_for: CLIENT, site: Site
) -> None:
    def draft(make: Make) -> tuple[str, str]:
        by = make.actor(make.account("张三"))
        dispute = intake.begin(make.s, make.court().id, cause="", by=by, at=make.at)
        return dispute.id, make.evidence(dispute, "sha256:" + "a" * 64, 3).id

    dispute, shown = made(draft)
    paths = (
        f"/disputes/{dispute}",
        f"/disputes/{dispute}/evidence",
        f"/triage/{dispute}",
        f"/evidence/{shown}/file",
    )
    assert [officer.get(path).status_code for path in paths] == [404] * 4


def test_another_courts_officer_finds_nothing(made: Made, client_for: CLIENT, delegated: Dispute) -> None:
    def foreign(make: Make) -> Account:
        account = make.account("外院")
        make.grant(account, Role.TRIAGE, court=make.court("吉7502", "和龙林区基层法院"))
        return account

    other = client_for(made(foreign))
    assert other.get(f"/triage/{delegated.id}").status_code == 404
    assert delegated.number not in other.get("/triage").text


def test_a_party_sees_who_looked(
    officer: TestClient, applicant: TestClient, site: Site, delegated: Dispute
) -> None:
    officer.get(f"/triage/{delegated.id}")
    officer.get(f"/triage/{delegated.id}")
    applicant.get(f"/disputes/{delegated.id}")
    page = applicant.get(f"/disputes/{delegated.id}").text
    assert "程序分流员 陈分流" in page
    with site.db.reading() as s:
        assert len(timeline.looks(s, delegated.id)) == 1


def test_the_other_sides_numbers_stay_hidden(respondent: TestClient, site: Site, delegated: Dispute) -> None:
    page = respondent.get(f"/disputes/{delegated.id}").text
    assert "张三" in page
    assert "13800000001" not in page
    assert "002X" not in page


def test_the_way_in_is_shown_until_the_respondent_has_come(
    applicant: TestClient, made: Made, client_for: CLIENT, site: Site, delegated: Dispute
) -> None:
    assert "请对方进入" in applicant.get(f"/disputes/{delegated.id}").text
    client = client_for(made(lambda make: make.account("李四")))
    client.post(f"{token(site)}/claim", data=once())
    assert "请对方进入" not in applicant.get(f"/disputes/{delegated.id}").text


def test_an_invitation_is_kept_as_a_hash_only(site: Site, delegated: Dispute) -> None:
    with site.db.reading() as s:
        row = s.exec(select(Invitation)).one()
        party = s.exec(select(Party).where(Party.side == Side.RESPONDENT)).one()
    assert row.party_id == party.id
    assert row.token_hash == invitations.token_hash(token(site).removeprefix("/i/"))
