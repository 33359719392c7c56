"""Which court confirms an agreement (CPL-205): the one that invited the mediation, else one of three, else the intermediate court."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from odr.rules.words import Track


class Basis(StrEnum):
    INVITED = "invited"  # the court asked the organisation to mediate (CPL-205 no. 1)
    ORGANISATION = "organisation"  # the organisation mediated by itself (no. 2): where it sits,
    PARTY = "party"  # where a party lives,
    OBJECT = "object"  # or where the thing in dispute is


NAMES = {
    Basis.INVITED: "本院邀请调解组织先行调解",
    Basis.ORGANISATION: "调解组织所在地",
    Basis.PARTY: "当事人住所地",
    Basis.OBJECT: "标的物所在地",
}
OWN = frozenset({Track.PARTY_APPLIED, Track.ADMIN_OR_OTHER})  # the parties came to be mediated, nobody sued
THREE = (Basis.ORGANISATION, Basis.PARTY, Basis.OBJECT)


def bases(track: Track) -> tuple[Basis, ...]:
    """What this court's competence can rest on."""
    return THREE if track in OWN else (Basis.INVITED,)


def is_intermediate(amount_fen: int, *, outside: bool, figures: Mapping[str, int | None]) -> bool:
    """Whether the dispute itself belongs to the intermediate court; sooner where a party is of another province."""
    least = figures["P-MID-OUT" if outside else "P-MID"]
    return least is not None and amount_fen >= least
