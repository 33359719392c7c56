"""The court stops between any two steps of an act: nothing is half done, and done again it is done once (P-1, P-2, P-6).

The scripted life reaches every act of `life.py`. Before each act is done for good it is broken off at each
statement, each flush, each asking of the outbox and at the commit, on a database that then has to be, byte for
byte, what it was. `ODR_CRASH_EVERY=1` takes every single point, otherwise a spread of them.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlmodel import Session, SQLModel, col, select

from odr import outbox, outbox_dbos
from odr.db import Database
from odr.tables.records import JournalEntry
from tests.odr import early, inside, judging
from tests.odr.life import ACTS, Act, Begun, Life, Model, later

FEW = 3  # points of each act in the fast pass
EVERY = os.environ.get("ODR_CRASH_EVERY") == "1"
MINUTE = timedelta(minutes=1)


class Crash(BaseException):
    """The process is gone: nobody catches this."""


# One life through the ways a matter can take; each leg starts from a fresh copy
LEGS: dict[str, str] = {
    "to the judge": """
        consent respondent, appoint triage, decline host, leave the choice to the court applicant, accept host,
        contact host, schedule host, put off applicant, schedule host, enter host, enter applicant,
        enter respondent, read the notices applicant, read the notices respondent, check the applicant host,
        check the respondent host, open the sitting host, write a line host, pause host, open the sitting host,
        lose the mediator machine, open the sitting host, propose a clause applicant, word the clause anew respondent,
        take the clause out host, propose a clause host, agree to the clause applicant,
        agree to the clause respondent, fix the words host, open the words anew host,
        agree to the clause applicant, agree to the clause respondent, fix the words host, sign applicant,
        sign respondent, sign as mediator host, close the sitting host, apply for confirmation applicant,
        join the application respondent, accept the application clerk, review judge,
        receive what was owed applicant, rate applicant
    """,
    "what comes between": """
        consent respondent, appoint machine, accept host, ask for recusal applicant, waive recusal respondent,
        decide on recusal: False org-admin, ask for recusal respondent, decide on recusal: True triage,
        appoint triage, accept host, ask for more time applicant, agree to more time respondent,
        ask for an appraisal respondent, agree to the appraisal applicant, end the appraisal host, suspend host,
        resume triage, report falsity host, find it unfounded leader, replace the mediator respondent,
        appoint triage, accept host, report falsity triage, find it false leader, hand over applicant
    """,
    "no signature": """
        consent respondent, appoint triage, accept host, schedule host, propose a clause applicant,
        agree to the clause respondent, fix the words host, not sign respondent
    """,
    "a scheme that stands": """
        consent respondent, appoint triage, accept host, schedule host, propose a clause host, offer a scheme host,
        take a scheme: False applicant, offer a scheme host, take a scheme: True applicant,
        take a scheme: True respondent, serve the scheme host, let the days pass machine
    """,
    "a scheme that falls": """
        consent respondent, appoint triage, accept host, schedule host, propose a clause host, offer a scheme host,
        take a scheme: True applicant, take a scheme: True respondent, serve the scheme host,
        object to the scheme respondent
    """,
    "a scheme that an objection on paper takes back": """
        consent respondent, appoint triage, accept host, schedule host, propose a clause host, offer a scheme host,
        take a scheme: True applicant, take a scheme: True respondent, serve the scheme host,
        let the days pass machine, enter an objection on paper clerk
    """,
    "by word of mouth": """
        consent respondent, appoint triage, accept host, write down what was said host,
        want it in writing applicant, write down what was said host, say yes to it applicant,
        say yes to it respondent
    """,
    "settled": "consent respondent, appoint triage, accept host, settle host",
    "ended": "consent respondent, appoint triage, accept host, end host",
    "refused": "refuse mediation respondent",
}


def steps(leg: str) -> Iterator[tuple[str, str]]:
    for line in leg.replace("\n", " ").split(","):
        name, _, who = line.strip().rpartition(" ")
        yield " ".join(name.split()), who


class Broken:
    """Counts the points at which a transaction can be broken off, and breaks it at one of them."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.at: int | None = None
        self.seen = 0
        self.kinds: Counter[str] = Counter()

    def point(self, kind: str) -> None:
        self.seen += 1
        self.kinds[kind] += 1
        if self.at is not None and self.seen == self.at:
            raise Crash(kind)

    @contextmanager
    def watching(self, at: int | None) -> Iterator[Broken]:
        self.at, self.seen = at, 0
        heard: list[tuple[object, str, Callable[..., None]]] = [
            (self.db.writer, "before_cursor_execute", self._statement),
            (self.db.writer, "commit", self._commit),
            (Session, "before_flush", self._flush),
        ]
        for target, name, listener in heard:
            event.listen(target, name, listener)
        try:
            yield self
        finally:
            for target, name, listener in heard:
                event.remove(target, name, listener)

    def _statement(self, _c: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "PRAGMA")):
            self.point("outbox" if "workflow" in statement else "statement")

    def _flush(self, *_rest: object) -> None:
        self.point("flush")

    def _commit(self, _connection: Connection) -> None:
        self.point("commit")


