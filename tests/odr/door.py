"""The door as a small model: who has an account, whose code or password opens it, which logins are open.

Written from the pages like `life.py`, and walked by the same walkers. A code lives ten minutes, so this model looks
at the clock; a party belongs to no court yet, so its logins are in no journal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pyotp
from sqlmodel import Session, col, select

from odr import demo
from odr.actions import accounts, staff
from odr.db import Database
from odr.demo.cast import PASSWORD, actor_of
from odr.errors import CodeWrong, NotAllowed
from odr.rules.access import Actor
from odr.rules.words import PersonKind, Role
from odr.tables.people import Account, Credential, Login, Message, OneTimeCode
from tests.odr.life import Act, Life, people

STAFF, PARTIES = frozenset({"colleague", "clerk"}), frozenset({"newcomer", "applicant"})
GUESTS, ADMIN = STAFF | PARTIES, frozenset({"sysadmin"})
EVERYBODY = GUESTS | ADMIN | {"leader", "auditor", "org-admin", "stranger", "machine"}
NAMES = {"colleague": "新书记员", "clerk": "林晓", "newcomer": "金小雨", "applicant": "张伟"}
PHONES = {
    who: f"1{n}" for who, n in zip(NAMES, (3711110000, 3800000004, 3911110000, 3900000001), strict=True)
}
CHOSEN = "gulf-lantern-7-oak"


@dataclass(frozen=True)
class Code:
    """The newest code of somebody; one that is not alive was never sent, or is spent."""

    purpose: str
    since: int
    alive: bool
    tries: int = 0


@dataclass
class Door:
    """What is true of accounts and logins."""

    minute: int = 0
    known: frozenset[str] = frozenset({"clerk", "applicant"})
    closed: frozenset[str] = frozenset()
    codes: Mapping[str, Code] = field(default_factory=dict)
    asked: tuple[tuple[str, int], ...] = ()  # who asked for a code, when
    chosen: frozenset[str] = frozenset()  # who chose a password
    enrolled: frozenset[str] = frozenset({"clerk"})
    logins: Mapping[str, tuple[bool, ...]] = field(default_factory=lambda: dict.fromkeys(NAMES, ()))
    host: bool = field(default=False, init=False)

    def may_ask(self, who: str) -> bool:
        """Five codes an hour, ten a day."""
        ages = [self.minute - since for one, since in self.asked if one == who]
        return sum(age < 60 for age in ages) < 5 and sum(age < 24 * 60 for age in ages) < 10

    def asks(self, who: str, purpose: str, alive: bool) -> dict[str, Any]:
        code = Code(purpose, self.minute, alive)
        return {"codes": {**self.codes, who: code}, "asked": (*self.asked, (who, self.minute))}

    def fits(self, who: str, purpose: str) -> bool:
        """Alive for ten minutes and five tries, for one purpose."""
        code = self.codes.get(who)
        if code is None or not code.alive or code.purpose != purpose:
            return False
        return code.tries < 5 and self.minute - code.since < 10

    def spent(self, who: str) -> dict[str, Any]:
        return {"codes": {**self.codes, who: replace(self.codes[who], alive=False)}}

    def guessed(self, who: str) -> dict[str, Any]:
        code = self.codes[who]
        return {"codes": {**self.codes, who: replace(code, tries=code.tries + (code.purpose == "login"))}}

    def enters(self, who: str) -> bool:
        return who in self.known - self.closed

    def closes(self, who: str) -> dict[str, Any]:
        return self.has(who) | {"closed": self.closed | {who}}

    def has(self, who: str, *logins: bool) -> dict[str, Any]:
        """Each open login, the newest last, and whether a second factor was shown in it."""
        return {"logins": {**self.logins, who: logins}}


class Doorway(Life):
    """The accounts in a database."""

    def actor(self, s: Session, who: str) -> Actor:
        if who not in ("newcomer", "colleague"):
            return self.actors[who]
        account = _account(s, PHONES[who])
        if account is None:
            return Actor("nobody", NAMES[who])
        if who == "colleague":
            return actor_of(s, account.id, Role.CLERK, self.actors["court"])  # type: ignore[arg-type]  # a Court
        return Actor(account.id, account.name, frozenset({Role.PARTY}))

    def stages(self, s: Session) -> dict[str, Any]:
        found = {who: one for who in NAMES if (one := _account(s, PHONES[who]))}
        return {
            "known": frozenset(found),
            "closed": frozenset(who for who, one in found.items() if one.disabled_at),
            "logins": {
                who: tuple(bool(row.strong_at) for row in _logins(s, found[who].id)) if who in found else ()
                for who in NAMES
            },
        }


def begin(db: Database, at: datetime) -> Doorway:
    """A court into which only the administrator has come."""
    with db.transaction() as s:
        cast = demo.people(s, at)
        admin = s.get_one(Account, cast.staff[Role.SYSADMIN].account_id)
        accounts.log_in(s, admin, at=at, strong=True, address="192.0.2.4", agent="")
        return Doorway(db, at + timedelta(hours=1), actors=people(cast, court=cast.court))


def _account(s: Session, phone: str) -> Account | None:
    return s.exec(select(Account).where(Account.phone == phone)).first()


def _logins(s: Session, account_id: str) -> list[Login]:
    """The open ones, the newest last."""
    mine = select(Login).where(Login.account_id == account_id, col(Login.ended_at).is_(None))
    return list(s.exec(mine.order_by(col(Login.created_at))))


def _phone(by: Actor, whose: frozenset[str]) -> str:
    """Only these people's telephones ring here; nobody reads the code of another."""
    for who in whose:
        if NAMES[who] == by.name:
            return PHONES[who]
    raise NotAllowed(do="log in")


