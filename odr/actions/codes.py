"""One-time codes: single use, ten minutes, five tries, bound to one purpose and destination (ASVS 6.5)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from odr import notices
from odr.errors import CodeWrong, TooMany
from odr.tables.columns import new_id
from odr.tables.people import OneTimeCode

LIFE = timedelta(minutes=10)
TRIES = 5
CEILINGS = ((timedelta(hours=1), 5), (timedelta(days=1), 10))  # codes to one destination


def send_code(
    s: Session, *, purpose: str, destination: str, at: datetime, silent: bool = False
) -> OneTimeCode:
    """Send a fresh code. A silent one looks the same to who asked, but nobody gets it and nothing fits it."""
    for span, most in CEILINGS:
        if _recent(s, destination, at - span) >= most:
            raise TooMany(destination=destination, wait=int(span.total_seconds()))
    code = f"{secrets.randbelow(10**6):06d}"
    row = OneTimeCode(
        id=new_id(),
        purpose=purpose,
        destination=destination,
        code_hash="",
        created_at=at,
        expires_at=at + LIFE,
    )
    row.code_hash = "" if silent else _hash(row.id, code)
    s.add(row)
    s.flush()
    if not silent:
        notices.tell(
            s, destination, "验证码", "验证码 %(code)s，10 分钟内有效。请勿告诉他人。", at=at, code=code
        )
    return row


def use_code(
    s: Session, code_id: str, code: str, *, purpose: str, destination: str | None = None, at: datetime
) -> OneTimeCode:
    """Spend a code, or CodeWrong. A wrong try counts even though the transaction of the act is refused."""
    row = _locked(s, code_id)
    if row is None or row.purpose != purpose or (destination is not None and row.destination != destination):
        raise CodeWrong()
    if row.used_at is not None or row.expires_at <= at or row.tries >= TRIES:
        raise CodeWrong()
    if not hmac.compare_digest(row.code_hash, _hash(row.id, code.strip())):
        raise CodeWrong(row.id)
    row.used_at = at
    s.add(row)
    return row


def count_try(s: Session, code_id: str) -> None:
    """Remember a wrong try, in a transaction of its own."""
    row = _locked(s, code_id)
    if row is not None:
        row.tries += 1
        s.add(row)


def _locked(s: Session, code_id: str) -> OneTimeCode | None:
    """The code, for nobody else until the transaction ends: two at once must not both find it unused."""
    return s.get(OneTimeCode, code_id, with_for_update=True, populate_existing=True) if code_id else None


def _recent(s: Session, destination: str, since: datetime) -> int:
    query = select(func.count()).where(
        OneTimeCode.destination == destination, col(OneTimeCode.created_at) > since
    )
    return s.exec(query).one()


def _hash(code_id: str, code: str) -> str:
    return hashlib.sha256(f"{code_id}:{code}".encode()).hexdigest()
