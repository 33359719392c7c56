"""What may come between in a case: recusal, standing still, suspicion of falsity, appraisal."""

from __future__ import annotations

from starlette.responses import Response

from odr.actions import appraisals, halts, recusals
from web.ask import Ask
from web.forms import incidents as forms
from web.words import say


def recuse_send(ask: Ask) -> Response:
    form = ask.form(forms.Recuse)
    with ask.once() as s:
        recusals.ask(s, ask.id("case"), by=ask.actor, at=ask.now, ground=form.ground, facts=form.facts)
        return ask.see(ask.path_of("case"), say=say("回避申请已提出，三日内会有决定。决定前调解不开始。"))


def waive_recusal_send(ask: Ask) -> Response:
    with ask.once() as s:
        recusals.waive(s, ask.id("case"), by=ask.actor, at=ask.now)
        return ask.see(ask.path_of("case"), say=say("已记录：您知道情况，仍同意由该调解员调解。"))


def decide_recusal_send(ask: Ask) -> Response:
    form = ask.form(forms.Decide)
    with ask.once() as s:
        recusals.decide(s, ask.id("case"), by=ask.actor, at=ask.now, granted=form.yes, reason=form.reason)
        return ask.see(ask.path_of("case"), say=say("决定已记录，各方会收到通知。"))


def suspend_send(ask: Ask) -> Response:
    form = ask.form(forms.Suspend)
    with ask.once() as s:
        halts.suspend(s, ask.id("case"), by=ask.actor, at=ask.now, why=form.why, reason=form.reason)
        return ask.see(ask.path_of("case"), say=say("调解已中止。"))


def resume_send(ask: Ask) -> Response:
    with ask.once() as s:
        halts.resume(s, ask.id("case"), by=ask.actor, at=ask.now)
        return ask.see(ask.path_of("case"), say=say("调解已恢复。"))


def judge_suspicion_send(ask: Ask) -> Response:
    form = ask.form(forms.Decide)
    with ask.once() as s:
        halts.judge(s, ask.id("case"), by=ask.actor, at=ask.now, upheld=form.yes, reason=form.reason)
        words = say("已认定，调解终止，不予司法确认。") if form.yes else say("已排除，调解恢复。")
        return ask.see(ask.path_of("case"), say=words)


def ask_appraisal_send(ask: Ask) -> Response:
    form = ask.form(forms.AskAppraisal)
    with ask.once() as s:
        appraisals.ask(
            s,
            ask.id("case"),
            by=ask.actor,
            at=ask.now,
            matter=form.matter,
            reason=form.reason,
            institution=form.institution,
        )
        return ask.see(ask.path_of("case"), say=say("鉴定申请已提出，等待对方答复。"))


def answer_appraisal_send(ask: Ask) -> Response:
    form = ask.form(forms.Answer)
    with ask.once() as s:
        appraisals.answer(s, ask.id("case"), by=ask.actor, at=ask.now, agrees=form.yes)
        words = say("双方同意鉴定，调解中止，期限停止计算。") if form.yes else say("您不同意鉴定，调解继续。")
        return ask.see(ask.path_of("case"), say=words)


def finish_appraisal_send(ask: Ask) -> Response:
    form = ask.form(forms.Finish)
    with ask.once() as s:
        appraisals.finish(s, ask.id("case"), by=ask.actor, at=ask.now, outcome=form.outcome)
        return ask.see(ask.path_of("case"), say=say("鉴定已结束，期限继续计算。"))
