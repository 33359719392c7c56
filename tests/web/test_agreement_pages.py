"""The pages of an agreement: reading, signing with one's own code, performing, rating, complaining."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Page
from sqlmodel import select
from starlette.testclient import TestClient

from odr import clock, demo, papers
from odr.rules.moves import AgreementStage, CaseStage, PerformanceStage
from odr.rules.words import Role, Zone
from odr.tables.agreements import Agreement, Complaint, Obligation, Rating, Signature
from odr.tables.disputes import Evidence, Party
from odr.tables.mediations import MediationCase
from odr.tables.people import Login
from tests.documents.samples import SIGNED
from tests.web import worlds
from tests.web.worlds import code_from_message, send
from web.logins import FRESH

NOW = clock.now()
PHONES = {"applicant": "13900000001", "respondent": "13900000002", "host": "13800000011"}
INK = "data:image/png;base64," + SIGNED[0].image


@dataclass(frozen=True, slots=True)
class World:
    applicant: str
    respondent: str
    stranger: str
    host: str
    other_judge: str
    signing: str
    effective: str
    case: str


def build(s) -> World:
    cast = demo.people(s, NOW - timedelta(days=90))
    signing, *_ = demo.agreed(s, cast, NOW - timedelta(days=2, hours=1))
    effective, _ = demo.effective(s, cast, NOW - timedelta(days=6))
    return World(
        applicant=cast.parties[0].account_id,
        respondent=cast.parties[1].account_id,
        stranger=cast.parties[2].account_id,
        host=cast.mediators[0].account_id,
        other_judge=cast.staff[Role.JUDGE].account_id,
        signing=signing.id,
        effective=effective.id,
        case=effective.case_id,
    )


empty_database, world = worlds.shared(build)


def ceremony(client: TestClient, site, agreement: str, phone: str) -> dict[str, str]:
    """The signing page after a code was asked for: what its form holds, with the code filled in."""
    asked = send(client, f"/agreements/{agreement}/sign-code")
    page = client.get(asked.headers["location"].split("#")[0]).text
    hidden = dict(
        re.findall(r'<input type="hidden" name="(shown_hash|page|reached|code_id)" value="([^"]*)">', page)
    )
    return hidden | {
        "method": "typed",
        "typed": "签名人",
        "read_to_end": "1",
        "code": code_from_message(site, phone),
    }


# reading


def test_a_stranger_sees_no_agreement(client_for, world):
    stranger = client_for(world.stranger)
    paths = ("", "/sign", "/performance", "/apply")

    assert {stranger.get(f"/agreements/{world.effective}{path}").status_code for path in paths} == {404}


def test_a_judge_who_was_not_drawn_sees_no_agreement(client_for, world):
    assert client_for(world.other_judge).get(f"/agreements/{world.effective}").status_code in (403, 404)


def test_the_paper_is_read_in_the_page_with_who_signed(client_for, world):
    page = client_for(world.applicant).get(f"/agreements/{world.effective}").text

    assert "人民币壹万贰仟元整" in page
    assert page.count("验证码记录") == 3  # both parties and the mediator
    assert f"/agreements/{world.effective}/apply" in page


def test_the_sealed_file_is_offered_only_when_it_is_there(client_for, world, site, row):
    page = f"/agreements/{world.effective}"
    applicant = client_for(world.applicant)
    document = row(Agreement, world.effective).document_id

    before = applicant.get(page).text
    digest = site.vault.keep(b"%PDF-1.7 sealed")
    with site.db.transaction() as s:
        papers.publish(s, document, digest=digest, size=15, at=NOW)

    assert f"/documents/{document}/pdf" not in before
    assert f"/documents/{document}/pdf" in applicant.get(page).text


# signing


def test_both_sign_then_the_mediator(client_for, world, site, row, rows):
    here = f"/agreements/{world.signing}"
    for who in ("applicant", "respondent"):
        client = client_for(getattr(world, who))
        assert (
            send(client, f"{here}/sign", **ceremony(client, site, world.signing, PHONES[who])).status_code
            == 303
        )
    between = row(Agreement, world.signing)
    host = client_for(world.host)
    send(host, f"{here}/countersign", **ceremony(host, site, world.signing, PHONES["host"]))

    assert (between.stage, between.document_id) == (AgreementStage.EFFECTIVE, None)
    assert row(Agreement, world.signing).document_id
    signatures = rows(select(Signature).where(Signature.agreement_id == world.signing))
    assert {one.shown_hash for one in signatures} == {between.shown_hash}


def test_a_drawn_signature_is_kept_as_it_was_drawn(client_for, world, site, rows):
    applicant = client_for(world.applicant)
    form = ceremony(applicant, site, world.signing, PHONES["applicant"])

    send(applicant, f"/agreements/{world.signing}/sign", **(form | {"method": "drawn", "image": INK}))

    (signature,) = rows(select(Signature).where(Signature.agreement_id == world.signing))
    assert signature.method == "drawn"
    assert INK.endswith(signature.image)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": "000000"}, "code"),
        ({"code": ""}, "code"),
        ({"read_to_end": ""}, "read_to_end"),
        ({"typed": ""}, "typed"),
        ({"method": "drawn", "image": ""}, "typed"),
        ({"method": "drawn", "image": "data:image/png;base64,AAAA"}, "typed"),
    ],
)
def test_a_signature_that_lacks_something_comes_back(client_for, world, site, wrong, field):
    applicant = client_for(world.applicant)
    form = ceremony(applicant, site, world.signing, PHONES["applicant"]) | wrong

    answer = send(applicant, f"/agreements/{world.signing}/sign", **form)

    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert f'name="code_id" value="{form["code_id"]}"' in answer.text


def test_what_was_drawn_stays_when_the_code_was_wrong(client_for, world, site):
    applicant = client_for(world.applicant)
    form = ceremony(applicant, site, world.signing, PHONES["applicant"])
    wrong = form | {"method": "drawn", "image": INK, "code": "000000"}

    answer = send(applicant, f"/agreements/{world.signing}/sign", **wrong)

    assert f'name="image" value="{INK}"' in answer.text


def stale(site, account: str) -> None:
    """The proof of identity has grown old."""
    with site.db.transaction() as s:
        for login in s.exec(select(Login).where(Login.account_id == account)):
            login.proved_at = NOW - FRESH - timedelta(minutes=1)
            s.add(login)


def test_a_code_is_sent_only_to_somebody_just_proven(client_for, world, site):
    applicant = client_for(world.applicant)
    stale(site, world.applicant)

    answer = send(applicant, f"/agreements/{world.signing}/sign-code")

    assert answer.headers["location"].startswith("/prove")


def test_a_proof_gone_stale_costs_nothing_of_what_was_filled_in(client_for, world, site, rows):
    applicant = client_for(world.applicant)
    form = ceremony(applicant, site, world.signing, PHONES["applicant"]) | {"method": "drawn", "image": INK}
    stale(site, world.applicant)

    answer = send(applicant, f"/agreements/{world.signing}/sign", **form)

    assert answer.status_code == 422
    assert 'id="proof"' in answer.text
    assert f'name="image" value="{INK}"' in answer.text
    assert rows(select(Signature).where(Signature.agreement_id == world.signing)) == []


def test_nobody_is_asked_to_sign_twice(client_for, world, site):
    applicant = client_for(world.applicant)
    send(
        applicant,
        f"/agreements/{world.signing}/sign",
        **ceremony(applicant, site, world.signing, PHONES["applicant"]),
    )

    page = applicant.get(f"/agreements/{world.signing}/sign").text

    assert "您已经签名" in page
    assert "sign-code" not in page


def test_an_agreement_in_effect_is_signed_by_nobody(client_for, world):
    page = client_for(world.applicant).get(f"/agreements/{world.effective}/sign").text

    assert "sign-code" not in page


def test_refusing_ends_the_mediation_and_says_what_is_left(client_for, world, row):
    respondent = client_for(world.respondent)

    send(respondent, f"/agreements/{world.signing}/refuse")

    agreement = row(Agreement, world.signing)
    assert agreement.stage is AgreementStage.REFUSED
    assert row(MediationCase, agreement.case_id).stage is CaseStage.ENDED
    assert "未签成" in respondent.get(f"/agreements/{world.signing}").text


def draw_with_a_finger(page: Page, box: dict[str, float]) -> None:
    """A zigzag from left to right, as the browser's own touch events."""
    device = page.context.new_cdp_session(page)
    path = [(box["x"] + 20 + step * 15, box["y"] + 40 + (step % 3) * 30) for step in range(14)]
    for kind, points in (
        ("touchStart", path[:1]),
        *(("touchMove", [one]) for one in path[1:]),
        ("touchEnd", []),
    ):
        touches = [{"x": x, "y": y} for x, y in points]
        device.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})


