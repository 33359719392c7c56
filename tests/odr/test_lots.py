"""The judge's lot on the real journal: done again by anybody, blind to work, closed to whoever may not judge."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from sqlmodel import col, select

from odr import chains, journal, lots
from odr.actions import judges
from odr.rules.access import MACHINE
from odr.rules.companions import Capacity, Part
from odr.rules.moves import ConfirmationStage
from odr.rules.words import Role
from odr.tables.agreements import ConfirmationCase
from odr.tables.companions import Participant
from odr.tables.mediations import Assignment, MediationCase
from odr.tables.people import Account
from odr.tables.records import JournalEntry
from tests.make import Make, moment

AT = moment("2026-03-02 09:00")


def accepted(make: Make) -> ConfirmationCase:
    """An accepted application whose seed is sealed, as joining it leaves it."""
    row = make.confirmation(ConfirmationStage.ACCEPTED)
    case = make.s.get_one(MediationCase, row.case_id)
    matter, subject = f"dispute:{case.dispute_id}", f"confirmation:{row.id}"
    lots.commit(make.s, court_id=row.court_id, matter=matter, subject=subject, by=MACHINE, at=AT)
    return row


def entries(s: Any) -> list[JournalEntry]:
    return list(s.exec(select(JournalEntry).order_by(col(JournalEntry.seq))))


def wrong_in(rows: list[JournalEntry], changed: dict[int, dict[str, Any]] | None = None) -> list[str]:
    """What somebody finds who has the journal alone; `changed` says other fields for some entries."""
    heard = lots.Heard()
    return [
        what
        for row in rows
        for what in heard.hear(row.kind, (changed or {}).get(row.seq, journal.fields_of(row)), row.prev)
    ]


def test_every_draw_can_be_done_again_from_the_journal_alone(s, make):
    for name in ("陈静", "何伟", "周宁"):
        make.account(name, Role.JUDGE)
    rows = [judges.draw(s, accepted(make).id, by=make.staff(Role.CLERK), at=AT) for _ in range(5)]

    told, findings = chains.read(s, rows[0].court_id)

    assert list(findings) == []
    assert {f"confirmation:{row.id}": row.judge_id for row in rows} == told.lots.drawn


@pytest.mark.parametrize("what", ["another-judge", "late-seed", "other-place"])
def test_a_draw_that_was_made_up_is_found(s, make, what):
    ids = [make.account(name, Role.JUDGE).id for name in ("陈静", "何伟")]
    row = judges.draw(s, accepted(make).id, by=make.staff(Role.CLERK), at=AT)
    kept = entries(s)
    drawn = next(entry for entry in kept if entry.kind == "lot.drawn")
    log = journal.fields_of(drawn)["draw"]
    other = next(key for key in ids if key != row.judge_id)
    made_up = {
        "another-judge": {drawn.seq: {"about": f"confirmation:{row.id}", "draw": log | {"chosen": other}}},
        "late-seed": {
            entry.seq: {"about": "confirmation:x", "commitment": "sha256:00"}
            for entry in kept
            if entry.kind == "lot.committed"
        },
        "other-place": {drawn.seq: {"about": "confirmation:x", "draw": log}},
    }

    assert wrong_in(kept) == []
    assert wrong_in(kept, made_up[what]) != []


def test_nobody_who_took_part_is_ever_drawn(s, make):
    free = make.account("何伟", Role.JUDGE)
    for _ in range(4):
        row = accepted(make)
        case = s.get_one(MediationCase, row.case_id)
        mediator, party, agent = make.mediator(), make.parties(case)[0], make.account("代理", Role.JUDGE)
        s.add(Assignment(case_id=case.id, mediator_id=mediator.id, how="joint", offered_at=AT, accepted=True))
        party.agent_account_id = agent.id
        barred = {mediator.account_id, party.account_id, agent.id}
        for key in barred - {agent.id}:
            make.grant(s.get_one(Account, key), Role.JUDGE)

        judges.draw(s, row.id, by=make.staff(Role.CLERK), at=AT)

        assert row.judge_id not in barred
        assert barred <= row.draw["exclusions"].keys()
        assert free.id in row.draw["pool"]


def test_cpli43_a_second_agent_and_whoever_sat_with_them_are_not_drawn(s, make):
    free, agent, interpreter = (make.account(name, Role.JUDGE).id for name in ("何伟", "陈静", "周宁"))
    row = accepted(make)
    case = s.get_one(MediationCase, row.case_id)
    party = make.parties(case)[0]
    make.mandate(party, agent, capacity=Capacity.KIN, ended_at=AT)
    asked = {"name": "周宁", "asked_by": party.account_id, "asked_at": AT, "code": "abcdefgh"}
    part = {"part": Part.INTERPRETER, "declared_at": AT, "ended_at": AT}
    s.add(Participant(case_id=case.id, account_id=interpreter, **asked, **part))
    s.flush()

    judges.draw(s, row.id, by=make.staff(Role.CLERK), at=AT)

    assert row.judge_id == free
    assert {agent, interpreter} <= row.draw["exclusions"].keys()


def test_the_lot_does_not_look_at_how_much_a_judge_has(s, make):
    busy, idle = (make.account(name, Role.JUDGE).id for name in ("陈静", "何伟"))
    for _ in range(8):
        make.confirmation(ConfirmationStage.REVIEW, judge_id=busy)

    drawn = Counter(
        judges.draw(s, accepted(make).id, by=make.staff(Role.CLERK), at=AT).judge_id for _ in range(24)
    )

    # one of two is left out by chance once in 2**23 runs
    assert drawn.keys() == {busy, idle}
