"""An organisation proposes what the roster should say of it and its mediators (SIM-6, ODM-27).

Nothing here changes the roster: every proposal waits for the court, and the public sees what was approved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from odr import blobs, clock, db, journal, roster_papers, roster_sheet, sheets, standing
from odr.digests import canonical, digest
from odr.errors import BadInput, DeadlinePassed, NotFound, WrongStage
from odr.queries import roster
from odr.rules import entries
from odr.rules.access import Actor
from odr.rules.uploads import Kept
from odr.rules.words import Do
from odr.tables.columns import new_id
from odr.tables.records import Document
from odr.tables.roster import Mediator, Organisation, RosterChange

STATUS_WISHES = ("listed", "suspended", "removed")


@dataclass(frozen=True, slots=True)
class Wish:
    """One change that an organisation would like; `before` and `after` hold what differs."""

    change: str
    entry_id: str | None = None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    kind: str = "mediator"
    reason: str = ""

    @property
    def mark(self) -> object:
        return _mark(self.entry_id, self.after)


def change_organisation(
    s: Session, org_id: str, *, by: Actor, at: datetime, texts: Mapping[str, str]
) -> RosterChange | None:
    """Propose new words for the organisation's own entry; none if nothing differs."""
    organisation = _own(s, org_id, by, Do.EDIT_ROSTER)
    return _change(s, organisation, "organisation", organisation.id, texts, by=by, at=at)


def change_mediator(
    s: Session, mediator_id: str, *, by: Actor, at: datetime, texts: Mapping[str, str]
) -> RosterChange | None:
    """Propose new words for a mediator's entry; none if nothing differs."""
    mediator = db.lock(s, Mediator, mediator_id)
    standing.require(s, by, Do.EDIT_ROSTER, mediator)
    return _change(s, mediator, "mediator", mediator.org_id, texts, by=by, at=at)


def add_mediator(
    s: Session, org_id: str, *, by: Actor, at: datetime, texts: Mapping[str, str]
) -> RosterChange:
    """Recommend a new mediator of the organisation."""
    organisation = _own(s, org_id, by, Do.EDIT_ROSTER)
    values, wrong = entries.checked("mediator", texts)
    if wrong:
        raise BadInput(**wrong)
    if values["identity_number"] in _numbers(s, organisation):
        raise BadInput(identity_number="on-roster")
    return _propose(s, organisation.court_id, org_id, [Wish("add", after=values)], by=by, at=at)[0]


def certify(s: Session, mediator_id: str, *, by: Actor, at: datetime) -> Document:
    """The certificate of a mediator whom the court has listed, and whose term is not over (SIM-8)."""
    mediator = db.lock(s, Mediator, mediator_id)
    standing.require(s, by, Do.ISSUE_CERTIFICATE, mediator)
    if mediator.status != "listed" or not mediator.certificate_number or mediator.term_until is None:
        raise WrongStage(was=mediator.status, wanted="listed")
    if mediator.term_until < clock.court_date(at):
        raise DeadlinePassed(until=mediator.term_until)
    return roster_papers.certificate(s, mediator, by=by, at=at)


def wish_status(
    s: Session, mediator_id: str, *, by: Actor, at: datetime, status: str, reason: str
) -> RosterChange:
    """Ask the court to suspend, reinstate or remove a mediator."""
    mediator = db.lock(s, Mediator, mediator_id)
    standing.require(s, by, Do.EDIT_ROSTER, mediator)
    if status not in STATUS_WISHES or status == mediator.status:
        raise BadInput(status="choose-one")
    if not reason:
        raise BadInput(reason="reason-needed")
    wish = Wish(
        "remove" if status == "removed" else "change",
        mediator.id,
        before={"status": mediator.status},
        after={"status": status},
        reason=reason,
    )
    return _propose(s, mediator.court_id, mediator.org_id, [wish], by=by, at=at)[0]


def withdraw(s: Session, change_id: str, *, by: Actor, at: datetime) -> RosterChange:
    """Take back a proposal the court has not decided."""
    row = db.lock(s, RosterChange, change_id)
    _own(s, row.org_id, by, Do.EDIT_ROSTER)
    if row.status != "proposed":
        raise WrongStage(was=row.status)
    row.status, row.decided_at = "withdrawn", at
    s.add(row)
    _note(s, row.court_id, "roster.withdrawn", [row], by=by, at=at)
    return row