def test_a_signature_is_drawn_with_a_finger(page_for, world, site, rows, axe):
    page: Page = page_for(world.applicant, width=360, has_touch=True, is_mobile=True, device_scale_factor=2)
    page.goto(f"/agreements/{world.signing}/sign")
    page.get_by_role("button", name="读完了，获取验证码").click()
    axe(page)
    box = page.locator("canvas.ink")
    box.scroll_into_view_if_needed()
    draw_with_a_finger(page, box.bounding_box())
    page.get_by_label("我已从头到尾阅读协议全文").check()
    page.get_by_label("验证码").fill(code_from_message(site, PHONES["applicant"]))
    page.get_by_role("button", name="确认签名").click()

    page.get_by_text("您已签名，等待其他人签名").wait_for()
    (signature,) = rows(select(Signature).where(Signature.agreement_id == world.signing))
    assert signature.method == "drawn"
    assert len(signature.image) > 1000


# afterwards


def test_performed_on_the_spot_is_recorded(client_for, world, row):
    send(client_for(world.applicant), f"/agreements/{world.effective}/on-spot")

    assert row(Agreement, world.effective).stage is AgreementStage.PERFORMED


@pytest.fixture
def owed(rows, world) -> str:
    return rows(select(Obligation.id).where(Obligation.agreement_id == world.effective))[0]


