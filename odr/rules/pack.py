"""Reads the rule pack: the law as rows of TOML, checked when it is loaded, the same for every reader."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from odr.errors import BadInput, Broken
from odr.facts import canon
from odr.rules.law import (
    CalendarYear,
    CaseCode,
    Cause,
    ClauseForm,
    Clock,
    Duty,
    FeeTable,
    Ground,
    Instrument,
    Message,
    Pack,
    Parameter,
    Retention,
    Route,
    TrackRule,
    TriageRule,
    Version,
    Words,
)
from odr.rules.moves import ALL
from odr.rules.stages import clocks as clocks_of
from odr.rules.words import ClauseKind, Dismissal, Do, EndReason, Hat, NotAccepted, Track

FOLDER = Path(__file__).with_name("pack")
SPANS = ("months", "years", "permanent")
UNITS = ("d", "wd", "h", "months", "years")
BOUND = ("court", "mediator", "party")
ELEMENT_TYPES = ("money", "date", "text", "choice", "number")
CLAUSE_TYPES = (*ELEMENT_TYPES, "side", "parts", "yes")
MEDIATION_CLOCK = "T-MED"  # stands in the tables of moves for the clock of the case's track

_CITATION = re.compile(r"^([A-Z]+\d*)(?:-(\d+))?$")

R = TypeVar("R")


class BadPack(Broken):
    """A row of the rule pack is wrong; the message names file and row."""


@cache
def load() -> Pack:
    """The rule pack of this release."""
    return read(FOLDER)


def read(folder: Path) -> Pack:
    """Read and check a rule pack."""

    def table(name: str, array: str, form: type[R], key: Callable[[R], str]) -> dict[str, R]:
        return _table(folder / f"{name}.toml", array, form, key)

    tracks = table("tracks", "track", TrackRule, lambda r: r.track)
    grounds = table("grounds", "ground", Ground, lambda r: f"{r.set}.{r.key}")
    (version,) = table("version", "version", Version, lambda r: r.number).values()
    found = Pack(
        version=version,
        instruments=_frozen(table("instruments", "instrument", Instrument, lambda r: r.key)),
        clocks=_frozen(table("clocks", "clock", Clock, lambda r: r.id)),
        tracks=_frozen({_word(Track, key, "tracks.toml"): row for key, row in tracks.items()}),
        causes=_frozen(table("causes", "cause", Cause, lambda r: r.key)),
        grounds=_sets(grounds.values()),
        codes=tuple(table("codes", "code", CaseCode, lambda r: f"{r.use} {r.code}").values()),
        fees=_frozen(table("fees", "fee", FeeTable, lambda r: r.key)),
        routes=_frozen(table("routes", "route", Route, lambda r: r.key)),
        triage=tuple(table("triage", "rule", TriageRule, lambda r: r.id).values()),
        messages=_frozen(table("messages", "message", Message, lambda r: r.key)),
        clauses=_frozen(table("clauses", "clause", ClauseForm, lambda r: r.kind)),
        years=_frozen(
            {r.year: r for r in table("calendar", "year", CalendarYear, lambda r: str(r.year)).values()}
        ),
        retention=_frozen(table("retention", "class", Retention, lambda r: r.key)),
        parameters=_frozen(table("parameters", "parameter", Parameter, lambda r: r.key)),
        duties=_frozen(table("rules", "rule", Duty, lambda r: r.id)),
    )
    _check(found)
    return found


def read_years(text: str) -> tuple[CalendarYear, ...]:
    """The years of a notice, in the form of calendar.toml; BadInput if they cannot be a calendar."""
    try:
        rows = _rows_of(text, "year", CalendarYear, lambda r: str(r.year), "calendar")
        problems = list(_year_problems(rows.values()))
    except BadPack as wrong:
        raise BadInput(text="calendar-broken", why=str(wrong)) from None
    if problems or any(row.provisional for row in rows.values()):
        raise BadInput(text="calendar-broken", why="; ".join(problems) or "provisional")
    return tuple(rows.values())


def cite(articles: Iterable[str]) -> str:
    """Citations as a Chinese reader expects them: 《人民法院在线调解规则》第24条、第25条."""
    texts: dict[str, list[str]] = {}
    for article in dict.fromkeys(articles):
        key, _, number = article.partition("-")
        texts.setdefault(key, []).extend([f"第{number}条"] if number else [])
    return "；".join(
        f"《{load().instruments[key].title}》" + "、".join(numbers) for key, numbers in texts.items()
    )


def in_force(articles: Iterable[str]) -> date | None:
    """The day since which all the instruments cited have been in force, as far as known."""
    days = (load().instruments[_key(article)].in_force for article in articles)
    return max((day for day in days if day), default=None)


def words(key: str) -> Words:
    """Words for a code that a rule returned."""
    return load().messages[key].words


def figures() -> Mapping[str, int | None]:
    """Every published figure as this release has it; a court may have entered newer ones."""
    return {row.key: row.value for row in load().parameters.values()}


def default_track(on: date, *, complaint: bool) -> Track:
    """The track a matter received on this day takes: a complaint, or an application to mediate."""
    wanted = "complaint" if complaint else "application"
    return next(t for t, rule in load().tracks.items() if rule.default_for == wanted and rule.open_on(on))


def case_code(use: str, *, on: date, track: Track | None, settings: Mapping[str, Any] | None = None) -> str:
    """The type code of a new number; the court's own setting comes first."""
    own: Mapping[str, str] = (settings or {}).get("codes", {})
    if use in own:
        return own[use]
    return next(
        row.code
        for row in load().codes
        if row.use == use
        and row.track in ("", track)
        and (row.from_on is None or row.from_on <= on)
        and (row.until_on is None or on <= row.until_on)
    )


