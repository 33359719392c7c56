"""The court's own paper of an agreement in a registered case: asked for, made, refused (SIM-20, CPL-100, CMR-10)."""

from __future__ import annotations

import json

import pytest
from sqlmodel import select

from odr import deadlines, titles
from odr.actions import confirmation, court_papers, enforcement, service, signing
from odr.errors import BadInput, Conflict, NotAllowed
from odr.facts import AgreementFacts, ClauseFacts, to_json
from odr.papers import facts_of
from odr.queries import enforcement as reading
from odr.rules.moves import AgreementStage, CaseStage, DisputeStage, PerformanceStage
from odr.rules.words import Role, Side, Track
from odr.tables.agreements import Obligation
from odr.tables.companions import Mandate
from odr.tables.disputes import Party, Triage
from odr.tables.mediations import Assignment
from odr.tables.people import Account
from odr.tables.records import Document
from tests.make import day, moment, served

AT = moment("2026-03-02 10:00")
LATER = moment("2026-03-05 09:00")
OVERDUE = moment("2026-04-20 09:00")


class Matter:
    def __init__(self, s, make, *, filing="（2026）粤0106民初9号", track=Track.POST_FILING_COMMISSIONED):
        self.dispute = make.dispute(
            DisputeStage.SETTLED,
            track=track,
            filing_number=filing,
            claims=[{"text": "判令支付货款12000元。", "amount_fen": 1_200_000}],
        )
        make.s.add(
            Triage(
                dispute_id=self.dispute.id,
                proposal={},
                proposed_at=AT,
                decision="mediate",
                decided_at=moment("2026-02-20 10:00"),
            )
        )
        self.case = make.case(CaseStage.SETTLED, dispute=self.dispute)
        self.agreement = make.agreement(AgreementStage.EFFECTIVE, case=self.case, facts=_facts())
        self.sides = [make.side(self.dispute, side) for side in Side]
        self.judge, self.clerk = make.staff(Role.JUDGE, "张堃"), make.staff(Role.CLERK, "陈祎")

    def asked(self, s):
        return court_papers.ask(s, self.agreement.id, by=self.sides[0], at=AT)

    def issued(self, s, row, **given):
        said = {"brief": "尚欠货款12000元。", "procedure": "简易程序", "fee_rule": ""} | given
        return court_papers.issue(s, row.id, by=self.judge, at=AT, **said)


def _facts():
    facts = AgreementFacts(
        number="〔2026〕粤0106调协字第1号",
        court="广州市天河区人民法院",
        issued_on=day("2026-03-01"),
        parties=(),
        cause="买卖合同纠纷",
        organisation="天河区人民调解委员会",
        mediators=("李调解",),
        brief="尚欠货款12000元。",
        clauses=(ClauseFacts(text="被申请人支付货款12000元。"),),
        costs="由被申请人负担。",
    )
    return json.loads(to_json(facts))


@pytest.fixture
def matter(s, make):
    return Matter(s, make)


def test_SIM_20_a_judge_makes_the_courts_paper_of_the_agreement(s, matter):
    deadlines.start(
        s, "T-JC-APPLY", court_id=matter.case.court_id, subject=f"agreement:{matter.agreement.id}", since=AT
    )
    row = matter.issued(s, matter.asked(s))

    facts = facts_of(s.get_one(Document, row.document_id))
    assert (facts.number, facts.registered_on) == ("（2026）粤0106民初9号", day("2026-02-20"))
    assert (facts.judge, facts.clerk, facts.fee_rule) == ("张堃", "陈祎", "由被申请人负担")
    assert facts.fee_fen == 5_000  # half of the fee of 100 yuan
    assert matter.agreement.stage is AgreementStage.COURT_PAPER
    assert deadlines.running(s, f"agreement:{matter.agreement.id}") == []


def test_FEE_15_the_paper_names_half_the_fee_of_its_own_cause(s, matter):
    matter.dispute.cause = "labour-pay"
    row = matter.issued(s, matter.asked(s))

    assert (
        facts_of(s.get_one(Document, row.document_id)).fee_fen == 500
    )  # half of 10 yuan, whatever is claimed


