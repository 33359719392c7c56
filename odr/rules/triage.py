"""Which way a dispute might go, with reasons; a named officer decides. Never how it would end (S4, PIPL-24)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from odr.rules import fees, pack
from odr.rules.law import Cause, Route, TriageRule, Words
from odr.rules.words import Track

_MILLION = 1_000_000
BATCH = 10  # alike disputes of one applicant from which a batch is worth while


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageFacts:
    """What triage looks at; nothing in it values evidence or law."""

    cause: str
    on: date
    amount_fen: int = 0
    answers: Mapping[str, Any] = field(default_factory=dict)  # to the cause's element form
    story: str = ""
    complaint: bool = False  # brought to the court as a suit, not as an application to mediate
    in_scope: bool = True  # for the courts, and for this court
    refuses: bool = False  # a party has said no to mediation
    reachable: bool = True  # some way to reach the other side is known
    arbitration_clause: bool = False
    foreign: bool = False  # foreign, Hong Kong, Macao, Taiwan
    alike: int = 1  # disputes of the same applicant and cause, this one included
    related: int = 0  # other matters between the same people
    needs_care: bool = False
    figures: Mapping[str, int | None] = field(default_factory=pack.figures)  # as they count for this court


@dataclass(frozen=True, slots=True)
class Reason:
    id: str
    words: Words
    article: str
    route: str
    flag: str


@dataclass(frozen=True, slots=True)
class Option:
    """One way, in facts to compare."""

    route: str
    act: str
    name: Words
    what: Words
    cost: Words
    time: Words
    materials: tuple[Words, ...]
    article: str
    fee_low_fen: int
    fee_high_fen: int
    reasons: tuple[Reason, ...] = ()
    proposed: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the rules propose to the officer."""

    route: str
    track: Track
    reasons: tuple[Reason, ...]
    flags: tuple[str, ...]
    options: tuple[Option, ...]

    def to_json(self) -> dict[str, Any]:
        """For the record: keys and Chinese words, as the officer saw them."""
        return {
            "route": self.route,
            "track": self.track.value,
            "flags": list(self.flags),
            "reasons": [{"id": r.id, "words": r.words.zh, "article": r.article} for r in self.reasons],
            "options": [
                {"route": o.route, "act": o.act, "fee_low_fen": o.fee_low_fen, "fee_high_fen": o.fee_high_fen}
                for o in self.options
            ],
        }


def propose(facts: TriageFacts) -> Proposal:
    """The first rule that holds and names a route proposes it; all that hold are reasons."""
    reasons = tuple(_reason(rule) for rule in pack.load().triage if _holds(rule, facts))
    route = next(reason.route for reason in reasons if reason.route)
    return Proposal(
        route=route,
        track=_track(facts),
        reasons=reasons,
        flags=tuple(reason.flag for reason in reasons if reason.flag),
        options=_options(facts, reasons, route),
    )


def options(
    cause: str,
    amount_fen: int,
    answers: Mapping[str, Any],
    *,
    on: date,
    figures: Mapping[str, int | None] | None = None,
) -> list[Option]:
    """The ways open to somebody who only wants to know; nothing is stored."""
    facts = TriageFacts(
        cause=cause, on=on, amount_fen=amount_fen, answers=answers, figures=figures or pack.figures()
    )
    return list(propose(facts).options)


def signs(cause: Cause, answers: Mapping[str, Any]) -> frozenset[str]:
    """What the answers to an element form tell."""
    return frozenset(
        choice.sign
        for element in cause.elements
        for choice in element.options
        if choice.sign and answers.get(element.key) == choice.key
    )


def _cause(facts: TriageFacts) -> Cause:
    causes = pack.load().causes
    return causes.get(facts.cause, causes["other"])


def _track(facts: TriageFacts) -> Track:
    return pack.default_track(facts.on, complaint=facts.complaint)


def _signs(facts: TriageFacts) -> frozenset[str]:
    return signs(_cause(facts), facts.answers)


def _holds(rule: TriageRule, facts: TriageFacts) -> bool:
    return TESTS[rule.id](facts) or any(cry in facts.story for cry in rule.cries)


def _payable(facts: TriageFacts) -> bool:
    """A clear money debt, due, of a debtor who can be served inside the country."""
    due_on = str(facts.answers.get("due_on") or "")
    return (
        "payment-order" in _cause(facts).routes
        and facts.amount_fen > 0
        and facts.reachable
        and not facts.foreign
        and "in-writing" in _signs(facts)
        and due_on <= facts.on.isoformat()
    )


