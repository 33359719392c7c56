"""When a paper counts as served: arrival where the recipient said, knowledge elsewhere, the earliest of several."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from odr import deadlines, demo
from odr.actions import service
from odr.errors import BadInput, Conflict, WrongStage
from odr.rules.access import MACHINE
from odr.rules.receipt import Way, served_at
from odr.rules.words import Role
from odr.tables.agreements import Service
from odr.tables.disputes import Party
from tests.make import Make, day, moment, served

AT = moment("2026-03-02 09:00")
INSTANTS = st.none() | st.datetimes(AT.replace(tzinfo=None)).map(lambda at: at.replace(tzinfo=AT.tzinfo))
WAYS = st.lists(st.builds(Way, confirmed=st.booleans(), arrived_at=INSTANTS, known_at=INSTANTS), max_size=5)


def test_arrival_at_a_confirmed_address_is_service():
    assert served_at([Way(confirmed=True, arrived_at=AT)]) == AT


def test_arrival_elsewhere_is_none_until_the_recipient_shows_they_know():
    later = moment("2026-03-05 09:00")

    assert served_at([Way(confirmed=False, arrived_at=AT)]) is None
    assert served_at([Way(confirmed=False, arrived_at=AT, known_at=later)]) == later


@given(WAYS, WAYS)
def test_another_way_never_makes_service_later(ways: list[Way], more: list[Way]):
    alone, both = served_at(ways), served_at(ways + more)

    assert alone is None or (both is not None and both <= alone)


@pytest.fixture
def posted(s: Session, make: Make) -> tuple[Service, object]:
    """A confirming ruling on its way by post to a party who does not take papers online."""
    cast = demo.people(s, AT)
    row, judge, then = demo.in_review(s, cast, AT)
    for party in s.exec(select(Party)).all():
        party.e_service = False
        s.add(party)
    ruling = demo.confirmed(s, row, judge, then)
    with pytest.raises(WrongStage):  # not sealed yet
        service.serve(s, ruling.document_id, by=MACHINE, at=then)
    return served(s, ruling.document_id, at=then)[0], then


def test_the_periods_of_a_posted_ruling_run_from_the_day_it_was_signed_for(s: Session, make: Make, posted):
    row, then = posted
    clerk = make.staff(Role.CLERK)
    service.send_paper(s, row.document_id, row.id, by=clerk, at=then)
    assert deadlines.running(s, f"service:{row.id}") == []

    signed = then.date()
    service.receive_paper(s, row.document_id, row.id, by=clerk, at=then, on=signed)

    (clock,) = deadlines.running(s, f"service:{row.id}")
    assert (clock.rule, clock.explanation["since"][:10]) == ("T-JC-OBJ-P", signed.isoformat())
    with pytest.raises(Conflict):
        service.receive_paper(s, row.document_id, row.id, by=clerk, at=then, on=signed)


@pytest.mark.parametrize("on", [day("2020-01-01"), day("2099-01-01")])
def test_nothing_is_signed_for_before_it_was_posted_or_tomorrow(s: Session, make: Make, posted, on: date):
    row, then = posted
    clerk = make.staff(Role.CLERK)
    service.send_paper(s, row.document_id, row.id, by=clerk, at=then)

    with pytest.raises(BadInput):
        service.receive_paper(s, row.document_id, row.id, by=clerk, at=then, on=on)


def test_what_was_never_posted_was_not_signed_for(s: Session, make: Make, posted):
    row, then = posted

    with pytest.raises(Conflict):
        service.receive_paper(s, row.document_id, row.id, by=make.staff(Role.CLERK), at=then, on=then.date())
