"""Pages of judicial confirmation: application, clerk's desk, judge's queue, the file, the ruling."""

from __future__ import annotations

from starlette.responses import Response

from documents import reading
from odr import clock
from odr.actions import confirmation, rulings, service
from odr.queries import agreements, confirmations, enforcement, objections, reviews
from odr.rules import pack
from odr.rules.moves import AgreementStage
from odr.rules.words import Hat
from web.ask import Ask, redirect
from web.forms import agreements as agreement_forms
from web.forms import confirmation as forms
from web.labels import grounds, told
from web.looks import looked
from web.words import say

NOTE = 500  # characters beside a ground
WAITING = "已提出申请，等待其他当事人共同申请。"


def apply(ask: Ask) -> Response:
    """The first side applies; once there is an application, the way leads to it."""
    with ask.reading() as s:
        view = agreements.show(s, ask.id("agreement"), ask.actor)
        if ask.method == "GET" and (view.confirmation or view.stage is not AgreementStage.EFFECTIVE):
            # performed on the spot or too late: there is nothing to apply for
            there = f"/confirmations/{view.confirmation.id}" if view.confirmation else ""
            return redirect(there or f"/agreements/{view.id}")
        return ask.page("confirmation/apply.html", agreement=view)


def apply_send(ask: Ask) -> Response:
    form = ask.form(agreement_forms.Apply)
    with ask.once() as s:
        row = confirmation.apply(
            s,
            ask.id("agreement"),
            by=ask.actor,
            at=ask.now,
            reasons=form.reasons,
            declared=form.declared,
            where=form.where,
        )
        return ask.see(f"/confirmations/{row.id}", say=say(WAITING))


def show(ask: Ask) -> Response:
    """The file: parties see the state and what to do, the judge reviews and rules here."""
    with ask.reading() as s:
        file = confirmations.show(s, ask.id("confirmation"), ask.actor, ask.now)
        judges = Hat.JUDGE in file.hats and file.judge
        answer = ask.page(
            "confirmation/review.html" if judges else "confirmation/show.html",
            file=file,
            paper=reading.fragment(file.facts) if file.facts else "",
            draft=reading.fragment(file.draft) if file.draft else "",
            beside=confirmations.beside(s, ask.actor, file.id) if judges else None,
            checks=_checks(),
            aside=reviews.beside(s, file.id, file.hats, ask.now),
            dismissals=[*grounds("dismissal"), *grounds("not_accepted")],
            refusals=grounds("not_accepted"),
            rules=_rules,
        )
    looked(ask, file.dispute_id, "司法确认")
    return answer


def join_send(ask: Ask) -> Response:
    form = ask.form(forms.Join)
    with ask.once() as s:
        row = confirmation.join(s, ask.id("confirmation"), by=ask.actor, at=ask.now, declared=form.declared)
        done = say(WAITING) if row.submitted_at is None else say("共同申请已提交法院。")
        return ask.see(ask.path_of("confirmation"), say=done)


def withdraw_send(ask: Ask) -> Response:
    with ask.once() as s:
        rulings.withdraw(s, ask.id("confirmation"), by=ask.actor, at=ask.now)
        return ask.see(ask.path_of("confirmation"), say=say("申请已撤回。"))


def answer_send(ask: Ask) -> Response:
    form = ask.form(forms.Answer)
    with ask.once() as s:
        rulings.answer_supplement(s, ask.id("confirmation"), by=ask.actor, at=ask.now, text=form.text)
        return ask.see(ask.path_of("confirmation"), say=say("补充材料已提交。"))


def clerk(ask: Ask) -> Response:
    with ask.reading() as s:
        return ask.page(
            "confirmation/clerk.html",
            lines=confirmations.desk(s, ask.actor.court_id),
            tasks=confirmations.paper_tasks(s, ask.actor.court_id),
            posted=confirmations.receipts(s, ask.actor.court_id),
            today=clock.court_date(ask.now),
            objections=objections.waiting(s, ask.actor.court_id),
            enforcements=enforcement.waiting(s, ask.actor.court_id),
        )


def accept_send(ask: Ask) -> Response:
    with ask.once() as s:
        row = confirmation.accept(s, ask.id("confirmation"), by=ask.actor, at=ask.now)
        return ask.see("/clerk", say=say("已受理，案号%(number)s，承办法官已随机确定。", number=row.number))


