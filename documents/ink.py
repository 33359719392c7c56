"""A drawn signature: read as a picture and written anew, so that only its strokes pass."""

from __future__ import annotations

import base64
from io import BytesIO

from PIL import Image

from odr.errors import BadInput

LARGEST = (2000, 1000)


def clean(image: str) -> bytes:
    """The PNG of a signature given as base64; BadInput if it is none or larger than a hand needs."""
    try:
        drawn = Image.open(BytesIO(base64.b64decode(image, validate=True)), formats=["PNG"])
        if drawn.width > LARGEST[0] or drawn.height > LARGEST[1]:
            raise BadInput(signature="too-large")
        written = BytesIO()
        drawn.convert("RGBA").save(written, "PNG")
    except (ValueError, OSError, SyntaxError, Image.DecompressionBombError):
        raise BadInput(signature="not-a-png") from None
    return written.getvalue()
