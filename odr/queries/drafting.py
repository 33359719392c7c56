"""The agreement panel as one person may see it: clauses, facts, minutes, talk, the mediator's notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from odr import db, matters, presence, standing
from odr.actions import drafting, minutes
from odr.digests import digest
from odr.rules import lint, rooms
from odr.rules.access import Actor
from odr.rules.lint import LintFinding, Term
from odr.rules.moves import AgreementStage
from odr.rules.words import ClauseKind, Room, Side, Zone
from odr.sitting_papers import agreed_facts
from odr.standing import participant_of, side_of
from odr.tables.agreements import Agreement, Clause
from odr.tables.mediations import ChatLine, MediationCase, Note, Sitting
from odr.tables.people import Account


@dataclass(frozen=True, slots=True)
class ClauseCard:
    """One clause as the panel shows it."""

    id: str
    position: int
    kind: ClauseKind
    fields: dict[str, object]
    text: str
    version: int
    proposed_by: str
    agreed_by: tuple[str, ...]
    findings: tuple[LintFinding, ...]

    @property
    def agreed(self) -> bool:
        return len(self.agreed_by) == len(Side)


@dataclass(frozen=True, slots=True)
class FactLine:
    id: str
    text: str
    agreed_by: tuple[str, ...]
    awaited: bool  # the viewer has yet to answer

    @property
    def agreed(self) -> bool:
        return Side.both_in(self.agreed_by)


@dataclass(frozen=True, slots=True)
class Wish:
    """A correction somebody asked for."""

    by: str
    text: str
    adopted: bool | None = None  # none: the mediator has not answered
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the minutes."""

    id: str
    position: int
    speaker: str
    text: str
    at: datetime
    corrections: tuple[Wish, ...]
    confirmed_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A written word: who, where, what."""

    name: str
    mine: bool
    room: Room
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Panel:
    """Everything beside the video."""

    agreement_id: str
    stage: AgreementStage | None
    number: str
    version: int
    clauses: tuple[ClauseCard, ...]
    whole: tuple[LintFinding, ...]
    brief: str
    facts: tuple[FactLine, ...]
    minutes: tuple[Line, ...]
    chat: tuple[Said, ...]
    notes: tuple[str, ...]

    @property
    def can_freeze(self) -> bool:
        return bool(self.clauses) and all(clause.agreed for clause in self.clauses)

    def mark(self, part: str) -> str:
        """Changes exactly when this part of the panel has changed."""
        seen = {
            "clauses": (self.agreement_id, self.stage, self.clauses, self.whole),
            "facts": self.facts,
            "minutes": self.minutes,
            "chat": self.chat,
            "notes": self.notes,
        }[part]
        return digest(repr(seen).encode())[7:19]


NOTHING = Panel("", None, "", 0, (), (), "", (), (), (), ())  # for who has a seat and no side

PARTS = ("clauses", "facts", "minutes", "chat", "notes")


def panel(s: Session, sitting_id: str, *, by: Actor, on: date) -> Panel:
    """The panel for this viewer; standing was checked by the route."""
    sitting = db.get(s, Sitting, sitting_id)
    case = db.get(s, MediationCase, sitting.case_id)
    side = side_of(s, by, case.dispute_id)
    if side is None and participant_of(s, by, case.id) is not None:
        return NOTHING
    if sitting.confirmation_id is not None:  # the judge sees nothing of the talk (ODM-18)
        return Panel("", None, "", 0, (), (), "", (), _minutes(s, sitting), _chat(s, sitting, by, side), ())
    own, agreement = standing.parties_of(s, by, case.dispute_id), drafting.current(s, case.id)
    rows = drafting.clauses_of(s, agreement.id) if agreement else ()
    terms = [Term(at, row.kind, row.fields, row.text) for at, row in enumerate(rows, start=1)]
    found = lint.lint(terms, on=on) if terms else []
    return Panel(
        agreement_id=agreement.id if agreement else "",
        stage=AgreementStage(agreement.stage) if agreement else None,
        number=agreement.number if agreement else "",
        version=agreement.version if agreement else 0,
        clauses=tuple(_card(row, at, found) for at, row in enumerate(rows, start=1)),
        whole=tuple(one for one in found if one.position == 0),
        brief="".join(agreed_facts(s, case.id)),
        facts=tuple(
            FactLine(one.id, one.text, tuple(one.agreed_by), matters.awaits(own, one.agreed_by))
            for one in minutes.facts(s, case.id)
        ),
        minutes=_minutes(s, sitting),
        chat=_chat(s, sitting, by, side),
        notes=_notes(s, case, by) if side is None else (),
    )


def agreement_of(s: Session, sitting_id: str) -> Agreement | None:
    """The agreement that a sitting works on."""
    return drafting.current(s, db.get(s, Sitting, sitting_id).case_id)


def _card(row: Clause, at: int, found: list[LintFinding]) -> ClauseCard:
    return ClauseCard(
        id=row.id,
        position=at,
        kind=ClauseKind(row.kind),
        fields=dict(row.fields),
        text=row.text,
        version=row.version,
        proposed_by=row.proposed_by,
        agreed_by=tuple(row.agreed_by),
        findings=tuple(one for one in found if one.position == at),
    )


def _minutes(s: Session, sitting: Sitting) -> tuple[Line, ...]:
    return tuple(
        Line(
            id=one.id,
            position=one.position,
            speaker=one.speaker,
            text=one.text,
            at=one.at,
            corrections=tuple(
                Wish(wish["by"], wish["text"], wish.get("adopted"), wish.get("reason", ""))
                for wish in one.corrections
            ),
            confirmed_by=tuple(one.confirmed_by),
        )
        for one in minutes.lines(s, sitting.id)
    )


def _chat(s: Session, sitting: Sitting, by: Actor, side: Side | None) -> tuple[Said, ...]:
    """What the viewer may read: the joint room, and of the private rooms its own side's only.

    What a side told one mediator in private is not for the next: only who had a seat reads it.
    """
    host = side is None and presence.find(s, sitting.id, by.account_id) is not None
    query = select(ChatLine).where(ChatLine.sitting_id == sitting.id).order_by(col(ChatLine.at))
    return tuple(
        Said(
            name=db.get(s, Account, one.account_id).name,
            mine=one.account_id == by.account_id,
            room=Room(one.room),
            text=one.text,
            at=one.at,
        )
        for one in s.exec(query)
        if _may_read(one, by, side, host=host)
    )


def _may_read(line: ChatLine, by: Actor, side: Side | None, *, host: bool) -> bool:
    if line.zone is Zone.JOINT or line.account_id == by.account_id:
        return True
    return host if side is None else rooms.owner(Room(line.room)) is side


def _notes(s: Session, case: MediationCase, by: Actor) -> tuple[str, ...]:
    """The mediator's own; those of one before stay with that one."""
    query = (
        select(Note).where(Note.case_id == case.id, Note.account_id == by.account_id).order_by(col(Note.at))
    )
    return tuple(note.text for note in s.exec(query))
