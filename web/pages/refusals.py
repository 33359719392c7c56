"""The quarterly report of refused confirmations, as a page and as a sheet (JCR-12)."""

from __future__ import annotations

from starlette.responses import Response

from odr import clock
from odr.queries import refusals
from odr.queries.refusals import Refusal
from odr.rules import periods
from odr.rules.periods import Period
from web.ask import Ask
from web.labels import label, told
from web.pages.figures import period_name, sheet
from web.words import say

OFFERED = 8
HEADS = ("调解组织", "案号", "案由", "结果", "事由", "日期")


def board(ask: Ask) -> Response:
    period = _period(ask)
    today = clock.court_date(ask.now)
    offered = [periods.around(today, "quarter").back(n) for n in range(OFFERED)]
    return ask.page(
        "figures/refusals.html",
        rows=_rows(ask, period),
        period=period,
        when=period_name(period),
        periods=[(one.key, period_name(one)) for one in offered],
    )


def export(ask: Ask) -> Response:
    period = _period(ask)
    cells = [
        [
            row.organisation,
            row.number,
            told(row.cause),
            label(row.kind),
            told(row.ground) if row.ground else "",
            row.on.isoformat(),
        ]
        for row in _rows(ask, period)
    ]
    return sheet(ask, f"{say('司法确认未予确认情况')}_{period.key}", [say(head) for head in HEADS], cells)


def _rows(ask: Ask, period: Period) -> list[Refusal]:
    with ask.reading() as s:
        return refusals.of(s, ask.actor.court_id or "", period)


def _period(ask: Ask) -> Period:
    """The quarter asked for; else the one that ended last, which is the one to report."""
    around = periods.around(clock.court_date(ask.now), "quarter")
    return periods.of(ask.query.get("period", "")) or around.back(1)
