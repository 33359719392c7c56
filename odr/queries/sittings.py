"""A sitting as one person may see it: who is there, what is missing, what is being recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from odr import db, journal, presence, standing
from odr.actions.sittings import DOORS_OPEN
from odr.digests import digest
from odr.rules.access import Actor, may_read
from odr.rules.companions import Part
from odr.rules.moves import SittingStage
from odr.rules.words import Mode, Room, Side, Zone
from odr.standing import hats as hats_of
from odr.standing import side_of
from odr.tables.disputes import Dispute, Party
from odr.tables.mediations import Attendance, MediationCase, Recording, Sitting
from odr.tables.people import Account
from odr.tables.records import Document, JournalEntry


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a sitting, as far as the viewer may know."""

    account_id: str
    name: str
    side: Side | None
    part: Part | None
    agent: bool
    room: Room
    here: bool  # came in, and is connected as far as we know
    checked: bool
    read: bool
    consent: bool | None
    tested: bool
    stated: bool | None  # the end of the identity number fits; none: not stated
    hand: bool
    hushed: bool
    camera_off: bool

    @property
    def role(self) -> str:
        """mediator, applicant or respondent."""
        return self.part.value if self.part else presence.side_name(self.side)

    @property
    def is_host(self) -> bool:
        return self.side is None and self.part is None

    @property
    def ready(self) -> bool:
        return self.checked and (self.read or self.is_host)


@dataclass(frozen=True, slots=True)
class SittingView:
    """One sitting for one viewer."""

    id: str
    case_id: str
    dispute_id: str
    number: str
    cause: str
    ordinal: int
    inquiry: str  # the confirmation it belongs to; empty: a mediation
    stage: SittingStage
    mode: Mode
    place: str
    starts_at: datetime
    ends_at: datetime
    doors_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    side: Side | None
    hosts: bool  # the viewer leads it
    me: Person | None
    people: tuple[Person, ...]
    mediator_here: bool
    other_caucus: bool  # the mediator talks alone with the other side
    recording: bool
    recording_since: datetime | None
    recording_failed: bool  # the last one ended because nothing could be written
    signing: bool
    unwilling: tuple[str, ...]  # in the joint room without consent; told to the mediator only
    devices: tuple[DeviceLine, ...]  # cameras of the venue; told to the host only
    recordings: tuple[RecordingLine, ...]
    papers: tuple[PaperLine, ...]

    @property
    def is_mediator(self) -> bool:
        return self.hosts

    @property
    def is_guest(self) -> bool:
        """Neither party nor host: a seat in the room, no look at what is drafted."""
        return self.side is None and not self.hosts

    @property
    def running(self) -> bool:
        return self.stage in presence.LIVE

    @property
    def inside(self) -> bool:
        """Whether the viewer has come in."""
        return self.running and self.me is not None

    @property
    def mark(self) -> str:
        """Changes exactly when something the viewer can see has changed."""
        return digest(repr(self).encode())[7:19]

    def with_me(self) -> tuple[Person, ...]:
        """Who sits in the viewer's room."""
        return tuple(one for one in self.people if self.me and one.room is self.me.room)


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """A camera of the venue that may come in."""

    id: str
    ordinal: int


