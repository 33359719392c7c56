"""Who looked: a line for every look at a matter's content by somebody who is not its party."""

from __future__ import annotations

from odr.rules.words import Hat
from odr.tables.records import Look
from web.ask import Ask

PARTIES = {Hat.APPLICANT, Hat.RESPONDENT}
# Which of several hats a look is put down to, the most telling first
HATS = (
    Hat.JUDGE,
    Hat.MEDIATOR,
    Hat.TRIAGE,
    Hat.CLERK,
    Hat.ORG_ADMIN,
    Hat.LEADER,
    Hat.AUDITOR,
    Hat.BENCH,
    Hat.SYSADMIN,
)


def looked(ask: Ask, dispute_id: str, what: str) -> None:
    """Note the look in a transaction of its own, once the answer is decided. `what` is a Chinese source text."""
    hat = next((hat for hat in HATS if hat in ask.hats), None)
    if hat is None or ask.hats & PARTIES:
        return
    with ask.site.db.transaction() as s:
        s.add(
            Look(
                subject=f"dispute:{dispute_id}",
                account_id=ask.actor.account_id,
                hat=hat.value,
                what=what,
                at=ask.now,
            )
        )