def _mine(s: Session, by: Actor, whose: frozenset[str]) -> Account:
    account = _account(s, _phone(by, whose))
    if account is None:
        raise NotAllowed(do="log in")
    return account


def _login(s: Session, by: Actor, whose: frozenset[str]) -> Login:
    rows = _logins(s, _mine(s, by, whose).id)
    if not rows:
        raise NotAllowed(do="log out")
    return rows[-1]


def _code(s: Session, phone: str) -> tuple[str, str]:
    """The newest code asked for, and the digits that the telephone shows."""
    asked = select(OneTimeCode.id).where(OneTimeCode.destination == phone)
    letters = select(Message.body).where(Message.destination == phone, Message.subject == "验证码")
    row = s.exec(asked.order_by(col(OneTimeCode.created_at).desc())).first()
    letter = s.exec(letters.order_by(col(Message.created_at).desc())).first()
    return row or "", (re.findall(r"\d{6}", letter or "") or ["none"])[0]


@cache
def _hash() -> str:
    return accounts.hashed(CHOSEN)


def acts() -> Iterator[Act]:
    """Every act at the door."""
    yield from _acts_of_asking()
    for whose, at_court in ((STAFF, True), (PARTIES, False)):
        yield from _acts_of_logging_in(whose, at_court)
        yield from _acts_of_passwords(whose, at_court)
    yield from _acts_of_factors()
    yield from _acts_of_owners()
    yield from _acts_of_the_administrator()


def _acts_of_asking() -> Iterator[Act]:
    yield Act(
        "ask to register", PARTIES, lambda m, w: m.may_ask(w),
        lambda m, w: m.asks(w, "register", w not in m.known), "",
        lambda v, s, by: accounts.ask_to_register(s, _phone(by, PARTIES), at=v.now),
    )  # fmt: skip
    yield Act(
        "register", PARTIES, lambda m, w: m.fits(w, "register"),
        lambda m, w: m.spent(w) | {"known": m.known | {w}}, "", _register,
    )  # fmt: skip
    yield Act(
        "ask to log in", GUESTS, lambda m, w: m.may_ask(w),
        lambda m, w: m.asks(w, "login", m.enters(w)), "",
        lambda v, s, by: accounts.ask_to_log_in(s, _phone(by, GUESTS), at=v.now),
    )  # fmt: skip
    yield Act(
        "guess a code", GUESTS, lambda m, w: w in m.codes, lambda m, w: m.guessed(w), "",
        lambda v, s, by: _guess(v, s, _phone(by, GUESTS)),
    )  # fmt: skip


def _register(v: Life, s: Session, by: Actor) -> None:
    code_id, code = _code(s, _phone(by, PARTIES))
    accounts.register(
        s, kind=PersonKind.NATURAL, name=by.name, identity_number="11010519491231002X", email="",
        locale="zh_CN", code_id=code_id, code=code, at=v.now,
    )  # fmt: skip


def _guess(v: Life, s: Session, phone: str) -> None:
    try:
        accounts.enter(s, _code(s, phone)[0], "no code", at=v.now, address="192.0.2.2", agent="")
    except CodeWrong as wrong:
        accounts.count_try(s, wrong.code_id)


def _acts_of_logging_in(whose: frozenset[str], at_court: bool) -> Iterator[Act]:
    at = "at court" if at_court else "at home"
    yield Act(
        f"log in {at}", whose, lambda m, w: m.fits(w, "login") and m.enters(w),
        lambda m, w: m.spent(w) | m.has(w, *m.logins[w], False), "login.opened" if at_court else "",
        lambda v, s, by: accounts.enter(
            s, *_code(s, _phone(by, whose)), at=v.now, address="192.0.2.1", agent=by.name
        ),
    )  # fmt: skip
    yield Act(
        f"log out {at}", whose, lambda m, w: m.logins[w], lambda m, w: m.has(w, *m.logins[w][:-1]),
        "login.closed" if at_court else "",
        lambda v, s, by: accounts.log_out(s, _login(s, by, whose).id, at=v.now),
    )  # fmt: skip


