"""The square code on a paper: where to ask whether this number and these facts are ours."""

from __future__ import annotations

from urllib.parse import urlencode

import segno

from odr import facts
from odr.facts import DocumentFacts

PREFIX = 16  # hexadecimal digits of the facts' digest: 64 bits name one paper among all
MASK = 3  # any of the eight can be read; trying them all to find the prettiest takes longer than a page


def payload(f: DocumentFacts) -> str:
    """The address to open: `…/verify?n=<number>&h=<beginning of the facts' digest>`."""
    beginning = facts.digest(f).partition(":")[2][:PREFIX]
    return f"{f.verify_url}?{urlencode({'n': f.number, 'h': beginning})}"


def square(f: DocumentFacts) -> str:
    """The payload as an inline vector image."""
    code = segno.make(payload(f), error="m", micro=False, mask=MASK)
    svg: str = code.svg_inline(border=0, omitsize=True, title="核验本文书的二维码")
    return svg
