"""Templates: one environment, everything escaped, the same few functions on every page."""

from __future__ import annotations

import secrets
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from web import acts, assets, counting, words
from web.beside import beside
from web.doors import desk_of, doors
from web.forms.words import field_error
from web.labels import label, told

TEMPLATES = Path(__file__).parent / "templates"


@cache
def environment() -> Environment:
    """The only environment; `autoescape` is on for every name."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.install_gettext_callables(  # type: ignore[attr-defined]  # added by the i18n extension
        words.say, lambda one, many, n: words.say(one if n == 1 else many), newstyle=True
    )
    env.policies["ext.i18n.trimmed"] = True
    env.filters.update(
        day=words.day,
        moment=words.moment,
        yuan=words.yuan,
        left=words.left,
        label=label,
        told=told,
        instant=counting.instant,
        beside=lambda message: beside(message, words.language.get()),
    )
    env.filters.update(
        act_hat=lambda hat: words.say(acts.HATS[hat]),
        act_role=lambda role: words.say(acts.ROLES[role]),
        act_zone=lambda zone: words.say(acts.ZONES[zone]),
    )
    env.globals.update(
        ahead=counting.ahead,
        days_in_words=counting.days_in_words,
        once=once,
        doors=doors,
        desk_of=desk_of,
        hats_in_order=tuple(acts.HATS),
        field_error=field_error,
        languages=words.LANGUAGES,
        language=words.language.get,
        html_lang=words.html_lang,
        asset=assets.ours,
        vendor=assets.vendored,
        importmap=assets.importmap,
    )
    return env


def once() -> Markup:
    """The hidden field that makes a form count once."""
    return Markup('<input type="hidden" name="once" value="{}">').format(secrets.token_urlsafe(18))


def render(name: str, **view: Any) -> str:
    return environment().get_template(name).render(**view)
