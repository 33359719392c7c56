"""A document as a part of a web page: the very words of the paper, for reading on a screen."""

from __future__ import annotations

import binascii
import re

from markupsafe import Markup

from odr.facts import DocumentFacts

_BODY = re.compile(r'<body class="([\w -]*)">(.*)</body>', re.DOTALL)


def fragment(f: DocumentFacts) -> Markup:
    """The body of the document as HTML; everything that came from people is escaped by its template."""
    from documents import compose

    found = _BODY.search(compose.page(f.kind, f))
    assert found is not None  # every template extends paper.html
    html = found.group(2)
    for signature in compose.signatures(f):
        if signature.image:
            name = f"ink:{binascii.crc32(signature.image.encode())}"
            html = html.replace(f'"{name}"', f'"data:image/png;base64,{signature.image}"')
    return Markup(html)  # noqa: S704  # a whole template of ours, autoescaped
