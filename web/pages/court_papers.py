"""民事调解书: asked for on the page of the agreement, made or refused by a judge of the court."""

from __future__ import annotations

from starlette.responses import Response

from odr.actions import court_papers
from odr.queries import court_papers as reading
from web.ask import Ask
from web.forms import court_papers as forms
from web.labels import grounds
from web.words import say


def ask_send(ask: Ask) -> Response:
    with ask.once() as s:
        court_papers.ask(s, ask.id("agreement"), by=ask.actor, at=ask.now)
        return ask.see(f"/agreements/{ask.id('agreement')}", say=say("已向法院申请制作民事调解书。"))


def queue(ask: Ask) -> Response:
    """One wish at a time: the one that was answered wrongly, or asked for, else the oldest."""
    with ask.reading() as s:
        found = reading.queue(s, ask.actor)
    wanted = ask.params.get("court_paper") or ask.query.get("one")
    chosen = next(
        (one for one in found if wanted in (one.id, None)), None
    )  # never another's with what was typed
    return ask.page(
        "confirmation/court_papers.html",
        found=found,
        chosen=chosen,
        grounds=grounds(court_papers.REFUSALS),
    )


def issue_send(ask: Ask) -> Response:
    form = ask.form(forms.Issue)
    with ask.once() as s:
        court_papers.issue(
            s,
            ask.id("court_paper"),
            by=ask.actor,
            at=ask.now,
            brief=form.brief,
            procedure=form.procedure,
            fee_rule=form.fee_rule,
        )
        return ask.see("/court-papers", say=say("民事调解书正在制作，盖章后送达各方。"))


def refuse_send(ask: Ask) -> Response:
    form = ask.form(forms.Refuse)
    with ask.once() as s:
        court_papers.refuse(
            s, ask.id("court_paper"), by=ask.actor, at=ask.now, ground=form.ground, reason=form.reason
        )
        return ask.see("/court-papers", say=say("已决定不予制作，各方会收到通知。"))
