"""JC-14, JC-15: the judge hears both sides together, by video; nobody else, nothing of the mediation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from odr import clock, demo, presence, standing
from odr.actions import calendar, inquiries, judges, minutes, rooms, rulings, sittings
from odr.errors import BadInput, Conflict, NotAllowed, NotFound, NotReady, WrongStage
from odr.papers import facts_of
from odr.queries import drafting, turn
from odr.queries import sittings as shown
from odr.rules.access import Actor, may_read
from odr.rules.moves import ConfirmationStage, SittingStage
from odr.rules.words import Hat, RulingKind, Side, Zone
from odr.tables.agreements import ConfirmationCase
from odr.tables.disputes import Dispute
from odr.tables.mediations import MediationCase, Sitting
from odr.tables.records import Document
from tests import conftest
from tests.make import moment
from tests.web import worlds

AT = moment("2026-03-02 09:00")


@dataclass(frozen=True, slots=True)
class World:
    cast: demo.Cast
    key: str
    judge: Actor
    sitting: str
    starts_at: datetime
    mediator: Actor


def build(s) -> World:
    cast = demo.people(s, AT - timedelta(days=30))
    row, judge, then = demo.in_review(s, cast, AT)
    starts_at = then + timedelta(days=1)
    sitting = inquiries.call(s, row.id, by=judge, at=then, starts_at=starts_at)
    case = s.get_one(MediationCase, row.case_id)
    host = next(one for one in cast.mediators if one.mediator_id == case.mediator_id)
    return World(cast, row.id, judge, sitting.id, starts_at, host)


empty_database, world = worlds.shared(build)
db = conftest.db  # what it begins with is made on one engine


def opened(s, world: World) -> datetime:
    """Everybody is there, checked and told; the judge has begun."""
    at, people = world.starts_at, [world.judge, *world.cast.parties[:2]]
    for one in people:
        sittings.enter(s, world.sitting, by=one, at=at)
        sittings.read_notices(s, world.sitting, by=one, at=at, ticked=list(sittings.NOTICES))
    for one in people[1:]:
        sittings.check_identity(
            s, world.sitting, one.account_id, by=world.judge, at=at, how="document-on-camera"
        )
    sittings.begin(s, world.sitting, by=world.judge, at=at)
    return at + timedelta(minutes=20)


def write(s, world: World, at: datetime, speaker: str, text: str) -> None:
    minutes.write(s, world.sitting, by=world.judge, at=at, speaker=speaker, text=text)


def test_jc14_both_are_called_together_and_it_is_their_turn(s, world):
    case = s.get_one(MediationCase, s.get_one(ConfirmationCase, world.key).case_id)
    dispute = s.get_one(Dispute, case.dispute_id)

    turns = [turn.of(s, dispute, by) for by in world.cast.parties[:2]]

    assert [(one.mine, one.path) for one in turns] == [(True, f"/sittings/{world.sitting}")] * 2
    with pytest.raises(Conflict):
        inquiries.call(s, world.key, by=world.judge, at=AT, starts_at=world.starts_at)


def test_jc14_the_judge_leads_and_the_mediator_has_no_seat(s, world):
    sitting = s.get_one(Sitting, world.sitting)

    hats = standing.hats(s, world.judge, sitting)

    assert Hat.PRESIDING in hats
    assert {zone for zone in Zone if may_read(zone, hats)} == {Zone.PUBLIC, Zone.RECORD, Zone.OUTCOME}
    with pytest.raises((NotAllowed, NotFound)):
        sittings.enter(s, world.sitting, by=world.mediator, at=world.starts_at)


def test_jc14_the_inquiry_shows_nothing_of_the_mediation(s, world):
    opened(s, world)

    panel = drafting.panel(s, world.sitting, by=world.judge, on=clock.court_date(world.starts_at))
    view = shown.show(s, world.sitting, by=world.judge)

    assert (panel.clauses, panel.facts, panel.notes, panel.brief) == ((), (), (), "")
    assert view.inquiry == world.key
    assert view.stage is SittingStage.LIVE
    with pytest.raises(NotAllowed):
        rooms.caucus(s, world.sitting, Side.APPLICANT, by=world.judge, at=world.starts_at)


def test_jc14_the_record_holds_every_question_with_its_answers(s, world):
    at = opened(s, world)
    with pytest.raises(BadInput):
        sittings.close(s, world.sitting, by=world.judge, at=at, outcome="none")
    write(s, world, at, "mediator", "达成调解协议是否出于自愿？")
    write(s, world, at, "applicant", "自愿。")
    write(s, world, at, "respondent", "自愿。")
    write(s, world, at, "mediator", "是否有能力按协议履行？")
    write(s, world, at, "respondent", "有能力。")

    sittings.close(s, world.sitting, by=world.judge, at=at, outcome="none")

    paper = next(one for one in shown.papers(s, s.get_one(Sitting, world.sitting), by=world.cast.parties[0]))
    document = s.get_one(Document, paper.id)
    facts = facts_of(document)
    assert (document.title, document.zone, facts.judge) == ("询问笔录", Zone.RECORD, world.judge.name)
    assert [(q.text, [a.speaker for a in q.answers]) for q in facts.questions] == [
        ("达成调解协议是否出于自愿？", ["申请人", "被申请人"]),
        ("是否有能力按协议履行？", ["被申请人"]),
    ]


def test_jc15_who_does_not_come_without_reason_counts_as_withdrawn(s, world):
    later = world.starts_at + timedelta(minutes=30)
    with pytest.raises(Conflict):
        rulings.rule_withdrawn(s, world.key, by=world.judge, at=later, reasons="拒不接受询问。")
    sittings.enter(s, world.sitting, by=world.judge, at=world.starts_at)
    sittings.no_show(s, world.sitting, by=world.judge, at=later, absent=[Side.RESPONDENT])

    ruling = rulings.rule_withdrawn(s, world.key, by=world.judge, at=later, reasons="拒不接受询问。")

    assert ruling.kind is RulingKind.WITHDRAWN
    assert s.get_one(ConfirmationCase, world.key).stage is ConfirmationStage.WITHDRAWN


def test_a_replaced_judge_has_no_seat_in_the_inquiry_any_more(s, world):
    at = opened(s, world)

    judges.replace(s, world.key, by=world.judge, at=at, reason="自行回避")

    assert s.get_one(Sitting, world.sitting).stage is SittingStage.FROZEN
    assert world.judge.account_id not in [one.account_id for one in presence.seated(s, world.sitting)]
    drawn = s.get_one(ConfirmationCase, world.key).judge_id
    other = next(one for one in demo.judges(s, world.cast) if one.account_id == drawn)
    with pytest.raises(NotReady):
        sittings.begin(s, world.sitting, by=other, at=at)
    sittings.enter(s, world.sitting, by=other, at=at)
    assert sittings.begin(s, world.sitting, by=other, at=at).stage is SittingStage.LIVE


def test_jc15_nobody_puts_off_an_inquiry_that_the_judge_has_called(s, world):
    for party in world.cast.parties[:2]:
        with pytest.raises(NotAllowed):
            calendar.reschedule(s, world.sitting, by=party, at=AT, reason="有事")

    assert s.get_one(Sitting, world.sitting).stage is SittingStage.PLANNED


def test_a_ruling_leaves_no_inquiry_that_anybody_would_come_to(s, world):
    rulings.terminate(s, world.key, by=world.judge, at=world.starts_at, reasons="权属有争议")

    assert s.get_one(Sitting, world.sitting).stage is SittingStage.RESCHEDULED
    with pytest.raises(WrongStage):
        sittings.enter(s, world.sitting, by=world.cast.parties[0], at=world.starts_at)
