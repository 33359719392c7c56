"""Relief from the court's fee: asked for with proof, examined, decided, and what it does to the fee (FEE-44..51)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import select

from odr import consequences, deadlines
from odr.actions import fee_relief, mediation, triage
from odr.errors import BadInput, Conflict, DeadlinePassed, NotAllowed, WrongStage
from odr.papers import facts_of
from odr.queries import fee_relief as reading
from odr.rules import fees
from odr.rules import relief as law
from odr.rules.moves import CaseStage, DisputeStage
from odr.rules.relief import Relief
from odr.rules.words import PersonKind, Role, Side, Track
from odr.tables.companions import Mandate
from odr.tables.disputes import Party, Triage
from odr.tables.people import Account, Message
from odr.tables.records import Document
from odr.tables.roster import Mediator
from tests.make import day, kept, moment
from tests.odr.test_court_papers import Matter

AT = moment("2026-03-02 10:00")
PAPER = kept(3, name="低保证.pdf")
GROUNDS = {Relief.EXEMPT: "welfare", Relief.REDUCE: "disaster", Relief.DEFER: "legal-aid"}


class Suit:
    """A registered claim of 12,000 yuan whose fee is 100 yuan."""

    def __init__(self, s, make, stage=DisputeStage.IN_MEDIATION, **fields):
        self.s = s
        known = {"filing_number": "（2026）粤0106民初9号", "track": Track.POST_FILING_COMMISSIONED}
        self.dispute = make.dispute(stage, amount_fen=1_200_000, cause="private-lending", **(known | fields))
        self.case = make.case(
            CaseStage.ENDED if stage is DisputeStage.FAILED else CaseStage.IN_MEDIATION,
            dispute=self.dispute,
            to=make.mediator(),
            ended_at=AT,
        )
        self.applicant, self.respondent = (make.side(self.dispute, side) for side in Side)
        self.judge, self.leader = make.staff(Role.JUDGE, "张堃"), make.staff(Role.LEADER, "周赟")

    @property
    def asked_for(self):
        return deadlines.find(self.s, f"dispute:{self.dispute.id}", "T-FEE")

    def ask(self, relief=Relief.EXEMPT, **given):
        said = {
            "ground": GROUNDS[relief],
            "reason": "无其他收入。",
            "proofs": ["低保证；"],
            "paper": PAPER,
            "at": AT,
        } | given
        if relief is Relief.REDUCE:
            said = {"asked_fen": 5_000} | said
        return fee_relief.ask(self.s, self.dispute.id, **({"by": self.applicant} | said), relief=relief)

    def examined(self, relief=Relief.EXEMPT, fee_fen=10_000):
        row = self.ask(relief)
        return fee_relief.examine(
            self.s, row.id, by=self.judge, at=AT, fee_fen=fee_fen, supported=True, opinion="符合条件。"
        )

    def decide(self, row, **said):
        return fee_relief.decide(self.s, row.id, by=self.leader, at=AT, **said)

    def fail(self):
        mediation.hand_over(self.s, self.case.id, by=self.applicant, at=AT)
        return [m.body for m in self.s.exec(select(Message).where(Message.subject == "交纳诉讼费通知"))]


@pytest.fixture
def suit(s, make):
    return Suit(s, make)


def test_FEE_45_a_judge_examines_the_president_frees_and_the_fee_is_not_asked_for(s, make):
    suit = Suit(s, make, DisputeStage.FAILED)
    row = suit.decide(suit.examined(), granted=True, relieved_fen=10_000)

    facts = facts_of(s.get_one(Document, row.document_id))
    assert (facts.relief, facts.fee_fen, facts.decision) == ("免交", 10_000, "同意免交。")
    assert (facts.judge, facts.approver) == ("张堃", "周赟")
    assert "您不用交费" in suit.fail()[0]
    assert suit.asked_for is None


def test_FEE_46_a_reduction_is_at_least_three_tenths(s, make):
    suit = Suit(s, make, DisputeStage.FAILED)
    with pytest.raises(BadInput):
        suit.ask(Relief.REDUCE, asked_fen=2_999)
    with pytest.raises(BadInput):
        suit.ask(Relief.REDUCE, asked_fen=10_000)
    row = suit.examined(Relief.REDUCE)
    for wrong in (2_999, 10_000):
        with pytest.raises(BadInput):
            suit.decide(row, granted=True, relieved_fen=wrong)

    suit.decide(row, granted=True, relieved_fen=3_000)

    assert "减交30.00元" in suit.fail()[0]
    assert suit.asked_for.since == AT


def test_FEE_47_a_deferred_fee_is_due_seven_days_after_its_day(s, make):
    suit = Suit(s, make, DisputeStage.FAILED)
    row = suit.examined(Relief.DEFER)
    for wrong in (None, AT.date(), day("2037-01-01"), date.max):
        with pytest.raises(BadInput):
            suit.decide(row, granted=True, until=wrong)

    suit.decide(row, granted=True, until=day("2026-04-13"))

    assert "2026年4月13日" in suit.fail()[0]
    assert suit.asked_for.due_at.date() == day("2026-04-20")


def test_FEE_48_a_refusal_gives_its_reasons_and_the_fee_is_asked_for_again(s, make):
    suit = Suit(s, make, DisputeStage.FAILED)
    suit.fail()
    assert suit.asked_for is not None
    row = suit.examined()
    assert suit.asked_for is None  # FEE-22: who asked in time has not failed to pay
    with pytest.raises(BadInput):
        suit.decide(row, granted=False)

    suit.decide(row, granted=False, reason="有固定收入。")

    assert suit.asked_for.since == AT
    assert facts_of(s.get_one(Document, row.document_id)).decision == "不予准许。有固定收入。"
    with pytest.raises(Conflict):
        suit.ask()
    suit.ask(Relief.DEFER)  # another relief may still be asked for


def test_FEE_49_whether_it_may_come_later_is_decided_before_the_case_is_registered(s, make):
    suit = Suit(s, make, DisputeStage.SUBMITTED, filing_number="", wishes={"asks": "suit"})
    s.add(Triage(dispute_id=suit.dispute.id, proposal={"route": "suit"}, proposed_at=AT))
    officer = make.staff(Role.TRIAGE)
    row = suit.examined(Relief.DEFER)

    def register():
        return triage.register(s, suit.dispute.id, by=officer, at=AT, route="suit", reason="起诉")

    with pytest.raises(Conflict):
        register()
    suit.decide(row, granted=True, until=day("2026-04-13"))
    assert register().filing_number


def test_LRR_8_after_seven_days_it_is_registered_whatever_waits(s, make):
    suit = Suit(s, make, DisputeStage.SUBMITTED, filing_number="", wishes={"asks": "suit"})
    s.add(Triage(dispute_id=suit.dispute.id, proposal={"route": "suit"}, proposed_at=AT))
    suit.ask(Relief.DEFER)
    row = deadlines.start(
        s, "T-REG", court_id=suit.dispute.court_id, subject=f"dispute:{suit.dispute.id}", since=AT
    )

    consequences.register_first(s, row, AT + timedelta(days=8))

    assert suit.dispute.stage is DisputeStage.REGISTERED


def test_FEE_44_only_a_natural_person_is_freed_altogether(s, suit):
    party = s.exec(select(Party).where(Party.account_id == suit.applicant.account_id)).one()
    party.kind = PersonKind.LEGAL
    with pytest.raises(BadInput):
        suit.ask()
    suit.ask(Relief.REDUCE)


def test_FEE_51_the_paper_that_ends_the_case_names_what_was_relieved(s, make):
    matter = Matter(s, make)
    matter.dispute.stage, matter.dispute.cause = DisputeStage.IN_MEDIATION, "private-lending"
    said = {"ground": "disaster", "reason": "受灾。", "proofs": ["证明；"], "paper": PAPER}
    row = fee_relief.ask(
        s, matter.dispute.id, by=matter.sides[0], at=AT, relief=Relief.REDUCE, asked_fen=5_000, **said
    )
    fee_relief.examine(s, row.id, by=matter.judge, at=AT, fee_fen=10_000, supported=True, opinion="符合。")
    fee_relief.decide(s, row.id, by=make.staff(Role.LEADER), at=AT, granted=True, relieved_fen=4_000)
    matter.dispute.stage = DisputeStage.SETTLED

    paper = facts_of(s.get_one(Document, matter.issued(s, matter.asked(s)).document_id))

    assert paper.fee_fen == 5_000  # half, because it was settled
    assert paper.fee_rule.endswith("减交其中20.00元")


def test_the_fee_that_the_court_may_choose_is_set_by_the_judge_within_its_frame(s, make):
    suit = Suit(s, make)
    suit.dispute.cause = "divorce"
    frame = fees.of_cause("divorce", 1_200_000)
    assert (frame.low_fen, frame.high_fen) == (5_000, 30_000)
    row = suit.ask()
    said = {"by": suit.judge, "at": AT, "supported": True, "opinion": "符合。"}
    for outside in (frame.low_fen - 1, frame.high_fen + 1):
        with pytest.raises(BadInput):
            fee_relief.examine(s, row.id, fee_fen=outside, **said)
    assert fee_relief.examine(s, row.id, fee_fen=frame.low_fen, **said).fee_fen == frame.low_fen


def test_it_takes_two_people_and_neither_is_of_the_matter(s, make, suit):
    row = suit.ask()
    with pytest.raises(Conflict):  # nobody has examined it
        suit.decide(row, granted=True, relieved_fen=10_000)
    make.grant(s.get_one(Account, suit.respondent.account_id), Role.JUDGE)
    party = make.actor(s.get_one(Account, suit.respondent.account_id))
    said = {"at": AT, "fee_fen": 10_000, "supported": True, "opinion": "符合。"}
    with pytest.raises(NotAllowed):
        fee_relief.examine(s, row.id, by=party, **said)
    make.grant(s.get_one(Account, suit.leader.account_id), Role.JUDGE)
    both = make.actor(s.get_one(Account, suit.leader.account_id))
    fee_relief.examine(s, row.id, by=both, **said)
    with pytest.raises(NotAllowed):
        fee_relief.decide(s, row.id, by=both, at=AT, granted=True, relieved_fen=10_000)


@pytest.mark.parametrize("office", ["judge", "leader"])
def test_CPL_47_who_was_an_agent_decides_nothing_of_a_claim_just_filed(s, make, office):
    suit = Suit(s, make, DisputeStage.SUBMITTED, filing_number="", wishes={"asks": "suit"})
    agent = make.agent(make.parties(suit.case)[0])
    s.delete(suit.case)
    s.exec(select(Mandate).where(Mandate.account_id == agent.account_id)).one().ended_at = AT
    account = s.get_one(Account, agent.account_id)
    row = suit.ask() if office == "judge" else suit.examined()
    make.grant(account, Role.JUDGE if office == "judge" else Role.LEADER)
    setattr(suit, office, make.actor(account))

    said = {"fee_fen": row.fee_fen, "supported": True, "opinion": "符合。"}
    act = {
        "judge": lambda: fee_relief.examine(s, row.id, by=suit.judge, at=AT, **said),
        "leader": lambda: suit.decide(row, granted=True, relieved_fen=row.fee_fen),
    }
    with pytest.raises(NotAllowed):
        act[office]()


def test_there_is_no_relief_without_a_suit_and_one_at_a_time(s, make, suit):
    with pytest.raises(WrongStage):
        Suit(s, make, DisputeStage.INVITING, filing_number="").ask()
    suit.ask()
    with pytest.raises(Conflict):
        suit.ask(Relief.DEFER)


@pytest.mark.parametrize(("fee", "least"), [(10_000, 3_000), (10_001, 3_001), (1, 1), (0, 0)])
def test_three_tenths_are_never_a_fen_less(fee, least):
    assert law.least(fee) == least
    assert law.of_part(fee // 2, fee, fee) == fee // 2


def test_FEE_22_who_asks_when_the_fee_is_due_gets_no_new_days(s, make):
    suit = Suit(s, make, DisputeStage.FAILED)
    suit.fail()
    late = suit.asked_for.due_at + timedelta(seconds=1)

    with pytest.raises(DeadlinePassed):
        suit.ask(Relief.DEFER, at=late)
    assert suit.asked_for.stopped_at is None

    suit.ask(Relief.DEFER, at=late - timedelta(seconds=1))
    assert suit.asked_for is None


def test_an_officer_reads_nothing_of_a_matter_of_their_own(s, make, suit):
    suit.ask()
    mediator = s.get_one(Account, make.person(s.get_one(Mediator, suit.case.mediator_id)).account_id)
    party = s.get_one(Account, suit.respondent.account_id)
    gone = s.get_one(Account, make.agent(make.parties(suit.case)[0]).account_id)
    s.exec(select(Mandate).where(Mandate.account_id == gone.id)).one().ended_at = AT
    for account, role in ((mediator, Role.JUDGE), (party, Role.LEADER), (gone, Role.JUDGE)):
        make.grant(account, role)

        assert reading.queue(s, make.actor(account)) == []
    assert len(reading.queue(s, suit.judge)) == len(reading.queue(s, suit.leader)) == 1


def test_what_waits_comes_first_and_then_what_was_decided_last(s, make, monkeypatch):
    suits = [Suit(s, make) for _ in range(4)]
    old, new = (one.examined() for one in suits[:2])
    for place, row in enumerate((old, new)):
        fee_relief.decide(
            s, row.id, by=suits[0].leader, at=AT + timedelta(days=place), granted=False, reason="不足。"
        )
    first, second = (one.ask(at=AT + timedelta(days=9 + place)) for place, one in enumerate(suits[2:]))

    assert [one.id for one in reading.queue(s, suits[0].judge)] == [first.id, second.id, new.id, old.id]
    monkeypatch.setattr(reading, "MOST", 3)
    assert [one.id for one in reading.queue(s, suits[0].judge)] == [first.id, second.id, new.id]


def test_a_long_list_asks_no_more_than_a_short_one(s, make):
    first = Suit(s, make)
    first.examined()
    asked: list[str] = []
    sa.event.listen(s.get_bind(), "before_cursor_execute", lambda _c, _cur, text, *_: asked.append(text))

    def listed() -> int:
        s.expire_all()
        del asked[:]
        reading.queue(s, first.judge)
        return len(asked)

    alone = listed()
    for _ in range(3):
        Suit(s, make).examined()
    assert listed() == alone, asked


@pytest.fixture
def joint(s, make):
    """Two who sue together; what the second asks is nobody's but theirs and the court's."""
    suit = Suit(s, make, DisputeStage.FAILED)
    second = make.party(suit.dispute, Side.APPLICANT, account=make.account("王五"), position=1)
    suit.second = make.person(second)
    return suit


def _told(s, who, subject="交纳诉讼费通知"):
    query = select(Message).where(Message.subject == subject, Message.account_id == who.account_id)
    return [one.body for one in s.exec(query.order_by(Message.created_at))]


def test_each_of_several_applicants_asks_for_themselves_and_hears_their_own_answer(s, joint):
    mine = joint.examined()
    theirs = joint.ask(Relief.DEFER, by=joint.second)  # neither waits for the other
    with pytest.raises(Conflict):
        joint.ask(Relief.REDUCE, by=joint.second)

    joint.decide(mine, granted=True, relieved_fen=10_000)
    joint.fail()

    (first,), (second,) = _told(s, joint.applicant), _told(s, joint.second)
    assert "免交" in first
    assert "您申请的诉讼费用救助决定以前" in second
    assert joint.asked_for is None
    fee_relief.examine(
        s, theirs.id, by=joint.judge, at=AT, fee_fen=10_000, supported=False, opinion="收入稳定。"
    )
    joint.decide(theirs, granted=False, reason="收入稳定。")
    assert "七日内预交" in _told(s, joint.second)[-1]
    assert "免交" in _told(s, joint.applicant)[-1]
    assert joint.asked_for is not None


def test_who_has_asked_for_nothing_learns_of_nobodys_need(s, joint):
    joint.fail()
    row = joint.examined()

    assert joint.asked_for is None
    waits = _told(s, joint.second)[-1]
    assert "另行通知" in waits
    assert "救助" not in waits

    joint.decide(row, granted=True, relieved_fen=10_000)

    assert "七日内预交" in _told(s, joint.second)[-1]
    assert joint.asked_for.since == AT
    assert not any("免交" in body for body in _told(s, joint.second))


def test_the_court_does_not_register_while_anybodys_deferral_waits(s, joint):
    joint.ask(Relief.REDUCE)
    joint.ask(Relief.DEFER, by=joint.second)
    with pytest.raises(Conflict):
        fee_relief.ensure_deferral_decided(s, joint.dispute)


def test_FEE_51_the_paper_names_everybody_who_was_relieved(s, joint):
    for who, relieved in ((joint.applicant, 4_000), (joint.second, 3_000)):
        row = joint.ask(Relief.REDUCE, by=who)
        fee_relief.examine(s, row.id, by=joint.judge, at=AT, fee_fen=10_000, supported=True, opinion="符合。")
        joint.decide(row, granted=True, relieved_fen=relieved)

    said = fee_relief.stated(s, joint.dispute.id, 10_000)
    assert said == "本院已准予张三减交其中40.00元；本院已准予王五减交其中30.00元"


def test_who_acts_for_several_says_for_whom(s, make, joint):
    first, second = (one for one in make.parties(joint.case) if one.side is Side.APPLICANT)
    lawyer = make.agent(first)
    make.mandate(second, lawyer.account_id)
    stranger = make.parties(joint.case)[-1]

    assert [name for _, name in reading.own(s, joint.dispute, lawyer).people] == ["张三", "王五"]
    assert joint.ask(by=lawyer, party_id=second.id).party_id == second.id
    with pytest.raises(BadInput):
        joint.ask(by=lawyer, party_id=stranger.id)
    assert [name for _, name in reading.own(s, joint.dispute, lawyer).people] == ["张三"]
    assert joint.ask(by=lawyer).party_id == first.id
    assert len(reading.own(s, joint.dispute, lawyer).rows) == 2
