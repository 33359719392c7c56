"""Signs of a mediation that two sides only play (虚假调解, CPL-115/116): what the machine may point at.

A sign is no finding. Strong ones suspend and report by themselves (SIM-18), the others are shown to the
mediator and the court; what is true of it a person decides. Parties never see them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum


class Sign(StrEnum):
    """What was noticed."""

    SAME_AGENT = "same-agent"
    SAME_CONTACT = "same-contact"
    SAME_PERSON = "same-person"
    SAME_DEVICE = "same-device"
    SAME_ADDRESS = "same-address"
    RELATED = "related"
    INSTANT_ADMISSION = "instant-admission"
    FREQUENT_PAIR = "frequent-pair"
    SEIZED = "seized"
    UNDER_THRESHOLD = "under-threshold"
    THIRD_PARTY_ASSET = "third-party-asset"


# Nobody bona fide stands on both sides, with one telephone or one agent for both (CPL-115)
STRONG = frozenset({Sign.SAME_AGENT, Sign.SAME_CONTACT, Sign.SAME_PERSON})
LARGE_FEN = 50_000_000  # half a million yuan
QUICK = timedelta(hours=24)
OFTEN = 3
NEAR = 0.02  # of a threshold
_SEIZED = re.compile(r"查封|扣押|冻结|轮候|保全")
_OTHERS = re.compile(
    r"案外人|第三人(?:名下|所有)|他人(?:名下|所有)|登记在(?!申请人|被申请人)[^，。；]{1,20}名下"
)


@dataclass(frozen=True, slots=True)
class SideFacts:
    """What is known of one side, numbers and addresses as they were given."""

    identities: frozenset[str] = frozenset()
    contacts: frozenset[str] = frozenset()
    agents: frozenset[str] = frozenset()
    devices: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    represented_by: frozenset[str] = frozenset()  # legal representatives


@dataclass(frozen=True, slots=True)
class MatterFacts:
    """A matter as far as it can give itself away."""

    applicant: SideFacts
    respondent: SideFacts
    amount_fen: int = 0
    thresholds: Mapping[str, int] = field(default_factory=dict)
    pair_matters: int = 1  # between the same two in a year, this one included
    story: str = ""
    clauses: tuple[str, ...] = ()
    agreed_fen: int = 0
    agreed_after: timedelta | None = None  # from the beginning of mediation to the frozen words


def signs(matter: MatterFacts) -> tuple[Sign, ...]:
    """Every sign of this matter."""
    return tuple(_signs(matter))


def is_strong(found: tuple[Sign, ...]) -> bool:
    """Whether the machine stops and reports (SIM-18)."""
    return bool(STRONG & set(found))


def _signs(m: MatterFacts) -> Iterator[Sign]:
    a, b = m.applicant, m.respondent
    shared = {
        Sign.SAME_AGENT: a.agents & b.agents,
        Sign.SAME_CONTACT: a.contacts & b.contacts,
        Sign.SAME_PERSON: a.identities & b.identities,
        Sign.SAME_DEVICE: a.devices & b.devices,
        Sign.SAME_ADDRESS: a.addresses & b.addresses,
        Sign.RELATED: (a.names | a.represented_by) & b.represented_by | a.represented_by & b.names,
    }
    yield from (sign for sign, common in shared.items() if common)
    whole = m.amount_fen >= LARGE_FEN and m.agreed_fen >= m.amount_fen
    if whole and m.agreed_after is not None and m.agreed_after <= QUICK:
        yield Sign.INSTANT_ADMISSION
    if m.pair_matters >= OFTEN:
        yield Sign.FREQUENT_PAIR
    if _SEIZED.search(m.story):
        yield Sign.SEIZED
    if any(most * (1 - NEAR) <= m.amount_fen < most for most in m.thresholds.values()):
        yield Sign.UNDER_THRESHOLD
    if any(_OTHERS.search(text) for text in m.clauses):
        yield Sign.THIRD_PARTY_ASSET
