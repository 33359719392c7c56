"""An agreement for its people: the paper, who has signed, what can be done next, performance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from odr import db, matters, papers, standing
from odr.actions import court_papers, signing
from odr.confirmation_papers import agreement_facts
from odr.errors import NotFound
from odr.facts import AgreementFacts
from odr.queries import clocks
from odr.queries.clocks import ClockView
from odr.rules import filing, jurisdiction
from odr.rules.access import GRANTS, Actor, may_read
from odr.rules.jurisdiction import Basis
from odr.rules.law import Words
from odr.rules.moves import AGREEMENT, AgreementStage, ConfirmationStage
from odr.rules.words import Do, Hat, Side, Zone
from odr.tables.agreements import Agreement, ConfirmationCase, CourtPaper, Obligation, Rating
from odr.tables.disputes import Evidence
from odr.tables.mediations import MediationCase
from odr.tables.records import Blob, Document
from odr.tables.roster import Organisation

OFFICE_ACTS = (Do.COUNTERSIGN, Do.APPLY_ORALLY)  # no arrows of the agreement's own table


@dataclass(frozen=True, slots=True)
class Signer:
    """One person whose signature the agreement needs."""

    name: str
    role: str
    signed_at: datetime | None
    me: bool


@dataclass(frozen=True, slots=True)
class AgreementView:
    """Everything the pages of an agreement show."""

    id: str
    case_id: str
    dispute_id: str
    number: str
    cause: Words
    stage: AgreementStage
    facts: AgreementFacts | None
    shown_hash: str
    on_paper: bool
    scanned: bool
    signers: tuple[Signer, ...]
    i_signed: bool
    effective_at: datetime | None
    document: Document | None
    confirmation: ConfirmationCase | None
    apply_by: ClockView | None
    may: frozenset[Do]
    side: Side | None
    hats: frozenset[Hat]
    court_paper: CourtPaper | None
    bases: tuple[Basis, ...]  # what this court's competence to confirm it can rest on
    seat: str  # where the organisation is


@dataclass(frozen=True, slots=True)
class Owed:
    """One obligation with its proof."""

    row: Obligation
    proof: Evidence | None
    mine: bool


def show(s: Session, agreement_id: str, by: Actor) -> AgreementView:
    """The agreement as this reader may see it."""
    agreement = db.get(s, Agreement, agreement_id)
    case = db.get(s, MediationCase, agreement.case_id)
    hats = standing.hats(s, by, agreement)
    _ensure_outcome(agreement, hats)
    signers = _signers(s, agreement, case, by)
    document = s.get(Document, agreement.document_id) if agreement.document_id else None
    applies = [d for d in clocks.running(s, f"agreement:{agreement.id}") if d.rule == "T-JC-APPLY"]
    return AgreementView(
        id=agreement.id,
        case_id=case.id,
        dispute_id=case.dispute_id,
        number=agreement.number,
        cause=filing.cause_words(matters.dispute_of(s, case).cause),
        stage=agreement.stage,
        facts=printed(s, agreement),
        shown_hash=agreement.shown_hash,
        on_paper=agreement.on_paper,
        scanned=bool(agreement.scan_digest),
        signers=signers,
        i_signed=any(one.me and one.signed_at for one in signers),
        effective_at=agreement.effective_at,
        document=document,
        confirmation=confirmation_of(s, agreement.id),
        apply_by=applies[0] if applies else None,
        may=frozenset(
            do
            for do in _acts(agreement)
            if GRANTS[do] & hats
            and (do is not Do.ASK_COURT_PAPER or court_papers.is_open(s, agreement, case))
        ),
        side=standing.side_of(s, by, case.dispute_id),
        hats=hats,
        court_paper=court_papers.of(s, agreement.id),
        bases=jurisdiction.bases(case.track),
        seat=_seat(s, case),
    )


def _acts(agreement: Agreement) -> tuple[Do, ...]:
    """What this stage allows; what is signed by hand is not signed here (ESL-3)."""
    here: tuple[Do, ...] = (*AGREEMENT.may_do(agreement.stage), *OFFICE_ACTS)
    if agreement.document_id:  # the paper is out: signed by all, or a scheme that nobody objected to
        here = tuple(do for do in here if do is not Do.COUNTERSIGN)
    if not agreement.on_paper:
        return here
    by_hand = (Do.SIGN_ON_PAPER,) if Do.SIGN in here else ()
    return (*(do for do in here if do not in (Do.SIGN, Do.COUNTERSIGN)), *by_hand)


def _ensure_outcome(agreement: Agreement, hats: frozenset[Hat]) -> None:
    """Before all have signed it is an offer made to settle, and those are not for the court (ODM-18)."""
    if agreement.effective_at is None and not may_read(Zone.JOINT, hats):
        raise NotFound(kind="agreement")


def scan(s: Session, agreement_id: str) -> Blob:
    """The signed paper as the vault keeps it."""
    return db.get(s, Blob, db.get(s, Agreement, agreement_id).scan_digest or None)


def _seat(s: Session, case: MediationCase) -> str:
    organisation = s.get(Organisation, case.org_id) if case.org_id else None
    return organisation.address if organisation else ""


def confirmation_of(s: Session, agreement_id: str) -> ConfirmationCase | None:
    """The application; one that was withdrawn before the court accepted it counts for nothing."""
    row = s.exec(select(ConfirmationCase).where(ConfirmationCase.agreement_id == agreement_id)).first()
    dropped = row and row.accepted_at is None and row.stage is ConfirmationStage.WITHDRAWN
    return None if dropped and db.get(s, Agreement, agreement_id).stage is not AgreementStage.APPLIED else row


def obligations(s: Session, agreement_id: str, by: Actor) -> list[Owed]:
    """What is owed, by day; `mine` marks what the reader owes."""
    agreement = db.get(s, Agreement, agreement_id)
    case = db.get(s, MediationCase, agreement.case_id)
    side = standing.side_of(s, by, case.dispute_id)
    rows = s.exec(
        select(Obligation).where(Obligation.agreement_id == agreement_id).order_by(col(Obligation.due_on))
    ).all()
    return [
        Owed(row, s.get(Evidence, row.proof_id) if row.proof_id else None, side is row.debtor) for row in rows
    ]


def proofs(s: Session, agreement_id: str, by: Actor) -> list[Evidence]:
    """What the reader's side has put on record and may show as proof of performance, the newest first."""
    case = db.get(s, MediationCase, db.get(s, Agreement, agreement_id).case_id)
    party = standing.party_of(s, by, case.dispute_id)
    if party is None:
        return []
    query = select(Evidence).where(Evidence.party_id == party.id, col(Evidence.withdrawn_at).is_(None))
    return list(s.exec(query.order_by(col(Evidence.added_at).desc())))


