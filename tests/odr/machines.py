"""A matter and its model side by side, at each part of its life: what the walkers of `test_model.py` walk."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlmodel import col, func, select

from odr import clock, deadlines, holdings, journal
from odr.actions import halts
from odr.db import Database
from odr.errors import Refused
from odr.queries import figures
from odr.rules import periods
from odr.tables.agreements import ConfirmationCase, Signature
from odr.tables.mediations import Recording
from odr.tables.people import Account, Login
from odr.tables.records import JournalEntry
from odr.tables.roster import RosterChange
from tests.odr import beside, bureau, door, early, ends, inside, judging
from tests.odr.life import ACTS, AT, OVER, PEOPLE, SIDES, Begun, Model, begin, later

MINUTE = timedelta(minutes=1)
ENDINGS = {
    "refuse mediation",
    "settle",
    "end",
    "not sign",
    "hand over",
    "find it false",
    "point to another way",
    "send back",
    "object to the scheme",
    "say yes to it",
    "let thirty days pass",
    "not accept",
    "withdraw",
    "dismiss",
    "terminate",
    "close",
    "rule that it counts as withdrawn",
    "perform on the spot",
}


class Matter(RuleBasedStateMachine):
    """A matter and its model, side by side."""

    start: Begun  # set before a walk
    begin = staticmethod(begin)
    acts = ACTS
    people = PEOPLE
    fresh: type = Model

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "odr.db"
        shutil.copy(self.start.path, path)
        self.life = replace(self.start.life, db=Database(f"sqlite:///{path}"))
        self.model = self.fresh()

    def teardown(self) -> None:
        with self.life.db.reading() as s:
            self._whole(s)
        self.life.db.close()
        self.folder.cleanup()

    @precondition(lambda self: self._possible())
    @rule(data=st.data())
    def somebody_who_may_acts(self, data: st.DataObject) -> None:
        found = self._possible()
        if data.draw(st.integers(0, 9)):  # most days a matter goes on
            found = [one for one in found if one[0].name not in ENDINGS] or found
        act, who = data.draw(st.sampled_from(found))
        self._try(act, who)

    @rule(data=st.data())
    def somebody_tries(self, data: st.DataObject) -> None:
        act = data.draw(st.sampled_from(self.acts))
        self._try(act, data.draw(st.sampled_from(sorted(self.people))))

    @invariant()
    def everything_stands_where_the_model_says(self) -> None:
        with self.life.db.reading() as s:
            really = self.life.stages(s)
            assert really == {name: getattr(self.model, name) for name in really}
            self._holds(s)

    def _holds(self, s) -> None:
        """Nothing binds unsigned but a scheme that stands, and no clock of a case outlives it."""
        signed = s.exec(select(func.count()).select_from(Signature)).one()
        unsigned = self.model.agreement == "effective" and self.model.scheme != "served"
        assert not unsigned or signed >= len(SIDES)
        if self.model.case in OVER:
            assert deadlines.running(s, f"case:{self.life.case_id}") == []

    def _possible(self):
        return [(act, who) for act in self.acts for who in sorted(act.who) if act.may(self.model, who)]

    def _try(self, act, who: str) -> None:
        """What may be done is done with its one line; what may not changes nothing."""
        self.life.now += MINUTE
        self.model = later(self.model)
        before, allowed = self._entries(), act.may(self.model, who)
        try:
            with self.life.db.transaction() as s:
                act.call(self.life, s, self.life.actor(s, who))
        except Refused as refused:
            if allowed:
                raise AssertionError(
                    f"{who} could not {act.name}: {refused.code} {refused.details}"
                ) from refused
        new = self._entries()[len(before) :]
        if allowed:
            assert act.is_told(new), f"{who}: {act.name} wrote {new}"
            self.model = replace(self.model, **act.then(self.model, who))
        else:
            assert new == [], f"{who} should not {act.name}, and wrote {new}"

    def _entries(self) -> list[str]:
        with self.life.db.reading() as s:
            return list(s.exec(select(JournalEntry.kind).order_by(col(JournalEntry.seq))))

    def _whole(self, s) -> None:
        """The chain is whole, and the figures count this one matter once."""
        rows = s.exec(select(JournalEntry).order_by(col(JournalEntry.seq))).all()
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        assert [row.prev for row in rows] == [journal.GENESIS, *(row.hash for row in rows[:-1])]
        period = periods.around(clock.court_date(AT), "month")
        books = figures.books(s, rows[0].court_id, period, period, now=self.life.now)
        assert len(books.matters) == self._counted()

    def _counted(self) -> int:
        """How many mediations the court has had."""
        return 1


class Filing(Matter):
    """The same before there is a mediator."""

    begin = staticmethod(early.begin)
    acts = early.ACTS
    people = early.EVERYBODY
    fresh = early.Early

    def _counted(self) -> int:
        return int(self.model.case != "none")

    def _holds(self, s) -> None:
        """What is over waits for nothing, and what waits for the court has its seven days."""
        running = [row.rule for row in deadlines.running(s, f"dispute:{self.life.dispute_id}")]
        assert ("T-REG" in running) == (self.model.dispute == "submitted")
        assert ("T-LINK" in running) <= (self.model.dispute == "inviting")


class Deciding(Matter):
    """The same once there is an agreement in force."""

    begin = staticmethod(judging.begin)
    acts = judging.ACTS
    people = judging.EVERYBODY
    fresh = judging.Judging

    def _holds(self, s) -> None:
        """A matter that is decided has no clock of its review left."""
        if self.model.confirmation not in judging.OPEN:
            row = s.exec(select(ConfirmationCase)).first()
            assert not row or deadlines.running(s, f"confirmation:{row.id}") == []


class Talking(Matter):
    """The same inside a sitting."""

    begin = staticmethod(inside.begin)
    acts = inside.ACTS
    people = inside.EVERYBODY
    fresh = inside.Inside

    def _holds(self, s) -> None:
        """What runs as a recording is one recording, and none runs when the sign is off."""
        running = s.exec(select(Recording).where(col(Recording.stopped_at).is_(None))).all()
        assert len(running) == self.model.recording


class Coming(Matter):
    """Accounts and logins instead of a matter."""

    begin = staticmethod(door.begin)
    acts = door.ACTS
    people = door.EVERYBODY
    fresh = door.Door

    def _counted(self) -> int:
        return 0

    def _holds(self, s) -> None:
        """A closed account has no login open."""
        of_closed = select(Login).join(Account, col(Account.id) == col(Login.account_id))
        still = of_closed.where(col(Account.disabled_at).is_not(None), col(Login.ended_at).is_(None))
        assert s.exec(still).all() == []


class Keeping(Matter):
    """The roster and the law."""

    begin = staticmethod(bureau.begin)
    acts = bureau.ACTS
    people = bureau.EVERYBODY
    fresh = bureau.Bureau

    def _counted(self) -> int:
        return 0

    def _holds(self, s) -> None:
        """As many changes wait for the court's word as were proposed and neither decided nor taken back."""
        assert len(s.exec(select(RosterChange).where(RosterChange.status == "proposed")).all()) == len(
            self.model.waiting
        )


class Staying(Matter):
    """A matter that does not move."""

    begin = staticmethod(beside.begin)
    acts = beside.ACTS
    people = beside.EVERYBODY
    fresh = beside.Beside

    def _holds(self, s) -> None:
        """What stands still for a suspicion has not been judged."""
        assert (halts.current(s, self.life.case_id) is not None) == (self.model.suspicion == "pending")


class Closing(Matter):
    """A registered case that is settled."""

    begin = staticmethod(ends.begin)
    acts = ends.ACTS
    people = ends.EVERYBODY
    fresh = ends.Ends

    @rule(data=st.data())
    def its_own_people_try_too_early(self, data: st.DataObject) -> None:
        act = data.draw(st.sampled_from(self.acts))
        self._try(act, data.draw(st.sampled_from(sorted(act.who))))

    def _holds(self, s) -> None:
        """What was said apart is held until it is destroyed, and then nothing of it is left."""
        held = holdings.of(s, self.life.dispute_id, "caucus")
        assert bool(held.notes) == (self.model.disposal != "destroyed")


MACHINES: tuple[type[Matter], ...] = (Matter, Filing, Deciding, Talking, Coming, Keeping, Staying, Closing)
