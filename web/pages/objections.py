"""Pages of objections to a confirming ruling, and of enforcement after it."""

from __future__ import annotations

import io
import zipfile

from starlette.responses import Response

from documents import reading
from odr.actions import enforcement, objections, performance
from odr.errors import BadInput, NotFound
from odr.queries import enforcement as enforcing
from odr.queries import objections as queries
from odr.rules import money
from odr.rules.words import Do, Side
from web.ask import Ask
from web.calculations import percent
from web.forms import objections as forms
from web.words import say


def mine(ask: Ask) -> Response:
    """Objecting, and what became of it; no matter is opened by knowing its number."""
    with ask.reading() as s:
        return ask.page(
            "objections/mine.html", lines=queries.mine(s, ask.actor), given=ask.query.get("number", "")
        )


def raise_send(ask: Ask) -> Response:
    form = ask.form(forms.Objection)
    with ask.once() as s:
        row = objections.raise_(
            s,
            by=ask.actor,
            at=ask.now,
            number=form.number,
            name=form.name,
            claim=form.claim,
            known_on=form.known_on,
        )
        return ask.see(f"/objections/{row.id}", say=say("异议已提交法院。"))


def show(ask: Ask) -> Response:
    with ask.reading() as s:
        view = queries.show(s, ask.id("objection"), ask.actor)
        return ask.page(
            "objections/show.html",
            view=view,
            ruled=reading.fragment(view.ruled) if view.ruled else "",
            result=reading.fragment(view.result) if view.result else "",
        )


def assign_send(ask: Ask) -> Response:
    with ask.once() as s:
        row = objections.assign(s, ask.id("objection"), by=ask.actor, at=ask.now)
        return ask.see("/clerk", say=say("已立案，案号%(number)s，法官已随机确定。", number=row.number))


def withdraw_send(ask: Ask) -> Response:
    with ask.once() as s:
        objections.withdraw(s, ask.id("objection"), by=ask.actor, at=ask.now)
        return ask.see(f"/objections/{ask.id('objection')}", say=say("异议已撤回。"))


def uphold_send(ask: Ask) -> Response:
    return _decide(ask, Do.UPHOLD_OBJECTION)


def change_send(ask: Ask) -> Response:
    return _decide(ask, Do.CHANGE_RULING)


def dismiss_send(ask: Ask) -> Response:
    return _decide(ask, Do.DISMISS_OBJECTION)


def _decide(ask: Ask, do: Do) -> Response:
    form = ask.form(forms.Decision)
    with ask.once() as s:
        objections.decide(
            s,
            ask.id("objection"),
            do,
            by=ask.actor,
            at=ask.now,
            findings=form.findings,
            opinion=form.opinion,
            orders=form.lines,
        )
        return ask.see(f"/objections/{ask.id('objection')}", say=say("裁定书已签发，正在盖章送达。"))


def enforce(ask: Ask) -> Response:
    """What is due with its late interest; after applying, the papers."""
    with ask.reading() as s:
        view = enforcing.show(s, ask.id("agreement"), ask.actor, ask.now)
    return ask.page("objections/enforcement.html", view=view, daily=percent(view.daily))


def enforce_send(ask: Ask) -> Response:
    form = ask.form(forms.Enforcement)
    with ask.once() as s:
        enforcement.apply(
            s, ask.id("agreement"), by=ask.actor, at=ask.now, breach=form.breach, venue=form.venue
        )
        here = f"/agreements/{ask.id('agreement')}/enforcement"
        return ask.see(here, say=say("申请材料已生成，请下载后向法院提交。"))


def bundle(ask: Ask) -> Response:
    """The sealed papers of the bundle in one file."""
    with ask.reading() as s:
        view = enforcing.show(s, ask.id("agreement"), ask.actor, ask.now)
    issued = [one for one in view.papers if one.published_at and one.digest]
    if not issued:
        raise NotFound()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for place, one in enumerate(issued, 1):
            archive.writestr(f"{place:02d}{one.title}.pdf", ask.site.vault.read(one.digest))
    return ask.file(packed.getvalue(), "application/zip", f"{say('申请执行材料')}.zip")


def enforced_send(ask: Ask) -> Response:
    form = ask.form(forms.Enforced)
    with ask.once() as s:
        enforcement.end(s, ask.id("agreement"), Side(form.side), by=ask.actor, at=ask.now)
        return ask.see("/clerk", say=say("已记录执行完毕。"))


def part_send(ask: Ask) -> Response:
    form = ask.form(forms.Part)
    fen = money.parse(form.amount)
    if fen is None:
        raise BadInput(amount="not-a-number")
    with ask.once() as s:
        row = performance.acknowledge_part(s, ask.id("obligation"), by=ask.actor, at=ask.now, amount_fen=fen)
        return ask.see(f"/agreements/{row.agreement_id}/performance", say=say("已记录收到部分履行。"))
