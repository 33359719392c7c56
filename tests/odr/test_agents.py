"""Who acts for a party: by invitation, checked on the paper, at most two, never for both, never who mediated."""

from __future__ import annotations

import pytest
from sqlmodel import select

from odr import standing
from odr.actions import agents, consents, evidence, invitations, mediators
from odr.errors import BadInput, Conflict, DeadlinePassed, NotAllowed, TooMany
from odr.rules.companions import ASKS_WITHIN, MOST_ASKS, PROOFS, Capacity, Power, is_special
from odr.rules.moves import CaseStage, DisputeStage
from odr.rules.words import Hat, Role, Side, Step
from odr.tables.disputes import Evidence, Invitation, Party
from odr.tables.people import Message
from tests.make import kept, moment

AT = moment("2026-03-02 10:00")


@pytest.fixture
def dispute(make):
    return make.dispute(DisputeStage.INVITING)


@pytest.fixture
def party(s, dispute):
    return s.exec(select(Party).where(Party.dispute_id == dispute.id, Party.side == Side.RESPONDENT)).one()


def asked(s, make, party):
    row = agents.invite(s, party.dispute_id, by=make.person(party), at=AT, origin="")
    return row.code


def agent(s, make, party, name="周律师", powers=("settle",), n=1, **more):
    lawyer = make.actor(make.account(name))
    row = agents.claim(
        s,
        asked(s, make, party),
        by=lawyer,
        at=AT,
        capacity=more.pop("capacity", Capacity.LAWYER),
        powers=powers,
        paper=kept(n),
    )
    return lawyer, row


def unclaimed(s, party):
    """The invitation of a party that has not come in."""
    party.account_id = None
    row = Invitation(
        party_id=party.id,
        code="abcdefgh",
        token_hash="x",
        created_at=AT,
        expires_at=moment("2026-04-01 09:00"),
    )
    s.add_all([party, row])
    s.flush()
    return row


def test_a_code_that_has_let_the_party_in_lets_no_agent_in(s, make, dispute, party):
    owner = make.person(party)
    code = unclaimed(s, party).code
    invitations.claim(s, code, by=owner, at=AT)
    stranger = make.actor(make.account("路人"))

    with pytest.raises(Conflict):
        agents.claim(s, code, by=stranger, at=AT, capacity=Capacity.LAWYER, paper=kept())

    assert standing.party_of(s, stranger, dispute.id) is None


def test_the_party_hears_who_says_to_act_for_them(s, make, dispute, party):
    agent(s, make, party, "周律师")

    (told,) = s.exec(select(Message).where(Message.subject == "有人以您的代理人身份进入")).all()
    assert told.account_id == party.account_id
    assert "周律师" in told.body


def test_CPL_62_before_the_paper_was_checked_an_agent_ends_no_mediation(s, make, dispute, party):
    lawyer, row = agent(s, make, party)
    with pytest.raises(NotAllowed):
        consents.refuse(s, dispute.id, by=lawyer, at=AT, reason="sue")

    agents.check(s, row.id, by=make.staff(Role.TRIAGE), at=AT, accepted=True)

    refused = consents.refuse(s, dispute.id, by=lawyer, at=AT, reason="sue")
    assert refused.stage is not DisputeStage.INVITING


def test_a_new_code_for_an_agent_ends_the_one_before(s, make, party):
    first = asked(s, make, party)
    second = asked(s, make, party)

    with pytest.raises(DeadlinePassed):
        agents.claim(
            s,
            first,
            by=make.actor(make.account("周律师")),
            at=AT,
            capacity=Capacity.LAWYER,
            paper=kept(),
        )

    assert invitations.get(s, second).expires_at > AT


def test_a_party_sends_few_codes_a_day_that_nobody_answers(s, make, party):
    for _ in range(MOST_ASKS):
        asked(s, make, party)

    with pytest.raises(TooMany):
        asked(s, make, party)

    agents.invite(s, party.dispute_id, by=make.person(party), at=AT + ASKS_WITHIN, origin="")


