"""JC-22: objections to a confirming ruling, by a party and by a third person, to their end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from odr import clock, deadlines, demo
from odr.actions import judges, objections, rulings
from odr.errors import BadInput, Conflict, DeadlinePassed, NotAllowed, NotFound
from odr.papers import facts_of
from odr.rules import draw
from odr.rules.access import Actor
from odr.rules.moves import ConfirmationStage, ObjectionStage
from odr.rules.words import Do, Role, RulingKind
from odr.tables.agreements import ConfirmationCase, Ruling
from odr.tables.confirmation import Objection
from odr.tables.disputes import Party
from odr.tables.mediations import MediationCase
from odr.tables.records import Document
from tests import conftest
from tests.make import moment, served
from tests.web import worlds

AT = moment("2026-03-02 09:00")
OWNER = "协议处分的车辆属于本人，请求撤销确认裁定。"


@dataclass(frozen=True, slots=True)
class World:
    cast: demo.Cast
    key: str
    number: str
    served_at: datetime


def build(s) -> World:
    cast = demo.people(s, AT - timedelta(days=30))
    row, judge, then = demo.in_review(s, cast, AT)
    ruling = demo.confirmed(s, row, judge, then)
    served(s, ruling.document_id, at=then)
    return World(cast, row.id, row.number, then)


empty_database, world = worlds.shared(build)
db = conftest.db  # what it begins with is made on one engine


@pytest.fixture
def third(world) -> Actor:
    return world.cast.parties[2]


def raised(s, world, by: Actor, *, days: int = 3, known: int | None = None, **fields) -> Objection:
    at = world.served_at + timedelta(days=days)
    known_on = None if known is None else clock.court_date(at - timedelta(days=known))
    filled = {"number": world.number, "name": "张伟", "claim": OWNER} | fields
    return objections.raise_(s, by=by, at=at, known_on=known_on, **filled)


def assigned(s, world, by: Actor, **fields) -> tuple[Objection, Actor, datetime]:
    row = raised(s, world, by, **fields)
    objections.assign(s, row.id, by=world.cast.staff[Role.CLERK], at=row.raised_at)
    judge = next(one for one in demo.judges(s, world.cast) if one.account_id == row.judge_id)
    return row, judge, row.raised_at


def changed(s, row: Objection, judge: Actor, at: datetime, *orders: str) -> Ruling:
    said = {"findings": "查明金额有误。", "opinion": "应予变更。", "orders": orders}
    return objections.decide(s, row.id, Do.CHANGE_RULING, by=judge, at=at, **said)


def test_jc22_a_party_may_object_for_fifteen_days(s, world):
    party = world.cast.parties[1]

    with pytest.raises(DeadlinePassed):
        raised(s, world, party, days=17)
    row = raised(s, world, party, days=15)

    assert row.stage is ObjectionStage.FILED
    assert row.party_id


def test_jc22_who_leads_a_company_objects_for_it_while_its_own_days_run(s, make, world):
    leads = world.cast.parties[1]
    dispute_id = s.get_one(MediationCase, s.get_one(ConfirmationCase, world.key).case_id).dispute_id
    mine = s.exec(select(Party).where(Party.account_id == leads.account_id, Party.dispute_id == dispute_id))
    company = make.company_of(mine.one())  # the ruling is not served on it yet

    assert raised(s, world, leads, days=17).party_id == company.id


def test_jc22_a_third_person_may_object_for_six_months_from_knowing(s, world, third):
    with pytest.raises(DeadlinePassed):
        raised(s, world, third, days=200, known=190)
    with pytest.raises(BadInput):
        raised(s, world, third, days=200)
    row = raised(s, world, third, days=200, known=170)

    assert row.party_id is None


def test_jc22_a_number_alone_opens_nothing(s, world, third):
    with pytest.raises(BadInput):
        raised(s, world, third, known=1, name="赵不在")
    with pytest.raises(BadInput):
        raised(s, world, third, known=1, number="（2026）粤0106民特999号")
    with pytest.raises(NotFound):
        rulings.check(s, world.key, by=third, at=AT, checklist={})


def test_jc22_the_judge_of_the_objection_is_not_the_one_who_ruled(s, world, third):
    ruled = s.get_one(ConfirmationCase, world.key).judge_id

    row, judge, _at = assigned(s, world, third, known=1)

    assert row.judge_id != ruled
    assert row.draw["exclusions"][ruled] == "ruled"
    assert draw.check(row.draw)
    assert row.number.startswith("（2026）粤0106民特")
    assert [d.rule for d in deadlines.running(s, f"objection:{row.id}")] == ["T-JC-MAX"]
    first = next(one for one in demo.judges(s, world.cast) if one.account_id == ruled)
    with pytest.raises((NotAllowed, NotFound)):
        objections.decide(s, row.id, Do.UPHOLD_OBJECTION, by=first, at=AT, findings="查明", opinion="认为")
    assert judge.account_id == row.judge_id


def test_jc22_an_upheld_objection_revokes_the_ruling(s, world, third):
    row, judge, at = assigned(s, world, third, known=1)

    ruling = objections.decide(
        s,
        row.id,
        Do.UPHOLD_OBJECTION,
        by=judge,
        at=at,
        findings="车辆登记在异议人名下。",
        opinion="协议处分了案外人财产。",
    )

    facts = facts_of(s.get_one(Document, ruling.document_id))
    assert (ruling.kind, facts.result, row.stage) == (RulingKind.REVOKED, "revoked", ObjectionStage.UPHELD)
    assert facts.orders == (f"撤销本院{world.number}民事裁定。",)
    assert s.get_one(ConfirmationCase, world.key).stage is ConfirmationStage.REVOKED
    assert objections.in_force(s, world.key).id == ruling.supersedes
    assert not deadlines.find(s, f"agreement:{s.get_one(ConfirmationCase, world.key).agreement_id}", "T-ENF")


def test_jc22_a_changed_ruling_says_what_is_ordered_now(s, world):
    row, judge, at = assigned(s, world, world.cast.parties[0])

    with pytest.raises(BadInput):
        changed(s, row, judge, at)
    ruling = changed(s, row, judge, at, "撤销原裁定中确认第二条有效的部分；", "其余部分继续有效。")

    assert len(facts_of(s.get_one(Document, ruling.document_id)).orders) == 2
    assert s.get_one(ConfirmationCase, world.key).stage is ConfirmationStage.CONFIRMED
    assert objections.in_force(s, world.key).id == ruling.id


def test_jc22_a_dismissed_objection_leaves_the_ruling(s, world, third):
    row, judge, at = assigned(s, world, third, known=1)

    objections.decide(s, row.id, Do.DISMISS_OBJECTION, by=judge, at=at, findings="查明", opinion="无据")

    assert row.stage is ObjectionStage.DISMISSED
    assert s.get_one(ConfirmationCase, world.key).stage is ConfirmationStage.CONFIRMED


def test_jc22_nobody_objects_twice_at_a_time_and_only_the_objector_withdraws(s, world, third):
    row = raised(s, world, third, known=1)

    with pytest.raises(Conflict):
        raised(s, world, third, known=1)
    with pytest.raises((NotAllowed, NotFound)):
        objections.withdraw(s, row.id, by=world.cast.parties[0], at=row.raised_at)
    objections.withdraw(s, row.id, by=third, at=row.raised_at)

    assert row.stage is ObjectionStage.WITHDRAWN
    assert raised(s, world, third, known=1).id != row.id


def test_cpl_47_a_judge_who_was_recused_does_not_judge_the_objection_either(s, world):
    cast = world.cast
    row, first, then = demo.in_review(s, cast, AT + timedelta(days=1))
    judges.replace(s, row.id, by=cast.staff[Role.LEADER], at=then, reason="与当事人有亲属关系")
    ruling_judge = next(one for one in demo.judges(s, cast) if one.account_id == row.judge_id)
    rulings.review(s, row.id, by=ruling_judge, at=then)
    demo.confirmed(s, row, ruling_judge, then)
    made = World(cast, row.id, row.number, then)

    objection, judge, _at = assigned(s, made, cast.parties[2], known=1)

    assert objection.draw["exclusions"][first.account_id] == "replaced"
    assert judge == ruling_judge


def test_jc22_a_changed_ruling_is_objected_to_in_fifteen_days_as_well(s, world):
    row, judge, at = assigned(s, world, world.cast.parties[1])
    made = changed(s, row, judge, at, "本金八千元。")
    served(s, made.document_id, at=at)

    with pytest.raises(DeadlinePassed):
        raised(s, world, world.cast.parties[1], days=30)
    assert raised(s, world, world.cast.parties[1], days=17).ruling_id == made.id


def test_jc22_a_second_change_takes_the_place_of_the_first(s, world, third):
    rows = [assigned(s, world, world.cast.parties[1]), assigned(s, world, third, known=1)]

    first, second = (
        changed(s, row, judge, at + timedelta(hours=hours), "本金八千元。")
        for hours, (row, judge, at) in enumerate(rows)
    )

    assert (first.supersedes, second.supersedes) == (rows[0][0].ruling_id, first.id)
