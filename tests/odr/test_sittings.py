"""A sitting: nobody leaves the lobby unchecked, nothing is recorded without everybody's consent."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from sqlmodel import Session, col, select

from odr import journal, outbox, presence
from odr.actions import minutes, recordings, rooms, sittings
from odr.errors import BadInput, ConsentMissing, NotAllowed, NotFound, NotReady, Refused, WrongStage
from odr.facts import MinutesFacts
from odr.papers import facts_of
from odr.queries import sittings as query
from odr.rules.access import MACHINE, Actor
from odr.rules.moves import CaseStage, SittingStage
from odr.rules.words import Mode, Room, Side, Zone
from odr.tables.disputes import Dispute
from odr.tables.mediations import Attendance, MediationCase, Recording, Sitting
from odr.tables.people import Account
from odr.tables.records import Document, JournalEntry
from tests.make import Make, moment

AT = moment("2026-03-10 08:50")


@dataclass
class Scene:
    """A sitting with its three people."""

    s: Session
    sitting: Sitting
    case: MediationCase
    mediator: Actor
    applicant: Actor
    respondent: Actor

    @property
    def all(self) -> tuple[Actor, Actor, Actor]:
        return self.mediator, self.applicant, self.respondent

    def place(self, who: Actor) -> Attendance:
        return presence.of(self.s, self.sitting.id, who.account_id)

    def room(self, who: Actor) -> Room:
        return self.place(who).room

    def come(self, *who: Actor) -> None:
        for one in who:
            sittings.enter(self.s, self.sitting.id, by=one, at=AT)

    def ready(self, *who: Actor) -> None:
        for one in who:
            sittings.check_identity(
                self.s, self.sitting.id, one.ref, by=self.mediator, at=AT, how="document-on-camera"
            )
            sittings.read_notices(self.s, self.sitting.id, by=one, at=AT, ticked=sittings.NOTICES)

    def begin(self) -> None:
        self.come(*self.all)
        self.ready(self.applicant, self.respondent)
        sittings.begin(self.s, self.sitting.id, by=self.mediator, at=AT)

    def consent(self, *who: Actor, given: bool = True) -> None:
        for one in who:
            rooms.consent(self.s, self.sitting.id, by=one, at=AT, given=given)

    def record(self) -> Recording:
        return rooms.record(self.s, self.sitting.id, by=self.mediator, at=AT)


@pytest.fixture
def scene(s: Session, make: Make) -> Scene:
    mediator = make.mediator()
    case = make.case(CaseStage.SCHEDULED, to=mediator)
    dispute = case.dispute_id
    sitting = make.sitting(case=case)
    row = s.get_one(Dispute, dispute)
    return Scene(
        s,
        sitting,
        case,
        make.person(mediator),
        make.side(row, Side.APPLICANT),
        make.side(row, Side.RESPONDENT),
    )


def kinds(s: Session) -> list[str]:
    return list(s.exec(select(JournalEntry.kind).order_by(col(JournalEntry.seq))))


def test_each_side_waits_in_its_own_lobby(scene: Scene) -> None:
    scene.come(*scene.all)

    assert scene.room(scene.applicant) is Room.LOBBY_A
    assert scene.room(scene.respondent) is Room.LOBBY_B
    assert scene.room(scene.mediator) is Room.DESK
    assert scene.sitting.stage is SittingStage.GATHERING


def test_doors_open_half_an_hour_before(scene: Scene) -> None:
    with pytest.raises(WrongStage):
        sittings.enter(scene.s, scene.sitting.id, by=scene.applicant, at=moment("2026-03-10 08:20"))


def test_the_mediator_may_open_the_doors_early(scene: Scene) -> None:
    early = moment("2026-03-09 10:00")

    sittings.enter(scene.s, scene.sitting.id, by=scene.mediator, at=early)
    sittings.enter(scene.s, scene.sitting.id, by=scene.applicant, at=early)

    assert scene.room(scene.applicant) is Room.LOBBY_A


def test_a_stranger_learns_nothing(scene: Scene, make: Make) -> None:
    with pytest.raises(NotFound):
        sittings.enter(scene.s, scene.sitting.id, by=make.actor(make.account("路人")), at=AT)


def test_a_mediator_without_second_factor_is_a_stranger(scene: Scene) -> None:
    weak = replace(scene.mediator, strong=False)

    with pytest.raises(NotFound):
        sittings.enter(scene.s, scene.sitting.id, by=weak, at=AT)


def test_a_sitting_cannot_open_before_identity_is_checked(scene: Scene) -> None:
    scene.come(*scene.all)
    scene.ready(scene.applicant)

    with pytest.raises(NotReady):
        sittings.begin(scene.s, scene.sitting.id, by=scene.mediator, at=AT)


def test_opening_brings_everybody_into_the_joint_room(scene: Scene) -> None:
    scene.begin()

    assert {scene.room(one) for one in scene.all} == {Room.JOINT}
    assert scene.case.stage is CaseStage.IN_MEDIATION
    assert scene.sitting.opened_at == AT


def test_one_side_is_enough_when_they_come_one_after_the_other(scene: Scene) -> None:
    scene.sitting.mode = Mode.SPLIT
    scene.come(scene.mediator, scene.applicant)
    scene.ready(scene.applicant)

    sittings.begin(scene.s, scene.sitting.id, by=scene.mediator, at=AT)

    assert scene.room(scene.applicant) is Room.JOINT


def test_a_check_in_another_sitting_does_not_count(scene: Scene, make: Make) -> None:
    scene.begin()
    sittings.close(scene.s, scene.sitting.id, by=scene.mediator, at=AT, outcome="again")
    second = make.sitting(case=scene.case, ordinal=2)
    for one in scene.all:
        sittings.enter(scene.s, second.id, by=one, at=AT)

    with pytest.raises(NotReady):
        sittings.begin(scene.s, second.id, by=scene.mediator, at=AT)


@pytest.mark.parametrize("left_out", sittings.NOTICES)
def test_every_notice_must_be_ticked(scene: Scene, left_out: str) -> None:
    scene.come(scene.applicant)

    with pytest.raises(BadInput) as wrong:
        sittings.read_notices(
            scene.s,
            scene.sitting.id,
            by=scene.applicant,
            at=AT,
            ticked=[name for name in sittings.NOTICES if name != left_out],
        )

    assert wrong.value.details == {left_out: "tick-needed"}


def test_a_person_cannot_check_their_own_identity(scene: Scene) -> None:
    scene.come(scene.applicant)

    with pytest.raises(NotAllowed):
        sittings.check_identity(
            scene.s, scene.sitting.id, scene.applicant.ref, by=scene.applicant, at=AT, how="on-site"
        )


def test_the_end_of_the_identity_number_is_compared_and_never_written_down(scene: Scene, make: Make) -> None:
    scene.s.get_one(Account, scene.applicant.account_id).identity_number = "44010619900101123X"
    scene.come(scene.applicant)

    fits = sittings.state_identity(scene.s, scene.sitting.id, by=scene.applicant, at=AT, last_digits="123x")

    last = scene.s.exec(select(JournalEntry).order_by(col(JournalEntry.seq).desc())).first()
    assert fits
    assert last is not None
    assert journal.fields_of(last)["fits"] is True
    assert "123X" not in last.body


def test_nobody_is_moved_into_the_room_of_the_other_side(scene: Scene) -> None:
    scene.begin()

    with pytest.raises(BadInput):
        rooms.move(scene.s, scene.sitting.id, scene.applicant.ref, Room.CAUCUS_B, by=scene.mediator, at=AT)


def test_in_a_caucus_the_other_side_waits_in_its_lobby(scene: Scene) -> None:
    scene.begin()

    rooms.caucus(scene.s, scene.sitting.id, Side.APPLICANT, by=scene.mediator, at=AT)

    assert scene.room(scene.applicant) is Room.CAUCUS_A
    assert scene.room(scene.mediator) is Room.CAUCUS_A
    assert scene.room(scene.respondent) is Room.LOBBY_B


def test_all_come_back_from_a_caucus(scene: Scene) -> None:
    scene.begin()
    rooms.caucus(scene.s, scene.sitting.id, Side.RESPONDENT, by=scene.mediator, at=AT)

    rooms.gather(scene.s, scene.sitting.id, by=scene.mediator, at=AT)

    assert {scene.room(one) for one in scene.all} == {Room.JOINT}


def test_when_the_mediator_leaves_the_joint_room_nobody_stays_there(scene: Scene) -> None:
    scene.begin()

    rooms.move(scene.s, scene.sitting.id, scene.mediator.ref, Room.LOBBY_A, by=scene.mediator, at=AT)

    assert scene.room(scene.applicant) is Room.LOBBY_A
    assert scene.room(scene.respondent) is Room.LOBBY_B


def test_the_machine_freezes_and_the_mediator_resumes(scene: Scene) -> None:
    scene.begin()

    sittings.freeze(scene.s, scene.sitting.id, by=MACHINE, at=AT)
    frozen = {scene.room(one) for one in scene.all}
    sittings.begin(scene.s, scene.sitting.id, by=scene.mediator, at=AT)

    assert frozen == {Room.LOBBY_A, Room.LOBBY_B, Room.DESK}
    assert {scene.room(one) for one in scene.all} == {Room.JOINT}


def test_recording_needs_the_consent_of_all_present(scene: Scene) -> None:
    scene.begin()
    scene.consent(scene.mediator, scene.applicant)

    with pytest.raises(ConsentMissing):
        scene.record()


def test_recording_runs_with_the_consent_of_all(scene: Scene) -> None:
    scene.begin()
    scene.consent(*scene.all)

    recording = scene.record()

    assert scene.sitting.recording
    assert recording.zone is Zone.JOINT
    assert [kind for kind in kinds(scene.s) if kind == "recording.consented"] == ["recording.consented"] * 3


def test_a_withdrawn_consent_ends_the_recording(scene: Scene) -> None:
    scene.begin()
    scene.consent(*scene.all)
    recording = scene.record()

    scene.consent(scene.respondent, given=False)

    assert not scene.sitting.recording
    assert recording.stopped_at == AT


def test_a_late_joiner_without_consent_ends_the_recording(scene: Scene) -> None:
    scene.begin()
    scene.consent(scene.mediator, scene.applicant)
    rooms.move(scene.s, scene.sitting.id, scene.respondent.ref, Room.LOBBY_B, by=scene.mediator, at=AT)
    scene.record()

    rooms.move(scene.s, scene.sitting.id, scene.respondent.ref, Room.JOINT, by=scene.mediator, at=AT)

    assert not scene.sitting.recording


@pytest.mark.parametrize("side", list(Side))
def test_a_caucus_is_never_recorded(scene: Scene, side: Side) -> None:
    scene.begin()
    scene.consent(*scene.all)
    scene.record()

    rooms.caucus(scene.s, scene.sitting.id, side, by=scene.mediator, at=AT)

    assert not scene.sitting.recording
    with pytest.raises(ConsentMissing):
        scene.record()


def test_the_signing_is_recorded_apart_in_the_zone_of_the_outcome(scene: Scene) -> None:
    scene.begin()
    scene.consent(*scene.all)
    joint = scene.record()

    rooms.open_signing(scene.s, scene.sitting.id, by=scene.mediator, at=AT)
    signing = scene.record()

    assert joint.stopped_at == AT
    assert (joint.zone, signing.zone) == (Zone.JOINT, Zone.OUTCOME)


def _steps(scene: Scene) -> list[Callable[[random.Random], object]]:
    sitting, by = scene.sitting.id, scene.mediator
    return [
        lambda r: rooms.consent(scene.s, sitting, by=r.choice(scene.all), at=AT, given=r.random() < 0.7),
        lambda r: rooms.record(scene.s, sitting, by=by, at=AT),
        lambda r: rooms.move(scene.s, sitting, r.choice(scene.all).ref, r.choice(list(Room)), by=by, at=AT),
        lambda r: rooms.caucus(scene.s, sitting, r.choice(list(Side)), by=by, at=AT),
        lambda r: rooms.gather(scene.s, sitting, by=by, at=AT),
        lambda r: sittings.freeze(scene.s, sitting, at=AT),
        lambda r: sittings.begin(scene.s, sitting, by=by, at=AT),
        lambda r: sittings.pause(scene.s, sitting, by=by, at=AT),
        lambda r: sittings.leave(scene.s, sitting, by=r.choice(scene.all), at=AT),
        lambda r: sittings.enter(scene.s, sitting, by=r.choice(scene.all), at=AT),
        lambda r: rooms.open_signing(scene.s, sitting, by=by, at=AT, on=r.random() < 0.5),
        lambda r: rooms.stop_recording(scene.s, sitting, by=r.choice(scene.all), at=AT),
    ]


def _holds(scene: Scene) -> bool:
    """V-1 and A-11: what the media worker would be told is lawful."""
    joint = presence.in_room(scene.s, scene.sitting.id, Room.JOINT)
    ready = all(one.side is None or presence.is_ready(one) for one in joint)
    hosted = not joint or any(one.side is None for one in joint)
    consented = all(one.recording_consent for one in joint)
    lawful = not scene.sitting.recording or (
        consented and bool(joint) and scene.sitting.stage is SittingStage.LIVE
    )
    running = presence.current_recording(scene.s, scene.sitting.id) is not None
    return ready and hosted and lawful and running == scene.sitting.recording


@pytest.mark.parametrize("seed", range(12))
def test_no_order_of_acts_records_anybody_against_their_will(scene: Scene, seed: int) -> None:
    chance = random.Random(seed)
    scene.begin()
    scene.consent(*scene.all)
    scene.record()
    steps = _steps(scene)

    for _ in range(25):
        _attempt(chance.choice(steps), chance)
        assert _holds(scene)


def _attempt(step: Callable[[random.Random], object], chance: random.Random) -> None:
    try:
        step(chance)
    except Refused:
        return


def test_the_head_of_a_recording_goes_into_the_journal_and_the_muxer_is_asked(scene: Scene) -> None:
    scene.begin()
    scene.consent(*scene.all)
    recording = scene.record()
    rooms.stop_recording(scene.s, scene.sitting.id, by=scene.applicant, at=AT)

    recordings.keep(scene.s, recording.id, head="sha256:ab", size=7, at=AT)
    recordings.keep(scene.s, recording.id, head="sha256:ab", size=7, at=AT)

    assert kinds(scene.s).count("recording.kept") == 1
    assert [item.kind for item in outbox.held(scene.s)] == ["recording.mux"]


def test_a_worker_that_died_leaves_its_recording_and_begins_another(scene: Scene) -> None:
    scene.begin()
    scene.consent(*scene.all)
    torn = scene.record()

    fresh = recordings.restart(scene.s, scene.sitting.id, at=AT)

    assert fresh is not None
    assert torn.stopped_at == AT
    assert (fresh.stopped_at, fresh.folder == torn.folder) == (None, False)


def test_closing_issues_the_minutes_and_the_undisputed_facts(scene: Scene) -> None:
    scene.begin()
    sitting = scene.sitting.id
    minutes.write(scene.s, sitting, by=scene.mediator, at=AT, speaker="applicant", text="借款本金一万元。")
    fact = minutes.state_fact(scene.s, sitting, by=scene.mediator, at=AT, text="双方签有借条。")
    for one in (scene.applicant, scene.respondent):
        minutes.agree_fact(scene.s, sitting, fact.id, by=one, at=AT)

    sittings.close(scene.s, sitting, by=scene.mediator, at=AT, outcome="none")

    papers = scene.s.exec(select(Document).order_by(col(Document.kind))).all()
    assert [(one.kind, one.zone) for one in papers] == [("minutes", Zone.JOINT), ("undisputed", Zone.OUTCOME)]
    assert papers[1].facts["facts"] == ["双方签有借条。"]


def test_a_fact_that_one_side_disputes_is_not_issued(scene: Scene) -> None:
    scene.begin()
    fact = minutes.state_fact(scene.s, scene.sitting.id, by=scene.mediator, at=AT, text="利息已付。")
    minutes.agree_fact(scene.s, scene.sitting.id, fact.id, by=scene.applicant, at=AT)

    sittings.close(scene.s, scene.sitting.id, by=scene.mediator, at=AT, outcome="none")

    assert [one.kind for one in scene.s.exec(select(Document))] == ["minutes"]


def test_a_correction_stands_beside_the_line_and_asks_for_a_new_confirmation(scene: Scene) -> None:
    scene.begin()
    sitting = scene.sitting.id
    line = minutes.write(scene.s, sitting, by=scene.mediator, at=AT, speaker="respondent", text="还过五次。")
    minutes.confirm(scene.s, sitting, by=scene.applicant, at=AT)

    minutes.correct(scene.s, sitting, line.id, by=scene.respondent, at=AT, text="应为六次。")

    assert line.text == "还过五次。"
    assert line.corrections[0]["text"] == "应为六次。"
    assert line.confirmed_by == []


def minutes_paper(scene: Scene) -> MinutesFacts:
    sittings.close(scene.s, scene.sitting.id, by=scene.mediator, at=AT, outcome="none")
    row = scene.s.exec(select(Document).where(Document.kind == "minutes")).one()
    return facts_of(row)


def test_ODM_22_each_side_reviews_line_by_line_and_refused_corrections_are_noted(scene: Scene) -> None:
    scene.begin()
    sitting, host = scene.sitting.id, scene.mediator
    first = minutes.write(scene.s, sitting, by=host, at=AT, speaker="respondent", text="还过五次。")
    second = minutes.write(scene.s, sitting, by=host, at=AT, speaker="applicant", text="认可。")
    minutes.correct(scene.s, sitting, first.id, by=scene.respondent, at=AT, text="应为六次。")
    minutes.answer(scene.s, sitting, first.id, by=host, at=AT, adopted=False, reason="与录像不符")
    minutes.confirm(scene.s, sitting, by=scene.applicant, at=AT)
    minutes.confirm(scene.s, sitting, by=scene.respondent, at=AT, line_id=second.id)

    paper = minutes_paper(scene)

    assert paper.corrections[0].endswith("应为六次。（未采纳，理由：与录像不符）")
    assert paper.corrections[1] == "被申请人未逐段确认第1段。"
    assert [one.role for one in paper.signatures] == ["申请人"]


def test_a_refused_correction_needs_a_reason(scene: Scene) -> None:
    scene.begin()
    line = minutes.write(
        scene.s, scene.sitting.id, by=scene.mediator, at=AT, speaker="respondent", text="还过。"
    )
    minutes.correct(scene.s, scene.sitting.id, line.id, by=scene.respondent, at=AT, text="没有。")

    with pytest.raises(BadInput):
        minutes.answer(scene.s, scene.sitting.id, line.id, by=scene.mediator, at=AT, adopted=False)


@pytest.mark.parametrize("unwilling", [False, True])
def test_ODM_22_a_recording_replaces_the_minutes_only_if_all_say_so(scene: Scene, unwilling: bool) -> None:
    scene.begin()
    sitting = scene.sitting.id
    for one in (scene.mediator, scene.applicant, scene.respondent):
        instead = not (unwilling and one is scene.respondent)
        rooms.consent(scene.s, sitting, by=one, at=AT, given=True, minutes_instead=instead)
    rooms.record(scene.s, sitting, by=scene.mediator, at=AT)
    fact = minutes.state_fact(scene.s, sitting, by=scene.mediator, at=AT, text="双方签有借条。")
    for one in (scene.applicant, scene.respondent):
        minutes.agree_fact(scene.s, sitting, fact.id, by=one, at=AT)

    paper = minutes_paper(scene)

    assert ("代替文字笔录" in paper.recording) is not unwilling
    assert paper.undisputed == ("双方签有借条。",)  # always in writing


@pytest.mark.parametrize("instead", ["torn", "of the signing"])
def test_ODM_22_what_was_not_filmed_is_not_replaced(scene: Scene, instead: str) -> None:
    scene.begin()
    sitting = scene.sitting.id
    for one in (scene.mediator, scene.applicant, scene.respondent):
        rooms.consent(scene.s, sitting, by=one, at=AT, given=True, minutes_instead=True)
    if instead == "of the signing":
        rooms.open_signing(scene.s, sitting, by=scene.mediator, at=AT)
    recording = rooms.record(scene.s, sitting, by=scene.mediator, at=AT)
    if instead == "torn":
        recordings.fail(scene.s, recording.id, at=AT)

    assert "代替文字笔录" not in minutes_paper(scene).recording


def test_P_4_a_recorder_that_cannot_write_ends_and_the_sign_says_so(scene: Scene) -> None:
    scene.begin()
    scene.consent(*scene.all)
    recording = scene.record()

    recordings.fail(scene.s, recording.id, at=AT)
    recordings.fail(scene.s, recording.id, at=AT)

    view = query.show(scene.s, scene.sitting.id, by=scene.applicant)
    assert (view.recording, view.recording_failed, view.stage) == (False, True, SittingStage.LIVE)
    assert kinds(scene.s).count("recording.failed") == 1


def test_only_the_mediator_writes_the_minutes(scene: Scene) -> None:
    scene.begin()

    with pytest.raises(NotAllowed):
        minutes.write(
            scene.s, scene.sitting.id, by=scene.applicant, at=AT, speaker="applicant", text="我说的。"
        )


def test_a_no_show_is_noted_and_both_are_told_how_to_go_on(scene: Scene) -> None:
    after = moment("2026-03-10 09:20")
    scene.come(scene.mediator, scene.applicant)

    sittings.no_show(scene.s, scene.sitting.id, by=scene.mediator, at=after, absent=[Side.RESPONDENT])

    assert scene.sitting.stage is SittingStage.NO_SHOW
    assert {item.kind for item in outbox.held(scene.s)} == {"message.send"}


def test_a_closed_sitting_has_no_more_moves(scene: Scene) -> None:
    scene.begin()
    sittings.close(scene.s, scene.sitting.id, by=scene.mediator, at=AT, outcome="again")

    with pytest.raises(WrongStage):
        rooms.gather(scene.s, scene.sitting.id, by=scene.mediator, at=AT)


def test_a_lost_connection_keeps_the_seat(scene: Scene) -> None:
    scene.begin()

    rooms.connection(scene.s, scene.sitting.id, scene.applicant.ref, at=AT, on=False)

    assert scene.room(scene.applicant) is Room.JOINT
    assert scene.place(scene.applicant).left_at == AT