# Before there is a mediator
FIRST_LEGS: dict[str, str] = {
    "filed and asked": """
        answer the last question applicant, show evidence applicant, hand in applicant, object to the way applicant,
        report a preservation applicant, send back triage, take evidence back applicant, hand in applicant,
        delegate triage, ask again triage, come in respondent, confirm an address respondent,
        offer a mandate applicant, take the mandate lawyer, check the mandate: True clerk,
        agree to mediate lawyer, agree to mediate respondent, end the mandate applicant, settle applicant
    """,
    "registered and refused": """
        answer the last question applicant, hand in applicant, register machine, delegate triage,
        ask to be freed of the fee applicant, look at the wish judge, decide on relief: True leader,
        come in respondent, refuse mediation respondent, hand over triage
    """,
    "a fee that stays": """
        answer the last question applicant, hand in applicant, register triage, ask to be freed of the fee applicant,
        look at the wish judge, decide on relief: False leader
    """,
    "an agent who is none": """
        offer a mandate applicant, take the mandate lawyer, check the mandate: False triage,
        answer the last question applicant, hand in applicant, delegate triage, end machine
    """,
    "another way": "answer the last question applicant, hand in applicant, point to another way triage",
}


# Once an agreement is in force
LAST_LEGS: dict[str, str] = {
    "confirmed and objected to": """
        complain respondent, answer the complaint leader, apply applicant, join respondent,
        ask for a correction clerk, answer what was asked respondent, accept clerk, review judge,
        ask for a supplement judge, answer what was asked applicant, ask the organisation judge,
        answer the court org-admin, ask the president for time: T-JC-DEC judge, decide on more time: True leader,
        ask the president for time: T-JC-MAX judge, decide on more time: False leader,
        ask that the judge step back applicant, keep the judge leader, tick every ground judge, confirm judge,
        object stranger, take the objection back stranger, object stranger, assign the objection clerk,
        decide the objection: dismiss-objection reviewer, object respondent, assign the objection machine,
        decide the objection: change-ruling reviewer, object applicant, assign the objection machine,
        decide the objection: uphold-objection reviewer
    """,
    "heard, then enforced": """
        apply by word of mouth clerk, accept clerk, review judge, call both judge, note that a side did not come judge,
        call both judge, come before the judge judge, come before the judge applicant,
        come before the judge respondent, read the notices applicant, read the notices respondent,
        check the applicant judge, check the respondent judge, open the inquiry judge, write what was asked judge,
        replace the judge leader, come before the judge judge, open the inquiry judge, close the inquiry judge,
        review judge, tick every ground judge, confirm judge, remind machine, receive a part applicant,
        urge org-admin, perform respondent, apply for enforcement applicant, note that it was enforced clerk
    """,
    "withdrawn": """
        apply respondent, join applicant, accept clerk, withdraw respondent, permit the withdrawal judge,
        receive all applicant
    """,
    "nobody answered": "apply applicant, join respondent, ask for a correction clerk, rule that it counts as withdrawn bench",
    "one side alone": """
        apply applicant, withdraw applicant, apply respondent, join applicant, withdraw respondent,
        apply respondent, withdraw respondent, let thirty days pass machine
    """,
    "performed on the spot": "apply applicant, perform on the spot host",
    "not accepted": "apply by word of mouth clerk, not accept bench",
    "dismissed": "apply by word of mouth clerk, accept clerk, review judge, dismiss judge",
    "terminated": "apply by word of mouth clerk, accept clerk, review judge, terminate judge",
}


# Inside a sitting
TALKS: dict[str, str] = {
    "recorded, alone, paused": """
        be recorded: True host, be recorded: True applicant, be recorded: True respondent, record host,
        stop recording respondent, record host, be recorded: False applicant, let them sign: True host,
        let them sign: False host, ask for the word: True respondent, ask for the word: False respondent,
        hush the respondent: True host, hush the respondent: False host, write to the room applicant,
        talk with applicant alone host, call all together host, talk with respondent alone host,
        put host into joint host, put applicant into joint host, put respondent into joint host,
        put applicant into lobby-a host, put applicant into caucus-a host, put respondent into lobby-b host,
        put respondent into caucus-b host, put host into desk host, pause host, go on host,
        see a line drop machine, lose the mediator machine, leave applicant, enter applicant,
        try the camera applicant, say one's number applicant, go on host, let a camera in host,
        put a camera out host, close host
    """,
    "kept and filmed": """
        be recorded: True host, be recorded: True applicant, be recorded: True respondent, record host,
        bring the recorder back machine, keep what it wrote machine, fail to write machine, seal the files machine,
        make one film machine
    """,
    "written down": """
        write down host, wish other words applicant, answer the wish host, confirm the minutes respondent,
        state a fact host, leave the fact undisputed applicant, take the fact back host, keep a note host
    """,
    "with a guest": """
        ask an expert in host, want the expert applicant, promise secrecy guest, want the expert respondent,
        enter guest, read the notices guest, check the guest host, put guest into joint host,
        put guest into lobby-c host, put guest into joint host, let the expert go host
    """,
}
NEVER = {"put applicant into caucus-b"}  # it is only tried


