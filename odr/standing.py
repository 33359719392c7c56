"""What hats an actor wears in relation to a subject. The only way from a row to a permission.

A hat of the staff counts only in a login that has shown its second factor.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch

from sqlalchemy import ColumnElement
from sqlmodel import Session, SQLModel, col, select

from odr.errors import Broken, NotAllowed, NotFound
from odr.rules import access
from odr.rules.access import OFFICE, STRONG, Actor
from odr.rules.companions import NEEDS_BOTH, is_special
from odr.rules.moves import ConfirmationStage
from odr.rules.words import Do, Hat, Role, Side
from odr.tables.agreements import Agreement, Complaint, ConfirmationCase, CourtPaper, Obligation, Ruling
from odr.tables.companions import Mandate, Participant
from odr.tables.confirmation import Objection
from odr.tables.disputes import Dispute, Evidence, Party
from odr.tables.fees import FeeRelief
from odr.tables.mediations import MediationCase, Recording, Sitting
from odr.tables.people import Account, Court
from odr.tables.records import Document
from odr.tables.retention import Disposal
from odr.tables.roster import Mediator, Organisation

_STAFF_HATS = {
    Role.TRIAGE: Hat.TRIAGE,
    Role.JUDGE: Hat.BENCH,
    Role.CLERK: Hat.CLERK,
    Role.LEADER: Hat.LEADER,
    Role.AUDITOR: Hat.AUDITOR,
    Role.SYSADMIN: Hat.SYSADMIN,
}


def require(s: Session, by: Actor, do: Do, subject: SQLModel | None = None) -> frozenset[Hat]:
    """The actor's hats, if one of them may do this; else NotAllowed, or NotFound to a stranger."""
    worn = hats(s, by, subject)
    if access.may(do, worn):
        return worn
    if subject is None or worn - {Hat.PUBLIC, Hat.SOMEONE}:
        raise NotAllowed(do=do.value)
    raise NotFound()


def hats(s: Session, by: Actor, subject: SQLModel | None) -> frozenset[Hat]:
    """Everything the actor is in relation to this subject (none: to their own court)."""
    worn = {Hat.PUBLIC}
    if by.machine:
        worn.add(Hat.MACHINE)
    if by.account_id:
        worn.add(Hat.SOMEONE)
    court_id, related = _relations(subject, s, by) if subject is not None else (by.court_id, _own(by))
    worn |= related
    if court_id and court_id == by.court_id:
        worn |= {_STAFF_HATS[role] for role in by.roles if role in _STAFF_HATS}
    if _own_matter(subject, worn):
        worn -= OFFICE
    return frozenset(worn if by.strong or by.machine else worn - STRONG)


def _own_matter(subject: SQLModel | None, worn: set[Hat]) -> bool:
    """Whether the actor is a party of this matter or its mediator: then nobody of the court (CPL-47)."""
    of_matter = subject is not None and not isinstance(subject, Court)
    return of_matter and bool(worn & {Hat.APPLICANT, Hat.RESPONDENT, Hat.MEDIATOR})


def side_of(s: Session, by: Actor, dispute_id: str) -> Side | None:
    """The side the actor stands on, as party or agent."""
    party = party_of(s, by, dispute_id)
    return party.side if party else None


def papers_of(s: Session, by: Actor, dispute_id: str) -> frozenset[str]:
    """Whose papers are the actor's own: those of their side, and of each party they are or act for."""
    side = side_of(s, by, dispute_id)
    if side is None:
        return frozenset()
    acts = select(Party.id).where(Party.dispute_id == dispute_id).where(acts_for(by.account_id))
    return frozenset({side.value, *(f"{access.ALONE}{key}" for key in s.exec(acts))})


def party_of(s: Session, by: Actor, dispute_id: str) -> Party | None:
    """The party the actor is or acts for, the first of several."""
    return next(iter(parties_of(s, by, dispute_id)), None)


