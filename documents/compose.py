"""Facts to PDF bytes, inside the limited process: words, faces, layout, attachment."""

from __future__ import annotations

import re
import zlib
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pydyf
from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration

from documents import check, faces, ink, justify, pages, tongues
from documents.fetcher import Fetcher
from odr import facts
from odr.errors import DocumentTooLarge, Unprintable
from odr.facts import DocumentFacts

MOST_CHARACTERS = 120_000  # some 200 pages, seven seconds
MOST_ITEMS = 500  # in any one list
BIDI = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}  # would reorder what is read


def pdf(kind: str, f: DocumentFacts) -> bytes:
    """The finished PDF/A-3 of one document; the same facts give the same bytes."""
    text = facts.to_json(f)
    if len(text) > MOST_CHARACTERS + sum(len(s.image) for s in pages.signatures(f)):
        raise DocumentTooLarge(characters=len(text))
    if (items := longest_list(f)) > MOST_ITEMS:
        raise DocumentTooLarge(items=items)
    require_printable(f)
    justify.install()
    tongues.install()
    html = pages.page(kind, f)
    written = _lay_out(html, _pieces(html, f), text)
    check.require_true(written, f)
    return written


def longest_list(value: object) -> int:
    """How many items the longest list in the facts has."""
    if is_dataclass(value):
        return max(longest_list(getattr(value, part.name)) for part in fields(value))
    if isinstance(value, tuple):
        return max([len(value), *(longest_list(item) for item in value)])
    return 0


def require_printable(f: DocumentFacts) -> None:
    """Refuse characters that no face has or that make a paper read otherwise than it is stored."""
    characters = {c for leaf in check.leaves(f) for c in leaf}
    hidden = [f"U+{ord(c):04X}" for c in sorted(characters) if ord(c) in BIDI or (ord(c) < 32 and c != "\n")]
    if lost := hidden or faces.unprintable(characters - {"\n"}):
        raise Unprintable(characters="、".join(lost))


def _pieces(html: str, f: DocumentFacts) -> dict[str, bytes]:
    inks = {f"ink:{pages.ink_name(s.image)}": ink.clean(s.image) for s in pages.signatures(f) if s.image}
    return inks | {f"face:{face}": faces.cut(face, text) for face, text in Typecase.of(html).items()}


def _lay_out(html: str, pieces: dict[str, bytes], facts_json: str) -> bytes:
    fetcher, fonts = Fetcher(pieces), FontConfiguration()
    own_faces = CSS(string=_faces(), url_fetcher=fetcher, font_config=fonts)
    document = HTML(string=html, base_url=None, url_fetcher=fetcher)
    stored = Attachment(
        string=facts_json.encode(), name="facts.json", description="结构化数据", relationship="Data",
        created=EPOCH, modified=EPOCH,
    )  # fmt: skip
    written: bytes = document.write_pdf(
        stylesheets=[own_faces, _style()],
        font_config=fonts,
        pdf_variant="pdf/a-3a",
        pdf_tags=True,
        attachments=[stored],
        finisher=_pack,
    )
    return written


EPOCH = datetime.fromisoformat(
    "2000-01-01T00:00:00+00:00"
)  # the attachment has no other time than the facts'
_FACES = re.compile(r"@font-face \{[^}]*\}")


@cache
def _sheet() -> str:
    return (pages.TEMPLATES / "print.css").read_text()


@cache
def _faces() -> str:
    """The part of the stylesheet that names the faces: every document has its own."""
    return "".join(_FACES.findall(_sheet()))


@cache
def _style() -> CSS:
    """The rest of the stylesheet, read once: it is the same for all documents."""
    return CSS(string=_FACES.sub("", _sheet()), url_fetcher=Fetcher({}))


def _pack(_document: object, pdf: Any) -> None:
    """Compress each stream once; pydyf does it for the file's identifier and again for the file."""
    for thing in pdf.objects:
        if isinstance(thing, pydyf.Stream) and thing.compress:
            content = b"\n".join(map(pydyf._to_bytes, thing.stream))
            thing.stream, thing.compress = [zlib.compress(content, 6)], False
            thing.extra["Filter"] = "/FlateDecode"


class Typecase(HTMLParser):
    """Which characters a page sets in which face, so that each face is cut to its own."""

    BY_TAG = {"h1": "title", "h2": "hei", "th": "hei"}  # noqa: RUF012
    BY_CLASS = {  # noqa: RUF012
        "korean": "title",
        "second": "song",
        "title": "title",
        "court": "title",
        "kai": "kai",
        "verify": "song",
        "stamp": "song",
        "part": "hei",
        "head": "hei",
        "leaf-name": "title",
        "holder": "kai",
    }
    VOID = frozenset({"meta", "br", "img", "wbr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = ["fang"]
        self.texts: dict[str, str] = dict.fromkeys(faces.CHAINS, "")

    @classmethod
    def of(cls, html: str) -> dict[str, str]:
        """Face to text, for a whole page."""
        reader = cls()
        reader.feed(html)
        return reader.texts

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            classes = (dict(attrs).get("class") or "").split()
            by_class = next((self.BY_CLASS[name] for name in classes if name in self.BY_CLASS), None)
            self.open.append(by_class or self.BY_TAG.get(tag) or self.open[-1])

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.texts[self.open[-1]] += "".join(c for c in data if c not in "\n\r\t")
