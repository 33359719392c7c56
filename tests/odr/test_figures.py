"""The headline figures, counted on a court small enough to count by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from odr import deadlines, journal
from odr.queries import figures as counting
from odr.queries import ledger
from odr.rules import periods
from odr.rules.access import MACHINE
from odr.rules.books import Books, Ref
from odr.rules.figures import BY_KEY, Count, Item
from odr.rules.moves import (
    AgreementStage,
    CaseStage,
    ConfirmationStage,
    DisputeStage,
    PerformanceStage,
    SittingStage,
)
from odr.rules.words import EndReason, Mode, Side
from odr.tables.agreements import Obligation, Rating
from odr.tables.confirmation import Enforcement
from odr.tables.disputes import Dispute
from odr.tables.mediations import MediationCase
from odr.tables.roster import Mediator
from tests.make import Make, day, moment

MARCH = periods.of("2026-03")
NOW = moment("2026-04-20 09:00")
AGREED = {"end_reason": EndReason.AGREEMENT, "ended_at": moment("2026-03-12 09:00")}
FAILED = {"end_reason": EndReason.UNWILLING, "ended_at": moment("2026-03-22 09:00")}


@pytest.fixture
def worker(make: Make) -> Mediator:
    return make.mediator()


@pytest.fixture
def court(s: Session, make: Make, worker: Mediator) -> str:
    """Four matters of March: one agreed by video, one failed and filed, one still open, one entered afterwards.

    Beside them a suit filed without mediation, and a matter of February that was settled in March.
    """
    agreed = _case(make, CaseStage.SETTLED, worker, consented_at=moment("2026-03-02 10:00"), **AGREED)
    failed = _case(make, CaseStage.HANDED_OVER, worker, **FAILED)
    _case(make, CaseStage.ACCEPTED, worker, consented_at=moment("2026-03-03 10:00"))
    _case(
        make,
        CaseStage.SETTLED,
        worker,
        on_spot=True,
        end_reason=EndReason.SETTLED,
        ended_at=moment("2026-03-02 16:00"),
    )
    make.at = moment("2026-02-10 09:00")
    _case(make, CaseStage.SETTLED, worker, consented_at=make.at, **AGREED)
    make.sitting(SittingStage.CLOSED, case=agreed, mode=Mode.SYNC, opened_at=moment("2026-03-11 09:00"))
    make.sitting(SittingStage.CLOSED, case=failed, mode=Mode.ONSITE, opened_at=moment("2026-03-11 09:00"))
    suit = make.dispute(DisputeStage.REGISTERED, filing_number="（2026）粤0106民初1号")
    for dispute_id, kind in ((suit.id, "dispute.registered"), (failed.dispute_id, "case.handed_over")):
        journal.append(
            s, suit.court_id, f"dispute:{dispute_id}", kind, by=MACHINE, at=moment("2026-03-23 09:00")
        )
    _rate(make, agreed, Side.APPLICANT, 5)
    _rate(make, agreed, Side.RESPONDENT, 2)
    return suit.court_id


def _case(make: Make, stage: CaseStage, worker: Mediator, **fields: Any) -> MediationCase:
    return make.case(stage, to=worker, **fields)


def _rate(make: Make, case: MediationCase, side: Side, score: int) -> None:
    party = make.party(make.s.get_one(Dispute, case.dispute_id), side)
    make._add(
        Rating(case_id=case.id, party_id=party.id, side=side, score=score, at=moment("2026-03-13 09:00"))
    )


def _books(s: Session, court: str) -> Books:
    return counting.books(s, court, MARCH, MARCH, now=NOW)


def _count(s: Session, court: str, key: str) -> Count:
    return BY_KEY[key].count(_books(s, court), MARCH)


@pytest.mark.parametrize(
    ("key", "above", "below", "left_out"),
    [
        ("participation", 2, 3, 1),
        (
            "led-out",
            3,
            4,
            1,
        ),  # three taken in; the suit and the failed one were filed, one of them twice here
        ("resolved-outside", 2, 4, 1),  # February's matter was solved in March
        ("success", 2, 3, 1),
        ("video", 1, 3, 1),
        ("good-applicant", 1, 1, 2),
        ("good-respondent", 0, 1, 2),
        ("load", 1, 1, 0),
        ("online-confirmation", 0, 0, 0),
        ("performance", 0, 0, 0),
    ],
)
def test_a_figure_has_exactly_this_numerator_and_denominator(s, court, key, above, below, left_out):
    count = _count(s, court, key)

    assert (count.above, count.below, len(count.left_out)) == (above, below, left_out)


def test_nothing_to_count_is_not_zero(s, court):
    assert _count(s, court, "performance").value is None


def test_days_run_from_acceptance_without_the_days_the_clock_waited(s, make, court, worker):
    case = _case(make, CaseStage.SETTLED, worker, accepted_at=moment("2026-03-02 09:00"), **AGREED)
    clock = deadlines.start(
        s, "T-MED", court_id=court, subject=f"case:{case.id}", since=make.at, track=case.track
    )
    pause = [moment("2026-03-04 09:00").isoformat(), moment("2026-03-07 09:00").isoformat()]
    clock.explanation = clock.explanation | {"paused": [pause]}
    s.add(clock)

    count = _count(s, court, "mediation-days")

    assert next(item.above for item in count.items if item.ref.id == case.id) == 7


def test_a_matter_past_its_period_is_overdue(s, make, court, worker):
    for stage, ended in ((CaseStage.ACCEPTED, None), (CaseStage.SETTLED, moment("2026-03-20 09:00"))):
        case = _case(make, stage, worker, accepted_at=moment("2026-02-10 09:00"), ended_at=ended)
        deadlines.start(
            s, "T-MED", court_id=court, subject=f"case:{case.id}", since=make.at, track=case.track
        )
    late = _case(make, CaseStage.ACCEPTED, worker, accepted_at=moment("2026-03-30 09:00"))
    deadlines.start(
        s,
        "T-MED",
        court_id=court,
        subject=f"case:{late.id}",
        since=moment("2026-03-30 09:00"),
        track=late.track,
    )

    count = _count(s, court, "overdue")

    assert (count.above, count.below) == (2, 3)


def test_performance_counts_what_fell_due_and_leaves_out_what_was_done_on_the_spot(s, make, court, worker):
    for stage, on_spot in (
        (PerformanceStage.PERFORMED, False),
        (PerformanceStage.OVERDUE, False),
        (PerformanceStage.PERFORMED, True),
    ):
        case = _case(make, CaseStage.SETTLED, worker, on_spot=on_spot, **AGREED)
        agreement = make.agreement(AgreementStage.EFFECTIVE, case=case)
        make._add(
            Obligation(
                agreement_id=agreement.id,
                stage=stage,
                debtor=Side.RESPONDENT,
                text="支付",
                due_on=day("2026-03-30"),
            )
        )

    count = _count(s, court, "performance")

    assert (count.above, count.below, len(count.left_out)) == (1, 2, 1)


def test_confirmation_counts_online_applications_and_the_days_of_review(s, make, court, worker):
    case = _case(make, CaseStage.SETTLED, worker, **AGREED)
    both = {party.id: {"account": "a", "at": "2026-03-14"} for party in make.parties(case)}
    make.confirmation(
        ConfirmationStage.CONFIRMED,
        agreement=make.agreement(AgreementStage.APPLIED, case=case),
        applied=both,
        submitted_at=moment("2026-03-14 09:00"),
        accepted_at=moment("2026-03-16 09:00"),
        decided_at=moment("2026-03-21 21:00"),
    )

    assert (_count(s, court, "online-confirmation").above, _count(s, court, "review-days").value) == (1, 5.5)


def test_another_courts_matters_do_not_count(s, make, court):
    elsewhere = make.court("吉7502", "延边铁路运输法院")

    assert counting.books(s, elsewhere.id, MARCH, MARCH, now=NOW).matters == ()


def test_a_median_is_not_moved_by_one_long_case():
    count = Count(tuple(Item(Ref("case", str(n), ""), days) for n, days in enumerate((1, 2, 3, 4, 90))))

    assert (count.percentile(50), count.percentile(75), count.percentile(95), count.value) == (3, 4, 90, 20)


@pytest.mark.parametrize(
    ("key", "first", "after", "before"),
    [
        ("2026-01", "2026-01-01", "2026-02-01", "2025-12"),
        ("2026-Q1", "2026-01-01", "2026-04-01", "2025-Q4"),
        ("2026", "2026-01-01", "2027-01-01", "2025"),
    ],
)
def test_periods_follow_each_other(key, first, after, before):
    period = periods.of(key)

    assert (period.first, period.after, period.back(1).key) == (day(first), day(after), before)
    assert periods.around(day(first) + timedelta(days=20), period.kind) == period


@pytest.mark.parametrize("text", ["", "2026-13", "2026-Q5", "1999", "今年"])
def test_other_words_are_no_period(text):
    assert periods.of(text) is None


def test_what_was_counted_is_kept_until_the_journal_grows_or_the_day_ends(s, make):
    court, month = make.court(), MARCH
    at = moment("2026-03-10 09:00")
    journal.append(s, court.id, "dispute:1", "case.accepted", by=MACHINE, at=at)
    first = ledger.of(s, court.id, month.back(2), month, now=at)
    success = BY_KEY["success"]

    again = ledger.of(s, court.id, month.back(2), month, now=moment("2026-03-10 18:00"))
    tomorrow = ledger.of(s, court.id, month.back(2), month, now=moment("2026-03-11 09:00"))
    make.case(CaseStage.ENDED, ended_at=at, end_reason=EndReason.AGREEMENT)
    journal.append(s, court.id, "dispute:2", "case.settled", by=MACHINE, at=at)
    grown = ledger.of(s, court.id, month.back(2), month, now=at)

    assert again is first
    assert tomorrow is not first
    assert first.count(success, month).below == 0
    assert (grown.count(success, month).above, grown.count(success, month).below) == (1, 1)


def test_what_was_enforced_was_not_performed_of_free_will(s, make):
    month = MARCH
    owed = []
    for _ in range(2):
        row = make.confirmation(ConfirmationStage.CONFIRMED)
        one = Obligation(
            agreement_id=row.agreement_id,
            debtor=Side.RESPONDENT,
            text="付款",
            due_on=day("2026-03-05"),
            stage=PerformanceStage.PERFORMED,
        )
        s.add(one)
        s.flush()
        owed.append((row, one))
    row, one = owed[0]
    account = make.account().id
    s.add(
        Enforcement(
            agreement_id=row.agreement_id,
            confirmation_id=row.id,
            side=Side.APPLICANT,
            account_id=account,
            obligations=[one.id],
            applied_at=make.at,
        )
    )
    s.flush()

    found = counting.books(s, make.court().id, month, month, now=moment("2026-03-20 09:00"))
    count = BY_KEY["performance"].count(found, month)

    assert (count.above, count.below) == (1, 2)