def _key(article: str) -> str:
    return article.partition("-")[0]


def _table(path: Path, array: str, form: type[R], key: Callable[[R], str]) -> dict[str, R]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadPack(f"{path.name}: {error}") from None
    return _rows_of(text, array, form, key, path.name)


def _rows_of(text: str, array: str, form: type[R], key: Callable[[R], str], name: str) -> dict[str, R]:
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadPack(f"{name}: {error}") from None
    listed = raw.get(array, [])
    rows: dict[str, R] = {}
    for number, item in enumerate(listed if isinstance(listed, list) else [], start=1):
        row = _row(form, item, f"{name} {array} {number}")
        if key(row) in rows:
            raise BadPack(f"{name} {array} {number}: {key(row)} stands there twice")
        rows[key(row)] = row
    if not rows:
        raise BadPack(f"{name}: no [[{array}]]")
    return rows


def _row(form: type[R], raw: object, where: str) -> R:
    try:
        return canon.build(form, raw, where)
    except BadInput as error:
        (path, why) = next(iter(error.details.items()))
        raise BadPack(f"{path}: {why}") from None


def _word(kind: type[Track], key: str, where: str) -> Track:
    try:
        return kind(key)
    except ValueError:
        raise BadPack(f"{where}: {key} is no {kind.__name__}") from None


def _frozen(rows: dict[Any, R]) -> Mapping[Any, R]:
    return MappingProxyType(rows)


def _sets(rows: Iterable[Ground]) -> Mapping[str, Mapping[str, Ground]]:
    sets: dict[str, dict[str, Ground]] = {}
    for row in rows:
        sets.setdefault(row.set, {})[row.key] = row
    return MappingProxyType({name: MappingProxyType(group) for name, group in sets.items()})


def _check(found: Pack) -> None:
    """Whatever one row says of another must be there."""
    for problem in (*_citations(found), *_clocks(found), *_causes(found), *_lists(found), *_tables(found)):
        raise BadPack(problem)


