"""A message in the language of its reader, beside the Chinese that the court wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, NamedTuple

from odr.tables.people import Message
from web import words


class Beside(NamedTuple):
    """The second text of a message."""

    subject: str
    body: str


def beside(message: Message, locale: str) -> Beside | None:
    """Subject and body in this language; none in Chinese, and of words that nobody has translated."""
    told = message.told
    if locale == words.SOURCE or not told or told["body"] not in words.catalogue(locale):
        return None
    with _reading(locale):
        fields = {name: _shown(value, locale) for name, value in told["fields"].items()}
        return Beside(words.say(told["subject"], **fields), words.say(told["body"], **fields))


@contextmanager
def _reading(locale: str) -> Iterator[None]:
    token = words.language.set(locale)
    try:
        yield
    finally:
        words.language.reset(token)


def _shown(value: Any, locale: str) -> object:
    """A field of the sentence: a day, a moment, words of the law, or words of ours."""
    match value:
        case {"day": on}:
            return words.day(date.fromisoformat(on))
        case {"moment": at}:
            return words.moment(datetime.fromisoformat(at))
        case Mapping():
            return value[locale]
        case str():
            return words.say(value)
    return value
