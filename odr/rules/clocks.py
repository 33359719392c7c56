"""When a clock of the law runs out, and why: rule, article, days counted, days skipped, roll.

A court may promise to be quicker (`settings["clocks"] = {"T-JC-DEC": 7}`), never slower, and it may
not shorten what a party has a right to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from odr import clock
from odr.errors import BadInput
from odr.rules import calendar, pack
from odr.rules.calendar import Calendar
from odr.rules.law import Clock
from odr.rules.words import Track

Pause = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Due:
    """The end of a period and how it was found; `explanation` is plain JSON for people and records."""

    due_at: datetime
    rule: Clock
    article: str
    explanation: dict[str, Any]


def resolve(rule_id: str, *, track: Track | None = None, summary: bool = False) -> Clock:
    """The clock of this id; T-MED is the mediation clock of the track. BadInput if there is none."""
    if rule_id == pack.MEDIATION_CLOCK:
        if track is None:
            raise BadInput(track="needed")
        row = pack.load().tracks[track]
        rule_id = row.clock_summary if summary else row.clock
    found = pack.load().clocks.get(rule_id)
    if found is None:
        raise BadInput(rule="unknown")
    return found


def is_mediation(rule_id: str) -> bool:
    """Whether this is one of the clocks that T-MED stands for."""
    return any(rule_id in (t.clock, t.clock_summary) for t in pack.load().tracks.values())


def due(
    rule_id: str,
    since: datetime,
    *,
    track: Track | None = None,
    summary: bool = False,
    length: int | None = None,
    court_settings: Mapping[str, Any] | None = None,
    extra_days: int = 0,
    paused: Iterable[Pause] = (),
    days: Calendar | None = None,
) -> Due:
    """When this clock, started by an event at `since`, runs out. `length` is what a judge set."""
    rule = resolve(rule_id, track=track, summary=summary)
    pauses = tuple(paused)
    units = _length(rule, length, court_settings or {})
    told = _told(rule, since, units, extra_days, pauses)
    if rule.unit == "h":
        # CPL-85 would not count the hour begun; counting it is stricter on the court, never on a person
        end = since + timedelta(hours=units) + sum((b - a for a, b in pauses), timedelta())
    else:
        counting = _Counting(days or calendar.printed(), _days_of(pauses), told)
        end = counting.last_day(rule, clock.court_date(since), units, extra_days)
    told["due"] = clock.court_time(end).isoformat()
    return Due(end, rule, told["article"], told)


def narrowed(rule: Clock, court_settings: Mapping[str, Any]) -> int:
    """The length under a court's settings; BadInput if they are wider than the law or cut a party's right."""
    own = court_settings.get("clocks", {}).get(rule.id)
    if own is None:
        return rule.length
    if wrong := fault(rule, own):
        raise BadInput(**{rule.id: wrong})
    return int(own)


def fault(rule: Clock, own: object) -> str:
    """Why a court cannot have this length of its own; empty if it can."""
    if not isinstance(own, int) or isinstance(own, bool) or own < 1:
        return "not-a-length"
    if own > rule.length:
        return "wider-than-law"
    return "" if rule.narrowable or own == rule.length else "cuts-a-right"


def check_settings(court_settings: Mapping[str, Any]) -> None:
    """Refuse a court's clock settings that the law does not allow."""
    for rule_id in court_settings.get("clocks", {}):
        narrowed(resolve(rule_id), court_settings)


def _length(rule: Clock, given: int | None, court_settings: Mapping[str, Any]) -> int:
    if given is None:
        return narrowed(rule, court_settings)
    if not rule.set_by:
        raise BadInput(**{rule.id: "fixed-by-law"})
    if given < 1:
        raise BadInput(**{rule.id: "not-a-length"})
    return given


def _days_of(pauses: Iterable[Pause]) -> frozenset[date]:
    """Days that do not count: from the day the clock stopped to the day before it went on."""
    days: set[date] = set()
    for began, ended in pauses:
        first, last = clock.court_date(began), clock.court_date(ended)
        days.update(first + timedelta(days=n) for n in range((last - first).days))
    return frozenset(days)


@dataclass(frozen=True, slots=True)
class _Counting:
    """One count through the calendar; what it meets goes into `told`."""

    days: Calendar
    paused: frozenset[date]
    told: dict[str, Any]

    def last_day(self, rule: Clock, start: date, units: int, extra: int) -> datetime:
        first = self.days.count(start, units, rule.unit, self.paused)
        end = first
        if extra:  # an extension begins where the period ended
            end = self.days.count(first.end, extra, "wd" if rule.unit == "wd" else "d", self.paused)
        self._tell(start, end, dict.fromkeys((*first.skipped, *(end.skipped if extra else ()))))
        return calendar.end_of(end.end)

    def _tell(self, start: date, end: calendar.Counted, skipped: Iterable[date]) -> None:
        years = range(start.year, end.end.year + 1)
        rolled = ((end.last + timedelta(days=n)) for n in range((end.end - end.last).days))
        self.told.update(
            {
                "first_day": (start + timedelta(days=1)).isoformat(),
                "skipped": [{"on": day.isoformat(), "why": self._why(day)} for day in skipped],
                "counted_to": end.last.isoformat(),
                "rolled": [{"on": day.isoformat(), "why": self.days.why_off(day)} for day in rolled],
                "calendar": [{"year": y, "version": self.days.version(y)} for y in years],
                "provisional": any(self.days.is_provisional(y) for y in years),
            }
        )

    def _why(self, day: date) -> str:
        return "期限中止" if day in self.paused else self.days.why_off(day)


def _told(rule: Clock, since: datetime, units: int, extra: int, pauses: tuple[Pause, ...]) -> dict[str, Any]:
    known_since = pack.in_force(rule.articles)
    local = clock.court_time(since)
    return {
        "rule": rule.id,
        "name": rule.name.zh,
        "article": pack.cite(rule.articles),
        "in_force": known_since.isoformat() if known_since else "",
        "start": rule.start,
        "since": local.isoformat(),
        "length": units,
        "law": rule.length,
        "unit": rule.unit,
        "extended": extra,
        "paused": [[clock.court_time(a).isoformat(), clock.court_time(b).isoformat()] for a, b in pauses],
        "skipped": [],
        "rolled": [],
        "provisional": False,
        "consequence": rule.consequence,
        "confirmed": rule.confirmed,
    }
