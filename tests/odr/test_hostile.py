"""What somebody who belongs to a matter must not do there: alone, twice over, or in a cause of their own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from odr import demo, presence, standing
from odr.actions import (
    drafting,
    evidence,
    halts,
    judges,
    mediation,
    mediators,
    minutes,
    performance,
    rulings,
    signing,
    sittings,
)
from odr.errors import BadInput, NotAllowed, Unprintable, WrongStage
from odr.rules.halts import Halt
from odr.rules.moves import AgreementStage, CaseStage, ConfirmationStage, SittingStage
from odr.rules.words import ClauseKind, EndReason, Hat, NotAccepted, Role, Side
from odr.tables.agreements import Obligation
from odr.tables.disputes import Party
from odr.tables.mediations import MediationCase
from odr.tables.people import Account
from odr.tables.records import JournalEntry
from odr.tables.roster import Mediator
from tests.make import kept, moment

AT = moment("2026-03-02 09:00")
SHOWN = {"title": "借条", "proves": "借款"}
STAFF = {Hat.TRIAGE, Hat.BENCH, Hat.JUDGE, Hat.CLERK, Hat.LEADER, Hat.AUDITOR, Hat.SYSADMIN}


@pytest.fixture
def accepted(s, make):
    return make.case(CaseStage.ACCEPTED)


@pytest.fixture
def cast(s):
    return demo.people(s, AT - timedelta(days=30))


def sides(make, case):
    return tuple(make.side(make.dispute_of(case), side) for side in Side)


def by_agent(s, make, case, side, *, special):
    """Somebody who acts for a side."""
    party = s.exec(select(Party).where(Party.dispute_id == case.dispute_id, Party.side == side)).one()
    agent = make.account("代理人")
    party.agent_account_id, party.agent_special = agent.id, special
    s.add(party)
    s.flush()
    return make.actor(agent)


# ending it alone


def test_the_respondent_alone_settles_nothing(s, make, accepted):
    _applicant, respondent = sides(make, accepted)

    with pytest.raises(NotAllowed):
        mediation.settle(s, accepted.id, by=respondent, at=AT, performed=True)


def test_an_agent_settles_with_special_authority_only(s, make, accepted):
    plain = by_agent(s, make, accepted, Side.APPLICANT, special=False)
    with pytest.raises(NotAllowed):
        mediation.settle(s, accepted.id, by=plain, at=AT, performed=False)

    special = by_agent(s, make, accepted, Side.APPLICANT, special=True)
    assert mediation.settle(s, accepted.id, by=special, at=AT, performed=False).stage is CaseStage.SETTLED


def test_the_debtor_does_not_declare_the_debt_paid(s, make):
    agreement = make.agreement(AgreementStage.EFFECTIVE)
    case = s.get_one(MediationCase, agreement.case_id)
    s.add(Obligation(agreement_id=agreement.id, debtor=Side.RESPONDENT, text="付款"))
    s.flush()
    applicant, respondent = sides(make, case)

    with pytest.raises(NotAllowed):
        signing.perform_on_spot(s, agreement.id, by=respondent, at=AT)
    assert signing.perform_on_spot(s, agreement.id, by=applicant, at=AT).stage is AgreementStage.PERFORMED


# in a cause of one's own


@pytest.mark.parametrize("role", [Role.TRIAGE, Role.CLERK, Role.JUDGE, Role.LEADER, Role.AUDITOR])
def test_nobody_is_court_and_party_in_one_matter(s, make, accepted, role):
    applicant, _respondent = sides(make, accepted)
    make.grant(s.get_one(Account, applicant.account_id), role)
    both = make.actor(s.get_one(Account, applicant.account_id))

    assert not standing.hats(s, both, accepted) & STAFF
    assert not standing.hats(s, both, make.dispute_of(accepted)) & STAFF
    assert standing.hats(s, both, None) & STAFF


def test_nobody_judges_what_they_mediated(s, make):
    mediator = make.mediator()
    case = make.case(CaseStage.SETTLED, to=mediator)
    row = make.confirmation(
        ConfirmationStage.SUBMITTED, agreement=make.agreement(AgreementStage.APPLIED, case=case)
    )
    make.grant(s.get_one(Account, mediator.account_id), Role.JUDGE)

    with pytest.raises(NotAllowed):
        rulings.not_accept(
            s, row.id, by=make.person(mediator), at=AT, ground=NotAccepted.OUT_OF_SCOPE, reasons="理由"
        )


def test_a_judge_whose_account_is_closed_is_not_drawn(s, make):
    gone, here = (make.account(name, Role.JUDGE) for name in ("何法官", "陈法官"))
    gone.disabled_at = AT
    s.add(gone)
    for _ in range(8):
        row = make.confirmation(ConfirmationStage.ACCEPTED)
        assert judges.draw(s, row.id, by=make.staff(Role.CLERK), at=AT).judge_id == here.id


# what belongs to somebody else


def test_only_what_ones_own_side_put_on_record_is_proof(s, make):
    agreement = make.agreement(AgreementStage.EFFECTIVE)
    case = s.get_one(MediationCase, agreement.case_id)
    owed = Obligation(agreement_id=agreement.id, debtor=Side.RESPONDENT, text="付款")
    s.add(owed)
    theirs = make.evidence(make.dispute_of(case), "sha256:" + "0" * 64, 1)  # the applicant's
    _applicant, respondent = sides(make, case)

    with pytest.raises(BadInput):
        performance.claim(s, owed.id, by=respondent, at=AT, proof_id=theirs.id)
    with pytest.raises(BadInput):
        performance.claim(s, owed.id, by=respondent, at=AT, proof_id="nothing")


# after it is over


def test_nobody_drafts_after_the_mediation_has_ended(s, make):
    case = make.case(CaseStage.ENDED)
    sitting = make.sitting(SittingStage.CLOSED, case=case)
    applicant, _respondent = sides(make, case)

    with pytest.raises(WrongStage):
        drafting.propose(
            s, sitting.id, by=applicant, at=AT, kind=ClauseKind.OTHER, fields={"what": "一次性了结"}
        )


def test_a_mediator_who_was_replaced_leaves_the_running_sitting(s, cast):
    case, host, sitting = demo.sat(s, cast, AT)
    then = sitting.starts_at + timedelta(minutes=10)

    mediators.replace(s, case.id, by=cast.parties[0], at=then, reason="与对方相识")

    assert sitting.stage is SittingStage.FROZEN
    assert host.account_id not in {one.account_id for one in presence.seated(s, sitting.id)}
    assert {one.room.value for one in presence.seated(s, sitting.id)} == {"lobby-a", "lobby-b"}


# what the journal keeps


def test_the_journal_keeps_no_words_of_people(s, make, accepted):
    host = make.person(s.get_one(Mediator, accepted.mediator_id))
    asked = make.mediator()
    offered = make.offered(asked)
    told = "王小明13912345678"

    with pytest.raises(BadInput):
        mediation.contact(s, accepted.id, by=host, at=AT, channel=told, reached=False)
    with pytest.raises(BadInput):
        mediators.decline(s, offered.id, by=make.person(asked), at=AT, reason=told)
    halts.suspend(s, accepted.id, by=host, at=AT, why=Halt.FORCE_MAJEURE, reason=told)

    assert halts.current(s, accepted.id).reason == told
    assert [entry for entry in s.exec(select(JournalEntry)) if told in entry.body] == []


# what cannot be printed


def test_nobody_plants_what_the_papers_of_all_cannot_hold(s, make, cast):
    """One character without a typeface would keep the sealed paper, the report or the closing from everybody."""
    case, host, sitting = demo.sat(s, cast, AT)
    first, then = cast.parties[0], sitting.starts_at
    line = minutes.write(s, sitting.id, by=host, at=then, speaker="mediator", text="双方到场。")
    smile = "还款😀"

    with pytest.raises(Unprintable):
        minutes.correct(s, sitting.id, line.id, by=first, at=then, text=smile)
    with pytest.raises(Unprintable):
        drafting.propose(s, sitting.id, by=first, at=then, kind=ClauseKind.OTHER, fields={"what": smile})
    with pytest.raises(Unprintable):
        mediation.ask_extension(s, case.id, by=first, at=then, days=1, reason=smile)
    with pytest.raises(Unprintable):
        evidence.add(s, case.dispute_id, by=first, at=then, title=smile, proves="借款", file=kept())
    sittings.close(s, sitting.id, by=host, at=then + timedelta(hours=1), outcome="none")
    mediation.end(s, case.id, by=host, at=then + timedelta(hours=1), reason=EndReason.WIDE_GAP)


def test_one_side_does_not_fill_the_others_shelf(s, make, accepted, monkeypatch):
    monkeypatch.setattr(evidence, "MOST_FILES", 2)
    applicant, respondent = sides(make, accepted)
    for number in range(2):
        evidence.add(s, accepted.dispute_id, by=applicant, at=AT, **SHOWN, file=kept(number))

    with pytest.raises(BadInput):
        evidence.add(s, accepted.dispute_id, by=applicant, at=AT, **SHOWN, file=kept(2))
    assert evidence.add(s, accepted.dispute_id, by=respondent, at=AT, **SHOWN, file=kept(9))


def test_minutes_stay_within_one_paper(s, cast, monkeypatch):
    monkeypatch.setattr(minutes, "MOST", 2)
    _case, host, sitting = demo.sat(s, cast, AT)
    then = sitting.starts_at
    line = minutes.write(s, sitting.id, by=host, at=then, speaker="mediator", text="第一句")
    minutes.correct(s, sitting.id, line.id, by=cast.parties[0], at=then, text="更正")

    for act in (
        lambda: minutes.write(s, sitting.id, by=host, at=then, speaker="mediator", text="第三句"),
        lambda: minutes.correct(s, sitting.id, line.id, by=cast.parties[1], at=then, text="再更正"),
    ):
        with pytest.raises(BadInput):
            act()
