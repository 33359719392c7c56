"""Calculators anybody may use: court fees, interest, instalments, late performance, deadlines. Nothing is kept."""

from __future__ import annotations

from starlette.responses import Response

from odr import calendars
from odr.errors import BadInput, NotFound
from odr.rules import pack
from web import calculations
from web.ask import Ask
from web.forms.calculators import KINDS


def show(ask: Ask) -> Response:
    """One calculator at a time, its question and its answer in one address."""
    what = ask.params.get("what", "fee")
    if what not in calculations.WHAT:
        raise NotFound()
    answer = _answer(ask, what) if ask.query else None
    return ask.page(
        "law/calculators.html",
        what=what,
        answer=answer,
        kinds=KINDS,
        fees=pack.load().fees,
        clocks=pack.load().clocks.values(),
        lpr=calculations.percent(pack.load().parameters["P-LPR"].value or 0),
    )


def _answer(ask: Ask, what: str) -> calculations.Answer | None:
    with ask.reading() as s:
        days = calendars.known(s)
    try:
        return calculations.of(what, ask.query, days)
    except BadInput as wrong:
        ask.errors, ask.status = {name: str(code) for name, code in wrong.details.items()}, wrong.status
        return None
