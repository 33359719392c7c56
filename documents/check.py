"""Our own output, read back: it says what the facts say, and it can do nothing but be read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pikepdf

from documents import tagging
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


UNKNOWN = "\ufffd"


def require_true(pdf: bytes, f: DocumentFacts) -> None:
    """Raise RenderingFailed unless every printed fact is on the paper and nothing else is in it."""
    with pikepdf.open(BytesIO(pdf)) as document:
        problems = [*_powers(document), *_fonts(document), *_attachment(document, f)]
        drawn = _drawn(document)
        problems += ["words outside of the tag tree" for marks in drawn.values() if LOOSE in marks]
        said = _squeezed(text(document, drawn))
    problems += ["a glyph without a character"] if UNKNOWN in said else []
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
        if "/FontFile2" not in thing and "/FontFile3" not in thing:
            yield f"font {thing.get('/FontName')} is not inside"


def _attachment(document: pikepdf.Pdf, f: DocumentFacts) -> Iterator[str]:
    names = list(document.attachments)
    if names != ["facts.json"]:
        yield f"attachments {names}"
    elif document.attachments["facts.json"].get_file().read_bytes() != to_json(f).encode():
        yield "the attached facts differ"


Marks = dict[int, str]
Page = tuple[int, int]
LOOSE, ASIDE = -1, -2  # drawn outside of any mark; drawn but no part of the text


def text(document: pikepdf.Pdf, drawn: dict[Page, Marks] | None = None) -> str:
    """What a screen reader reads, in its order; page numbers and heads repeated are no part of it."""
    return "".join(_read(document.Root.StructTreeRoot, drawn or _drawn(document), (0, 0)))


def _read(element: Any, drawn: dict[Page, Marks], page: Page) -> Iterator[str]:
    """The text under an element of the tag tree: its kids are elements, or marks on a page."""
    page = element.Pg.objgen if "/Pg" in element else page
    for kid in tagging.kids(element):
        if isinstance(kid, int):
            yield drawn[page].get(kid, "")
        elif kid.get("/Type") == "/MCR":
            yield drawn[kid.Pg.objgen if "/Pg" in kid else page].get(int(kid.MCID), "")
        elif "/S" in kid:
            yield from _read(kid, drawn, page)


def _drawn(document: pikepdf.Pdf) -> dict[Page, Marks]:
    maps: dict[Page, dict[int, str]] = {}
    return {page.obj.objgen: _marked(page, maps) for page in document.pages}


def _marked(page: pikepdf.Page, maps: dict[Page, dict[int, str]]) -> Marks:
    """The text of a page by its marks."""
    fonts: Any = page.resources.get("/Font", {})
    texts: Marks = {}
    open_marks, characters = [LOOSE], dict[int, str]()
    for step in pikepdf.parse_content_stream(page, "Tf Tj TJ BDC BMC EMC"):
        operands: Any = step.operands
        match str(step.operator):
            case "Tf":
                characters = _characters(fonts[str(operands[0])], maps)
            case "TJ" | "Tj":
                said = "".join(_decode(piece, characters) for piece in _strings(operands[0]))
                texts[open_marks[-1]] = texts.get(open_marks[-1], "") + said
            case "BDC" | "BMC":
                open_marks.append(_mark(operands, texts, open_marks[-1]))
            case "EMC":
                open_marks.pop()
    return texts


def _mark(operands: Any, texts: Marks, around: int) -> int:
    """The number under which what follows is drawn; words given for it stand in its place."""
    given = operands[1] if len(operands) > 1 else {}
    if operands[0] == "/Artifact" or around == ASIDE:
        return ASIDE
    number = int(given.get("/MCID", around))
    if "/ActualText" in given:
        texts[number] = texts.get(number, "") + str(given["/ActualText"])
        return ASIDE
    return number


def _strings(operand: object) -> Iterator[bytes]:
    if isinstance(operand, pikepdf.String):
        yield bytes(operand)
    elif isinstance(operand, pikepdf.Array):
        for piece in operand:
            if isinstance(piece, pikepdf.String):
                yield bytes(piece)


def _decode(codes: bytes, characters: dict[int, str]) -> str:
    glyphs = (int.from_bytes(codes[n : n + 2], "big") for n in range(0, len(codes), 2))
    return "".join(characters.get(glyph, UNKNOWN) for glyph in glyphs)


def _characters(font: Any, maps: dict[Page, dict[int, str]]) -> dict[int, str]:
    if font.objgen not in maps:
        cmap = bytes(font.ToUnicode.read_bytes()).partition(b"endcodespacerange")[2]
        pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>", cmap)
        maps[font.objgen] = {
            int(glyph, 16): bytes.fromhex(said.decode()).decode("utf-16-be") for glyph, said in pairs
        }
    return maps[font.objgen]
