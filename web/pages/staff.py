"""The auditor's journal and the system administrator's accounts. Neither page holds case content."""

from __future__ import annotations

from starlette.responses import Response

from odr.actions import staff as actions
from odr.queries import records
from web.ask import Ask
from web.forms import accounts as forms
from web.words import say


def audit(ask: Ask) -> Response:
    """The court's journal; `check` walks the whole chain."""
    matter, kind = ask.query.get("matter", "").strip(), ask.query.get("kind", "").strip()
    with ask.reading() as s:
        return ask.page(
            "staff/audit.html",
            journal=records.browse(s, ask.actor, matter=matter, kind=kind, page=ask.page_asked),
            matter=matter,
            kind=kind,
            checked=records.check_chain(s, ask.actor) if ask.query.get("check") else None,
            checkpoints=records.checkpoints(s, ask.actor),
        )


def admin(ask: Ask) -> Response:
    with ask.reading() as s:
        return ask.page(
            "staff/admin.html",
            colleagues=records.colleagues(s, ask.actor),
            court=records.own_court(s, ask.actor),
            offered=actions.OFFERED,
            settings=ask.site.settings,
        )


def create(ask: Ask) -> Response:
    form = ask.form(forms.Colleague)
    with ask.once() as s:
        actions.create(
            s,
            name=form.name,
            phone=form.phone,
            email=form.email,
            roles=form.roles,
            by=ask.actor,
            at=ask.now,
        )
        return ask.see("/admin", say=say("账户已开通，登录方法已发到对方手机。"))


def disable(ask: Ask) -> Response:
    with ask.once() as s:
        actions.disable(s, ask.id("colleague"), by=ask.actor, at=ask.now)
        return ask.see("/admin", say=say("账户已停用，登录已全部结束。"))


def enable(ask: Ask) -> Response:
    with ask.once() as s:
        actions.enable(s, ask.id("colleague"), by=ask.actor, at=ask.now)
        return ask.see("/admin", say=say("账户已恢复。"))


def end_logins(ask: Ask) -> Response:
    with ask.once() as s:
        actions.end_logins(s, ask.id("colleague"), by=ask.actor, at=ask.now)
        return ask.see("/admin", say=say("该账户的登录已全部结束。"))