def test_CMR_10_a_judge_refuses_on_a_ground_and_it_stays_a_contract(s, matter):
    row = matter.asked(s)
    with pytest.raises(BadInput):
        court_papers.refuse(s, row.id, by=matter.judge, at=AT, ground="dislike", reason="不妥")

    court_papers.refuse(s, row.id, by=matter.judge, at=AT, ground="harms-others", reason="处分案外人财产。")

    assert (row.granted, row.ground) == (False, "harms-others")
    assert matter.agreement.stage is AgreementStage.EFFECTIVE
    with pytest.raises(Conflict):
        matter.issued(s, row)


def test_only_a_registered_case_has_one(s, make):
    with pytest.raises(Conflict):
        Matter(s, make, track=Track.PRE_FILING_DELEGATED, filing="").asked(s)


def test_it_is_asked_for_once_and_not_beside_a_confirmation(s, make, matter):
    other = Matter(s, make)
    confirmation.apply(s, other.agreement.id, by=other.sides[0], at=AT, reasons="自愿", declared=True)
    with pytest.raises(Conflict):
        other.asked(s)
    matter.asked(s)
    with pytest.raises(Conflict):
        matter.asked(s)


def test_CPL_47_no_judge_decides_in_a_matter_of_their_own(s, make, matter):
    row = matter.asked(s)
    make.grant(s.get_one(Account, matter.sides[1].account_id), Role.JUDGE)
    party = make.actor(s.get_one(Account, matter.sides[1].account_id))

    with pytest.raises(NotAllowed):
        court_papers.issue(s, row.id, by=party, at=AT, brief="x", procedure="简易程序", fee_rule="")


def test_CPLI_133_it_is_served_when_its_party_opens_it_not_when_it_was_sent(s, matter):
    document, (first, _) = handed_out(s, matter, online=True)
    assert (first.channel, first.arrived_at, first.certificate_id) == ("platform", None, None)

    service.read(s, document, by=matter.sides[0], at=LATER)

    assert first.arrived_at == LATER
    facts = facts_of(s.get_one(Document, first.certificate_id))
    assert (facts.result, facts.arrived_at) == ("受送达人已签收", LATER)


def test_CPLI_133_on_paper_it_is_served_when_it_was_signed_for(s, matter):
    document, (first, _) = handed_out(s, matter, online=False)
    service.send_paper(s, document, first.id, by=matter.clerk, at=AT)
    assert (first.channel, first.arrived_at) == ("paper", None)

    service.receive_paper(s, document, first.id, by=matter.clerk, at=LATER, on=day("2026-03-04"))

    assert first.arrived_at == moment("2026-03-04 12:00")


def handed_out(s, matter, *, online):
    parties = s.exec(select(Party).where(Party.dispute_id == matter.dispute.id).order_by(Party.side)).all()
    for party in parties:
        party.e_service, party.service_address = online, "天河区某路1号"
        s.add(party)
    document = matter.issued(s, matter.asked(s)).document_id
    rows = served(s, document, at=AT)
    return document, [next(row for row in rows if row.party_id == party.id) for party in parties]


@pytest.mark.parametrize("part", ["mediator", "agent"])
def test_CPLI_43_who_mediated_or_acted_in_the_matter_decides_nothing_of_it_later(s, make, matter, part):
    row = matter.asked(s)
    if part == "mediator":
        before = make.mediator("前任")
        s.add(
            Assignment(
                case_id=matter.case.id, mediator_id=before.id, how="joint", offered_at=AT, accepted=True
            )
        )
        account = s.get_one(Account, before.account_id)
    else:
        account = s.get_one(Account, make.agent(make.parties(matter.case)[0]).account_id)
        mandate = s.exec(select(Mandate).where(Mandate.account_id == account.id)).one()
        mandate.ended_at = AT
        s.add(mandate)
    make.grant(account, Role.JUDGE)
    matter.judge = make.actor(account)

    with pytest.raises(NotAllowed):
        matter.issued(s, row)
    with pytest.raises(NotAllowed):
        court_papers.refuse(
            s, row.id, by=matter.judge, at=AT, ground="harms-others", reason="处分案外人财产。"
        )


