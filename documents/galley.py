"""The page set up for the typesetter: a tree of elements and words, as data.

`print.typ` walks this tree. No word of a person is ever a part of a program: typst reads them all as
strings out of one JSON value, so there is nothing to escape and nothing to forget.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

BREAK = "\ufdd0"  # where a line may end; Unicode keeps this code point free of any meaning
INLINE = frozenset({"span", "i", "br", "img", "svg"})
VOID = frozenset({"meta", "br", "img", "wbr"})
KEPT = frozenset({"id", "src", "alt", "scope", "viewbox", "d"})


@dataclass(slots=True)
class Element:
    """One element of the page."""

    tag: str
    classes: tuple[str, ...] = ()
    marks: dict[str, object] = field(default_factory=dict)
    kids: list[Element | str] = field(default_factory=list)
    span: int = 1

    def elements(self, *tags: str) -> Iterator[Element]:
        """All elements of these kinds inside, in reading order, none inside another."""
        for kid in self.kids:
            if isinstance(kid, Element):
                yield from [kid] if kid.tag in tags else kid.elements(*tags)

    def text(self) -> str:
        """All its words."""
        return "".join(kid if isinstance(kid, str) else kid.text() for kid in self.kids)

    def data(self) -> dict[str, object]:
        """The element as JSON has it."""
        kids = [kid if isinstance(kid, str) else kid.data() for kid in self.kids]
        return {"tag": self.tag, "class": self.classes, "kids": kids, "span": self.span, **self.marks}


def page(html: str) -> Element:
    """The whole page, its spaces as a browser would show them."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    (whole,) = (kid for kid in reader.open[0].kids if isinstance(kid, Element))
    _settle(whole)
    return whole


class _Reader(HTMLParser):
    """Reads the HTML of our own templates, in which every element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "wbr":
            return self.handle_data(BREAK)
        marks: dict[str, object] = {name: value for name, value in given.items() if name in KEPT}
        made = Element(tag, tuple(given.get("class", "").split()), marks, span=int(given.get("colspan", 1)))
        self.open[-1].kids.append(made)
        if tag not in VOID:
            self.open.append(made)
        return None

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        kids = self.open[-1].kids
        if kids and isinstance(kids[-1], str):
            kids[-1] += data
        else:
            kids.append(data)


def _settle(element: Element) -> None:
    """One space for any white space, and none beside a block."""
    kids = [re.sub(r"[ \t\r\n]+", " ", kid) if isinstance(kid, str) else kid for kid in element.kids]
    for n, kid in enumerate(kids):
        if isinstance(kid, Element):
            _settle(kid)
        elif element.tag not in INLINE:
            kid = kid.lstrip(" ") if n == 0 or _stands_apart(kids[n - 1]) else kid
            kids[n] = kid.rstrip(" ") if n + 1 == len(kids) or _stands_apart(kids[n + 1]) else kid
    element.kids = [kid for kid in kids if kid]


def _stands_apart(kid: Element | str) -> bool:
    return isinstance(kid, Element) and (kid.tag not in INLINE or kid.tag == "br")
