"""After the ruling: parts, reminders, late interest, the enforcement bundle (JC-23, T-ENF, CPL-264)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pytest
from sqlmodel import select

from odr import clock, deadlines, demo
from odr.actions import enforcement, performance
from odr.errors import BadInput, Conflict, DeadlinePassed, NotAllowed, NotFound, WrongStage
from odr.papers import facts_of
from odr.rules import pack
from odr.rules.access import MACHINE
from odr.rules.moves import PerformanceStage
from odr.rules.words import Role, Side
from odr.tables.agreements import Obligation
from odr.tables.records import Document
from tests import conftest
from tests.make import moment
from tests.web import worlds

AT = moment("2026-03-02 09:00")


@dataclass(frozen=True, slots=True)
class World:
    cast: demo.Cast
    confirmed: str  # agreement
    bare: str  # agreement without confirmation
    due_on: date


def build(s) -> World:
    cast = demo.people(s, AT - timedelta(days=30))
    bare, _ = demo.effective(s, cast, AT - timedelta(days=5))
    row, judge, then = demo.in_review(s, cast, AT)
    demo.confirmed(s, row, judge, then)
    owed = s.exec(select(Obligation).where(Obligation.agreement_id == row.agreement_id)).one()
    return World(cast, row.agreement_id, bare.id, owed.due_on)


empty_database, world = worlds.shared(build)
db = conftest.db  # what it begins with is made on one engine


@pytest.fixture
def owed(s, world) -> Obligation:
    return s.exec(select(Obligation).where(Obligation.agreement_id == world.confirmed)).one()


def days_after(world: World, days: int) -> datetime:
    """Ten in the morning so many days after the last day of performance."""
    return clock.from_court(datetime.combine(world.due_on + timedelta(days=days), time(10)))


def creditor(world):
    return world.cast.parties[0]


def test_t_enf_runs_two_years_from_the_last_day_of_performance(s, world):
    running = deadlines.find(s, f"agreement:{world.confirmed}", "T-ENF")

    assert clock.court_date(running.since) == world.due_on
    assert running.due_at.year == world.due_on.year + 2


def test_a_part_received_leaves_the_rest_owed(s, world, owed):
    then = days_after(world, -1)

    with pytest.raises(NotAllowed):
        performance.acknowledge_part(s, owed.id, by=world.cast.parties[1], at=then, amount_fen=1)
    with pytest.raises(BadInput):
        performance.acknowledge_part(s, owed.id, by=creditor(world), at=then, amount_fen=owed.amount_fen)
    performance.acknowledge_part(s, owed.id, by=creditor(world), at=then, amount_fen=200_000)

    assert (owed.stage, enforcement.left(owed)) == (PerformanceStage.PARTIAL, 1_000_000)


def test_who_owes_is_reminded_seven_three_and_one_day_before_once_a_day(s, world, owed):
    told = [
        ahead
        for ahead in range(10)
        if owed.id in performance.due_soon(s, world.due_on - timedelta(days=ahead))
    ]

    performance.remind(s, owed.id, by=MACHINE, at=days_after(world, -3))

    assert told == [1, 3, 7]
    assert owed.stage is PerformanceStage.PENDING
    assert owed.id not in performance.due_soon(s, world.due_on - timedelta(days=3))


def test_cpl264_late_interest_is_counted_on_what_is_left(s, world, owed):
    performance.acknowledge_part(s, owed.id, by=creditor(world), at=days_after(world, 0), amount_fen=200_000)

    late = enforcement.late(owed, pack.figures(), on=world.due_on + timedelta(days=40))

    assert late.fen == 7000  # 10,000 yuan x 0.0175 % x 40 days
    assert "CPL-264" in late.articles


def test_jc23_the_creditor_gets_the_application_with_everything_due(s, world, owed):
    at = days_after(world, 40)

    with pytest.raises(Conflict):
        enforcement.apply(s, world.confirmed, by=world.cast.parties[1], at=at, breach="无")
    row = enforcement.apply(s, world.confirmed, by=creditor(world), at=at, breach="被申请人至今未付款。")

    facts = facts_of(s.get_one(Document, row.document_id))
    assert (row.owed_fen, row.interest_fen) == (1_200_000, 8400)
    assert owed.stage is PerformanceStage.ENFORCING
    assert facts.unpaid_fen == 1_200_000
    assert facts.apply_until == clock.court_date(
        deadlines.find(s, f"agreement:{world.confirmed}", "T-ENF").due_at
    )
    assert s.get_one(Document, row.document_id).side == Side.APPLICANT.value
    with pytest.raises(Conflict):
        enforcement.apply(s, world.confirmed, by=creditor(world), at=at, breach="再次申请")


def test_jc23_before_the_day_and_after_two_years_nothing_is_enforced(s, world):
    with pytest.raises(Conflict):
        enforcement.apply(s, world.confirmed, by=creditor(world), at=days_after(world, -1), breach="未付")
    with pytest.raises(DeadlinePassed):
        enforcement.apply(s, world.confirmed, by=creditor(world), at=days_after(world, 800), breach="未付")


def test_jc23_an_agreement_that_was_not_confirmed_is_a_contract_only(s, world):
    with pytest.raises(NotAllowed):
        enforcement.apply(s, world.bare, by=creditor(world), at=days_after(world, 40), breach="未付")


def test_what_was_enforced_is_noted_by_the_clerk_and_ends_the_clock(s, world, owed):
    at = days_after(world, 40)
    enforcement.apply(s, world.confirmed, by=creditor(world), at=at, breach="未付")

    with pytest.raises((NotAllowed, NotFound)):
        enforcement.end(s, world.confirmed, Side.APPLICANT, by=creditor(world), at=at)
    enforcement.end(s, world.confirmed, Side.APPLICANT, by=world.cast.staff[Role.CLERK], at=at)

    assert owed.stage is PerformanceStage.ENFORCED
    assert deadlines.find(s, f"agreement:{world.confirmed}", "T-ENF") is None
    with pytest.raises(WrongStage):
        performance.claim(s, owed.id, by=world.cast.parties[1], at=at)


def test_what_falls_due_later_is_applied_for_again_and_the_clock_runs_on(s, world, owed):
    clerk, first, second = world.cast.staff[Role.CLERK], days_after(world, 40), days_after(world, 100)
    later = Obligation(
        agreement_id=world.confirmed,
        text="第二期",
        due_on=world.due_on + timedelta(days=60),
        debtor=owed.debtor,
        amount_fen=500_000,
    )
    s.add(later)
    s.flush()
    enforcement.apply(s, world.confirmed, by=creditor(world), at=first, breach="未付")
    enforcement.end(s, world.confirmed, Side.APPLICANT, by=clerk, at=first)
    assert deadlines.find(s, f"agreement:{world.confirmed}", "T-ENF") is not None

    row = enforcement.apply(s, world.confirmed, by=creditor(world), at=second, breach="第二期也未付")
    enforcement.end(s, world.confirmed, Side.APPLICANT, by=clerk, at=second)

    assert row.obligations == [later.id]
    assert later.stage is PerformanceStage.ENFORCED
    assert deadlines.find(s, f"agreement:{world.confirmed}", "T-ENF") is None


@pytest.mark.parametrize("meanwhile", ["claimed", "partial"])
def test_what_was_claimed_or_paid_in_part_meanwhile_is_noted_as_enforced_too(s, world, owed, meanwhile):
    at = days_after(world, 40)
    enforcement.apply(s, world.confirmed, by=creditor(world), at=at, breach="未付")
    if meanwhile == "claimed":
        performance.claim(s, owed.id, by=world.cast.parties[1], at=at)
    else:
        performance.acknowledge_part(s, owed.id, by=creditor(world), at=at, amount_fen=100)
    assert owed.stage.value == meanwhile

    enforcement.end(s, world.confirmed, Side.APPLICANT, by=world.cast.staff[Role.CLERK], at=at)

    assert owed.stage is PerformanceStage.ENFORCED


def test_payment_after_the_application_still_counts(s, world, owed):
    at = days_after(world, 40)
    enforcement.apply(s, world.confirmed, by=creditor(world), at=at, breach="未付")

    performance.acknowledge(s, owed.id, by=creditor(world), at=at)

    assert owed.stage is PerformanceStage.PERFORMED
    assert deadlines.find(s, f"agreement:{world.confirmed}", "T-ENF") is None
