"""Third persons, interpreters, support, experts, observers: asked in, agreed to, let in by their code."""

from __future__ import annotations

from starlette.responses import Response

from odr.actions import participants
from odr.errors import BadInput, LoginNeeded
from odr.queries import participants as reading
from odr.rules import identity
from web.ask import Ask
from web.forms import participants as forms
from web.pages import invitations
from web.words import say


def add_send(ask: Ask) -> Response:
    form = ask.form(forms.Add)
    phone = identity.telephone(form.phone) if form.phone else ""
    if phone is None:
        raise BadInput(phone="bad-phone")
    with ask.once() as s:
        row = participants.add(
            s,
            ask.id("case"),
            by=ask.actor,
            at=ask.now,
            part=form.part,
            name=form.name,
            phone=phone,
            side=form.side,
            language=form.language,
            reason=form.reason,
            origin=ask.site.settings.origin,
        )
        return ask.see(ask.path_of("case"), say=say("已记录。参加短码 %(code)s。", code=row.code))


def agree_send(ask: Ask) -> Response:
    with ask.once() as s:
        participants.agree(s, ask.id("case"), ask.id("participant"), by=ask.actor, at=ask.now)
        return ask.see(ask.path_of("case"), say=say("您已同意其参加。"))


def end_send(ask: Ask) -> Response:
    with ask.once() as s:
        participants.end(s, ask.id("case"), ask.id("participant"), by=ask.actor, at=ask.now)
        return ask.see(ask.path_of("case"), say=say("其不再参加。"))


def show(ask: Ask) -> Response:
    """What somebody is asked to do, and their sittings once they are in."""
    if ask.method != "POST":
        invitations.slow(ask)
    with ask.reading() as s:
        return ask.page("invitations/participant.html", view=reading.show(s, ask.id("code"), ask.actor))


def take_part_send(ask: Ask) -> Response:
    invitations.slow(ask)
    if ask.actor.account_id is None:
        raise LoginNeeded()
    form = ask.form(forms.TakePart)
    with ask.once() as s:
        participants.take_part(s, ask.id("code"), by=ask.actor, at=ask.now, declared=form.declared)
        return ask.see(f"/p/{ask.id('code')}", say=say("您已加入，请按时参加。"))