def rated(s: Session, case_id: str, by: Actor) -> Rating | None:
    """The reader's own rating."""
    case = db.get(s, MediationCase, case_id)
    party = standing.party_of(s, by, case.dispute_id)
    if party is None:
        return None
    return s.exec(select(Rating).where(Rating.case_id == case_id, Rating.party_id == party.id)).first()


def printed(s: Session, agreement: Agreement) -> AgreementFacts | None:
    """The paper's facts: with its signatures once issued, as it will be signed before, none while drafting."""
    document = s.get(Document, agreement.document_id) if agreement.document_id else None
    facts = papers.facts_of(document) if document else None
    if isinstance(facts, AgreementFacts):
        return facts
    return agreement_facts(agreement) if agreement.facts else None


def _signers(s: Session, agreement: Agreement, case: MediationCase, by: Actor) -> tuple[Signer, ...]:
    signatures = signing.signatures(s, agreement)
    rows = signing.by_party(signatures)
    mine = {party.id for party in standing.parties_of(s, by, case.dispute_id)}
    people = [
        Signer(
            name=rows[party.id].name if party.id in rows else party.name,
            role=party.side.value,
            signed_at=rows[party.id].signed_at if party.id in rows else None,
            me=party.id in mine,
        )
        for party in matters.parties(s, case.dispute_id)
    ]
    host = matters.mediator_account(s, case.mediator_id)
    if host is not None:
        signed = next((row for row in signatures if row.party_id is None), None)
        people.append(
            Signer(host.name, "mediator", signed.signed_at if signed else None, host.id == by.account_id)
        )
    return tuple(people)
