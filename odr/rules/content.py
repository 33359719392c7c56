"""What may come in: files by their content, names made safe, numbers of people, firms and telephones checked.

Checks answer with a code (`""` is well); `pack.words(f"file.{code}")` has the words for it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers
import puremagic
from stdnum.cn import ric, uscc
from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength, ValidationError

from odr.errors import BadInput
from odr.rules.words import PersonKind

MIB = 1024 * 1024
LIMITS = {"application/pdf": 50 * MIB, "image/jpeg": 20 * MIB, "image/png": 20 * MIB}
ENDINGS = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}
LARGEST = max(LIMITS.values())
LONGEST_NAME = 120
TAIL = 2048  # how much of the end `file_type` wants to see

_STARTS = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR": "image/png",
}
_ENDS = {"application/pdf": b"%%EOF", "image/jpeg": b"\xff\xd9", "image/png": b"IEND\xaeB`\x82"}
# path separators, what shells and headers trip over, and everything invisible or turning text around
_UNSAFE = re.compile(r'[\\/:*?"<>|;%\x00-\x1f\x7f]')
_EMAIL = re.compile(r"[^@\s]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


@dataclass(frozen=True, slots=True)
class Checked:
    """A number as it is kept, and the code of what is wrong with it."""

    value: str
    code: str = ""


def file_type(head: bytes, tail: bytes, size: int) -> str:
    """The media type of a file by its beginning and end; BadInput(file=code) if it may not come in."""
    if size == 0:
        raise BadInput(file="empty")
    found = next((kind for start, kind in _STARTS.items() if head.startswith(start)), "")
    if not found or found not in _second_opinion(head):
        raise BadInput(file="type")
    if size > LIMITS[found]:
        raise BadInput(file="too-large")
    if _ENDS[found] not in tail[-TAIL:]:
        raise BadInput(file="damaged")
    return found


def file_name(name: str, media_type: str) -> str:
    """A name that is safe to store, print and send; its ending says what the content is."""
    text = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    visible = "".join(c for c in text if unicodedata.category(c)[0] != "C")
    stem = _UNSAFE.sub("_", visible).rpartition(".")[0] or _UNSAFE.sub("_", visible)
    clean = re.sub(r"\s+", " ", stem).strip(" ._")[: LONGEST_NAME - 4].strip(" .")
    return (clean or "文件") + ENDINGS[media_type]


def identity(kind: PersonKind, text: str) -> Checked:
    """A citizen's identity number or an entity's 统一社会信用代码, with its check digit."""
    number = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()
    if not number:
        return Checked(number, "missing")
    try:
        (ric if kind is PersonKind.NATURAL else uscc).validate(number)
    except InvalidLength:
        return Checked(number, "length")
    except InvalidFormat:
        return Checked(number, "format")
    except InvalidChecksum:
        return Checked(number, "checksum")
    except ValidationError:
        return Checked(number, "birth")
    return Checked(number)


def phone(text: str, *, mobile: bool = False, region: str = "CN") -> Checked:
    """A telephone number: inland numbers as dialled here, others in full with +."""
    typed = unicodedata.normalize("NFKC", text).strip()
    try:
        number = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException:
        return Checked(typed, "format")
    if not phonenumbers.is_valid_number(number):
        return Checked(typed, "format")
    if mobile and phonenumbers.number_type(number) not in _MOBILE:
        return Checked(typed, "mobile")
    if number.country_code == phonenumbers.country_code_for_region("CN"):
        return Checked(re.sub(r"\D", "", _inland(number)))
    return Checked(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def email(text: str) -> Checked:
    """An e-mail address, in the form we can write to."""
    address = unicodedata.normalize("NFKC", text).strip()
    return Checked(address, "" if len(address) <= 254 and _EMAIL.fullmatch(address) else "format")


_MOBILE = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)


def _inland(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


def _second_opinion(head: bytes) -> set[str]:
    try:
        return {match.mime_type for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        return set()
