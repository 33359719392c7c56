"""Others in a sitting: who may ask whom in, who has to agree, where they sit, what they never read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from odr import demo, standing
from odr.actions import participants, rooms, sittings
from odr.errors import BadInput, NotAllowed, NotFound, TooMany
from odr.queries import drafting
from odr.queries import sittings as query
from odr.rules.companions import MOST_ASKS, Part
from odr.rules.words import Do, Hat, Room, Side
from odr.standing import require
from tests.make import moment

AT = moment("2026-03-02 10:00")


class Scene:
    """A sitting that is on, and somebody outside."""

    def __init__(self, s, make):
        self.s = s
        self.cast = demo.people(s, AT)
        self.case, self.host, self.sitting = demo.sat(s, self.cast, AT)
        self.now = self.sitting.starts_at
        self.first, self.second = self.cast.parties[:2]
        self.guest = make.actor(make.account("陈翻译"))

    def ask(self, part, *, by=None, **more):
        given = {"name": "陈翻译", "reason": "需要"} | more
        return participants.add(self.s, self.case.id, by=by or self.host, at=self.now, part=part, **given)

    def admit(self, part, **more):
        row = self.ask(part, **more)
        return participants.take_part(self.s, row.code, by=self.guest, at=self.now, declared=True)

    def enter(self):
        return sittings.enter(self.s, self.sitting.id, by=self.guest, at=self.now)


@pytest.fixture
def scene(s, make):
    return Scene(s, make)


def test_SIM_14_a_third_person_is_asked_in_by_the_mediator_and_waits_apart(scene):
    scene.admit(Part.THIRD_PERSON)

    seat = scene.enter()

    assert (seat.side, seat.part, seat.room) == (None, Part.THIRD_PERSON, Room.LOBBY_C)
    assert not seat.is_host
    with pytest.raises(NotAllowed):
        scene.ask(Part.THIRD_PERSON, by=scene.first)


def test_support_waits_in_the_lobby_of_its_side_and_does_not_stand_for_it(scene):
    scene.admit(Part.SUPPORT, by=scene.second)

    seat = scene.enter()

    assert (seat.side, seat.room) == (Side.RESPONDENT, Room.LOBBY_B)
    with pytest.raises(NotAllowed):
        rooms.move(scene.s, scene.sitting.id, seat.account_id, Room.JOINT, by=scene.guest, at=scene.now)


def test_PML_20_an_expert_needs_both_sides(scene):
    row = scene.admit(Part.EXPERT)
    with pytest.raises(NotFound):
        scene.enter()

    for side in (scene.first, scene.second):
        participants.agree(scene.s, scene.case.id, row.id, by=side, at=scene.now)

    assert scene.enter().part is Part.EXPERT


def test_SIM_16_who_mediated_takes_no_other_part(scene):
    row = scene.ask(Part.INTERPRETER, name=scene.host.name)

    with pytest.raises(BadInput):
        participants.take_part(
            scene.s, row.code, by=replace(scene.host, roles=frozenset()), at=scene.now, declared=True
        )


def test_nobody_comes_in_under_another_name_or_without_the_promise(scene, make):
    row = scene.ask(Part.INTERPRETER)

    with pytest.raises(BadInput) as wrong:
        participants.take_part(
            scene.s, row.code, by=make.actor(make.account("别人")), at=scene.now, declared=True
        )
    with pytest.raises(BadInput) as silent:
        participants.take_part(scene.s, row.code, by=scene.guest, at=scene.now, declared=False)

    assert wrong.value.details == {"person": "not-you"}
    assert silent.value.details == {"declared": "tick-needed"}


def test_a_participant_has_a_seat_and_reads_nothing(scene):
    scene.admit(Part.INTERPRETER)
    scene.enter()

    view = query.show(scene.s, scene.sitting.id, by=scene.guest)

    assert standing.hats(scene.s, scene.guest, scene.sitting) == {Hat.PUBLIC, Hat.SOMEONE, Hat.PARTICIPANT}
    assert standing.hats(scene.s, scene.guest, scene.case) == {Hat.PUBLIC, Hat.SOMEONE}
    assert (view.is_mediator, view.is_guest) == (False, True)
    assert {one.account_id for one in view.people} == {scene.guest.account_id}
    assert drafting.panel(scene.s, scene.sitting.id, by=scene.guest, on=AT.date()) == drafting.NOTHING
    with pytest.raises(NotAllowed):
        require(scene.s, scene.guest, Do.DRAFT_CLAUSE, scene.sitting)
    with pytest.raises(NotAllowed):
        rooms.say(scene.s, scene.sitting.id, "悄悄话", by=scene.guest, at=scene.now)


def test_a_participant_is_checked_told_and_then_called_in_and_recording_needs_their_yes(scene):
    scene.admit(Part.INTERPRETER)
    seat = scene.enter()
    sittings.read_notices(scene.s, scene.sitting.id, by=scene.guest, at=scene.now, ticked=sittings.NOTICES)
    sittings.check_identity(
        scene.s, scene.sitting.id, seat.account_id, by=scene.host, at=scene.now, how="document-on-camera"
    )
    for one in (scene.host, scene.first, scene.second):
        rooms.consent(scene.s, scene.sitting.id, by=one, at=scene.now, given=True)
    rooms.record(scene.s, scene.sitting.id, by=scene.host, at=scene.now)

    rooms.move(scene.s, scene.sitting.id, seat.account_id, Room.JOINT, by=scene.host, at=scene.now)

    assert seat.room is Room.JOINT
    assert not scene.sitting.recording  # somebody in the room has not agreed


def test_few_asks_a_day_stay_unanswered_let_go_or_not(scene):
    for _ in range(MOST_ASKS):
        row = scene.ask(Part.SUPPORT, by=scene.first)
        participants.end(scene.s, scene.case.id, row.id, by=scene.first, at=scene.now)

    with pytest.raises(TooMany):
        scene.ask(Part.SUPPORT, by=scene.first)

    scene.ask(Part.SUPPORT, by=scene.second)


def test_who_is_let_go_is_outside(scene):
    row = scene.admit(Part.INTERPRETER)

    participants.end(scene.s, scene.case.id, row.id, by=scene.host, at=scene.now)

    with pytest.raises(NotFound):
        scene.enter()


def test_who_is_let_go_during_the_talk_loses_the_seat(scene):
    row = scene.admit(Part.INTERPRETER)
    seat = scene.enter()
    sittings.read_notices(scene.s, scene.sitting.id, by=scene.guest, at=scene.now, ticked=sittings.NOTICES)
    sittings.check_identity(
        scene.s, scene.sitting.id, seat.account_id, by=scene.host, at=scene.now, how="document-on-camera"
    )
    rooms.move(scene.s, scene.sitting.id, seat.account_id, Room.JOINT, by=scene.host, at=scene.now)

    participants.end(scene.s, scene.case.id, row.id, by=scene.host, at=scene.now)

    assert (seat.room, seat.joined_at) == (Room.LOBBY_C, None)
