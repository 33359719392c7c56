"""A deadline's explanation for people: its days in words, and what would follow from the next step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from odr import calendars, clock, overrides
from odr.rules import whatif
from odr.rules.words import Do, Track
from web.acts import GROUPS
from web.labels import told as words_of
from web.words import day, moment, say

if TYPE_CHECKING:
    from web.ask import Ask

_ACTS = {do: words for _, acts in GROUPS for do, words in acts.items()}
_MANY = 6  # more days than this are told by the first and the last


def instant(text: str) -> str:
    """An instant of an explanation as people read it."""
    return moment(datetime.fromisoformat(text))


def days_in_words(days: Sequence[Mapping[str, str]]) -> str:
    """Each day with its reason; a long row by its first and its last."""
    told = [_day_off(date.fromisoformat(d["on"]), d["why"]) for d in days]
    return " … ".join((told[0], told[-1])) if len(told) > _MANY else "；".join(told)


def _day_off(on: date, why: str) -> str:
    """A weekend is told by its own name, which the date already carries."""
    return day(on) if why.startswith("星期") else f"{day(on)} {say(why)}"


def ahead(ask: Ask, told: Mapping[str, Any]) -> list[str]:
    """What the law would count if the next step came tomorrow, or if the period were extended."""
    if "court" not in told or datetime.fromisoformat(told["due"]) <= ask.now:
        return []
    return list(_ahead(ask, told))


def _ahead(ask: Ask, told: Mapping[str, Any]) -> Iterator[str]:
    tomorrow = ask.now + timedelta(days=1)
    with ask.looking() as s:
        days = calendars.known(s)
        own = overrides.settings(s, told["court"], clock.court_date(tomorrow))
    for step in whatif.after(
        told["rule"],
        tomorrow,
        track=Track(told["track"]) if told.get("track") else None,
        summary=bool(told.get("summary")),
        days=days,
        court_settings=own,
    ):
        yield _step(step.do, words_of(step.due.rule.name), step.due.due_at)
    longest = whatif.extended(told["rule"], datetime.fromisoformat(told["since"]), told, days)
    if longest is not None:
        yield say("期限依法延长的，最迟到 %(end)s", end=day(longest.due_at))


def _step(do: Do, name: str, end: datetime) -> str:
    return say("明天“%(act)s”的，%(clock)s到 %(end)s", act=say(_ACTS[do]), clock=name, end=day(end))
