"""Pages of a mediation case: the mediator's desk, choosing, accepting, times, endings."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlmodel import Session
from starlette.responses import Response

from odr import clock, db
from odr.actions import calendar, mediation, mediators
from odr.errors import BadInput
from odr.queries import candidates, incidents, mediations, oral, participants, schemes
from odr.rules import companions, pack
from odr.rules.moves import SittingStage
from odr.rules.words import Do, EndReason
from odr.tables.mediations import MediationCase, Sitting
from web import calendars, roster_words
from web.ask import Ask
from web.forms import mediation as forms
from web.labels import grounds
from web.looks import looked
from web.words import say

PARTS = {"morning": (time(9), time(12)), "afternoon": (time(14), time(17)), "evening": (time(19), time(21))}


def desk(ask: Ask) -> Response:
    """The mediator's work: today, open cases, ended ones."""
    with ask.reading() as s:
        return ask.page(
            "mediation/desk.html",
            sittings=mediations.today(s, ask.actor, ask.now),
            cases=mediations.desk(s, ask.actor),
            closed=mediations.closed(s, ask.actor),
        )


def show(ask: Ask) -> Response:
    """The case: whose turn, who, when, the clocks, the papers, and what can be done."""
    with ask.reading() as s:
        case = db.get(s, MediationCase, ask.id("case"))
        view = mediations.show(s, case, ask.actor)
        free = candidates.shown(s, case, on=clock.court_date(ask.now)) if Do.APPOINT in view.may else []
        answer = ask.page(
            "mediation/case.html",
            case=view,
            named=[(one.id, one.name) for one in free],
            incidents=incidents.show(s, case, ask.actor),
            scheme=schemes.show(s, case, ask.actor),
            on_paper=schemes.on_paper(s, case, ask.actor),
            oral=oral.show(s, case, ask.actor),
            guests=participants.of_case(s, case, ask.actor),
            parts=[(part.value, say(words)) for part, words in companions.PARTS.items()],
            recusal_grounds=grounds("disclosure"),
        )
    looked(ask, view.dispute_id, "调解案件")
    return answer


def choose(ask: Ask) -> Response:
    with ask.reading() as s:
        case = db.get(s, MediationCase, ask.id("case"))
        view = _view(ask, s)
        return ask.page(
            "mediation/choose.html",
            case=view,
            people=candidates.shown(s, case, on=clock.court_date(ask.now)),
            words=pack.words,
            shown=roster_words.shown,
            mine=mediations.choices(s, case, view.side),
            theirs=mediations.choices(s, case, view.side.other) if view.side else [],
        )


def choose_send(ask: Ask) -> Response:
    form = ask.form(forms.Choose)
    with ask.once() as s:
        case = mediators.choose(
            s,
            ask.id("case"),
            by=ask.actor,
            at=ask.now,
            mediator_ids=form.wanted,
            trust_court=form.trust_court,
        )
        done = say("已选定，等待调解员确认。") if case.mediator_id else say("您的选择已记录，等待对方选择。")
        return ask.see(f"/disputes/{case.dispute_id}", say=done)


def appoint_send(ask: Ask) -> Response:
    form = ask.form(forms.Appoint)
    with ask.once() as s:
        mediators.appoint(
            s, ask.id("case"), by=ask.actor, at=ask.now, mediator_id=form.mediator_id, reason=form.reason
        )
        return ask.see(ask.path_of("case"), say=say("已指定调解员，等待其确认。"))


def offer(ask: Ask) -> Response:
    with ask.reading() as s:
        return ask.page(
            "mediation/offer.html",
            case=_view(ask, s),
            disclosures=grounds("disclosure"),
            declines=[pair for pair in grounds("decline") if pair[0] != "no-answer"],  # the machine's
        )


def accept_send(ask: Ask) -> Response:
    form = ask.form(forms.Accept)
    with ask.once() as s:
        disclosure = _disclosed(form.relation, form.disclosure)
        mediators.accept(
            s, ask.id("case"), by=ask.actor, at=ask.now, disclosure=disclosure, promised=form.promised
        )
        return ask.see(ask.path_of("case"), say=say("已接受本案，调解期限开始计算。"))


