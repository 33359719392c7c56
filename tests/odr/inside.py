"""A running sitting as a small model: who is in which room, who is recorded, who was asked in beside the sides.

Written from the rules of the rooms like `life.py`, and walked by the same walkers. The guest is an expert, whom
both sides have to want.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from odr import demo, presence
from odr.actions import minutes, participants, rooms, sittings
from odr.db import Database
from odr.errors import NotAllowed
from odr.rules.access import Actor
from odr.rules.companions import Part
from odr.rules.words import Room, Side
from odr.tables.companions import Participant
from odr.tables.mediations import MinutesLine, Sitting, UndisputedFact
from tests.odr import recorder
from tests.odr.life import Act, Life, only_machine, people

SIDES = frozenset({"applicant", "respondent"})
HOST, GUEST = frozenset({"host"}), frozenset({"guest"})
TALKING = SIDES | HOST | GUEST
EVERYBODY = TALKING | {"stranger", "clerk", "machine"}
HOMES = {"host": "desk", "applicant": "lobby-a", "respondent": "lobby-b", "guest": "lobby-c"}
CAUCUS = {"applicant": "caucus-a", "respondent": "caucus-b"}
RUNNING = frozenset({"live", "frozen", "paused"})
LINE, FACT = "欠款属实。", "双方签有借条。"
CAMERAS, ASKED = 4, 5  # of the venue; unanswered a day


@dataclass
class Inside:
    """What is true of the sitting."""

    stage: str = "live"
    room: Mapping[str, str] = field(default_factory=lambda: HOMES | dict.fromkeys((*SIDES, "host"), "joint"))
    inside: frozenset[str] = SIDES | HOST
    checked: frozenset[str] = SIDES | HOST
    read: frozenset[str] = SIDES | HOST
    yes: frozenset[str] = frozenset()  # to being recorded
    recording: bool = False
    films: tuple[str, ...] = ()  # of each recording in turn: "", kept, sealed, filmed
    cameras: int = 0
    guest: str = ""  # asked, come
    wanted: frozenset[str] = frozenset()  # sides that want the guest
    asker: str = ""
    asks: tuple[str, ...] = ()  # who asked without an answer
    line: bool = False  # of the minutes
    wishes: int = 0  # for other words, without an answer
    fact: frozenset[str] | None = None  # sides that do not dispute it
    host: bool = field(default=True, init=False)

    def knows(self, who: str) -> bool:
        """Whether somebody has a seat here at all."""
        return who != "guest" or (self.guest == "come" and self.wanted == SIDES)

    def ready(self, who: str) -> bool:
        return who in self.inside & self.checked & self.read

    def film(self, stage: str) -> int:
        """The first recording that ended and has come so far, -1 if there is none."""
        ended = self.films[:-1] if self.recording else self.films
        return ended.index(stage) if stage in ended else -1

    def put_film(self, n: int, stage: str) -> dict[str, Any]:
        return {"films": (*self.films[:n], stage, *self.films[n + 1 :])}

    def seats(self, moved: Mapping[str, str], **more: Any) -> dict[str, Any]:
        """Nobody talks together without the mediator, nobody is recorded who did not say yes."""
        inside, yes = more.get("inside", self.inside), more.get("yes", self.yes)
        rooms_ = {**self.room, **moved}
        joint = {who for who in inside if rooms_[who] == "joint"}
        if "host" not in joint:
            rooms_ |= {who: HOMES[who] for who in joint}
            joint = set()
        heard = bool(joint & SIDES) and joint <= yes
        return {"room": rooms_, "recording": self.recording and heard, **more}


class Sat(Life):
    """The sitting in a database."""

    def stages(self, s: Session) -> dict[str, Any]:
        sitting = s.get_one(Sitting, _sit(s))
        names = {one.account_id: who for who, one in self.actors.items()}
        people = presence.seated(s, sitting.id)
        where = {names[one.account_id]: one.room.value for one in people}
        return {
            "stage": sitting.stage.value,
            "inside": frozenset(where),
            "recording": sitting.recording,
            "films": recorder.stages(s),
            "room": HOMES | where,
        }


def begin(db: Database, at: datetime) -> Sat:
    """A sitting that has just been opened."""
    with db.transaction() as s:
        cast = demo.people(s, at)
        case, host, sitting = demo.sat(s, cast, at)
        known = people(cast, guest=cast.parties[2], stranger=cast.parties[3], host=host)
        return Sat(db, sitting.starts_at + timedelta(minutes=1), case.id, case.dispute_id, known)


def _sit(s: Session) -> str:
    return s.exec(select(Sitting.id)).one()


def _row(s: Session) -> Participant:
    query = select(Participant).order_by(col(Participant.asked_at).desc())
    return s.exec(query).first() or Participant(id="none", code="none")


def acts() -> Iterator[Act]:
    """Every act inside a sitting."""
    yield from _acts_of_coming()
    yield from _acts_of_moving()
    yield from _acts_of_talking()
    yield from recorder.acts()
    yield from _acts_of_guests()
    yield from _acts_of_writing()


def _acts_of_coming() -> Iterator[Act]:
    yield Act(
        "try the camera", TALKING, lambda m, w: m.knows(w), lambda m, w: {}, "sitting.device_tested",
        lambda v, s, by: sittings.test_device(s, _sit(s), by=by, at=v.now, result="ok"),
    )  # fmt: skip
    yield Act(
        "enter", TALKING, lambda m, w: m.knows(w) and m.stage in RUNNING,
        lambda m, w: {"inside": m.inside | {w}, "checked": m.checked | ({w} & HOST)}, "sitting.entered",
        lambda v, s, by: sittings.enter(s, _sit(s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "leave", TALKING, lambda m, w: m.knows(w) and w in m.inside,
        lambda m, w: m.seats({w: HOMES[w]}, inside=m.inside - {w}), "sitting.left",
        lambda v, s, by: sittings.leave(s, _sit(s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "say one's number", TALKING, lambda m, w: m.knows(w) and w in m.inside, lambda m, w: {},
        "sitting.identity_stated",
        lambda v, s, by: sittings.state_identity(s, _sit(s), by=by, at=v.now, last_digits="2338"),
    )  # fmt: skip
    yield Act(
        "read the notices", TALKING, lambda m, w: m.knows(w) and w in m.inside and m.stage in RUNNING,
        lambda m, w: {"read": m.read | {w}}, "sitting.notices_read",
        lambda v, s, by: sittings.read_notices(s, _sit(s), by=by, at=v.now, ticked=sittings.NOTICES),
    )  # fmt: skip
    yield Act(
        "check the guest", HOST, lambda m, w: "guest" in m.inside and m.stage in RUNNING,
        lambda m, w: {"checked": m.checked | GUEST}, "sitting.identity_checked",
        lambda v, s, by: sittings.check_identity(
            s, _sit(s), v.actors["guest"].account_id or "", by=by, at=v.now, how="on-site"
        ),
    )  # fmt: skip
    yield Act(
        "see a line drop", frozenset({"machine"}), lambda m, w: "applicant" in m.inside, lambda m, w: {},
        "sitting.disconnected", _drop,
    )  # fmt: skip


def _drop(v: Life, s: Session, by: Actor) -> None:
    only_machine(by)  # the media worker says so, nobody else
    rooms.connection(s, _sit(s), v.actors["applicant"].account_id or "", at=v.now, on=False)


def _acts_of_moving() -> Iterator[Act]:
    for who, room in (
        *((side, room) for side in sorted(SIDES) for room in ("joint", HOMES[side], CAUCUS[side])),
        ("applicant", "caucus-b"), ("guest", "joint"), ("guest", "lobby-c"), ("host", "joint"), ("host", "desk"),
    ):  # fmt: skip
        yield Act(
            f"put {who} into {room}", HOST, lambda m, w, who=who, room=room: _may_move(m, who, room),
            lambda m, w, who=who, room=room: m.seats({who: room}), "sitting.moved",
            lambda v, s, by, who=who, room=room: rooms.move(
                s, _sit(s), v.actors[who].account_id or "", Room(room), by=by, at=v.now
            ),
        )  # fmt: skip
    for side in sorted(SIDES):
        yield Act(
            f"talk with {side} alone", HOST,
            lambda m, w, side=side: m.stage == "live" and "host" in m.inside and m.ready(side),
            lambda m, w, side=side: m.seats(
                {who: CAUCUS[side] if who in (side, "host") else HOMES[who] for who in m.inside}
            ),
            "sitting.caucus_opened",
            lambda v, s, by, side=side: rooms.caucus(s, _sit(s), Side(side), by=by, at=v.now),
        )  # fmt: skip
    yield Act(
        "call all together", HOST, lambda m, w: m.stage == "live",
        lambda m, w: m.seats({who: "joint" for who in m.inside if who == "host" or m.ready(who)}),
        "sitting.gathered",
        lambda v, s, by: rooms.gather(s, _sit(s), by=by, at=v.now),
    )  # fmt: skip
    for name, who, stage, kind, act in (
        ("pause", HOST, "paused", "sitting.paused", sittings.pause),
        ("lose the mediator", frozenset({"machine"}), "frozen", "sitting.frozen", sittings.freeze),
    ):
        yield Act(
            name, who, lambda m, w: m.stage == "live",
            lambda m, w, stage=stage: m.seats(HOMES) | {"stage": stage}, kind,
            lambda v, s, by, act=act: act(s, _sit(s), by=by, at=v.now),
        )  # fmt: skip
    yield Act(
        "go on", HOST,
        lambda m, w: m.stage in ("paused", "frozen") and "host" in m.inside and all(map(m.ready, SIDES)),
        lambda m, w: m.seats({one: "joint" for one in m.inside if one == "host" or m.ready(one)})
        | {"stage": "live"},
        "sitting.opened",
        lambda v, s, by: sittings.begin(s, _sit(s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "close", HOST, lambda m, w: m.stage in RUNNING,
        lambda m, w: m.seats(HOMES) | {"stage": "closed"}, "sitting.closed",
        lambda v, s, by: sittings.close(s, _sit(s), by=by, at=v.now, outcome="again"),
    )  # fmt: skip


def _may_move(m: Inside, who: str, room: str) -> bool:
    """One's own lobby always, another room only in a running talk, never the other side's."""
    if who not in m.inside or m.stage not in RUNNING or (who, room) == ("applicant", "caucus-b"):
        return False
    return room == HOMES[who] or (m.stage == "live" and (who == "host" or m.ready(who)))


def _acts_of_talking() -> Iterator[Act]:
    def here(m: Inside, who: str) -> bool:
        return m.knows(who) and who in m.inside and m.stage in RUNNING

    for on in (True, False):
        yield Act(
            f"hush the respondent: {on}", HOST, lambda m, w: "respondent" in m.inside and m.stage in RUNNING,
            lambda m, w: {}, "sitting.hushed",
            lambda v, s, by, on=on: rooms.hush(
                s, _sit(s), v.actors["respondent"].account_id or "", by=by, at=v.now, hushed=on, camera_off=on
            ),
        )  # fmt: skip
        yield Act(
            f"ask for the word: {on}", TALKING, here, lambda m, w: {},
            "sitting.hand_raised" if on else "sitting.hand_lowered",
            lambda v, s, by, on=on: rooms.raise_hand(s, _sit(s), by=by, at=v.now, up=on),
        )  # fmt: skip
        yield Act(
            f"be recorded: {on}", TALKING, here,
            lambda m, w, on=on: m.seats({}, yes=m.yes | {w} if on else m.yes - {w}),
            "recording.consented" if on else "recording.consent_refused",
            lambda v, s, by, on=on: rooms.consent(s, _sit(s), by=by, at=v.now, given=on),
        )  # fmt: skip
        yield Act(
            f"let them sign: {on}", HOST, lambda m, w: m.stage == "live",
            lambda m, w: {"recording": False}, "sitting.signing_opened" if on else "sitting.signing_ended",
            lambda v, s, by, on=on: rooms.open_signing(s, _sit(s), by=by, at=v.now, on=on),
        )  # fmt: skip
    yield Act(
        "write to the room", SIDES | HOST, here, lambda m, w: {}, "sitting.said",
        lambda v, s, by: rooms.say(s, _sit(s), "你好", by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "record", HOST,
        lambda m, w: m.stage == "live" and not m.recording and _heard(m),
        lambda m, w: {"recording": True, "films": (*m.films, "")}, "recording.started",
        lambda v, s, by: rooms.record(s, _sit(s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "stop recording", TALKING | {"machine"}, lambda m, w: m.knows(w) and m.recording,
        lambda m, w: {"recording": False}, "recording.stopped",
        lambda v, s, by: rooms.stop_recording(s, _sit(s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "let a camera in", HOST, lambda m, w: m.stage in RUNNING and m.cameras < CAMERAS,
        lambda m, w: {"cameras": m.cameras + 1}, "sitting.device_attached",
        lambda v, s, by: rooms.attach_device(s, _sit(s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "put a camera out", HOST, lambda m, w: m.stage in RUNNING and m.cameras,
        lambda m, w: {"cameras": m.cameras - 1}, "sitting.device_ended",
        lambda v, s, by: rooms.end_device(s, _sit(s), _camera(s), by=by, at=v.now),
    )  # fmt: skip


def _heard(m: Inside) -> bool:
    joint = {who for who in m.inside if m.room[who] == "joint"}
    return bool(joint & SIDES) and joint <= m.yes


def _camera(s: Session) -> str:
    return next((one.id for one in presence.devices(s, _sit(s))), "none")


def _acts_of_writing() -> Iterator[Act]:
    """The minutes and the facts that nobody disputes, as long as the talk is on."""
    yield Act(
        "write down", HOST, lambda m, w: m.stage in RUNNING and not m.line,
        lambda m, w: {"line": True}, "minutes.written",
        lambda v, s, by: minutes.write(s, _sit(s), by=by, at=v.now, speaker="applicant", text=LINE),
    )  # fmt: skip
    yield Act(
        "wish other words", SIDES, lambda m, w: m.stage in RUNNING and m.line and m.wishes < 2,
        lambda m, w: {"wishes": m.wishes + 1}, "minutes.corrected",
        lambda v, s, by: minutes.correct(s, _sit(s), _line(s), by=by, at=v.now, text="欠款一万元属实。"),
    )  # fmt: skip
    yield Act(
        "answer the wish", HOST, lambda m, w: m.stage in RUNNING and m.wishes,
        lambda m, w: {"wishes": m.wishes - 1}, "minutes.answered",
        lambda v, s, by: minutes.answer(s, _sit(s), _line(s), by=by, at=v.now, adopted=True),
    )  # fmt: skip
    yield Act(
        "confirm the minutes", SIDES, lambda m, w: m.stage in RUNNING and m.line,
        lambda m, w: {}, "minutes.confirmed",
        lambda v, s, by: minutes.confirm(s, _sit(s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "state a fact", HOST, lambda m, w: m.stage in RUNNING and m.fact is None,
        lambda m, w: {"fact": frozenset()}, "fact.stated",
        lambda v, s, by: minutes.state_fact(s, _sit(s), by=by, at=v.now, text=FACT),
    )  # fmt: skip
    yield Act(
        "leave the fact undisputed", SIDES, lambda m, w: m.stage in RUNNING and m.fact is not None,
        lambda m, w: {"fact": m.fact | {w}}, "fact.agreed",
        lambda v, s, by: minutes.agree_fact(s, _sit(s), _fact(s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "take the fact back", HOST, lambda m, w: m.stage in RUNNING and m.fact is not None and m.fact != SIDES,
        lambda m, w: {"fact": None}, "fact.removed",
        lambda v, s, by: minutes.remove_fact(s, _sit(s), _fact(s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "keep a note", HOST, lambda m, w: True, lambda m, w: {}, "note.written",
        lambda v, s, by: minutes.keep_note(s, _sit(s), by=by, at=v.now, text="留意分期。"),
    )  # fmt: skip


def _line(s: Session) -> str:
    return s.exec(select(MinutesLine.id).where(MinutesLine.text == LINE)).first() or "none"


def _fact(s: Session) -> str:
    ours = (UndisputedFact.text == FACT, col(UndisputedFact.removed_at).is_(None))
    query = select(UndisputedFact.id).where(*ours)
    return s.exec(query).first() or "none"


def _acts_of_guests() -> Iterator[Act]:
    yield Act(
        "ask an expert in", SIDES | HOST, lambda m, w: not m.guest and m.asks.count(w) < ASKED,
        lambda m, w: {"guest": "asked", "wanted": SIDES & {w}, "asker": w, "asks": (*m.asks, w)},
        "participant.asked", _ask,
    )  # fmt: skip
    yield Act(
        "want the expert", SIDES, lambda m, w: m.guest, lambda m, w: {"wanted": m.wanted | {w}},
        "participant.agreed",
        lambda v, s, by: participants.agree(s, v.case_id, _row(s).id, by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "promise secrecy", GUEST, lambda m, w: m.guest == "asked",
        lambda m, w: {"guest": "come", "asks": m.asks[:-1]}, "participant.joined",
        lambda v, s, by: participants.take_part(s, _row(s).code, by=by, at=v.now, declared=True),
    )  # fmt: skip
    yield Act(
        "let the expert go", SIDES | HOST, lambda m, w: m.guest and w in ("host", m.asker),
        lambda m, w: m.seats({"guest": HOMES["guest"]}, inside=m.inside - GUEST)
        | {"guest": "", "wanted": frozenset()},
        "participant.ended",
        lambda v, s, by: participants.end(s, v.case_id, _row(s).id, by=by, at=v.now),
    )  # fmt: skip


def _ask(v: Life, s: Session, by: Actor) -> None:
    if participants.of(s, v.case_id):
        raise NotAllowed(do="ask")  # one guest is enough here
    participants.add(
        s, v.case_id, by=by, at=v.now, part=Part.EXPERT, name=v.actors["guest"].name, reason="懂行"
    )


ACTS = tuple(acts())
