"""The filing wizard: one question a page, everything kept at once, nothing sent before the last page."""

from __future__ import annotations

from starlette.responses import Response

from odr.actions import intake
from odr.db import get, lock
from odr.errors import NotFound
from odr.queries import filing as reading
from odr.rules import filing, pack
from odr.rules.consents import TEXTS
from odr.tables.disputes import Dispute
from web import square
from web.ask import Ask
from web.forms import filing as forms
from web.words import say


def start(ask: Ask) -> Response:
    """What one needs before beginning, drafts to go on with, and the choice of the court."""
    cause = ask.query.get("cause", "") or ask.value("cause")
    with ask.reading() as s:
        return ask.page(
            "filing/start.html",
            courts=reading.courts(s),
            drafts=reading.drafts(s, ask.actor),
            cause=pack.load().causes.get(cause),
        )


def begin(ask: Ask) -> Response:
    form = ask.form(forms.Begin)
    with ask.once() as s:
        dispute = intake.begin(s, form.court, cause=form.cause, by=ask.actor, at=ask.now)
        return ask.see(f"/file/{dispute.id}")


def tasks(ask: Ask) -> Response:
    with ask.reading() as s:
        draft = reading.draft(s, get(s, Dispute, ask.id("dispute")), ask.actor)
        return ask.page("filing/tasks.html", draft=draft)


def step(ask: Ask) -> Response:
    """One page of the wizard."""
    key = ask.params.get("step", "evidence")
    if key not in filing.KEYS:
        raise NotFound()
    with ask.reading() as s:
        draft = reading.draft(s, get(s, Dispute, ask.id("dispute")), ask.actor)
    return ask.page(
        f"filing/{key}.html",
        draft=draft,
        key=key,
        number=filing.KEYS.index(key) + 1,
        total=len(filing.KEYS),
        given=draft.of(key),
        back=_before(draft.id, key),
        then=_then(ask),
        causes=pack.load().causes,
        filing=filing,
        texts=TEXTS,
    )


def save(ask: Ask) -> Response:
    key, dispute_id = ask.id("step"), ask.id("dispute")
    if key not in filing.KEYS:
        raise NotFound()
    with ask.once() as s:
        draft = lock(s, Dispute, dispute_id).draft
        answers = forms.answers(key, ask.sent, draft)
        intake.save(s, dispute_id, key, answers, by=ask.actor, at=ask.now)
        return ask.see(_next(ask, dispute_id, key), say=say("已保存。") if ask.value("later") else "")


def remove_other(ask: Ask) -> Response:
    """Take one of several respondents off the list."""
    with ask.once() as s:
        dispute = lock(s, Dispute, ask.id("dispute"))
        people = list((dispute.draft.get("other") or {}).get("people", []))
        position = ask.value("position")
        if position.isdecimal() and len(position) < 3 and 1 <= int(position) <= len(people):
            del people[int(position) - 1]
            intake.save(s, dispute.id, "other", {"people": people}, by=ask.actor, at=ask.now)
        return ask.see(f"/file/{dispute.id}/other")


def check(ask: Ask) -> Response:
    with ask.reading() as s:
        draft = reading.draft(s, get(s, Dispute, ask.id("dispute")), ask.actor)
    return ask.page("filing/check.html", draft=draft, filing=filing, texts=TEXTS)


def declare(ask: Ask) -> Response:
    with ask.reading() as s:
        draft = reading.draft(s, get(s, Dispute, ask.id("dispute")), ask.actor)
    return ask.page("filing/declare.html", draft=draft)


def submit(ask: Ask) -> Response:
    ask.form(forms.Declaration)
    with ask.once() as s:
        dispute = intake.submit(s, ask.id("dispute"), by=ask.actor, at=ask.now)
        return ask.see(f"/file/{dispute.id}/receipt")


def receipt(ask: Ask) -> Response:
    with ask.reading() as s:
        shown = reading.receipt(s, get(s, Dispute, ask.id("dispute")))
    if not shown.number:
        raise NotFound()
    code = square.code(f"{ask.site.settings.origin}/disputes/{shown.id}")
    return ask.page("filing/receipt.html", receipt=shown, code=code)


def _next(ask: Ask, dispute_id: str, key: str) -> str:
    if ask.value("later"):
        return f"/file/{dispute_id}"
    if ask.value("another"):
        return f"/file/{dispute_id}/other?position=new"
    if ask.value("more"):
        return f"/file/{dispute_id}/{key}?more=1"
    return f"/file/{dispute_id}/{'check' if _then(ask) == 'check' else filing.after(key)}"


def _then(ask: Ask) -> str:
    """Where a change link came from."""
    return "check" if "check" in (ask.query.get("then"), ask.value("then")) else ""


def _before(dispute_id: str, key: str) -> str:
    index = filing.KEYS.index(key)
    return f"/file/{dispute_id}/{filing.KEYS[index - 1]}" if index else f"/file/{dispute_id}"