def keep_sheet(s: Session, org_id: str, *, by: Actor, at: datetime, sheet: Kept, whole: bool) -> None:
    """A sheet was sent in; it is on record before anybody acts on it."""
    organisation = _own(s, org_id, by, Do.IMPORT_ROSTER)
    blobs.hold(s, sheet, at=at)
    subject = f"organisation:{organisation.id}"
    journal.append(
        s,
        organisation.court_id,
        subject,
        "roster.sheet_sent",
        by=by,
        at=at,
        file=sheet["digest"],
        whole=whole,
    )


def import_sheet(
    s: Session,
    org_id: str,
    *,
    by: Actor,
    at: datetime,
    table: list[sheets.Row],
    whole: bool,
    good_rows: bool,
) -> str:
    """Propose what the sheet would change, as one batch; with faults only if the good rows are wanted."""
    organisation = _own(s, org_id, by, Do.IMPORT_ROSTER)
    found = roster_sheet.difference(table, roster.known(s, organisation.id), whole=whole)
    if found.faults and not good_rows:
        raise BadInput(good_rows="sheet-has-faults")
    if not found.proposals:
        raise BadInput(form="nothing-to-change")
    wishes = [Wish(line.change, line.entry_id, line.before, line.after) for line in found.proposals]
    return _propose(s, organisation.court_id, org_id, wishes, by=by, at=at)[0].batch


def _change(
    s: Session,
    row: Organisation | Mediator,
    kind: str,
    org_id: str | None,
    texts: Mapping[str, str],
    *,
    by: Actor,
    at: datetime,
) -> RosterChange | None:
    known = entries.of(row, kind)
    after, wrong = entries.checked(kind, texts, known)
    if wrong:
        raise BadInput(**wrong)
    if not after:
        return None
    wish = Wish("change", row.id, {key: known[key] for key in after}, after, kind)
    return _propose(s, row.court_id, org_id, [wish], by=by, at=at)[0]


def _own(s: Session, org_id: str | None, by: Actor, do: Do) -> Organisation:
    if org_id is None:
        raise NotFound(kind="Organisation")
    organisation = db.lock(s, Organisation, org_id)
    standing.require(s, by, do, organisation)
    return organisation


def _numbers(s: Session, organisation: Organisation) -> set[str]:
    query = select(Mediator.identity_number).where(
        Mediator.org_id == organisation.id, col(Mediator.status) != "removed"
    )
    return set(s.exec(query).all())


def _propose(
    s: Session, court_id: str, org_id: str | None, wishes: list[Wish], *, by: Actor, at: datetime
) -> list[RosterChange]:
    """One batch; what waited for the same entries is taken back, so that the court decides the newest word."""
    _supersede(s, org_id, {wish.mark for wish in wishes}, at)
    batch = new_id(12)
    rows = [
        RosterChange(
            court_id=court_id,
            org_id=org_id,
            batch=batch,
            entry_kind=wish.kind,
            entry_id=wish.entry_id,
            change=wish.change,
            before=wish.before,
            after=wish.after,
            proposed_by=by.account_id,
            proposed_at=at,
            reason=wish.reason,
        )
        for wish in wishes
    ]
    s.add_all(rows)
    s.flush()
    _note(s, court_id, "roster.proposed", rows, by=by, at=at)
    return rows


def _supersede(s: Session, org_id: str | None, marks: set[object], at: datetime) -> None:
    waiting = select(RosterChange).where(RosterChange.status == "proposed", RosterChange.org_id == org_id)
    for row in s.exec(waiting.with_for_update()).all():
        if _mark(row.entry_id, row.after) in marks:
            row.status, row.decided_at = "withdrawn", at
            s.add(row)


def _mark(entry_id: str | None, after: dict[str, Any]) -> object:
    """What a wish is about: an entry's words, its status, or a new person."""
    return (entry_id, "status" in after) if entry_id else after.get("identity_number")


def _note(
    s: Session, court_id: str, kind: str, rows: list[RosterChange], *, by: Actor, at: datetime, **more: object
) -> None:
    """The journal names the batch and a digest of what it holds; entries hold personal data, it does not."""
    journal.append(
        s, court_id, f"court:{court_id}", kind, by=by, at=at, batch=rows[0].batch, **summary(rows), **more
    )


def summary(rows: Iterable[RosterChange]) -> dict[str, object]:
    """A batch as the journal keeps it."""
    listed = [[row.id, row.change, row.entry_id, row.before, row.after] for row in rows]
    return {"count": len(listed), "content": digest(canonical(listed))}
