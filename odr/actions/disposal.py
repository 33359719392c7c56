"""Destroying what must not be kept longer: found by the machine, asked for by one person, approved by another.

Files go first, by the job worker; then the rows say so. The journal and the digests in it remain for good.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from odr import clock, db, holdings, journal, matters, outbox, standing
from odr.errors import BadInput, Conflict, NotAllowed, WrongStage
from odr.rules import retention
from odr.rules.access import MACHINE, Actor
from odr.rules.words import Do, Role
from odr.tables.disputes import Dispute
from odr.tables.people import Court
from odr.tables.retention import Disposal

EACH_TIME = 100  # disputes of a class; the rest is found the next day
GONE = "（已销毁）"


def find(s: Session, court_id: str, *, at: datetime) -> list[Disposal]:
    """What became due in this court; the clerks hear of it once."""
    db.lock(s, Court, court_id)
    found = [row for kind in retention.DESTROYED for row in _due(s, court_id, kind, at)]
    s.add_all(found)
    s.flush()
    for row in found:
        _note(s, row, "disposal.found", by=MACHINE, at=at, due=row.due_on.isoformat())
    if found:
        words = f"有{len(found)}项材料保管期限届满，请核对后提出销毁，或者说明继续保管的理由。"
        matters.tell_office(s, court_id, Role.CLERK, "材料保管期限届满", words, about="/retention", at=at)
    return found


def ask(s: Session, disposal_id: str, *, by: Actor, at: datetime) -> Disposal:
    """One person has looked at it and asks that it be destroyed."""
    row = _lock(s, disposal_id, Do.ASK_DISPOSAL, by)
    if row.asked_at is not None:
        raise Conflict(disposal="asked")
    _ensure_due(s, row, at)
    row.asked_by, row.asked_at = by.account_id, at
    s.add(row)
    _note(s, row, "disposal.asked", by=by, at=at)
    words = "有材料提请销毁，请审批。"
    matters.tell_office(s, row.court_id, Role.LEADER, "销毁材料待审批", words, about="/retention", at=at)
    return row


def keep(
    s: Session, disposal_id: str, *, by: Actor, at: datetime, until: date | None, reason: str
) -> Disposal:
    """It is held longer: another law asks for it, or somebody still needs it; then it is looked at again."""
    row = _lock(s, disposal_id, Do.KEEP_LONGER, by)
    if not reason.strip():
        raise BadInput(reason="reason-needed")
    today = clock.court_date(at)
    if until is None or not today < until <= today + retention.LONGEST_HOLD:
        raise BadInput(until="wrong")
    row.kept_until, row.reason, row.asked_by, row.asked_at = until, reason, None, None
    s.add(row)
    _note(s, row, "disposal.held", by=by, at=at, until=until.isoformat())
    return row


def approve(s: Session, disposal_id: str, *, by: Actor, at: datetime) -> Disposal:
    """A second person agrees; the files are destroyed after that."""
    row = _lock(s, disposal_id, Do.APPROVE_DISPOSAL, by)
    if row.asked_at is None:
        raise WrongStage(was="found", wanted=Do.APPROVE_DISPOSAL.value)
    if row.asked_by == by.account_id:
        raise NotAllowed(disposal="own")
    _ensure_due(s, row, at)
    row.approved_by, row.approved_at = by.account_id, at
    s.add(row)
    _note(s, row, "disposal.approved", by=by, at=at)
    # an approval after a recall is another item: the key of the first one is used up
    outbox.add(s, "holdings.destroy", key=f"{row.id}:{at:%Y%m%d%H%M%S}", disposal=row.id)
    return row


def recall(s: Session, disposal_id: str, *, at: datetime) -> bool:
    """Before the files go: whether it was taken up again since the approval; it then waits for two people anew."""
    row = db.lock(s, Disposal, disposal_id)
    if row.destroyed_at is not None or row.approved_at is None or not (why := _hindrance(s, row, at)):
        return False
    row.asked_by = row.asked_at = row.approved_by = row.approved_at = None
    s.add(row)
    _note(s, row, "disposal.recalled", by=MACHINE, at=at, why=why)
    return True


def finish(s: Session, disposal_id: str, *, at: datetime) -> Disposal:
    """The files are gone: the rows keep heads and digests, and nothing that was said."""
    row = db.lock(s, Disposal, disposal_id)
    if row.destroyed_at is not None:
        return row
    if row.approved_at is None:
        raise WrongStage(was="found", wanted="destroyed")
    held = holdings.of(s, row.dispute_id, row.kind)
    for recording in held.recordings:
        recording.destroyed_at, recording.files = at, []
    for evidence in held.evidence:
        evidence.destroyed_at, evidence.title, evidence.proves, evidence.file_name = at, GONE, "", ""
    for text in (*held.lines, *held.notes):
        text.text = ""
    row.destroyed_at, row.counts = at, held.counts
    s.add_all([row, *held.recordings, *held.evidence, *held.lines, *held.notes])
    _note(
        s,
        row,
        "holdings.destroyed",
        by=MACHINE,
        at=at,
        counts=held.counts,
        recordings=[one.id for one in held.recordings],
        digests=list(held.digests),
    )
    return row


def _due(s: Session, court_id: str, kind: str, at: datetime) -> list[Disposal]:
    today = clock.court_date(at)
    latest = at - (retention.over(kind, today) - today) + timedelta(days=31)  # later can only be too early
    waiting = select(Disposal.dispute_id).where(Disposal.kind == kind, col(Disposal.destroyed_at).is_(None))
    query = (
        select(Dispute)
        .where(Dispute.court_id == court_id, holdings.closed() < latest)
        .where(col(Dispute.id).in_(holdings.with_any(kind)), col(Dispute.id).not_in(waiting))
        .order_by(holdings.closed())
    )
    found: list[Disposal] = []
    for dispute in s.exec(query):
        since = holdings.over_since(s, dispute)
        if since is not None and (due := retention.over(kind, since)) <= today:
            found.append(
                Disposal(
                    court_id=court_id, dispute_id=dispute.id, kind=kind, since=since, due_on=due, found_at=at
                )
            )
        if len(found) == EACH_TIME:
            break
    return found


def _lock(s: Session, disposal_id: str, do: Do, by: Actor) -> Disposal:
    row = db.lock(s, Disposal, disposal_id)
    standing.require(s, by, do, row)
    if row.approved_at is not None:
        raise Conflict(disposal="approved")
    return row


def _ensure_due(s: Session, row: Disposal, at: datetime) -> None:
    if why := _hindrance(s, row, at):
        raise Conflict(disposal=why)


def _hindrance(s: Session, row: Disposal, at: datetime) -> str:
    """Why it may not be destroyed now: a matter may have been taken up again since it was found; else empty."""
    today = clock.court_date(at)
    since = holdings.over_since(s, db.get(s, Dispute, row.dispute_id))
    if since is None or retention.over(row.kind, since) > today:
        return "not-due"
    return "held" if row.kept_until is not None and row.kept_until > today else ""


def _note(s: Session, row: Disposal, kind: str, *, by: Actor, at: datetime, **fields: object) -> None:
    subject = f"dispute:{row.dispute_id}"
    journal.append(s, row.court_id, subject, kind, by=by, at=at, disposal=row.id, held=row.kind, **fields)
