"""What the court charges, band by band, so that a party can follow the sum (诉讼费用交纳办法)."""

from __future__ import annotations

from dataclasses import dataclass

from odr.rules import pack
from odr.rules.law import FeeBand, FeeTable, Words

_HUNDREDTHS_OF_A_PERCENT = 10_000


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the sum: this part of the amount at this rate (hundredths of a percent)."""

    part_fen: int
    rate: int
    fee_fen: int


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee in fen; `high_fen` differs where the court sets the fee inside a frame."""

    low_fen: int
    high_fen: int
    name: Words
    articles: tuple[str, ...]
    steps: tuple[Step, ...] = ()
    share: int = 1  # already divided by this: 2 halved, 3 payment order

    @property
    def fixed(self) -> bool:
        return self.low_fen == self.high_fen


def of(kind: str, amount_fen: int = 0) -> Fee:
    """The full fee of a kind (`property`, `labour`, `preservation` …) for an amount."""
    table = pack.load().fees[kind]
    steps = tuple(_steps(table, amount_fen))
    banded = sum(step.fee_fen for step in steps)
    low, high = (_capped(table, frame + banded) for frame in (table.low_fen, table.high_fen))
    return Fee(low, high, table.name, table.articles, steps)


def of_cause(cause: str, amount_fen: int = 0) -> Fee:
    """The full fee of a suit of this cause; one in words of their own is charged like property."""
    known = pack.load().causes.get(cause)
    return of(known.fee if known else "property", amount_fen)


def halved(fee: Fee) -> Fee:
    """Half: settled or withdrawn (FEE-15), summary procedure (FEE-16); never twice (CPLI-206)."""
    return fee if fee.share == 2 else _divided(fee, 2, ("FEE-15", "FEE-16", "CPLI-206"))


def payment_order(amount_fen: int) -> Fee:
    """A third of the fee of a property case."""
    return _divided(of("property", amount_fen), 3, ("FEE-14",))


def _divided(fee: Fee, share: int, articles: tuple[str, ...]) -> Fee:
    low, high = (_rounded(value, share) for value in (fee.low_fen, fee.high_fen))
    return Fee(low, high, fee.name, (*fee.articles, *articles), fee.steps, share)


def _steps(table: FeeTable, amount_fen: int) -> list[Step]:
    steps, below = [], 0
    for band in table.bands:
        top = amount_fen if band.up_to_fen is None else min(amount_fen, band.up_to_fen)
        if top > below or band.flat_fen:
            steps.append(_step(band, max(top - below, 0)))
        below = max(below, top)
    return steps


def _step(band: FeeBand, part_fen: int) -> Step:
    return Step(part_fen, band.rate, band.flat_fen + _rounded(part_fen * band.rate, _HUNDREDTHS_OF_A_PERCENT))


def _capped(table: FeeTable, fen: int) -> int:
    return fen if table.cap_fen is None else min(fen, table.cap_fen)


def _rounded(value: int, divisor: int) -> int:
    """Half a fen goes up."""
    return (2 * value + divisor) // (2 * divisor)
