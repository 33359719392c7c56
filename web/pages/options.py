"""What are my options: routes, cost, time and materials for a kind of dispute. Nothing is stored or predicted."""

from __future__ import annotations

from starlette.responses import Response

from odr import clock, overrides
from odr.queries import courts
from odr.rules import fees, pack, triage
from odr.rules.law import Cause, Element
from web.ask import Ask
from web.forms.filing import fen

# What a person without an account is asked about first; the rest stands below
FIRST = ("private-lending", "property-service", "labour-pay", "labour-service")


def show(ask: Ask) -> Response:
    """One question a page, all answers in the address: the kind of dispute, what matters, the amount; then the ways."""
    cause = pack.load().causes.get(ask.query.get("cause", ""))
    if cause is None:
        return ask.page("options/cause.html", causes=_causes())
    asked = questions(cause)
    answers = {key: ask.query[key] for key in ask.query if key in {e.key for e in asked}}
    left = next((e for e in asked if e.key not in answers), None)
    if left is not None:
        at = len(asked) - sum(e.key not in answers for e in asked) + 2
        return ask.page(
            "options/question.html", cause=cause, element=left, answers=answers, at=at, total=len(asked) + 2
        )
    if "amount" not in ask.query:
        return _amount(ask, cause, answers)
    try:
        amount = fen(ask.query["amount"]) if ask.query["amount"].strip() else 0
    except ValueError as error:
        ask.errors, ask.status = {"amount": str(error)}, 422
        return _amount(ask, cause, answers)
    return _ways(ask, cause, answers, amount)


def questions(cause: Cause) -> tuple[Element, ...]:
    """Only the questions whose answer opens or closes a way."""
    return tuple(e for e in cause.elements if e.type == "choice" and any(o.sign for o in e.options))


def _amount(ask: Ask, cause: Cause, answers: dict[str, str]) -> Response:
    total = len(questions(cause)) + 2
    return ask.page("options/amount.html", cause=cause, answers=answers, total=total)


def _ways(ask: Ask, cause: Cause, answers: dict[str, str], amount: int) -> Response:
    today = clock.court_date(ask.now)
    with ask.reading() as s:
        court = courts.concerned(s, ask.actor.court_id)
        figures = overrides.figures(s, court.id if court else None, today)
    ways = triage.options(cause.key, amount, answers, on=today, figures=figures)
    return ask.page(
        "options/ways.html",
        cause=cause,
        ways=sorted(ways, key=lambda way: way.route not in cause.routes),
        amount=amount,
        fee=fees.of(cause.fee, amount),
        answered=[
            (e.label, next(o.label for o in e.options if o.key == answers[e.key]))
            for e in questions(cause)
            if answers.get(e.key) in {o.key for o in e.options}
        ],
    )


def _causes() -> list[Cause]:
    causes = pack.load().causes
    return [causes[key] for key in FIRST] + [c for key, c in causes.items() if key not in FIRST]
