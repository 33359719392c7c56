"""What is kept in a matter without moving it: times, notes, what was disclosed; and the machine's look.

Written from the pages like `life.py`, and walked by the same walkers. Both sides share a mailbox, which is a sign.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from odr import demo
from odr.actions import calendar, halts, invitations, mediation, mediators
from odr.db import Database
from odr.rules.access import Actor
from odr.tables.disputes import Invitation
from odr.tables.mediations import FreeTime, MediationCase, Note
from odr.tables.people import Account
from tests.odr.life import Act, Life, only_machine, people

SIDES, HOST = frozenset({"applicant", "respondent"}), frozenset({"host"})
DECIDES = frozenset({"triage", "leader"})
EVERYBODY = (
    SIDES | HOST | DECIDES | {"org-admin", "clerk", "judge", "auditor", "sysadmin", "stranger", "machine"}
)


@dataclass
class Beside:
    """What is kept in the matter."""

    case: str = "accepted"
    waived: frozenset[str] = frozenset()
    offered: frozenset[str] = frozenset()
    notes: int = 0
    opened: bool = False  # the invitation, by whom nobody knows
    suspicion: str = ""  # pending, unfounded
    host: bool = field(default=True, init=False)


class Kept(Life):
    """The matter in a database."""

    def stages(self, s: Session) -> dict[str, Any]:
        offers, case = set(s.exec(select(FreeTime.account_id))), s.get_one(MediationCase, self.case_id)
        suspicion = next(iter(halts.all_of(s, case.id)), None)
        return {
            "case": case.stage.value,
            "waived": frozenset(mediators.current(s, case).waived_by),
            "offered": frozenset(who for who in SIDES | HOST if self.actors[who].account_id in offers),
            "notes": len(s.exec(select(Note)).all()),
            "opened": s.exec(select(Invitation)).one().opened_at is not None,
            "suspicion": "" if not suspicion else "unfounded" if suspicion.decided_at else "pending",
        }


def begin(db: Database, at: datetime) -> Kept:
    """A mediator has accepted the matter."""
    with db.transaction() as s:
        cast = demo.people(s, at)
        case, host = demo.accepted(s, cast, at)
        for one in cast.parties[:2]:
            s.get_one(Account, one.account_id).email = "family@example.org"
        known = people(cast, host=host)
        return Kept(db, at + timedelta(days=1), case.id, case.dispute_id, known)


def acts() -> Iterator[Act]:
    """Every act that is kept, and the one look that stops a matter."""
    yield from _acts_of_sides()
    yield from _acts_of_looking()


def _acts_of_sides() -> Iterator[Act]:
    yield Act(
        "know and agree", SIDES, lambda m, w: True, lambda m, w: {"waived": m.waived | {w}}, "disclosure.waived",
        lambda v, s, by: mediators.waive(s, v.case_id, by=by, at=v.now),
    )  # fmt: skip
    for given in (True, False):
        yield Act(
            f"offer times: {given}", SIDES | HOST, lambda m, w: True,
            lambda m, w, given=given: {"offered": m.offered | {w} if given else m.offered - {w}}, "times.offered",
            lambda v, s, by, given=given: calendar.offer_times(
                s, v.case_id, by=by, at=v.now,
                times=[(v.now + timedelta(days=n), v.now + timedelta(days=n, hours=2)) for n in (1, 2) if given],
            ),
        )  # fmt: skip
    yield Act(
        "write a note", HOST, lambda m, w: True, lambda m, w: {"notes": m.notes + 1}, "note.written",
        lambda v, s, by: mediation.write_note(s, v.case_id, by=by, at=v.now, text="双方愿意再谈。"),
    )  # fmt: skip


def _acts_of_looking() -> Iterator[Act]:
    yield Act(
        "open the invitation", frozenset({"stranger"}), lambda m, w: not m.opened,
        lambda m, w: {"opened": True}, "invitation.opened",
        lambda v, s, by: invitations.open_(s, s.exec(select(Invitation.code)).one(), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "look for strong signs", frozenset({"machine"}), lambda m, w: not m.suspicion,
        lambda m, w: {"suspicion": "pending", "case": "suspended"}, "case.suspended", _examine,
    )  # fmt: skip
    yield Act(
        "find them unfounded", DECIDES, lambda m, w: m.suspicion == "pending",
        lambda m, w: {"suspicion": "unfounded", "case": "in-mediation"}, "suspicion.judged",
        lambda v, s, by: halts.judge(s, v.case_id, by=by, at=v.now, upheld=False, reason="夫妻共用邮箱"),
    )  # fmt: skip


def _examine(v: Life, s: Session, by: Actor) -> None:
    only_machine(by)  # the job worker looks, nobody else
    halts.examine(s, v.case_id, at=v.now)


ACTS = tuple(acts())