def decline_send(ask: Ask) -> Response:
    form = ask.form(forms.Decline)
    with ask.once() as s:
        mediators.decline(s, ask.id("case"), by=ask.actor, at=ask.now, reason=form.reason)
        return ask.see("/desk", say=say("已说明理由并退回，将由当事人另选或者法院另行指定。"))


def waive_send(ask: Ask) -> Response:
    with ask.once() as s:
        mediators.waive(s, ask.id("case"), by=ask.actor, at=ask.now)
        return ask.see(ask.path_of("case"), say=say("已记录：您知道披露的情况，仍同意由该调解员调解。"))


def replace_send(ask: Ask) -> Response:
    form = ask.form(forms.Reason)
    with ask.once() as s:
        case = mediators.replace(s, ask.id("case"), by=ask.actor, at=ask.now, reason=form.reason)
        return ask.see(f"/disputes/{case.dispute_id}", say=say("已申请更换调解员，请重新选择。"))


def contact_send(ask: Ask) -> Response:
    form = ask.form(forms.Contact)
    with ask.once() as s:
        mediation.contact(
            s, ask.id("case"), by=ask.actor, at=ask.now, channel=form.channel, reached=form.reached
        )
        return ask.see(ask.path_of("case"), say=say("联络情况已记录。"))


def times(ask: Ask) -> Response:
    """The coming two weeks in mornings, afternoons and evenings, to tick."""
    first = clock.court_date(ask.now) + timedelta(days=1)
    with ask.reading() as s:
        case = _view(ask, s)
        return ask.page(
            "mediation/times.html",
            case=case,
            days=[first + timedelta(days=n) for n in range(14)],
            parts=PARTS,
            ticked=[_slot(one.starts_at) for one in case.times if one.mine],
        )


def times_send(ask: Ask) -> Response:
    spans = [_span(value) for value in ask.form(forms.Times).slot]
    with ask.once() as s:
        calendar.offer_times(s, ask.id("case"), by=ask.actor, at=ask.now, times=spans)
        return ask.see(ask.path_of("case"), say=say("您方便的时间已告诉调解员。"))


def schedule(ask: Ask) -> Response:
    with ask.reading() as s:
        return ask.page(
            "mediation/schedule.html", case=_view(ask, s), chosen=_chosen(ask.query.get("at", ""))
        )


def schedule_send(ask: Ask) -> Response:
    form = ask.form(forms.Schedule)
    with ask.once() as s:
        sitting = calendar.schedule(
            s,
            ask.id("case"),
            by=ask.actor,
            at=ask.now,
            starts_at=form.begins,
            minutes=form.minutes,
            mode=form.mode,
            place=form.place,
            short_notice=form.short_notice,
        )
        return ask.see(f"/sittings/{sitting.id}", say=say("调解时间已确定，通知已发给各方。"))


def calendar_file(ask: Ask) -> Response:
    """The sitting for the person's own calendar."""
    with ask.reading() as s:
        sitting = db.get(s, Sitting, ask.id("sitting"))
        number = db.get(s, MediationCase, sitting.case_id).number
        event = calendars.Event(
            key=sitting.id,
            title=say("视频调解 %(number)s", number=number),
            where=sitting.place or f"{ask.site.settings.origin}/sittings/{sitting.id}",
            about=say("请提前检测设备，准备好身份证件。"),
            begins=sitting.starts_at,
            ends=sitting.ends_at,
            on=sitting.stage is not SittingStage.RESCHEDULED,
        )
    return ask.file(calendars.file(event, at=ask.now), "text/calendar; charset=utf-8", "sitting.ics")


def reschedule(ask: Ask) -> Response:
    with ask.reading() as s:
        sitting = db.get(s, Sitting, ask.id("sitting"))
        case = mediations.show(s, db.get(s, MediationCase, sitting.case_id), ask.actor)
        return ask.page("mediation/reschedule.html", sitting=sitting, case=case)


def reschedule_send(ask: Ask) -> Response:
    form = ask.form(forms.Reason)
    with ask.once() as s:
        sitting = calendar.reschedule(s, ask.id("sitting"), by=ask.actor, at=ask.now, reason=form.reason)
        return ask.see(f"/cases/{sitting.case_id}", say=say("已改期，新的时间确定后会通知各方。"))