def paper_send(ask: Ask) -> Response:
    form = ask.form(forms.SendPaper)
    with ask.once() as s:
        service.send_paper(s, ask.id("document"), form.service_id, by=ask.actor, at=ask.now)
        return ask.see("/clerk", say=say("已记录：纸质文书已寄出。"))


def receipt_send(ask: Ask) -> Response:
    form = ask.form(forms.Receipt)
    with ask.once() as s:
        service.receive_paper(s, ask.id("document"), form.service_id, by=ask.actor, at=ask.now, on=form.on)
        return ask.see("/clerk", say=say("签收已登记，期限自签收之日起算。"))


def judge(ask: Ask) -> Response:
    with ask.reading() as s:
        return ask.page(
            "confirmation/judge.html",
            lines=confirmations.queue(s, ask.actor),
            waiting=confirmations.waiting(s, ask.actor.court_id),
            decided=confirmations.decided(s, ask.actor),
            objections=objections.queue(s, ask.actor),
        )


def review_send(ask: Ask) -> Response:
    with ask.once() as s:
        rulings.review(s, ask.id("confirmation"), by=ask.actor, at=ask.now)
        return ask.see(ask.path_of("confirmation"), say=say("已开始审查。"))


def check_send(ask: Ask) -> Response:
    form = ask.form(forms.Check)
    ticks = {key: {"ok": key in form.ok, "note": ask.value(f"note-{key}")[:NOTE]} for key in rulings.CHECKS}
    with ask.once() as s:
        rulings.check(s, ask.id("confirmation"), by=ask.actor, at=ask.now, checklist=ticks)
        return ask.see(f"{ask.path_of('confirmation')}#confirm", say=say("核对情况已保存。"))


def supplement_send(ask: Ask) -> Response:
    form = ask.form(forms.Supplement)
    with ask.once() as s:
        rulings.ask_supplement(
            s,
            ask.id("confirmation"),
            by=ask.actor,
            at=ask.now,
            items=form.lines,
            days=form.days,
            about=form.about,
        )
        return ask.see(ask.path_of("confirmation"), say=say("已要求补充，通知书正在送达。"))


def confirm_send(ask: Ask) -> Response:
    with ask.once() as s:
        rulings.confirm(s, ask.id("confirmation"), by=ask.actor, at=ask.now)
        return ask.see(ask.path_of("confirmation"), say=say("裁定书已签发，正在盖章送达。"))


def dismiss_send(ask: Ask) -> Response:
    form = ask.form(forms.Dismiss)
    with ask.once() as s:
        rulings.dismiss(
            s,
            ask.id("confirmation"),
            by=ask.actor,
            at=ask.now,
            ground=form.ground,
            reasons=form.reasons,
        )
        return ask.see(ask.path_of("confirmation"), say=say("裁定书已签发，正在盖章送达。"))


def not_accept_send(ask: Ask) -> Response:
    form = ask.form(forms.NotAccept)
    with ask.once() as s:
        rulings.not_accept(
            s,
            ask.id("confirmation"),
            by=ask.actor,
            at=ask.now,
            ground=form.ground,
            reasons=form.reasons,
        )
        return ask.see(ask.path_of("confirmation"), say=say("裁定书已签发，正在盖章送达。"))


def withdrawn_send(ask: Ask) -> Response:
    form = ask.form(forms.Withdrawn)
    with ask.once() as s:
        rulings.rule_withdrawn(s, ask.id("confirmation"), by=ask.actor, at=ask.now, reasons=form.reasons)
        return ask.see(ask.path_of("confirmation"), say=say("裁定书已签发，正在盖章送达。"))


def _checks() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """(what they lead to, article, (key, words) of each ground) a judge ticks before confirming."""
    found = []
    for kind, heading in (("not_accepted", say("不予受理的情形")), ("dismissal", say("驳回申请的情形"))):
        checked = [pair for pair in grounds(kind) if pair[0] in rulings.CHECKS]
        article = pack.cite(pack.load().grounds[kind][checked[0][0]].articles)
        found.append((heading, article, checked))
    return found


def _rules(extendable: tuple[tuple[str, int], ...]) -> list[tuple[str, str]]:
    """The clocks a president may extend, each with its most days."""
    return [
        (rule, say("%(name)s（最多 %(days)d 日）", name=told(pack.load().clocks[rule].name), days=days))
        for rule, days in extendable
    ]
