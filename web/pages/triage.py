"""The triage officer's queue and decisions."""

from __future__ import annotations

from starlette.responses import Response

from odr.actions import invitations, triage
from odr.db import get
from odr.queries import disputes
from odr.queries import triage as reading
from odr.rules import pack
from odr.tables.disputes import Dispute
from web.ask import Ask
from web.forms import intake as forms
from web.looks import looked
from web.words import say


def queue(ask: Ask) -> Response:
    """Filters stay in the address."""
    which, cause = ask.query.get("which", "open"), ask.query.get("cause", "")
    with ask.reading() as s:
        found = reading.queue(s, ask.actor, which=which, cause=cause, page=ask.page_asked)
    return ask.page("triage/queue.html", queue=found, which=which, cause=cause, causes=pack.load().causes)


def show(ask: Ask) -> Response:
    """One dispute with the proposal, its reasons and every decision that is possible now."""
    with ask.reading() as s:
        dispute = get(s, Dispute, ask.id("dispute"))
        disputes.require_handed_in(dispute, ask.hats)
        answer = ask.page(
            "triage/show.html",
            space=disputes.space(s, dispute, ask.actor),
            desk=reading.desk(s, dispute, ask.now),
        )
    looked(ask, dispute.id, "分流审查")
    return answer


def delegate(ask: Ask) -> Response:
    form = ask.form(forms.Delegation)
    with ask.once() as s:
        case = triage.delegate(
            s,
            ask.id("dispute"),
            by=ask.actor,
            at=ask.now,
            org_id=form.organisation,
            track=form.track,
            route="mediate",
            reason=form.reason,
            origin=ask.site.settings.origin,
        )
        return ask.see(
            "/triage", say=say("已移交调解，调解案号 %(number)s，已通知双方。", number=case.number)
        )


def register(ask: Ask) -> Response:
    form = ask.form(forms.Registering)
    with ask.once() as s:
        row = triage.register(
            s, ask.id("dispute"), by=ask.actor, at=ask.now, route=form.route, reason=form.reason
        )
        words = say("已登记立案，案号 %(number)s。双方同意的，可以委托调解。", number=row.filing_number)
        return ask.see(f"/triage/{row.id}", say=words)


def send_back(ask: Ask) -> Response:
    form = ask.form(forms.Return)
    with ask.once() as s:
        triage.send_back(s, ask.id("dispute"), by=ask.actor, at=ask.now, ground=form.ground, what=form.what)
        return ask.see("/triage", say=say("已退回，申请人已得到一次性告知。"))


def divert(ask: Ask) -> Response:
    form = ask.form(forms.Diversion)
    with ask.once() as s:
        triage.divert(s, ask.id("dispute"), by=ask.actor, at=ask.now, route=form.route, reason=form.reason)
        return ask.see("/triage", say=say("已告知申请人通过其他途径办理。"))


def invite_again(ask: Ask) -> Response:
    """A fresh link and code for every respondent who has not come in; the old ones end."""
    with ask.once() as s:
        invitations.remind(s, ask.id("dispute"), by=ask.actor, at=ask.now, origin=ask.site.settings.origin)
        return ask.see(f"/triage/{ask.id('dispute')}", say=say("已重新发出邀请，原短码失效。"))
