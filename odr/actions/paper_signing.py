"""The paper route: agreements on family status and succession are signed by hand (ESL-3).

The mediator prints the frozen words, has them signed and uploads the scan; from then on it is like any
other agreement, and whoever confirms it sees that it was signed on paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from odr import blobs, db, letterhead, matters, standing
from odr.actions import signing
from odr.errors import BadInput, Conflict
from odr.rules.access import Actor
from odr.rules.moves import AGREEMENT
from odr.rules.uploads import Kept
from odr.rules.words import Do
from odr.signing_papers import ensure_unchanged
from odr.tables.agreements import Agreement, Signature
from odr.tables.disputes import Party
from odr.tables.mediations import MediationCase

PROMISES = ("all-signed", "compared")  # everybody signed in front of the mediator; the text is the shown one


def record(
    s: Session,
    agreement_id: str,
    *,
    by: Actor,
    at: datetime,
    ticked: list[str],
    scan: Kept,
) -> Agreement:
    """All parties have signed the printed text before the mediator; the kept scan proves it."""
    agreement = db.lock(s, Agreement, agreement_id)
    standing.require(s, by, Do.SIGN_ON_PAPER, agreement)
    AGREEMENT.take(agreement, Do.SIGN)
    case = db.lock(s, MediationCase, agreement.case_id)
    if not agreement.on_paper:
        raise Conflict(route="electronic")
    if missing := [name for name in PROMISES if name not in ticked]:
        raise BadInput(**dict.fromkeys(missing, "tick-needed"))
    ensure_unchanged(agreement)
    blobs.hold(s, scan, at=at)
    agreement.scan_digest = scan["digest"]
    s.add(agreement)
    for account, own in _hands(matters.parties(s, case.dispute_id)).items():
        names = "、".join(party.name for party in own)
        _put(s, agreement, account, names, letterhead.ROLES[own[0].side], own, at)
    _put(s, agreement, by.ref, by.name, "调解员", (), at)
    s.flush()
    matters.note(
        s, case, "agreement.signed_on_paper", by=by, at=at, agreement=agreement.id, scan=agreement.scan_digest
    )
    signing.take_effect(s, agreement, case, by=by, at=at)
    signing.issue_if_complete(s, agreement, case, at=at)
    return agreement


def _hands(parties: Sequence[Party]) -> dict[str, list[Party]]:
    """The parties by the account through which they are here: a company and who leads it may share one."""
    found: dict[str, list[Party]] = {}
    for party in parties:
        found.setdefault(party.account_id or party.agent_account_id or "", []).append(party)
    return found


def _put(
    s: Session,
    agreement: Agreement,
    account_id: str,
    name: str,
    role: str,
    own: Sequence[Party],
    at: datetime,
) -> None:
    s.add(
        Signature(
            agreement_id=agreement.id,
            account_id=account_id,
            party_id=own[0].id if own else None,
            role=role,
            name=name,
            method="paper",
            shown_hash=agreement.shown_hash,
            scrolled_to_end=False,
            code_id="",
            signed_at=at,
            proof={"scan": agreement.scan_digest, "also_for": [party.id for party in own[1:]]},
        )
    )