def parties_of(s: Session, by: Actor, dispute_id: str) -> Sequence[Party]:
    """Every party the actor is or acts for: a company and who leads it, or several with one agent."""
    if by.account_id is None:
        return ()
    mine = select(Party).where(Party.dispute_id == dispute_id).where(acts_for(by.account_id))
    return s.exec(mine.order_by(col(Party.position))).all()


def acts_for(account_id: str | None) -> ColumnElement[bool]:
    """Parties that this account is, or acts for: as the agent on the platform or as the second one (CPL-61)."""
    mandates = select(Mandate.party_id).where(
        Mandate.account_id == account_id, col(Mandate.ended_at).is_(None)
    )
    own = (col(Party.account_id) == account_id) | (col(Party.agent_account_id) == account_id)
    return own | col(Party.id).in_(mandates)


def disposing(s: Session, by: Actor, dispute_id: str) -> Party:
    """The party whose claim the actor may give up or settle: its own, or with special authority (CPL-62)."""
    return all_disposing(s, by, dispute_id)[0]


def all_disposing(s: Session, by: Actor, dispute_id: str) -> list[Party]:
    """The same, every one of them: what one person answers is answered for all whom they may bind."""
    mine = parties_of(s, by, dispute_id)
    if not mine:
        raise NotAllowed(party="none")
    free = [one for one in mine if one.account_id == by.account_id or _has_special(s, by, one)]
    if not free:
        raise NotAllowed(agent="no-special-authority")
    return free


def ensure_checked(s: Session, by: Actor, dispute_id: str) -> None:
    """Whose paper nobody has compared yet ends and gives up nothing in a party's name (CPL-62)."""
    party = party_of(s, by, dispute_id)
    if party is not None and party.account_id != by.account_id and not _mandates(s, by, party):
        raise NotAllowed(agent="not-checked")


def _mandates(s: Session, by: Actor, party: Party) -> list[Mandate]:
    """The actor's standing authority for this party, as far as its paper was checked."""
    query = select(Mandate).where(
        Mandate.party_id == party.id, Mandate.account_id == by.account_id, col(Mandate.ended_at).is_(None)
    )
    return [row for row in s.exec(query) if row.accepted]


def _has_special(s: Session, by: Actor, party: Party) -> bool:
    if party.agent_account_id == by.account_id:
        return party.agent_special
    return any(is_special(row.capacity, row.powers) for row in _mandates(s, by, party))


def _own(by: Actor) -> set[Hat]:
    found = set()
    if Role.MEDIATOR in by.roles:
        found.add(Hat.MEDIATOR)
    if Role.ORG_ADMIN in by.roles:
        found.add(Hat.ORG_ADMIN)
    return found


@singledispatch
def _relations(subject: SQLModel, s: Session, by: Actor) -> tuple[str | None, set[Hat]]:
    """(court of the subject, hats from being involved in it)."""
    raise Broken(f"no standing defined for {type(subject).__name__}")


@_relations.register
def _court(subject: Court, s: Session, by: Actor) -> tuple[str | None, set[Hat]]:
    return subject.id, _own(by) if subject.id == by.court_id else set()


@_relations.register
def _account(subject: Account, s: Session, by: Actor) -> tuple[str | None, set[Hat]]:
    return None, {Hat.SELF} if subject.id == by.account_id else set()


@_relations.register
def _organisation(subject: Organisation, s: Session, by: Actor) -> tuple[str | None, set[Hat]]:
    own = Role.ORG_ADMIN in by.roles and by.org_id == subject.id
    return subject.court_id, {Hat.ORG_ADMIN} if own else set()


@_relations.register
def _mediator(subject: Mediator, s: Session, by: Actor) -> tuple[str | None, set[Hat]]:
    found = set()
    if by.mediator_id == subject.id:
        found.add(Hat.SELF)
    if Role.ORG_ADMIN in by.roles and subject.org_id and by.org_id == subject.org_id:
        found.add(Hat.ORG_ADMIN)
    return subject.court_id, found


