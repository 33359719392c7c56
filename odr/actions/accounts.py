"""Accounts: register, prove a phone or mailbox, second factor, logins.

Codes are single use, live ten minutes, allow five tries and are bound to one purpose (ASVS 6.5).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlmodel import Session, col, func, select

from odr import db, notices
from odr.errors import BadInput, CodeWrong, TooMany
from odr.rules.words import PersonKind
from odr.tables.columns import new_id
from odr.tables.people import Account, Credential, Login, OneTimeCode

CODE_LIFE = timedelta(minutes=10)
CODES_AN_HOUR = 5
TRIES = 5
_HASHER = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
# compared when there is no such account, so that both answers take the same time
_NOBODY = _HASHER.hash(secrets.token_hex(16))


def register(
    s: Session,
    *,
    kind: PersonKind,
    name: str,
    identity_number: str,
    phone: str,
    email: str,
    locale: str,
    code_id: str,
    code: str,
    at: datetime,
) -> Account:
    """A new account, real name and all; the phone is proven by its code (OLR-7)."""
    use_code(s, code_id, code, purpose="register", destination=phone, at=at)
    known = s.exec(select(Account).where(Account.identity_number == identity_number)).first()
    if known is not None:
        raise BadInput(identity_number="known-identity")
    account = Account(
        kind=kind,
        name=name,
        identity_number=identity_number,
        phone=phone,
        email=email,
        locale=locale,
        verified_at=at,
        created_at=at,
    )
    s.add(account)
    s.flush()
    return account


def send_code(s: Session, *, purpose: str, destination: str, at: datetime) -> OneTimeCode:
    """Send a fresh code; TooMany after five within the hour to one destination."""
    recent = s.exec(
        select(func.count())
        .select_from(OneTimeCode)
        .where(OneTimeCode.destination == destination, col(OneTimeCode.created_at) > at - timedelta(hours=1))
    ).one()
    if recent >= CODES_AN_HOUR:
        raise TooMany(destination=destination)
    code = f"{secrets.randbelow(10**6):06d}"
    row = OneTimeCode(
        id=new_id(),
        purpose=purpose,
        destination=destination,
        code_hash="",
        created_at=at,
        expires_at=at + CODE_LIFE,
    )
    row.code_hash = _code_hash(row.id, code)
    s.add(row)
    notices.tell(s, destination, "验证码", f"验证码 {code}，10 分钟内有效。请勿告诉他人。", about="", at=at)
    return row


def use_code(
    s: Session, code_id: str, code: str, *, purpose: str, destination: str | None = None, at: datetime
) -> OneTimeCode:
    """Spend a code, or CodeWrong. A wrong try counts even though the transaction of the act is refused."""
    row = s.get(OneTimeCode, code_id) if code_id else None
    if row is None or row.purpose != purpose or (destination is not None and row.destination != destination):
        raise CodeWrong(code="bad-code")
    if row.used_at is not None or row.expires_at <= at or row.tries >= TRIES:
        raise CodeWrong(code="bad-code")
    if not hmac.compare_digest(row.code_hash, _code_hash(row.id, code.strip())):
        raise CodeWrong(code="bad-code", code_id=row.id)
    row.used_at = at
    s.add(row)
    return row


def count_try(s: Session, code_id: str) -> None:
    """Remember a wrong try, in a transaction of its own."""
    row = s.get(OneTimeCode, code_id)
    if row is not None:
        row.tries += 1
        s.add(row)


def check_password(s: Session, login_name: str, password: str) -> Account | None:
    """The account with this phone or mailbox and password."""
    account = s.exec(
        select(Account).where((Account.phone == login_name) | (Account.email == login_name))
    ).first()
    stored = account.password_hash if account and account.password_hash else _NOBODY
    try:
        _HASHER.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return None
    return account if account and account.password_hash and not account.disabled_at else None


def set_password(s: Session, account_id: str, password: str) -> None:
    account = db.lock(s, Account, account_id)
    account.password_hash = _HASHER.hash(password)
    s.add(account)


def log_in(
    s: Session, account: Account, *, at: datetime, strong: bool, address: str, agent: str
) -> tuple[Login, str]:
    """A new login and its token; only the token's hash is kept."""
    token = secrets.token_urlsafe(32)
    login = Login(
        token_hash=token_hash(token),
        account_id=account.id,
        created_at=at,
        seen_at=at,
        strong_at=at if strong else None,
        proved_at=at,
        address_hash=hashlib.sha256(address.encode()).hexdigest()[:16],
        agent=agent[:200],
    )
    s.add(login)
    s.flush()
    return login, token


def log_out(s: Session, login_id: str, *, at: datetime) -> None:
    login = db.lock(s, Login, login_id)
    login.ended_at = at
    s.add(login)


def prove(s: Session, login_id: str, *, at: datetime) -> None:
    """Remember that the person has just shown again that it is them."""
    login = db.lock(s, Login, login_id)
    login.proved_at = at
    s.add(login)


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
    credential = s.exec(select(Credential).where(Credential.account_id == account_id)).first()
    if credential is None:
        return False
    totp = pyotp.TOTP(credential.secret)
    step = int(at.timestamp()) // 30
    for counter in (step, step - 1, step + 1):
        if counter > credential.last_counter and hmac.compare_digest(
            totp.generate_otp(counter), code.strip()
        ):
            credential.last_counter = counter
            credential.confirmed_at = credential.confirmed_at or at
            s.add(credential)
            return True
    return False


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _code_hash(code_id: str, code: str) -> str:
    return hashlib.sha256(f"{code_id}:{code}".encode()).hexdigest()
