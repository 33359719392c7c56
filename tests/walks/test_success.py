"""The main journey, from a party's telephone to a judge's sealed ruling, by six people in real browsers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.walks.intake import (
    accepts,
    answers_the_invitation,
    choose_together,
    delegates,
    files,
    invitation_code,
    looks_around,
    schedules,
)
from tests.walks.outcome import (
    accepts_application,
    agreement_of,
    applies_together,
    comes_to,
    confirms,
    judge_of,
    paper_of,
    performs,
    plays,
    rates,
    sealed,
    signs,
)
from tests.walks.people import Person
from tests.walks.serving import Served, verify
from tests.walks.sitting import Table, agree, caucus, close, gather, record, reload, talk

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("walks"), pytest.mark.timeout(600)]


def test_a_dispute_goes_from_a_telephone_to_a_sealed_ruling(
    court: Served, person: Callable[..., Person], tmp_path: Path
) -> None:
    applicant = person("孙丽", "13700000001", number="440106199106070119", width=360)
    respondent = person("周强", "13700000002", number="440106198503120242", width=360)
    mediator, officer, clerk = person("李文"), person("周敏"), person("林晓")

    looks_around(applicant)
    dispute = files(applicant, tmp_path)
    delegates(officer, dispute)
    answers_the_invitation(respondent, invitation_code(applicant, dispute), dispute)
    case = choose_together(applicant, respondent, dispute)
    accepts(mediator, case)

    table = Table(mediator, applicant, respondent)
    sitting = schedules(mediator, applicant, case)
    gather(table, sitting)
    talk(table)
    record(table)
    caucus(table)
    reload(table)
    agree(table)
    close(table)

    agreement = agreement_of(applicant, dispute)
    signs(applicant, agreement, drawn=True)
    signs(respondent, agreement)
    signs(mediator, agreement)
    sealed(applicant, court, paper_of(applicant, dispute, "调解协议书"), "孙丽", "周强", "李文", "12,000")

    confirmation = applies_together(applicant, respondent, agreement)
    accepts_application(clerk, confirmation)
    judge = person(judge_of(clerk))
    confirms(judge, confirmation)
    ruling = paper_of(respondent, dispute, "民事裁定书")
    sealed(respondent, court, ruling, "孙丽", "周强", judge.name)
    comes_to(respondent, "我还需要纸质文书")
    respondent.press("我还需要纸质文书")
    sealed(applicant, court, paper_of(applicant, dispute, "电子送达凭证"), "孙丽")

    performs(respondent, applicant, agreement)
    rates(applicant, case, "非常满意")
    rates(respondent, case, "满意")
    recording = plays(applicant, sitting, tmp_path)
    judge.is_refused(recording)
    judge.is_refused(f"/sittings/{sitting}/minutes")
    applicant.go(f"/disputes/{dispute}")
    applicant.sees(judge.name)  # who looked
    assert verify(court.data) == (0, "valid\n")
