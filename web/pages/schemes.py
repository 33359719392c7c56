"""The written scheme on the page of a case: offered, agreed to, served, objected to."""

from __future__ import annotations

from starlette.responses import Response

from odr.actions import paper_objections, schemes
from odr.queries import schemes as reading
from web.ask import Ask
from web.forms import schemes as forms
from web.pages import evidence
from web.words import say


def offer_send(ask: Ask) -> Response:
    form = ask.form(forms.Offer)
    with ask.once() as s:
        schemes.offer(s, ask.id("case"), by=ask.actor, at=ask.now, gap=form.gap, known=form.lines)
        return ask.see(ask.path_of("case"), say=say("已征求各方意见。各方都同意后，可以送达方案。"))


def agree_send(ask: Ask) -> Response:
    form = ask.form(forms.Agree)
    with ask.once() as s:
        schemes.agree(
            s, ask.id("case"), by=ask.actor, at=ask.now, agrees=form.yes, understood=form.understood
        )
        done = say("已记录：您同意采用书面方案。") if form.yes else say("已记录：您不同意，调解继续。")
        return ask.see(ask.path_of("case"), say=done)


def serve_send(ask: Ask) -> Response:
    with ask.once() as s:
        schemes.serve(s, ask.id("case"), by=ask.actor, at=ask.now)
        return ask.see(ask.path_of("case"), say=say("方案正在制作，盖章后送达各方，收到后开始计算七日。"))


def object_send(ask: Ask) -> Response:
    form = ask.form(forms.Objection)
    with ask.once() as s:
        schemes.object_to(s, ask.id("case"), by=ask.actor, at=ask.now, text=form.text)
        return ask.see(ask.path_of("case"), say=say("异议已记录，方案不生效，调解结束。"))


def paper_send(ask: Ask) -> Response:
    form, scan = ask.form(forms.OnPaper), evidence.kept(ask)
    with ask.once() as s:
        paper_objections.record(
            s,
            ask.id("case"),
            by=ask.actor,
            at=ask.now,
            party_id=form.party_id,
            given_on=form.given_on,
            scan=scan,
        )
        return ask.see(ask.path_of("case"), say=say("异议已登记，方案不生效，调解结束。"))


def paper(ask: Ask) -> Response:
    """The scan of an objection that came on paper, only ever as a download."""
    with ask.reading() as s:
        row = reading.scan(s, ask.id("case"))
    return ask.file(ask.site.vault.read(row.scan_digest), row.scan_type, row.scan_name)
