"""The file of a matter: what was shown, who mediates, what was performed, and a cover with an index."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from odr.actions import mediation, mediators
from odr.errors import NotFound
from odr.papers import facts_of
from odr.queries import papers as readers
from odr.rules.words import EndReason, Role, Side
from odr.tables.records import Document
from odr.tables.roster import Organisation
from tests.make import moment

AT = moment("2026-03-02 10:00")
DIGEST = "sha256:" + "ab" * 32


@pytest.fixture
def matter(s, make):
    mediator = make.mediator()
    case = make.offered(mediator)
    make.evidence(make.dispute_of(case), DIGEST, 1000)
    mediators.accept(s, case.id, by=make.person(mediator), at=AT, disclosure="", promised=True)
    return case, make.person(mediator)


def issued(s, kind):
    return s.exec(
        select(Document).where(Document.kind == kind).order_by(Document.frozen_at, Document.id)
    ).all()


def end(s, matter):
    case, host = matter
    return mediation.end(s, case.id, by=host, at=AT, reason=EndReason.UNWILLING)


def test_both_sides_are_told_who_mediates_and_how_it_came(s, matter):
    (notice,) = issued(s, "appointment")

    facts = facts_of(notice)

    assert notice.title == "选定调解员通知书"
    assert facts.mediator == "李调解"
    assert len(facts.addressees) == 2


def test_a_second_mediator_is_announced_as_a_replacement_of_the_first(s, make, matter):
    case, _ = matter
    mediators.replace(
        s, case.id, by=make.side(make.dispute_of(case), Side.APPLICANT), at=AT, reason="有亲属关系"
    )
    other = make.mediator("王调解", s.get_one(Organisation, case.org_id))
    mediators.appoint(s, case.id, by=make.staff(Role.TRIAGE), at=AT, mediator_id=other.id, reason="熟悉行业")

    mediators.accept(
        s, case.id, by=make.person(other), at=AT + timedelta(hours=1), disclosure="", promised=True
    )

    facts = facts_of(issued(s, "appointment")[-1])
    assert (facts.manner, facts.mediator, facts.former) == ("更换", "王调解", "李调解")


def test_the_evidence_list_names_each_file_and_is_made_anew_only_when_something_changed(s, make, matter):
    case, host = matter
    end(s, matter)

    mediation.hand_over(s, case.id, by=host, at=AT)

    (listed,) = issued(s, "evidence_list")
    assert [item.digest for item in facts_of(listed).items] == [DIGEST]


def test_the_index_of_the_file_lists_the_papers_and_only_the_office_reads_it(s, make, matter):
    case, host = matter
    end(s, matter)

    mediation.hand_over(s, case.id, by=host, at=AT)

    (cover,) = issued(s, "case_file")
    titles = [entry.title for entry in facts_of(cover).entries]
    assert "终止调解暨移送函" in titles
    assert "调解员承诺与披露书" in titles
    assert readers.readable(s, cover.id, make.staff(Role.TRIAGE)) is cover
    with pytest.raises(NotFound):
        readers.readable(s, cover.id, make.side(make.dispute_of(case), Side.APPLICANT))
