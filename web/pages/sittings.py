"""A sitting's pages: device test, doors, lobby and room, and everything that is done in them."""

from __future__ import annotations

from sqlmodel import Session
from starlette.responses import JSONResponse, Response

from odr import clock, db, presence, review_papers
from odr.actions import rooms, sittings
from odr.errors import NoRecorder, NotFound, WrongStage
from odr.queries import drafting
from odr.queries import sittings as query
from odr.rules import pack
from odr.rules.words import ClauseKind
from odr.tables.mediations import Sitting
from web import media, whip
from web.ask import Ask
from web.forms import sittings as forms
from web.words import language, say


def device_test(ask: Ask) -> Response:
    """Camera, microphone, loudspeaker, network: anybody may try, days ahead."""
    return ask.page("sittings/device_test.html", sitting=ask.query.get("sitting", ""))


def device_test_send(ask: Ask) -> Response:
    form = ask.form(forms.DeviceTest)
    with ask.once() as s:
        sittings.test_device(s, ask.id("sitting"), by=ask.actor, at=ask.now, result=form.result)
        return ask.see(here(ask), say=say("设备检测结果已记下。"))


def show(ask: Ask) -> Response:
    """The sitting as it stands for this person: announced, lobby and room, or over."""
    with ask.reading() as s:
        view = query.show(s, ask.id("sitting"), by=ask.actor)
        page = "sittings/room.html" if view.inside else "sittings/show.html"
        return ask.page(page, **parts(ask, s, view))


def panel(ask: Ask) -> Response:
    """The agreement column as a page of its own."""
    with ask.reading() as s:
        view = _of_parties(ask, s)
        return ask.page("drafting/panel.html", **parts(ask, s, view))


def minutes(ask: Ask) -> Response:
    """The minutes so far as a page of their own."""
    with ask.reading() as s:
        view = _of_parties(ask, s)
        return ask.page("sittings/minutes.html", **parts(ask, s, view))


def _of_parties(ask: Ask, s: Session) -> query.SittingView:
    """The sitting, for those who may read what is written in it."""
    view = query.show(s, ask.id("sitting"), by=ask.actor)
    if view.is_guest:
        raise NotFound()
    return view


def again(ask: Ask) -> Response:
    """The page a wrong form came from."""
    return panel(ask) if ask.value("back") == "panel" else show(ask)


def parts(ask: Ask, s: Session, view: query.SittingView) -> dict[str, object]:
    """What the templates of a sitting show."""
    cause = pack.load().causes.get(view.cause)
    return {
        "sitting": view,
        "cause": cause.name.say(language.get()) if cause else view.cause,
        "panel": drafting.panel(s, view.id, by=ask.actor, on=clock.court_date(ask.now)),
        "forms": pack.load().clauses,
        "messages": pack.load().messages,
        "kinds": list(ClauseKind),
        "notices": sittings.NOTICES,
        "stock": review_papers.STOCK,
        "enter_now": view.is_mediator or ask.now >= view.doors_at,
    }


def enter(ask: Ask) -> Response:
    with ask.once() as s:
        sittings.enter(s, ask.id("sitting"), by=ask.actor, at=ask.now)
        return ask.see(here(ask))


def leave(ask: Ask) -> Response:
    with ask.once() as s:
        sittings.leave(s, ask.id("sitting"), by=ask.actor, at=ask.now)
        return ask.see("/home", say=say("您已离开。调解结束前可以随时回来。"))


def ticket(ask: Ask) -> Response:
    """What the browser joins the media server with."""
    with ask.reading() as s:
        sitting = db.get(s, Sitting, ask.id("sitting"))
        presence.of(s, sitting.id, ask.actor.account_id)
        if sitting.stage not in presence.LIVE:
            raise WrongStage(was=str(sitting.stage), wanted="live")
        return JSONResponse(media.ticket(ask, s, sitting), headers={"Cache-Control": "no-store"})


def identity(ask: Ask) -> Response:
    form = ask.form(forms.Identity)
    with ask.once() as s:
        fits = sittings.state_identity(
            s, ask.id("sitting"), by=ask.actor, at=ask.now, last_digits=form.last_digits
        )
        words = (
            say("号码一致，请等调解员核对。")
            if fits
            else say("号码不一致，请再看一看，或者向调解员出示证件。")
        )
        return ask.see(here(ask), say=words)


def notices(ask: Ask) -> Response:
    form = ask.form(forms.Notices)
    with ask.once() as s:
        sittings.read_notices(s, ask.id("sitting"), by=ask.actor, at=ask.now, ticked=form.notice)
        return ask.see(here(ask), say=say("已记下您阅读了全部告知事项。"))


def consent(ask: Ask) -> Response:
    form = ask.form(forms.ConsentToRecord)
    with ask.once() as s:
        rooms.consent(
            s,
            ask.id("sitting"),
            by=ask.actor,
            at=ask.now,
            given=form.given,
            minutes_instead=form.minutes_instead,
        )
        words = say("您同意录制。您可以随时撤回。") if form.given else say("您不同意录制。不影响继续调解。")
        return ask.see(here(ask), say=words)


