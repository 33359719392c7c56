"""Which mediators may take a case, and whom to suggest, with the reasons for each (ODM-10, 13; SIM-15)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """What matters about a case when somebody is looked for."""

    id: str
    court_id: str
    cause: str
    on: date
    org_id: str | None = None  # the commissioned organisation, if there is one
    languages: frozenset[str] = frozenset()  # wished beside Chinese
    region: str = ""
    wants_video: bool = True
    people: frozenset[str] = frozenset()  # names of parties, agents, their firms and employers
    accounts: frozenset[str] = frozenset()  # accounts of parties and agents
    elsewhere: frozenset[str] = frozenset()  # HK, MO, TW or a country a party comes from (ODM-6)
    tried: frozenset[str] = frozenset()  # mediators who declined or were replaced in this case


@dataclass(frozen=True, slots=True, kw_only=True)
class MediatorFacts:
    """What the roster knows of a mediator."""

    id: str
    name: str
    court_id: str
    status: str
    account_id: str | None = None
    org_id: str | None = None
    org_status: str = ""
    org_name: str = ""
    scope: tuple[str, ...] = ()  # keys of causes
    languages: tuple[str, ...] = ()
    region: str = ""
    has_video: bool = True
    term_until: date | None = None
    from_elsewhere: str = ""  # a mediator from abroad, Hong Kong, Macao or Taiwan
    conflicts: tuple[str, ...] = ()  # employers, firms, relatives declared
    employer: str = ""
    open_cases: int = 0
    max_open_cases: int = 20


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One mediator with the parts of the score and a word (`roster.<code>`) for each."""

    mediator_id: str
    name: str
    score: int
    parts: tuple[tuple[str, int], ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(f"roster.{code}" for code, points in self.parts if points)


def against(case: CaseFacts, mediator: MediatorFacts) -> tuple[str, ...]:
    """Codes of everything that keeps this mediator from this case; empty if nothing does."""
    return tuple(_against(case, mediator))


def is_eligible(case: CaseFacts, mediator: MediatorFacts) -> bool:
    return not against(case, mediator)


def has_conflict(case: CaseFacts, mediator: MediatorFacts) -> bool:
    """A party, or related to one, as far as the roster knows; disclosure covers the rest."""
    declared = {mediator.name, mediator.employer, mediator.org_name, *mediator.conflicts} - {""}
    return bool(declared & case.people) or mediator.account_id in case.accounts


def exclusions(case: CaseFacts, mediators: Iterable[MediatorFacts]) -> dict[str, str]:
    """For a draw: who is left out, with the first reason."""
    return {m.id: reasons[0] for m in mediators if (reasons := against(case, m))}


def suggest(case: CaseFacts, mediators: Iterable[MediatorFacts], *, most: int = 3) -> list[Suggestion]:
    """The best eligible ones. Equals stand in an order that is fair over cases and the same for both sides."""
    fitting = [_suggestion(case, m) for m in mediators if is_eligible(case, m)]
    return sorted(fitting, key=lambda s: (-s.score, _lot(case, s)))[:most]


def _against(case: CaseFacts, m: MediatorFacts) -> Iterator[str]:
    tests = {
        "not-listed": m.status != "listed" or m.account_id is None,
        "other-court": m.court_id != case.court_id,
        "other-organisation": case.org_id is not None and m.org_id != case.org_id,
        "term-over": m.term_until is not None and m.term_until < case.on,
        "org-not-listed": m.org_id is not None and m.org_status != "listed",
        "conflict": has_conflict(case, m),
        "declined": m.id in case.tried,
        "foreign-limit": bool(m.from_elsewhere) and m.from_elsewhere not in case.elsewhere,
        "no-video": case.wants_video and not m.has_video,
        "full": m.open_cases >= m.max_open_cases,
    }
    return (code for code, holds in tests.items() if holds)


def _suggestion(case: CaseFacts, m: MediatorFacts) -> Suggestion:
    free = max(m.max_open_cases - m.open_cases, 0)
    parts = (
        ("knows-cause", 40 if case.cause in m.scope else 0),
        ("speaks", 30 if case.languages and case.languages <= set(m.languages) else 0),
        ("in-organisation", 15 if m.org_id else 0),
        ("near", 10 if case.region and case.region == m.region else 0),
        ("has-time", 20 * free // max(m.max_open_cases, 1)),
    )
    return Suggestion(m.id, m.name, sum(points for _, points in parts), parts)


def _lot(case: CaseFacts, suggestion: Suggestion) -> bytes:
    return hashlib.sha256(f"{case.id}:{suggestion.mediator_id}".encode()).digest()
