"""Evidence: show a file, take it back, read it; a statement in words is evidence too."""

from __future__ import annotations

from starlette.datastructures import UploadFile
from starlette.responses import Response

from odr.actions import evidence
from odr.db import get
from odr.errors import BadInput, NotFound
from odr.queries import dispute_parts as parts
from odr.queries import disputes
from odr.rules import access, uploads
from odr.rules.words import Zone
from odr.tables.disputes import Dispute, Evidence
from web.ask import Ask
from web.forms import intake as forms
from web.looks import looked
from web.pages import filing
from web.words import say

TEXT = "text/plain"
TEXT_SHOWN = 20_000


def show(ask: Ask) -> Response:
    """Both sides' evidence, the statements readable in place, and the form to add more."""
    with ask.reading() as s:
        dispute = get(s, Dispute, ask.id("dispute"))
        disputes.require_handed_in(dispute, ask.hats)
        rows = parts.evidence(s, dispute.id, ask.actor)
        answer = ask.page(
            "disputes/evidence.html",
            dispute=dispute,
            cause=disputes.cause(dispute),
            evidence=rows,
            statements={row.id: _text(ask, row) for row in rows if row.media_type == TEXT},
            open=dispute.stage not in evidence.CLOSED,
        )
    looked(ask, dispute.id, "证据目录")
    return answer


def add(ask: Ask) -> Response:
    """Keep the file first, then say so; from the wizard back to the wizard."""
    form, paper = ask.form(forms.Shown), kept(ask)
    with ask.once() as s:
        row = evidence.add(
            s,
            ask.id("dispute"),
            by=ask.actor,
            at=ask.now,
            title=form.title,
            proves=form.proves,
            file=paper,
        )
        return ask.see(_back(ask, row.dispute_id), say=say("已收到文件，指纹已记录。"))


def state(ask: Ask) -> Response:
    """A party's own words, kept like any other evidence."""
    data = ask.form(forms.Statement).text.encode()
    digest = ask.site.vault.keep(data)
    words = uploads.Kept(file_name="书面意见.txt", media_type=TEXT, size=len(data), digest=digest)
    with ask.once() as s:
        row = evidence.add(
            s,
            ask.id("dispute"),
            by=ask.actor,
            at=ask.now,
            title="书面意见",
            proves="",
            file=words,
        )
        return ask.see(_back(ask, row.dispute_id), say=say("已提交书面意见。"))


def withdraw(ask: Ask) -> Response:
    with ask.once() as s:
        row = evidence.withdraw(s, ask.id("evidence"), by=ask.actor, at=ask.now)
        return ask.see(_back(ask, row.dispute_id), say=say("已撤回。"))


def file(ask: Ask) -> Response:
    """The file itself, only ever as a download."""
    with ask.reading() as s:
        row = get(s, Evidence, ask.id("evidence"))
        disputes.require_handed_in(get(s, Dispute, row.dispute_id), ask.hats)
    if row.withdrawn_at or row.zone is not Zone.RECORD or not access.may_read(row.zone, ask.hats):
        raise NotFound()
    answer = ask.file(ask.site.vault.read(row.digest), row.media_type, row.file_name)
    looked(ask, row.dispute_id, "证据文件")
    return answer


def show_again(ask: Ask) -> Response:
    """The page the form stood on, with what was wrong."""
    return filing.step(ask) if _in_wizard(ask) else show(ask)


def uploaded(upload: UploadFile | None) -> tuple[bytes, str]:
    """The bytes and the name of a sent file; BadInput if there is none or it is too large."""
    if upload is None:
        raise BadInput(file="file-needed")
    data = upload.file.read(uploads.LARGEST + 1)
    if len(data) > uploads.LARGEST:
        raise BadInput(file="file-too-large")
    if not data:
        raise BadInput(file="file-needed")
    return data, upload.filename or ""


def kept(ask: Ask) -> uploads.Kept:
    """The sent file, kept before anybody says what it is for."""
    data, name = uploaded(ask.upload("file"))
    kind = uploads.kind_of(data)
    if kind is None:
        raise BadInput(file="file-kind")
    return uploads.Kept(
        file_name=uploads.safe_name(name, kind),
        media_type=kind,
        size=len(data),
        digest=ask.site.vault.keep(data),
    )


def _in_wizard(ask: Ask) -> bool:
    return ask.path.startswith("/file/") or ask.value("wizard") == "1"


def _back(ask: Ask, dispute_id: str) -> str:
    return f"/file/{dispute_id}/evidence" if _in_wizard(ask) else f"/disputes/{dispute_id}/evidence"


def _text(ask: Ask, row: parts.EvidenceView) -> str:
    return ask.site.vault.read(row.digest).decode()[:TEXT_SHOWN]
