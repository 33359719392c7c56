"""From signatures to a ruling: who may, when, and what each step leaves behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from odr import deadlines, demo, standing
from odr.actions import confirmation, performance, rulings, signing
from odr.errors import BadInput, CodeWrong, Conflict, DeadlinePassed, NotAllowed, NotFound, WrongStage
from odr.papers import facts_of
from odr.queries import agreements as shown
from odr.rules import draw
from odr.rules.access import may_read
from odr.rules.moves import (
    AgreementStage,
    CaseStage,
    ConfirmationStage,
    DisputeStage,
    PerformanceStage,
    SittingStage,
)
from odr.rules.words import Dismissal, EndReason, NotAccepted, Role, RulingKind, Side, Zone
from odr.tables.agreements import Agreement, ConfirmationCase, Obligation, Signature
from odr.tables.disputes import Dispute
from odr.tables.mediations import MediationCase, Sitting
from odr.tables.records import Document
from tests.make import moment
from tests.odr.test_jurisdiction import Settled

AT = moment("2026-03-02 09:00")


@pytest.fixture
def cast(s):
    return demo.people(s, AT - timedelta(days=30))


def test_the_last_partys_signature_makes_it_effective(s, cast):
    agreement, _host, then = demo.agreed(s, cast, AT)
    first, second = cast.parties[:2]

    signing.sign(s, agreement.id, by=first, at=then, hand=demo.hand(s, agreement, first, then))
    halfway = agreement.stage
    signing.sign(s, agreement.id, by=second, at=then, hand=demo.hand(s, agreement, second, then))

    case = s.get_one(MediationCase, agreement.case_id)
    assert halfway is AgreementStage.SIGNING
    assert agreement.stage is AgreementStage.EFFECTIVE
    assert case.stage is CaseStage.SETTLED
    assert s.get_one(Dispute, case.dispute_id).stage is DisputeStage.SETTLED
    assert [d.rule for d in deadlines.running(s, f"agreement:{agreement.id}")] == ["T-JC-APPLY"]


def test_the_paper_is_issued_when_the_mediator_has_signed_too(s, cast):
    agreement, _then = demo.effective(s, cast, AT)

    document = s.get_one(Document, agreement.document_id)
    facts = facts_of(document)

    assert [signature.who for signature in facts.signatures] == ["张伟", "王芳", "李文"]
    assert facts.text_digest == agreement.shown_hash


def test_a_signature_needs_its_own_code(s, cast):
    agreement, _host, then = demo.agreed(s, cast, AT)
    first, second = cast.parties[:2]
    hand = demo.hand(s, agreement, first, then)

    with pytest.raises(BadInput):
        signing.sign(s, agreement.id, by=second, at=then, hand=hand)
    with pytest.raises(CodeWrong):
        signing.sign(s, agreement.id, by=first, at=then, hand=replace(hand, code_id="nothing"))


def test_words_that_were_not_shown_cannot_be_signed(s, cast):
    agreement, _host, then = demo.agreed(s, cast, AT)
    first = cast.parties[0]
    hand = demo.hand(s, agreement, first, then)

    with pytest.raises(Conflict):
        signing.sign(s, agreement.id, by=first, at=then, hand=replace(hand, shown_hash="sha256:other"))


def test_nobody_signs_twice(s, cast):
    agreement, _host, then = demo.agreed(s, cast, AT)
    first = cast.parties[0]
    signing.sign(s, agreement.id, by=first, at=then, hand=demo.hand(s, agreement, first, then))

    with pytest.raises(Conflict):
        signing.sign(s, agreement.id, by=first, at=then, hand=demo.hand(s, agreement, first, then))


def test_a_refused_signature_ends_the_mediation(s, cast):
    agreement, _host, then = demo.agreed(s, cast, AT)

    signing.refuse(s, agreement.id, by=cast.parties[1], at=then)

    case = s.get_one(MediationCase, agreement.case_id)
    assert (case.stage, case.end_reason) == (CaseStage.ENDED, EndReason.REFUSED_TO_SIGN)
    assert agreement.stage is AgreementStage.REFUSED


def test_performed_on_the_spot_takes_no_case_number(s, cast):
    agreement, then = demo.effective(s, cast, AT)

    signing.perform_on_spot(s, agreement.id, by=cast.parties[0], at=then)

    case = s.get_one(MediationCase, agreement.case_id)
    assert case.on_spot
    assert not s.get_one(Dispute, case.dispute_id).filing_number
    with pytest.raises(WrongStage):
        confirmation.apply(s, agreement.id, by=cast.parties[0], at=then, reasons="", declared=True)


def test_what_is_performed_on_the_spot_leaves_no_half_application(s, cast):
    agreement, then = demo.effective(s, cast, AT)
    row = confirmation.apply(s, agreement.id, by=cast.parties[0], at=then, reasons="自愿", declared=True)

    signing.perform_on_spot(s, agreement.id, by=cast.parties[0], at=then)

    assert (row.stage, row.decided_at) == (ConfirmationStage.WITHDRAWN, then)


def signed_by_the_parties(s, cast):
    """The mediator has yet to sign."""
    agreement, host, then = demo.agreed(s, cast, AT)
    for by in cast.parties[:2]:
        signing.sign(s, agreement.id, by=by, at=then, hand=demo.hand(s, agreement, by, then))
    return agreement, host, then


def test_odm_19_the_mediator_still_signs_what_was_performed_on_the_spot(s, cast):
    agreement, host, then = signed_by_the_parties(s, cast)
    signing.perform_on_spot(s, agreement.id, by=cast.parties[0], at=then)

    signing.countersign(s, agreement.id, by=host, at=then, hand=demo.hand(s, agreement, host, then))

    assert s.get_one(Document, agreement.document_id).title == "调解协议书"


def test_odm_19_the_mediator_still_signs_what_both_have_applied_to_confirm(s, cast):
    agreement, host, then = signed_by_the_parties(s, cast)
    row = confirmation.apply(s, agreement.id, by=cast.parties[0], at=then, reasons="自愿", declared=True)
    confirmation.join(s, row.id, by=cast.parties[1], at=then, declared=True)

    signing.countersign(s, agreement.id, by=host, at=then, hand=demo.hand(s, agreement, host, then))

    assert agreement.document_id


def test_no_sitting_that_was_planned_outlives_the_agreement(s, make, cast):
    agreement, _host, then = demo.agreed(s, cast, AT)
    case = s.get_one(MediationCase, agreement.case_id)
    planned = make.sitting(case=case, ordinal=2)

    for by in cast.parties[:2]:
        signing.sign(s, agreement.id, by=by, at=then, hand=demo.hand(s, agreement, by, then))

    assert planned.stage is SittingStage.RESCHEDULED
    assert s.get_one(Sitting, agreement.sitting_id).stage is SittingStage.LIVE


def test_who_leads_a_company_that_is_a_party_too_signs_once_for_both(s, make, cast):
    agreement, host, then = demo.agreed(s, cast, AT)
    case = s.get_one(MediationCase, agreement.case_id)
    make.company_of(make.parties(case)[1])

    for by in (*cast.parties[:2], host):
        hand = demo.hand(s, agreement, by, then)
        put = signing.countersign if by is host else signing.sign
        put(s, agreement.id, by=by, at=then, hand=hand)

    facts = facts_of(s.get_one(Document, agreement.document_id))
    assert [one.role for one in facts.signatures] == [
        "申请人",
        "被申请人（王芳、天河商贸有限公司）",
        "调解员",
    ]
    assert all(one.signed_at for one in shown.show(s, agreement.id, cast.parties[1]).signers)


def test_both_sides_must_apply(s, cast):
    agreement, then = demo.effective(s, cast, AT)
    row = confirmation.apply(s, agreement.id, by=cast.parties[0], at=then, reasons="自愿", declared=True)

    with pytest.raises(Conflict):
        confirmation.join(s, row.id, by=cast.parties[0], at=then, declared=True)

    confirmation.join(s, row.id, by=cast.parties[1], at=then, declared=True)
    assert row.stage is ConfirmationStage.SUBMITTED


def test_after_thirty_days_nobody_can_apply(s, cast):
    agreement, then = demo.effective(s, cast, AT)

    with pytest.raises(DeadlinePassed):
        confirmation.apply(
            s, agreement.id, by=cast.parties[0], at=then + timedelta(days=40), reasons="自愿", declared=True
        )


def test_the_judge_is_drawn_by_a_lot_that_anybody_can_repeat(s, cast):
    row, then = demo.applied(s, cast, AT)

    confirmation.accept(s, row.id, by=cast.staff[Role.CLERK], at=then)

    assert row.stage is ConfirmationStage.ASSIGNED
    assert draw.check(row.draw)
    assert row.number.startswith("（2026）粤0106")


def test_only_the_drawn_judge_sees_the_file(s, cast):
    row, judge, then = demo.in_review(s, cast, AT)
    other = next(actor for actor in demo.judges(s, cast) if actor.account_id != judge.account_id)

    with pytest.raises((NotAllowed, NotFound)):
        rulings.check(s, row.id, by=other, at=then, checklist={})


def test_the_judge_sees_record_and_outcome_and_nothing_else(s, cast):
    row, judge, _then = demo.in_review(s, cast, AT)

    hats = standing.hats(s, judge, row)

    seen = {zone for zone in Zone if may_read(zone, hats)}
    assert seen == {Zone.PUBLIC, Zone.RECORD, Zone.OUTCOME}


def test_confirming_needs_every_ground_checked(s, cast):
    row, judge, then = demo.in_review(s, cast, AT)
    most = {key: {"ok": True} for key in rulings.CHECKS[1:]}
    rulings.check(s, row.id, by=judge, at=then, checklist=most)

    with pytest.raises(BadInput):
        rulings.confirm(s, row.id, by=judge, at=then)

    rulings.check(s, row.id, by=judge, at=then, checklist=most | {rulings.CHECKS[0]: {"ok": True}})
    ruling = rulings.confirm(s, row.id, by=judge, at=then)
    assert ruling.kind is RulingKind.CONFIRMED
    assert row.stage is ConfirmationStage.CONFIRMED
    assert not deadlines.running(s, f"confirmation:{row.id}")


def test_a_dismissal_names_its_ground_and_reasons(s, cast):
    row, judge, then = demo.in_review(s, cast, AT)

    with pytest.raises(BadInput):
        rulings.dismiss(s, row.id, by=judge, at=then, ground=Dismissal.CONTENT_UNCLEAR, reasons="")
    ruling = rulings.dismiss(
        s, row.id, by=judge, at=then, ground=Dismissal.CONTENT_UNCLEAR, reasons="账户不明"
    )

    facts = facts_of(s.get_one(Document, ruling.document_id))
    assert facts.ruling == "dismiss"
    assert facts.article == "第三百五十八条第五项"


def test_supplements_come_by_their_day_or_count_as_withdrawn(s, cast):
    row, judge, then = demo.in_review(s, cast, AT)
    rulings.ask_supplement(s, row.id, by=judge, at=then, items=["收款账户证明"], days=7)

    with pytest.raises(Conflict):
        rulings.rule_withdrawn(s, row.id, by=judge, at=then + timedelta(days=3), reasons="")
    ruling = rulings.rule_withdrawn(s, row.id, by=judge, at=then + timedelta(days=8), reasons="逾期未补")

    assert ruling.kind is RulingKind.WITHDRAWN
    assert row.stage is ConfirmationStage.WITHDRAWN


def test_an_application_outside_the_law_is_not_accepted(s, cast):
    row, then = demo.applied(s, cast, AT)
    judge = demo.judges(s, cast)[0]

    ruling = rulings.not_accept(
        s, row.id, by=judge, at=then, ground=NotAccepted.TITLE_DETERMINATION, reasons="系确权"
    )

    assert ruling.kind is RulingKind.NOT_ACCEPTED
    assert row.stage is ConfirmationStage.NOT_ACCEPTED


def test_performance_is_claimed_by_one_side_and_acknowledged_by_the_other(s, cast):
    agreement, then = demo.effective(s, cast, AT)
    owed = s.exec(select(Obligation).where(Obligation.agreement_id == agreement.id)).one()

    with pytest.raises(NotAllowed):
        performance.claim(s, owed.id, by=cast.parties[0], at=then)
    performance.claim(s, owed.id, by=cast.parties[1], at=then)
    with pytest.raises(NotAllowed):
        performance.acknowledge(s, owed.id, by=cast.parties[1], at=then)
    performance.acknowledge(s, owed.id, by=cast.parties[0], at=then)

    assert owed.stage is PerformanceStage.PERFORMED


def test_the_demonstration_court_has_a_matter_in_every_stage(db):
    from odr import clock

    demo.build(db, clock.now())

    with db.reading() as s:
        stages = set(s.exec(select(MediationCase.stage)).all())
        confirmations = set(s.exec(select(ConfirmationCase.stage)).all())
        agreements = set(s.exec(select(Agreement.stage)).all())
        signatures = s.exec(select(Signature)).all()
    assert {CaseStage.CREATED, CaseStage.CHOOSING, CaseStage.SCHEDULED, CaseStage.SETTLED} <= stages
    assert {
        ConfirmationStage.CONFIRMED,
        ConfirmationStage.DISMISSED,
        ConfirmationStage.REVIEW,
    } <= confirmations
    assert {AgreementStage.SIGNING, AgreementStage.EFFECTIVE, AgreementStage.APPLIED} <= agreements
    assert len(signatures) > 10


def test_CPL_205_a_withdrawal_before_acceptance_bars_no_new_application_in_the_thirty_days(s, cast):
    agreement, then = demo.effective(s, cast, AT)
    one, other = cast.parties[:2]
    clock_of = f"agreement:{agreement.id}"
    due = deadlines.find(s, clock_of, "T-JC-APPLY").due_at

    def applied(first, second, at):
        row = confirmation.apply(s, agreement.id, by=first, at=at, reasons="自愿", declared=True)
        return confirmation.join(s, row.id, by=second, at=at, declared=True)

    rulings.withdraw(s, applied(one, other, then).id, by=other, at=then)

    assert agreement.stage is AgreementStage.EFFECTIVE
    assert deadlines.find(s, clock_of, "T-JC-APPLY").due_at == due  # from the effect, not from the withdrawal
    row = applied(other, one, due - timedelta(hours=1))
    assert (row.stage, agreement.stage) == (ConfirmationStage.SUBMITTED, AgreementStage.APPLIED)
    assert confirmation.accept(s, row.id, by=cast.staff[Role.CLERK], at=due).judge_id
    with pytest.raises(WrongStage):
        confirmation.apply(s, agreement.id, by=one, at=due, reasons="自愿", declared=True)


def test_CPL_205_after_the_thirty_days_a_withdrawal_is_the_end(s, cast):
    agreement, then = demo.effective(s, cast, AT)
    row = confirmation.apply(s, agreement.id, by=cast.parties[0], at=then, reasons="自愿", declared=True)
    confirmation.join(s, row.id, by=cast.parties[1], at=then, declared=True)
    later = then + timedelta(days=40)

    rulings.withdraw(s, row.id, by=cast.parties[0], at=later)

    with pytest.raises(DeadlinePassed):
        confirmation.apply(s, agreement.id, by=cast.parties[1], at=later, reasons="自愿", declared=True)


@pytest.fixture
def joint(s, make):
    """In force between two who sued together and one respondent."""
    settled = Settled(s, make)
    second = make.party(settled.dispute, Side.APPLICANT, account=make.account("王五"), position=1)
    return settled, make.person(second)


def test_CPL_205_nobody_applies_for_a_fellow_party(s, joint):
    settled, second = joint
    row = settled.apply()

    confirmation.join(s, row.id, by=settled.sides[1], at=AT, declared=True)
    assert row.stage is ConfirmationStage.PREPARED
    with pytest.raises(Conflict):
        confirmation.join(s, row.id, by=settled.sides[1], at=AT, declared=True)
    confirmation.join(s, row.id, by=second, at=AT, declared=True)

    assert row.stage is ConfirmationStage.SUBMITTED
    signed = facts_of(s.get_one(Document, row.application_document_id)).signatures
    assert [one.who for one in signed] == ["张三", "王五", "李四"]


def test_CPL_205_who_has_not_applied_withdraws_nothing(s, joint):
    settled, second = joint
    row = settled.apply()

    with pytest.raises(NotAllowed):
        rulings.withdraw(s, row.id, by=second, at=AT)
    rulings.withdraw(s, row.id, by=settled.sides[0], at=AT)

    assert row.stage is ConfirmationStage.WITHDRAWN


def test_CPLI_351_one_person_applies_once_for_all_whom_they_may_bind(s, make):
    settled = Settled(s, make)
    make.company_of(make.parties(settled.case)[0])
    row = settled.apply()

    confirmation.join(s, row.id, by=settled.sides[1], at=AT, declared=True)

    assert row.stage is ConfirmationStage.SUBMITTED
    signed = facts_of(s.get_one(Document, row.application_document_id)).signatures
    assert [one.who for one in signed] == ["张三", "李四"]