def _acts_of_passwords(whose: frozenset[str], at_court: bool) -> Iterator[Act]:
    at = "at court" if at_court else "at home"
    yield Act(
        f"choose a password {at}", whose, lambda m, w: m.logins[w],
        lambda m, w: m.has(w, m.logins[w][-1]) | {"chosen": m.chosen | {w}},
        "password.changed" if at_court else "",
        lambda v, s, by: accounts.set_password(
            s, _mine(s, by, whose).id, _hash(), at=v.now, keep=_login(s, by, whose).id
        ),
    )  # fmt: skip
    words = {"the password": CHOSEN} | ({"the first password": PASSWORD} if at_court else {})
    for name, word in words.items():
        yield Act(
            f"log in with {name} {at}", whose,
            lambda m, w, word=word: m.enters(w) and word == _password(m, w),
            lambda m, w: m.has(w, *m.logins[w], False), "login.opened" if at_court else "",
            lambda v, s, by, word=word: _log_in(v, s, _phone(by, whose), word),
        )  # fmt: skip


def _password(m: Door, who: str) -> str:
    return CHOSEN if who in m.chosen else PASSWORD if who == "clerk" else ""


def _log_in(v: Life, s: Session, phone: str, word: str) -> None:
    account = accounts.find(s, phone)
    if account is None or not accounts.fits(account, word):
        raise NotAllowed(do="log in")
    accounts.log_in(s, account, at=v.now, strong=False, address="192.0.2.3", agent="")


def _acts_of_factors() -> Iterator[Act]:
    for name, new in (("enrol a second factor", True), ("show the second factor", False)):
        yield Act(
            name, STAFF, lambda m, w, new=new: m.logins[w] and (w in m.enrolled) != new,
            lambda m, w: m.has(w, *m.logins[w][:-1], True) | {"enrolled": m.enrolled | {w}},
            "factor.enrolled" if new else "",
            lambda v, s, by, new=new: _show(v, s, by, new),
        )  # fmt: skip
    yield Act(
        "show a code of yesterday", STAFF, lambda m, w: False, lambda m, w: {}, "",
        lambda v, s, by: _show(v, s, by, False, v.now - timedelta(days=1)),
    )  # fmt: skip


def _show(v: Life, s: Session, by: Actor, new: bool, shown: datetime | None = None) -> None:
    login = _login(s, by, STAFF)
    credential = s.exec(select(Credential).where(Credential.account_id == login.account_id)).first()
    if new == bool(credential and credential.confirmed_at):
        raise NotAllowed(do="enrol")
    secret = accounts.offer_second_factor(s, login.account_id).secret
    if not accounts.check_second_factor(s, login.account_id, pyotp.TOTP(secret).at(shown or v.now), at=v.now):
        raise NotAllowed(do="prove")
    accounts.prove(s, login.id, at=v.now, strong=True)


def _acts_of_owners() -> Iterator[Act]:
    """Whose login it is may end it; to anybody else it does not exist."""
    for owner, kind in (("clerk", "login.closed"), ("applicant", "")):
        yield Act(
            f"end a login of the {owner}", frozenset({owner}), lambda m, w: m.logins[w],
            lambda m, w: m.has(w, *m.logins[w][1:]), kind,
            lambda v, s, by, owner=owner: accounts.end_own_login(
                s, next((row.id for row in _logins(s, _id(s, owner))), "none"), by=by, at=v.now
            ),
        )  # fmt: skip


def _acts_of_the_administrator() -> Iterator[Act]:
    yield Act(
        "make the colleague's account", ADMIN, lambda m, w: "colleague" not in m.known,
        lambda m, w: {"known": m.known | {"colleague"}}, "account.created",
        lambda v, s, by: staff.create(
            s, name=NAMES["colleague"], phone=PHONES["colleague"], email="", roles=[Role.CLERK], by=by, at=v.now
        ),
    )  # fmt: skip
    for whose in (*sorted(STAFF), "applicant"):
        yield from _acts_on(whose)
    yield Act(
        "close one's own account", ADMIN, lambda m, w: False, lambda m, w: {}, "account.disabled",
        lambda v, s, by: staff.disable(s, by.account_id or "none", by=by, at=v.now),
    )  # fmt: skip


def _acts_on(whose: str) -> Iterator[Act]:
    """The court's own accounts are the administrator's business; a party's do not exist for them."""

    for name, kind, act, then in (
        ("close", "account.disabled", staff.disable, lambda m, w: m.closes(whose)),
        ("open again", "account.enabled", staff.enable, lambda m, w: {"closed": m.closed - {whose}}),
        ("log out everywhere", "account.logged-out", staff.end_logins, lambda m, w: m.has(whose)),
    ):
        yield Act(
            f"{name}: {whose}", ADMIN, lambda m, w: whose in STAFF & m.known, then, kind,
            lambda v, s, by, act=act: act(s, _id(s, whose), by=by, at=v.now),
        )  # fmt: skip


def _id(s: Session, whose: str) -> str:
    account = _account(s, PHONES[whose])
    return account.id if account else "none"


ACTS = tuple(acts())