def test_CPL_61_the_respondents_agent_claims_the_invitation_of_somebody_who_never_came(
    s, make, dispute, party
):
    unclaimed(s, party)
    lawyer = make.actor(make.account("周律师"))

    agents.claim(s, "abcd-efgh", by=lawyer, at=AT, capacity=Capacity.LAWYER, powers=["settle"], paper=kept())

    assert {Hat.RESPONDENT, Hat.AGENT} <= standing.hats(s, lawyer, dispute)
    assert s.exec(select(Evidence.proves)).one() == "代理权限"


def test_CPL_62_claimed_authority_counts_once_it_was_checked(s, make, dispute, party):
    lawyer, row = agent(s, make, party)
    with pytest.raises(NotAllowed):
        standing.disposing(s, lawyer, dispute.id)

    agents.check(s, row.id, by=make.staff(Role.TRIAGE), at=AT, accepted=True)

    assert standing.disposing(s, lawyer, dispute.id) is party


def test_CPLI_89_full_authority_without_named_powers_is_no_special_authority(s, make, dispute, party):
    lawyer, row = agent(s, make, party)

    agents.check(s, row.id, by=make.staff(Role.TRIAGE), at=AT, accepted=True, powers=[])

    with pytest.raises(NotAllowed):
        standing.disposing(s, lawyer, dispute.id)


def test_CPL_60_a_guardian_needs_no_named_power(s, make, dispute, party):
    parent, row = agent(s, make, party, "母亲", powers=(), capacity=Capacity.GUARDIAN)

    agents.check(s, row.id, by=make.staff(Role.TRIAGE), at=AT, accepted=True)

    assert standing.disposing(s, parent, dispute.id) is party


def test_CPL_61_two_agents_act_and_a_third_does_not(s, make, dispute, party):
    first, _ = agent(s, make, party)
    second, row = agent(s, make, party, "吴律师", n=2)
    agents.check(s, row.id, by=make.staff(Role.TRIAGE), at=AT, accepted=True)

    assert standing.party_of(s, first, dispute.id) is standing.party_of(s, second, dispute.id) is party
    assert standing.disposing(s, second, dispute.id) is party
    with pytest.raises(Conflict):
        asked(s, make, party)


def test_nobody_acts_for_both_sides(s, make, dispute, party):
    lawyer, _ = agent(s, make, party)
    other = s.exec(select(Party).where(Party.dispute_id == dispute.id, Party.side == Side.APPLICANT)).one()

    with pytest.raises(BadInput) as refused:
        agents.claim(s, asked(s, make, other), by=lawyer, at=AT, capacity=Capacity.LAWYER, paper=kept(3))

    assert refused.value.details == {"person": "other-side"}


def test_SIM_16_who_mediated_does_not_act_for_a_party(s, make):
    mediator = make.mediator()
    case = make.offered(mediator)
    mediators.accept(s, case.id, by=make.person(mediator), at=AT, disclosure="", promised=True)
    party = make.parties(case)[0]

    with pytest.raises(BadInput) as refused:
        agents.claim(
            s,
            asked(s, make, party),
            by=make.person(mediator),
            at=AT,
            capacity=Capacity.LAWYER,
            paper=kept(),
        )

    assert refused.value.details == {"person": "mediated"}


def test_CPLI_88_an_agent_without_a_paper_does_not_get_in(s, make, party):
    with pytest.raises(BadInput):
        agents.claim(
            s,
            asked(s, make, party),
            by=make.actor(make.account("周律师")),
            at=AT,
            capacity=Capacity.LAWYER,
        )
    assert PROOFS.keys() == set(Capacity)


def test_an_agent_whose_paper_fails_is_out(s, make, dispute, party):
    lawyer, row = agent(s, make, party)

    agents.check(s, row.id, by=make.staff(Role.TRIAGE), at=AT, accepted=False, remark="没有签名")

    assert standing.party_of(s, lawyer, dispute.id) is None


