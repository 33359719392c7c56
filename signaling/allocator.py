"""Which pictures fit a line: sound first, then the smallest of each, then larger ones by what matters."""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

UPWARD = 1.1  # a larger picture than now must fit with so much to spare
Key = TypeVar("Key")


class Demand(NamedTuple, Generic[Key]):
    """One wanted picture: what each of its sizes costs, smallest first, up to the largest of use."""

    key: Key
    rates: tuple[float, ...]  # bits per second
    weight: float = 0.0  # the more, the earlier it is served
    current: int = -1  # the size received now


def allocate(budget: float, demands: list[Demand[Key]]) -> dict[Key, int]:
    """The size each picture gets; −1 where not even the smallest fits."""
    ordered = sorted(demands, key=lambda one: (-one.weight, one.current < 0))
    given = {one.key: -1 for one in ordered}
    left = budget
    for most in range(1, max((len(one.rates) for one in ordered), default=0) + 1):
        for one in ordered:
            left -= _raise(one, given, left, most)
    return given


def insist(given: dict[Key, int], demands: list[Demand[Key]], budget: float) -> None:
    """The picture that matters most moves on when half of it fits: an estimate errs more often than that."""
    possible = [one for one in demands if one.rates and one.rates[0] <= 2 * budget]
    if possible and max(given.values()) < 0:
        given[max(possible, key=lambda one: (one.weight, one.current)).key] = 0


def _raise(one: Demand[Key], given: dict[Key, int], left: float, most: int) -> float:
    """Give the largest size below `most` that fits what is left; its extra cost."""
    before = one.rates[given[one.key]] if given[one.key] >= 0 else 0.0
    for size in range(min(most, len(one.rates)) - 1, given[one.key], -1):
        spare = UPWARD if size > one.current else 1.0
        if one.rates[size] * spare - before <= left:
            given[one.key] = size
            return one.rates[size] - before
    return 0.0


def wanted(demands: list[Demand[Key]]) -> float:
    """What everybody's largest useful picture would cost together."""
    return sum(one.rates[-1] for one in demands if one.rates) * UPWARD
