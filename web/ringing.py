"""Wake-ups of the law's clocks, and the net under them."""

from __future__ import annotations

import logging
from datetime import timedelta

import odr.consequences  # noqa: F401  # registers what passed clocks lead to
from odr import alarms, outbox
from web.jobs import Office, Work, every, handles

log = logging.getLogger("odr.ringing")
PATIENCE = timedelta(minutes=1)


@handles("deadline.ring")
def ring(work: Work) -> None:
    """Ask a clock whether it has run out, or is about to."""
    with work.db.transaction() as s:
        alarms.ring(s, work.fields["deadline"], work.fields["percent"], at=work.now())


@every(60)
def ring_the_missed(office: Office) -> None:
    """Clocks that ran out and whose wake-up was lost are woken again."""
    now = office.now()
    with office.db.transaction() as s:
        for deadline_id in alarms.overdue(s, at=now - PATIENCE):
            log.warning("a clock had not rung", extra={"deadline": deadline_id})
            key = f"{deadline_id}:missed:{now:%Y%m%d%H}"
            outbox.add(s, "deadline.ring", key=key, deadline=deadline_id, percent=100)