def test_a_party_takes_the_authority_back(s, make, dispute, party):
    lawyer, row = agent(s, make, party)
    agents.check(s, row.id, by=make.staff(Role.TRIAGE), at=AT, accepted=True)

    agents.end(s, row.id, by=make.person(party), at=AT)

    assert standing.party_of(s, lawyer, dispute.id) is None
    assert not party.agent_special


def test_an_agent_names_no_agents_and_checks_nothing(s, make, dispute, party):
    lawyer, row = agent(s, make, party)

    with pytest.raises(NotAllowed):
        agents.invite(s, dispute.id, by=lawyer, at=AT, origin="")
    with pytest.raises(NotAllowed):
        agents.check(s, row.id, by=lawyer, at=AT, accepted=True)


def test_only_the_power_to_settle_makes_authority_special():
    assert is_special(Capacity.LAWYER, [Power.SETTLE])
    assert not is_special(Capacity.LAWYER, [Power.ADMIT, Power.COUNTERCLAIM])


def test_SIM_16_who_came_in_for_a_party_since_the_offer_does_not_mediate(s, make):
    mediator = make.mediator()
    case = make.offered(mediator)
    party, host = make.parties(case)[0], make.person(mediator)
    code = asked(s, make, party)
    row = agents.claim(s, code, by=host, at=AT, capacity=Capacity.LAWYER, powers=(), paper=kept())
    agents.end(s, row.id, by=host, at=AT)

    with pytest.raises(NotAllowed):
        mediators.accept(s, case.id, by=host, at=AT, disclosure="", promised=True)

    mediators.decline(s, case.id, by=host, at=AT, reason="other")
    assert case.stage is CaseStage.CHOOSING


def test_CPLI_351_an_agent_for_the_confirmation_comes_in_after_the_agreement(s, make):
    party = s.exec(select(Party).where(Party.dispute_id == make.dispute(DisputeStage.SETTLED).id)).first()

    lawyer, row = agent(s, make, party)
    agents.check(s, row.id, by=make.staff(Role.CLERK), at=AT, accepted=True)

    assert standing.disposing(s, lawyer, party.dispute_id).id == party.id


def test_CPLI_356_what_the_judge_asks_for_can_be_shown_after_the_agreement(s, make):
    dispute = make.dispute(DisputeStage.SETTLED)

    row = evidence.add(
        s,
        dispute.id,
        by=make.side(dispute, Side.APPLICANT),
        at=AT,
        title="流水",
        proves="款项来源",
        file=kept(),
    )

    assert row.dispute_id == dispute.id


def test_who_leads_a_company_that_is_a_party_too_agrees_for_both_at_once(s, make, dispute, party):
    make.case(CaseStage.CREATED, dispute=dispute)
    company = make.company_of(party)

    for side in Side:
        consents.answer(s, dispute.id, {Step.MEDIATION: True}, by=make.side(dispute, side), at=AT)

    assert [row.step for row in consents.standing_consents(s, company.id)] == [Step.MEDIATION]
    assert dispute.stage is DisputeStage.IN_MEDIATION


def test_CPL_62_an_agent_of_two_binds_only_the_one_that_gave_the_power(s, make, dispute, party):
    company = make.company_of(party)
    lawyer = make.agent(party)
    make.mandate(company, lawyer.account_id, powers=[Power.SETTLE.value], accepted=True)

    assert [row.id for row in standing.all_disposing(s, lawyer, dispute.id)] == [company.id]


def test_CPL_115_the_second_agent_of_one_side_is_not_let_in_as_the_other(s, make, dispute, party):
    applicant = s.exec(
        select(Party).where(Party.dispute_id == dispute.id, Party.side == Side.APPLICANT)
    ).one()
    lawyer = make.agent(applicant)
    party.name = lawyer.name
    code = unclaimed(s, party).code

    with pytest.raises(BadInput) as refused:
        invitations.claim(s, code, by=lawyer, at=AT)

    assert refused.value.details == {"person": "other-side"}
