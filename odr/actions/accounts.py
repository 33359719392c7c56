"""Accounts: register, log in, prove once more that it is you, second factor, password.

An answer never tells whether an account exists: an unknown destination gets a code row like any other,
only no letter, and a password is always compared with something.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from datetime import datetime
from threading import BoundedSemaphore

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlmodel import Session, col, select

from odr import db, journal, notices
from odr.actions.codes import count_try, send_code, use_code
from odr.errors import CodeWrong, NotFound
from odr.facts import printable
from odr.rules.access import Actor
from odr.rules.words import PersonKind
from odr.tables.people import Account, Credential, Login, OneTimeCode, RoleGrant

__all__ = ["count_try", "send_code", "use_code"]

PASSWORD = (10, 128)  # characters; 等保 asks for complexity, ASVS for length: both are met by the check below
_HASHER = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
_TURNS = BoundedSemaphore(os.cpu_count() or 1)  # memory stays bounded however many log in at once
# compared when there is no such account, so that both answers take the same time
_NOBODY = _HASHER.hash(secrets.token_hex(16))
_COMMON = ("password", "qwerty", "123456", "abc123", "iloveyou", "admin", "woaini", "111111", "000000")


def find(s: Session, name: str) -> Account | None:
    """The one account with this telephone or mailbox; none if several claim it."""
    found = s.exec(select(Account).where((Account.phone == name) | (Account.email == name)).limit(2)).all()
    return found[0] if len(found) == 1 and not found[0].disabled_at else None


def ask_to_register(s: Session, phone: str, *, at: datetime) -> OneTimeCode:
    """A code for a new account; who has one already is told so on their telephone, not on the page."""
    if s.exec(select(Account.id).where(Account.phone == phone)).first() is None:
        return send_code(s, purpose="register", destination=phone, at=at)
    row = send_code(s, purpose="register", destination=phone, at=at, silent=True)
    notices.tell(s, phone, "您已有账户", "该手机号码已注册，请直接登录。", about="/login", at=at)
    return row


def register(
    s: Session,
    *,
    kind: PersonKind,
    name: str,
    identity_number: str,
    email: str,
    locale: str,
    code_id: str,
    code: str,
    at: datetime,
) -> Account:
    """A new account, real name and all; the phone is the one the code was sent to (OLR-7)."""
    printable.require(name)  # papers name their people
    used = use_code(s, code_id, code, purpose="register", at=at)
    if s.exec(select(Account).where(Account.identity_number == identity_number)).first() is not None:
        raise CodeWrong(code_id, identity_number="known-identity")  # a try: numbers cannot be searched for
    account = Account(
        kind=kind,
        name=name,
        identity_number=identity_number,
        phone=used.destination,
        email=email,
        locale=locale,
        verified_at=at,
        created_at=at,
    )
    s.add(account)
    s.flush()
    return account


def ask_to_log_in(s: Session, name: str, *, at: datetime) -> OneTimeCode:
    """A code for a login, sent if there is such an account."""
    return send_code(s, purpose="login", destination=name, at=at, silent=find(s, name) is None)


def enter(s: Session, code_id: str, code: str, *, at: datetime, address: str, agent: str) -> str:
    """Log in by one-time code: the new login's token."""
    used = use_code(s, code_id, code, purpose="login", at=at)
    account = find(s, used.destination)
    if account is None:
        raise CodeWrong(code_id)
    return log_in(s, account, at=at, strong=False, address=address, agent=agent)[1]


def prefer(s: Session, account_id: str, *, locale: str, large_type: bool) -> None:
    """The language messages come in, and the size of type to begin with on a new device."""
    account = db.lock(s, Account, account_id)
    account.locale, account.large_type = locale, large_type
    s.add(account)


def fits(account: Account | None, password: str) -> bool:
    """Whether this is the account's password, in the same time for nobody. It is slow: hold no session."""
    stored = account.password_hash if account and account.password_hash else _NOBODY
    try:
        with _TURNS:
            _HASHER.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return account is not None and bool(account.password_hash)


def set_password(s: Session, account_id: str, fresh: str, *, at: datetime, keep: str | None = None) -> None:
    """A new password, by its hash; every other login of the account ends."""
    account = db.lock(s, Account, account_id)
    account.password_hash = fresh
    s.add(account)
    end_logins(s, account_id, at=at, keep=keep)
    _record(s, account_id, "password.changed", at=at)
    _warn(s, account, "密码已更改", "您的账户密码刚刚被更改。", at=at)


def hashed(password: str) -> str:
    """The Argon2id hash to store. It is slow and takes 32 MB: as many at once as cores, and no session held."""
    with _TURNS:
        return _HASHER.hash(password)


