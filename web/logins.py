"""Browser logins: the cookie, who is behind it, and how fresh their proof is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import Session, col, select
from starlette.responses import Response

from odr.actions import accounts
from odr.db import Database
from odr.rules.access import STRANGER as NOBODY
from odr.rules.access import Actor
from odr.rules.words import Role
from odr.tables.people import Account, Login, RoleGrant

COOKIE = "__Host-odr"
IDLE = timedelta(minutes=30)
IDLE_STAFF = timedelta(minutes=15)  # L-15; being in a sitting is activity, so who only talks stays in
ABSOLUTE = timedelta(hours=12)
FRESH = timedelta(minutes=5)

__all__ = ["COOKIE", "NOBODY", "again", "forget", "keep", "proved", "remember", "who"]


def who(s: Session, cookies: Mapping[str, str], now: datetime) -> tuple[Actor, Login | None, str | None]:
    """The actor behind the cookie, their login and their language; NOBODY if there is none (any more)."""
    token = cookies.get(COOKIE)
    if not token:
        return NOBODY, None, None
    login = s.exec(select(Login).where(Login.token_hash == accounts.token_hash(token))).one_or_none()
    return _living(s, login, now)


def again(s: Session, login_id: str | None, now: datetime) -> tuple[Actor, Login | None, str | None]:
    """The same for a socket that outlives the cookie it came with: a new proof gives the login a new one."""
    return _living(s, s.get(Login, login_id) if login_id else None, now)


def _living(s: Session, login: Login | None, now: datetime) -> tuple[Actor, Login | None, str | None]:
    if login is None or login.ended_at or now - login.created_at > ABSOLUTE or now - login.seen_at > IDLE:
        return NOBODY, None, None
    account = s.get(Account, login.account_id)
    if account is None or account.disabled_at:
        return NOBODY, None, None
    actor = actor_of(s, account, login)
    if actor.roles - {Role.PARTY} and now - login.seen_at > IDLE_STAFF:
        return NOBODY, None, None
    return actor, login, account.locale


def actor_of(s: Session, account: Account, login: Login) -> Actor:
    """The account as an actor, with the roles it has in its court.

    Who serves two courts works in the one where they do more: a role counts in its own court only.
    """
    every = s.exec(
        select(RoleGrant).where(RoleGrant.account_id == account.id).order_by(col(RoleGrant.court_id))
    ).all()
    most = Counter(grant.court_id for grant in every).most_common(1)
    grants = [grant for grant in every if grant.court_id == most[0][0]]
    return Actor(
        account_id=account.id,
        name=account.name,
        roles=frozenset({Role.PARTY, *(grant.role for grant in grants)}),
        court_id=most[0][0] if most else None,
        org_id=next((g.org_id for g in grants if g.role is Role.ORG_ADMIN), None),
        mediator_id=next((g.mediator_id for g in grants if g.role is Role.MEDIATOR), None),
        login_id=login.id,
        strong=login.strong_at is not None,
    )


def proved(login: Login | None, now: datetime) -> bool:
    """Whether the person has shown within the last minutes that it is them."""
    return login is not None and login.proved_at is not None and now - login.proved_at <= FRESH


def keep(db: Database, login: Login | None, now: datetime) -> None:
    """Keep an active login from idling out; written at most once a minute. Sockets of a room call it too."""
    if login is not None and now - login.seen_at > timedelta(minutes=1):
        with db.transaction() as s:
            row = s.get(Login, login.id)
            if row is not None:
                row.seen_at = now
                s.add(row)


def remember(answer: Response, token: str) -> Response:
    """Browsers treat the loopback as secure, so the cookie demands it everywhere."""
    answer.set_cookie(
        COOKIE, token, max_age=int(ABSOLUTE.total_seconds()), secure=True, httponly=True, samesite="lax"
    )
    return answer


def forget(answer: Response) -> Response:
    answer.delete_cookie(COOKIE, secure=True, httponly=True, samesite="lax")
    return answer


def prefer(answer: Response, name: str, value: str) -> Response:
    """Remember a reader's preference (`language`, `type`) on their device for a year."""
    answer.set_cookie(name, value, max_age=31_536_000, secure=True, httponly=True, samesite="lax")
    return answer
