"""Facts to PDF bytes, inside the limited process: words, layout, attachment, and the look at what came out."""

from __future__ import annotations

import base64
import json
import struct
import tempfile
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path

import typst

from documents import check, columns, faces, galley, ink, pages, tagging
from odr import facts
from odr.errors import DocumentTooLarge, RenderingFailed, Unprintable
from odr.facts import DocumentFacts

MOST_CHARACTERS = 120_000  # some 200 pages
MOST_ITEMS = 500  # in any one list
STYLE = pages.TEMPLATES / "print.typ"
BIDI = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}  # would reorder what is read


def pdf(kind: str, f: DocumentFacts) -> bytes:
    """The finished PDF/A-3 of one document; the same facts give the same bytes."""
    text = facts.to_json(f)
    if len(text) > MOST_CHARACTERS + sum(len(s.image) for s in pages.signatures(f)):
        raise DocumentTooLarge(characters=len(text))
    if (items := longest_list(f)) > MOST_ITEMS:
        raise DocumentTooLarge(items=items)
    require_printable(f)
    written = _set(galley.page(pages.page(kind, f)), f, text)
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
    """Refuse characters that not every face has or that make a paper read otherwise than it is stored."""
    characters = {c for leaf in check.leaves(f) for c in leaf}
    hidden = [f"U+{ord(c):04X}" for c in sorted(characters) if ord(c) in BIDI or (ord(c) < 32 and c != "\n")]
    if lost := hidden or faces.unprintable(characters - {"\n"}):
        raise Unprintable(characters="、".join(lost))


def _set(page: galley.Element, f: DocumentFacts, facts_json: str) -> bytes:
    """The page in the typesetter's hands; all it is given comes in as data."""
    columns.measure(page)
    compiler, own_faces = _typesetter()
    given = {"page": _data(page, f), "faces": own_faces, "facts": facts_json}
    written, warnings = compiler.compile_with_warnings(input=STYLE, sys_inputs=given, pdf_standards=["a-3a"])
    if warnings or not isinstance(written, bytes):  # what it left out it only warns of
        raise RenderingFailed("; ".join(one.message for one in warnings))
    return tagging.complete(written, page)


def _data(page: galley.Element, f: DocumentFacts) -> str:
    (title, *_), (body,) = page.elements("title"), page.elements("body")
    made = {
        "title": title.text(),
        "author": f.court,
        "date": {"year": f.issued_on.year, "month": f.issued_on.month, "day": f.issued_on.day},
        "shape": body.classes,
        "body": body.data()["kids"],
        "inks": {pages.ink_name(s.image): _picture(s.image) for s in pages.signatures(f) if s.image},
    }
    return json.dumps(made, ensure_ascii=False)


def _picture(image: str) -> dict[str, str]:
    png = ink.clean(image)
    wide, high = struct.unpack(">II", png[16:24])
    return {
        "size": f"{wide} {high}",
        "area": f"width='{wide}' height='{high}'",
        "png": base64.b64encode(png).decode(),
    }


@cache
def _typesetter() -> tuple[typst.Compiler, str]:
    """The compiler with our faces and no others, which reads nothing but our templates; and their names."""
    with tempfile.TemporaryDirectory() as folder:  # so that it looks at no other font of the machine
        for number, path in enumerate(faces.files()):
            (Path(folder) / f"{number}{path.suffix}").symlink_to(path)
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
    names = {
        Path(one.path): one.family
        for one in fonts.fonts()
        if one.path and (not one.path.endswith(".ttc") or one.index == faces.SC)
    }
    compiler = typst.Compiler(root=pages.TEMPLATES, font_paths=fonts, ignore_system_fonts=True)
    return compiler, json.dumps(faces.families(names))
