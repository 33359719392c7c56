"""The court decides what its roster says (SIM-5, SIM-10): approve, refuse, and for a week take back.

An approved newcomer is listed with a certificate and a term, and works under their own account if there is
one. Rows are never deleted: a removed mediator stays for the cases and for the history.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlmodel import Session, col, select
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from odr import clock, db, journal, notices, numbers, standing
from odr.actions.roster import summary
from odr.errors import BadInput, Conflict, DeadlinePassed, NotFound, WrongStage
from odr.queries import candidates
from odr.rules import entries
from odr.rules.access import Actor
from odr.rules.words import Do, Role
from odr.tables.columns import new_id
from odr.tables.people import Account, Court, RoleGrant
from odr.tables.roster import Mediator, Organisation, RosterChange

MANY = 500  # entries read in one go
Row = Organisation | Mediator
Kind = TypeVar("Kind", Mediator, Organisation)


def approve(
    s: Session, batch: str, *, by: Actor, at: datetime, only: Sequence[str] = (), link: bool = False
) -> list[RosterChange]:
    """Put a batch, or some of it, into the roster; `link` lets newcomers work under an account they have."""
    court, changes = _waiting(s, batch, only, by)
    rows = _apply(s, court, changes, at=at)
    for change, row in zip(changes, rows, strict=True):
        if link and isinstance(row, Mediator) and change.change == "add":
            _link(s, row)
        change.entry_id, change.status, change.decided_by, change.decided_at = (
            row.id,
            "approved",
            by.account_id,
            at,
        )
    s.add_all(changes)
    _note(s, court, "roster.changed", changes, by=by, at=at)
    _tell(s, changes, "名册变更已通过", f"法院已通过 {len(changes)} 项名册变更。", at)
    return changes


def refuse(
    s: Session, batch: str, *, by: Actor, at: datetime, reason: str, only: Sequence[str] = ()
) -> list[RosterChange]:
    """Leave the roster as it is and say why."""
    court, changes = _waiting(s, batch, only, by)
    if not reason:
        raise BadInput(reason="reason-needed")
    for change in changes:
        change.status, change.reason, change.decided_by, change.decided_at = (
            "refused",
            reason,
            by.account_id,
            at,
        )
    s.add_all(changes)
    _note(s, court, "roster.refused", changes, by=by, at=at)
    _tell(s, changes, "名册变更未通过", f"法院未通过 {len(changes)} 项名册变更。理由：{reason}", at)
    return changes


def undo(s: Session, batch: str, *, by: Actor, at: datetime, reason: str) -> list[RosterChange]:
    """Take an approved batch back within a week; what it did stays in the history, with what undid it."""
    court, done = _decided(s, batch, by)
    if not reason:
        raise BadInput(reason="reason-needed")
    if any(change.decided_at is None or change.decided_at < at - entries.UNDO for change in done):
        raise DeadlinePassed(days=entries.UNDO.days)
    again = new_id(12)
    back = [_reversed(change, again, by, at, reason) for change in done]
    _apply(s, court, back, at=at)
    for change in done:
        change.status = "undone"
    s.add_all([*done, *back])
    s.flush()
    _note(s, court, "roster.changed", back, by=by, at=at, undone=batch)
    _tell(s, done, "名册变更已撤销", f"法院撤销了 {len(back)} 项名册变更。理由：{reason}", at)
    return back


def _waiting(s: Session, batch: str, only: Sequence[str], by: Actor) -> tuple[Court, list[RosterChange]]:
    court, changes = _batch(s, batch, by)
    waiting = [c for c in changes if c.status == "proposed" and (not only or c.id in only)]
    if not waiting:
        raise WrongStage(batch=batch)
    return court, waiting


def _decided(s: Session, batch: str, by: Actor) -> tuple[Court, list[RosterChange]]:
    court, changes = _batch(s, batch, by)
    approved = [change for change in changes if change.status == "approved"]
    if not approved:
        raise WrongStage(batch=batch)
    return court, approved


def _batch(s: Session, batch: str, by: Actor) -> tuple[Court, list[RosterChange]]:
    """The batch of the officer's own court; another court's does not exist for them."""
    query = select(RosterChange).where(
        RosterChange.batch == batch, RosterChange.court_id == (by.court_id or "")
    )
    changes = list(s.exec(query.order_by(col(RosterChange.id)).with_for_update()).all())
    if not batch or not changes:
        raise NotFound(kind="RosterChange")
    court = db.lock(s, Court, by.court_id)
    standing.require(s, by, Do.APPROVE_ROSTER, court)
    return court, changes


def _apply(s: Session, court: Court, changes: list[RosterChange], *, at: datetime) -> list[Row]:
    """Write the changes into their entries, all locked at once: an import may hold thousands."""
    known = _locked(s, Mediator, changes) | _locked(s, Organisation, changes)
    rows: list[Row] = []
    for change in changes:
        row = (
            _enlist(s, court, change, at)
            if change.change == "add"
            else _unchanged(s, known.get(change.entry_id or ""), change)
        )
        _write(row, change.after)
        rows.append(row)
    s.add_all(rows)
    s.flush()
    for change, row in zip(changes, rows, strict=True):
        if isinstance(row, Mediator) and "status" in change.after:
            _grant_as_listed(s, row)
    return rows


def _locked(s: Session, kind: type[Kind], changes: list[RosterChange]) -> dict[str, Row]:
    ids = [change.entry_id for change in changes if change.entry_id]
    found: dict[str, Row] = {}
    for first in range(0, len(ids), MANY):
        some = select(kind).where(col(kind.id).in_(ids[first : first + MANY])).with_for_update(key_share=True)
        found |= {row.id: row for row in s.exec(some, execution_options={"populate_existing": True}).all()}
    return found


def _unchanged(s: Session, row: Row | None, change: RosterChange) -> Row:
    """The entry a change is about, if it still stands as it did when the change was proposed."""
    if row is None:
        raise NotFound(kind=change.entry_kind)
    present = entries.of(row, change.entry_kind)
    if any(present[key] != value for key, value in change.before.items()):
        raise Conflict(entry=change.entry_id)
    _may_leave(s, row, change.after.get("status"))
    return row


def _enlist(s: Session, court: Court, change: RosterChange, at: datetime) -> Mediator:
    """A newcomer's certificate and term belong to the change, so that the history shows them."""
    taken = select(Mediator.id).where(
        Mediator.org_id == change.org_id,
        Mediator.identity_number == change.after["identity_number"],
        col(Mediator.status) != "removed",
    )
    if s.exec(taken).first():
        raise Conflict(entry=change.id)
    on = clock.court_date(at)
    number = numbers.allocate(s, court.id, "特邀调解员", on.year)
    change.after = change.after | {
        "status": "listed",
        "certificate_number": f"（{on.year}）{court.code}特邀调解员{number}号",
        "listed_on": on.isoformat(),
        "term_until": _term_end(on).isoformat(),
    }
    return Mediator(court_id=court.id, org_id=change.org_id, name=change.after["name"])


