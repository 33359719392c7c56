"""What a judge, a clerk, the president and the organisation do around a review, each by one form."""

from __future__ import annotations

from starlette.responses import Response

from odr import clock
from odr.actions import confirmation, inquiries, judges, review_time, rulings
from odr.queries import reviews
from odr.rules.words import Hat
from web.ask import Ask
from web.forms import confirmation as forms
from web.words import say


def oral_send(ask: Ask) -> Response:
    form = ask.form(forms.Oral)
    with ask.once() as s:
        row = confirmation.apply_orally(
            s,
            ask.id("agreement"),
            by=ask.actor,
            at=ask.now,
            reasons=form.reasons,
            signed=form.signed,
            where=form.where,
        )
        return ask.see(f"/confirmations/{row.id}", say=say("已记录双方的口头申请，可以当场受理。"))


def correction_send(ask: Ask) -> Response:
    form = ask.form(forms.Supplement)
    with ask.once() as s:
        rulings.ask_correction(
            s, ask.id("confirmation"), by=ask.actor, at=ask.now, items=form.lines, days=form.days
        )
        return ask.see("/clerk", say=say("已通知补正，通知书正在送达。"))


def permit_send(ask: Ask) -> Response:
    with ask.once() as s:
        rulings.permit_withdrawal(s, ask.id("confirmation"), by=ask.actor, at=ask.now)
        return ask.see(ask.path_of("confirmation"), say=say("裁定书已签发，正在盖章送达。"))


def terminate_send(ask: Ask) -> Response:
    form = ask.form(forms.Reasons)
    with ask.once() as s:
        rulings.terminate(s, ask.id("confirmation"), by=ask.actor, at=ask.now, reasons=form.reasons)
        return ask.see(ask.path_of("confirmation"), say=say("裁定书已签发，正在盖章送达。"))


def extension_send(ask: Ask) -> Response:
    form = ask.form(forms.Extension)
    with ask.once() as s:
        review_time.ask(
            s,
            ask.id("confirmation"),
            by=ask.actor,
            at=ask.now,
            rule=form.rule,
            days=form.days,
            reason=form.reason,
        )
        return ask.see(ask.path_of("confirmation"), say=say("已报请院长审批。"))


def extension_decide(ask: Ask) -> Response:
    form = ask.form(forms.Decision)
    with ask.once() as s:
        review_time.decide(
            s,
            ask.id("confirmation"),
            by=ask.actor,
            at=ask.now,
            granted=form.granted,
            opinion=form.opinion,
        )
        return ask.see("/approvals", say=say("已批准延长。") if form.granted else say("未批准延长。"))


def recusal_send(ask: Ask) -> Response:
    form = ask.form(forms.Reasons)
    with ask.once() as s:
        judges.ask_recusal(s, ask.id("confirmation"), by=ask.actor, at=ask.now, reasons=form.reasons)
        return ask.see(ask.path_of("confirmation"), say=say("回避申请已提交，决定作出前法官暂停审查。"))


def recusal_refuse(ask: Ask) -> Response:
    form = ask.form(forms.Opinion)
    with ask.once() as s:
        judges.refuse_recusal(s, ask.id("confirmation"), by=ask.actor, at=ask.now, opinion=form.opinion)
        return ask.see("/approvals", say=say("已驳回回避申请，并告知当事人。"))


def replace_send(ask: Ask) -> Response:
    form = ask.form(forms.Reasons)
    with ask.once() as s:
        judges.replace(s, ask.id("confirmation"), by=ask.actor, at=ask.now, reason=form.reasons)
        desk = "/judge" if Hat.JUDGE in ask.hats else "/approvals"
        return ask.see(desk, say=say("已重新随机确定法官。"))


def inquiry_send(ask: Ask) -> Response:
    form = ask.form(forms.Inquiry)
    with ask.once() as s:
        inquiries.call(
            s,
            ask.id("confirmation"),
            by=ask.actor,
            at=ask.now,
            starts_at=clock.from_court(form.starts_at),
            mode=form.mode,
            place=form.place,
        )
        return ask.see(ask.path_of("confirmation"), say=say("已通知双方到场接受询问。"))


def verify_send(ask: Ask) -> Response:
    form = ask.form(forms.Question)
    with ask.once() as s:
        inquiries.verify(s, ask.id("confirmation"), by=ask.actor, at=ask.now, question=form.question)
        return ask.see(ask.path_of("confirmation"), say=say("已请调解组织答复。"))


def verify_answer(ask: Ask) -> Response:
    form = ask.form(forms.Answer)
    with ask.once() as s:
        inquiries.answer(s, ask.id("confirmation"), by=ask.actor, at=ask.now, text=form.text)
        return ask.see(ask.path_of("confirmation"), say=say("已答复法院。"))


def approvals(ask: Ask) -> Response:
    """What the president decides: more time, and recusals of judges."""
    with ask.reading() as s:
        return ask.page("confirmation/approvals.html", found=reviews.approvals(s, ask.actor.court_id))
