"""What makes a signature one: who, how known, what was shown, read to its end, when, from where (ESL-13, ESL-3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import col, select

from odr import demo, facts, signing_papers
from odr.actions import halts, paper_signing, signing
from odr.demo.steps import hand
from odr.errors import BadInput, Broken, Conflict, NotAllowed
from odr.papers import facts_of
from odr.rules.moves import AgreementStage, CaseStage
from odr.tables.agreements import Signature
from odr.tables.disputes import Dispute
from odr.tables.mediations import MediationCase
from odr.tables.records import Document
from tests.make import kept, moment

AT = moment("2026-03-02 10:00")
PAGE = "sha256:" + "7" * 64
SCAN = kept(5)


@pytest.fixture
def frozen(s):
    """(agreement, mediator, parties, when) with the words fixed and nobody having signed."""
    cast = demo.people(s, AT)
    agreement, host, then = demo.agreed(s, cast, AT)
    return agreement, host, cast.parties[:2], then + timedelta(minutes=5)


def shown(s, agreement, by, at):
    """What the signer's browser sends."""
    return replace(
        hand(s, agreement, by, at),
        page=PAGE,
        reached="seen",
        proved_at=at,
        address_hash="9f86d081884c7d65",
        agent="Firefox",
    )


def signed_by_all(s, frozen):
    agreement, host, parties, at = frozen
    for by in parties:
        signing.sign(s, agreement.id, by=by, at=at, hand=shown(s, agreement, by, at))
    signing.countersign(s, agreement.id, by=host, at=at, hand=shown(s, agreement, host, at))
    return agreement


def papers(s, kind):
    return [facts_of(row) for row in s.exec(select(Document).where(Document.kind == kind))]


def test_ESL_13_a_signature_keeps_who_how_known_what_was_shown_when_and_from_where(s, frozen):
    agreement, _host, (first, _), at = frozen

    signing.sign(s, agreement.id, by=first, at=at, hand=shown(s, agreement, first, at))

    row = s.exec(select(Signature)).one()
    assert (row.account_id, row.signed_at, row.address_hash, row.agent) == (
        first.account_id,
        at,
        "9f86d081884c7d65",
        "Firefox",
    )
    assert row.shown_hash == agreement.shown_hash
    assert row.proof["page"] == PAGE
    assert row.proof["reached"] == "seen"
    assert row.proof["proved_at"] == row.proof["code_asked_at"] == at.isoformat()


def test_ESL_13_the_certificate_of_signing_says_it_of_everybody(s, frozen):
    agreement = signed_by_all(s, frozen)

    (paper,) = papers(s, "signing_certificate")

    assert paper.text_digest == agreement.shown_hash
    assert [one.role for one in paper.signers] == ["申请人", "被申请人", "调解员"]
    assert all("一次性验证码" in one.known_by and "再次核验" in one.known_by for one in paper.signers)
    assert {one.shown for one in paper.signers} == {PAGE}
    assert "第二重验证" in paper.signers[2].known_by


def test_ESL_13_words_changed_behind_the_signers_cannot_be_signed(s, frozen):
    agreement, _host, (first, _), at = frozen
    sent = shown(s, agreement, first, at)
    agreement.facts = agreement.facts | {"brief": "另一段文字。"}
    s.add(agreement)
    s.flush()

    with pytest.raises(Broken):
        signing.sign(s, agreement.id, by=first, at=at, hand=sent)


def test_the_issued_paper_has_the_shown_words_with_numbers_masked_as_shown(s, frozen):
    agreement = signed_by_all(s, frozen)

    (paper,) = papers(s, "agreement")

    bare = replace(paper, signatures=(), effective_on=None, text_digest="")
    assert signing_papers.is_of(paper, agreement)
    assert facts.digest(bare) == agreement.shown_hash
    assert all(party.id_number.endswith("××××") for party in paper.parties if party.id_number)
    other = replace(
        paper, parties=tuple(replace(one, id_number="440106199001010011") for one in paper.parties)
    )
    assert not signing_papers.is_of(other, agreement)


@pytest.fixture
def divorce(s, frozen):
    """The same words, about a family matter."""
    agreement, host, parties, at = frozen
    agreement.on_paper = True
    case = s.get_one(MediationCase, agreement.case_id)
    dispute = s.get_one(Dispute, case.dispute_id)
    dispute.cause = "divorce"
    s.add_all([agreement, dispute])
    s.flush()
    return agreement, host, parties, at


def recorded(s, divorce, ticked=paper_signing.PROMISES):
    agreement, host, _parties, at = divorce
    return paper_signing.record(
        s,
        agreement.id,
        by=host,
        at=at,
        ticked=list(ticked),
        scan=SCAN,
    )


def test_ESL_3_family_status_is_not_signed_electronically(s, divorce):
    agreement, _host, (first, _), at = divorce

    with pytest.raises(Conflict):
        signing.sign(s, agreement.id, by=first, at=at, hand=shown(s, agreement, first, at))


def test_ESL_3_the_paper_signed_by_hand_takes_effect_with_its_scan(s, divorce):
    agreement = recorded(s, divorce)

    rows = s.exec(select(Signature).order_by(col(Signature.id))).all()
    (paper,) = papers(s, "agreement")
    assert agreement.stage is AgreementStage.EFFECTIVE
    assert {row.method for row in rows} == {"paper"}
    assert all(SCAN["digest"] in one.certificate[1] for one in paper.signatures)
    assert papers(s, "signing_certificate") == []


def test_ESL_3_a_scan_without_the_mediators_word_is_not_taken(s, divorce):
    with pytest.raises(BadInput):
        recorded(s, divorce, ticked=["compared"])


def test_an_agreement_about_money_does_not_take_the_paper_route(s, frozen):
    with pytest.raises(Conflict):
        recorded(s, frozen)


def test_nobody_signs_while_falsity_is_looked_into(s, frozen):
    agreement, host, (first, _), at = frozen
    sent = shown(s, agreement, first, at)
    halts.report(s, agreement.case_id, by=host, at=at, noticed=(), facts="可疑")

    with pytest.raises(Exception, match="wrong-stage"):
        signing.sign(s, agreement.id, by=first, at=at, hand=sent)
    assert s.get_one(MediationCase, agreement.case_id).stage is CaseStage.SUSPENDED


def test_CPL_62_before_the_paper_was_checked_an_agent_refuses_no_signature(s, make, frozen):
    agreement, _host, _parties, at = frozen
    party = make.parties(s.get_one(MediationCase, agreement.case_id))[0]

    with pytest.raises(NotAllowed):
        signing.refuse(s, agreement.id, by=make.agent(party), at=at)
    signing.refuse(s, agreement.id, by=make.agent(party, accepted=True), at=at)

    assert agreement.stage is AgreementStage.REFUSED


def test_who_leads_a_company_that_is_a_party_too_signs_on_paper_once(s, make, divorce):
    agreement = divorce[0]
    case = s.get_one(MediationCase, agreement.case_id)
    company = make.company_of(make.parties(case)[1])

    recorded(s, divorce)

    assert agreement.stage is AgreementStage.EFFECTIVE
    assert signing.by_party(signing.signatures(s, agreement))[company.id].name == "王芳、天河商贸有限公司"
