"""What has been kept long enough: one person asks that it be destroyed, another approves."""

from __future__ import annotations

from starlette.responses import Response

from odr import clock
from odr.actions import disposal
from odr.queries import retention as reading
from odr.rules import access
from odr.rules.words import Do
from web.ask import Ask
from web.forms import retention as forms
from web.words import say


def listing(ask: Ask) -> Response:
    """What waits, what is held longer, and what was destroyed."""
    with ask.reading() as s:
        found = reading.of_court(s, ask.actor, clock.court_date(ask.now))
    chosen = ask.params.get("disposal") or ask.query.get("keep", "")
    acts = {"ask": Do.ASK_DISPOSAL, "keep": Do.KEEP_LONGER, "approve": Do.APPROVE_DISPOSAL}
    may = {name: access.may(do, ask.hats) for name, do in acts.items()}
    return ask.page("staff/retention.html", found=found, chosen=chosen, may=may)


def ask_send(ask: Ask) -> Response:
    with ask.once() as s:
        disposal.ask(s, ask.id("disposal"), by=ask.actor, at=ask.now)
        return ask.see("/retention", say=say("已提请销毁，等待审批。"))


def keep_send(ask: Ask) -> Response:
    form = ask.form(forms.Keep)
    with ask.once() as s:
        disposal.keep(s, ask.id("disposal"), by=ask.actor, at=ask.now, until=form.until, reason=form.reason)
        return ask.see("/retention", say=say("已记录继续保管，到期后会再次列出。"))


def approve_send(ask: Ask) -> Response:
    with ask.once() as s:
        disposal.approve(s, ask.id("disposal"), by=ask.actor, at=ask.now)
        return ask.see("/retention", say=say("已批准，正在销毁。"))
