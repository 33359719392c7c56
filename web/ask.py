"""`Ask`: one request as a handler sees it — who, when, what was sent — and the answers it can give."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from sqlmodel import Session, SQLModel
from starlette.datastructures import FormData, UploadFile
from starlette.responses import HTMLResponse, RedirectResponse, Response

from odr import repeats
from odr.db import Database
from odr.digests import canonical, digest
from odr.queries.courts import ANY, CourtFace
from odr.rules.access import Actor
from odr.rules.words import Hat
from odr.settings import Settings
from odr.tables.people import Login
from odr.tables.records import Repeat
from odr.vault import Vault
from web import views
from web.forms.base import Form
from web.guesses import Guesses

F = TypeVar("F", bound=Form)
KEY = 64  # characters of a form's key at most
NOTICE = "__Host-said"  # cookie that carries one sentence over a redirect


@dataclass(slots=True)
class Site:
    """What every request needs of the running product; made once in `web.app`."""

    settings: Settings
    db: Database
    vault: Vault
    state: dict[str, Any] = field(default_factory=dict)  # the media pool and the authority, see web.app
    guesses: Guesses = field(default_factory=Guesses)


@dataclass(slots=True)
class Ask:
    """One request. Handlers are plain functions `(Ask) -> Response`, run in the thread pool."""

    site: Site
    route: str
    method: str
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    sent: FormData
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    address: str
    now: datetime
    nonce: str
    actor: Actor
    login: Login | None = None
    subject: SQLModel | None = None
    hats: frozenset[Hat] = frozenset()
    errors: dict[str, str] = field(default_factory=dict)
    status: int = 200
    notice: str = ""
    court: CourtFace = ANY
    _session: Session | None = None
    _open: Session | None = None
    _repeat: Repeat | None = None

    # what was asked

    def id(self, name: str) -> str:
        """A path parameter."""
        return self.params[name]

    def path_of(self, name: str) -> str:
        """The page of this request's case, agreement, confirmation …"""
        return f"/{name}s/{self.id(name)}"

    def form(self, kind: type[F]) -> F:
        """The form as sent, checked; raises BadInput, which shows the page again with 422."""
        return kind.read(self.sent)

    def value(self, name: str, default: object = "") -> str:
        """What the person had typed into a field, to show it again."""
        sent = self.sent.get(name)
        return sent if isinstance(sent, str) else str(default if default is not None else "")

    def values(self, name: str) -> list[str]:
        return [value for value in self.sent.getlist(name) if isinstance(value, str)]

    def upload(self, name: str) -> UploadFile | None:
        """An uploaded file, none if the field was left empty."""
        sent = self.sent.get(name)
        return sent if isinstance(sent, UploadFile) and sent.filename else None

    @property
    def here(self) -> str:
        """The address to come back to; a form's page is the one it was sent from."""
        if self.method == "GET":
            return f"{self.path}?{self.query}" if str(self.query) else self.path
        try:
            return urlsplit(self.headers.get("referer", "")).path or "/"
        except ValueError:  # no address at all
            return "/"

    @property
    def page_asked(self) -> int:
        """The page of a long list that was asked for; the list itself knows its last one."""
        asked = self.query.get("page", "")
        return max(1, int(asked)) if asked.isdecimal() and len(asked) < 6 else 1

    @property
    def large(self) -> bool:
        """Whether the reader wants large type."""
        return self.cookies.get("type") == "large"

    # the database

    @contextmanager
    def once(self) -> Iterator[Session]:
        """A transaction that claims the form's key; a form sent again gets the first answer."""
        with self.site.db.transaction() as s:
            self._repeat = repeats.claim(
                s,
                owner=self.actor.account_id or digest(self.address.encode())[:40],
                key=self._key(),
                route=self.route,
                digest=self._sent_digest(),
                at=self.now,
            )
            self._session = s
            yield s

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that cannot write."""
        with self.site.db.reading() as s:
            self._open = s
            try:
                yield s
            finally:
                self._open = None

    @contextmanager
    def looking(self) -> Iterator[Session]:
        """The session that is open for reading, for a small look in the middle of a page; else one of its own."""
        if self._open is not None:
            yield self._open
            return
        with self.reading() as s:
            yield s

    def _key(self) -> str:
        """The form's own key; a page without one, or somebody without a page, gets a fresh one."""
        key = self.value("once")
        return key if 0 < len(key) <= KEY else secrets.token_urlsafe(18)

    def _sent_digest(self) -> str:
        pairs = [
            [name, value if isinstance(value, str) else f"file:{value.filename}:{value.size}"]
            for name, value in self.sent.multi_items()
            if name != "once"
        ]
        return digest(canonical([self.path, pairs]))

    # answers

    def page(self, template: str, **view: Any) -> Response:
        """An HTML page. Give it view facts, never rows with secrets."""
        html = views.render(template, ask=self, actor=self.actor, **view)
        answer = HTMLResponse(html, self.status)
        if self.notice:
            answer.delete_cookie(NOTICE, secure=True, httponly=True, samesite="lax")
        return answer

    def see(self, path: str, *, say: str = "") -> Response:
        """303 to another page, with one sentence to show there. Inside `once` the answer is remembered."""
        if self._repeat is not None and self._session is not None and self._session.is_active:
            self._repeat.location, self._repeat.say = path, say
            self._session.add(self._repeat)
        return redirect(path, say)

    def file(self, data: bytes, media_type: str, name: str, *, inline: bool = False) -> Response:
        """A download that a browser will not take for anything else (reliability 6.6)."""
        shown = "inline" if inline else "attachment"
        return Response(
            data,
            media_type=media_type,
            headers={
                "Content-Disposition": f"{shown}; filename*=UTF-8''{quote(name, safe='')}",
                "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
                "X-Content-Type-Options": "nosniff",
            },
        )


def redirect(path: str, say: str = "") -> Response:
    """303 See Other within this site."""
    answer = RedirectResponse(path, 303)
    if say:
        answer.set_cookie(NOTICE, quote(say), max_age=60, secure=True, httponly=True, samesite="lax")
    return answer


def local(path: str, default: str = "/home") -> str:
    """The path if it stays on this site, else the default: `//host`, `/\\host`, control characters leave."""
    stays = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if stays and path.isprintable() and " " not in path else default