def test_while_the_court_looks_at_the_agreement_nobody_takes_it_another_way(s, matter):
    row, key = matter.asked(s), matter.agreement.id
    for act in (
        lambda: confirmation.apply(s, key, by=matter.sides[0], at=AT, reasons="自愿", declared=True),
        lambda: confirmation.apply_orally(s, key, by=matter.clerk, at=AT, reasons="自愿", signed=True),
        lambda: signing.perform_on_spot(s, key, by=matter.sides[0], at=AT),
    ):
        with pytest.raises(Conflict):
            act()

    court_papers.refuse(s, row.id, by=matter.judge, at=AT, ground="harms-others", reason="处分案外人财产。")

    confirmation.apply(s, key, by=matter.sides[0], at=AT, reasons="自愿", declared=True)


def test_CPL_100_both_have_signed_for_it_and_then_it_is_enforced_like_a_ruling(s, matter):
    owed = debt(s, matter, due_on=day("2026-03-20"))
    document, _ = handed_out(s, matter, online=True)
    clock_of = f"agreement:{matter.agreement.id}"
    service.read(s, document, by=matter.sides[0], at=LATER)
    assert deadlines.find(s, clock_of, "T-ENF") is None
    with pytest.raises(NotAllowed):
        _enforce(s, matter)

    service.read(s, document, by=matter.sides[1], at=LATER)

    assert deadlines.find(s, clock_of, "T-ENF").due_at.date() == day("2028-03-20")
    made = _enforce(s, matter)
    facts = facts_of(s.get_one(Document, made.document_id))
    assert (facts.title, facts.ruling_number) == ("民事调解书", "（2026）粤0106民初9号")
    assert (facts.ruled_on, facts.attachments[0]) == (day("2026-03-02"), "民事调解书")
    assert "制作调解书的广州市天河区人民法院" in facts.facts
    assert owed.stage is PerformanceStage.ENFORCING
    titles = [one.title for one in reading.bundle(s, matter.agreement, made, Side.APPLICANT)]
    assert titles == ["强制执行申请书", "民事调解书", "电子送达凭证"]
    assert [line.number for line in reading.waiting(s, matter.case.court_id)] == ["（2026）粤0106民初9号"]

    enforcement.end(s, matter.agreement.id, Side.APPLICANT, by=matter.clerk, at=OVERDUE)
    assert deadlines.find(s, clock_of, "T-ENF") is None


def test_CPLI_133_an_agent_of_two_parties_signs_for_both_and_it_comes_in_force(s, make, matter):
    party = make.parties(matter.case)[0]
    second = make.company_of(party)
    document, _ = handed_out(s, matter, online=True)
    assert {row.party_id for row in service.read(s, document, by=matter.sides[0], at=AT)} == {
        party.id,
        second.id,
    }

    service.read(s, document, by=matter.sides[1], at=LATER)

    assert titles.in_force_since(s, document) == LATER
    wanted = service.ask_for_paper(s, document, by=matter.sides[0], at=LATER)
    assert [row.party_id for row in wanted] == [party.id, second.id]
    with pytest.raises(Conflict):
        service.ask_for_paper(s, document, by=matter.sides[0], at=LATER)


def test_CPL_250_without_a_day_the_two_years_run_from_the_last_signature(s, matter):
    debt(s, matter, due_on=None)
    document, (_, other) = handed_out(s, matter, online=True)
    service.read(s, document, by=matter.sides[0], at=AT)
    other.channel = "paper"
    service.send_paper(s, document, other.id, by=matter.clerk, at=AT)
    service.receive_paper(s, document, other.id, by=matter.clerk, at=LATER, on=day("2026-03-04"))

    running = deadlines.find(s, f"agreement:{matter.agreement.id}", "T-ENF")

    assert running.since == moment("2026-03-04 12:00")


def debt(s, matter, *, due_on):
    row = Obligation(
        agreement_id=matter.agreement.id,
        text="支付货款",
        debtor=Side.RESPONDENT,
        amount_fen=1_200_000,
        due_on=due_on,
    )
    s.add(row)
    return row


def _enforce(s, matter):
    return enforcement.apply(s, matter.agreement.id, by=matter.sides[0], at=OVERDUE, breach="至今未付。")
