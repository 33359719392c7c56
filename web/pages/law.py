"""The law in the open: every rule for anybody, and for the court what it narrows and its working calendar."""

from __future__ import annotations

from starlette.responses import Response

from odr import clock
from odr.actions import law as actions
from odr.queries import law as reading
from odr.rules import pack, register
from web import calculations
from web.ask import Ask
from web.forms import law as forms
from web.words import say


def rules(ask: Ask) -> Response:
    """Every rule of the pack with its articles, its days and its mark."""
    kind = ask.query.get("kind", "clock")
    kind = kind if kind in register.KINDS else ""
    with ask.reading() as s:
        since = reading.since(s)
    return ask.page(
        "law/rules.html",
        listing=reading.rules(kind, unconfirmed=ask.query.get("mark") == "confirm"),
        kind=kind,
        kinds=register.KINDS,
        mark=ask.query.get("mark", ""),
        since=since,
        cite=pack.cite,
    )


def own(ask: Ask) -> Response:
    """What this court promises below the law's periods."""
    today = clock.court_date(ask.now)
    with ask.reading() as s:
        return ask.page(
            "law/own.html",
            promises=reading.promises(s, ask.actor.court_id or "", today),
            clocks=[row for row in pack.load().clocks.values() if row.narrowable or row.extra_by],
            today=today,
            figures=reading.figures(s, ask.actor.court_id or "", today),
            in_words=calculations.figure,
        )


def narrow_send(ask: Ask) -> Response:
    form = ask.form(forms.Narrow)
    with ask.once() as s:
        actions.narrow(
            s,
            form.rule,
            by=ask.actor,
            at=ask.now,
            length=form.length,
            extra_days=form.extra_days,
            reason=form.reason,
            from_on=form.from_on,
            until_on=form.until_on,
        )
        return ask.see("/court/rules", say=say("已保存。此后开始计算的期限按本院规定，已经在计算的不变。"))


def figure_send(ask: Ask) -> Response:
    form = ask.form(forms.Figure)
    with ask.once() as s:
        actions.enter(
            s,
            form.key,
            calculations.read_figure(form.key, form.value),
            by=ask.actor,
            at=ask.now,
            reason=form.source,
            from_on=form.counts_from,
        )
        return ask.see("/court/rules", say=say("数值已录入，自该日起适用。"))


def lift_send(ask: Ask) -> Response:
    with ask.once() as s:
        actions.lift(s, ask.id("override"), by=ask.actor, at=ask.now)
        return ask.see("/court/rules", say=say("已停用，恢复法定期限。"))


def calendar(ask: Ask) -> Response:
    with ask.reading() as s:
        years = reading.years(s)
    waiting = next((one.row for one in years if one.row.provisional), None)
    return ask.page("law/calendar.html", years=years, draft=_draft(waiting.year) if waiting else "")


def calendar_send(ask: Ask) -> Response:
    form = ask.form(forms.Notice)
    with ask.once() as s:
        moved = actions.import_years(s, form.text, by=ask.actor, at=ask.now)
        words = say("放假安排已导入，%(n)d 个期限重新计算后有变化。", n=len(moved))
        return ask.see("/court/calendar", say=words)


def _draft(year: int) -> str:
    """The provisional year in the form of a notice, to be corrected against the printed one."""
    row = pack.load().years[year]
    days = ",\n".join(
        f'    {{ name = "{h.name}", days = [{", ".join(str(d) for d in h.days)}] }}' for h in row.holidays
    )
    return (
        f'[[year]]\nyear = {year}\nversion = "{year}-1"\nnotice = ""\nprovisional = false\n'
        f"workdays = [{', '.join(str(d) for d in row.workdays)}]\nholidays = [\n{days},\n]\n"
    )
