"""The panel beside the video: clauses, undisputed facts, minutes, talk, notes, freezing for signature."""

from __future__ import annotations

from starlette.responses import Response

from odr import db
from odr.actions import drafting, minutes, rooms
from odr.errors import NotFound
from odr.queries import drafting as query
from odr.rules.words import ClauseKind
from odr.tables.agreements import Agreement, Clause
from web.ask import Ask
from web.forms import clauses
from web.forms import sittings as forms
from web.pages.sittings import here
from web.words import say


def propose(ask: Ask) -> Response:
    kind = ask.form(forms.ClauseOf).kind
    fields = clauses.read(kind, ask.sent)
    with ask.once() as s:
        drafting.propose(s, ask.id("sitting"), by=ask.actor, at=ask.now, kind=kind, fields=fields)
        return ask.see(here(ask), say=say("条款已提出。"))


def change(ask: Ask) -> Response:
    with ask.reading() as s:
        kind = ClauseKind(db.get(s, Clause, ask.id("clause")).kind)
    fields = clauses.read(kind, ask.sent)
    with ask.once() as s:
        drafting.change(s, ask.id("sitting"), ask.id("clause"), by=ask.actor, at=ask.now, fields=fields)
        return ask.see(here(ask), say=say("条款已修改，需要双方重新同意。"))


def agree(ask: Ask) -> Response:
    form = ask.form(forms.AgreeClause)
    with ask.once() as s:
        drafting.agree(s, ask.id("sitting"), ask.id("clause"), by=ask.actor, at=ask.now, version=form.version)
        return ask.see(here(ask), say=say("您已同意这一条。"))


def remove(ask: Ask) -> Response:
    with ask.once() as s:
        drafting.remove(s, ask.id("sitting"), ask.id("clause"), by=ask.actor, at=ask.now)
        return ask.see(here(ask), say=say("条款已删去。"))


def freeze(ask: Ask) -> Response:
    form = ask.form(forms.Freeze)
    with ask.once() as s:
        drafting.freeze(
            s,
            _agreement(ask).id,
            by=ask.actor,
            at=ask.now,
            brief=form.brief,
            wants_confirmation=form.wants_confirmation,
        )
        return ask.see(here(ask), say=say("协议已定稿，各方可以签名。"))


def reopen(ask: Ask) -> Response:
    with ask.once() as s:
        drafting.reopen(s, _agreement(ask).id, by=ask.actor, at=ask.now)
        return ask.see(here(ask), say=say("协议已退回修改，需要双方重新同意。"))


def chat(ask: Ask) -> Response:
    form = ask.form(forms.Text)
    with ask.once() as s:
        rooms.say(s, ask.id("sitting"), form.text, by=ask.actor, at=ask.now)
        return ask.see(here(ask))


def write_line(ask: Ask) -> Response:
    form = ask.form(forms.MinutesText)
    with ask.once() as s:
        minutes.write(s, ask.id("sitting"), by=ask.actor, at=ask.now, speaker=form.speaker, text=form.text)
        return ask.see(here(ask))


def correct_line(ask: Ask) -> Response:
    form = ask.form(forms.Text)
    with ask.once() as s:
        minutes.correct(s, ask.id("sitting"), ask.id("line"), by=ask.actor, at=ask.now, text=form.text)
        return ask.see(here(ask), say=say("更正意见已记入笔录。"))


def answer_wish(ask: Ask) -> Response:
    form = ask.form(forms.AnswerWish)
    with ask.once() as s:
        minutes.answer(
            s,
            ask.id("sitting"),
            ask.id("line"),
            by=ask.actor,
            at=ask.now,
            adopted=form.adopted,
            reason=form.text,
        )
        return ask.see(here(ask), say=say("对更正意见的答复已记入笔录。"))


def confirm_line(ask: Ask) -> Response:
    with ask.once() as s:
        minutes.confirm(s, ask.id("sitting"), by=ask.actor, at=ask.now, line_id=ask.id("line"))
        return ask.see(here(ask))


def confirm_lines(ask: Ask) -> Response:
    with ask.once() as s:
        minutes.confirm(s, ask.id("sitting"), by=ask.actor, at=ask.now)
        return ask.see(here(ask), say=say("您已确认笔录。"))


def state_fact(ask: Ask) -> Response:
    form = ask.form(forms.Text)
    with ask.once() as s:
        minutes.state_fact(s, ask.id("sitting"), by=ask.actor, at=ask.now, text=form.text)
        return ask.see(here(ask))


def agree_fact(ask: Ask) -> Response:
    with ask.once() as s:
        minutes.agree_fact(s, ask.id("sitting"), ask.id("fact"), by=ask.actor, at=ask.now)
        return ask.see(here(ask), say=say("您确认对这一事实没有争议。"))


def remove_fact(ask: Ask) -> Response:
    with ask.once() as s:
        minutes.remove_fact(s, ask.id("sitting"), ask.id("fact"), by=ask.actor, at=ask.now)
        return ask.see(here(ask))


def keep_note(ask: Ask) -> Response:
    form = ask.form(forms.Text)
    with ask.once() as s:
        minutes.keep_note(s, ask.id("sitting"), by=ask.actor, at=ask.now, text=form.text)
        return ask.see(here(ask))


def _agreement(ask: Ask) -> Agreement:
    with ask.reading() as s:
        agreement = query.agreement_of(s, ask.id("sitting"))
    if agreement is None:
        raise NotFound(kind="agreement")
    return agreement
