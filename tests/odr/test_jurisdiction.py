"""Which court confirms (CPL-205): the one that invited, one of three, or the intermediate court."""

from __future__ import annotations

import pytest

from odr.actions import confirmation
from odr.actions.confirmation import Where
from odr.errors import BadInput
from odr.papers import facts_of
from odr.rules import jurisdiction, pack
from odr.rules.jurisdiction import Basis
from odr.rules.moves import AgreementStage, CaseStage, DisputeStage
from odr.rules.words import Side, Track
from odr.tables.people import Court
from odr.tables.records import Document
from tests.make import moment
from tests.odr.test_court_papers import _facts

AT = moment("2026-03-02 10:00")
YUAN = 100


class Settled:
    """An agreement in force, of a matter that the parties brought to be mediated."""

    def __init__(self, s, make, *, track=Track.PARTY_APPLIED, amount_yuan=12_000):
        self.s = s
        self.dispute = make.dispute(DisputeStage.SETTLED, track=track, amount_fen=amount_yuan * YUAN)
        org = make.organisation(address="天府路1号")
        self.case = make.case(
            CaseStage.SETTLED, dispute=self.dispute, track=track, org_id=org.id, to=make.mediator(org=org)
        )
        self.agreement = make.agreement(
            AgreementStage.EFFECTIVE, case=self.case, facts=_facts(), effective_at=AT
        )
        self.sides = [make.side(self.dispute, side) for side in Side]

    def apply(self, where=None):
        return confirmation.apply(
            self.s, self.agreement.id, by=self.sides[0], at=AT, reasons="自愿", declared=True, where=where
        )

    def printed(self, row):
        confirmation.join(self.s, row.id, by=self.sides[1], at=AT, declared=True)
        return facts_of(self.s.get_one(Document, row.application_document_id)).jurisdiction


def test_JC_03_a_court_that_invited_the_mediation_confirms_it(s, make):
    settled = Settled(s, make, track=Track.PRE_FILING_DELEGATED, amount_yuan=900_000_000)

    row = settled.apply(Where(Basis.PARTY, "别处"))  # nothing to choose

    assert (row.basis, row.place) == (Basis.INVITED, "")
    assert settled.printed(row) == "本院邀请调解组织先行调解"


def test_JC_04_the_applicants_say_which_of_the_three_makes_this_court_competent(s, make):
    settled = Settled(s, make)
    for wrong in (Where(Basis.INVITED), Where(Basis.PARTY), Where(Basis.OBJECT)):  # not invited; no address
        with pytest.raises(BadInput):
            settled.apply(wrong)

    row = settled.apply(Where(Basis.OBJECT, "天河区体育西路1号"))

    assert settled.printed(row) == "标的物所在地（天河区体育西路1号）"


def test_JC_04_the_seat_of_the_organisation_is_known(s, make):
    assert Settled(s, make).apply().place == "天府路1号"


@pytest.mark.parametrize(
    ("yuan", "outside", "here"),
    [
        (499_999_999, False, True),
        (500_000_000, False, False),
        (99_999_999, True, True),
        (100_000_000, True, False),
    ],
)
def test_JC_04_what_belongs_to_the_intermediate_court_is_not_confirmed_here(s, make, yuan, outside, here):
    settled = Settled(s, make, amount_yuan=yuan)
    where = Where(Basis.ORGANISATION, "天府路1号", outside)

    if here:
        assert settled.apply(where).basis is Basis.ORGANISATION
        return
    with pytest.raises(BadInput):
        settled.apply(where)
    court = s.get_one(Court, settled.case.court_id)
    court.settings = court.settings | {"level": "intermediate"}
    assert settled.apply(where).basis is Basis.ORGANISATION


def test_JC_04_an_intermediate_court_confirms_nothing_smaller(s, make):
    settled = Settled(s, make)
    court = s.get_one(Court, settled.case.court_id)
    court.settings = {"level": "intermediate"}

    with pytest.raises(BadInput):
        settled.apply()


def test_where_a_court_names_no_figure_nothing_is_taken_from_the_basic_court():
    assert not jurisdiction.is_intermediate(10**15, outside=True, figures={"P-MID": None, "P-MID-OUT": None})
    assert set(jurisdiction.bases(Track.PARTY_APPLIED)) == set(Basis) - {Basis.INVITED}
    assert not pack.load().parameters["P-MID"].confirmed  # from memory: the court looks at it
