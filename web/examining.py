"""The machine's look at a matter's good faith, after the act that made one worth while."""

from __future__ import annotations

from odr.actions import halts
from web.jobs import Work, handles


@handles("case.examine")
def examine(work: Work) -> None:
    with work.db.transaction() as s:
        halts.examine(s, work.fields["case"], at=work.now())
