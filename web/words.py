"""Languages: the Chinese text in code and templates is the source, catalogues hold Korean and English.

Each area of the product has its own catalogue file, `locales/<language>/<area>.po`; all are read at start.
"""

from __future__ import annotations

from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from pathlib import Path

from babel import Locale, negotiate_locale
from babel.dates import format_date, format_datetime, get_timezone
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

LANGUAGES = {"zh_CN": "中文", "ko": "한국어", "en": "English"}
SOURCE = "zh_CN"
FOLDER = Path(__file__).parent / "locales"
_ALIASES = {
    "zh": "zh_CN",
    "zh_Hans": "zh_CN",
    "zh_TW": "zh_CN",
    "zh_HK": "zh_CN",
    "en_US": "en",
    "en_GB": "en",
    "ko_KR": "ko",
}
_DAY = {"zh_CN": "y年M月d日（E）", "ko": "y년 M월 d일 (E)", "en": "d MMM y (E)"}
_ZONE = get_timezone("Asia/Shanghai")
_LOCALES = {name: Locale.parse(name) for name in LANGUAGES}  # by its name babel looks for the files each time

language: ContextVar[str] = ContextVar("language", default=SOURCE)


@cache
def catalogue(name: str) -> dict[str, str]:
    """Every translated text of a language, by its Chinese source."""
    texts: dict[str, str] = {}
    for path in sorted((FOLDER / name).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                if (
                    isinstance(message.id, str)
                    and message.id
                    and isinstance(message.string, str)
                    and message.string
                ):
                    texts[message.id] = message.string
    return texts


def say(text: str, **fields: object) -> str:
    """The text in the reader's language, with `%(name)s` filled in."""
    translated = catalogue(language.get()).get(text, text) if language.get() != SOURCE else text
    return translated % fields if fields else translated


def pick(wanted: str | None, header: str | None) -> str:
    """The reader's choice, else what the browser prefers, else Chinese."""
    if wanted in LANGUAGES:
        return wanted
    asked = [part.split(";")[0].strip().replace("-", "_") for part in (header or "").split(",")]
    asked = [_ALIASES.get(name, name) for name in asked if name]
    return negotiate_locale(asked, list(LANGUAGES)) or SOURCE


def day(value: date | datetime | None) -> str:
    """A date with its weekday, in the court's time zone."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(_ZONE).date()
    return format_date(value, _DAY[language.get()], locale=_LOCALES[language.get()])


def moment(value: datetime | None) -> str:
    """A date and the time of day, 24 hours."""
    if value is None:
        return ""
    return f"{day(value)} {format_datetime(value, 'HH:mm', tzinfo=_ZONE, locale=_LOCALES[language.get()])}"


def left(due: datetime, now: datetime) -> str:
    """How long until an instant, in the largest unit that is still true."""
    over, rest = due <= now, abs(due - now)
    if rest.days:
        n, text = rest.days, "已过 %(n)d 天" if over else "还有 %(n)d 天"
    elif rest.seconds >= 3600:
        n, text = rest.seconds // 3600, "已过 %(n)d 小时" if over else "还有 %(n)d 小时"
    else:
        n, text = rest.seconds // 60, "已过 %(n)d 分钟" if over else "还有 %(n)d 分钟"
    return say(text, n=n)


def html_lang(name: str | None = None) -> str:
    """A language as HTML names it."""
    return (name or language.get()).replace("_", "-")


def yuan(fen: int | None) -> str:
    """Money from 分, with thousands separators and two digits."""
    if fen is None:
        return ""
    return say("%(amount)s 元", amount=format_decimal(fen / 100, "#,##0.00", locale=_LOCALES[language.get()]))
