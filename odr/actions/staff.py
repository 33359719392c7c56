"""The court's own accounts: made, given roles and taken away by the system administrator, who sees no case.

The administrator never knows a password: a new colleague logs in by one-time code, enrols the second
factor and may then choose a password.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, select

from odr import db, journal, notices, standing
from odr.actions import accounts
from odr.errors import BadInput, NotAllowed, NotFound
from odr.rules.access import Actor
from odr.rules.words import Do, Role
from odr.tables.people import Account, Court, RoleGrant

# Roles that an administrator gives by hand; mediators and organisations come through the roster
OFFERED = (Role.TRIAGE, Role.CLERK, Role.JUDGE, Role.LEADER, Role.AUDITOR, Role.SYSADMIN)


def create(
    s: Session, *, name: str, phone: str, email: str, roles: list[Role], by: Actor, at: datetime
) -> Account:
    """An account for a colleague, told by message how to get in."""
    court = _own_court(s, by)
    if s.exec(select(Account.id).where(Account.phone == phone)).first():
        raise BadInput(phone="known-phone")
    account = Account(name=name, phone=phone, email=email, verified_at=at, created_at=at)
    s.add(account)
    s.flush()
    s.add_all(RoleGrant(account_id=account.id, role=role, court_id=court.id) for role in _offered(roles))
    _note(s, account, "account.created", by=by, at=at, roles=sorted(roles))
    notices.tell(s, account, "工作账户已开通", "请用本手机号码登录，并启用动态口令。", about="/login", at=at)
    return account


def disable(s: Session, account_id: str, *, by: Actor, at: datetime) -> None:
    """Close an account: its logins end at once. Nobody closes their own."""
    account = _colleague(s, account_id, by)
    if account.id == by.account_id:
        raise NotAllowed(do=Do.MANAGE_ACCOUNTS.value)
    account.disabled_at = at
    s.add(account)
    accounts.end_logins(s, account.id, at=at)
    _note(s, account, "account.disabled", by=by, at=at)


def enable(s: Session, account_id: str, *, by: Actor, at: datetime) -> None:
    """Open a closed account again."""
    account = _colleague(s, account_id, by)
    account.disabled_at = None
    s.add(account)
    _note(s, account, "account.enabled", by=by, at=at)


def end_logins(s: Session, account_id: str, *, by: Actor, at: datetime) -> None:
    """Log a colleague out everywhere."""
    account = _colleague(s, account_id, by)
    accounts.end_logins(s, account.id, at=at)
    _note(s, account, "account.logged-out", by=by, at=at)


def _own_court(s: Session, by: Actor) -> Court:
    court = db.get(s, Court, by.court_id)
    standing.require(s, by, Do.MANAGE_ACCOUNTS, court)
    return court


def _colleague(s: Session, account_id: str, by: Actor) -> Account:
    """An account with a role in the administrator's own court; others do not exist for them."""
    court = _own_court(s, by)
    grant = select(RoleGrant.id).where(RoleGrant.account_id == account_id, RoleGrant.court_id == court.id)
    if s.exec(grant).first() is None:
        raise NotFound(kind="Account")
    return db.lock(s, Account, account_id)


def _offered(roles: list[Role]) -> list[Role]:
    if not roles or not set(roles) <= set(OFFERED):
        raise BadInput(roles="choose-one")
    return roles


def _note(s: Session, account: Account, kind: str, *, by: Actor, at: datetime, **fields: object) -> None:
    journal.append(s, by.court_id or "", f"account:{account.id}", kind, by=by, at=at, **fields)
