"""A written scheme: asked for, agreed to by each party, served, objected to, or left to stand (PRE16)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from odr import alarms, consequences, deadlines, matters, papers
from odr.actions import (
    drafting,
    halts,
    mediation,
    mediators,
    paper_objections,
    performance,
    schemes,
    service,
)
from odr.errors import BadInput, Conflict, DeadlinePassed, NotAllowed, WrongStage
from odr.papers import facts_of
from odr.rules.access import MACHINE
from odr.rules.halts import Halt
from odr.rules.moves import AgreementStage, CaseStage, DisputeStage, SittingStage
from odr.rules.words import ClauseKind, Role, Side, Zone
from odr.tables.agreements import Agreement, Obligation, Service
from odr.tables.records import Document
from tests.make import kept, moment

AT = moment("2026-03-02 10:00")
DAY = timedelta(days=1)
TERMS = {
    "debtor": "respondent",
    "creditor": "applicant",
    "about": "货款",
    "amount_fen": 1_200_000,
    "due_on": "2026-06-30",
    "method": "cash",
}
assert consequences  # its alarms are registered by the import


class Matter:
    def __init__(self, s, make, *, online=True):
        mediator = make.mediator()
        self.case = make.offered(mediator)
        self.host = make.person(mediator)
        self.dispute = make.dispute_of(self.case)
        self.applicant, self.respondent = (make.side(self.dispute, side) for side in Side)
        self.clerk, self.triage = make.staff(Role.CLERK), make.staff(Role.TRIAGE)
        for party in make.parties(self.case):
            party.e_service, party.address = online, "天河区体育西路1号"
            s.add(party)
        mediators.accept(s, self.case.id, by=self.host, at=AT, disclosure="", promised=True)
        sitting = make.sitting(SittingStage.CLOSED, case=self.case)
        drafting.propose(
            s, sitting.id, by=self.host, at=AT, kind=ClauseKind.PAYMENT, fields=TERMS
        )  # nobody has agreed to it

    @property
    def id(self):
        return self.case.id

    def draft(self, s):
        return drafting.current(s, self.id)


@pytest.fixture
def matter(s, make):
    return Matter(s, make)


def offered(s, m):
    schemes.offer(s, m.id, by=m.host, at=AT, gap="付款期限相差一个月。", known=["欠款12000元属实。"])


def agreed(s, m):
    offered(s, m)
    for one in (m.applicant, m.respondent):
        schemes.agree(s, m.id, by=one, at=AT, agrees=True, understood=True)


def paper(s, m):
    return s.exec(select(Document).where(Document.kind == "no_objection", Document.zone == Zone.JOINT)).one()


def served(s, m, at=AT):
    """Served by the mediator, sealed and handed to both accounts."""
    agreed(s, m)
    schemes.serve(s, m.id, by=m.host, at=AT)
    document = papers.publish(s, paper(s, m).id, digest="sha256:" + "a" * 64, size=9, at=at)
    service.serve(s, document.id, by=MACHINE, at=at)


def rung(s, m):
    row = deadlines.find(s, f"case:{m.id}", "T-OBJ-SCHEME")
    alarms.ring(s, row.id, 100, at=row.due_at)
    return row.due_at


def test_PRE16_nobody_is_bound_by_silence_who_did_not_agree_to_that(s, matter):
    offered(s, matter)
    with pytest.raises(BadInput):
        schemes.agree(s, matter.id, by=matter.applicant, at=AT, agrees=True, understood=False)
    schemes.agree(s, matter.id, by=matter.applicant, at=AT, agrees=True, understood=True)

    with pytest.raises(Conflict):
        schemes.serve(s, matter.id, by=matter.host, at=AT)
    assert matter.case.stage is CaseStage.ACCEPTED


def test_PRE16_one_no_is_enough_and_mediation_goes_on(s, matter):
    offered(s, matter)
    schemes.agree(s, matter.id, by=matter.respondent, at=AT, agrees=False, understood=False)

    with pytest.raises(WrongStage):
        schemes.agree(s, matter.id, by=matter.applicant, at=AT, agrees=True, understood=True)
    assert matter.draft(s).stage is AgreementStage.DRAFTING
    offered(s, matter)  # it may be asked again


def test_PRE16_the_seven_days_run_from_the_last_service(s, matter):
    served(s, matter, at=AT + DAY)

    clock = deadlines.find(s, f"case:{matter.id}", "T-OBJ-SCHEME")
    assert clock.due_at.date() == (AT + DAY + 7 * DAY).date()
    assert matter.case.stage is CaseStage.SCHEME_SERVED


def test_PRE16_nothing_runs_until_the_last_paper_has_arrived(s, make):
    m = Matter(s, make, online=False)
    served(s, m)
    document = paper(s, m)
    first, last = s.exec(select(Service).where(Service.document_id == document.id)).all()
    for row, day in ((first, 2), (last, 4)):
        assert deadlines.find(s, f"case:{m.id}", "T-OBJ-SCHEME") is None
        service.send_paper(s, document.id, row.id, by=m.clerk, at=AT)
        signed = (AT + day * DAY).date()
        service.receive_paper(s, document.id, row.id, by=m.clerk, at=AT + 5 * DAY, on=signed)

    assert deadlines.find(s, f"case:{m.id}", "T-OBJ-SCHEME").since.date() == (AT + 4 * DAY).date()


def test_PRE16_an_objection_ends_mediation_without_an_agreement(s, matter):
    served(s, matter)
    draft = matter.draft(s)

    schemes.object_to(s, matter.id, by=matter.respondent, at=AT + 6 * DAY, text="")

    assert (matter.case.stage, matter.dispute.stage) == (CaseStage.ENDED, DisputeStage.FAILED)
    assert draft.stage is AgreementStage.REFUSED
    assert deadlines.running(s, f"case:{matter.id}") == []


def test_CPL_62_before_the_paper_was_checked_an_agent_objects_to_no_scheme(s, make, matter):
    served(s, matter)
    party = make.parties(matter.case)[1]

    with pytest.raises(NotAllowed):
        schemes.object_to(s, matter.id, by=make.agent(party), at=AT + DAY, text="")
    schemes.object_to(s, matter.id, by=make.agent(party, accepted=True), at=AT + DAY, text="")


SCAN = kept(name="异议.pdf")


def on_paper(s, m, *, by=None, at=AT + 2 * DAY, given=None):
    party = matters.parties(s, m.dispute.id, Side.RESPONDENT)[0]
    given_on = (given or at).date()
    return paper_objections.record(
        s, m.id, by=by or m.clerk, at=at, party_id=party.id, given_on=given_on, scan=SCAN
    )


@pytest.mark.parametrize("who", ["host", "clerk"])
def test_PRE16_an_objection_on_paper_has_the_same_effect(s, matter, who):
    served(s, matter)

    row = on_paper(s, matter, by=getattr(matter, who), given=AT + DAY)

    assert (matter.case.stage, matter.dispute.stage) == (CaseStage.ENDED, DisputeStage.FAILED)
    assert (row.scan_digest, row.given_on) == (SCAN["digest"], (AT + DAY).date())
    assert row.objected_by == matters.parties(s, matter.dispute.id, Side.RESPONDENT)[0].id


def test_CPL_85_what_was_posted_in_time_takes_back_what_silence_made(s, matter):
    served(s, matter)
    end = rung(s, matter)
    agreement = s.exec(select(Agreement)).one()
    bound = agreement.document_id
    with pytest.raises(DeadlinePassed):
        on_paper(s, matter, at=end + 3 * DAY, given=end + DAY)

    on_paper(s, matter, at=end + 3 * DAY, given=end)

    assert (matter.case.stage, matter.dispute.stage) == (CaseStage.ENDED, DisputeStage.FAILED)
    assert (agreement.stage, agreement.effective_at) == (AgreementStage.REFUSED, None)
    assert deadlines.running(s, f"agreement:{agreement.id}") == []
    assert s.exec(select(Obligation)).all() == []
    assert s.get_one(Document, bound).void_at is not None


def test_what_somebody_has_built_on_stays(s, matter):
    served(s, matter)
    end = rung(s, matter)
    owed = s.exec(select(Obligation)).one()
    performance.claim(s, owed.id, by=matter.respondent, at=end)

    with pytest.raises(Conflict):
        on_paper(s, matter, at=end + DAY, given=end)
    assert matter.case.stage is CaseStage.SETTLED


def test_an_objection_on_paper_is_entered_by_who_receives_papers_for_a_party_of_the_case(s, make, matter):
    served(s, matter)
    for who in (matter.applicant, matter.triage):
        with pytest.raises(NotAllowed):
            on_paper(s, matter, by=who)
    for wrong in (AT - DAY, AT + 3 * DAY):  # before it was served, after today
        with pytest.raises(BadInput):
            on_paper(s, matter, given=wrong)
    stranger = make.parties(make.case(CaseStage.IN_MEDIATION))[0]
    for wrong in (stranger.id, "nobody", ""):
        with pytest.raises(BadInput):
            paper_objections.record(
                s, matter.id, by=matter.clerk, at=AT, party_id=wrong, given_on=AT.date(), scan=SCAN
            )


def test_PRE16_an_objection_after_the_days_comes_too_late(s, matter):
    served(s, matter)

    with pytest.raises(DeadlinePassed):
        schemes.object_to(s, matter.id, by=matter.respondent, at=AT + 9 * DAY, text="不同意")


def test_PRE16_what_nobody_objected_to_is_the_agreement(s, matter):
    served(s, matter)

    end = rung(s, matter)

    agreement = s.exec(select(Agreement)).one()
    facts = facts_of(s.get_one(Document, agreement.document_id))
    assert (matter.case.stage, matter.dispute.stage) == (CaseStage.SETTLED, DisputeStage.SETTLED)
    assert (agreement.stage, agreement.effective_at) == (AgreementStage.EFFECTIVE, end)
    assert (facts.kind, facts.effective_on) == ("no_objection", moment("2026-03-09 10:00").date())
    assert s.exec(select(Obligation)).one().amount_fen == 1_200_000
    assert deadlines.find(s, f"agreement:{agreement.id}", "T-JC-APPLY").since == end


def test_ODM_18_a_scheme_that_fails_is_not_for_the_court(s, matter):
    served(s, matter)
    schemes.object_to(s, matter.id, by=matter.applicant, at=AT, text="")

    assert [row.zone for row in s.exec(select(Document).where(Document.kind == "no_objection"))] == [
        Zone.JOINT
    ]


def test_a_scheme_falls_with_a_suspicion_and_is_asked_for_anew(s, matter):
    served(s, matter)

    halts.suspend(s, matter.id, by=matter.triage, at=AT, why=Halt.FALSITY, reason="双方同一电话")

    assert deadlines.find(s, f"case:{matter.id}", "T-OBJ-SCHEME") is None
    assert schemes.current(s, matter.id) is None
    assert matter.draft(s).stage is AgreementStage.DRAFTING


def test_ESL_3_family_status_takes_no_silence_for_consent(s, matter):
    matter.dispute.cause = "divorce"
    s.add(matter.dispute)

    with pytest.raises(Conflict):
        offered(s, matter)


def test_terms_are_not_changed_once_served(s, make, matter):
    served(s, matter)
    sitting = make.sitting(SittingStage.CLOSED, case=matter.case)

    with pytest.raises(WrongStage):
        drafting.propose(s, sitting.id, by=matter.host, at=AT, kind=ClauseKind.PAYMENT, fields=TERMS)


def test_only_a_party_agrees_or_objects_and_only_the_mediator_serves(s, matter):
    agreed(s, matter)
    with pytest.raises(NotAllowed):
        schemes.serve(s, matter.id, by=matter.applicant, at=AT)
    schemes.serve(s, matter.id, by=matter.host, at=AT)

    with pytest.raises(NotAllowed):
        schemes.object_to(s, matter.id, by=matter.host, at=AT, text="")


def test_the_days_end_quietly_when_mediation_was_over_before(s, matter):
    served(s, matter)
    row = deadlines.find(s, f"case:{matter.id}", "T-OBJ-SCHEME")
    mediation.settle(s, matter.id, by=matter.host, at=AT + DAY, performed=False)

    assert alarms.ring(s, row.id, 100, at=row.due_at) is False


def test_who_leads_a_company_that_is_a_party_too_answers_for_both(s, make, matter):
    make.company_of(make.parties(matter.case)[1])
    offered(s, matter)

    for who in (matter.applicant, matter.respondent):
        row = schemes.agree(s, matter.id, by=who, at=AT, agrees=True, understood=True)

    assert row.agreed.keys() == {party.id for party in make.parties(matter.case)}
