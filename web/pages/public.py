"""Pages that anybody may read: start, how it works, who may do what, checking a paper."""

from __future__ import annotations

import re
from base64 import b64encode

from cryptography.hazmat.primitives.serialization import Encoding
from starlette.responses import FileResponse, Response

import documents
from documents import outside, standalone
from documents.authority import Authority
from documents.verifying import Report
from odr.digests import digest
from odr.errors import BadInput, NotFound
from odr.queries import accounts, verify
from odr.rules import access
from odr.rules.words import Hat, Zone
from web import factor, logins
from web.acts import GROUPS
from web.ask import Ask, local, redirect
from web.words import LANGUAGES, say

_BYTES = re.compile(r"第(\d+)至(\d+)字节(?:，(\w+))?")
SIZES = ("normal", "large")
# who is named in the table of zones, in the order of its columns
SHOWN = (Hat.APPLICANT, Hat.RESPONDENT, Hat.MEDIATOR, Hat.ORG_ADMIN, Hat.TRIAGE, Hat.CLERK, Hat.JUDGE)


def start(ask: Ask) -> Response:
    return ask.page("public/start.html")


def how(ask: Ask) -> Response:
    rows = [(zone, [access.may_read(zone, frozenset({hat})) for hat in SHOWN]) for zone in Zone]
    return ask.page("public/how.html", hats=SHOWN, zones=rows)


def transparency(ask: Ask) -> Response:
    return ask.page("public/transparency.html", groups=GROUPS, grants=access.GRANTS, everybody=frozenset(Hat))


def accessibility(ask: Ask) -> Response:
    return ask.page("public/accessibility.html")


def check(ask: Ask) -> Response:
    """The page to check a paper; with number and digest, as its square code says, also the answer."""
    number, beginning = ask.query.get("n", ""), ask.query.get("h", "")
    known = None
    if number and beginning:
        with ask.reading() as s:
            known = verify.by_number(s, number, beginning)
    asked = bool(number and beginning) and ask.method == "GET"
    return _verdict(ask, asked=asked, known=known, number=number, beginning=beginning)


def check_file(ask: Ask) -> Response:
    """The answer about an uploaded paper; nothing of it is kept."""
    sent = ask.upload("file")
    if sent is None:
        raise BadInput(file="file-needed")
    data = sent.file.read()
    report = documents.verify(data, authority(ask))
    with ask.reading() as s:
        known = verify.by_digest(s, digest(data))
        if known is None and report.valid:  # the same paper under an outside time-stamp
            known = verify.by_digest(s, digest(data[: report.issued]))
    return _verdict(ask, asked=True, report=report, known=known)


def _verdict(
    ask: Ask,
    *,
    asked: bool,
    known: verify.Known | None,
    report: Report | None = None,
    number: str = "",
    beginning: str = "",
) -> Response:
    """The page, with the court's root for the reader's own browser to check against."""
    keys = authority(ask)
    root = b64encode(keys.root.public_bytes(Encoding.DER)).decode()
    return ask.page(
        "public/verify.html",
        asked=asked,
        report=report,
        findings=[(say(one.words), _place(one.place)) for one in report.findings] if report else [],
        known=known,
        number=number,
        beginning=beginning,
        root=root,
        revoked={f"{number:x}": at.isoformat() for number, at in keys.revoked().items()},
        fingerprint=keys.root_fingerprint,
        outside=bool(outside.roots(keys.directory)),
    )


def script(ask: Ask) -> Response:
    """The program that checks a whole case file elsewhere, from the court and not out of that file."""
    return FileResponse(standalone.__file__, media_type="text/x-python", filename="verify.py")


def letterbox(ask: Ask) -> Response:
    """Everything that was sent, codes and all: a demo has no telephones."""
    if not ask.site.settings.demo:
        raise NotFound()
    to = ask.query.get("to", "")
    with ask.reading() as s:
        codes = [(name, factor.now(secret)) for name, secret in accounts.factors(s)]
        return ask.page("public/letterbox.html", letters=accounts.letters(s, to), to=to, codes=codes)


def language(ask: Ask) -> Response:
    """Remember the reader's language and go back to the page they were on."""
    if ask.id("name") not in LANGUAGES:
        raise NotFound()
    return _remember(ask, "language", ask.id("name"))


def type_size(ask: Ask) -> Response:
    """Remember whether the reader wants large type."""
    if ask.id("size") not in SIZES:
        raise NotFound()
    return _remember(ask, "type", ask.id("size"))


def _remember(ask: Ask, name: str, value: str) -> Response:
    return logins.prefer(redirect(local(ask.query.get("back", "/"), "/")), name, value)


def authority(ask: Ask) -> Authority:
    """The court's keys, opened once."""
    found = ask.site.state.get("authority")
    if not isinstance(found, Authority):
        found = ask.site.state["authority"] = Authority.open(ask.site.settings.keys, ask.now)
    return found


def _place(place: str) -> str:
    """Where a finding is, in the reader's language."""
    found = _BYTES.fullmatch(place)
    if found is None:
        return say(place)
    return say("第%(first)s至%(last)s字节", first=found[1], last=found[2]) + (
        f" {found[3]}" if found[3] else ""
    )