def strong_password(password: str, account: Account) -> bool:
    """Long, of two kinds of character, and none that everybody tries first."""
    kinds = {"letter" if c.isalpha() else "digit" if c.isdigit() else "sign" for c in password}
    own = [part for part in (account.phone, account.identity_number[-8:], account.name) if part]
    known = any(word in password.lower() for word in (*_COMMON, *own))
    return (
        PASSWORD[0] <= len(password) <= PASSWORD[1]
        and len(kinds) > 1
        and len(set(password)) > 4
        and not known
    )


def log_in(
    s: Session, account: Account, *, at: datetime, strong: bool, address: str, agent: str
) -> tuple[Login, str]:
    """A new login and its token; only the token's hash is kept. A device not seen before is announced."""
    token = secrets.token_urlsafe(32)
    device = hashlib.sha256(address.encode()).hexdigest()[:16], agent[:200]
    before = {(row.address_hash, row.agent) for row in _logins(s, account.id)}
    login = Login(
        token_hash=token_hash(token),
        account_id=account.id,
        created_at=at,
        seen_at=at,
        strong_at=at if strong else None,
        proved_at=at,
        address_hash=device[0],
        agent=device[1],
    )
    s.add(login)
    s.flush()
    if before and device not in before:
        _warn(s, account, "新设备登录", "您的账户刚刚在一台新设备上登录。", at=at)
    _record(s, account.id, "login.opened", at=at, login=login.id)
    return login, token


def log_out(s: Session, login_id: str, *, at: datetime) -> None:
    """End a login; its cookie is worth nothing from now on."""
    login = db.lock(s, Login, login_id)
    login.ended_at = login.ended_at or at
    s.add(login)
    _record(s, login.account_id, "login.closed", at=at, login=login.id)


def end_own_login(s: Session, login_id: str, *, by: Actor, at: datetime) -> None:
    """End one's own login on another device; those of others do not exist."""
    login = db.lock(s, Login, login_id)
    if login.account_id != by.account_id:
        raise NotFound(kind="Login")
    log_out(s, login_id, at=at)


def end_logins(s: Session, account_id: str, *, at: datetime, keep: str | None = None) -> None:
    """End every login of an account but one."""
    for login in _logins(s, account_id):
        if login.ended_at is None and login.id != keep:
            login.ended_at = at
            s.add(login)


def prove(s: Session, login_id: str, *, at: datetime, strong: bool = False) -> str:
    """Remember that the person has just shown again that it is them; the login gets a new token."""
    login = db.lock(s, Login, login_id)
    token = secrets.token_urlsafe(32)
    login.token_hash, login.proved_at = token_hash(token), at
    login.strong_at = at if strong else login.strong_at
    s.add(login)
    return token


def offer_second_factor(s: Session, account_id: str) -> Credential:
    """The account's TOTP secret, made on first ask."""
    known = s.exec(select(Credential).where(Credential.account_id == account_id)).first()
    if known is not None:
        return known
    credential = Credential(account_id=account_id, secret=pyotp.random_base32())
    s.add(credential)
    s.flush()
    return credential


def check_second_factor(s: Session, account_id: str, code: str, *, at: datetime) -> bool:
    """Whether the code is the one of now (±30 s) and was not used before."""
    held = select(Credential).where(Credential.account_id == account_id).with_for_update()
    credential = s.exec(held).first()
    if credential is None:
        return False
    totp = pyotp.TOTP(credential.secret)
    step = int(at.timestamp()) // 30
    for counter in (step, step - 1, step + 1):
        expected = totp.generate_otp(counter).encode()
        if counter > credential.last_counter and hmac.compare_digest(expected, code.strip().encode()):
            _spend(s, credential, counter, at)
            return True
    return False


def _spend(s: Session, credential: Credential, counter: int, at: datetime) -> None:
    credential.last_counter = counter
    if credential.confirmed_at is None:
        credential.confirmed_at = at
        account = db.get(s, Account, credential.account_id)
        _warn(s, account, "已启用动态口令", "您的账户刚刚启用了第二重验证。", at=at)
        _record(s, credential.account_id, "factor.enrolled", at=at)
    s.add(credential)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _logins(s: Session, account_id: str) -> list[Login]:
    query = select(Login).where(Login.account_id == account_id).order_by(col(Login.created_at).desc())
    return list(s.exec(query.limit(50)))


def _warn(s: Session, account: Account, subject: str, body: str, *, at: datetime) -> None:
    words = "%(what)s如果不是您本人操作，请立即联系法院 12368。"
    notices.tell(s, account, subject, words, about="/account", at=at, what=body)


def _record(s: Session, account_id: str, kind: str, *, at: datetime, **fields: object) -> None:
    """Doings of the court's own people go into their court's journal; a party has no court yet."""
    court_id = s.exec(select(RoleGrant.court_id).where(RoleGrant.account_id == account_id)).first()
    if court_id:
        journal.append(
            s, court_id, f"account:{account_id}", kind, by=Actor(account_id=account_id), at=at, **fields
        )
