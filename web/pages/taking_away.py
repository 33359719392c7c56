"""The whole case in one file, to keep and to check without this product."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from odr.actions import taking_away
from odr.db import get
from odr.queries import disputes, whole_case
from odr.tables.disputes import Dispute
from odr.tables.people import Court
from web import acts, exporting, views
from web.ask import Ask
from web.looks import HATS, PARTIES, looked
from web.pages.public import authority
from web.words import say


def show(ask: Ask) -> Response:
    """What would be in it, and what not, before it is made."""
    with ask.reading() as s:
        dispute = get(s, Dispute, ask.id("dispute"))
        disputes.require_handed_in(dispute, ask.hats)
        case = whole_case.gather(s, dispute, ask.actor)
    return ask.page("disputes/export.html", case=case)


def take(ask: Ask) -> Response:
    """Make the file, note it, hand it over; nothing of it stays here."""
    with ask.reading() as s:
        dispute = get(s, Dispute, ask.id("dispute"))
        disputes.require_handed_in(dispute, ask.hats)
        case = whole_case.proved(s, whole_case.gather(s, dispute, ask.actor))
        court = get(s, Court, dispute.court_id)
    with _file(ask) as path:
        manifest = _write(path, ask, case, court)
        counts = {"papers": len(case.papers), "recordings": len(case.recordings)}
        with ask.once() as s:
            taking_away.export(s, dispute.id, by=ask.actor, at=ask.now, manifest=manifest, **counts)
            ask.see(f"/disputes/{dispute.id}/export", say=say("案卷已经下载过，需要时可以再次下载。"))
        looked(ask, dispute.id, "下载案卷")
    return FileResponse(
        path,
        media_type="application/zip",
        filename=f"{say('案卷')}{dispute.number}.zip",
        headers={"Cache-Control": "no-store"},
        background=BackgroundTask(path.unlink, missing_ok=True),
    )


@contextmanager
def _file(ask: Ask) -> Iterator[Path]:
    """Where a sweep finds it if the download is broken off; gone at once if it comes to nothing."""
    handle, name = tempfile.mkstemp(suffix=".zip", dir=ask.site.vault.incoming)
    os.close(handle)
    try:
        yield Path(name)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _write(path: Path, ask: Ask, case: whole_case.WholeCase, court: Court) -> str:
    """The digest of the manifest, which stands for all of the file."""
    hat = next((hat for hat in (*HATS, *sorted(PARTIES)) if hat in ask.hats), None)
    with path.open("w+b") as out:
        return exporting.write(
            out,
            case,
            court,
            vault=ask.site.vault,
            recordings=ask.site.settings.recordings,
            authority=authority(ask),
            way=ask.site.settings.signing,
            index=views.render("disputes/export_index.html", case=case, court=court, at=ask.now),
            reader=acts.HATS[hat] if hat else "",
            at=ask.now,
        )
