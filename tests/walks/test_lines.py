"""A sitting whose lines fail, and whose signing is filmed for the judge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from odr import demo
from tests.walks.intake import schedules
from tests.walks.outcome import (
    accepts_application,
    agreement_of,
    applies_together,
    judge_of,
    recordings_of,
    reviews,
    signs,
)
from tests.walks.people import Person
from tests.walks.serving import Served, brought, verify
from tests.walks.sitting import (
    Table,
    agree,
    caucus_with_respondent,
    close,
    film,
    gather,
    lose_line,
    lose_mediator,
    open_joint,
    record,
    share,
)

pytestmark = [pytest.mark.long, pytest.mark.slow, pytest.mark.xdist_group("walks"), pytest.mark.timeout(400)]


def sign_beside(table: Table, dispute: str) -> None:
    """Both parties sign in a window beside the room."""
    agreement = ""
    for one in table.parties:
        beside = replace(one, page=one.page.context.new_page())
        agreement = agreement or agreement_of(beside, dispute)
        signs(beside, agreement)
        beside.page.close()


def test_lines_fail_and_the_signing_is_filmed_for_the_judge(
    court: Served, person: Callable[..., Person], tmp_path: Path
) -> None:
    case, host = brought(court, demo.accepted, 1, a=0, b=3)
    (name_a, number_a, _), _, _, (name_b, number_b, _) = demo.PARTIES
    applicant = person(name_a, number=number_a, width=360)
    respondent, mediator = person(name_b, number=number_b, width=360), person(host.name)
    for one in (applicant, respondent):
        one.come_in()
    mediator.log_in()
    table = Table(mediator, applicant, respondent)
    sitting = schedules(mediator, applicant, case.id)

    gather(table, sitting)
    open_joint(table)
    record(table)
    share(table)
    caucus_with_respondent(table)
    lose_line(table, applicant)
    lose_mediator(table)
    agree(table)
    film(table, lambda: sign_beside(table, case.dispute_id))
    close(table)

    agreement = agreement_of(applicant, case.dispute_id)
    signs(mediator, agreement)
    confirmation = applies_together(applicant, respondent, agreement)
    clerk = person("林晓")
    accepts_application(clerk, confirmation)
    judge = person(judge_of(clerk))
    reviews(judge, confirmation)
    clip = judge.page.locator("[data-clip]").first.get_attribute("href")
    assert clip
    judge.go(clip)
    expect(judge.page.locator("video").first).to_be_visible()
    recordings = recordings_of(applicant, sitting, 2)
    for address in recordings - {clip}:
        judge.is_refused(address)
    assert verify(court.data) == (0, "valid\n")
