"""Which language a part of a paper is in, told to the screen reader.

WeasyPrint 70 names the language of a whole document only; a bilingual court's second text would be read
aloud in Chinese. The one place touched is WeasyPrint's own, hence the pinned version and the test.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pydyf
from weasyprint.pdf import tags

_build = tags._build_box_tree


def install() -> None:
    """Make this process write the language of every element that names one."""
    tags._build_box_tree = _with_language


def _with_language(box: Any, *rest: Any) -> Iterator[Any]:
    whole = getattr(box, "_box", box)
    element = getattr(whole, "element", None)
    language = None if element is None or whole.element_tag == "html" else element.get("lang")
    for node in _build(box, *rest):
        if language:
            node["Lang"] = pydyf.String(language)
        yield node
