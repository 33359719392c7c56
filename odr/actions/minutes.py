"""What a sitting leaves in writing: minutes, undisputed facts, the mediator's own notes.

Minutes are made while people speak; a correction is noted beside the line, never over it (CPL-150 by
analogy). Undisputed facts stay in writing even when a recording replaces the minutes (ODM-22).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from odr import db, matters, presence, standing
from odr.digests import digest
from odr.errors import BadInput, Conflict, NotAllowed, NotFound, WrongStage
from odr.facts import printable
from odr.rules.access import Actor
from odr.rules.words import Do, Side
from odr.tables.mediations import MediationCase, MinutesLine, Note, Sitting, UndisputedFact

LINE, WHOLE, MOST = 2000, 80_000, 400  # characters of a line and of all, and how many
SPEAKERS = ("mediator", "applicant", "respondent")


def write(s: Session, sitting_id: str, *, by: Actor, at: datetime, speaker: str, text: str) -> MinutesLine:
    """One more line of the minutes."""
    sitting = _open(s, sitting_id, Do.WRITE_MINUTES, by=by)
    if speaker not in SPEAKERS:
        raise BadInput(speaker="choose-one")
    _check(text)
    known = lines(s, sitting_id)
    _check_room(known, text)
    line = MinutesLine(sitting_id=sitting_id, position=len(known) + 1, speaker=speaker, text=text, at=at)
    s.add(line)
    s.flush()
    presence.note(s, sitting, "minutes.written", by=by, at=at, line=line.id, digest=digest(text.encode()))
    return line


def correct(s: Session, sitting_id: str, line_id: str, *, by: Actor, at: datetime, text: str) -> MinutesLine:
    """A person asks for a line to read otherwise; the wish is noted, the line stands."""
    sitting = _open(s, sitting_id, Do.CONFIRM_MINUTES, by=by)
    _check(text)
    _check_room(lines(s, sitting_id), text)
    line = _line(s, sitting_id, line_id)
    side = _side(s, sitting, by)
    line.corrections = [*line.corrections, {"by": side.value, "text": text, "at": at.isoformat()}]
    line.confirmed_by = []
    s.add(line)
    presence.note(s, sitting, "minutes.corrected", by=by, at=at, line=line.id, digest=digest(text.encode()))
    return line


def answer(
    s: Session, sitting_id: str, line_id: str, *, by: Actor, at: datetime, adopted: bool, reason: str = ""
) -> MinutesLine:
    """The mediator's word on the newest open wish: adopted, or refused for a reason that is noted (CPL-150)."""
    sitting = _open(s, sitting_id, Do.WRITE_MINUTES, by=by)
    line = _line(s, sitting_id, line_id)
    waiting = [n for n, wish in enumerate(line.corrections) if "adopted" not in wish]
    if not waiting:
        raise WrongStage(was="answered", wanted="correction")
    if not adopted and not reason.strip():
        raise BadInput(text="reason-needed")
    printable.require(reason)
    told = {"adopted": adopted, "reason": reason}
    line.corrections = [wish | told if n == waiting[-1] else wish for n, wish in enumerate(line.corrections)]
    s.add(line)
    presence.note(s, sitting, "minutes.answered", by=by, at=at, line=line.id, adopted=adopted)
    return line


def confirm(
    s: Session, sitting_id: str, *, by: Actor, at: datetime, line_id: str = ""
) -> Sequence[MinutesLine]:
    """A side has read a line, or every line so far, and confirms it."""
    sitting = _open(s, sitting_id, Do.CONFIRM_MINUTES, by=by)
    side = _side(s, sitting, by)
    known = [_line(s, sitting_id, line_id)] if line_id else lines(s, sitting_id)
    if not known:
        raise WrongStage(was="no-minutes", wanted="minutes")
    for line in known:
        line.confirmed_by = sorted({*line.confirmed_by, side.value})
        s.add(line)
    presence.note(s, sitting, "minutes.confirmed", by=by, at=at, side=side, lines=len(known))
    return known


def lines(s: Session, sitting_id: str) -> Sequence[MinutesLine]:
    """The minutes of a sitting in order."""
    query = select(MinutesLine).where(MinutesLine.sitting_id == sitting_id)
    return s.exec(query.order_by(col(MinutesLine.position))).all()