def _within_wages(facts: TriageFacts, above: str, most: str) -> bool:
    """Between these shares of the province's average wage of last year, in millionths (CPL-165)."""
    wage, low, high = (facts.figures.get(key) for key in ("P-WAGE", above, most))
    return (
        wage is not None
        and "small-claims" in _cause(facts).routes
        and (low or 0) * wage < facts.amount_fen * _MILLION <= (high or 0) * wage
        and facts.reachable
        and not facts.foreign
        and "appraisal" not in _signs(facts)
    )


TESTS: dict[str, Callable[[TriageFacts], bool]] = {
    "TR-SCOPE": lambda f: not f.in_scope,
    "TR-RISK": lambda f: "risk" in _signs(f),
    "TR-REGISTER": lambda f: f.complaint and pack.load().tracks[_track(f)].registers_first,
    "TR-UNSUITABLE": lambda f: _cause(f).unsuitable,
    "TR-REFUSED": lambda f: f.refuses,
    "TR-ARBITRATION": lambda f: f.arbitration_clause,
    "TR-LABOUR": lambda f: "unarbitrated" in _signs(f) and "in-writing" not in _signs(f),
    "TR-UNREACHABLE": lambda f: not f.reachable,
    "TR-APPRAISAL": lambda f: "appraisal" in _signs(f),
    "TR-FIRST": lambda f: _cause(f).mediate_first,
    "TR-PAYMENT-ORDER": _payable,
    "TR-SMALL": lambda f: _within_wages(f, "", "P-SMALL"),
    "TR-SMALL-AGREED": lambda f: _within_wages(f, "P-SMALL", "P-SMALL-AGREED"),
    "TR-BATCH": lambda f: f.alike >= BATCH,
    "TR-FOREIGN": lambda f: f.foreign,
    "TR-RELATED": lambda f: f.related > 0,
    "TR-CARE": lambda f: f.needs_care,
    "TR-PRIVATE": lambda f: _cause(f).sensitive,
    "TR-DEFAULT": lambda f: not (_cause(f).mediate_first or _cause(f).unsuitable),
}

_REASON_OF = {"payment-order": ("TR-PAYMENT-ORDER",), "small-claims": ("TR-SMALL", "TR-SMALL-AGREED")}


def _reason(rule: TriageRule) -> Reason:
    return Reason(rule.id, rule.words, pack.cite(rule.articles), rule.route, rule.flag)


def _options(facts: TriageFacts, reasons: tuple[Reason, ...], proposed: str) -> tuple[Option, ...]:
    """The proposed way first, then what else the cause has, in its order."""
    keys = dict.fromkeys((proposed, *(r.route for r in reasons if r.route), *_cause(facts).routes))
    open_ways = [key for key in keys if key == proposed or _is_open(key, facts)]
    return tuple(_option(pack.load().routes[key], facts, reasons, proposed) for key in open_ways)


def _is_open(route: str, facts: TriageFacts) -> bool:
    if route == "small-claims":
        known = facts.figures.get("P-WAGE") is not None  # of last year: not published yet
        return facts.amount_fen > 0 and (not known or _within_wages(facts, "", "P-SMALL-AGREED"))
    if route == "payment-order":
        return _payable(facts) or (facts.amount_fen > 0 and not facts.answers)
    return not (facts.refuses and route in ("mediate", "appraisal-mediate"))


def _option(route: Route, facts: TriageFacts, reasons: tuple[Reason, ...], proposed: str) -> Option:
    fee = _fee(route.fee, facts)
    speaking = _REASON_OF.get(route.key, ())
    return Option(
        route=route.key,
        act=route.act,
        name=route.name,
        what=route.what,
        cost=route.cost,
        time=route.time,
        materials=(*_cause(facts).materials, *route.materials),
        article=pack.cite(route.articles),
        fee_low_fen=fee[0],
        fee_high_fen=fee[1],
        reasons=tuple(r for r in reasons if r.route == route.key or r.id in speaking),
        proposed=route.key == proposed,
    )


def _fee(share: str, facts: TriageFacts) -> tuple[int, int]:
    if share in ("", "free"):
        return 0, 0
    if share == "third":
        fee = fees.payment_order(facts.amount_fen)
        return fee.low_fen, fee.high_fen
    full = fees.of(_cause(facts).fee, facts.amount_fen)
    half = fees.halved(full)
    return half.low_fen, half.high_fen if share == "halved" else full.high_fen