@dataclass(frozen=True, slots=True)
class RecordingLine:
    """A recording the viewer may play."""

    id: str
    zone: Zone
    started_at: datetime
    stopped_at: datetime | None
    ready: bool


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A paper the sitting left behind; `ready` once it is sealed."""

    id: str
    title: str
    ready: bool


def show(s: Session, sitting_id: str, *, by: Actor) -> SittingView:
    """The sitting for this viewer; standing was checked by the route."""
    sitting = db.get(s, Sitting, sitting_id)
    case = db.get(s, MediationCase, sitting.case_id)
    dispute = db.get(s, Dispute, case.dispute_id)
    side = side_of(s, by, dispute.id)
    everybody = [_person(s, sitting, one) for one in presence.seated(s, sitting_id)]
    me = next((one for one in everybody if one.account_id == by.account_id), None)
    host = next((one for one in everybody if one.is_host), None)
    hosts = side is None and standing.participant_of(s, by, case.id) is None
    running = presence.current_recording(s, sitting_id)
    joint = [one for one in everybody if one.room is Room.JOINT]
    return SittingView(
        id=sitting.id,
        case_id=case.id,
        dispute_id=dispute.id,
        number=case.number,
        cause=dispute.cause,
        ordinal=sitting.ordinal,
        inquiry=sitting.confirmation_id or "",
        stage=SittingStage(sitting.stage),
        mode=Mode(sitting.mode),
        place=sitting.place,
        starts_at=sitting.starts_at,
        ends_at=sitting.ends_at,
        doors_at=sitting.starts_at - DOORS_OPEN,
        opened_at=sitting.opened_at,
        closed_at=sitting.closed_at,
        side=side,
        hosts=hosts,
        me=me,
        people=tuple(one for one in everybody if hosts or _visible(one, me, side)),
        mediator_here=host is not None and host.here,
        other_caucus=_talks_with_other(host, side),
        recording=sitting.recording,
        recording_since=running.started_at if running else None,
        recording_failed=running is None and _failed_last(s, sitting),
        signing=sitting.signing,
        unwilling=tuple(one.name for one in joint if not one.consent) if hosts else (),
        devices=tuple(DeviceLine(one.id, one.ordinal) for one in presence.devices(s, sitting_id))
        if hosts
        else (),
        recordings=recordings(s, sitting, by=by),
        papers=papers(s, sitting, by=by),
    )


def recordings(s: Session, sitting: Sitting, *, by: Actor) -> tuple[RecordingLine, ...]:
    """The finished recordings of a sitting that the viewer may play."""
    worn = hats_of(s, by, sitting)
    rows = s.exec(
        select(Recording)
        .where(Recording.sitting_id == sitting.id, col(Recording.destroyed_at).is_(None))
        .order_by(col(Recording.started_at))
    )
    return tuple(
        RecordingLine(one.id, Zone(one.zone), one.started_at, one.stopped_at, bool(one.files))
        for one in rows
        if may_read(Zone(one.zone), worn)
    )


def papers(s: Session, sitting: Sitting, *, by: Actor) -> tuple[PaperLine, ...]:
    """Minutes and undisputed facts, as far as their zone is open to the viewer."""
    worn = hats_of(s, by, sitting)
    rows = s.exec(
        select(Document).where(Document.subject == f"sitting:{sitting.id}").order_by(col(Document.frozen_at))
    )
    return tuple(
        PaperLine(row.id, row.title, row.published_at is not None)
        for row in rows
        if may_read(Zone(row.zone), worn) and row.void_at is None
    )


def _failed_last(s: Session, sitting: Sitting) -> bool:
    query = select(Recording.failed).where(Recording.sitting_id == sitting.id)
    return bool(s.exec(query.order_by(col(Recording.started_at).desc()).limit(1)).first())


def pulse(s: Session, sitting_id: str) -> int:
    """Grows with everything that is done in the matter: each act writes one entry of the journal."""
    case = db.get(s, MediationCase, db.get(s, Sitting, sitting_id).case_id)
    query = (
        select(JournalEntry.seq)
        .where(JournalEntry.court_id == case.court_id, JournalEntry.subject == f"dispute:{case.dispute_id}")
        .order_by(col(JournalEntry.seq).desc())
        .limit(1)
    )
    return s.exec(query).first() or 0


def running(s: Session) -> list[Sitting]:
    """Sittings the media workers must know of."""
    return list(s.exec(select(Sitting).where(col(Sitting.stage).in_(presence.LIVE))))


def _visible(one: Person, me: Person | None, side: Side | None) -> bool:
    """A party sees its own side and who shares its room; the other side's lobby is not its business."""
    return (side is not None and one.side is side) or (me is not None and one.room is me.room)


def _talks_with_other(host: Person | None, side: Side | None) -> bool:
    if host is None or side is None:
        return False
    return host.room is (Room.CAUCUS_B if side is Side.APPLICANT else Room.CAUCUS_A)


def _person(s: Session, sitting: Sitting, one: Attendance) -> Person:
    account = db.get(s, Account, one.account_id)
    party = s.get(Party, one.party_id) if one.party_id else None
    return Person(
        account_id=one.account_id,
        name=account.name,
        side=Side(one.side) if one.side else None,
        part=one.part,
        agent=party is not None and party.agent_account_id == one.account_id,
        room=Room(one.room),
        here=one.joined_at is not None and one.left_at is None,
        checked=one.identity_checked_at is not None,
        read=one.notices_read_at is not None,
        consent=one.recording_consent,
        tested=one.device_tested_at is not None,
        stated=_stated(s, sitting, one.account_id),
        hand=one.hand_raised_at is not None,
        hushed=one.hushed,
        camera_off=one.camera_off,
    )


def _stated(s: Session, sitting: Sitting, account_id: str) -> bool | None:
    """What the journal has about the last statement of one's identity number in this sitting."""
    query = select(JournalEntry).where(
        JournalEntry.kind == "sitting.identity_stated", JournalEntry.actor == account_id
    )
    for entry in s.exec(query.order_by(col(JournalEntry.seq).desc())):
        fields = journal.fields_of(entry)
        if fields["sitting"] == sitting.id:
            return bool(fields["fits"])
    return None
