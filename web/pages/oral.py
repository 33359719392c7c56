"""An agreement by word of mouth on the page of a case."""

from __future__ import annotations

from starlette.responses import Response

from odr.actions import oral
from web.ask import Ask
from web.forms import oral as forms
from web.words import say


def record_send(ask: Ask) -> Response:
    form = ask.form(forms.Record)
    with ask.once() as s:
        oral.record(
            s,
            ask.id("case"),
            by=ask.actor,
            at=ask.now,
            contents=form.contents.splitlines(),
            performed=form.performed,
            perform_by=form.perform_by,
        )
        return ask.see(f"/cases/{ask.id('case')}", say=say("已记录，等待各方确认。"))


def answer_send(ask: Ask) -> Response:
    form = ask.form(forms.Answer)
    with ask.once() as s:
        oral.answer(s, ask.id("case"), by=ask.actor, at=ask.now, agrees=form.yes)
        done = say("您已确认口头协议。") if form.yes else say("已告知调解员：您要求书面协议。")
        return ask.see(f"/cases/{ask.id('case')}", say=done)
