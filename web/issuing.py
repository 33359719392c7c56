"""Issuing papers: frozen facts become a rendered, checked, sealed and published PDF (design D10).

Each step can be repeated. Until the last one nothing shows; a crash leaves at most a file in the vault
that no row mentions.
"""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta

import documents
from documents.authority import Authority, Seal
from odr import outbox, papers
from odr.actions import service
from odr.db import get
from odr.errors import RenderingFailed
from odr.facts import DocumentFacts
from odr.outbox_dbos import Dbos
from odr.rules.access import MACHINE
from odr.tables.people import Court
from odr.tables.records import Document
from web.jobs import Office, Work, every, handles

log = logging.getLogger("odr.issuing")

PATIENCE = timedelta(minutes=10)
LONGEST = 3600  # seconds after which a paper without its outside time-stamp asks again at the latest
SILENCE = timedelta(minutes=2)  # for which an authority that gave no time-stamp is left alone

# One at a time: it is all computing, and whoever writes a row meanwhile waits for one of them and not for eight
_sealing = threading.Lock()
_silent: dict[str, datetime] = {}  # until when, by address: papers do not wait for it one after the other


@handles("document.issue")
def issue(work: Work) -> None:
    """Render, check, seal, keep and publish one frozen paper."""
    with work.db.reading() as s:
        document = get(s, Document, work.fields["document"])
        if document.published_at or document.void_at:
            return
        court = get(s, Court, document.court_id)
        facts = papers.facts_of(document)
        organisation = papers.sealer(s, document, facts)
    authority, at = work.authority, work.now()
    seal = (
        authority.seal_for(f"{court.code}/{organisation.id}", organisation.name, "organisation")
        if organisation
        else authority.seal_for(court.code, court.name)
    )
    reason = papers.RECEIVED if document.kind in papers.BY_PARTIES else document.title
    pdf = sealed(facts, seal, authority, reason=reason, at=at)
    digest = work.vault.keep(pdf)
    with work.db.transaction() as s:
        papers.publish(s, document.id, digest=digest, size=len(pdf), at=at)
        if work.settings.tsa_url:
            outbox.add(s, "document.stamp", key=document.id, document=document.id)


def sealed(facts: DocumentFacts, seal: Seal, authority: Authority, *, reason: str, at: datetime) -> bytes:
    """The sealed PDF of these facts; RenderingFailed if it does not stand our own check."""
    printed = documents.render(facts.kind, facts)
    with _sealing:
        pdf = documents.seal(printed, seal, authority, reason=reason, at=at)
        report = documents.verify(pdf, authority)
    if not report.valid:
        raise RenderingFailed(f"our own seal does not verify: {report.findings[0].words}")
    return pdf


@handles("document.stamp")
def stamp(work: Work) -> None:
    """Put an outside time-stamp on a published paper; whose authority is silent waits, and nobody waits for it."""
    from documents import stamping

    url, key, now = work.settings.tsa_url, work.fields["document"], work.now()
    with work.db.reading() as s:
        document = get(s, Document, key)
        if not url or document.void_at or papers.stamped(s, document):
            return
    try:
        if _silent.get(url, now) > now:
            raise stamping.Unreachable(f"{url}: was silent a moment ago")
        pdf = stamping.stamp(work.vault.read(document.digest), url, work.authority.roots())
    except stamping.Unreachable as why:
        log.warning("no outside time-stamp", extra={"document": key, "why": str(why)})
        if _silent.get(url, now) <= now:  # never put off by a paper that did not ask
            _silent[url] = now + SILENCE
        wait = int(work.fields.get("wait", SILENCE.total_seconds()))
        again = now + timedelta(seconds=wait)
        with (
            work.db.transaction() as s
        ):  # a paper asks less and less often, else a silent day fills the outbox
            outbox.add(
                s, "document.stamp", key=f"{key}:{again:%Y%m%d%H%M%S}", run_at=again, document=key,
                wait=min(2 * wait, LONGEST),
            )  # fmt: skip
        return
    digest = work.vault.keep(pdf)
    with work.db.transaction() as s:
        papers.stamp(s, key, digest=digest, size=len(pdf), at=now)


@handles("document.serve")
def serve(work: Work) -> None:
    """Serve a published paper on the parties of its matter; one declared void meanwhile is served on nobody."""
    with work.db.transaction() as s:
        document = get(s, Document, work.fields["document"])
        if document.void_at is None:
            service.serve(s, document.id, by=MACHINE, at=work.now())


@every(300)
def issue_the_forgotten(office: Office) -> None:
    """Papers that are not out and whose item is no more are asked for once again."""
    now = office.now()
    items = Dbos(office.db)
    with office.db.transaction() as s:
        for document_id in papers.unissued(s, before=now - PATIENCE):
            if not items.is_open(s, "document.issue", document_id):
                log.warning("paper was not issued", extra={"document": document_id})
                key = f"{document_id}:{now:%Y%m%d%H}"  # the first key is used up
                outbox.add(s, "document.issue", key=key, document=document_id)
