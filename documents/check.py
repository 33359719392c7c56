"""Our own output, read back: it says what the facts say, and it can do nothing but be read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from io import BytesIO

import pikepdf

from odr.errors import RenderingFailed
from odr.facts import DocumentFacts, to_json, words

FORBIDDEN = (
    "/JavaScript",
    "/JS",
    "/Launch",
    "/URI",
    "/GoToR",
    "/SubmitForm",
    "/RichMedia",
    "/AA",
    "/OpenAction",
    "/XFA",
)


def require_true(pdf: bytes, f: DocumentFacts) -> None:
    """Raise RenderingFailed unless every printed fact is on the paper and nothing else is in it."""
    with pikepdf.open(BytesIO(pdf)) as document:
        problems = [*_powers(document), *_fonts(document), *_attachment(document, f)]
        said = _squeezed("".join(page_text(page) for page in document.pages))
    problems += [f"not printed: {leaf[:40]}" for leaf in leaves(f) if _squeezed(leaf) not in said]
    if problems:
        raise RenderingFailed("; ".join(problems[:5]))


def leaves(value: object, only: tuple[str, ...] = ()) -> Iterator[str]:
    """Every fact that must stand on the paper, in the form in which it is printed."""
    if is_dataclass(value):
        for part in fields(value):
            printed = part.metadata.get("printed", True)
            if printed and (not only or part.name in only):
                yield from leaves(getattr(value, part.name), printed if isinstance(printed, tuple) else ())
    elif isinstance(value, tuple):
        for item in value:
            yield from leaves(item, only)
    elif isinstance(value, datetime):
        yield words.moment(value)
    elif isinstance(value, date):
        yield words.day(value)
    elif isinstance(value, str) and value:
        yield unicodedata.normalize("NFC", value)


def _squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def _powers(document: pikepdf.Pdf) -> Iterator[str]:
    for number, thing in enumerate(document.objects):
        if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            yield from (f"object {number} holds {name}" for name in FORBIDDEN if name in thing)
    if document.is_encrypted or "/AcroForm" in document.Root:
        yield "a form or encryption"


def _fonts(document: pikepdf.Pdf) -> Iterator[str]:
    for thing in document.objects:
        if not isinstance(thing, pikepdf.Dictionary) or thing.get("/Type") != "/FontDescriptor":
            continue
        if "/FontFile2" not in thing:
            yield f"font {thing.get('/FontName')} is not one of ours"


def _attachment(document: pikepdf.Pdf, f: DocumentFacts) -> Iterator[str]:
    names = list(document.attachments)
    if names != ["facts.json"]:
        yield f"attachments {names}"
    elif document.attachments["facts.json"].get_file().read_bytes() != to_json(f).encode():
        yield "the attached facts differ"


def page_text(page: pikepdf.Page) -> str:
    """The text of a page in the order it is drawn, without the page number."""
    faces: dict[str, dict[int, str]] = {}
    characters: dict[int, str] = {}
    text, run = "", ""
    for step in pikepdf.parse_content_stream(page):
        operands = step.operands
        match str(step.operator):
            case "Tf":
                name = str(operands[0])
                characters = faces.get(name) or faces.setdefault(name, _characters(page, name))
            case "TJ" | "Tj":
                run += "".join(_decode(piece, characters) for piece in _strings(operands[0]))
            case "ET":
                text += "" if re.fullmatch(r"\s*— \d+ —\s*", run) else run
                run = ""
    return text


def _strings(operand: object) -> Iterator[bytes]:
    if isinstance(operand, pikepdf.String):
        yield bytes(operand)
    elif isinstance(operand, pikepdf.Array):
        for piece in operand:
            if isinstance(piece, pikepdf.String):
                yield bytes(piece)


def _decode(codes: bytes, characters: dict[int, str]) -> str:
    glyphs = (int.from_bytes(codes[n : n + 2], "big") for n in range(0, len(codes), 2))
    return "".join(characters.get(glyph, "\ufffd") for glyph in glyphs)


def _characters(page: pikepdf.Page, name: str) -> dict[int, str]:
    return _character_map(bytes(page.resources.Font[name].ToUnicode.read_bytes()))


@cache
def _character_map(cmap: bytes) -> dict[int, str]:
    pairs = re.findall(rb"<([0-9a-f]{4})> <([0-9a-f]+)>", cmap.partition(b"endcodespacerange")[2])
    return {int(glyph, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for glyph, text in pairs}
