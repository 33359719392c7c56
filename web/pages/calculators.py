"""Calculators anybody may use: court fees, interest, instalments, late performance, deadlines. Nothing is kept."""

from __future__ import annotations

from starlette.responses import Response

from odr import calendars, clock, overrides
from odr.errors import BadInput, NotFound
from odr.queries import courts
from odr.rules import pack
from web import calculations
from web.ask import Ask
from web.forms.calculators import KINDS


def show(ask: Ask) -> Response:
    """One calculator at a time, its question and its answer in one address."""
    what = ask.params.get("what", "fee")
    if what not in calculations.WHAT:
        raise NotFound()
    with ask.reading() as s:
        court = courts.concerned(s, ask.actor.court_id)
        figures = overrides.figures(s, court.id if court else None, clock.court_date(ask.now))
        basis = calculations.Basis(calendars.known(s), figures)
    answer = _answer(ask, what, basis) if ask.query else None
    return ask.page(
        "law/calculators.html",
        what=what,
        answer=answer,
        kinds=KINDS,
        fees=pack.load().fees,
        clocks=pack.load().clocks.values(),
        lpr=calculations.percent(figures["P-LPR"] or 0),
    )


def _answer(ask: Ask, what: str, basis: calculations.Basis) -> calculations.Answer | None:
    try:
        return calculations.of(what, ask.query, basis)
    except BadInput as wrong:
        ask.errors, ask.status = {name: str(code) for name, code in wrong.details.items()}, wrong.status
        return None
