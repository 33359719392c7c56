"""Pages of an agreement: the paper, signing with a one-time code, performance, rating."""

from __future__ import annotations

import hashlib

from starlette.responses import Response

from documents import ink, reading
from odr import db
from odr.actions import accounts, paper_signing, performance, signing
from odr.digests import digest
from odr.errors import BadInput, Conflict, NotAllowed, StepUpNeeded
from odr.queries import agreements, complaints
from odr.rules.access import GRANTS
from odr.rules.moves import AgreementStage
from odr.rules.words import Do
from odr.tables.mediations import MediationCase
from odr.tables.people import Account
from web import logins
from web.ask import Ask
from web.forms import agreements as forms
from web.labels import grounds
from web.looks import looked
from web.pages import evidence
from web.words import say


def show(ask: Ask) -> Response:
    with ask.reading() as s:
        view = agreements.show(s, ask.id("agreement"), ask.actor)
        owed = agreements.obligations(s, ask.id("agreement"), ask.actor)
        answer = ask.page("agreements/show.html", agreement=view, paper=_paper(view), owed=owed)
    looked(ask, view.dispute_id, "调解协议")
    return answer


def sign(ask: Ask) -> Response:
    with ask.reading() as s:
        view = agreements.show(s, ask.id("agreement"), ask.actor)
        return ask.page(
            "agreements/sign.html",
            agreement=view,
            paper=_paper(view),
            code_id=ask.query.get("code", "") or ask.value("code_id"),
            page_digest=_page(view),
            sent_to=_destination(db.get(s, Account, ask.actor.account_id))[-4:],
            may=Do.SIGN if Do.SIGN in view.may else Do.COUNTERSIGN if _countersigns(view) else None,
        )


def sign_code(ask: Ask) -> Response:
    """Send the signer their code; the page then carries its id. Who they are is proven before they draw."""
    if not ask.hats & (GRANTS[Do.SIGN] | GRANTS[Do.COUNTERSIGN]):
        raise NotAllowed(do=Do.SIGN.value)
    if not logins.proved(ask.login, ask.now):
        raise StepUpNeeded()
    with ask.once() as s:
        account = db.get(s, Account, ask.actor.account_id)
        purpose = f"sign:{ask.id('agreement')}"
        code = accounts.send_code(s, purpose=purpose, destination=_destination(account), at=ask.now)
        return ask.see(
            f"{ask.path_of('agreement')}/sign?code={code.id}#signing",
            say=say("验证码已发送，10 分钟内有效。"),
        )


def sign_send(ask: Ask) -> Response:
    hand = _hand(ask)
    with ask.once() as s:
        _ensure_same_page(agreements.show(s, ask.id("agreement"), ask.actor), hand)
        agreement = signing.sign(s, ask.id("agreement"), by=ask.actor, at=ask.now, hand=hand)
        done = (
            say("您已签名。各方均已签名，协议已生效。")
            if agreement.effective_at
            else say("您已签名，等待其他人签名。")
        )
        return ask.see(ask.path_of("agreement"), say=done)


def countersign_send(ask: Ask) -> Response:
    hand = _hand(ask)
    with ask.once() as s:
        _ensure_same_page(agreements.show(s, ask.id("agreement"), ask.actor), hand)
        signing.countersign(s, ask.id("agreement"), by=ask.actor, at=ask.now, hand=hand)
        return ask.see(ask.path_of("agreement"), say=say("您已签名。"))


def refuse_send(ask: Ask) -> Response:
    with ask.once() as s:
        signing.refuse(s, ask.id("agreement"), by=ask.actor, at=ask.now)
        return ask.see(ask.path_of("agreement"), say=say("您已表示不签名，调解结束。"))


def on_spot_send(ask: Ask) -> Response:
    with ask.once() as s:
        signing.perform_on_spot(s, ask.id("agreement"), by=ask.actor, at=ask.now)
        return ask.see(ask.path_of("agreement"), say=say("已记录：全部内容已当场履行。"))


def owed(ask: Ask) -> Response:
    with ask.reading() as s:
        view = agreements.show(s, ask.id("agreement"), ask.actor)
        return ask.page(
            "agreements/performance.html",
            agreement=view,
            rows=agreements.obligations(s, ask.id("agreement"), ask.actor),
            proofs=agreements.proofs(s, ask.id("agreement"), ask.actor),
        )