@_relations.register
def _dispute(subject: Dispute, s: Session, by: Actor) -> tuple[str | None, set[Hat]]:
    found: set[Hat] = set()
    party = party_of(s, by, subject.id)
    if party:
        found.add(Hat.APPLICANT if party.side is Side.APPLICANT else Hat.RESPONDENT)
        if party.account_id != by.account_id:
            found.add(Hat.AGENT)
    elif subject.created_by == by.account_id and not subject.submitted_at:
        found.add(Hat.APPLICANT)  # a draft has no parties yet
    for case in s.exec(select(MediationCase).where(MediationCase.dispute_id == subject.id)):
        found |= _workers(case, by)
    judge = s.exec(
        select(ConfirmationCase.judge_id)
        .join(MediationCase, col(MediationCase.id) == col(ConfirmationCase.case_id))
        .where(MediationCase.dispute_id == subject.id)
    ).all()
    objections = s.exec(
        select(Objection.judge_id)
        .join(ConfirmationCase, col(ConfirmationCase.id) == col(Objection.confirmation_id))
        .join(MediationCase, col(MediationCase.id) == col(ConfirmationCase.case_id))
        .where(MediationCase.dispute_id == subject.id)
    ).all()
    if by.account_id and by.account_id in (*judge, *objections):
        found.add(Hat.JUDGE)
    return subject.court_id, found


def _workers(case: MediationCase, by: Actor) -> set[Hat]:
    found = set()
    if by.mediator_id and case.mediator_id == by.mediator_id:
        found.add(Hat.MEDIATOR)
    if Role.ORG_ADMIN in by.roles and case.org_id and by.org_id == case.org_id:
        found.add(Hat.ORG_ADMIN)
    return found


def _through(s: Session, by: Actor, dispute_id: str | None) -> tuple[str | None, set[Hat]]:
    dispute = s.get(Dispute, dispute_id) if dispute_id else None
    return _relations(dispute, s, by) if dispute else (None, set())


@_relations.register
def _case(subject: MediationCase, s: Session, by: Actor) -> tuple[str | None, set[Hat]]:
    court_id, found = _through(s, by, subject.dispute_id)
    # a mediator of an earlier case in the same dispute is a stranger to this one
    return court_id, (found - {Hat.MEDIATOR, Hat.ORG_ADMIN}) | _workers(subject, by)


def participant_of(s: Session, by: Actor, case_id: str) -> Participant | None:
    """The third person, interpreter, supporter … the actor is: promised secrecy, both sides' yes if needed."""
    if by.account_id is None:
        return None
    mine = select(Participant).where(
        Participant.case_id == case_id,
        Participant.account_id == by.account_id,
        col(Participant.ended_at).is_(None),
        col(Participant.declared_at).is_not(None),
    )
    admitted = (row for row in s.exec(mine) if row.part not in NEEDS_BOTH or Side.both_in(row.agreed_by))
    return next(admitted, None)


@_relations.register
def _sitting(subject: Sitting, s: Session, by: Actor) -> tuple[str | None, set[Hat]]:
    court_id, found = _by_case(s, by, subject.case_id)
    if subject.confirmation_id is None:
        guest = not found and participant_of(s, by, subject.case_id) is not None
        return court_id, found | ({Hat.PARTICIPANT} if guest else set())
    # an inquiry is the judge's: whoever mediated has no seat in it (CPLI-356)
    inquiry = s.get(ConfirmationCase, subject.confirmation_id)
    leads = inquiry is not None and by.account_id is not None and inquiry.judge_id == by.account_id
    return court_id, (found - {Hat.MEDIATOR, Hat.ORG_ADMIN}) | ({Hat.PRESIDING} if leads else set())


@_relations.register
def _agreement(subject: Agreement, s: Session, by: Actor) -> tuple[str | None, set[Hat]]:
    return _by_case(s, by, subject.case_id)