@pytest.fixture
def proof(site, world) -> str:
    """A receipt that the respondent has put on record."""
    digest = site.vault.keep(b"%PDF-1.7 receipt")
    with site.db.transaction() as s:
        case = s.get_one(MediationCase, world.case)
        party = s.exec(
            select(Party).where(Party.dispute_id == case.dispute_id, Party.account_id == world.respondent)
        ).one()
        receipt = Evidence(
            dispute_id=case.dispute_id,
            party_id=party.id,
            zone=Zone.RECORD,
            title="转账回单",
            file_name="回单.pdf",
            media_type="application/pdf",
            size=16,
            digest=digest,
            added_at=NOW,
        )
        s.add(receipt)
        return receipt.id


def test_the_debtor_shows_proof_and_the_creditor_confirms(client_for, world, row, owed, proof):
    debtor, creditor = client_for(world.respondent), client_for(world.applicant)
    page = f"/agreements/{world.effective}/performance"
    offered = debtor.get(page).text

    send(debtor, f"/obligations/{owed}/claim", proof_id=proof)
    shown = creditor.get(page).text
    send(creditor, f"/obligations/{owed}/acknowledge")

    assert "转账回单" in offered
    assert f"/evidence/{proof}/file" in shown
    assert row(Obligation, owed).stage is PerformanceStage.PERFORMED


def test_only_the_debtor_can_say_it_is_done(client_for, world, owed):
    assert send(client_for(world.applicant), f"/obligations/{owed}/claim").status_code == 403


def test_the_mediator_reminds(client_for, world, row, owed):
    send(client_for(world.host), f"/obligations/{owed}/urge")

    assert row(Obligation, owed).stage is PerformanceStage.OVERDUE


def test_each_side_rates_once(client_for, world, rows):
    applicant, path = client_for(world.applicant), f"/cases/{world.case}/rate"

    nothing = send(applicant, path, remark="很耐心")
    send(applicant, path, score="5", remark="很耐心")
    again = send(applicant, path, score="1")

    assert nothing.status_code == 422
    assert "很耐心" in nothing.text
    assert [(one.score, one.text) for one in rows(select(Rating))] == [(5, "很耐心")]
    assert again.status_code == 409
    assert "5 分" in applicant.get(path).text


def test_a_rating_waits_for_the_end(client_for, world, row):
    case = row(Agreement, world.signing).case_id
    applicant = client_for(world.applicant)

    assert "调解结束后可以评价" in applicant.get(f"/cases/{case}/rate").text
    assert send(applicant, f"/cases/{case}/rate", score="5").status_code == 403


def test_a_complaint_names_its_ground(client_for, world, rows):
    applicant, path = client_for(world.applicant), f"/cases/{world.case}/complain"

    refused = send(applicant, path, ground="", text="催得太急")
    send(applicant, path, ground="forced", text="催得太急")

    assert refused.status_code == 422
    assert "催得太急" in refused.text
    assert [one.ground for one in rows(select(Complaint))] == ["forced"]