def _term_end(on: date) -> date:
    """The day before the same day, two years on; the 29th of February ends on the 28th."""
    year = on.year + entries.TERM_YEARS
    return (
        on.replace(year=year, day=28) if (on.month, on.day) == (2, 29) else on.replace(year=year)
    ) - timedelta(days=1)


def _may_leave(s: Session, row: Row, status: Any) -> None:
    """Running cases are handed over first: nobody leaves the roster with parties waiting."""
    if status == "removed" and isinstance(row, Mediator) and candidates.load(s, row.id):
        raise BadInput(batch="open-cases")


def _write(row: Row, values: dict[str, Any]) -> None:
    for key, value in values.items():
        setattr(row, key, entries.to_row(key, value))
    if isinstance(row, Mediator) and "identity_number" in values:
        row.born_on = _birthday(row.identity_number)


def _birthday(number: str) -> date | None:
    try:
        born: date = ric.get_birth_date(number)
    except ValidationError:
        return None
    return born


def _link(s: Session, mediator: Mediator) -> None:
    """The account with this telephone, if it is in the same real name and nobody else's on the roster."""
    account = s.exec(
        select(Account).where(
            Account.phone == mediator.phone,
            Account.name == mediator.name,
            col(Account.disabled_at).is_(None),
            col(Account.verified_at).is_not(None),
        )
    ).first()
    if account is None or _granted(s, account.id, mediator.court_id):
        return
    mediator.account_id = account.id
    s.add(mediator)
    s.flush()
    _grant_as_listed(s, mediator)


def _grant_as_listed(s: Session, mediator: Mediator) -> None:
    """A mediator's role follows the roster: gone with the entry, back with it; a suspended one ends their cases."""
    if mediator.account_id is None:
        return
    grant = _granted(s, mediator.account_id, mediator.court_id)
    if mediator.status == "removed" and grant is not None and grant.mediator_id == mediator.id:
        s.delete(grant)
    if mediator.status == "listed" and grant is None:
        s.add(
            RoleGrant(
                account_id=mediator.account_id,
                role=Role.MEDIATOR,
                court_id=mediator.court_id,
                org_id=mediator.org_id,
                mediator_id=mediator.id,
            )
        )
    s.flush()


def _granted(s: Session, account_id: str, court_id: str) -> RoleGrant | None:
    query = select(RoleGrant).where(
        RoleGrant.account_id == account_id,
        RoleGrant.role == Role.MEDIATOR,
        RoleGrant.court_id == court_id,
    )
    return s.exec(query).one_or_none()


def _reversed(change: RosterChange, batch: str, by: Actor, at: datetime, reason: str) -> RosterChange:
    added = change.change == "add"
    return RosterChange(
        court_id=change.court_id,
        org_id=change.org_id,
        batch=batch,
        entry_kind=change.entry_kind,
        entry_id=change.entry_id,
        change="remove" if added else "change",
        before={"status": change.after["status"]} if added else change.after,
        after={"status": "removed"} if added else change.before,
        proposed_by=by.account_id,
        proposed_at=at,
        decided_by=by.account_id,
        decided_at=at,
        status="approved",
        reason=reason,
    )


def _note(
    s: Session,
    court: Court,
    kind: str,
    changes: list[RosterChange],
    *,
    by: Actor,
    at: datetime,
    **more: object,
) -> None:
    journal.append(
        s,
        court.id,
        f"court:{court.id}",
        kind,
        by=by,
        at=at,
        batch=changes[0].batch,
        **summary(changes),
        **more,
    )


def _tell(s: Session, changes: list[RosterChange], subject: str, body: str, at: datetime) -> None:
    """Whoever proposed it hears what became of it."""
    account = s.get(Account, changes[0].proposed_by) if changes[0].proposed_by else None
    if account is not None:
        notices.tell(s, account, subject, body, about="/organisation", at=at)
