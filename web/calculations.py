"""Sums told line by line: what a calculator answers, each line with the article it rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData

from odr import clock
from odr.errors import BadInput
from odr.rules import clocks, fees, instalments, interest, pack
from odr.rules.calendar import Calendar
from odr.rules.words import Track
from web.forms import calculators as forms
from web.words import day, moment, say, yuan


@dataclass(frozen=True, slots=True)
class Line:
    """One step of a sum."""

    words: str
    how: str
    amount: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The result in one line, the way to it, and what it rests on."""

    result: str
    lines: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()
    articles: str = ""
    told: Mapping[str, Any] | None = None  # a deadline's own explanation
    heads: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True)
class Basis:
    """What a court counts with: its working calendar and the published figures it has entered."""

    days: Calendar
    figures: Mapping[str, int | None]


def of(what: str, query: Mapping[str, str], basis: Basis) -> Answer:
    """The answer of one calculator; BadInput names the field that is wrong."""
    return _CALCULATORS[what](FormData(list(query.items())), basis)


def percent(ppm: int) -> str:
    """Millionths as a percentage, without needless zeros."""
    return f"{ppm / 10_000:.4f}".rstrip("0").rstrip(".") + "%"


def figure(key: str, value: int | None) -> str:
    """A published figure as people read it."""
    match pack.load().parameters[key].unit:
        case _ if value is None:
            return ""
        case "fen":
            return yuan(value)
        case "times":
            return say("%(n)d 倍", n=value)
        case "millionth-a-day":
            return say("每日 %(rate)s", rate=percent(value))
    return percent(value or 0)


def read_figure(key: str, text: str) -> int:
    """A figure as people type it: yuan, a number of times, or a percentage."""
    row = pack.load().parameters.get(key)
    if row is None:
        raise BadInput(key="choose-one")
    try:
        return forms.figure(row.unit, text)
    except ValueError as wrong:
        raise BadInput(value=str(wrong)) from None


def _fee(sent: FormData, _basis: Basis) -> Answer:
    form = forms.Fee.read(sent)
    full = (
        fees.payment_order(form.amount) if form.kind == "payment-order" else fees.of(form.kind, form.amount)
    )
    fee = fees.halved(full) if form.halved and full.share == 1 and form.kind in HALVED else full
    lines = [_band(step) for step in fee.steps]
    if form.kind == "preservation" and sum(s.fee_fen for s in fee.steps) > fee.low_fen:
        lines.append(Line(say("保全申请费最高限额"), "", yuan(fee.low_fen)))
    if fee.share > 1:
        lines += [Line(say("合计"), "", _range(full))] if fee.share == 2 and len(lines) > 1 else []
        words = say("减半交纳（只减半一次）") if fee.share == 2 else say("支付令按三分之一交纳")
        lines.append(Line(words, f"÷ {fee.share}", _range(fee)))
    notes = () if fee.fixed else (say("在这个范围内由法院确定。"),)
    return Answer(_range(fee), tuple(lines), notes, pack.cite(fee.articles), heads=_fee_heads())


HALVED = ("property", "labour", "divorce", "personality", "ip", "other")


def _fee_heads() -> tuple[str, str, str]:
    return say("这一段金额"), say("费率"), say("费用")


def _band(step: fees.Step) -> Line:
    rate = f"{step.rate / 100:g}%" if step.rate else say("定额")
    return Line(yuan(step.part_fen), rate, yuan(step.fee_fen))


def _range(fee: fees.Fee) -> str:
    return yuan(fee.low_fen) if fee.fixed else f"{yuan(fee.low_fen)} – {yuan(fee.high_fen)}"


def _interest(sent: FormData, basis: Basis) -> Answer:
    form = forms.Interest.read(sent)
    published = basis.figures["P-LPR"] or 0
    lpr = (published if form.lpr is None else form.lpr) if form.loan else None
    found = interest.simple(form.amount, form.rate, form.first, form.until, lpr=lpr, figures=basis.figures)
    notes = [say("一年按 365 天计算；起息日计入，还款日不计入。")]
    if found.capped and found.cap is not None:
        notes.insert(
            0,
            say(
                "约定的年利率 %(asked)s 超过一年期贷款市场报价利率的四倍（%(cap)s），超过部分法院不予支持，按 %(cap)s 计算。",
                asked=percent(found.asked),
                cap=percent(found.cap),
            ),
        )
    lines = tuple(_span(span, percent(found.rate) + " ÷ 365") for span in found.spans)
    return Answer(yuan(found.fen), lines, tuple(notes), pack.cite(found.articles), heads=_interest_heads())


def _late(sent: FormData, basis: Basis) -> Answer:
    form = forms.Late.read(sent)
    payments = ((form.part_on, form.part),) if form.part and form.part_on else ()
    found = interest.late(form.amount, form.due_on, form.paid_on, payments=payments, figures=basis.figures)
    lines = tuple(_span(span, say("每日 %(rate)s", rate=percent(found.rate))) for span in found.spans)
    notes = (
        say("自履行期间届满的次日起计算到实际履行之日。"),
        say("这是加倍部分；法律文书或者协议约定的利息另外计算。"),
    )
    return Answer(yuan(found.fen), lines, notes, pack.cite(found.articles), heads=_interest_heads())


def _interest_heads() -> tuple[str, str, str]:
    return say("期间"), say("本金 × 利率 × 天数"), say("利息")


def _span(span: interest.Span, rate: str) -> Line:
    words = say("%(first)s 至 %(until)s", first=day(span.first), until=day(span.until))
    how = say(
        "%(principal)s × %(rate)s × %(n)d 天", principal=yuan(span.principal_fen), rate=rate, n=span.days
    )
    return Line(words, how, yuan(span.fen))


def _plan(sent: FormData, basis: Basis) -> Answer:
    form = forms.Plan.read(sent)
    parts = instalments.plan(form.amount, form.times, form.first, every=form.every, down_fen=form.down)
    lines = tuple(
        Line(say("第 %(n)d 期：%(on)s", n=p.number, on=day(p.due_on)), yuan(p.left_fen), yuan(p.fen))
        for p in parts
    )
    notes = [say("各期相加正好等于总额；除不尽的部分放在最后一期。")]
    if any(not basis.days.is_working(part.due_on) for part in parts):
        notes.append(say("有的日期是休息日，可以约定在之前的工作日付款。"))
    heads = (say("期次和日期"), say("付后尚欠"), say("本期金额"))
    result = say("%(n)d 期，共 %(sum)s", n=len(parts), sum=yuan(form.amount))
    return Answer(result, lines, tuple(notes), heads=heads)


def _deadline(sent: FormData, basis: Basis) -> Answer:
    form = forms.Period.read(sent)
    due = clocks.due(form.rule, clock.from_court(form.since), track=Track.PARTY_APPLIED, days=basis.days)
    return Answer(moment(due.due_at), told=due.explanation)


_CALCULATORS: dict[str, Callable[[FormData, Basis], Answer]] = {
    "fee": _fee,
    "interest": _interest,
    "plan": _plan,
    "late": _late,
    "deadline": _deadline,
}
WHAT = tuple(_CALCULATORS)
