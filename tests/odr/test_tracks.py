"""Each way to mediation can be taken, on its own clock and with its own people."""

from __future__ import annotations

import pytest

from odr import clock, deadlines
from odr.actions import consents, mediators, triage
from odr.errors import BadInput
from odr.queries import candidates
from odr.rules.moves import CaseStage, DisputeStage
from odr.rules.words import Role, Side, Step, Track
from odr.tables.disputes import Triage
from tests.make import day, moment

AT = moment("2026-03-02 10:00")


def delegated(s, make, track, *, org="", filed=True, summary=False):
    """A matter handed over on a track, and its people."""
    dispute = make.dispute(DisputeStage.REGISTERED if filed else DisputeStage.SUBMITTED, track=None)
    dispute.filing_number, dispute.summary = "（2026）粤0106民初1号" if filed else "", summary
    s.add_all([dispute, Triage(dispute_id=dispute.id, proposal={"route": "mediate"}, proposed_at=AT)])
    s.flush()
    officer = make.staff(Role.TRIAGE)
    case = triage.delegate(
        s, dispute.id, by=officer, at=AT, org_id=org, track=track, route="mediate", reason="", origin=""
    )
    return dispute, case


def agreed(s, make, dispute):
    for side in Side:
        consents.answer(s, dispute.id, {Step.MEDIATION: True}, by=make.side(dispute, side), at=AT)


def test_ODM_24_a_judge_leads_without_an_organisation_and_the_period_runs_from_consent(s, make):
    outside, own = make.mediator("甲"), make.mediator("庭内调解员")
    own.org_id = None
    s.add(own)
    dispute, case = delegated(s, make, Track.JUDGE_LED)

    agreed(s, make, dispute)

    pool = candidates.pool(s, case, on=clock.court_date(AT))
    due = deadlines.find(s, f"case:{case.id}", "T-MED")
    assert (own.id in pool.ids, outside.id in pool.ids) == (True, False)
    assert (due.rule, clock.court_date(due.since)) == ("T-MED-O", day("2026-03-02"))


def test_other_ways_need_an_organisation(s, make):
    with pytest.raises(BadInput):
        delegated(s, make, Track.POST_FILING_COMMISSIONED)


def test_an_administrative_dispute_goes_to_an_organisation_without_a_case_number(s, make):
    org = make.organisation()

    _dispute, case = delegated(s, make, Track.ADMIN_OR_OTHER, org=org.id, filed=False)

    assert (case.stage, case.track, case.org_id) == (CaseStage.CREATED, Track.ADMIN_OR_OTHER, org.id)


@pytest.mark.parametrize(("summary", "rule"), [(False, "T-MED-O"), (True, "T-MED-S")])
def test_ODM_24_summary_procedure_has_seven_days(s, make, summary, rule):
    mediator = make.mediator()
    dispute, case = delegated(s, make, Track.POST_FILING_COMMISSIONED, org=mediator.org_id, summary=summary)
    agreed(s, make, dispute)
    mediators.appoint(s, case.id, by=make.staff(Role.TRIAGE), at=AT)

    mediators.accept(s, case.id, by=make.person(mediator), at=AT, disclosure="", promised=True)

    assert deadlines.find(s, f"case:{case.id}", "T-MED").rule == rule
