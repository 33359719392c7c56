"""An organisation's own pages: its entry, its mediators, sheets in and out."""

from __future__ import annotations

from starlette.responses import Response

from odr import clock, db, roster_sheet, sheets
from odr.actions import roster as actions
from odr.errors import BadInput, NotFound
from odr.queries import roster, roster_office
from odr.rules import entries
from odr.rules.uploads import Kept
from odr.tables.roster import Mediator, Organisation
from web import roster_words
from web.ask import Ask
from web.forms import roster as forms
from web.words import say

SHEETS = {"xlsx": sheets.XLSX, "csv": sheets.CSV}
SHOWN = 200  # lines of a difference on the page; the rest is counted


def home(ask: Ask) -> Response:
    with ask.reading() as s:
        return ask.page(
            "roster/organisation.html",
            org=roster_office.organisation(s, ask.actor, ask.now),
            today=clock.court_date(ask.now),
            words=roster_words,
        )


def own(ask: Ask) -> Response:
    """The form of the organisation's own entry."""
    with ask.reading() as s:
        row = db.get(s, Organisation, ask.actor.org_id)
        return _form(ask, roster_office.entry(s, row), "/organisation/entry")


def own_send(ask: Ask) -> Response:
    with ask.once() as s:
        change = actions.change_organisation(
            s, ask.actor.org_id or "", by=ask.actor, at=ask.now, texts=_texts(ask, "organisation")
        )
        return ask.see("/organisation", say=_proposed(change is not None))


def member(ask: Ask) -> Response:
    """The form of a mediator's entry, with what else can be asked and what has been."""
    with ask.reading() as s:
        row = db.get(s, Mediator, ask.id("mediator"))
        return _form(
            ask,
            roster_office.entry(s, row),
            f"/organisation/mediators/{row.id}",
            history=roster.history(s, row.id, public=False),
        )


def member_send(ask: Ask) -> Response:
    with ask.once() as s:
        change = actions.change_mediator(
            s, ask.id("mediator"), by=ask.actor, at=ask.now, texts=_texts(ask, "mediator")
        )
        return ask.see("/organisation", say=_proposed(change is not None))


def newcomer(ask: Ask) -> Response:
    return _form(ask, None, "/organisation/mediators")


def newcomer_send(ask: Ask) -> Response:
    with ask.once() as s:
        actions.add_mediator(
            s, ask.actor.org_id or "", by=ask.actor, at=ask.now, texts=_texts(ask, "mediator")
        )
        return ask.see("/organisation", say=_proposed(True))


def status_send(ask: Ask) -> Response:
    form = ask.form(forms.StatusWish)
    with ask.once() as s:
        actions.wish_status(
            s, ask.id("mediator"), by=ask.actor, at=ask.now, status=form.status, reason=form.reason
        )
        return ask.see("/organisation", say=_proposed(True))


def certify_send(ask: Ask) -> Response:
    with ask.once() as s:
        document = actions.certify(s, ask.id("mediator"), by=ask.actor, at=ask.now)
        return ask.see(f"/documents/{document.id}", say=say("证书已开具，盖章后可以下载。"))


def withdraw_send(ask: Ask) -> Response:
    with ask.once() as s:
        actions.withdraw(s, ask.id("change"), by=ask.actor, at=ask.now)
        return ask.see("/organisation", say=say("申请已撤回，名册没有变化。"))


def upload(ask: Ask) -> Response:
    return ask.page("roster/upload.html")


def upload_send(ask: Ask) -> Response:
    """Keep the sheet and show what it would change; a file that is no sheet is not kept."""
    form, sent = ask.form(forms.Sheet), ask.upload("file")
    if sent is None:
        raise BadInput(file="file-needed")
    data = sent.file.read(sheets.MOST_BYTES + 1)
    roster_sheet.difference(sheets.read(data), {}, whole=False)
    kind = sheets.XLSX if data.startswith(b"PK") else sheets.CSV
    sheet = Kept(file_name="", media_type=kind, size=len(data), digest=ask.site.vault.keep(data))
    with ask.once() as s:
        org_id = ask.actor.org_id or ""
        actions.keep_sheet(s, org_id, by=ask.actor, at=ask.now, sheet=sheet, whole=form.whole)
        return ask.see(f"/organisation/import/{sheet['digest']}")


def difference(ask: Ask) -> Response:
    """What the sheet would do, counted against the roster as it is at this moment."""
    with ask.reading() as s:
        org_id = ask.actor.org_id or ""
        whole = roster_office.sheet_sent(s, org_id, ask.id("file"))
        found = roster_sheet.difference(_table(ask), roster.known(s, org_id), whole=whole)
        return ask.page(
            "roster/difference.html",
            found=found,
            file=ask.id("file"),
            whole=whole,
            most=SHOWN,
            words=roster_words,
        )


def import_send(ask: Ask) -> Response:
    form, org_id = ask.form(forms.Import), ask.actor.org_id or ""
    with ask.reading() as s:
        whole = roster_office.sheet_sent(s, org_id, ask.id("file"))  # first: only a sheet they sent is read
    table = _table(ask)  # not while all other writers wait
    with ask.once() as s:
        actions.import_sheet(
            s, org_id, by=ask.actor, at=ask.now, table=table, whole=whole, good_rows=form.good_rows
        )
        return ask.see("/organisation", say=_proposed(True))


def export(ask: Ask) -> Response:
    """All entries as a sheet with the columns that an import reads; of the whole court for its officers."""
    with ask.reading() as s:
        known = (
            roster.known(s, ask.actor.org_id)
            if ask.actor.org_id
            else roster.known_of_court(s, ask.actor.court_id or "")
        )
    return _sheet(ask, "调解员名册", list(roster_sheet.cells(known)))


def template(ask: Ask) -> Response:
    """An empty sheet with the right headings."""
    return _sheet(ask, "调解员名册模板", [])


def _sheet(ask: Ask, name: str, rows: list[list[str]]) -> Response:
    kind = ask.id("kind")
    if kind not in SHEETS:
        raise NotFound(kind=kind)
    headings = roster_sheet.HEADINGS
    data = sheets.xlsx(headings, rows, title="调解员") if kind == "xlsx" else sheets.csv_text(headings, rows)
    return ask.file(data, SHEETS[kind], f"{name}.{kind}")


def _table(ask: Ask) -> list[sheets.Row]:
    return sheets.read(ask.site.vault.read(ask.id("file")))


def _texts(ask: Ask, kind: str) -> dict[str, str]:
    """What was typed or ticked, by column."""
    return {column.key: "、".join(ask.values(column.key)) for column in entries.COLUMNS[kind]}


def _form(
    ask: Ask, entry: roster_office.OwnEntry | None, path: str, history: list[roster.Step] | None = None
) -> Response:
    kind = entry.kind if entry else "mediator"
    return ask.page(
        "roster/form.html",
        entry=entry,
        kind=kind,
        columns=entries.COLUMNS[kind],
        path=path,
        history=history or [],
        words=roster_words,
    )


def _proposed(any_difference: bool) -> str:
    if any_difference:
        return say("已提交法院审核。审核通过前，公开的名册不变。")
    return say("没有需要变更的内容。")
