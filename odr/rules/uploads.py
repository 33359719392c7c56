"""What an uploaded file really is: by its bytes, never by its name or what the browser says.

Only three kinds pass, and only whole: a picture or paper with something else before or behind it (a
polyglot) is refused, because another program might read the other half (reliability 6.6).
"""

from __future__ import annotations

import re
from typing import TypedDict

LARGEST = 20 * 1024 * 1024
PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
ENDINGS = {PDF: ".pdf", JPEG: ".jpg", PNG: ".png"}

_PNG_HEAD, _PNG_TAIL = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"
_MOST_PIXELS = 50_000_000  # a picture that would fill a viewer's memory
# A paper that runs something, or that nobody can open, is no evidence
_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA|Encrypt)\b")
_MARKUP = re.compile(rb"<(?:!doctype|html|script|svg|\?php)", re.IGNORECASE)
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})  # JPEG markers without a length


class Kept(TypedDict):
    """A file that is in the vault, as a row names it."""

    file_name: str
    media_type: str
    size: int
    digest: str


def kind_of(data: bytes) -> str | None:
    """The media type, or None for anything that is not one whole PDF, JPEG or PNG."""
    if data.startswith(b"%PDF-"):
        return PDF if _is_paper(data) else None
    if data.startswith(_PNG_HEAD):
        return PNG if _is_png(data) else None
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG if _is_jpeg(data) else None
    return None


def safe_name(name: str, media_type: str) -> str:
    """A name to show and to save under: no path, no control characters, the ending of what it is."""
    base = re.split(r"[/\\]", name)[-1]
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", base)
    clean = "".join(c for c in stem if c.isprintable() and c not in '<>:"|?*').strip(" .")
    return (clean[:80] or "材料") + ENDINGS[media_type]


def _is_paper(data: bytes) -> bool:
    tail = data[-1024:]
    end = tail.rfind(b"%%EOF")
    return (
        end >= 0
        and len(tail) - end <= 5 + 16  # line ends and little else may follow
        and not tail[end + 5 :].strip()
        and not _ACTIVE.search(data)
        and not _MARKUP.search(data[:1024])
    )


def _is_png(data: bytes) -> bool:
    if not data.endswith(_PNG_TAIL) or data[12:16] != b"IHDR" or data.count(b"IEND\xaeB`\x82") != 1:
        return False
    width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    return 0 < width * height <= _MOST_PIXELS


def _is_jpeg(data: bytes) -> bool:
    """Walks the segments to the picture, whose end must be the file's end."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in _BARE or marker == 0xFF:
            at += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4])
        if marker in _FRAMES:
            height, width = int.from_bytes(data[at + 5 : at + 7]), int.from_bytes(data[at + 7 : at + 9])
            if not 0 < width * height <= _MOST_PIXELS:
                return False
        if marker == 0xDA:
            return data.rstrip(b"\x00").endswith(b"\xff\xd9") and not _MARKUP.search(data[-4096:])
        at += 2 + length
    return False
