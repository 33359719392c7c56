"""The kinds of row in the route table, and how a request becomes an answer."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import unquote, urlencode

from sqlmodel import SQLModel
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from odr import clock, db, standing
from odr.actions import accounts
from odr.errors import (
    BadInput,
    CodeWrong,
    LoginNeeded,
    NotFound,
    Refused,
    SecondFactorNeeded,
    StepUpNeeded,
    TooMany,
    Unprintable,
)
from odr.queries import courts
from odr.repeats import AlreadyDone
from odr.rules import access
from odr.rules.access import STEP_UP
from odr.rules.words import Do, Hat, Role
from odr.tables.agreements import Agreement, Complaint, ConfirmationCase, CourtPaper, Obligation, Ruling
from odr.tables.companions import Mandate
from odr.tables.confirmation import Objection
from odr.tables.disputes import Dispute, Evidence
from odr.tables.fees import FeeRelief
from odr.tables.mediations import MediationCase, Recording, Sitting
from odr.tables.people import Account, Court
from odr.tables.records import Document
from odr.tables.retention import Disposal
from odr.tables.roster import Mediator, Organisation
from web import legible, logins, words
from web.ask import NOTICE, Ask, Site, redirect

log = logging.getLogger("odr.web")

Handler = Callable[[Ask], Response]
Stream = Callable[[Request], Awaitable[Response]]

# Which table a path parameter of this name means; the first one in a path is the route's subject
SUBJECTS: dict[str, type[SQLModel]] = {
    "dispute": Dispute,
    "case": MediationCase,
    "sitting": Sitting,
    "agreement": Agreement,
    "confirmation": ConfirmationCase,
    "ruling": Ruling,
    "obligation": Obligation,
    "complaint": Complaint,
    "court_paper": CourtPaper,
    "fee_relief": FeeRelief,
    "disposal": Disposal,
    "objection": Objection,
    "document": Document,
    "evidence": Evidence,
    "mandate": Mandate,
    "recording": Recording,
    "organisation": Organisation,
    "mediator": Mediator,
    "account": Account,
    "court": Court,
}

SMALL = 256 * 1024
FILES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Row:
    """Where a row answers, and what it is about."""

    method: str
    path: str

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def subject(self) -> str | None:
        return subject_of(self.path)


@dataclass(frozen=True, slots=True)
class Page(Row):
    """One row: method, path, handler, what it does. `again` shows the form once more when it was wrong.

    `limit` is the largest body in bytes.
    """

    handler: Handler
    do: Do
    again: Handler | None = None
    limit: int = SMALL

    async def endpoint(self, request: Request) -> Response:
        """What Starlette calls."""
        sent = FormData()
        if self.method == "POST":
            sent = await legible.form(request, SMALL)
        try:
            return await run_in_threadpool(answer, self, ask_of(request, self, sent))
        finally:
            await sent.close()


@dataclass(frozen=True, slots=True)
class Live(Row):
    """A row whose handler is asynchronous: an event stream or a large download.

    The handler calls `admit(request, row)` in the thread pool first; that is its access check.
    """

    handler: Stream
    do: Do
    limit: int = SMALL

    async def endpoint(self, request: Request) -> Response:
        return await self.handler(request)


def _nowhere(_ask: Ask) -> Response:
    raise NotFound()


# stands in where a request meets no row of the table
NO_ROW = Page("GET", "/", _nowhere, Do.READ_PUBLIC)


def subject_of(path: str) -> str | None:
    """The path parameter that names a row's subject."""
    found = [part[1:-1].split(":")[0] for part in path.split("/") if part.startswith("{")]
    return next((name for name in found if name in SUBJECTS), None)


def ask_of(request: Request, row: Page | Live, sent: FormData) -> Ask:
    """The request as handlers see it; nobody is known yet."""
    site: Site = request.app.state.site
    return Ask(
        site=site,
        route=row.name,
        method=request.method,
        path=request.url.path,
        params=legible.params(request.path_params),
        query=legible.query(request.query_params),
        sent=sent,
        headers=request.headers,
        cookies=request.cookies,
        address=request.client.host if request.client else "",
        now=clock.now(),
        nonce=request.scope.get("state", {}).get("nonce", ""),
        actor=logins.NOBODY,
        notice=unquote(request.cookies.get(NOTICE, "")),
    )


