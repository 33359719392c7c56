"""The door: registering, logging in, proving who you are, one's own account."""

from __future__ import annotations

from urllib.parse import urlencode

from sqlmodel import Session
from starlette.responses import Response

from odr.actions import accounts as actions
from odr.errors import BadInput, CodeWrong, LoginNeeded, StepUpNeeded
from odr.queries import accounts as queries
from odr.queries import home as homes
from odr.tables.people import Account, Login
from web import factor, logins
from web.ask import Ask, local, redirect
from web.forms import accounts as forms
from web.guesses import evenly
from web.words import language, say


def home(ask: Ask) -> Response:
    with ask.reading() as s:
        return ask.page("accounts/home.html", cards=homes.cards(s, ask.actor))


# registering


def register(ask: Ask) -> Response:
    return ask.page("accounts/register.html", next=_next(ask))


def send_registration_code(ask: Ask) -> Response:
    form = ask.form(forms.Phone)
    with evenly(), ask.once() as s:
        sent = actions.ask_to_register(s, form.phone, at=ask.now)
        return ask.see(_step("/register/details", attempt=sent.id, next=form.next))


def details(ask: Ask) -> Response:
    with ask.reading() as s:
        attempt = queries.attempt(s, ask.query.get("attempt", "") or ask.value("attempt"))
        return ask.page("accounts/details.html", attempt=attempt, next=_next(ask))


def enrol(ask: Ask) -> Response:
    form = ask.form(forms.Registration)
    with ask.once() as s:
        account = actions.register(
            s,
            kind=form.kind,
            name=form.name,
            identity_number=form.identity_number,
            email=form.email,
            locale=language.get(),
            code_id=form.attempt,
            code=form.code,
            at=ask.now,
        )
        _, token = actions.log_in(s, account, at=ask.now, strong=False, **_device(ask))
        answer = ask.see(local(form.next), say=say("注册完成，您已登录。"))
    return logins.remember(answer, token)


# logging in


def log_in(ask: Ask) -> Response:
    return ask.page("accounts/login.html", next=_next(ask))


def send_login_code(ask: Ask) -> Response:
    form = ask.form(forms.Named)
    with evenly(), ask.once() as s:
        sent = actions.ask_to_log_in(s, form.name, at=ask.now)
        return ask.see(_step("/login/code", attempt=sent.id, next=form.next))


def login_code(ask: Ask) -> Response:
    with ask.reading() as s:
        attempt = queries.attempt(s, ask.query.get("attempt", "") or ask.value("attempt"))
        return ask.page("accounts/code.html", attempt=attempt, next=_next(ask))


def enter(ask: Ask) -> Response:
    form = ask.form(forms.Coded)
    with ask.once() as s:
        _close_earlier(ask, s)
        token = actions.enter(s, form.attempt, form.code, at=ask.now, **_device(ask))
        answer = ask.see(local(form.next))
    return logins.remember(answer, token)


def password(ask: Ask) -> Response:
    return ask.page("accounts/password.html", next=_next(ask))


def enter_by_password(ask: Ask) -> Response:
    form = ask.form(forms.Password)
    secret = f"password:{form.name}"
    ask.site.guesses.spend(secret)
    with ask.reading() as s:
        known = actions.find(s, form.name)
    if not actions.fits(known, form.password) or known is None:
        raise BadInput(password="bad-login")  # noqa: S106  # a field's name and its error
    ask.site.guesses.right(secret)
    with ask.once() as s:
        _close_earlier(ask, s)
        account = s.get_one(Account, known.id)
        _, token = actions.log_in(s, account, at=ask.now, strong=False, **_device(ask))
        answer = ask.see(local(form.next))
    return logins.remember(answer, token)


def log_out(ask: Ask) -> Response:
    with ask.once() as s:
        if ask.login:
            actions.log_out(s, ask.login.id, at=ask.now)
        answer = ask.see("/", say=say("您已退出登录。"))
    return logins.forget(answer)


# second factor and step-up


def second_factor(ask: Ask) -> Response:
    login = _login(ask)
    with ask.reading() as s:
        held = queries.factor(s, login.account_id)
    enrolled = held is not None and held.confirmed_at is not None
    offer = factor.offer(held.secret, ask.actor.name, ask.court.name) if held and not enrolled else None
    return ask.page("accounts/second_factor.html", enrolled=enrolled, offer=offer, next=_next(ask))