@pytest.mark.parametrize("leg", LEGS)
def test_an_act_broken_off_anywhere_is_not_begun_and_done_again_is_done_once(
    begun: Begun, tmp_path: Path, leg: str
) -> None:
    walk(begun, tmp_path, LEGS[leg], ACTS, Model())


@pytest.mark.parametrize("leg", FIRST_LEGS)
def test_filing_broken_off_anywhere_is_not_begun_and_done_again_is_done_once(
    drafted: Begun, tmp_path: Path, leg: str
) -> None:
    walk(drafted, tmp_path, FIRST_LEGS[leg], early.ACTS, early.Early())


@pytest.mark.parametrize("leg", LAST_LEGS)
def test_judging_broken_off_anywhere_is_not_begun_and_done_again_is_done_once(
    in_force: Begun, tmp_path: Path, leg: str
) -> None:
    walk(in_force, tmp_path, LAST_LEGS[leg], judging.ACTS, judging.Judging())


@pytest.mark.parametrize("leg", TALKS)
def test_a_talk_broken_off_anywhere_is_not_begun_and_done_again_is_done_once(
    opened: Begun, tmp_path: Path, leg: str
) -> None:
    walk(opened, tmp_path, TALKS[leg], inside.ACTS, inside.Inside())


def walk(start: Begun, folder: Path, leg: str, acts: Sequence[Act], model: Any) -> None:
    path = folder / "odr.db"
    shutil.copy(start.path, path)
    db = Database(f"sqlite:///{path}")
    outbox.use(outbox_dbos.Dbos(db))
    life, broken = replace(start.life, db=db), Broken(db)
    by_name = {act.name: act for act in acts}
    for name, who in steps(leg):
        act, model = by_name[name], later(model)
        assert act.may(model, who), f"{name} by {who}"
        life.now += MINUTE
        points = _points(broken, life, act, who)
        before = fingerprint(db)
        for at in chosen(points):
            with pytest.raises(Crash), broken.watching(at):
                _do(life, act, who)
            assert fingerprint(db) == before, f"{name}: half done at point {at} of {points}"
        _do(life, act, who)
        assert act.is_told(written(db)[len(before[1]) :]), name
        model = replace(model, **act.then(model, who))
        with db.reading() as s:
            assert life.stages(s) == {one: getattr(model, one) for one in life.stages(s)}, name
    db.close()
    assert {"statement", "flush", "commit"} <= set(broken.kinds)


def test_every_act_is_broken_off_somewhere() -> None:
    for legs, acts in (
        (LEGS, ACTS),
        (FIRST_LEGS, early.ACTS),
        (LAST_LEGS, judging.ACTS),
        (TALKS, inside.ACTS),
    ):
        walked = {name for leg in legs.values() for name, _ in steps(leg)}
        assert {act.name for act in acts} - NEVER == walked


def chosen(points: int) -> list[int]:
    """Every point, or a spread with the first and the last in it."""
    if EVERY or points <= FEW:
        return list(range(1, points + 1))
    return sorted({1, points // 2, points})


def fingerprint(db: Database) -> tuple[str, list[str]]:
    """All that is stored, the outbox included, and the kinds of the journal."""
    found = hashlib.sha256()
    with db.reading() as s:
        tables = [*SQLModel.metadata.tables, "workflow_status", "workflow_input"]
        for table in sorted(tables):
            rows = s.connection().exec_driver_sql(f'SELECT * FROM "{table}"').all()  # our own names
            found.update(repr((table, sorted(map(repr, rows)))).encode())
    return found.hexdigest(), written(db)


def written(db: Database) -> list[str]:
    with db.reading() as s:
        return list(s.exec(select(JournalEntry.kind).order_by(col(JournalEntry.seq))))


def _do(life: Life, act, who: str) -> None:
    with life.db.transaction() as s:
        act.call(life, s, life.actor(s, who))


def _points(broken: Broken, life: Life, act, who: str) -> int:
    """How many points the act has: it runs to just before its end and is taken back."""
    with broken.watching(None):
        try:
            with life.db.transaction() as s:
                act.call(life, s, life.actor(s, who))
                s.flush()
                raise Crash("counted")
        except Crash:
            return broken.seen + 1  # and the commit
