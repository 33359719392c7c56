"""Facts nobody invented: every field of a form filled by chance, with names from the end of GB 18030."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from odr.facts import OBJECTION_RESULTS, RULINGS, DocumentFacts, RulingFacts
from tests.documents.cast import RARE, SIGNED

COMMON = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    * 2
)
RARER = [(0x4E00, 0x9FEF), (0x3400, 0x4DB5), (0x20000, 0x2A6D6), (0x2A700, 0x2B734), (0x2B740, 0x2B81D), (0x2B820, 0x2CEA1), (0x2CEB0, 0x2EBE0)]  # fmt: skip
MARKS = "，。；：、（）《》“”—…·！？￥%×"
LONG = {
    "brief",
    "findings",
    "claim",
    "opinion",
    "reasons",
    "text",
    "facts",
    "gap",
    "explanation",
    "default_clause",
}
WORDS: dict[str, tuple[str, ...]] = {
    "ruling": RULINGS,
    "result": OBJECTION_RESULTS,
    "manner": ("委派调解", "委托调解", "选定", "指定", "更换"),
    "relief": ("缓交", "减交", "免交"),
    "act": ("payment", "act", "other"),
    "language": ("zh",),
    "verify_url": ("https://odr.example/verify",),
    "court_ko": ("", "화룡림구기층법원"),
    "image": ("", SIGNED[0].image),
    "title": ("调解卷宗", "司法确认卷宗"),
}


def invent(form: type[DocumentFacts], chance: Random) -> DocumentFacts:
    """One set of facts of a form."""
    made = _of(form, chance)
    assert isinstance(made, DocumentFacts)
    return _as_the_law_has_it(made) if isinstance(made, RulingFacts) else made


def _as_the_law_has_it(made: RulingFacts) -> RulingFacts:
    """A confirmation has no ground of refusal; what was not accepted has no day of acceptance."""
    if made.ruling == "confirm":
        return replace(made, ground="", article="")
    return replace(made, accepted_on=None) if made.ruling == "not_accepted" else made


def _of(form: Any, chance: Random) -> object:
    hints = get_type_hints(form)
    return form(
        **{
            f.name: _value(f.name, hints[f.name], chance)
            for f in fields(form)
            if not _optional(f) or chance.random() < 0.7
        }
    )


def _optional(f: Field[Any]) -> bool:
    return f.default is not MISSING


def _value(name: str, hint: Any, chance: Random) -> object:
    if get_origin(hint) is UnionType:
        return _value(name, next(part for part in get_args(hint) if part is not NoneType), chance)
    if get_origin(hint) is tuple:
        return tuple(_value(name, get_args(hint)[0], chance) for _ in range(chance.randint(1, 3)))
    if is_dataclass(hint):
        return _of(hint, chance)
    if hint is bool:
        return chance.random() < 0.5
    if hint is int:
        return chance.choice((0, 1, 9, 99)) if not name.endswith("_fen") else chance.randrange(10**13)
    if hint is datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(10**6))
    if hint is date:
        return date(1950, 1, 1) + timedelta(days=chance.randrange(40_000))
    return chance.choice(WORDS[name]) if name in WORDS else _text(chance, 160 if name in LONG else 24)


def _text(chance: Random, most: int) -> str:
    return "".join(_piece(chance) for _ in range(chance.randint(1, most)))[:most]


def _piece(chance: Random) -> str:
    kind = chance.random()
    if kind < 0.6:
        return chance.choice(COMMON)
    if kind < 0.75:
        return chr(chance.randint(*chance.choice(RARER)))
    if kind < 0.8:
        return chance.choice(RARE)
    if kind < 0.88:
        return chance.choice(MARKS)
    if kind < 0.96:
        return str(chance.randrange(10 ** chance.choice((1, 3, 8, 19))))
    return chance.choice(("ABC有限公司", "Li Wei", "e-mail@odr.example", "한국어", "№", "㎡"))
