"""Facts in, sealed paper out. Never reads the database, never opens an address.

`render` lays out in a limited process of its own; `seal` puts a court's or an organisation's seal on
it, with time-stamps and all that is needed to check it in thirty years; `verify` tells a stranger's
paper from ours. pyHanko takes most of a second to import, so only who seals or verifies pays it.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from odr.errors import BadInput
from odr.facts import DocumentFacts

if TYPE_CHECKING:
    from documents.authority import Authority, Roots, Seal
    from documents.verifying import Report


def render(kind: str, f: DocumentFacts) -> bytes:
    """The PDF/A-3 of one document; the same facts give the same bytes."""
    from documents import press

    if kind != f.kind:
        raise BadInput(kind=f.kind)
    return press.shared().render(f)


def seal(pdf: bytes, seal: Seal, authority: Authority, *, reason: str, at: datetime) -> bytes:
    """The document under one more seal (PAdES B-LTA), its stamp over the date."""
    from documents import sealing

    return sealing.seal(pdf, seal, authority, reason=reason, at=at)


def verify(pdf: bytes, trust: Authority | Roots) -> Report:
    """Whether this is a paper of ours, whole and unchanged; never raises for what a stranger sends."""
    from documents import verifying

    return verifying.verify(pdf, trust)
