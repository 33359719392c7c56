"""The notice of what a lawsuit may bring: each side has one as soon as it is here, and says that it read it."""

from __future__ import annotations

import pytest
from sqlmodel import select

from odr.actions import intake, invitations, risks, triage
from odr.errors import Conflict, NotFound
from odr.papers import facts_of
from odr.queries import papers as reading
from odr.rules.words import Role, Side
from odr.tables.disputes import Invitation
from odr.tables.records import Document
from tests.odr.test_intake import AT, LATER, delegated, filed


def notices(s, dispute):
    query = select(Document).where(Document.dispute_id == dispute.id, Document.kind == "risk_notice")
    return s.exec(query.order_by(Document.frozen_at)).all()


@pytest.fixture
def dispute_and_party(s, make):
    return filed(s, make)


def test_F24_who_files_is_told_the_seventeen_risks_and_the_fee(s, dispute_and_party):
    dispute, party = dispute_and_party
    (notice,) = notices(s, dispute)

    facts = facts_of(notice)
    assert (facts.addressee, len(facts.risks)) == ("张三", 17)
    assert facts.costs[0].startswith("按请求金额10,000.00元计算，案件受理费为50.00元")
    assert "《诉讼费用交纳办法》第13条、第15条、第22条" in facts.law
    assert reading.readable(s, notice.id, party).id == notice.id


def test_F24_the_notice_speaks_of_no_outcome(s, dispute_and_party):
    (notice,) = notices(s, dispute_and_party[0])

    assert not any(word in str(notice.facts) for word in ("胜诉率", "可能性", "预计胜诉", "建议您起诉"))


def test_F24_who_was_invited_has_one_as_well_and_each_side_only_its_own(s, make):
    dispute, applicant, _case, _officer = delegated(s, make)
    code = s.exec(select(Invitation.code)).one()
    respondent = make.actor(make.account("李四"))

    invitations.claim(s, code, by=respondent, at=LATER)

    mine, theirs = notices(s, dispute)
    assert (mine.side, theirs.side) == (Side.APPLICANT, Side.RESPONDENT)
    assert reading.readable(s, theirs.id, respondent)
    with pytest.raises(NotFound):
        reading.readable(s, theirs.id, applicant)
    with pytest.raises(NotFound):
        risks.acknowledge(s, theirs.id, by=applicant, at=LATER)


def test_F24_a_party_says_once_that_it_has_read_it(s, make, dispute_and_party):
    dispute, party = dispute_and_party
    (notice,) = notices(s, dispute)
    assert reading.show(s, notice.id, party).to_acknowledge

    risks.acknowledge(s, notice.id, by=party, at=LATER)

    assert not reading.show(s, notice.id, party).to_acknowledge
    assert risks.read(s, notice)
    with pytest.raises(Conflict):
        risks.acknowledge(s, notice.id, by=party, at=LATER)


def test_F24_nothing_else_is_acknowledged_so(s, dispute_and_party):
    dispute, party = dispute_and_party
    query = select(Document).where(Document.dispute_id == dispute.id, Document.kind == "registration")

    with pytest.raises(NotFound):
        risks.acknowledge(s, s.exec(query).one().id, by=party, at=LATER)


def test_F24_handing_in_again_makes_no_second_notice(s, make, dispute_and_party):
    dispute, party = dispute_and_party
    officer = make.staff(Role.TRIAGE)
    triage.send_back(s, dispute.id, by=officer, at=AT, ground="incomplete", what="请写明利息。")

    intake.submit(s, dispute.id, by=party, at=LATER)

    assert len(notices(s, dispute)) == 1