@_relations.register
def _court_paper(subject: CourtPaper, s: Session, by: Actor) -> tuple[str | None, set[Hat]]:
    agreement = s.get(Agreement, subject.agreement_id)
    return _by_case(s, by, agreement.case_id if agreement else None)


@_relations.register
def _confirmation(subject: ConfirmationCase, s: Session, by: Actor) -> tuple[str | None, set[Hat]]:
    court_id, found = _by_case(s, by, subject.case_id)
    # nobody is drawn before acceptance, and not to accept is a ruling: any judge of the court may give it
    bench = Role.JUDGE in by.roles and subject.court_id == by.court_id and subject.judge_id is None
    waits = subject.stage in (ConfirmationStage.SUBMITTED, ConfirmationStage.CORRECTING)
    return court_id, found | ({Hat.JUDGE} if bench and waits else set())


@_relations.register
def _ruling(subject: Ruling, s: Session, by: Actor) -> tuple[str | None, set[Hat]]:
    confirmation = s.get(ConfirmationCase, subject.confirmation_id)
    return _by_case(s, by, confirmation.case_id if confirmation else None)


@_relations.register
def _objection(subject: Objection, s: Session, by: Actor) -> tuple[str | None, set[Hat]]:
    confirmation = s.get(ConfirmationCase, subject.confirmation_id)
    court_id, found = _by_case(s, by, confirmation.case_id if confirmation else None)
    found = found - {Hat.JUDGE}  # only the judge drawn for the objection, not the one who ruled
    if by.account_id and by.account_id == subject.judge_id:
        found.add(Hat.JUDGE)
    if by.account_id and by.account_id == subject.account_id:
        found.add(Hat.SELF)
    return court_id, found


@_relations.register
def _obligation(subject: Obligation, s: Session, by: Actor) -> tuple[str | None, set[Hat]]:
    agreement = s.get(Agreement, subject.agreement_id)
    return _by_case(s, by, agreement.case_id if agreement else None)


@_relations.register
def _recording(subject: Recording, s: Session, by: Actor) -> tuple[str | None, set[Hat]]:
    sitting = s.get(Sitting, subject.sitting_id)
    return _by_case(s, by, sitting.case_id if sitting else None)


@_relations.register
def _evidence(subject: Evidence, s: Session, by: Actor) -> tuple[str | None, set[Hat]]:
    return _through(s, by, subject.dispute_id)


@_relations.register
def _mandate(subject: Mandate, s: Session, by: Actor) -> tuple[str | None, set[Hat]]:
    party = s.get(Party, subject.party_id)
    return _through(s, by, party.dispute_id if party else None)


@_relations.register
def _complaint(subject: Complaint, s: Session, by: Actor) -> tuple[str | None, set[Hat]]:
    return _by_case(s, by, subject.case_id)


@_relations.register
def _fee_relief(subject: FeeRelief, s: Session, by: Actor) -> tuple[str | None, set[Hat]]:
    court_id, found = _through(s, by, subject.dispute_id)
    own = f"{access.ALONE}{subject.party_id}" in papers_of(s, by, subject.dispute_id)
    return court_id, found | ({Hat.SELF} if own else set())


@_relations.register
def _disposal(subject: Disposal, s: Session, by: Actor) -> tuple[str | None, set[Hat]]:
    return _through(s, by, subject.dispute_id)


@_relations.register
def _document(subject: Document, s: Session, by: Actor) -> tuple[str | None, set[Hat]]:
    kind, _, key = subject.subject.partition(":")
    holder = s.get(Mediator, key) if kind == "mediator" else None
    return _relations(holder, s, by) if holder else _through(s, by, subject.dispute_id)


def _by_case(s: Session, by: Actor, case_id: str | None) -> tuple[str | None, set[Hat]]:
    case = s.get(MediationCase, case_id) if case_id else None
    return _relations(case, s, by) if case else (None, set())
