"""The whole rule pack as one list: every rule with its articles, its days and its mark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from odr.facts import canon
from odr.rules import pack
from odr.rules.law import Pack, Words

KINDS = (
    "duty",
    "clock",
    "track",
    "ground",
    "code",
    "fee",
    "triage",
    "route",
    "clause",
    "retention",
    "parameter",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule, whatever table of the pack it stands in."""

    rule: str
    kind: str
    words: Words
    articles: tuple[str, ...]
    effective_from: date | None
    effective_until: date | None
    verified: bool  # false: to be confirmed by the court
    body: dict[str, Any]
    missing: Words | None = None


@cache
def entries() -> tuple[Entry, ...]:
    """Every rule of this release, kind by kind."""
    return tuple(_entry(kind, rule, row) for kind, rule, row in _rows(pack.load()))


@cache
def digest() -> str:
    """One digest of everything the pack says."""
    said = [[e.kind, e.rule, list(e.articles), e.verified, e.body] for e in entries()]
    return canon.digest_of(canon.dumps(said))


def version() -> str:
    """The number of the pack with the beginning of its digest: no two packs share it."""
    return f"{pack.load().version.number}-{digest().partition(':')[2][:8]}"


def verified(articles: Iterable[str], confirmed: bool) -> bool:
    """A rule stands if its own row is sure and one of the texts it cites was seen."""
    texts = [pack.load().instruments[article.partition("-")[0]] for article in articles]
    return confirmed and (not texts or any(text.confirmed for text in texts))


def _rows(found: Pack) -> Iterator[tuple[str, str, Any]]:
    yield from (("duty", row.id, row) for row in found.duties.values())
    yield from (("clock", row.id, row) for row in found.clocks.values())
    yield from (("track", f"TRACK.{row.track}", row) for row in found.tracks.values())
    yield from (
        ("ground", f"{row.set}.{row.key}", row) for group in found.grounds.values() for row in group.values()
    )
    yield from (("code", f"CODE.{row.use}.{row.code}", row) for row in found.codes)
    yield from (("fee", f"FEE.{row.key}", row) for row in found.fees.values())
    yield from (("triage", row.id, row) for row in found.triage)
    yield from (("route", f"ROUTE.{row.key}", row) for row in found.routes.values())
    yield from (("clause", f"CLAUSE.{row.kind}", row) for row in found.clauses.values())
    yield from (("retention", f"KEEP.{row.key}", row) for row in found.retention.values())
    yield from (("parameter", row.key, row) for row in found.parameters.values())


def _entry(kind: str, rule: str, row: Any) -> Entry:
    articles = getattr(row, "articles", ())
    body = canon.plain(row)
    return Entry(
        rule=rule,
        kind=kind,
        words=getattr(row, "words", None) or getattr(row, "name", None) or _code(row.code),
        articles=articles,
        effective_from=getattr(row, "from_on", None) or pack.in_force(articles),
        effective_until=getattr(row, "until_on", None),
        verified=verified(articles, getattr(row, "confirmed", True)),
        body=body if isinstance(body, dict) else {},
        missing=getattr(row, "missing", None),
    )


def _code(code: str) -> Words:
    return Words(
        zh=f"案号类型代字“{code}”", ko=f"사건번호 유형 부호 “{code}”", en=f"Type code of case numbers: {code}"
    )
