"""One's own account, and the little that a login page may know of an attempt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from odr.errors import NotFound
from odr.rules import identity
from odr.tables.people import Account, Credential, Login, Message, OneTimeCode


@dataclass(frozen=True, slots=True)
class Attempt:
    """A code on its way, as the page that asks for it names it."""

    id: str
    sent_to: str


@dataclass(frozen=True, slots=True)
class OwnLogin:
    id: str
    agent: str
    created_at: datetime
    seen_at: datetime
    this: bool


@dataclass(frozen=True, slots=True)
class Own:
    """A person's own account, numbers masked."""

    name: str
    identity_number: str
    phone: str
    email: str
    locale: str
    large_type: bool
    has_password: bool
    second_factor: bool
    logins: tuple[OwnLogin, ...]


def attempt(s: Session, code_id: str) -> Attempt:
    """Where a code went, masked; the same for a destination nobody has."""
    row = s.get(OneTimeCode, code_id) if code_id else None
    if row is None:
        raise NotFound(kind="OneTimeCode")
    return Attempt(row.id, identity.masked(row.destination))


def factor(s: Session, account_id: str) -> Credential | None:
    """The second factor of an account, offered or confirmed."""
    return s.exec(select(Credential).where(Credential.account_id == account_id)).first()


def has_second_factor(s: Session, account_id: str) -> bool:
    held = factor(s, account_id)
    return held is not None and held.confirmed_at is not None


def own_way(s: Session, account_id: str) -> str:
    """The telephone or mailbox of an account, masked."""
    account = s.get_one(Account, account_id)
    return identity.masked(account.phone or account.email)


def own(s: Session, login: Login, now: datetime) -> Own:
    """Everything the account page shows."""
    account = s.get_one(Account, login.account_id)
    return Own(
        name=account.name,
        identity_number=identity.masked(account.identity_number),
        phone=identity.masked(account.phone),
        email=identity.masked(account.email),
        locale=account.locale,
        large_type=account.large_type,
        has_password=bool(account.password_hash),
        second_factor=has_second_factor(s, account.id),
        logins=tuple(_logins(s, login)),
    )


def _logins(s: Session, current: Login) -> list[OwnLogin]:
    query = (
        select(Login)
        .where(Login.account_id == current.account_id, col(Login.ended_at).is_(None))
        .order_by(col(Login.seen_at).desc())
    )
    return [
        OwnLogin(row.id, row.agent, row.created_at, row.seen_at, row.id == current.id)
        for row in s.exec(query.limit(20))
    ]


def letters(s: Session, to: str = "", limit: int = 100) -> list[Message]:
    """What was sent, newest first; only a demo shows it to anybody."""
    query = select(Message).order_by(col(Message.created_at).desc(), col(Message.id).desc())
    if to:
        query = query.where(col(Message.destination).contains(to, autoescape=True))
    return list(s.exec(query.limit(limit)))


def factors(s: Session) -> list[tuple[str, str]]:
    """Name and secret of everybody with a second factor, for the letterbox of a demo only."""
    query = select(Account.name, Credential.secret).join(
        Credential, col(Credential.account_id) == col(Account.id)
    )
    return [(name, secret) for name, secret in s.exec(query.order_by(Account.name))]
