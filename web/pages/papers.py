"""A paper of the court: readable in the page, the sealed PDF one tap away, paper on request."""

from __future__ import annotations

from starlette.responses import Response

from documents import reading
from odr import papers as issued
from odr.actions import risks, service
from odr.errors import NotFound
from odr.queries import papers
from odr.rules.words import Hat
from web.ask import Ask
from web.looks import looked
from web.paper_words import EXPLAINED
from web.words import say


def show(ask: Ask) -> Response:
    with ask.reading() as s:
        view = papers.show(s, ask.id("document"), ask.actor)
        stamped = issued.stamped(s, view.document)
    answer = ask.page(
        "papers/show.html",
        view=view,
        paper=reading.fragment(view.facts),
        about=EXPLAINED.get(view.document.kind),
        stamped=stamped,
        unstamped=bool(ask.site.settings.tsa_url and view.document.published_at and not stamped),
    )
    looked(ask, view.document.dispute_id or "", "文书")
    return answer


def pdf(ask: Ask) -> Response:
    """The sealed file. Opening it is the recipient's reading; the first time is kept."""
    with ask.reading() as s:
        document = papers.readable(s, ask.id("document"), ask.actor)
        stamped = issued.stamped(s, document)
    if not document.published_at:
        raise NotFound()
    looked(ask, document.dispute_id or "", "文书")
    if ask.method == "GET" and ask.hats & {Hat.APPLICANT, Hat.RESPONDENT}:
        with ask.site.db.transaction() as s:
            service.read(s, document.id, by=ask.actor, at=ask.now)
    data = ask.site.vault.read(stamped or document.digest)
    return ask.file(data, "application/pdf", f"{document.title}{document.number}.pdf", inline=True)


def paper_send(ask: Ask) -> Response:
    with ask.once() as s:
        service.ask_for_paper(s, ask.id("document"), by=ask.actor, at=ask.now)
        return ask.see(f"/documents/{ask.id('document')}", say=say("已记录，法院会寄出纸质文书。"))


def acknowledge_send(ask: Ask) -> Response:
    with ask.once() as s:
        notice = risks.acknowledge(s, ask.id("document"), by=ask.actor, at=ask.now)
        return ask.see(f"/disputes/{notice.dispute_id}", say=say("已记录您阅读了诉讼风险提示书。"))
