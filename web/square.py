"""Square codes for pages: an address as a picture that a telephone reads."""

from __future__ import annotations

import segno


def code(address: str) -> str:
    """The code as a data address for an <img>; black on white, so that it reads on any ground."""
    image: str = segno.make(address, error="m", micro=False).svg_data_uri(border=2, scale=4, light="#fff")
    return image
