"""What typst cannot say yet about a document to those who do not see it, added to the finished file.

It tags the heads of columns by itself, but knows no head of a row; and that a reader should be told the
title instead of the file's name it says only of PDF/UA, which a paper no longer is once it bears a seal.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf

from documents.galley import Element
from odr.errors import RenderingFailed


def complete(pdf: bytes, page: Element) -> bytes:
    """The document with every head of a row tagged as one, and known by its title."""
    rows = (row for table in page.elements("table") for row in table.elements("tr"))
    heads = [cell.marks.get("scope") == "row" for row in rows for cell in row.elements("th", "td")]
    with pikepdf.open(BytesIO(pdf)) as document:
        document.Root.ViewerPreferences.DisplayDocTitle = True
        if any(heads):
            _name_row_heads(list(_cells(document.Root.StructTreeRoot)), heads)
        written = BytesIO()
        document.save(written, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return written.getvalue()


def _name_row_heads(cells: list[pikepdf.Object], heads: list[bool]) -> None:
    if len(cells) != len(heads):
        raise RenderingFailed("the tags and the page have not the same cells")
    for cell, head in zip(cells, heads, strict=True):
        if head:
            cell.S = pikepdf.Name.TH
            scope = pikepdf.Dictionary(O=pikepdf.Name.Table, Scope=pikepdf.Name.Row)
            cell.A = pikepdf.Array([*cell.get("/A", ()), scope])


def _cells(element: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """The cells of all tables, in reading order."""
    if element.get("/S") in ("/TD", "/TH"):
        yield element
        return
    for kid in kids(element):
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield from _cells(kid)


def kids(element: pikepdf.Object) -> Iterator[Any]:
    """What is under an element of the tag tree: elements, or marks on a page."""
    inner: Any = element.get("/K", ())
    yield from inner if isinstance(inner, pikepdf.Array | tuple) else (inner,)
