"""Fee relief: the applicant's page, the court's list, a judge's opinion, the president's decision."""

from __future__ import annotations

from starlette.responses import Response

from odr.actions import fee_relief
from odr.db import get
from odr.queries import disputes
from odr.queries import fee_relief as reading
from odr.rules import access, relief
from odr.rules.words import Do
from odr.tables.disputes import Dispute
from web.ask import Ask
from web.forms import fee_relief as forms
from web.labels import grounds
from web.pages import evidence
from web.words import say


def own(ask: Ask) -> Response:
    """The fee and what was asked; one kind of relief chosen in the address has its form."""
    with ask.reading() as s:
        dispute = get(s, Dispute, ask.id("dispute"))
        disputes.require_handed_in(dispute, ask.hats)
        view = reading.own(s, dispute, ask.actor)
    wanted = ask.value("relief") or ask.query.get("relief", "")
    chosen = next((kind for kind in view.kinds if kind.value == wanted), None)
    return ask.page(
        "disputes/fee_relief.html",
        view=view,
        chosen=chosen,
        grounds=grounds(relief.grounds_of(chosen)) if chosen else [],
    )


def ask_send(ask: Ask) -> Response:
    form, paper = ask.form(forms.Application), evidence.kept(ask)
    with ask.once() as s:
        row = fee_relief.ask(
            s,
            ask.id("dispute"),
            by=ask.actor,
            at=ask.now,
            relief=form.relief,
            ground=form.ground,
            reason=form.reason,
            proofs=form.lines,
            paper=paper,
            asked_fen=form.asked_fen,
            party_id=form.party_id,
        )
        words = say("已提交申请，法院决定以前不用预交案件受理费。")
        return ask.see(f"/disputes/{row.dispute_id}/fee-relief", say=words)


def queue(ask: Ask) -> Response:
    """One at a time is answered: the one asked for, or the oldest that waits for this officer."""
    with ask.reading() as s:
        found = reading.queue(s, ask.actor)
    examines, decides = (access.may(do, ask.hats) for do in (Do.EXAMINE_FEE_RELIEF, Do.DECIDE_FEE_RELIEF))
    mine = (one.id for one in found if one.granted is None and (decides if one.examined else examines))
    chosen = ask.params.get("fee_relief") or ask.query.get("one") or next(mine, "")
    return ask.page(
        "staff/fee_relief.html", found=found, chosen=chosen, may_examine=examines, may_decide=decides
    )


def proof(ask: Ask) -> Response:
    """What proves the hardship, only ever as a download; no look is noted, for both sides read the looks."""
    with ask.reading() as s:
        row = reading.proof(s, ask.id("fee_relief"), ask.actor, ask.hats)
    return ask.file(ask.site.vault.read(row.digest), row.media_type, row.file_name)


def examine_send(ask: Ask) -> Response:
    form = ask.form(forms.Opinion)
    with ask.once() as s:
        fee_relief.examine(
            s,
            ask.id("fee_relief"),
            by=ask.actor,
            at=ask.now,
            fee_fen=form.fee_fen,
            supported=form.supported,
            opinion=form.opinion,
        )
        return ask.see("/fee-relief", say=say("审查意见已报请院长审批。"))


def decide_send(ask: Ask) -> Response:
    form = ask.form(forms.Decision)
    with ask.once() as s:
        fee_relief.decide(
            s,
            ask.id("fee_relief"),
            by=ask.actor,
            at=ask.now,
            granted=form.granted,
            relieved_fen=form.relieved_fen,
            until=form.until,
            reason=form.reason,
        )
        return ask.see("/fee-relief", say=say("决定已作出，申请人会收到通知。"))
