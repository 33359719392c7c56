"""Agents of a dispute: asked by their party, let in by the code, checked on the paper, ended."""

from __future__ import annotations

from starlette.responses import Response

from odr.actions import agents
from odr.db import get
from odr.errors import BadInput, LoginNeeded
from odr.queries import agents as reading
from odr.rules import identity
from odr.tables.companions import Mandate
from odr.tables.disputes import Dispute, Party
from web.ask import Ask
from web.forms import agents as forms
from web.pages import evidence, invitations
from web.words import say


def show(ask: Ask) -> Response:
    with ask.reading() as s:
        dispute = get(s, Dispute, ask.id("dispute"))
        return ask.page(
            "disputes/agents.html",
            view=reading.show(s, dispute, ask.actor),
            capacities=[(key.value, say(words)) for key, words in reading.CHOICES],
            powers=[(key.value, say(words)) for key, words in reading.NAMED],
        )


def invite_send(ask: Ask) -> Response:
    form = ask.form(forms.Ask)
    phone = identity.telephone(form.phone) if form.phone else ""
    if phone is None:
        raise BadInput(phone="bad-phone")
    with ask.once() as s:
        dispute_id, origin = ask.id("dispute"), ask.site.settings.origin
        row = agents.invite(s, dispute_id, by=ask.actor, at=ask.now, origin=origin, phone=phone)
        words = say("请把短码 %(code)s 告诉您的代理人，14 日内有效。", code=row.code)
        return ask.see(f"/disputes/{dispute_id}/agents", say=words)


def claim(ask: Ask) -> Response:
    """Somebody who acts for the invited party comes in with the power of attorney."""
    invitations.slow(ask)
    if ask.actor.account_id is None:
        raise LoginNeeded()
    form = ask.form(forms.Claim)
    paper = evidence.kept(ask)
    with ask.once() as s:
        row = agents.claim(
            s,
            ask.id("code"),
            by=ask.actor,
            at=ask.now,
            capacity=form.capacity,
            of=form.of,
            powers=form.power,
            paper=paper,
        )
        words = say("您已作为代理人进入。代理手续核对前，可以查看和答复，不能签署协议。")
        return ask.see(f"/disputes/{get(s, Party, row.party_id).dispute_id}", say=words)


def check_send(ask: Ask) -> Response:
    form = ask.form(forms.Check)
    with ask.once() as s:
        row = agents.check(
            s,
            ask.id("mandate"),
            by=ask.actor,
            at=ask.now,
            accepted=form.accepted,
            capacity=form.capacity,
            powers=form.power,
            remark=form.remark,
        )
        return ask.see(_back(ask, row, get(s, Party, row.party_id)), say=say("代理手续的核对结果已记录。"))


def end_send(ask: Ask) -> Response:
    with ask.once() as s:
        row = agents.end(s, ask.id("mandate"), by=ask.actor, at=ask.now)
        return ask.see(_back(ask, row, get(s, Party, row.party_id)), say=say("代理已经解除。"))


def _back(ask: Ask, row: Mandate, party: Party) -> str:
    laid_down = row.ended_at is not None and row.account_id == ask.actor.account_id
    return "/disputes" if laid_down else f"/disputes/{party.dispute_id}/agents"