def extend(ask: Ask) -> Response:
    with ask.reading() as s:
        return ask.page("mediation/extend.html", case=_view(ask, s))


def extend_send(ask: Ask) -> Response:
    form = ask.form(forms.AskExtension)
    with ask.once() as s:
        mediation.ask_extension(
            s, ask.id("case"), by=ask.actor, at=ask.now, days=form.days, reason=form.reason
        )
        return ask.see(f"{ask.path_of('case')}/extend", say=say("延期请求已提出，双方都同意后生效。"))


def extend_agree(ask: Ask) -> Response:
    with ask.once() as s:
        extension = mediation.agree_extension(
            s, ask.id("case"), ask.id("extension"), by=ask.actor, at=ask.now
        )
        done = say("双方均已同意，期限已延长。") if extension.granted_at else say("您已同意，等待对方。")
        return ask.see(f"{ask.path_of('case')}/extend", say=done)


def note_send(ask: Ask) -> Response:
    form = ask.form(forms.NoteText)
    with ask.once() as s:
        mediation.write_note(s, ask.id("case"), by=ask.actor, at=ask.now, text=form.text)
        return ask.see(ask.path_of("case"), say=say("笔记已保存，只有您能看到。"))


def end(ask: Ask) -> Response:
    with ask.reading() as s:
        done_by_acts = (EndReason.AGREEMENT, EndReason.SETTLED)
        words = [pair for pair in grounds("end") if pair[0] not in done_by_acts]
        return ask.page("mediation/end.html", case=_view(ask, s), endings_words=words)


def end_send(ask: Ask) -> Response:
    form = ask.form(forms.End)
    with ask.once() as s:
        mediation.end(
            s,
            ask.id("case"),
            by=ask.actor,
            at=ask.now,
            reason=form.reason,
            situation=form.situation,
            cost_acts=form.cost_acts,
            tips=form.tips,
        )
        return ask.see(ask.path_of("case"), say=say("调解已终结，报告已生成，当事人已收到通知。"))


def settle_send(ask: Ask) -> Response:
    form = ask.form(forms.Settle)
    with ask.once() as s:
        case = mediation.settle(s, ask.id("case"), by=ask.actor, at=ask.now, performed=form.performed)
        return ask.see(f"/disputes/{case.dispute_id}", say=say("已记录：各方自行和解。"))


def hand_over_send(ask: Ask) -> Response:
    with ask.once() as s:
        case = mediation.hand_over(s, ask.id("case"), by=ask.actor, at=ask.now)
        return ask.see(f"/disputes/{case.dispute_id}", say=say("材料已移送立案，无需重新提交。"))


def _view(ask: Ask, s: Session) -> mediations.CaseView:
    return mediations.show(s, db.get(s, MediationCase, ask.id("case")), ask.actor)


def _disclosed(relation: str, words: str) -> str:
    """The relation in the words of the law with the mediator's own; nothing if there is none."""
    if relation == "none":
        return ""
    ground = pack.load().grounds["disclosure"].get(relation)
    if ground is None:
        raise BadInput(relation="choose-one")
    return "：".join(filter(None, (ground.words.zh, words)))


def _chosen(at: str) -> datetime | None:
    """A time picked from the list of free times, on the court's clock."""
    try:
        return clock.court_time(datetime.fromisoformat(at))
    except (ValueError, OverflowError):
        return None


def _slot(starts_at: datetime) -> str:
    """The name of a span in the form: day and part of the day."""
    local = clock.court_time(starts_at)
    part = next((name for name, (start, _end) in PARTS.items() if start == local.time()), "")
    return f"{local.date().isoformat()}_{part}"


def _span(slot: str) -> tuple[datetime, datetime]:
    day, _, part = slot.partition("_")
    try:
        begin, end = (datetime.combine(date.fromisoformat(day), at) for at in PARTS[part])
        return clock.from_court(begin), clock.from_court(end)
    except (ValueError, KeyError, OverflowError):
        raise BadInput(slot="wrong") from None
