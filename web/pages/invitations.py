"""The respondent's way in: by link or short code, readable without an account."""

from __future__ import annotations

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.responses import Response

from odr.actions import invitations
from odr.errors import BadInput, LoginNeeded, TooMany
from odr.queries import invitations as reading
from odr.rules.companions import CAPACITIES, POWERS
from web.ask import Ask
from web.forms import intake as forms
from web.words import say

# A short code has 39 bits: twenty looks a minute from one address find nothing in a lifetime
LOOKS = parse("20/minute")


def enter(ask: Ask) -> Response:
    return ask.page("invitations/enter.html")


def enter_send(ask: Ask) -> Response:
    """From the code on the paper notice to the page behind it."""
    slow(ask)
    code = ask.form(forms.ShortCode).code
    with ask.reading() as s:
        found = invitations.find(s, code)
    if found is None:
        raise BadInput(code="code-unknown")
    return ask.see(f"/i/{found.code}")


def show(ask: Ask) -> Response:
    """Who claims what, whether one must, who sees what, what it costs, how to refuse."""
    if ask.method != "POST":  # HEAD tells as much; a claim was counted already
        slow(ask)
    code = ask.id("code")
    with ask.reading() as s:
        view = reading.show(s, code, ask.actor, ask.now)
    if view.mine:
        return ask.see(f"/disputes/{view.dispute_id}/consent")
    if not view.over and not view.claimed:
        with ask.site.db.transaction() as s:
            invitations.open_(s, code, by=ask.actor, at=ask.now)
    return ask.page(
        "invitations/show.html",
        view=view,
        code=code,
        capacities=[(key.value, say(words)) for key, words in CAPACITIES.items()],
        powers=[(key.value, say(words)) for key, words in POWERS.items()],
    )


def claim(ask: Ask) -> Response:
    """The person who is meant comes in."""
    slow(ask)
    if ask.actor.account_id is None:
        raise LoginNeeded()
    with ask.once() as s:
        party = invitations.claim(s, ask.id("code"), by=ask.actor, at=ask.now)
        return ask.see(f"/disputes/{party.dispute_id}/consent", say=say("身份已核对，欢迎。"))


def slow(ask: Ask) -> None:
    """TooMany for an address that looks at invitations too often."""
    limiter = ask.site.state.setdefault("invitation-looks", FixedWindowRateLimiter(MemoryStorage()))
    if not limiter.hit(LOOKS, ask.address):
        raise TooMany()