def admit(ask: Ask, row: Page | Live) -> None:
    """Who is it, which language, may they? Sets actor, subject and hats; raises Refused."""
    with ask.reading() as s:
        ask.actor, ask.login, wanted = logins.who(s, ask.cookies, ask.now)
        words.language.set(
            words.pick(ask.cookies.get("language") or wanted, ask.headers.get("accept-language"))
        )
        ask.court = courts.face(s, ask.actor.court_id)
        if ask.actor.account_id is None and not access.may(row.do, frozenset({Hat.PUBLIC})):
            raise LoginNeeded()  # before any look: a stranger learns nothing of what exists
        if _half_known(ask) and not access.may(row.do, frozenset({Hat.PUBLIC})):
            raise SecondFactorNeeded()
        if row.subject:
            ask.subject = db.get(s, SUBJECTS[row.subject], ask.params[row.subject])
        ask.hats = standing.require(s, ask.actor, row.do, ask.subject)
    if row.do in STEP_UP and ask.method == "POST" and not logins.proved(ask.login, ask.now):
        raise StepUpNeeded()


def _half_known(ask: Ask) -> bool:
    """The court's own people see nothing but public pages until they have shown their second factor (L-1)."""
    return not ask.actor.strong and bool(ask.actor.roles - {Role.PARTY})


def answer(row: Page, ask: Ask) -> Response:
    """The handler's answer, or the page that says why not."""
    try:
        return _answer(row, ask)
    except Exception:
        return fault(ask)


def _answer(row: Page, ask: Ask) -> Response:
    try:
        admit(ask, row)
        logins.keep(ask.site.db, ask.login, ask.now)
        return row.handler(ask)
    except AlreadyDone as done:
        return redirect(done.repeat.location or "/home", done.repeat.say)
    except Unprintable as refused:
        return refusal(ask, refused)
    except BadInput as bad:
        return _again(row, ask, bad)
    except LoginNeeded:
        return _by_way_of("/login", ask)
    except SecondFactorNeeded:
        return _by_way_of("/second-factor", ask)
    except StepUpNeeded:
        # what was filled in stays on its page while the person proves it is them
        return _again(row, ask, BadInput(proof="prove-first")) if row.again else _by_way_of("/prove", ask)
    except Refused as refused:
        return refusal(ask, refused)


def _by_way_of(path: str, ask: Ask) -> Response:
    """Another page first, then back to where the person was."""
    return redirect(f"{path}?{urlencode({'next': ask.here})}")


def _again(row: Page, ask: Ask, bad: BadInput) -> Response:
    if isinstance(bad, CodeWrong) and bad.code_id:
        with ask.site.db.transaction() as s:
            accounts.count_try(s, bad.code_id)
    ask.status, ask.errors = bad.status, {name: str(code) for name, code in bad.details.items()}
    if row.again is None:
        return refusal(ask, bad)
    try:
        return row.again(ask)
    except Refused as refused:
        return refusal(ask, refused)


def refusal(ask: Ask, refused: Refused) -> Response:
    """The page for a refusal, in its own words."""
    ask.status = refused.status
    page = ask.page("refused.html", refused=refused)
    if isinstance(refused, TooMany):
        page.headers["Retry-After"] = str(refused.details.get("wait", 60))
    return page


async def turned_away(request: Request, refused: Refused) -> Response:
    """The page for a refusal that came before any row, in the reader's language and with their login."""
    return await run_in_threadpool(_turn_away, ask_of(request, NO_ROW, FormData()), refused)


def _turn_away(ask: Ask, refused: Refused) -> Response:
    with suppress(Refused):
        admit(ask, NO_ROW)
    return refusal(ask, refused)


def fault(ask: Ask) -> Response:
    """Our fault: a reference number for the reader, the rest for the log."""
    reference = secrets.token_hex(4)
    log.exception("fault %s at %s", reference, ask.route)
    ask.status = 500
    return ask.page("broken.html", reference=reference)
