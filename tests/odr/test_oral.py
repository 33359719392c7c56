"""An oral agreement: written down by the mediator, said yes to by each party, on its paper (PML-28, SIM-23)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from odr import deadlines
from odr.actions import mediators, oral
from odr.errors import BadInput, Conflict, NotAllowed, WrongStage
from odr.papers import facts_of
from odr.rules.moves import CaseStage, DisputeStage
from odr.rules.words import EndReason, Side
from odr.tables.records import Document
from tests.make import moment

AT = moment("2026-03-02 10:00")


class Matter:
    def __init__(self, s, make):
        mediator = make.mediator()
        self.case = make.offered(mediator)
        self.host = make.person(mediator)
        self.dispute = make.dispute_of(self.case)
        self.sides = [make.side(self.dispute, side) for side in Side]
        mediators.accept(s, self.case.id, by=self.host, at=AT, disclosure="", promised=True)

    def recorded(self, s, **given):
        said = {"contents": ["被申请人当场支付运费500元；", "双方再无争议。"], "performed": True} | given
        return oral.record(s, self.case.id, by=self.host, at=AT, **said)

    def answered(self, s, who, *, agrees=True):
        return oral.answer(s, self.case.id, by=who, at=AT, agrees=agrees)


@pytest.fixture
def matter(s, make):
    return Matter(s, make)


def test_SIM_23_it_binds_with_the_last_partys_yes(s, matter):
    matter.recorded(s)
    first, last = matter.sides

    matter.answered(s, first)
    assert matter.case.stage is CaseStage.ACCEPTED
    row = matter.answered(s, last)

    facts = facts_of(s.get_one(Document, row.document_id))
    assert (matter.case.stage, matter.dispute.stage) == (CaseStage.SETTLED, DisputeStage.SETTLED)
    assert (matter.case.end_reason, matter.case.on_spot) == (EndReason.AGREEMENT, True)
    assert (facts.performance, len(facts.signatures)) == ("当场履行完毕", 2)
    assert deadlines.running(s, f"case:{matter.case.id}") == []


def test_PML_28_whoever_wants_it_in_writing_gets_it_in_writing(s, matter):
    matter.recorded(s)
    matter.answered(s, matter.sides[0])

    matter.answered(s, matter.sides[1], agrees=False)

    assert oral.current(s, matter.case.id) is None
    assert matter.case.stage is CaseStage.ACCEPTED
    with pytest.raises(WrongStage):
        matter.answered(s, matter.sides[1])


def test_what_is_not_done_at_once_has_a_day(s, matter):
    with pytest.raises(BadInput):
        matter.recorded(s, performed=False)
    with pytest.raises(BadInput):
        matter.recorded(s, performed=False, perform_by=AT.date() - timedelta(days=1))

    assert matter.recorded(s, performed=False, perform_by=moment("2026-04-01 00:00").date())


def test_nobody_answers_twice_and_nobody_for_another(s, matter):
    matter.recorded(s)
    matter.answered(s, matter.sides[0])

    with pytest.raises(Conflict):
        matter.answered(s, matter.sides[0])
    with pytest.raises(NotAllowed):
        matter.answered(s, matter.host)


def test_one_is_written_down_at_a_time(s, matter):
    matter.recorded(s)

    with pytest.raises(Conflict):
        matter.recorded(s)


def test_who_leads_a_company_that_is_a_party_too_says_yes_for_both(s, make, matter):
    make.company_of(make.parties(matter.case)[1])
    matter.recorded(s)

    for who in matter.sides:
        row = matter.answered(s, who)

    assert matter.case.stage is CaseStage.SETTLED
    assert len(facts_of(s.get_one(Document, row.document_id)).signatures) == 3
