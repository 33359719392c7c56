"""The court's headline figures: value, formula, numerator and denominator, and every case behind them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from babel.numbers import format_decimal
from starlette.responses import Response

from odr import clock, sheets
from odr.errors import NotFound
from odr.queries import ledger
from odr.queries.ledger import Ledger
from odr.rules import access, periods
from odr.rules.books import Ref
from odr.rules.figures import BY_KEY, FIGURES, Count, Figure
from odr.rules.periods import Period
from odr.rules.words import Do
from web import charts
from web.ask import Ask
from web.words import language, say

TREND = 6  # periods, the chosen one included
PAGE = 50
OFFERED = {"month": 13, "quarter": 6, "year": 3}
GAP = 0.1  # between the sides' satisfaction: more than this is worth a look
SHEETS = {"xlsx": sheets.XLSX, "csv": sheets.CSV}

# Where the thing behind a figure is shown, and what one must be allowed to do to see it
PLACES: dict[str, tuple[str, Do]] = {
    "case": ("/cases/", Do.SEE_CASE),
    "dispute": ("/disputes/", Do.SEE_DISPUTE),
    "confirmation": ("/confirmations/", Do.SEE_CONFIRMATION),
    "mediator": ("/roster/mediators/", Do.READ_PUBLIC),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure in a period, with the periods before it."""

    figure: Figure
    count: Count
    trend: tuple[tuple[Period, Count], ...]  # oldest first
    line: charts.Line


def board(ask: Ask) -> Response:
    period = _period(ask)
    found = _ledger(ask, period)
    shown = [_shown(figure, found, period) for figure in FIGURES]
    values = {one.figure.key: one.count.value for one in shown}
    return ask.page(
        "figures/board.html",
        shown=shown,
        period=period,
        gap=_gap(values["good-applicant"], values["good-respondent"]),
        **_words(ask),
    )


def show(ask: Ask) -> Response:
    """One figure with everything it was counted from."""
    figure, period = _figure(ask), _period(ask)
    one = _shown(figure, _ledger(ask, period), period)
    pages = max(1, -(-len(one.count.items) // PAGE))
    page = min(ask.page_asked, pages)
    return ask.page(
        "figures/show.html",
        one=one,
        period=period,
        items=one.count.items[(page - 1) * PAGE : page * PAGE],
        page=page,
        pages=pages,
        place=_place(ask),
        **_words(ask),
    )


def export(ask: Ask) -> Response:
    """All figures of the period as a sheet."""
    period = _period(ask)
    found = _ledger(ask, period)
    heads = ("指标", "口径", "口径版本", "期间", "分子", "分母", "结果", "另列件数", "另列说明")
    rows = [_cells(figure, found.count(figure, period), period) for figure in FIGURES]
    return sheet(ask, f"统计_{period.key}", [say(head) for head in heads], rows)


def export_one(ask: Ask) -> Response:
    """Everything one figure was counted from, as a sheet."""
    figure, period = _figure(ask), _period(ask)
    count = _ledger(ask, period).count(figure, period)
    rows = [[item.ref.name, number(item.above), number(item.below)] for item in count.items]
    rows += [[ref.name, "", say("另列")] for ref in count.left_out]
    return sheet(
        ask, f"{figure.key}_{period.key}", [say("案号或者姓名"), say("计入分子"), say("计入分母")], rows
    )


def number(value: float) -> str:
    """A count as a whole number, a sum of days with one digit."""
    return format_decimal(float(value), "#,##0.#", locale=language.get())  # a yes or no counts 1 or 0


def value_of(figure: Figure, value: float | None) -> str:
    """The figure's value with its unit; nothing to count is no value."""
    if value is None:
        return "—"
    if figure.unit == "share":
        return f"{format_decimal(value * 100, '0.0', locale=language.get())}%"
    unit = "%(number)s 天" if figure.unit == "days" else "%(number)s 件"
    return say(unit, number=format_decimal(value, "0.0", locale=language.get()))


def period_name(period: Period) -> str:
    """A period as readers call it."""
    first = period.first
    if period.kind == "month":
        return say("%(year)d 年 %(month)d 月", year=first.year, month=first.month)
    if period.kind == "quarter":
        return say("%(year)d 年第 %(quarter)d 季度", year=first.year, quarter=(first.month + 2) // 3)
    return say("%(year)d 年", year=first.year)


def _cells(figure: Figure, count: Count, period: Period) -> list[str]:
    return [
        say(figure.name),
        say(figure.formula),
        figure.version,
        period.key,
        number(count.above),
        number(count.below),
        value_of(figure, count.value),
        str(len(count.left_out)),
        say(figure.left),
    ]


def _shown(figure: Figure, found: Ledger, period: Period) -> Shown:
    spans = [period.back(n) for n in range(TREND - 1, -1, -1)]
    trend = tuple((span, found.count(figure, span)) for span in spans)
    top = 1.0 if figure.unit == "share" else None
    return Shown(figure, trend[-1][1], trend, charts.line([count.value for _, count in trend], top=top))


def _ledger(ask: Ask, period: Period) -> Ledger:
    with ask.reading() as s:
        return ledger.of(s, ask.actor.court_id or "", period.back(TREND - 1), period, now=ask.now)


def _figure(ask: Ask) -> Figure:
    figure = BY_KEY.get(ask.id("figure"))
    if figure is None:
        raise NotFound(kind="figure")
    return figure


def _period(ask: Ask) -> Period:
    """The period asked for; else this month."""
    return periods.of(ask.query.get("period", "")) or periods.around(clock.court_date(ask.now), "month")


def _gap(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and abs(one - other) > GAP


def _place(ask: Ask) -> Callable[[Ref], str]:
    """Where a reader may look at a thing; empty if they may not."""

    def place(ref: Ref) -> str:
        path, do = PLACES[ref.kind]
        return f"{path}{ref.id}" if access.may(do, ask.hats) else ""

    return place


def _words(ask: Ask) -> dict[str, object]:
    today = clock.court_date(ask.now)
    offered = [periods.around(today, kind).back(n) for kind, count in OFFERED.items() for n in range(count)]
    return {
        "number": number,
        "value_of": value_of,
        "period_name": period_name,
        "periods": [(period.key, period_name(period)) for period in offered],
        "size": (charts.WIDTH, charts.HEIGHT),
    }


def sheet(ask: Ask, name: str, heads: list[str], rows: list[list[str]]) -> Response:
    """A table as the kind of file asked for in the path."""
    kind = ask.id("kind")
    if kind not in SHEETS:
        raise NotFound(kind=kind)
    data = sheets.xlsx(heads, rows, title="统计") if kind == "xlsx" else sheets.csv_text(heads, rows)
    return ask.file(data, SHEETS[kind], f"{name}.{kind}")