def check(ask: Ask) -> Response:
    form = ask.form(forms.CheckIdentity)
    with ask.once() as s:
        sittings.check_identity(
            s, ask.id("sitting"), ask.id("account"), by=ask.actor, at=ask.now, how=form.how
        )
        return ask.see(here(ask), say=say("身份核验已记下。"))


def move(ask: Ask) -> Response:
    form = ask.form(forms.Move)
    account = ask.actor.ref if ask.id("account") == "me" else ask.id("account")
    with ask.once() as s:
        rooms.move(s, ask.id("sitting"), account, form.room, by=ask.actor, at=ask.now)
        return ask.see(here(ask))


def hush(ask: Ask) -> Response:
    form = ask.form(forms.Hush)
    with ask.once() as s:
        rooms.hush(
            s,
            ask.id("sitting"),
            ask.id("account"),
            by=ask.actor,
            at=ask.now,
            hushed=form.hushed,
            camera_off=form.camera_off,
        )
        return ask.see(here(ask))


def device(ask: Ask) -> Response:
    """The address and the token of a camera of the venue, shown this once."""
    if ask.site.settings.media_url:
        raise NoRecorder
    with ask.once() as s:
        device = rooms.attach_device(s, ask.id("sitting"), by=ask.actor, at=ask.now)
    return ask.page(
        "sittings/device.html",
        sitting=device.sitting_id,
        address=f"{ask.site.settings.origin}/whip/{device.sitting_id}",
        token=whip.token(ask, device),
    )


def end_device(ask: Ask) -> Response:
    with ask.once() as s:
        rooms.end_device(s, ask.id("sitting"), ask.id("device"), by=ask.actor, at=ask.now)
        return ask.see(here(ask), say=say("摄像机已断开，它的口令作废。"))


def begin(ask: Ask) -> Response:
    with ask.once() as s:
        sittings.begin(s, ask.id("sitting"), by=ask.actor, at=ask.now)
        return ask.see(here(ask), say=say("联合会谈开始。"))


def pause(ask: Ask) -> Response:
    with ask.once() as s:
        sittings.pause(s, ask.id("sitting"), by=ask.actor, at=ask.now)
        return ask.see(here(ask), say=say("已休息，各方回到自己的等候室。"))


def caucus(ask: Ask) -> Response:
    form = ask.form(forms.Caucus)
    with ask.once() as s:
        rooms.caucus(s, ask.id("sitting"), form.side, by=ask.actor, at=ask.now)
        return ask.see(here(ask))


def gather(ask: Ask) -> Response:
    with ask.once() as s:
        rooms.gather(s, ask.id("sitting"), by=ask.actor, at=ask.now)
        return ask.see(here(ask))


def record(ask: Ask) -> Response:
    if ask.site.settings.media_url:
        raise NoRecorder
    with ask.once() as s:
        rooms.record(s, ask.id("sitting"), by=ask.actor, at=ask.now)
        return ask.see(here(ask), say=say("开始录制。"))


def stop_recording(ask: Ask) -> Response:
    with ask.once() as s:
        rooms.stop_recording(s, ask.id("sitting"), by=ask.actor, at=ask.now)
        return ask.see(here(ask), say=say("已停止录制。"))


def signing(ask: Ask) -> Response:
    form = ask.form(forms.Switch)
    with ask.once() as s:
        rooms.open_signing(s, ask.id("sitting"), by=ask.actor, at=ask.now, on=form.on)
        return ask.see(here(ask))


def hand(ask: Ask) -> Response:
    form = ask.form(forms.Switch)
    with ask.once() as s:
        rooms.raise_hand(s, ask.id("sitting"), by=ask.actor, at=ask.now, up=form.on)
        return ask.see(here(ask))


def close(ask: Ask) -> Response:
    form = ask.form(forms.Close)
    with ask.once() as s:
        sittings.close(
            s, ask.id("sitting"), by=ask.actor, at=ask.now, outcome=form.outcome, remark=form.remark
        )
        return ask.see(f"/sittings/{ask.id('sitting')}", say=say("本次调解已结束，笔录正在制作。"))


def no_show(ask: Ask) -> Response:
    form = ask.form(forms.NoShow)
    with ask.once() as s:
        sittings.no_show(s, ask.id("sitting"), by=ask.actor, at=ask.now, absent=form.absent)
        return ask.see(f"/sittings/{ask.id('sitting')}", say=say("已记下有人未到，双方已收到通知。"))


def here(ask: Ask) -> str:
    """Back to the page a form was on."""
    if ask.value("back") == "panel":
        return f"/sittings/{ask.id('sitting')}/panel"
    return f"/sittings/{ask.id('sitting')}"
