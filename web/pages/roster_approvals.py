"""The court's queue of roster changes: before and after, approve or refuse, take back within a week."""

from __future__ import annotations

from starlette.responses import Response

from odr.actions import roster_approval as actions
from odr.errors import BadInput
from odr.queries import roster_office
from web import roster_words
from web.ask import Ask
from web.forms import roster as forms
from web.words import say


def queue(ask: Ask) -> Response:
    with ask.reading() as s:
        return ask.page(
            "roster/approvals.html",
            waiting=roster_office.queue(s, ask.actor),
            lately=roster_office.lately(s, ask.actor, ask.now),
            words=roster_words,
        )


def batch(ask: Ask) -> Response:
    with ask.reading() as s:
        return ask.page(
            "roster/batch.html",
            batch=roster_office.batch(s, ask.id("batch"), ask.actor, page=ask.page_asked),
            words=roster_words,
        )


def approve(ask: Ask) -> Response:
    form = ask.form(forms.Decision)
    with ask.once() as s:
        done = actions.approve(s, ask.id("batch"), by=ask.actor, at=ask.now, only=_only(form), link=form.link)
        return ask.see("/roster-approvals", say=say("已通过 %(count)d 项，名册已更新。", count=len(done)))


def refuse(ask: Ask) -> Response:
    form = ask.form(forms.Decision)
    with ask.once() as s:
        done = actions.refuse(
            s, ask.id("batch"), by=ask.actor, at=ask.now, only=_only(form), reason=form.reason
        )
        return ask.see(
            "/roster-approvals", say=say("已退回 %(count)d 项，理由已告知调解组织。", count=len(done))
        )


def undo(ask: Ask) -> Response:
    form = ask.form(forms.Undo)
    with ask.once() as s:
        actions.undo(s, ask.id("batch"), by=ask.actor, at=ask.now, reason=form.reason)
        return ask.see("/roster-approvals", say=say("已撤销，名册恢复到审核之前。"))


def _only(form: forms.Decision) -> list[str]:
    if form.which == "ticked" and not form.change:
        raise BadInput(change="choose-one")
    return form.change if form.which == "ticked" else []
