"""The public roster as it stands, or as it stood on a day (SIM-8): approved entries, public columns only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from odr import clock
from odr.errors import NotFound
from odr.queries.courts import CourtFace
from odr.rules import entries
from odr.rules.entries import Entry
from odr.tables.people import Court
from odr.tables.roster import Mediator, Organisation, RosterChange

PAGE = 20
EFFECTIVE = ("approved", "undone")  # an undone change held until another one undid it


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry with its public values by column, and the organisation a mediator belongs to."""

    id: str
    kind: str
    court_id: str
    values: Entry
    organisation: Listed | None = None

    @property
    def name(self) -> str:
        return str(self.values["name"])

    @property
    def free(self) -> bool:
        """Whether parties pay nothing; a mediator charges what the organisation charges."""
        charging = self.organisation.values if self.organisation else self.values
        return not charging.get("charges", False)

    @property
    def open(self) -> bool:
        """On the roster, and the organisation as well."""
        above = self.organisation is None or self.organisation.open
        return self.values["status"] == "listed" and above


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a reader looks for. `on` is a day of the past."""

    kind: str = "mediator"
    text: str = ""
    court_id: str = ""
    cause: str = ""
    language: str = ""
    free: bool = False
    video: bool = False
    on: date | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what was found."""

    rows: tuple[Listed, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Step:
    """One approved change of an entry: each public column before and after."""

    at: datetime
    change: str
    columns: tuple[tuple[str, object, object], ...]
    reason: str = ""


def courts(s: Session) -> dict[str, CourtFace]:
    """The courts that keep a roster here, by id."""
    rows = s.exec(select(Court).order_by(Court.code))
    return {row.id: CourtFace(row.name, row.name_ko, row.name_en, row.phone) for row in rows}


def search(s: Session, wanted: Wanted) -> Found:
    """A page of the entries that fit, in the order of their names."""
    rows = [row for row in _roster(s, wanted.kind, wanted.on).values() if row.open and _fits(row, wanted)]
    rows.sort(key=lambda row: (row.name, row.id))
    pages = max(1, -(-len(rows) // PAGE))
    page = min(max(wanted.page, 1), pages)
    return Found(tuple(rows[(page - 1) * PAGE : page * PAGE]), len(rows), page, pages)


def entry(s: Session, kind: str, key: str, on: date | None = None) -> Listed:
    """One entry; who is not on the roster (on that day) is not shown to anybody."""
    row = _roster(s, kind, on).get(key)
    if row is None or row.values["status"] not in ("listed", "suspended"):
        raise NotFound(kind=kind)
    return row


def members(s: Session, organisation: Listed, on: date | None = None) -> list[Listed]:
    """The listed mediators of an organisation."""
    rows = _roster(s, "mediator", on).values()
    return sorted(
        (row for row in rows if row.open and row.organisation and row.organisation.id == organisation.id),
        key=lambda row: row.name,
    )


def history(s: Session, key: str, *, public: bool = True) -> list[Step]:
    """What the court has changed in an entry, newest first; for the public without what is not public."""
    return [step for change in _changes(s, key=key) if (step := _step(change, public)) is not None]


def known(s: Session, org_id: str) -> dict[str, Entry]:
    """All columns of an organisation's mediators, by entry: what a sheet is compared with."""
    return _known(s, col(Mediator.org_id) == org_id)


def known_of_court(s: Session, court_id: str) -> dict[str, Entry]:
    """The same for everybody on a court's roster."""
    return _known(s, col(Mediator.court_id) == court_id)


def _known(s: Session, whose: sa.ColumnElement[bool]) -> dict[str, Entry]:
    query = select(Mediator).where(whose, col(Mediator.status) != "removed")
    rows = s.exec(query.order_by(col(Mediator.name), col(Mediator.id)))
    return {row.id: entries.of(row, "mediator") for row in rows}


def _fits(row: Listed, wanted: Wanted) -> bool:
    values = row.values
    said = (row.name, values.get("employer", ""), row.organisation.name if row.organisation else "")
    return (
        (not wanted.text or any(wanted.text.casefold() in text.casefold() for text in said))
        and (not wanted.court_id or row.court_id == wanted.court_id)
        and (not wanted.cause or wanted.cause in values["scope"])
        and (not wanted.language or wanted.language in values["languages"])
        and (not wanted.free or row.free)
        and (not wanted.video or bool(values["has_video"]))
    )


def _roster(s: Session, kind: str, on: date | None) -> dict[str, Listed]:
    organisations = {
        key: Listed(key, "organisation", row.court_id, values)
        for key, (row, values) in _standing(s, "organisation", on).items()
    }
    if kind == "organisation":
        return organisations
    return {
        key: Listed(key, kind, row.court_id, values, organisations.get(getattr(row, "org_id", None) or ""))
        for key, (row, values) in _standing(s, kind, on).items()
        if getattr(row, "org_id", None) is None or getattr(row, "org_id", None) in organisations
    }


def _standing(s: Session, kind: str, on: date | None) -> dict[str, tuple[Mediator | Organisation, Entry]]:
    """All entries as they stood at the end of a day: what was changed later is taken back in thought."""
    all_rows: Iterable[Mediator | Organisation] = (
        s.exec(select(Mediator)).all() if kind == "mediator" else s.exec(select(Organisation)).all()
    )
    rows = {row.id: (row, entries.of(row, kind)) for row in all_rows}
    if on is not None:
        for change in _changes(s, since=clock.from_court(datetime.combine(on + timedelta(days=1), time()))):
            if change.entry_id in rows and change.change == "add":
                del rows[change.entry_id]
            elif change.entry_id in rows:
                rows[change.entry_id][1].update(change.before)
    return {
        key: (row, _public(values, kind))
        for key, (row, values) in rows.items()
        if on is None or (values["listed_on"] or "") <= on.isoformat()
    }


def _public(values: Entry, kind: str) -> Entry:
    return {key: value for key, value in values.items() if _is_public(kind, key)}


def _is_public(kind: str, key: str) -> bool:
    column = entries.column(kind, key)
    return column is not None and column.public


def _changes(s: Session, *, key: str = "", since: datetime | None = None) -> Iterable[RosterChange]:
    query = select(RosterChange).where(col(RosterChange.status).in_(EFFECTIVE))
    if key:
        query = query.where(RosterChange.entry_id == key)
    if since is not None:
        query = query.where(col(RosterChange.decided_at) >= since)
    return s.exec(query.order_by(col(RosterChange.decided_at).desc(), col(RosterChange.id))).all()


def _step(change: RosterChange, public: bool) -> Step | None:
    shown = [key for key in change.after if not public or _is_public(change.entry_kind, key)]
    if not shown or change.decided_at is None:
        return None
    columns = tuple((key, change.before.get(key), change.after[key]) for key in shown)
    return Step(change.decided_at, change.change, columns, "" if public else change.reason)
