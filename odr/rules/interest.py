"""Interest, so that a party can follow every fen: agreed interest under the statutory cap, and late performance.

A rate is in millionths of the principal: 36_000 a year is 3.6 %. A year has 365 days. The first day
counts and the day of payment does not, so that no day is paid for twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from odr.errors import BadInput
from odr.rules import pack

YEAR = 365
MILLION = 1_000_000
MOST_RATE = 100 * MILLION  # ten thousand percent: whatever is larger is a slip

Payment = tuple[date, int]


@dataclass(frozen=True, slots=True)
class Span:
    """One line: this principal over these days at this rate."""

    first: date
    until: date  # no longer counted
    principal_fen: int
    fen: int

    @property
    def days(self) -> int:
        return (self.until - self.first).days


@dataclass(frozen=True, slots=True)
class Interest:
    """Interest in fen with its lines; `asked` differs from `rate` where the law caps it."""

    fen: int
    rate: int
    asked: int
    cap: int | None
    spans: tuple[Span, ...]
    articles: tuple[str, ...]

    @property
    def capped(self) -> bool:
        return self.rate < self.asked


def cap(lpr: int, figures: Mapping[str, int | None] | None = None) -> int:
    """The highest yearly rate of a private loan that a court supports: so many times the one-year rate."""
    return _figure("P-LEND-CAP", figures) * lpr


def simple(
    principal_fen: int,
    rate: int,
    first: date,
    until: date,
    *,
    lpr: int | None = None,
    payments: Sequence[Payment] = (),
    figures: Mapping[str, int | None] | None = None,
) -> Interest:
    """Simple yearly interest; with `lpr` it is a private loan and the cap holds.

    `figures` are those of a court (`overrides.figures`), else the release's own.
    """
    _sane(principal_fen, rate, first, until)
    most = cap(lpr, figures) if lpr is not None else None
    used = rate if most is None else min(rate, most)
    spans = _spans(principal_fen, first, until, payments, used, MILLION * YEAR)
    articles = ("LEND-25",) if most is not None else ()
    return Interest(sum(span.fen for span in spans), used, rate, most, spans, articles)


def late(
    principal_fen: int,
    due_on: date,
    paid_on: date,
    *,
    payments: Sequence[Payment] = (),
    figures: Mapping[str, int | None] | None = None,
) -> Interest:
    """What is added for each day after the last day of performance (CPL-264); other interest runs beside it."""
    daily = _figure("P-LATE", figures)
    _sane(principal_fen, daily, due_on, paid_on)
    spans = _spans(principal_fen, due_on, paid_on, payments, daily, MILLION)
    return Interest(sum(span.fen for span in spans), daily, daily, None, spans, ("CPL-264", "LATE-1"))


def _figure(key: str, figures: Mapping[str, int | None] | None) -> int:
    return (pack.figures() if figures is None else figures)[key] or 0


def _sane(principal_fen: int, rate: int, first: date, until: date) -> None:
    if principal_fen < 0:
        raise BadInput(amount="too-small")
    if not 0 <= rate <= MOST_RATE:
        raise BadInput(rate="too-small" if rate < 0 else "too-large")
    if until < first:
        raise BadInput(until="too-small")


def _spans(
    principal: int, first: date, until: date, payments: Sequence[Payment], rate: int, parts: int
) -> tuple[Span, ...]:
    """From payment to payment. Fen are rounded on the whole, so that cutting a span changes no sum."""
    spans: list[Span] = []
    exact = told = 0
    cuts = sorted(p for p in payments if first <= p[0] < until)
    for day, paid in (*cuts, (until, 0)):
        if day > first:
            exact += principal * rate * (day - first).days
            fen = _rounded(exact, parts) - told
            spans.append(Span(first, day, principal, fen))
            told, first = told + fen, day
        principal = max(0, principal - paid)
    return tuple(spans)


def _rounded(value: int, divisor: int) -> int:
    """Half a fen goes up."""
    return (2 * value + divisor) // (2 * divisor)
