"""The pack in tables, a court's narrower promises, and the calendar of a new notice."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from sqlmodel import Session, select

from odr import calendar_import, calendars, clock, deadlines, overrides, rulebook, schema, triage_facts
from odr.actions import law
from odr.db import Database
from odr.errors import BadInput, Conflict, NotAllowed, NotFound
from odr.rules import register, triage
from odr.rules.words import Role
from odr.tables.law import Rule, RulePack
from odr.tables.records import JournalEntry
from tests.make import Make, day, moment
from tests.odr.bureau import NOTICE

AT = moment("2026-11-23 09:00")


def _told(s: Session, kind: str) -> list[dict]:
    rows = s.exec(select(JournalEntry).where(JournalEntry.kind == kind).order_by(JournalEntry.seq)).all()
    return [json.loads(row.body) for row in rows]


def _waiting(s: Session, make: Make) -> deadlines.Deadline:
    """A period that ends in a year without a notice."""
    return deadlines.start(
        s, "T-MED-A", court_id=make.court().id, subject="case:1", since=moment("2027-01-12 09:00")
    )


def test_a_release_brings_its_pack_once(s: Session, make: Make):
    make.court()

    assert rulebook.take_over(s, at=AT)
    assert not rulebook.take_over(s, at=AT)

    (kept,) = s.exec(select(RulePack)).all()
    rows = {row.rule: row for row in s.exec(select(Rule))}
    assert (kept.version, kept.digest) == (register.version(), register.digest())
    assert set(rows) == {entry.rule for entry in register.entries()}
    assert rows["T-JC-APPLY"].body["length"] == 30
    assert len(_told(s, "rules.imported")) == 1


def test_every_rule_has_its_articles_its_days_and_its_mark():
    rules = register.entries()

    assert len({e.rule for e in rules}) == len(rules)
    assert {e.kind for e in rules} == set(register.KINDS)
    assert [e.rule for e in rules if not e.articles and e.kind != "code"] == []
    assert [
        e.rule
        for e in rules
        if e.verified and e.articles and e.effective_from is None and "ESL" not in str(e.articles)
    ] == []


def test_what_rests_on_memory_alone_is_to_be_confirmed():
    marks = {e.rule: e.verified for e in register.entries()}

    assert [marks[rule] for rule in ("T-JC-APPLY", "JC-02", "FEE.property", "TRACK.judge-led")] == [True] * 4
    assert [
        marks[rule] for rule in ("T-OBJ-SCHEME", "T-EXT-B", "T-12368", "JC-20", "P-LPR", "KEEP.caucus")
    ] == [False] * 6


def test_the_leader_promises_less_time_with_a_reason(s: Session, make: Make):
    leader = make.staff(Role.LEADER)

    law.narrow(
        s,
        "T-JC-DEC",
        by=leader,
        at=AT,
        length=7,
        reason="司法确认绿色通道",
        from_on=day("2026-12-01"),
        until_on=day("2026-12-31"),
    )

    court = make.court().id
    lengths = [
        overrides.settings(s, court, day(d))["clocks"]
        for d in ("2026-11-30", "2026-12-01", "2026-12-31", "2027-01-01")
    ]
    assert lengths == [{}, {"T-JC-DEC": 7}, {"T-JC-DEC": 7}, {}]
    assert _told(s, "rule.narrowed")[0]["fields"]["length"] == 7
    assert "绿色通道" not in str(_told(s, "rule.narrowed"))


def test_a_clock_begins_under_the_promise_of_its_day(s: Session, make: Make):
    make.override("T-JC-DEC", from_on="2026-03-01", length=7)

    row = deadlines.start(
        s, "T-JC-DEC", court_id=make.court().id, subject="confirmation:1", since=moment("2026-03-02 09:00")
    )

    assert (row.explanation["length"], row.explanation["law"]) == (7, 15)
    assert clock.court_date(row.due_at) == day("2026-03-09")


@pytest.mark.parametrize(
    ("rule", "value", "field"),
    [
        ("T-JC-DEC", {"length": 16}, "length"),
        ("T-JC-DEC", {"length": 0}, "length"),
        ("T-JC-APPLY", {"length": 15}, "length"),
        ("T-MED-O", {"extra_days": 31}, "extra_days"),
        ("T-JC-DEC", {}, "length"),
        ("T-NEVER", {"length": 1}, "rule"),
    ],
)
def test_a_court_can_neither_widen_a_rule_nor_cut_a_right(
    s: Session, make: Make, rule: str, value: dict[str, int], field: str
):
    with pytest.raises(BadInput) as refused:
        law.narrow(
            s, rule, by=make.staff(Role.LEADER), at=AT, reason="试行", from_on=day("2026-12-01"), **value
        )

    assert list(refused.value.details) == [field]


def test_an_extension_is_capped_where_the_court_says_so(s: Session, make: Make):
    make.override("T-MED-A", extra_days=20)
    row = _waiting(s, make)

    with pytest.raises(BadInput):
        deadlines.extend(s, "case:1", "T-MED", 21, at=AT)
    deadlines.extend(s, "case:1", "T-MED", 15, at=AT)
    with pytest.raises(BadInput):
        deadlines.extend(s, "case:1", "T-MED", 6, at=AT)

    assert row.explanation["extensions"] == [15]


def test_a_promise_that_ended_binds_only_what_began_under_it(s: Session, make: Make):
    leader = make.staff(Role.LEADER)
    row = law.narrow(s, "T-REG", by=leader, at=AT, length=3, reason="试行", from_on=day("2026-11-01"))

    law.lift(s, row.id, by=leader, at=AT)

    assert overrides.of(s, make.court().id, day("2026-11-23")) == []
    with pytest.raises(Conflict):
        law.lift(s, row.id, by=leader, at=AT)


def test_nobody_else_narrows_a_rule(s: Session, make: Make):
    with pytest.raises(NotAllowed):
        law.narrow(
            s, "T-REG", by=make.staff(Role.CLERK), at=AT, length=3, reason="试行", from_on=day("2026-12-01")
        )


def test_a_promise_of_another_court_does_not_exist_here(s: Session, make: Make):
    own = make.override("T-REG", length=3)
    other = make.court("吉7502", "和龙林区基层法院")

    with pytest.raises(NotFound):
        law.lift(s, own.id, by=make.staff(Role.LEADER, court=other), at=AT)


def test_a_notice_makes_provisional_ends_final(s: Session, make: Make):
    row = _waiting(s, make)
    assert (clock.court_date(row.due_at), row.explanation["provisional"]) == (day("2027-02-11"), True)

    moved = law.import_years(s, NOTICE, by=make.staff(Role.SYSADMIN), at=AT)

    assert moved == [row]
    assert (clock.court_date(row.due_at), row.explanation["provisional"]) == (day("2027-02-15"), False)
    assert row.explanation["calendar"] == [{"year": 2027, "version": "2027-1"}]
    assert calendars.known(s).why_off(day("2027-02-12")) == "春节"
    assert [told["fields"]["notice"] for told in _told(s, "calendar.imported")] == ["国办发明电〔2026〕9号"]
    assert [told["fields"]["rule"] for told in _told(s, "deadline.moved")] == ["T-MED-A"]


def test_a_later_notice_takes_the_place_of_the_earlier(s: Session, make: Make):
    admin = make.staff(Role.SYSADMIN)
    law.import_years(s, NOTICE, by=admin, at=AT)

    with pytest.raises(BadInput):
        law.import_years(s, NOTICE, by=admin, at=AT)
    later = NOTICE.replace("2027-1", "2027-2").replace(", 2027-02-12]", "]")
    law.import_years(s, later, by=admin, at=moment("2026-12-01 09:00"))

    assert calendars.known(s).version(2027) == "2027-2"
    assert calendars.known(s).is_working(day("2027-02-12"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "year = 2027",
        "[[year]]\nyear = 2027",
        NOTICE.replace("2027-01-31", "2026-01-31"),
        NOTICE.replace("2027-01-31", "2027-02-01"),
        NOTICE.replace("provisional = false", "provisional = true"),
        NOTICE.replace("2027-02-12]", "2027-02-11]"),
    ],
)
def test_what_cannot_be_a_calendar_is_refused(s: Session, make: Make, text: str):
    with pytest.raises(BadInput):
        law.import_years(s, text, by=make.staff(Role.SYSADMIN), at=AT)


def test_only_the_administrator_imports_a_calendar(s: Session, make: Make):
    with pytest.raises(NotAllowed):
        law.import_years(s, NOTICE, by=make.staff(Role.LEADER), at=AT)


def test_the_command_imports_and_lists(tmp_path: Path):
    db = Database(f"sqlite:///{tmp_path / 'odr.db'}")
    schema.upgrade(db)
    db.close()
    (tmp_path / "2027.toml").write_text(NOTICE)
    out = io.StringIO()

    codes = [
        calendar_import.main(words, out)
        for words in (
            ["import", str(tmp_path / "2027.toml"), "--data", str(tmp_path)],
            ["import", str(tmp_path / "2027.toml"), "--data", str(tmp_path)],
            ["import", str(tmp_path / "2028.toml"), "--data", str(tmp_path)],
            ["list", "--data", str(tmp_path)],
        )
    ]

    assert codes == [0, 2, 2, 0]
    assert "imported; 0 deadlines moved" in out.getvalue()
    assert "2027  2027-1  国办发明电〔2026〕9号" in out.getvalue()


def test_the_court_enters_the_wage_of_the_province(s: Session, make: Make):
    leader = make.staff(Role.LEADER)
    court = make.court().id
    assert overrides.figures(s, court, day("2026-07-01"))["P-WAGE"] is None

    for value, since in ((10_000_000, "2026-01-01"), (11_000_000, "2026-07-01")):
        law.enter(s, "P-WAGE", value, by=leader, at=AT, reason="省统计局公报", from_on=day(since))

    assert [
        overrides.figures(s, court, day(d))["P-WAGE"] for d in ("2025-12-31", "2026-06-30", "2027-01-01")
    ] == [
        None,
        10_000_000,
        11_000_000,  # until a new one is out, the latest counts (CPLI-272)
    ]
    assert len(_told(s, "parameter.entered")) == 2


def test_small_claims_follow_the_wage_that_was_entered(s: Session, make: Make):
    dispute = make.dispute(cause="private-lending", amount_fen=4_000_000)
    assert triage_facts.of(s, dispute, AT).figures["P-WAGE"] is None

    law.enter(
        s, "P-WAGE", 10_000_000, by=make.staff(Role.LEADER), at=AT, reason="公报", from_on=day("2026-01-01")
    )

    facts = triage_facts.of(s, dispute, AT)
    assert "TR-SMALL" in {reason.id for reason in triage.propose(facts).reasons}

    law.enter(
        s, "P-SMALL", 300_000, by=make.staff(Role.LEADER), at=AT, reason="公报", from_on=day("2026-01-01")
    )

    assert "TR-SMALL" not in {r.id for r in triage.propose(triage_facts.of(s, dispute, AT)).reasons}


@pytest.mark.parametrize(
    ("key", "value", "field"), [("P-WAGE", 0, "value"), ("P-WAGE", 10**14, "value"), ("P-NONE", 1, "key")]
)
def test_a_figure_that_cannot_be_is_refused(s: Session, make: Make, key: str, value: int, field: str):
    with pytest.raises(BadInput) as refused:
        law.enter(s, key, value, by=make.staff(Role.LEADER), at=AT, reason="公报", from_on=day("2026-01-01"))

    assert list(refused.value.details) == [field]
