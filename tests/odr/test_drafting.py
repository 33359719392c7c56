"""The agreement while it is made."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlmodel import Session

from odr import facts as forms
from odr import outbox
from odr.actions import drafting
from odr.confirmation_papers import agreement_facts
from odr.errors import BadInput, NotAllowed, NotFound, WrongStage
from odr.rules.access import Actor
from odr.rules.moves import AgreementStage, CaseStage, SittingStage
from odr.rules.words import ClauseKind, Side
from odr.tables.agreements import Agreement, Clause
from odr.tables.disputes import Dispute
from odr.tables.mediations import MediationCase
from tests.make import Make, moment

AT = moment("2026-03-10 10:00")
PAYMENT = {
    "debtor": "respondent",
    "creditor": "applicant",
    "about": "借款",
    "amount_fen": 1_000_000,
    "due_on": "2026-04-30",
}


@dataclass
class Desk:
    s: Session
    sitting: str
    case: MediationCase
    mediator: Actor
    applicant: Actor
    respondent: Actor

    def propose(self, by: Actor, **fields: object) -> Clause:
        return drafting.propose(
            self.s, self.sitting, by=by, at=AT, kind=ClauseKind.PAYMENT, fields=PAYMENT | fields
        )

    def agree(self, clause: Clause, *who: Actor) -> None:
        for one in who:
            drafting.agree(self.s, self.sitting, clause.id, by=one, at=AT, version=clause.version)

    def agreed(self) -> Agreement:
        clause = self.propose(self.mediator)
        self.agree(clause, self.applicant, self.respondent)
        return self.s.get_one(Agreement, clause.agreement_id)

    def freeze(self, agreement: Agreement) -> Agreement:
        return drafting.freeze(self.s, agreement.id, by=self.mediator, at=AT, brief="双方签有借条。")


@pytest.fixture
def desk(s: Session, make: Make) -> Desk:
    mediator = make.mediator()
    case = make.case(CaseStage.IN_MEDIATION, to=mediator)
    sitting = make.sitting(SittingStage.LIVE, case=case)
    dispute = s.get_one(Dispute, case.dispute_id)
    return Desk(
        s,
        sitting.id,
        case,
        make.person(mediator),
        make.side(dispute, Side.APPLICANT),
        make.side(dispute, Side.RESPONDENT),
    )


def test_a_clause_calls_the_parties_by_name(desk: Desk) -> None:
    clause = desk.propose(desk.mediator)

    assert clause.text.startswith("李四于2026年4月30日前（含当日）向张三支付借款人民币10,000元")


def test_who_proposes_for_a_side_agrees_for_that_side(desk: Desk) -> None:
    clause = desk.propose(desk.respondent)

    assert (clause.proposed_by, clause.agreed_by) == ("respondent", ["respondent"])


def test_a_changed_clause_loses_every_consent(desk: Desk) -> None:
    clause = desk.propose(desk.mediator)
    desk.agree(clause, desk.applicant, desk.respondent)

    drafting.change(
        desk.s, desk.sitting, clause.id, by=desk.mediator, at=AT, fields=PAYMENT | {"amount_fen": 900_000}
    )

    assert (clause.version, clause.agreed_by) == (2, [])


def test_nobody_agrees_to_a_clause_that_changed_under_their_eyes(desk: Desk) -> None:
    clause = desk.propose(desk.mediator)
    drafting.change(desk.s, desk.sitting, clause.id, by=desk.respondent, at=AT, fields=PAYMENT)

    with pytest.raises(WrongStage):
        drafting.agree(desk.s, desk.sitting, clause.id, by=desk.applicant, at=AT, version=1)


def test_a_party_takes_back_only_its_own_proposal(desk: Desk) -> None:
    clause = desk.propose(desk.applicant)

    with pytest.raises(NotAllowed):
        drafting.remove(desk.s, desk.sitting, clause.id, by=desk.respondent, at=AT)


def test_the_mediator_agrees_for_nobody(desk: Desk) -> None:
    clause = desk.propose(desk.mediator)

    with pytest.raises(NotAllowed):
        drafting.agree(desk.s, desk.sitting, clause.id, by=desk.mediator, at=AT, version=1)


def test_freezing_fixes_number_words_and_digest(desk: Desk) -> None:
    agreement = desk.freeze(desk.agreed())

    facts = agreement_facts(agreement)
    assert agreement.stage is AgreementStage.SIGNING
    assert agreement.number == "〔2026〕粤0106调协字第1号"
    assert agreement.shown_hash == forms.digest(facts)
    assert facts.clauses[0].amount_fen == 1_000_000
    assert desk.case.stage is CaseStage.AGREED


def test_freezing_asks_both_sides_to_sign_and_looks_for_signs_of_bad_faith(desk: Desk) -> None:
    desk.freeze(desk.agreed())

    assert [item.kind for item in outbox.held(desk.s)] == ["case.examine", "message.send", "message.send"]


@pytest.mark.parametrize("missing", ["applicant", "respondent"])
def test_nothing_is_frozen_that_a_side_has_not_agreed_to(desk: Desk, missing: str) -> None:
    clause = desk.propose(desk.mediator)
    agreed = {"applicant": desk.respondent, "respondent": desk.applicant}[missing]
    desk.agree(clause, agreed)

    with pytest.raises(BadInput) as wrong:
        desk.freeze(desk.s.get_one(Agreement, clause.agreement_id))

    assert wrong.value.details == {"clauses": "not-agreed"}


def test_a_clause_with_a_blank_is_not_frozen(desk: Desk) -> None:
    clause = desk.propose(desk.mediator, due_on="")
    desk.agree(clause, desk.applicant, desk.respondent)

    with pytest.raises(BadInput) as wrong:
        desk.freeze(desk.s.get_one(Agreement, clause.agreement_id))

    assert wrong.value.details == {"clauses": "blank"}


def test_a_frozen_agreement_takes_no_more_clauses(desk: Desk) -> None:
    desk.freeze(desk.agreed())

    with pytest.raises(WrongStage):
        desk.propose(desk.mediator)


def test_reopening_begins_a_new_version_with_the_same_clauses_and_no_consent(desk: Desk) -> None:
    old = desk.freeze(desk.agreed())

    new = drafting.reopen(desk.s, old.id, by=desk.mediator, at=AT)

    kept = drafting.clauses_of(desk.s, new.id)
    assert (old.stage, new.version, new.supersedes) == (AgreementStage.SUPERSEDED, 2, old.id)
    assert [(clause.text, clause.agreed_by) for clause in kept] == [
        (drafting.clauses_of(desk.s, old.id)[0].text, [])
    ]
    assert drafting.current(desk.s, desk.case.id) == new


def test_a_clause_of_another_case_does_not_exist_here(desk: Desk, make: Make) -> None:
    other = make.agreement()
    clause = Clause(agreement_id=other.id, position=1, kind=ClauseKind.OTHER, text="其他。")
    desk.s.add(clause)
    desk.propose(desk.mediator)

    with pytest.raises(NotFound):
        drafting.agree(desk.s, desk.sitting, clause.id, by=desk.applicant, at=AT, version=1)


@pytest.mark.parametrize("beyond", ["9999-12-31", "0001-01-01"])
def test_a_day_with_which_nothing_can_be_counted_is_in_no_clause(desk, beyond):
    with pytest.raises(BadInput):
        desk.propose(desk.mediator, due_on=beyond)
