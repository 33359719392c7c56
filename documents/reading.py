"""A document as a part of a web page: the very words of the paper, for reading on a screen."""

from __future__ import annotations

import re

from markupsafe import Markup

from documents import pages
from odr.facts import DocumentFacts

_BODY = re.compile(r'<body class="[\w -]*">(.*)</body>', re.DOTALL)
_SQUARE_CODE = re.compile(r'<aside class="verify">.*?</aside>', re.DOTALL)  # for paper, not for a screen
# a page has one main part and one heading of its own
_PARTS = (("<main>", "<div>"), ("</main>", "</div>"), ("<header>", "<div>"), ("</header>", "</div>"))
_HEADINGS = (("<h2", "<h3"), ("</h2>", "</h3>"), ("<h1", "<h2"), ("</h1>", "</h2>"))
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")


def fragment(f: DocumentFacts) -> Markup:
    """The body of the document as HTML; everything that came from people is escaped by its template."""
    found = _BODY.search(pages.page(f.kind, f))
    assert found is not None  # every template extends paper.html
    html = _SQUARE_CODE.sub("", found.group(1))
    for old, new in (*_PARTS, *_HEADINGS):
        html = html.replace(old, new)
    for signature in pages.signatures(f):
        if _BASE64.fullmatch(signature.image):  # nothing else may stand inside a quoted address
            name = f"ink:{pages.ink_name(signature.image)}"
            html = html.replace(f'"{name}"', f'"data:image/png;base64,{signature.image}"')
    return Markup(html)  # noqa: S704  # a whole template of ours, autoescaped
