"""My disputes, the dispute's own page, consent and refusal, and the objection to triage."""

from __future__ import annotations

from starlette.responses import Response

from odr.actions import addresses, consents, preservation, triage
from odr.db import get
from odr.errors import NotFound
from odr.queries import clocks
from odr.queries import consents as consent_reading
from odr.queries import disputes as reading
from odr.queries import triage as triage_reading
from odr.rules.consents import BY_STEP
from odr.rules.words import Step
from odr.standing import party_of
from odr.tables.disputes import Dispute
from web import square
from web.ask import Ask, redirect
from web.forms import intake as forms
from web.forms.filing import ServiceAddress
from web.looks import looked
from web.words import say


def mine(ask: Ask) -> Response:
    with ask.reading() as s:
        return ask.page("disputes/mine.html", disputes=reading.mine(s, ask.actor))


def show(ask: Ask) -> Response:
    """Whose turn it is, the timeline, the clocks, the papers, who looked; one page for every reader."""
    with ask.reading() as s:
        dispute = get(s, Dispute, ask.id("dispute"))
        reading.require_handed_in(dispute, ask.hats)
        if dispute.submitted_at is None:
            return redirect(f"/file/{dispute.id}")
        space = reading.space(s, dispute, ask.actor)
        decision = triage_reading.decision(s, dispute.id) if space.triage else None
        sue_by = preservation.outlived(s, dispute.id, space.case.id if space.case else None)
    way_in = f"{ask.site.settings.origin}/i/{space.invitation.code}" if space.invitation else ""
    answer = ask.page(
        "disputes/show.html",
        space=space,
        decision=decision,
        sue_by=clocks.view(sue_by) if sue_by else None,
        way_in=way_in,
        way_in_code=square.code(way_in) if way_in else "",
    )
    looked(ask, dispute.id, "纠纷页面")
    return answer


def preservation_send(ask: Ask) -> Response:
    form = ask.form(forms.Preservation)
    with ask.once() as s:
        preservation.report(s, ask.id("dispute"), by=ask.actor, at=ask.now, taken_on=form.taken_on)
        return ask.see(f"/disputes/{ask.id('dispute')}", say=say("已记录，起诉期限从采取保全之日起计算。"))


def object_send(ask: Ask) -> Response:
    form = ask.form(forms.Objection)
    with ask.once() as s:
        triage.object_to(s, ask.id("dispute"), by=ask.actor, at=ask.now, text=form.text)
        return ask.see(f"/disputes/{ask.id('dispute')}", say=say("异议已记录，程序分流员会查看。"))


def consent(ask: Ask) -> Response:
    with ask.reading() as s:
        page = consent_reading.show(s, get(s, Dispute, ask.id("dispute")), ask.actor)
    return ask.page("disputes/consent.html", page=page)


def consent_send(ask: Ask) -> Response:
    ticked = ask.form(forms.Agreed).agrees
    with ask.once() as s:
        answers = {step: step in ticked for step in BY_STEP}
        consents.answer(s, ask.id("dispute"), answers, by=ask.actor, at=ask.now)
        return ask.see(f"/disputes/{ask.id('dispute')}", say=say("您的选择已记录，随时可以更改。"))


def address(ask: Ask) -> Response:
    """Where papers reach this party; whoever speaks for it may change that."""
    with ask.reading() as s:
        dispute = get(s, Dispute, ask.id("dispute"))
        party = party_of(s, ask.actor, dispute.id)
        if party is None:
            raise NotFound()
        return ask.page("disputes/address.html", dispute=dispute, party=party)


def address_send(ask: Ask) -> Response:
    form = ask.form(ServiceAddress)
    with ask.once() as s:
        addresses.confirm(s, ask.id("dispute"), form.model_dump(), by=ask.actor, at=ask.now)
        answers = {Step.E_SERVICE: bool(form.e_service)}
        consents.answer(s, ask.id("dispute"), answers, by=ask.actor, at=ask.now)
        return ask.see(f"/disputes/{ask.id('dispute')}", say=say("送达地址已确认。"))


def refuse(ask: Ask) -> Response:
    with ask.reading() as s:
        page = consent_reading.show(s, get(s, Dispute, ask.id("dispute")), ask.actor)
    return ask.page("disputes/refuse.html", page=page)


def refuse_send(ask: Ask) -> Response:
    form = ask.form(forms.Refusal)
    with ask.once() as s:
        consents.refuse(s, ask.id("dispute"), by=ask.actor, at=ask.now, reason=form.reason, note=form.note)
        return ask.see(f"/disputes/{ask.id('dispute')}", say=say("已记录您不同意调解，对方会立即得到通知。"))