def begin_second_factor(ask: Ask) -> Response:
    with ask.once() as s:
        actions.offer_second_factor(s, _login(ask).account_id)
        return ask.see(_step("/second-factor", next=_next(ask)))


def show_second_factor(ask: Ask) -> Response:
    form = ask.form(forms.Coded)
    login = _login(ask)
    secret = f"factor:{login.account_id}"
    ask.site.guesses.spend(secret)
    with ask.once() as s:
        if not actions.check_second_factor(s, login.account_id, form.code, at=ask.now):
            raise CodeWrong()
        token = actions.prove(s, login.id, at=ask.now, strong=True)
        answer = ask.see(local(form.next))
    ask.site.guesses.right(secret)
    return logins.remember(answer, token)


def prove(ask: Ask) -> Response:
    login = _login(ask)
    with ask.reading() as s:
        if queries.has_second_factor(s, login.account_id):
            return redirect(_step("/second-factor", next=_next(ask)))
        key = ask.query.get("attempt", "") or ask.value("attempt")
        attempt = queries.attempt(s, key) if key else None
        way = queries.own_way(s, login.account_id)
        return ask.page("accounts/prove.html", attempt=attempt, way=way, next=_next(ask))


def send_proof_code(ask: Ask) -> Response:
    login = _login(ask)
    with ask.once() as s:
        account = s.get_one(Account, login.account_id)
        way = account.phone or account.email
        sent = actions.send_code(s, purpose=f"prove:{login.id}", destination=way, at=ask.now)
        return ask.see(_step("/prove", attempt=sent.id, next=_next(ask)))


def show_proof(ask: Ask) -> Response:
    form = ask.form(forms.Coded)
    login = _login(ask)
    with ask.once() as s:
        actions.use_code(s, form.attempt, form.code, purpose=f"prove:{login.id}", at=ask.now)
        token = actions.prove(s, login.id, at=ask.now)
        answer = ask.see(local(form.next), say=say("已确认是您本人，请继续。"))
    return logins.remember(answer, token)


# one's own account


def account(ask: Ask) -> Response:
    login = _login(ask)
    with ask.reading() as s:
        return ask.page("accounts/account.html", own=queries.own(s, login, ask.now))


def prefer(ask: Ask) -> Response:
    form = ask.form(forms.Preferences)
    large = form.large_type is not None
    with ask.once() as s:
        actions.prefer(s, _login(ask).account_id, locale=form.locale, large_type=large)
        answer = ask.see("/account", say=say("已保存。"))
    logins.prefer(answer, "language", form.locale)
    return logins.prefer(answer, "type", "large" if large else "normal")


def change_password(ask: Ask) -> Response:
    login = _login(ask)
    if not logins.proved(ask.login, ask.now):
        raise StepUpNeeded()
    form = ask.form(forms.NewPassword)
    with ask.reading() as s:
        if not actions.strong_password(form.password, s.get_one(Account, login.account_id)):
            raise BadInput(password="weak-password")  # noqa: S106  # the name of a field and its error
    fresh = actions.hashed(form.password)
    with ask.once() as s:
        actions.set_password(s, login.account_id, fresh, at=ask.now, keep=login.id)
        return ask.see("/account", say=say("密码已保存，其他设备上的登录已结束。"))


def end_login(ask: Ask) -> Response:
    with ask.once() as s:
        actions.end_own_login(s, ask.id("login"), by=ask.actor, at=ask.now)
        return ask.see("/account", say=say("已结束这次登录。"))


def _next(ask: Ask) -> str:
    return local(ask.value("next") or ask.query.get("next", "/home"))


def _step(path: str, **fields: str) -> str:
    return f"{path}?{urlencode(fields)}"


def _device(ask: Ask) -> dict[str, str]:
    return {"address": ask.address, "agent": ask.headers.get("user-agent", "")}


def _login(ask: Ask) -> Login:
    if ask.login is None:
        raise LoginNeeded()
    return ask.login


def _close_earlier(ask: Ask, s: Session) -> None:
    """Whoever was logged in on this device is no more: the new login begins from nothing."""
    if ask.login:
        actions.log_out(s, ask.login.id, at=ask.now)
