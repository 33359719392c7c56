"""The review of an application in all its turns: JC-08, JC-11, JC-14 to JC-19, JC-26, JC-27 and the judge's lot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from odr import clock, consequences, deadlines, demo, holdings, journal
from odr.actions import confirmation, inquiries, judges, review_time, rulings
from odr.errors import BadInput, Conflict, NotAllowed, NotFound, WrongStage
from odr.papers import facts_of
from odr.queries import refusals
from odr.rules import draw, periods
from odr.rules.access import Actor
from odr.rules.moves import AgreementStage, CaseStage, ConfirmationStage
from odr.rules.words import NotAccepted, Role, RulingKind
from odr.tables.agreements import Agreement, ConfirmationCase, Supplement
from odr.tables.confirmation import JudgeRecusal, ReviewExtension
from odr.tables.disputes import Dispute
from odr.tables.incidents import Suspicion
from odr.tables.mediations import MediationCase
from odr.tables.people import Account
from odr.tables.records import Document, JournalEntry
from tests import conftest
from tests.make import moment
from tests.web import worlds

AT = moment("2026-03-02 09:00")


@dataclass(frozen=True, slots=True)
class World:
    """One application waits for the clerk, another is under review."""

    cast: demo.Cast
    judges: list[Actor]
    applied: tuple[str, datetime]
    bare: str  # an agreement in force that nobody applied for
    review: tuple[str, Actor, datetime]


def build(s) -> World:
    cast = demo.people(s, AT - timedelta(days=30))
    applied, at = demo.applied(s, cast, AT)
    review, judge, then = demo.in_review(s, cast, AT - timedelta(days=2))
    bare, _ = demo.effective(s, cast, AT - timedelta(days=4))
    return World(cast, demo.judges(s, cast), (applied.id, at), bare.id, (review.id, judge, then))


empty_database, world = worlds.shared(build)
db = conftest.db  # what it begins with is made on one engine


@pytest.fixture
def cast(world):
    return world.cast


@pytest.fixture
def applied(s, world):
    """(the application, when it was made)."""
    key, at = world.applied
    return s.get_one(ConfirmationCase, key), at


@pytest.fixture
def in_review(s, world):
    """(the application, its judge, when the review began)."""
    key, judge, at = world.review
    return s.get_one(ConfirmationCase, key), judge, at


def checked() -> dict[str, dict[str, bool]]:
    return {key: {"ok": True} for key in rulings.CHECKS}


def due(s, row, rule):
    return deadlines.find(s, f"confirmation:{row.id}", rule)


def test_jc08_what_is_missing_is_asked_for_once_before_acceptance(s, cast, applied):
    row, then = applied
    clerk = cast.staff[Role.CLERK]

    asked = rulings.ask_correction(s, row.id, by=clerk, at=then, items=["调解组织主持调解的证明"], days=5)
    with pytest.raises(WrongStage):
        confirmation.accept(s, row.id, by=clerk, at=then)
    waiting = due(s, row, "T-JC-ACC")
    rulings.answer_supplement(s, row.id, by=cast.parties[0], at=then + timedelta(days=1), text="已上传")

    facts = facts_of(s.get_one(Document, asked.document_id))
    assert waiting is None
    assert facts.items == ("调解组织主持调解的证明",)
    assert facts.number
    assert row.stage is ConfirmationStage.SUBMITTED
    assert due(s, row, "T-JC-ACC").since == then + timedelta(days=1)


def test_jc11_a_ground_of_non_acceptance_found_later_dismisses(s, cast, in_review):
    row, judge, then = in_review

    ruling = rulings.dismiss(
        s, row.id, by=judge, at=then, ground=NotAccepted.TITLE_DETERMINATION, reasons="协议确认房屋归属。"
    )

    facts = facts_of(s.get_one(Document, ruling.document_id))
    assert (facts.article, row.stage) == ("第三百五十五条第二款", ConfirmationStage.DISMISSED)


def test_jc14_the_organisation_is_asked_and_answers(s, cast, in_review):
    row, judge, then = in_review
    inquiries.verify(s, row.id, by=judge, at=then, question="双方是否亲自到场？")

    with pytest.raises((NotAllowed, NotFound)):
        inquiries.answer(s, row.id, by=cast.parties[0], at=then, text="是")
    asked = inquiries.answer(s, row.id, by=cast.staff[Role.ORG_ADMIN], at=then, text="双方均本人在线到场。")

    assert asked.answer == "双方均本人在线到场。"
    with pytest.raises(Conflict):
        inquiries.answer(s, row.id, by=cast.staff[Role.ORG_ADMIN], at=then, text="再答")


def test_jc15_a_correction_not_made_in_time_counts_as_withdrawn(s, cast, world, applied):
    row, then = applied
    rulings.ask_correction(s, row.id, by=cast.staff[Role.CLERK], at=then, items=["身份证明"], days=3)
    judge = world.judges[0]

    with pytest.raises(Conflict):
        rulings.rule_withdrawn(s, row.id, by=judge, at=then, reasons="")
    ruling = rulings.rule_withdrawn(s, row.id, by=judge, at=then + timedelta(days=9), reasons="逾期未补正。")

    facts = facts_of(s.get_one(Document, ruling.document_id))
    assert (ruling.kind, facts.deemed, facts.article) == (RulingKind.WITHDRAWN, True, "第三百五十七条第二款")
    assert row.number


def test_jc16_a_withdrawal_before_acceptance_needs_no_ruling(s, cast, applied):
    row, then = applied

    rulings.withdraw(s, row.id, by=cast.parties[1], at=then)

    assert row.stage is ConfirmationStage.WITHDRAWN
    assert not deadlines.running(s, f"confirmation:{row.id}")


def test_jc16_a_withdrawal_after_acceptance_is_permitted_by_ruling(s, cast, in_review):
    row, judge, then = in_review

    rulings.withdraw(s, row.id, by=cast.parties[0], at=then)
    with pytest.raises(WrongStage):
        rulings.dismiss(s, row.id, by=judge, at=then, ground=NotAccepted.OUT_OF_SCOPE, reasons="不符")
    ruling = rulings.permit_withdrawal(s, row.id, by=judge, at=then)

    facts = facts_of(s.get_one(Document, ruling.document_id))
    assert (facts.ruling, facts.deemed, facts.article) == ("withdrawn", False, "第三百五十七条第一款")
    assert row.stage is ConfirmationStage.WITHDRAWN


@pytest.mark.parametrize(("rule", "most"), [("T-JC-DEC", 10), ("T-JC-MAX", 30)], ids=["JC-19", "JC-18"])
def test_jc18_jc19_more_time_takes_a_judge_and_the_president(s, cast, in_review, rule, most):
    row, judge, then = in_review
    before = due(s, row, rule).due_at
    leader = cast.staff[Role.LEADER]

    with pytest.raises(BadInput):
        review_time.ask(s, row.id, by=judge, at=then, rule=rule, days=most + 1, reason="案情复杂")
    review_time.ask(s, row.id, by=judge, at=then, rule=rule, days=most, reason="需要向调解组织核实")
    with pytest.raises((NotAllowed, NotFound)):
        review_time.decide(s, row.id, by=judge, at=then, granted=True, opinion="")
    asked = review_time.decide(s, row.id, by=leader, at=then, granted=True, opinion="同意")

    facts = facts_of(s.get_one(Document, asked.document_id))
    assert due(s, row, rule).due_at > before
    assert (facts.judge, facts.approver) == (judge.name, leader.name)
    with pytest.raises(Conflict):
        review_time.ask(s, row.id, by=judge, at=then, rule=rule, days=1, reason="再次延长")


def test_jc19_a_refused_extension_changes_no_clock(s, cast, in_review):
    row, judge, then = in_review
    before = due(s, row, "T-JC-DEC").due_at
    review_time.ask(s, row.id, by=judge, at=then, rule="T-JC-DEC", days=10, reason="案情复杂")

    with pytest.raises(BadInput):
        review_time.decide(s, row.id, by=cast.staff[Role.LEADER], at=then, granted=False, opinion="")
    review_time.decide(s, row.id, by=cast.staff[Role.LEADER], at=then, granted=False, opinion="理由不足")

    assert due(s, row, "T-JC-DEC").due_at == before
    assert s.exec(select(ReviewExtension.granted)).all() == [False]


def test_jc26_suspected_collusion_forbids_confirming_until_proof_is_given(s, cast, in_review):
    row, judge, then = in_review
    s.add(Suspicion(case_id=row.case_id, reported_at=then, facts="双方代理人为同一人"))
    rulings.check(s, row.id, by=judge, at=then, checklist=checked())

    with pytest.raises(BadInput):
        rulings.confirm(s, row.id, by=judge, at=then)
    rulings.ask_supplement(s, row.id, by=judge, at=then, items=["转账凭证"], days=5, about="good-faith")
    later = then + timedelta(days=1)
    rulings.answer_supplement(s, row.id, by=cast.parties[0], at=later, text="转账凭证已上传")
    ruling = rulings.confirm(s, row.id, by=judge, at=later)

    assert ruling.kind is RulingKind.CONFIRMED


def test_jc26_a_founded_suspicion_in_an_earlier_mediation_of_the_dispute_forbids_confirming(s, in_review):
    row, judge, then = in_review
    case = s.get_one(MediationCase, row.case_id)
    earlier = MediationCase(
        dispute_id=case.dispute_id,
        court_id=case.court_id,
        track=case.track,
        number="earlier",
        stage=CaseStage.ENDED,
        created_at=AT - timedelta(days=90),
    )
    s.add(earlier)
    s.flush()
    s.add(Suspicion(case_id=earlier.id, reported_at=earlier.created_at, facts="借条系倒签", upheld=True))
    rulings.check(s, row.id, by=judge, at=then, checklist=checked())

    with pytest.raises(BadInput) as refused:
        rulings.confirm(s, row.id, by=judge, at=then)

    assert refused.value.details == {"checklist": "proof-needed"}


def test_jc27_a_contested_right_ends_the_special_procedure(s, cast, in_review):
    row, judge, then = in_review

    with pytest.raises(BadInput):
        rulings.terminate(s, row.id, by=judge, at=then, reasons="")
    ruling = rulings.terminate(s, row.id, by=judge, at=then, reasons="第三人主张对标的物享有所有权。")

    facts = facts_of(s.get_one(Document, ruling.document_id))
    assert (facts.ruling, facts.article) == ("terminated", "第一百八十六条")
    assert row.stage is ConfirmationStage.TERMINATED
    assert not deadlines.running(s, f"confirmation:{row.id}")


def test_a_judge_asked_to_step_back_rests_until_the_president_decides(s, cast, in_review):
    row, judge, then = in_review
    rulings.check(s, row.id, by=judge, at=then, checklist=checked())
    judges.ask_recusal(s, row.id, by=cast.parties[1], at=then, reasons="法官是申请人的近亲属")

    with pytest.raises(Conflict):
        rulings.confirm(s, row.id, by=judge, at=then)
    assert due(s, row, "T-RECUSE") is not None
    judges.refuse_recusal(s, row.id, by=cast.staff[Role.LEADER], at=then, opinion="查无此事")
    rulings.confirm(s, row.id, by=judge, at=then)

    assert row.stage is ConfirmationStage.CONFIRMED


def test_a_recused_judge_is_never_drawn_again(s, cast, in_review):
    row, judge, then = in_review
    judges.ask_recusal(s, row.id, by=cast.parties[1], at=then, reasons="利害关系")

    judges.replace(s, row.id, by=cast.staff[Role.LEADER], at=then, reason="回避理由成立")

    assert row.judge_id != judge.account_id
    assert row.draw["exclusions"][judge.account_id] == "replaced"
    assert (row.stage, row.checklist) == (ConfirmationStage.ASSIGNED, {})
    assert draw.check(row.draw)
    assert [one.granted for one in s.exec(select(JudgeRecusal))] == [True]


def test_the_seed_of_a_second_draw_was_sealed_before_anybody_wanted_one(s, cast, in_review):
    row, judge, then = in_review
    sealed = s.exec(select(JournalEntry).where(JournalEntry.kind == "lot.committed")).all()

    judges.replace(s, row.id, by=judge, at=then + timedelta(hours=1), reason="自行回避")

    assert row.draw["commitment"] in [journal.fields_of(entry)["commitment"] for entry in sealed]


def test_the_last_judge_cannot_be_replaced_by_nobody(s, cast, world, in_review):
    row, _judge, then = in_review
    left = len(world.judges) - 1

    for _ in range(left):
        judges.replace(s, row.id, by=cast.staff[Role.LEADER], at=then, reason="法官外出")
    with pytest.raises(Conflict):
        judges.replace(s, row.id, by=cast.staff[Role.LEADER], at=then, reason="法官外出")


def test_the_newest_supplement_is_the_one_that_is_answered(s, cast, in_review):
    row, judge, then = in_review
    rulings.ask_supplement(s, row.id, by=judge, at=then, items=["甲"], days=5)
    rulings.answer_supplement(s, row.id, by=cast.parties[0], at=then, text="甲已交")
    rulings.ask_supplement(s, row.id, by=judge, at=then + timedelta(hours=1), items=["乙"], days=5)

    rulings.answer_supplement(s, row.id, by=cast.parties[1], at=then + timedelta(hours=2), text="乙已交")

    answers = s.exec(select(Supplement.answer).order_by(Supplement.asked_at)).all()
    assert answers == ["甲已交", "乙已交"]


def test_jc25_the_quarter_s_refusals_are_listed_by_organisation_without_names(s, in_review):
    row, judge, then = in_review
    rulings.dismiss(s, row.id, by=judge, at=then, ground=NotAccepted.OUT_OF_SCOPE, reasons="不属受案范围。")
    quarter = periods.around(clock.court_date(then), "quarter")

    listed = refusals.of(s, row.court_id, quarter)

    assert [(one.number, one.organisation, one.kind) for one in listed] == [
        (row.number, "天河区人民调解委员会", RulingKind.DISMISSED)
    ]
    assert listed[0].ground.zh == "不属于人民法院受理范围"
    assert refusals.of(s, row.court_id, quarter.back(1)) == []


def test_jc07_both_may_apply_by_word_of_mouth_and_be_accepted_at_once(s, cast, applied, world):
    _row, then = applied
    agreement = s.get_one(Agreement, world.bare)
    clerk = cast.staff[Role.CLERK]

    with pytest.raises((NotAllowed, NotFound)):
        confirmation.apply_orally(s, agreement.id, by=cast.parties[0], at=then, reasons="确认", signed=True)
    with pytest.raises(BadInput):
        confirmation.apply_orally(s, agreement.id, by=clerk, at=then, reasons="确认", signed=False)
    row = confirmation.apply_orally(s, agreement.id, by=clerk, at=then, reasons="请求确认", signed=True)
    confirmation.accept(s, row.id, by=clerk, at=then)

    facts = facts_of(s.get_one(Document, row.application_document_id))
    assert {one.method for one in facts.signatures} == {"到场口头申请，书记员记录后本人签名"}
    assert row.stage is ConfirmationStage.ASSIGNED
    assert agreement.stage is AgreementStage.APPLIED


def test_cpli_357_only_who_applied_withdraws(s, cast, world):
    row = confirmation.apply(s, world.bare, by=cast.parties[0], at=AT, reasons="自愿", declared=True)

    with pytest.raises(NotAllowed):
        rulings.withdraw(s, row.id, by=cast.parties[1], at=AT)
    rulings.withdraw(s, row.id, by=cast.parties[0], at=AT)

    assert row.stage is ConfirmationStage.WITHDRAWN


def test_jc01_an_agreement_lapses_beside_an_application_that_was_withdrawn(s, cast, world):
    row = confirmation.apply(s, world.bare, by=cast.parties[0], at=AT, reasons="自愿", declared=True)
    rulings.withdraw(s, row.id, by=cast.parties[0], at=AT)

    consequences.lapse(s, deadlines.find(s, f"agreement:{world.bare}", "T-JC-APPLY"), AT + timedelta(days=40))

    assert row.stage is ConfirmationStage.WITHDRAWN
    assert s.get_one(Agreement, world.bare).stage is AgreementStage.LAPSED


def test_cpl_47_no_judge_rules_in_a_matter_in_which_they_once_acted(s, make, cast, applied):
    row, then = applied
    judge = make.account("周法官", Role.JUDGE)
    case = s.get_one(MediationCase, row.case_id)
    party = make.parties(case)[0]
    make.mandate(party, judge.id, ended_at=AT)

    with pytest.raises(NotAllowed):
        rulings.not_accept(
            s,
            row.id,
            by=make.actor(judge),
            at=then,
            ground=NotAccepted.TITLE_DETERMINATION,
            reasons="确认权属。",
        )
    assert row.stage is ConfirmationStage.SUBMITTED


def test_cpl_49_a_president_who_judges_the_matter_decides_nothing_about_themselves(s, make, cast, in_review):
    row, judge, then = in_review
    account = s.get_one(Account, judge.account_id)
    make.grant(account, Role.LEADER)
    both = make.actor(account)
    review_time.ask(s, row.id, by=judge, at=then, rule="T-JC-DEC", days=5, reason="需要核实。")
    judges.ask_recusal(s, row.id, by=cast.parties[1], at=then, reasons="法官是申请人的近亲属")

    with pytest.raises(NotAllowed):
        judges.refuse_recusal(s, row.id, by=both, at=then, opinion="查无此事")
    with pytest.raises(NotAllowed):
        review_time.decide(s, row.id, by=both, at=then, granted=True, opinion="同意")


def test_cpl_205_who_withdraws_before_it_is_joint_takes_the_right_from_nobody(s, cast, world):
    row = confirmation.apply(s, world.bare, by=cast.parties[0], at=AT, reasons="自愿", declared=True)
    rulings.withdraw(s, row.id, by=cast.parties[0], at=AT)

    again = confirmation.apply(s, world.bare, by=cast.parties[1], at=AT, reasons="请求确认", declared=True)
    confirmation.join(s, again.id, by=cast.parties[0], at=AT, declared=True)

    assert again.stage is ConfirmationStage.SUBMITTED
    assert len(again.applied) == 2


def test_jc07_both_may_come_after_one_alone_has_withdrawn(s, cast, world):
    row = confirmation.apply(s, world.bare, by=cast.parties[0], at=AT, reasons="自愿", declared=True)
    rulings.withdraw(s, row.id, by=cast.parties[0], at=AT)

    again = confirmation.apply_orally(
        s, world.bare, by=cast.staff[Role.CLERK], at=AT, reasons="双方到场", signed=True
    )

    assert again.stage is ConfirmationStage.SUBMITTED


def test_a_half_application_that_lapsed_holds_nothing_open(s, cast, world):
    confirmation.apply(s, world.bare, by=cast.parties[0], at=AT, reasons="自愿", declared=True)
    then = AT + timedelta(days=40)
    case = s.get_one(MediationCase, s.get_one(Agreement, world.bare).case_id)

    consequences.lapse(s, deadlines.find(s, f"agreement:{world.bare}", "T-JC-APPLY"), then)

    assert holdings.over_since(s, s.get_one(Dispute, case.dispute_id)) == clock.court_date(then)
