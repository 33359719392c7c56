"""Facts to HTML: the words of a paper, for the renderer and for reading on a screen."""

from __future__ import annotations

import hashlib
from functools import cache
from itertools import pairwise
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from documents import qr
from odr.facts import DocumentFacts, SignatureFacts, words

TEMPLATES = Path(__file__).parent / "templates"
IDENTITY = 18  # characters of a citizen's number and of a credit code


def page(kind: str, f: DocumentFacts) -> str:
    """The document as HTML; everything that came from people is escaped."""
    return _environment().get_template(f"{kind}.html").render(f=f)


def signatures(f: DocumentFacts) -> tuple[SignatureFacts, ...]:
    """The signatures a document shows; several kinds have none."""
    return getattr(f, "signatures", ())


def ink_name(image: str) -> str:
    """How a page refers to a drawn signature, `ink:<name>`."""
    return hashlib.sha256(image.encode()).hexdigest()


@cache
def _environment() -> Environment:
    # Every template is HTML, so everything is escaped, whatever its file is called.
    made = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    made.filters |= {
        "amount": words.amount,
        "breakable": _breakable,
        "capital": words.capital_amount,
        "chinese": words.chinese_number,
        "chinese_date": words.chinese_date,
        "day": words.day,
        "day_ko": words.day_ko,
        "ink": ink_name,
        "moment": words.moment,
        "moment_ko": words.moment_ko,
        "square_code": lambda f: Markup(qr.square(f)),  # noqa: S704  # drawn by us from percent-encoded text
    }
    made.globals["in_korean"] = {path.stem for path in (TEMPLATES / "ko").glob("*.html")} - {"parts"}
    return made


def _breakable(number: str) -> Markup:
    """A long number may end a line between its groups (place, birthday, rest); copying it gives it whole."""
    ends = (6, 14) if len(number) == IDENTITY else range(4, len(number) - 3, 4)
    groups = [number[start:end] for start, end in pairwise((0, *ends, len(number)))]
    return Markup("<wbr>").join(escape(group) for group in groups)