def state_fact(s: Session, sitting_id: str, *, by: Actor, at: datetime, text: str) -> UndisputedFact:
    """The mediator writes down what nobody seems to dispute."""
    sitting = _open(s, sitting_id, Do.STATE_FACT, by=by)
    _check(text)
    known = s.exec(select(UndisputedFact).where(UndisputedFact.case_id == sitting.case_id)).all()
    fact = UndisputedFact(case_id=sitting.case_id, position=len(known) + 1, text=text, stated_at=at)
    s.add(fact)
    s.flush()
    presence.note(s, sitting, "fact.stated", by=by, at=at, fact=fact.id, digest=digest(text.encode()))
    return fact


def agree_fact(s: Session, sitting_id: str, fact_id: str, *, by: Actor, at: datetime) -> UndisputedFact:
    """A party leaves a fact undisputed; only when every party does it counts later (ODM-18)."""
    sitting = _open(s, sitting_id, Do.AGREE_FACT, by=by)
    fact = _fact(s, sitting, fact_id)
    side = _side(s, sitting, by)
    case = db.get(s, MediationCase, sitting.case_id)
    fact.agreed_by = matters.agreeing(s, case.dispute_id, fact.agreed_by, by)
    s.add(fact)
    presence.note(s, sitting, "fact.agreed", by=by, at=at, fact=fact.id, side=side)
    return fact


def remove_fact(s: Session, sitting_id: str, fact_id: str, *, by: Actor, at: datetime) -> UndisputedFact:
    """The mediator takes a fact back that is disputed after all; what both agreed stays."""
    sitting = _open(s, sitting_id, Do.STATE_FACT, by=by)
    fact = _fact(s, sitting, fact_id)
    if Side.both_in(fact.agreed_by):
        raise Conflict(fact="agreed")
    fact.removed_at = at
    s.add(fact)
    presence.note(s, sitting, "fact.removed", by=by, at=at, fact=fact.id)
    return fact


def facts(s: Session, case_id: str) -> Sequence[UndisputedFact]:
    """The facts of a case that were not taken back."""
    query = select(UndisputedFact).where(
        UndisputedFact.case_id == case_id, col(UndisputedFact.removed_at).is_(None)
    )
    return s.exec(query.order_by(col(UndisputedFact.position))).all()


def keep_note(s: Session, sitting_id: str, *, by: Actor, at: datetime, text: str) -> Note:
    """The mediator's own note, for nobody else's eyes (Z5)."""
    sitting = db.lock(s, Sitting, sitting_id)
    case = db.get(s, MediationCase, sitting.case_id)
    standing.require(s, by, Do.WRITE_NOTES, case)
    _check(text)
    note = Note(case_id=case.id, account_id=by.ref, text=text, at=at)
    s.add(note)
    s.flush()
    matters.note(s, case, "note.written", by=by, at=at, note=note.id)
    return note


def _open(s: Session, sitting_id: str, do: Do, *, by: Actor) -> Sitting:
    sitting = db.lock(s, Sitting, sitting_id)
    standing.require(s, by, do, sitting)
    if sitting.stage not in presence.LIVE:
        raise WrongStage(was=str(sitting.stage), wanted=str(do))
    return sitting


def _side(s: Session, sitting: Sitting, by: Actor) -> Side:
    side = standing.side_of(s, by, db.get(s, MediationCase, sitting.case_id).dispute_id)
    if side is None:
        raise NotAllowed(side="none")
    return side


def _line(s: Session, sitting_id: str, line_id: str) -> MinutesLine:
    line = db.lock(s, MinutesLine, line_id)
    if line.sitting_id != sitting_id:
        raise NotFound(kind="minutes_line")
    return line


def _fact(s: Session, sitting: Sitting, fact_id: str) -> UndisputedFact:
    fact = db.lock(s, UndisputedFact, fact_id)
    if fact.case_id != sitting.case_id or fact.removed_at:
        raise NotFound(kind="undisputed_fact")
    return fact


def _check_room(known: Sequence[MinutesLine], text: str) -> None:
    """One paper has to hold the minutes of one sitting with every correction."""
    said = [line.text for line in known] + [wish["text"] for line in known for wish in line.corrections]
    if len(said) >= MOST or sum(map(len, said)) + len(text) > WHOLE:
        raise BadInput(text="too-long")


def _check(text: str) -> None:
    if not text:
        raise BadInput(text="needed")
    if len(text) > LINE:
        raise BadInput(text="too-long")
    printable.require(text)  # what one of them wrote must not keep the other from closing the sitting
