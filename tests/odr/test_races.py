"""Several people at the very same moment: each act happens once, and whoever was second is told so."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from sqlmodel import col, select

from odr import deadlines, demo, journal
from odr.actions import accounts, codes, confirmation, enforcement, judges, performance, rulings, signing
from odr.db import Database, lock
from odr.errors import WrongStage
from odr.rules.access import MACHINE
from odr.rules.moves import AgreementStage, CaseStage, ConfirmationStage
from odr.rules.words import Role, Side, Track
from odr.tables.agreements import Agreement, ConfirmationCase, Obligation, Ruling
from odr.tables.law import CalendarNotice
from odr.tables.mediations import MediationCase
from odr.tables.people import Court, Credential, Message, OneTimeCode
from odr.tables.records import Deadline, JournalEntry
from tests.make import Make, moment
from tests.odr.test_court_papers import Matter

AT = moment("2026-03-02 09:00")


def at_once(number: int, act: Callable[[int], None]) -> Counter[str]:
    """How each of them fared who did this at the same moment."""
    fared: Counter[str] = Counter()
    gate = threading.Barrier(number)

    def one(place: int) -> None:
        gate.wait()
        try:
            act(place)
            fared["done"] += 1
        except Exception as wrong:
            fared[type(wrong).__name__] += 1

    people = [threading.Thread(target=one, args=(place,)) for place in range(number)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    return fared


def test_everything_written_at_once_finds_its_place_in_the_journal(db: Database) -> None:
    with db.transaction() as s:
        court = Make(s).court().id

    def write(_place: int) -> None:
        with db.transaction() as s:
            journal.append(s, court, "dispute:1", "case.accepted", by=MACHINE, at=AT)

    assert at_once(8, write) == {"done": 8}

    with db.reading() as s:
        entries = s.exec(select(JournalEntry).order_by(col(JournalEntry.seq))).all()
    assert [entry.seq for entry in entries] == list(range(1, 9))
    assert [entry.prev for entry in entries] == [journal.GENESIS, *(entry.hash for entry in entries[:-1])]


def test_a_code_used_by_two_at_once_is_worth_one_act(db: Database) -> None:
    with db.transaction() as s:
        sent = codes.send_code(s, purpose="login", destination="13900001111", at=AT)
        code = s.exec(select(Message)).one().body[4:10]

    def use(_place: int) -> None:
        with db.transaction() as s:
            codes.use_code(s, sent.id, code, purpose="login", at=AT)

    assert at_once(6, use) == {"done": 1, "CodeWrong": 5}


def test_wrong_tries_at_once_are_all_counted(db: Database) -> None:
    with db.transaction() as s:
        sent = codes.send_code(s, purpose="login", destination="13900001111", at=AT)

    def miss(_place: int) -> None:
        with db.transaction() as s:
            codes.count_try(s, sent.id)

    assert at_once(6, miss) == {"done": 6}
    with db.reading() as s:
        assert s.get_one(OneTimeCode, sent.id).tries == 6


def test_a_time_based_code_shown_by_two_at_once_opens_once(db: Database) -> None:
    with db.transaction() as s:
        account = Make(s).account().id
        secret = accounts.offer_second_factor(s, account).secret
    shown = []

    def show(_place: int) -> None:
        with db.transaction() as s:
            code = pyotp.TOTP(secret).at(AT)
            shown.append(accounts.check_second_factor(s, account, code, at=AT))

    at_once(6, show)

    assert shown.count(True) == 1
    with db.reading() as s:
        assert s.exec(select(Credential)).one().last_counter == int(AT.timestamp()) // 30


def test_two_who_wait_for_each_other_are_parted_and_one_is_told(db: Database) -> None:
    with db.transaction() as s:
        ids = [Make(s).court(code).id for code in ("粤0106", "吉7502")]
    both = threading.Barrier(2)

    def cross(place: int) -> None:
        with db.transaction() as s:
            lock(s, Court, ids[place])
            if not db.embedded:
                both.wait(60)
            lock(s, Court, ids[1 - place])

    assert at_once(2, cross) == ({"done": 2} if db.embedded else {"done": 1, "Conflict": 1})


def test_the_last_two_signatures_at_once_bring_one_agreement_into_force(db: Database) -> None:
    with db.transaction() as s:
        cast = demo.people(s, AT - timedelta(days=30))
        agreement, _host, then = demo.agreed(s, cast, AT)
        hands = [demo.hand(s, agreement, by, then) for by in cast.parties[:2]]
        key, case = agreement.id, agreement.case_id

    def sign(place: int) -> None:
        with db.transaction() as s:
            signing.sign(s, key, by=cast.parties[place], at=then, hand=hands[place])

    assert at_once(2, sign) == {"done": 2}
    with db.reading() as s:
        assert s.get_one(Agreement, key).stage is AgreementStage.EFFECTIVE
        assert s.get_one(MediationCase, case).stage is CaseStage.SETTLED
        kinds = Counter(s.exec(select(JournalEntry.kind)).all())
        assert (kinds["agreement.signed"], kinds["agreement.effective"]) == (2, 1)
        running = select(Deadline.id).where(Deadline.rule == "T-JC-APPLY")
        assert len(s.exec(running).all()) == 1


def test_signing_and_refusing_at_once_end_in_one_of_the_two(db: Database) -> None:
    with db.transaction() as s:
        cast = demo.people(s, AT - timedelta(days=30))
        agreement, _host, then = demo.agreed(s, cast, AT)
        first, second = (demo.hand(s, agreement, by, then) for by in cast.parties[:2])
        key = agreement.id
        signing.sign(s, key, by=cast.parties[0], at=then, hand=first)

    def act(place: int) -> None:
        with db.transaction() as s:
            if place:
                signing.refuse(s, key, by=cast.parties[1], at=then)
            else:
                signing.sign(s, key, by=cast.parties[1], at=then, hand=second)

    assert at_once(2, act) == {"done": 1, "WrongStage": 1}
    with db.reading() as s:
        row = s.get_one(Agreement, key)
        case = s.get_one(MediationCase, row.case_id)
        assert (row.stage, case.stage) in (
            (AgreementStage.EFFECTIVE, CaseStage.SETTLED),
            (AgreementStage.REFUSED, CaseStage.ENDED),
        )


def test_two_clerks_at_once_draw_one_judge_and_one_number(db: Database) -> None:
    with db.transaction() as s:
        make = Make(s)
        clerks = [make.staff(Role.CLERK, name) for name in ("林晓", "周宁")]
        for name in ("陈静", "何伟"):
            make.account(name, Role.JUDGE)
        effective = make.agreement(AgreementStage.APPLIED)
        row = make.confirmation(ConfirmationStage.SUBMITTED, agreement=effective).id

    def accept(place: int) -> None:
        with db.transaction() as s:
            confirmation.accept(s, row, by=clerks[place], at=AT)

    assert at_once(2, accept) == {"done": 1, "WrongStage": 1}
    with db.reading() as s:
        kinds = Counter(s.exec(select(JournalEntry.kind)).all())
        assert (kinds["judge.drawn"], kinds["lot.drawn"], kinds["confirmation.accepted"]) == (1, 1, 1)


def test_a_ruling_and_a_withdrawal_at_once_end_in_one_of_the_two(db: Database) -> None:
    with db.transaction() as s:
        cast = demo.people(s, AT - timedelta(days=30))
        row, judge, then = demo.in_review(s, cast, AT)
        ticked = {key: {"ok": True} for key in rulings.CHECKS}
        rulings.check(s, row.id, by=judge, at=then, checklist=ticked)
        key = row.id

    def act(place: int) -> None:
        with db.transaction() as s:
            if place:
                rulings.withdraw(s, key, by=cast.parties[0], at=then)
            else:
                rulings.confirm(s, key, by=judge, at=then)

    assert at_once(2, act) == {"done": 1, "WrongStage": 1}
    with db.reading() as s:
        stage = s.get_one(ConfirmationCase, key).stage
        papers = s.exec(select(Ruling.id)).all()
        assert (stage, len(papers)) in ((ConfirmationStage.CONFIRMED, 1), (ConfirmationStage.WITHDRAWING, 0))


def meanwhile(act: Callable[[], None]) -> threading.Thread:
    """Somebody else begins and comes as far as the locks let them."""
    other = threading.Thread(target=act)
    other.start()
    other.join(0.4)
    return other


@pytest.mark.parametrize("other", ["orally", "on-the-spot"])
def test_joining_while_the_same_agreement_goes_another_way_ends_without_a_knot(
    db: Database, other: str
) -> None:
    with db.transaction() as s:
        matter = Matter(s, Make(s))
        (first, second), clerk, key = matter.sides, matter.clerk, matter.agreement.id
        row = confirmation.apply(s, key, by=first, at=AT, reasons="自愿", declared=True).id
    fared: list[type[Exception]] = []

    def go_another_way() -> None:
        try:
            with db.transaction() as s:
                if other == "orally":
                    confirmation.apply_orally(s, key, by=clerk, at=AT, reasons="自愿", signed=True)
                else:
                    signing.perform_on_spot(s, key, by=first, at=AT)
        except Exception as wrong:
            fared.append(type(wrong))

    with db.transaction() as s:
        judges.lock(s, row)
        late = meanwhile(go_another_way)
        confirmation.join(s, row, by=second, at=AT, declared=True)
    late.join()

    assert fared == [WrongStage]
    with db.reading() as s:
        assert s.get_one(ConfirmationCase, row).stage is ConfirmationStage.SUBMITTED


def test_the_last_two_sums_settled_at_once_end_the_two_years(db: Database) -> None:
    with db.transaction() as s:
        cast = demo.people(s, AT - timedelta(days=30))
        row, judge, then = demo.in_review(s, cast, AT)
        demo.confirmed(s, row, judge, then)
        key, late = row.agreement_id, then + timedelta(days=60)
        owed = s.exec(select(Obligation).where(Obligation.agreement_id == key)).one()
        back = Obligation(
            agreement_id=key, clause_id=owed.clause_id, debtor=Side.APPLICANT, text="返还借条。", due_on=None
        )
        s.add(back)
        enforcement.apply(s, key, by=cast.parties[0], at=late, breach="到期未付。")
        returned = back.id

    def enforced() -> None:
        with db.transaction() as s:
            enforcement.end(s, key, Side.APPLICANT, by=cast.staff[Role.CLERK], at=late)

    with db.transaction() as s:
        performance.acknowledge(s, returned, by=cast.parties[1], at=late)
        other = meanwhile(enforced)
    other.join()

    with db.reading() as s:
        assert deadlines.find(s, f"agreement:{key}", "T-ENF") is None


def test_a_calendar_that_comes_in_beside_an_extension_takes_nothing_from_it(db: Database) -> None:
    since = moment("2027-12-20 10:00")  # the notice for 2028 is still to come
    with db.transaction() as s:
        court = Make(s).court().id
        deadlines.start(
            s, "T-MED", court_id=court, subject="case:1", since=since, track=Track.POST_FILING_COMMISSIONED
        )

    def recount() -> None:
        with db.transaction() as s:
            days = [{"name": "元旦", "days": ["2028-01-01", "2028-01-04"]}]
            s.add(CalendarNotice(year=2028, version="1", notice="通知", holidays=days, imported_at=since))
            s.flush()
            deadlines.recount(s, court)

    with db.transaction() as s:
        deadlines.extend(s, "case:1", "T-MED", 10, at=since)
        other = meanwhile(recount)
    other.join()

    with db.reading() as s:
        row = s.exec(select(Deadline)).one()
        assert row.explanation["extensions"] == [10]
        assert row.explanation["extended"] == 10
