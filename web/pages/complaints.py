"""Complaints about mediators: the court's list, and its answer to each."""

from __future__ import annotations

from starlette.responses import Response

from odr.actions import complaints
from odr.queries import complaints as reading
from web.ask import Ask
from web.forms import complaints as forms
from web.words import say


def queue(ask: Ask) -> Response:
    """One at a time is answered: the one asked for, or the oldest that waits."""
    with ask.reading() as s:
        found = reading.queue(s, ask.actor)
    oldest = next((one.id for one in found if one.answered_at is None), "")
    chosen = ask.params.get("complaint") or ask.query.get("one") or oldest
    return ask.page("staff/complaints.html", found=found, chosen=chosen)


def answer_send(ask: Ask) -> Response:
    form = ask.form(forms.Answer)
    with ask.once() as s:
        complaints.answer(
            s,
            ask.id("complaint"),
            by=ask.actor,
            at=ask.now,
            findings=form.findings,
            decisions=form.lines,
        )
        return ask.see("/complaints", say=say("处理决定已作出，投诉人会收到决定书。"))