def claim_send(ask: Ask) -> Response:
    form = ask.form(forms.Claim)
    with ask.once() as s:
        row = performance.claim(
            s, ask.id("obligation"), by=ask.actor, at=ask.now, proof_id=form.proof_id or None
        )
        return ask.see(
            f"/agreements/{row.agreement_id}/performance", say=say("已告知对方，等待对方确认收到。")
        )


def acknowledge_send(ask: Ask) -> Response:
    with ask.once() as s:
        row = performance.acknowledge(s, ask.id("obligation"), by=ask.actor, at=ask.now)
        return ask.see(f"/agreements/{row.agreement_id}/performance", say=say("已确认收到。"))


def urge_send(ask: Ask) -> Response:
    with ask.once() as s:
        row = performance.urge(s, ask.id("obligation"), by=ask.actor, at=ask.now)
        return ask.see(f"/agreements/{row.agreement_id}/performance", say=say("已提醒双方。"))


def rate(ask: Ask) -> Response:
    with ask.reading() as s:
        case = db.get(s, MediationCase, ask.id("case"))
        mine = agreements.rated(s, case.id, ask.actor)
        return ask.page(
            "agreements/rate.html",
            case=case,
            mine=mine,
            grounds=grounds("complaint"),
            over=case.ended_at is not None,
            complained=complaints.mine(s, case, ask.actor),
        )


def rate_send(ask: Ask) -> Response:
    form = ask.form(forms.Rate)
    with ask.once() as s:
        performance.rate(s, ask.id("case"), by=ask.actor, at=ask.now, score=form.score, text=form.remark)
        return ask.see(f"/cases/{ask.id('case')}/rate", say=say("谢谢您的评价。"))


def complain_send(ask: Ask) -> Response:
    form = ask.form(forms.Complain)
    with ask.once() as s:
        performance.complain(s, ask.id("case"), by=ask.actor, at=ask.now, ground=form.ground, text=form.text)
        return ask.see(f"/cases/{ask.id('case')}/rate", say=say("投诉已登记，法院会在15日内答复。"))


def _hand(ask: Ask) -> signing.Hand:
    form = ask.form(forms.Sign)
    image = form.image.removeprefix("data:image/png;base64,")
    if form.method == "drawn" and not _is_picture(image):
        raise BadInput(typed="wrong")  # the paper is printed when all have signed: too late to find out
    return signing.Hand(
        method=form.method,
        image=image,
        typed=form.typed,
        shown_hash=form.shown_hash,
        scrolled_to_end=form.read_to_end,
        code_id=form.code_id,
        code=form.code,
        address_hash=hashlib.sha256(ask.address.encode()).hexdigest()[:16],
        agent=ask.headers.get("user-agent", ""),
        page=form.page,
        reached=form.reached,
        proved_at=ask.login.proved_at if ask.login else None,
    )


def paper_send(ask: Ask) -> Response:
    """The mediator brings what everybody signed by hand (ESL-3)."""
    form, scan = ask.form(forms.OnPaper), evidence.kept(ask)
    with ask.once() as s:
        paper_signing.record(s, ask.id("agreement"), by=ask.actor, at=ask.now, ticked=form.promise, scan=scan)
        return ask.see(ask.path_of("agreement"), say=say("已登记纸质签名，协议已生效。"))


def scan(ask: Ask) -> Response:
    """The signed paper as it was brought, for whoever may read the agreement."""
    with ask.reading() as s:
        view = agreements.show(s, ask.id("agreement"), ask.actor)
        kept = agreements.scan(s, view.id)
    answer = ask.file(ask.site.vault.read(kept.digest), kept.media_type, "signed.pdf")
    looked(ask, view.dispute_id, "纸质签名扫描件")
    return answer


def _page(view: agreements.AgreementView) -> str:
    """The digest of the very page that is shown to sign."""
    return digest(str(_paper(view)).encode()) if view.facts else ""


def _ensure_same_page(view: agreements.AgreementView, hand: signing.Hand) -> None:
    if hand.page != _page(view):
        raise Conflict(page="other")  # it looked otherwise when it was read


def _is_picture(image: str) -> bool:
    try:
        return bool(ink.clean(image))
    except BadInput:
        return False


def _destination(account: Account) -> str:
    return account.phone or account.email


def _countersigns(view: agreements.AgreementView) -> bool:
    bound = view.stage is AgreementStage.SIGNING or view.effective_at is not None
    return Do.COUNTERSIGN in view.may and bound


def _paper(view: agreements.AgreementView) -> str:
    return reading.fragment(view.facts) if view.facts else ""
