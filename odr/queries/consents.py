"""What a party has agreed to, what it is still asked, and whether the other side has agreed to mediate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from odr import matters, standing
from odr.actions import consents
from odr.errors import NotFound
from odr.rules import pack
from odr.rules.access import Actor
from odr.rules.consents import TEXTS, ConsentText
from odr.rules.law import Ground
from odr.rules.moves import DISPUTE
from odr.rules.words import Do, Side, Step
from odr.tables.disputes import Dispute


@dataclass(frozen=True, slots=True)
class ConsentLine:
    text: ConsentText
    given_at: datetime | None


@dataclass(frozen=True, slots=True)
class ConsentPage:
    dispute_id: str
    number: str
    side: Side
    lines: tuple[ConsentLine, ...]
    mediates: bool
    others: tuple[tuple[str, Side, bool], ...]  # name, side, agrees to mediate
    may_refuse: bool
    refusals: tuple[Ground, ...]


def show(s: Session, dispute: Dispute, by: Actor) -> ConsentPage:
    """The consent page of the party this person is or acts for."""
    party = standing.party_of(s, by, dispute.id)
    if party is None:
        raise NotFound()
    own = standing.parties_of(s, by, dispute.id)
    each = [{row.step: row.at for row in consents.standing_consents(s, one.id)} for one in own]
    given = {step: at for step, at in each[0].items() if all(step in one for one in each)}
    return ConsentPage(
        dispute_id=dispute.id,
        number=dispute.number,
        side=party.side,
        lines=tuple(ConsentLine(text, given.get(text.step)) for text in TEXTS),
        mediates=Step.MEDIATION in given,
        others=tuple(
            (other.name, other.side, _mediates(s, other.id))
            for other in matters.parties(s, dispute.id)
            if other not in own
        ),
        may_refuse=DISPUTE.find(dispute.stage, Do.REFUSE_MEDIATION) is not None,
        refusals=tuple(pack.load().grounds["refuse"].values()),
    )


def _mediates(s: Session, party_id: str) -> bool:
    return any(row.step is Step.MEDIATION for row in consents.standing_consents(s, party_id))
