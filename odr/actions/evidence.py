"""Evidence: a party shows a file, or takes it back. The file is in the vault before anybody says so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from odr import blobs, db, journal, standing
from odr.errors import BadInput, NotFound, WrongStage
from odr.facts import printable
from odr.rules.access import Actor
from odr.rules.moves import DisputeStage
from odr.rules.uploads import Kept
from odr.rules.words import Do, Zone
from odr.tables.disputes import Dispute, Evidence, Party

MOST_BYTES = 100 * 1024 * 1024  # of one party
MOST_FILES = 100  # a paper lists five hundred at most
# Not what is settled: the judge asks for more (CPLI-356), and who has performed shows the receipt
CLOSED = frozenset({DisputeStage.DIVERTED, DisputeStage.HANDED_OVER})


def add(
    s: Session,
    dispute_id: str,
    *,
    by: Actor,
    at: datetime,
    title: str,
    proves: str,
    file: Kept,
) -> Evidence:
    """Put a kept file on record for one side (OLR-12: the digest is taken on arrival)."""
    dispute = db.lock(s, Dispute, dispute_id)
    standing.require(s, by, Do.ADD_EVIDENCE, dispute)
    if dispute.stage in CLOSED:
        raise WrongStage(was=dispute.stage, wanted=Do.ADD_EVIDENCE)
    printable.require(title, proves)  # later papers list it
    party = db.get(s, Party, _party_id(s, by, dispute.id))
    kept = _kept(s, party.id)
    if sum(kept) + file["size"] > MOST_BYTES or len(kept) >= MOST_FILES:
        raise BadInput(file="all-too-large")
    if _shown_already(s, party.id, file["digest"]):
        raise BadInput(file="same-file")
    evidence = Evidence(
        dispute_id=dispute.id,
        party_id=party.id,
        zone=Zone.RECORD,
        title=title,
        proves=proves,
        added_at=at,
        **file,
    )
    blobs.hold(s, file, at=at)
    s.add(evidence)
    s.flush()
    known = {"evidence": evidence.id, "party": party.id, "digest": file["digest"], "size": file["size"]}
    subject = f"dispute:{dispute.id}"
    journal.append(s, dispute.court_id, subject, "evidence.added", by=by, at=at, **known)
    return evidence


def withdraw(s: Session, evidence_id: str, *, by: Actor, at: datetime) -> Evidence:
    """Take back one's own evidence. The file stays kept; readers no longer see it."""
    evidence = db.lock(s, Evidence, evidence_id)
    standing.require(s, by, Do.WITHDRAW_EVIDENCE, evidence)
    if _party_id(s, by, evidence.dispute_id) != evidence.party_id:
        raise NotFound()
    if evidence.withdrawn_at:
        raise WrongStage(was="withdrawn", wanted=Do.WITHDRAW_EVIDENCE)
    evidence.withdrawn_at = at
    s.add(evidence)
    dispute = db.get(s, Dispute, evidence.dispute_id)
    subject = f"dispute:{dispute.id}"
    journal.append(
        s,
        dispute.court_id,
        subject,
        "evidence.withdrawn",
        by=by,
        at=at,
        evidence=evidence.id,
        digest=evidence.digest,
    )
    return evidence


def _party_id(s: Session, by: Actor, dispute_id: str) -> str | None:
    party = standing.party_of(s, by, dispute_id)
    return party.id if party else None


def _kept(s: Session, party_id: str) -> Sequence[int]:
    """The sizes of what a party has on record; one side's files take nothing from the other's room."""
    sizes = select(Evidence.size).where(Evidence.party_id == party_id, col(Evidence.withdrawn_at).is_(None))
    return s.exec(sizes).all()


def _shown_already(s: Session, party_id: str, digest: str) -> bool:
    same = select(Evidence.id).where(
        Evidence.party_id == party_id, Evidence.digest == digest, col(Evidence.withdrawn_at).is_(None)
    )
    return s.exec(same).first() is not None