def _citations(found: Pack) -> Iterable[str]:
    tables: tuple[Iterable[Any], ...] = (
        found.clocks.values(),
        found.tracks.values(),
        found.fees.values(),
        found.routes.values(),
        found.triage,
        found.messages.values(),
        found.clauses.values(),
        found.retention.values(),
        found.parameters.values(),
        found.duties.values(),
        *(group.values() for group in found.grounds.values()),
    )
    for row in (row for table in tables for row in table):
        for article in row.articles:
            cited = _CITATION.match(article)
            if cited is None or cited[1] not in found.instruments:
                yield f"{type(row).__name__} {getattr(row, fields(row)[0].name)}: cites unknown {article}"


def _clocks(found: Pack) -> Iterable[str]:
    for clock in found.clocks.values():
        wrong = {
            "length": clock.length <= 0,
            "unit": clock.unit not in UNITS,
            "bound": clock.bound not in BOUND,
            "warns": not set(clock.warns) <= {hat.value for hat in Hat},
            "extra": bool(clock.extra_days) != bool(clock.extra_times),
        }
        yield from (f"clocks.toml {clock.id}: wrong {name}" for name, is_wrong in wrong.items() if is_wrong)
    for track in found.tracks.values():
        yield from (
            f"tracks.toml {track.track}: no clock {name}"
            for name in (track.clock, track.clock_summary)
            if name not in found.clocks
        )
    missing = clocks_of(ALL) - set(found.clocks) - {MEDIATION_CLOCK}
    yield from (f"clocks.toml: no {name}, which a move names" for name in sorted(missing))


def _causes(found: Pack) -> Iterable[str]:
    for cause in found.causes.values():
        if cause.fee not in found.fees:
            yield f"causes.toml {cause.key}: no fee {cause.fee}"
        yield from (
            f"causes.toml {cause.key}: no route {route}"
            for route in cause.routes
            if route not in found.routes
        )
        for element in cause.elements:
            if element.type not in ELEMENT_TYPES or (element.type == "choice") != bool(element.options):
                yield f"causes.toml {cause.key}.{element.key}: wrong type or options"


def _lists(found: Pack) -> Iterable[str]:
    for name, kind in (("end", EndReason), ("not_accepted", NotAccepted), ("dismissal", Dismissal)):
        if list(found.grounds.get(name, ())) != [member.value for member in kind]:
            yield f"grounds.toml {name}: must be exactly {', '.join(m.value for m in kind)}"
    if list(found.clauses) != [kind.value for kind in ClauseKind]:
        yield "clauses.toml: must have every ClauseKind, in its order"
    for form in found.clauses.values():
        if any(field.type not in CLAUSE_TYPES for field in form.fields):
            yield f"clauses.toml {form.kind}: unknown type of field"


def _tables(found: Pack) -> Iterable[str]:
    for route in found.routes.values():
        if route.act not in {do.value for do in Do}:
            yield f"routes.toml {route.key}: {route.act} is no act"
    for rule in found.triage:
        if rule.route and rule.route not in found.routes:
            yield f"triage.toml {rule.id}: no route {rule.route}"
    for kept in found.retention.values():
        if (kept.unit == "permanent") == bool(kept.length) or kept.unit not in SPANS:
            yield f"retention.toml {kept.key}: wrong length or unit"
    for duty in found.duties.values():
        if not (duty.missing or (duty.by and duty.proof)):
            yield f"rules.toml {duty.id}: says neither who does it and what proves it, nor what is missing"
    for fee in found.fees.values():
        limits = [band.up_to_fen for band in fee.bands]
        if any(a is None or (b is not None and a >= b) for a, b in pairwise(limits)):
            yield f"fees.toml {fee.key}: bands must rise and end without a limit"
    yield from _year_problems(found.years.values())


def _year_problems(years: Iterable[CalendarYear]) -> Iterable[str]:
    for year in years:
        days = (*year.workdays, *(day for holiday in year.holidays for day in holiday.days))
        if any(day.year != year.year for day in days) or len(set(days)) != len(days):
            yield f"calendar.toml {year.year}: a day of another year, or twice"
        if any(day.weekday() < 5 for day in year.workdays):
            yield f"calendar.toml {year.year}: a make-up day that is no weekend"
