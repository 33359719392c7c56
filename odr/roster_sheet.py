"""An organisation's mediators as a sheet: what is written out, and what a sheet sent in would change.

Nothing is changed here. `difference` compares a sheet with the roster and says, row by row and column by
column, what it would do and what is wrong with it; the action proposes it once the person has seen it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from odr import sheets
from odr.errors import BadInput
from odr.rules import entries
from odr.rules.entries import COLUMNS, KEPT_BY_COURT, Entry

ID = "编号"  # of the entry; a row without it is somebody new, or found by identity number
HEADINGS = (ID, *(c.heading for c in COLUMNS["mediator"]), *(c.heading for c in KEPT_BY_COURT))
_OURS = {
    heading: column.key for column in COLUMNS["mediator"] for heading in (column.heading, *column.also)
} | {ID: "id"}
_THEIRS = frozenset(c.heading for c in KEPT_BY_COURT)

Change = Literal["add", "change", "remove", "same", "error"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one cell."""

    row: int
    heading: str
    code: str


@dataclass(frozen=True, slots=True)
class Line:
    """What one row of the sheet would do; `before` and `after` hold what differs."""

    row: int  # 0: no row, the entry is missing from a complete list
    change: Change
    entry_id: str | None
    name: str
    before: Entry
    after: Entry
    faults: tuple[Fault, ...] = ()

    @property
    def columns(self) -> tuple[tuple[str, object, object], ...]:
        """Each column with what it holds before and after."""
        return tuple((key, self.before.get(key), value) for key, value in self.after.items())


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything a sheet would do, and the headings nobody reads."""

    lines: tuple[Line, ...]
    by_court: tuple[str, ...] = ()  # headings that only the court writes
    unknown: tuple[str, ...] = ()

    def of(self, change: Change) -> tuple[Line, ...]:
        """The lines with this effect."""
        return tuple(line for line in self.lines if line.change == change)

    @property
    def faults(self) -> tuple[Fault, ...]:
        return tuple(fault for line in self.lines for fault in line.faults)

    @property
    def proposals(self) -> tuple[Line, ...]:
        """The lines that would change something."""
        return tuple(line for line in self.lines if line.change in ("add", "change", "remove"))


@dataclass(frozen=True, slots=True)
class _Roster:
    """The entries as they stand, and those that a row has spoken of."""

    known: Mapping[str, Entry]
    by_number: Mapping[str, str]
    seen: set[str]

    def find(self, texts: Mapping[str, str]) -> str | None:
        """The entry a row speaks of: by its number, else by the identity number."""
        if texts.get("id"):
            return texts["id"] if texts["id"] in self.known else None
        wanted = texts.get("identity_number", "").upper()
        return self.by_number.get(wanted) if wanted else None

    def twice(self, mark: str) -> bool:
        """Whether another row spoke of this person before."""
        again = bool(mark) and mark in self.seen
        self.seen.add(mark)
        return again


def cells(known: Mapping[str, Entry]) -> Iterable[list[str]]:
    """The rows of the sheet, in the order of `HEADINGS`."""
    columns = (*COLUMNS["mediator"], *KEPT_BY_COURT)
    for entry_id, entry in known.items():
        yield [entry_id, *(column.show(entry[column.key]) for column in columns)]


def difference(table: list[sheets.Row], known: Mapping[str, Entry], *, whole: bool) -> Difference:
    """What the sheet would do to these entries; a `whole` list removes those that are not in it."""
    (_, headings), *rows = table
    keys = [_OURS.get(heading, "") for heading in headings]
    if "name" not in keys or len(set(filter(None, keys))) != len([key for key in keys if key]):
        raise BadInput(file="sheet-headings")
    roster = _Roster(known, {e["identity_number"]: key for key, e in known.items()}, set())
    lines = [_line(number, _texts(keys, row), roster) for number, row in rows]
    if whole:
        missing = [key for key in known if key not in roster.seen]
        lines += [_removal(key, known[key]) for key in missing]
    given = [heading for heading in headings if heading]
    return Difference(
        tuple(lines),
        by_court=tuple(h for h in given if h in _THEIRS),
        unknown=tuple(h for h in given if h not in _OURS and h not in _THEIRS),
    )


def _texts(keys: list[str], row: list[str]) -> dict[str, str]:
    padded = [*row, *[""] * len(keys)]
    return {key: text for key, text in zip(keys, padded, strict=False) if key}


def _line(number: int, texts: dict[str, str], roster: _Roster) -> Line:
    entry_id = roster.find(texts)
    entry = roster.known.get(entry_id or "")
    name = texts["name"] or (entry or {}).get("name", "")
    values, wrong = entries.checked("mediator", texts, entry)
    wrong |= {key: "digits-lost" for key, text in texts.items() if text == sheets.DIGITS_LOST}
    if roster.twice(entry_id or texts.get("identity_number", "").upper()):
        wrong["id" if texts.get("id") else "identity_number"] = "twice"
    if texts.get("id") and entry is None:
        wrong["id"] = "not-yours"
    if wrong:
        faults = tuple(Fault(number, _heading(key), code) for key, code in wrong.items())
        return Line(number, "error", entry_id, name, {}, {}, faults)
    if entry is None:
        return Line(number, "add", None, name, {}, values)
    before = {key: entry[key] for key in values}
    return Line(number, "change" if values else "same", entry_id, name, before, values)


def _removal(entry_id: str, entry: Entry) -> Line:
    return Line(0, "remove", entry_id, entry["name"], {"status": entry["status"]}, {"status": "removed"})


def _heading(key: str) -> str:
    column = entries.column("mediator", key)
    return column.heading if column else ID
