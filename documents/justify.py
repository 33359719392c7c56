"""Both edges flush, as Chinese print demands.

WeasyPrint 70 widens only spaces, and Chinese has none, so its lines end ragged. Here the missing
width of a line goes between all its characters. The two places touched are WeasyPrint's own, hence
the pinned version and the test that measures the right edge.
"""

from __future__ import annotations

from typing import Any

from weasyprint.formatting_structure import boxes
from weasyprint.layout import inline
from weasyprint.text import line_break

MOST = 8.0  # CSS pixels; a line that misses more than this per character was not meant to be full

_set_text = line_break.Layout.set_text


def install() -> None:
    """Make this process set Chinese text flush on both edges."""
    inline.justify_line = _justify_line
    line_break.Layout.set_text = _spread_text


def _justify_line(context: Any, line: Any, extra_width: float) -> None:
    gaps = sum(len(box.text) for box in _texts(line)) - 1
    if gaps > 0 and extra_width / gaps <= MOST:
        _spread(context, line, extra_width / gaps)


def _texts(box: Any) -> list[Any]:
    if isinstance(box, boxes.TextBox):
        return [box]
    if isinstance(box, boxes.LineBox | boxes.InlineBox):
        return [text for child in box.children for text in _texts(child)]
    return []


def _spread(context: Any, box: Any, spacing: float, moved: float = 0.0) -> float:
    """Widen every text in a line; returns how far what follows has moved to the right."""
    if isinstance(box, boxes.TextBox):
        box.position_x += moved
        box.justification_spacing = spacing
        layout = line_break.create_layout(box.text, box.style, context, None, spacing)
        layout.deactivate()
        box.pango_layout = layout
        box.width += spacing * len(box.text)
        return moved + spacing * len(box.text)
    if isinstance(box, boxes.LineBox | boxes.InlineBox):
        box.position_x += moved
        before = moved
        for child in box.children:
            if child.is_in_normal_flow():
                moved = _spread(context, child, spacing, moved)
        box.width += moved - before
        return moved
    box.translate(moved, 0)
    return moved


def _spread_text(self: Any, text: str, justify: bool = False) -> None:
    if justify and self.justification_spacing:
        spacing = self.style["letter_spacing"]
        self.style = self.style.copy()
        self.style["letter_spacing"] = (0 if spacing == "normal" else spacing) + self.justification_spacing
        self.justification_spacing = 0
    _set_text(self, text, justify)
